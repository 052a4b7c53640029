"""The whole story of one mail: how it came, who sent it, what was read, decided, answered and done."""

from dataclasses import dataclass

from mailhub.checking.reading import Reading
from mailhub.errors import RefusedError
from mailhub.evidence import decision_of_letter
from mailhub.policy.record import DecisionRecord
from mailhub.submissions import Submissions, SubmissionView
from storage import events, outbox
from storage.database import Database, Transaction
from storage.errors import NotFoundError
from storage.records import Dispatch, Event, Letter

MOST_EVENTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterStory:
    """A letter of the mail with its latest decision; None where none was made yet, or where it went with its content."""

    letter: Letter
    record: DecisionRecord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything that is known of one mail; of a sealed one neither a reading nor a decision is shown."""

    view: SubmissionView
    letters: tuple[LetterStory, ...]
    notices: tuple[Dispatch, ...]
    events: tuple[Event, ...]

    @property
    def reading(self) -> Reading | None:
        """What was read; None where the mail could not be read, and where it is sealed."""
        return self.view.reading


@dataclass(frozen=True, slots=True)
class Stories:
    """Tells the story of a mail."""

    database: Database
    submissions: Submissions

    def tell(self, unit_id: int, submission_id: int) -> Story:
        """The story of one submission; raises RefusedError when the unit has none with this id."""
        view = self.submissions.show(unit_id, submission_id)
        with self.database.reading() as tx:
            subjects = [f"submission/{submission_id}", *(f"letter/{letter.id}" for letter in view.letters)]
            told = [event for subject in subjects for event in events.list_(tx, subject=subject, limit=MOST_EVENTS)]
            sent = [*outbox.of_submission(tx, submission_id)]
            for letter in view.letters:
                sent += outbox.of_letter(tx, letter.id)
            return Story(
                view=view,
                letters=tuple(LetterStory(letter=letter, record=decision(tx, letter)) for letter in view.letters),
                notices=tuple(sorted({dispatch.id: dispatch for dispatch in sent}.values(), key=lambda dispatch: dispatch.id)),
                events=tuple(sorted(told, key=lambda event: event.number)),
            )


def decision(tx: Transaction, letter: Letter) -> DecisionRecord | None:
    """The letter's latest decision, where there is one that may be shown."""
    if letter.draft.decision_id is None:
        return None
    try:
        return decision_of_letter(tx, letter)
    except (RefusedError, NotFoundError):
        return None
