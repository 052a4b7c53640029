"""Pairing paper with its e-copy: one document, one number, both times kept.

A deposit and a letter are one document when issuer, number and date agree; the number is compared in folded form. Where the
date differs the clerk is shown a candidate and decides.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Unpack

from mailhub.deposit_codes import deposits_named
from mailhub.working_days import WorkingDays
from parsers.letter import document_key
from storage import deposits, directory, letters, outbox, registry, submissions
from storage.database import Transaction
from storage.records import (
    Actor,
    Deposit,
    DepositOutcome,
    DepositState,
    Entry,
    EntryState,
    EventDraft,
    Letter,
    LetterState,
)

PAPER = "paper"
"""The relation of a deposit's letter to the entry of its document."""

E_COPY = "e-copy"
"""The relation of a mailed letter to the entry that its document was given on paper."""

UNANSWERED = frozenset({LetterState.WAITING, LetterState.PROPOSED, LetterState.HELD, LetterState.RETURN_DUE, LetterState.SEALED})
"""States of a mailed letter that a clerk or the machine has still to answer: while it is open, its paper waits."""

OPEN = frozenset({DepositState.WAITING, DepositState.OVERDUE, DepositState.RETURN_DUE, DepositState.ANNOUNCED})
"""States of paper that its e-copy still closes."""

MOST_OPEN = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What may be the e-copy of a deposit and is not certainly it: an entry, or a letter on the desk."""

    letter_id: int
    reference: str
    issued_on: date | None
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Pairing:
    """Closes the wait of paper in the transaction that files its e-copy, and lets it begin again.

    `working_days` are those of a time zone, `wait` says for how many of them an e-copy is waited for.
    """

    working_days: Callable[[str], WorkingDays]
    wait: int

    def waits_until(self, tx: Transaction, unit_id: int, moment: datetime) -> datetime:
        """The end of a wait that begins at a moment."""
        return self.working_days(directory.unit(tx, unit_id).time_zone).add(moment, self.wait)

    def close_waits(self, tx: Transaction, actor: Actor, entry: Entry) -> tuple[Entry, list[EventDraft]]:
        """Pair all paper that waits for this entry's document; gives the entry with the time of its paper."""
        told: list[EventDraft] = []
        for deposit in closed_by(tx, entry):
            entry, _, event = self.pair(tx, actor, deposit, entry)
            told.append(event)
        return entry, told

    def pair(
        self, tx: Transaction, actor: Actor, deposit: Deposit, entry: Entry, reason: str = ""
    ) -> tuple[Entry, Deposit, EventDraft]:
        """Give paper the number of its e-copy; notices of a return that have not begun to leave are cancelled."""
        draft = deposit.draft
        stopped = outbox.cancel_for_deposit(tx, deposit.id)
        earliest = min(filter(None, (entry.draft.paper_at, draft.deposited_at)))
        paired = registry.set_paper(tx, entry.id, earliest)
        if draft.letter_id is not None:
            registry.link_letter(tx, entry.id, draft.letter_id, PAPER)
        after = moved(tx, actor, deposit, DepositState.PAIRED, entry_id=entry.id, partner_letter_id=entry.draft.letter_id)
        data: dict[str, object] = {
            "entry": entry.id,
            "register": entry.register,
            "year": entry.year,
            "number": entry.number,
            "letter": entry.draft.letter_id,
            "paper_at": earliest.isoformat(),
            "notices_stopped": stopped,
        }
        return paired, after, deposit_event(actor, "paper-paired", deposit, after, data, reason)

    def begin_again(self, tx: Transaction, actor: Actor, letter: Letter) -> list[EventDraft]:
        """Let the wait for an e-copy that was sent back begin again: its sender has the whole of it once more."""
        waiting = [deposit for deposit in waiting_for(tx, letter) if deposit.draft.state is DepositState.WAITING]
        return [self.wait_anew(tx, actor, deposit) for deposit in waiting]

    def wait_anew(self, tx: Transaction, actor: Actor, deposit: Deposit, reason: str = "") -> EventDraft:
        """Let a deposit's wait begin now."""
        until = self.waits_until(tx, deposit.draft.unit_id, tx.now())
        after = moved(tx, actor, deposit, DepositState.WAITING, due_at=until)
        return deposit_event(actor, "paper-waits-again", deposit, after, {"until": until.isoformat()}, reason)


