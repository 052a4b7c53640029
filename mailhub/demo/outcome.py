"""What became of a mail, read where a clerk would read it: submissions, letters, register and outbox."""

from dataclasses import dataclass, field
from enum import StrEnum

from mailhub.hub import Hub
from mailhub.language import Text
from mailhub.letter_views import LetterView
from mailhub.policy.reasons import ReasonCode
from storage.records import DispatchState, LetterState, Submission, SubmissionState, Unit

UNFINISHED = frozenset({LetterState.WAITING, LetterState.RETURN_DUE})
LEAVING = frozenset({DispatchState.DUE, DispatchState.SENDING})


class Outcome(StrEnum):
    """How a mail ends, in the demo's words."""

    FILED = "filed"
    REPEAT = "repeat"
    RETURNED = "returned"
    PROPOSED = "proposed"
    HELD = "held"
    SEALED = "sealed"
    DISMISSED = "dismissed"
    OTHER = "other"


OF_LETTER = {
    LetterState.FILED: Outcome.FILED,
    LetterState.REPEAT: Outcome.REPEAT,
    LetterState.RETURNED: Outcome.RETURNED,
    LetterState.PROPOSED: Outcome.PROPOSED,
    LetterState.HELD: Outcome.HELD,
    LetterState.SEALED: Outcome.SEALED,
    LetterState.DISMISSED: Outcome.DISMISSED,
}
OF_SUBMISSION = {
    SubmissionState.DISMISSED: Outcome.DISMISSED,
    SubmissionState.SEALED: Outcome.SEALED,
    SubmissionState.UNREADABLE: Outcome.HELD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The end of one mail: the outcome, the deciding reason, the arrival numbers and the kinds of mail that went out.

    `letters` are the ids of the letters that it brought; they are no part of what was expected.
    """

    outcome: Outcome
    reason: ReasonCode | None = None
    numbers: tuple[int, ...] = ()
    notices: tuple[str, ...] = ()
    letters: tuple[int, ...] = field(default=(), compare=False)


class ActOutcome(StrEnum):
    """How an act of the office ends."""

    WAITS = "waits"
    PAIRED = "paired"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REFUSED = "refused"
    CONVENED = "convened"
    MOVED = "moved"
    POSTPONED = "postponed"
    REACHED = "reached"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The end of one act: its outcome, arrival numbers, how many mails and texts went out; `more` explains, and is not judged."""

    outcome: ActOutcome
    numbers: tuple[int, ...] = ()
    mails: int = 0
    texts: int = 0
    more: Text | None = field(default=None, compare=False)


def ending_of(hub: Hub, unit: Unit, capture_id: int) -> Ending | None:
    """How the captured mail ended, or None while something is still to happen."""
    submission = next((found for found in hub.submission_views.list_(unit.id) if capture_id in found.capture_ids), None)
    if submission is None:
        return None
    letters = hub.submissions.show(unit.id, submission.id).letters
    views = tuple(hub.letter_views.show(unit.id, letter.id) for letter in letters)
    notices = notices_of(hub, unit, submission, views)
    if notices is None or any(view.letter.draft.state in UNFINISHED for view in views):
        return None
    return Ending(
        outcome=outcome_of(submission, views),
        reason=next((ReasonCode(view.letter.draft.reasons[0]) for view in views if view.letter.draft.reasons), None),
        numbers=tuple(sorted(view.entry.number for view in views if view.entry)),
        notices=notices,
        letters=tuple(letter.id for letter in letters),
    )


def outcome_of(submission: Submission, views: tuple[LetterView, ...]) -> Outcome:
    """The outcome that all letters of the mail share, or the mail's own where it has no letters."""
    if not views:
        return OF_SUBMISSION.get(submission.draft.state, Outcome.OTHER)
    found = {OF_LETTER.get(view.letter.draft.state, Outcome.OTHER) for view in views}
    return found.pop() if len(found) == 1 else Outcome.OTHER


def notices_of(hub: Hub, unit: Unit, submission: Submission, views: tuple[LetterView, ...]) -> tuple[str, ...] | None:
    """The kinds of mail that went out for this one, or None while one is still on its way."""
    letters = {view.letter.id for view in views}
    mine = [
        dispatch
        for dispatch in hub.outbox.list_(unit.id)
        if dispatch.draft.submission_id == submission.id or dispatch.draft.letter_id in letters
    ]
    if any(dispatch.state in LEAVING for dispatch in mine):
        return None
    return tuple(sorted(dispatch.draft.kind for dispatch in mine if dispatch.state is DispatchState.SENT))
