"""An arrival: one capture's content on its way to one unit, and the rows that it becomes there."""

from contextlib import suppress
from dataclasses import dataclass, replace

from mailhub.checking.reading import Reading
from mailhub.facts import PRIORITY
from mailhub.noting.tying import Incoming
from mailhub.tracking import new_tracking_code
from storage import directory, letters, outbox, submissions
from storage.database import Transaction
from storage.errors import NotFoundError
from storage.records import (
    Actor,
    Capture,
    EventDraft,
    LetterDraft,
    LetterState,
    Recipient,
    Submission,
    SubmissionDraft,
    SubmissionState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One capture's content on its way to one unit; `known` is the submission that it is read anew for.

    `told` gathers the events of the transaction.
    """

    actor: Actor
    capture: Capture
    reading: Reading
    unit_id: int
    known: Submission | None
    told: list[EventDraft]

    def keep(self, tx: Transaction, draft: SubmissionDraft) -> int:
        """Store the submission, or write the known one anew."""
        if self.known is None:
            return submissions.add(tx, draft)
        for letter in letters.of_submission(tx, self.known.id):
            letters.set_files(tx, letter.id, [])
        submissions.remove_files(tx, self.known.id)
        submissions.rewrite(tx, self.known.id, draft)
        return self.known.id


def units_of(tx: Transaction, capture: Capture) -> tuple[int, ...]:
    """The units that a capture was addressed to; empty only while the hub has no unit."""
    units = (unit_of(tx, recipient) for recipient in capture.draft.recipients)
    return tuple(dict.fromkeys(unit_id for unit_id in units if unit_id is not None))


def unit_of(tx: Transaction, recipient: Recipient) -> int | None:
    """The unit that a recipient stands for; mail to one of our return paths belongs to the unit that sent it.

    Mail to postmaster that no unit was named for, and to the return path of a dispatch that a restored hub no longer has,
    is shown to the first unit: what was acknowledged is never out of sight.
    """
    if recipient.unit_id is not None:
        return recipient.unit_id
    with suppress(NotFoundError):
        if recipient.dispatch_id is not None:
            return outbox.get(tx, None, recipient.dispatch_id).draft.unit_id
    return next((unit.id for unit in directory.units(tx)), None)


def incoming_of(tx: Transaction, arrival: Arrival) -> Incoming:
    """The mail as noting sees it; it came by return paths alone when the unit has no other recipient in the envelope."""
    mine = [item for item in arrival.capture.draft.recipients if unit_of(tx, item) == arrival.unit_id]
    paths = tuple(item.dispatch_id for item in mine if item.dispatch_id is not None)
    return Incoming(
        actor=arrival.actor,
        capture=arrival.capture,
        mail=arrival.reading.mail,
        unit_id=arrival.unit_id,
        dispatch_ids=paths,
        via_path=len(paths) == len(mine),
    )


def keep_letters(
    tx: Transaction, arrival: Arrival, submission_id: int, rows: list[LetterDraft], roles: list[list[tuple[int, str]]]
) -> list[int]:
    """Store letters in their order. A mail read anew keeps the ids its letters had: clerks know them by these."""
    before = letters.of_submission(tx, submission_id) if arrival.known is not None else []
    kept = [letters.update(tx, letter, row, decided_by="").id for letter, row in zip(before, rows, strict=False)]
    for letter in before[len(rows) :]:
        # What a clerk had split is one letter again; none of them may be left behind sealed.
        gone = replace(letter.draft, state=LetterState.MERGED if rows else LetterState.DISMISSED, due_at=None)
        letters.update(tx, letter, gone, decided_by="")
    for letter_id, files in zip(kept, roles, strict=False):
        letters.set_files(tx, letter_id, files)
    added = [letters.add(tx, row, files) for row, files in zip(rows[len(kept) :], roles[len(kept) :], strict=True)]
    return kept + added


def submission_draft(capture: Capture, unit_id: int, reading: Reading, state: SubmissionState) -> SubmissionDraft:
    """The submission of a mail that was read."""
    sender = reading.mail.from_[0] if reading.mail.from_ else None
    return replace(
        blank_submission(capture, unit_id, reading.identity),
        state=state,
        sender_address=sender.address if sender else "",
        sender_name=sender.name if sender else "",
        message_id=reading.mail.message_id,
        subject=reading.mail.subject,
        priority=max((PRIORITY[letter.urgency] for letter in reading.letters), default=0),
    )


def blank_submission(capture: Capture, unit_id: int, identity: str) -> SubmissionDraft:
    """A submission of which nothing but its arrival is known."""
    return SubmissionDraft(
        unit_id=unit_id,
        identity=identity,
        tracking_code=new_tracking_code(),
        state=SubmissionState.READ,
        capture_id=capture.id,
        reading_id=None,
        sender_address="",
        sender_name="",
        agency_id=None,
        message_id="",
        subject="",
        received_at=capture.draft.received_at,
    )


def submission_event(actor: Actor, kind: str, submission_id: int, capture: Capture, note: str) -> EventDraft:
    """The fact that a capture became a submission; digest, size and time, and nothing of the content."""
    draft = capture.draft
    data: dict[str, object] = {"capture": capture.id, "sha256": draft.sha256, "size": draft.size, "door": draft.door}
    return EventDraft(kind=kind, subject=f"submission/{submission_id}", actor=actor, data=data, reason=note)