def closed_by(tx: Transaction, entry: Entry) -> list[Deposit]:
    """Deposits that an entry closes.

    They are those of its document that wait, or whose own number was voided, and those that a clerk has paired with its letter.
    """
    draft = entry.draft
    same = [
        deposit
        for deposit in deposits.with_key(tx, draft.unit_id, draft.document_key)
        if is_same_document(deposit, draft.issued_on)
    ]
    found = [deposit for deposit in same if deposit.draft.state in OPEN or lost_its_number(tx, deposit)]
    found += deposits.awaiting(tx, draft.letter_id)
    return list({deposit.id: deposit for deposit in found}.values())


def is_same_document(deposit: Deposit, issued_on: date | None) -> bool:
    """Whether paper and letter of one key bear the same date."""
    return deposit.draft.issued_on == issued_on


def has_content(letter: Letter) -> bool:
    """Whether a letter has files: a mail that only announces paper is no e-copy of it."""
    return bool(letter.draft.content_digest)


def is_on_the_desk(letter: Letter) -> bool:
    """Whether a letter is an e-copy that has still to be answered."""
    return letter.draft.state in UNANSWERED and has_content(letter)


def lost_its_number(tx: Transaction, deposit: Deposit) -> bool:
    """Whether the number that paper was paired with is void."""
    if deposit.draft.state is not DepositState.PAIRED or deposit.entry_id is None:
        return False
    return registry.with_ids(tx, [deposit.entry_id])[0].state is EntryState.VOIDED


def waiting_for(tx: Transaction, letter: Letter) -> list[Deposit]:
    """Paper that a letter on the desk may close."""
    draft = letter.draft
    waiting = deposits.waiting_with_key(tx, draft.unit_id, draft.document_key) if has_content(letter) else []
    found = [deposit for deposit in waiting if is_same_document(deposit, draft.issued_on)]
    found += deposits.awaiting(tx, letter.id)
    return list({deposit.id: deposit for deposit in found}.values())


def entry_for(tx: Transaction, deposit: Deposit) -> Entry | None:
    """The entry of a deposit's document: its own, or one that bears the same number and date."""
    if deposit.entry_id is not None:
        return registry.with_ids(tx, [deposit.entry_id])[0]
    if deposit.partner_letter_id is not None:
        found = registry.entry_of_letter(tx, deposit.partner_letter_id)
        if found is not None and found.state is not EntryState.VOIDED:
            return found
    found = registry.entry_by_key(tx, deposit.draft.unit_id, deposit.draft.document_key)
    return found if found is not None and is_same_document(deposit, found.draft.issued_on) else None


def partner_of(tx: Transaction, deposit: Deposit) -> Letter | None:
    """The letter on the desk that a deposit's wait stands still for: the clerk's choice, or the same number and date."""
    draft = deposit.draft
    if deposit.partner_letter_id is not None:
        chosen = letters.get(tx, draft.unit_id, deposit.partner_letter_id)
        if chosen.draft.state in UNANSWERED:
            return chosen
    same = (letter for letter in letters.with_key(tx, draft.unit_id, draft.document_key) if is_on_the_desk(letter))
    return next((letter for letter in same if is_same_document(deposit, letter.draft.issued_on)), None)


def candidates_for(tx: Transaction, deposit: Deposit) -> tuple[Candidate, ...]:
    """What bears the number of a deposit and another date, in this year or the ones beside it."""
    draft = deposit.draft
    if not draft.reference or draft.issued_on is None:
        return ()
    found: dict[int, Candidate] = {}
    for year in range(draft.issued_on.year - 1, draft.issued_on.year + 2):
        key = document_key(issuer_of(draft.agency_id, draft.sender), draft.reference, year)
        entry = registry.entry_by_key(tx, draft.unit_id, key)
        if entry is not None and entry.draft.letter_id != draft.letter_id:
            found[entry.draft.letter_id] = candidate_entry(entry)
        for letter in letters.with_key(tx, draft.unit_id, key):
            if is_on_the_desk(letter):
                found[letter.id] = candidate_letter(letter)
    found.pop(deposit.partner_letter_id or 0, None)
    if draft.document_key:
        found = {key: item for key, item in found.items() if not is_same_document(deposit, item.issued_on)}
    return tuple(found.values())


