"""Voiding: a number that was given by mistake keeps its place in the register, and the letter is held again."""

from dataclasses import dataclass, replace

from mailhub.deciding import Deciding, store_decision
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.policy.case import Action
from mailhub.policy.reasons import ReasonCode
from mailhub.registers import locked
from mailhub.returning import LEFT
from mailhub.settling import settle
from storage import events, letters, outbox, registry
from storage.database import Database, Transaction
from storage.records import Actor, Entry, EntryState, EventDraft, Letter, LetterState

RECEIPT = "receipt"
"""The kind of the notice that told the number."""


@dataclass(frozen=True, slots=True)
class Voiding:
    """Takes numbers out of use."""

    database: Database
    deciding: Deciding

    def void(self, actor: Actor, entry: Entry, *, reason: str) -> Entry:
        """Void an entry's number; the letter is held for a clerk.

        The sender is told where the receipt has begun to leave; one that has not is cancelled. Letters that were answered
        as repeats of this one keep that answer. Raises RefusedError for an entry that is not simply registered any more.
        """
        unit_id = entry.draft.unit_id
        with self.database.transaction() as tx:
            locked(tx, unit_id, entry.register)
            current = registry.get_entry(tx, unit_id, register=entry.register, year=entry.year, number=entry.number)
            letter = letters.get(tx, unit_id, entry.draft.letter_id)
            require_voidable(current, letter)
            voided = registry.set_state(tx, current.id, EntryState.VOIDED)
            told = self._take_back(tx, actor, voided, letter)
            events.append(tx, [voided_event(actor, voided, letter, told=told, reason=reason)])
        return voided

    def _take_back(self, tx: Transaction, actor: Actor, entry: Entry, letter: Letter) -> bool:
        """Hold the letter and stop or correct its receipt; tells whether the sender is told."""
        record = self.deciding.judge(tx, letter)
        decision = replace(record.decision, action=Action.HOLD, reasons=(ReasonCode.HELD_BY_CLERK,), automatic=False)
        held = store_decision(tx, actor, letter, replace(record, decision=decision), state=LetterState.HELD)
        settle(tx, held)
        outbox.cancel_for_letter(tx, letter.id, kinds=(RECEIPT,))
        told = any(sent.draft.kind == RECEIPT and sent.state in LEFT for sent in outbox.of_letter(tx, letter.id))
        if told:
            self.deciding.answering.voided(tx, entry=entry, letter=held, record=record)
        return told


def require_voidable(entry: Entry, letter: Letter) -> None:
    """Refuse a number that is void already, that work has begun on, or whose letter came on paper or was sealed."""
    if entry.state is not EntryState.REGISTERED:
        state = entry.state.value
        raise RefusedError(
            Text(
                vi=f"số đến {entry.number} đang ở trạng thái {state}; chỉ hủy được số mới vào sổ",
                en=f"number {entry.number} is {state}; only a number that is just registered can be voided",
            )
        )
    if letter.draft.facts_id is None or letter.draft.state is not LetterState.FILED:
        state = letter.draft.state.value
        raise RefusedError(
            Text(
                vi=f"h{letter.id} của số đến {entry.number} ({state}) không về lại bàn được; số của giấy: `paper cancel`",
                en=f"h{letter.id} of number {entry.number} ({state}) cannot come back to the desk; of paper: `paper cancel`",
            )
        )


def voided_event(actor: Actor, entry: Entry, letter: Letter, *, told: bool, reason: str) -> EventDraft:
    """The fact, for the chain."""
    data: dict[str, object] = {
        "entry": entry.id,
        "register": entry.register,
        "year": entry.year,
        "number": entry.number,
        "before": letter.draft.state.value,
        "after": LetterState.HELD.value,
        "told": told,
    }
    return EventDraft(kind="entry-voided", subject=f"letter/{letter.id}", actor=actor, data=data, reason=reason)
