"""Cancelling: paper that was entered by mistake, and paper whose words should never have been written down.

A number that was given stays in its place: void where the paper is cancelled, without its words where it is secret.
"""

from dataclasses import dataclass, replace

from mailhub.counter.returning import require
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.pairing import deposit_event, moved
from mailhub.policy.paper import PaperException
from mailhub.registers import locked
from storage import deposits, events, letters, outbox, registry
from storage.database import Database, Transaction
from storage.records import Actor, Deposit, DepositDraft, DepositKind, DepositState, Entry, EntryState, LetterState

CANCELLABLE = frozenset({DepositState.WAITING, DepositState.OVERDUE, DepositState.COUNTED, DepositState.ACCEPTED})
SEALABLE = frozenset(DepositState) - {DepositState.PAIRED}


@dataclass(frozen=True, slots=True)
class Cancelling:
    """Takes deposits out of the counter's lists."""

    database: Database

    def cancel(self, actor: Actor, deposit: Deposit, *, reason: str) -> Deposit:
        """Cancel a deposit; it may be entered again. Raises RefusedError where its number is being worked on."""
        require(deposit, CANCELLABLE, Text(vi="hủy", en="cancelled"))
        with self.database.transaction() as tx:
            entry = locked_entry(tx, deposit)
            if entry is not None:
                require_idle(deposit, entry)
                registry.set_state(tx, entry.id, EntryState.VOIDED)
            after = moved(tx, actor, deposit, DepositState.CANCELLED)
            data: dict[str, object] = {"voided": entry.number if entry else None}
            events.append(tx, [deposit_event(actor, "paper-cancelled", deposit, after, data, reason)])
        return after

    def seal(self, actor: Actor, deposit: Deposit, *, reason: str) -> Deposit:
        """Make secret paper of a document that was entered with its words: they are overwritten, for good; it only counts.

        Paper that is paired must be unpaired first; its e-copy is sealed as a letter.
        """
        require(deposit, SEALABLE, Text(vi="chuyển thành giấy mật", en="made secret paper"))
        with self.database.transaction() as tx:
            entry = locked_entry(tx, deposit)
            if entry is not None:
                require_idle(deposit, entry)
                registry.blank(tx, entry.id)
            stopped = outbox.cancel_for_deposit(tx, deposit.id)
            if deposit.draft.letter_id is not None:
                blank_letter(tx, actor, deposit.draft.unit_id, deposit.draft.letter_id)
            after = deposits.update(tx, deposit, secret_draft(deposit.draft), partner_letter_id=None)
            data: dict[str, object] = {"number": entry.number if entry else None, "notices_stopped": stopped}
            events.append(tx, [deposit_event(actor, "paper-sealed", deposit, after, data, reason)])
        return after


def locked_entry(tx: Transaction, deposit: Deposit) -> Entry | None:
    """The entry of a deposit that was filed on paper, its register locked."""
    if deposit.entry_id is None:
        return None
    entry = registry.with_ids(tx, [deposit.entry_id])[0]
    locked(tx, deposit.draft.unit_id, entry.register)
    return registry.with_ids(tx, [deposit.entry_id])[0]


def require_idle(deposit: Deposit, entry: Entry) -> None:
    """Refuse where work on the number has begun or the e-copy was attached to it."""
    if entry.state is not EntryState.REGISTERED or deposit.partner_letter_id is not None:
        raise RefusedError(
            Text(
                vi=f"số đến {entry.number} đã có người xử lý hoặc đã ghép bản điện tử; bỏ ghép trước đã",
                en=f"number {entry.number} is being worked on or has its e-copy; unpair it first",
            )
        )


def blank_letter(tx: Transaction, actor: Actor, unit_id: int, letter_id: int) -> None:
    """Take the words out of a deposit's letter."""
    letter = letters.get(tx, unit_id, letter_id)
    blank = replace(
        letter.draft,
        state=LetterState.PURGED,
        document_key="",
        issuer="",
        reference="",
        issued_on=None,
        document_type="",
        subject="",
        action="",
    )
    letters.update(tx, letter, blank, decided_by=actor.name)


def secret_draft(draft: DepositDraft) -> DepositDraft:
    """What is kept of secret paper: who handed it in, when, and who took it."""
    return replace(
        draft,
        kind=DepositKind.SECRET,
        state=DepositState.COUNTED,
        letter_id=None,
        document_key="",
        reference="",
        issued_on=None,
        document_type="",
        subject="",
        pages=None,
        exception=PaperException.SECRET.value,
        due_at=None,
        note="",
    )