def doubtful_letters(tx: Transaction, deposit: Deposit) -> tuple[Candidate, ...]:
    """Letters of the same agency on the desk that may be the e-copy: their number was not read, or their mail names the paper."""
    draft = deposit.draft
    if draft.agency_id is None:
        return ()
    on_the_desk = letters.list_(tx, draft.unit_id, states=UNANSWERED, limit=MOST_OPEN)
    theirs = [letter for letter in on_the_desk if letter.draft.agency_id == draft.agency_id and has_content(letter)]
    found = (letter for letter in theirs if not letter.draft.document_key or names_paper(tx, letter, deposit))
    return tuple(candidate_letter(letter) for letter in found if not is_certain(deposit, letter))


def names_paper(tx: Transaction, letter: Letter, deposit: Deposit) -> bool:
    """Whether the subject of a letter's mail bears the code of the paper, as a return asks for."""
    row = letter.draft
    if row.submission_id is None:
        return False
    subject = submissions.get(tx, row.unit_id, row.submission_id).draft.subject
    return deposit.id in deposits_named(subject)


def is_certain(deposit: Deposit, letter: Letter) -> bool:
    """Whether number and date say already that a letter is the e-copy, or a clerk has said so."""
    if letter.id == deposit.partner_letter_id:
        return True
    same_key = bool(letter.draft.document_key) and letter.draft.document_key == deposit.draft.document_key
    return same_key and is_same_document(deposit, letter.draft.issued_on)


def candidate_entry(entry: Entry) -> Candidate:
    """An entry as the clerk is shown it."""
    draft = entry.draft
    return Candidate(letter_id=draft.letter_id, reference=draft.reference, issued_on=draft.issued_on, entry=entry)


def candidate_letter(letter: Letter) -> Candidate:
    """A letter on the desk as the clerk is shown it."""
    return Candidate(letter_id=letter.id, reference=letter.draft.reference, issued_on=letter.draft.issued_on)


def issuer_of(agency_id: int | None, name: str) -> str:
    """The issuer as document keys name it: the directory's id, so that an old and a new spelling are one."""
    return f"#{agency_id}" if agency_id else name


LETTER_STATES = {
    DepositState.PAIRED: LetterState.FILED,
    DepositState.ACCEPTED: LetterState.FILED,
    DepositState.ANNOUNCED: LetterState.RETURNED,
    DepositState.RETURNED: LetterState.RETURNED,
    DepositState.CANCELLED: LetterState.DISMISSED,
}
"""What a deposit's letter is, beside AT_COUNTER."""


def moved(
    tx: Transaction,
    actor: Actor,
    deposit: Deposit,
    state: DepositState,
    *,
    due_at: datetime | None = None,
    **outcome: Unpack[DepositOutcome],
) -> Deposit:
    """Put a deposit into another state and its letter into the one that follows; raises ConflictError when it has moved on."""
    draft = deposit.draft
    after = deposits.update(tx, deposit, replace(draft, state=state, due_at=due_at), **outcome)
    if draft.letter_id is not None:
        letter = letters.get(tx, draft.unit_id, draft.letter_id)
        follows = LETTER_STATES.get(state, LetterState.AT_COUNTER)
        if letter.draft.state is not follows:
            letters.update(tx, letter, replace(letter.draft, state=follows), decided_by=actor.name)
    return after


def deposit_event(
    actor: Actor, kind: str, before: Deposit, after: Deposit, data: dict[str, object], reason: str = ""
) -> EventDraft:
    """What became of a deposit, for the chain."""
    states: dict[str, object] = {"before": before.draft.state.value, "after": after.draft.state.value}
    return EventDraft(kind=kind, subject=f"deposit/{after.id}", actor=actor, data=states | data, reason=reason)
