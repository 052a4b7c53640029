"""The clerk's desk: everything that waits for a person, read from one snapshot. Nothing here acts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailhub.answering import midnight
from mailhub.intake_status import DoorStatus, IntakeStatus
from mailhub.meetings.planning import people_of
from mailhub.meetings.reach import Reached, reach_of
from mailhub.meetings.standing import standing_of
from mailhub.policy.reasons import ReasonCode
from storage import captures, cases, deposits, directory, letters, meetings, outbox, registry, submissions
from storage.database import Database, Transaction
from storage.records import (
    Case,
    CaseState,
    Deposit,
    DepositState,
    Dispatch,
    DispatchState,
    Entry,
    Letter,
    LetterState,
    MeetingState,
    Series,
    Submission,
    SubmissionState,
    Unit,
)

MOST = 1000
"""Lines of one kind that are read at most; the counts beside them are exact."""

SOME_MEETINGS = 50
"""Meetings whose reach is looked through at most."""

FLASH = "flash"
UNANSWERED = frozenset({LetterState.WAITING, LetterState.PROPOSED, LetterState.HELD, LetterState.RETURN_DUE})
ON_THE_DESK = (*UNANSWERED, LetterState.SEALED)
STUCK = (DispatchState.FAILED, DispatchState.EXPIRED, DispatchState.UNCERTAIN)
IN_THE_TRAY = (DepositState.WAITING, DepositState.OVERDUE, DepositState.RETURN_DUE, DepositState.ANNOUNCED)
RANKS = {FLASH: 0, "very-urgent": 1, "urgent": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """When and through which door the latest mail came that was read."""

    door: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLetter:
    """A letter on the desk as its line shows it.

    `sender` is the issuer, or the address where the issuer is not known; `twin_id` an earlier letter on the desk that bears
    the same number.
    """

    letter: Letter
    sender: str
    files: int
    twin_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    """A hỏa tốc letter of today, or one that is still open; `entry` once it has its number."""

    letter: Letter
    entry: Entry | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCall:
    """An official whom no message about a meeting is known to have reached, with the numbers to call."""

    meeting_id: int
    name: str
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """The desk of one unit at one moment.

    `undecided` letters ask for a clerk's word, `ready` ones are proposed for filing, `leaving` ones are returns that can
    still be withdrawn; `unanswered` counts the letters of today whose senders have heard nothing yet. `alarms` are the doors
    with which something is wrong; `cases` turned up about letters that were decided already.
    """

    unit: Unit
    at: datetime
    series: tuple[Series, ...]
    arrival: Arrival | None
    unread: int
    unanswered: int
    checking: int
    filed_today: int
    flashes: tuple[Flash, ...]
    undecided: tuple[DeskLetter, ...]
    ready: tuple[DeskLetter, ...]
    leaving: tuple[DeskLetter, ...]
    deposits: tuple[Deposit, ...]
    unreadable: tuple[Submission, ...]
    letterless: int
    stuck: tuple[Dispatch, ...]
    calls: tuple[DeskCall, ...]
    alarms: tuple[DoorStatus, ...] = ()
    cases: tuple[Case, ...] = ()

    @property
    def next_number(self) -> Series | None:
        """The series of the unit's default register."""
        return next((series for series in self.series if series.register.code == self.unit.register), None)

    @property
    def overdue(self) -> tuple[Deposit, ...]:
        """Paper whose wait for its e-copy is over."""
        return tuple(deposit for deposit in self.deposits if deposit.draft.state is DepositState.OVERDUE)

    @property
    def returning(self) -> tuple[Deposit, ...]:
        """Paper whose return can still be withdrawn."""
        return tuple(deposit for deposit in self.deposits if deposit.draft.state is DepositState.RETURN_DUE)

    @property
    def uncertain(self) -> tuple[Dispatch, ...]:
        """Messages of which nobody knows whether they were sent."""
        return tuple(dispatch for dispatch in self.stuck if dispatch.state is DispatchState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Desk:
    """Looks at the desk."""

    database: Database
    intake_status: IntakeStatus

    def look(self, unit: Unit) -> DeskView:
        """Everything that waits in the unit now."""
        alarms = self.intake_status.look().worrying
        with self.database.reading() as tx:
            now = tx.now()
            today = midnight(now, unit.time_zone)
            found = letters.list_(tx, unit.id, states=ON_THE_DESK, limit=MOST)
            entries = registry.list_(tx, unit.id, from_=today, limit=MOST)
            latest = [registry.list_series(tx, register)[:1] for register in registry.list_registers(tx, unit.id)]
            bare = submissions.letterless_counts(tx, unit.id)
            undecided = in_order(letter for letter in found if is_undecided(letter))
            return DeskView(
                unit=unit,
                at=now,
                series=tuple(series for known in latest for series in known),
                arrival=arrival_of(tx, unit),
                unread=captures.pending_count(tx, unit.id),
                unanswered=sum(letter.draft.state in UNANSWERED and letter.draft.received_at >= today for letter in found),
                checking=sum(letter.draft.state is LetterState.WAITING for letter in found),
                filed_today=len(entries),
                flashes=flashes_of(tx, unit, found, entries),
                undecided=desk_letters(tx, undecided),
                ready=desk_letters(tx, in_order(letter for letter in found if is_ready(letter))),
                leaving=desk_letters(tx, in_order(letter for letter in found if is_leaving(letter))),
                deposits=tuple(deposits.list_(tx, unit.id, states=IN_THE_TRAY, limit=MOST)),
                unreadable=tuple(submissions.list_(tx, unit.id, states=[SubmissionState.UNREADABLE], limit=MOST)),
                letterless=bare.get(SubmissionState.READ, 0),
                stuck=tuple(outbox.list_(tx, unit.id, states=STUCK, limit=MOST)),
                calls=tuple(calls_of(tx, unit, now)),
                alarms=alarms,
                cases=tuple(cases.list_(tx, unit.id, states=[CaseState.OPEN], limit=MOST)),
            )


def is_ready(letter: Letter) -> bool:
    """Whether the machine proposes to file the letter."""
    return letter.draft.state is LetterState.PROPOSED and letter.draft.action == "file"


def is_undecided(letter: Letter) -> bool:
    """Whether the letter asks for a clerk's word of its own."""
    proposed = letter.draft.state is LetterState.PROPOSED and not is_ready(letter)
    return proposed or letter.draft.state in {LetterState.HELD, LetterState.SEALED}


def is_leaving(letter: Letter) -> bool:
    """Whether the letter's return waits to leave."""
    return letter.draft.state is LetterState.RETURN_DUE


def in_order(found: Iterable[Letter]) -> list[Letter]:
    """Urgent letters first, then what has waited longest."""
    return sorted(found, key=lambda letter: (RANKS.get(letter.draft.urgency, len(RANKS)), letter.id))


def desk_letters(tx: Transaction, found: Sequence[Letter]) -> tuple[DeskLetter, ...]:
    """The letters with what their lines show beside the row; a few questions, however many letters there are."""
    counts = letters.file_counts(tx, [letter.id for letter in found])
    asked = [letter.draft.submission_id for letter in found if is_of_a_stranger(letter)]
    addresses = submissions.sender_addresses(tx, [number for number in asked if number is not None])
    known = {letter.draft.agency_id for letter in found if letter.draft.agency_id is not None}
    names = {number: directory.agency(tx, found[0].draft.unit_id, number).name for number in known}
    first: dict[str, int] = {}
    made = []
    for letter in found:
        draft, key = letter.draft, letter.draft.document_key
        sender = names.get(draft.agency_id or 0, draft.issuer)
        if is_of_a_stranger(letter):
            sender = addresses.get(draft.submission_id or 0, "") or draft.issuer
        twin_id = first.get(key) if key else None
        shown = draft.issuer if draft.state is LetterState.SEALED else sender
        made.append(DeskLetter(letter=letter, sender=shown, files=counts.get(letter.id, 0), twin_id=twin_id))
        first.setdefault(key, letter.id)
    return tuple(made)


def is_of_a_stranger(letter: Letter) -> bool:
    """Whether the line shows the address that the mail came from, for that is what a clerk has to judge."""
    unknown = ReasonCode.UNKNOWN_SENDER.value in letter.draft.reasons or not letter.draft.issuer
    return unknown and letter.draft.state is not LetterState.SEALED


def flashes_of(tx: Transaction, unit: Unit, found: Sequence[Letter], entries: Sequence[Entry]) -> tuple[Flash, ...]:
    """Hỏa tốc letters that are open, and those that were filed today."""
    still = [
        Flash(letter=letter, entry=None) for letter in found if letter.draft.urgency == FLASH and letter.draft.state in UNANSWERED
    ]
    filed = [
        Flash(letter=letters.get(tx, unit.id, entry.draft.letter_id), entry=entry)
        for entry in entries
        if entry.draft.urgency == FLASH
    ]
    return tuple(still + filed)


def arrival_of(tx: Transaction, unit: Unit) -> Arrival | None:
    """The latest mail that was read."""
    for submission in submissions.list_(tx, unit.id, limit=1):
        capture = captures.get(tx, submission.capture_ids[-1])
        return Arrival(door=capture.draft.door, at=capture.draft.received_at)
    return None


def calls_of(tx: Transaction, unit: Unit, now: datetime) -> Iterator[DeskCall]:
    """Whom to call about the meetings that are still to come, and about those that have no new time."""
    coming = meetings.list_(tx, unit.id, from_=now, limit=SOME_MEETINGS)
    open_ones = meetings.list_(tx, unit.id, states=[MeetingState.POSTPONED], limit=SOME_MEETINGS)
    for meeting in {item.id: item for item in (*coming, *open_ones)}.values():
        standing = standing_of(tx, unit.id, meeting.id)
        everybody = {item.official_id: item for content in standing.contents.values() for item in content.attendees}
        people = people_of(tx, unit, everybody.values(), now)
        for reach in reach_of(standing, people, meetings.notes(tx, meeting.id)):
            if reach.reached is Reached.CALL:
                name = f"{reach.attendee.position} {reach.attendee.organisation}".strip() or reach.attendee.name
                yield DeskCall(meeting_id=meeting.id, name=name, phones=reach.phones)


def minutes_left(due: datetime | None, now: datetime) -> int:
    """Whole minutes until a moment, the begun one counted; 0 once it has come."""
    if due is None or due <= now:
        return 0
    return -((now - due) // timedelta(minutes=1))
