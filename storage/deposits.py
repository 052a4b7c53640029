"""Paper deposits: what was handed in at the counter. A deposit's version fences two clerks at once."""

from collections.abc import Iterable
from typing import Final, Unpack

import sqlalchemy as sa

from storage.columns import holds_words
from storage.database import Transaction
from storage.errors import ConflictError, NotFoundError
from storage.folding import fold
from storage.records import Deposit, DepositDraft, DepositOutcome, DepositState
from storage.rows import draft_of, page, values_of
from storage.tables import deposits

_OPEN: Final = (DepositState.WAITING, DepositState.OVERDUE, DepositState.RETURN_DUE, DepositState.ANNOUNCED)
# The words of the partial index; a bound value would hide from the planner that it serves.
_TIMED: Final = sa.text("state IN ('waiting', 'return-due')")


def add(tx: Transaction, draft: DepositDraft) -> Deposit:
    """Store a deposit."""
    return get(tx, draft.unit_id, tx.insert(deposits, _values(draft) | {"version": 1, "handed_to": ""}))


def get(tx: Transaction, unit_id: int, deposit_id: int) -> Deposit:
    """Read a deposit of the unit."""
    found = _all(tx, sa.select(deposits).where(deposits.c.unit_id == unit_id, deposits.c.id == deposit_id))
    if not found:
        raise NotFoundError(f"unit {unit_id} has no deposit {deposit_id}")
    return found[0]


def update(tx: Transaction, deposit: Deposit, draft: DepositDraft, **outcome: Unpack[DepositOutcome]) -> Deposit:
    """Write the deposit anew; what of its outcome is not named stays. ConflictError when it was changed since it was read."""
    mine = sa.update(deposits).where(deposits.c.id == deposit.id, deposits.c.version == deposit.version)
    values = _values(draft) | {"version": deposit.version + 1, **outcome}
    row = tx.connection.execute(mine.values(**values).returning(*deposits.c)).mappings().one_or_none()
    if row is None:
        raise ConflictError(f"deposit {deposit.id} was changed by somebody else meanwhile")
    return _deposit(row)


def list_(
    tx: Transaction,
    unit_id: int,
    *,
    states: Iterable[DepositState] | None = None,
    limit: int,
    before_id: int | None = None,
) -> list[Deposit]:
    """List the unit's deposits, newest first."""
    statement = sa.select(deposits).where(deposits.c.unit_id == unit_id)
    if states is not None:
        statement = statement.where(deposits.c.state.in_(list(states)))
    return _all(tx, page(statement, deposits.c.id, before_id, limit))


def search(tx: Transaction, unit_id: int, text: str, limit: int) -> list[Deposit]:
    """Find the unit's deposits whose reference, sender or subject hold every word of the text, newest first."""
    words = fold(text).split()
    if not words:
        return []
    statement = sa.select(deposits).where(deposits.c.unit_id == unit_id, holds_words(deposits.c.search_text, words))
    return _all(tx, page(statement, deposits.c.id, None, limit))


def waiting_with_key(tx: Transaction, unit_id: int, document_key: str) -> list[Deposit]:
    """List the unit's deposits of this document that an e-copy still closes, the first one first."""
    return [deposit for deposit in with_key(tx, unit_id, document_key) if deposit.draft.state in _OPEN]


def with_key(tx: Transaction, unit_id: int, document_key: str) -> list[Deposit]:
    """List the unit's deposits of this document in whatever state; an empty key matches nothing."""
    if not document_key:
        return []
    statement = sa.select(deposits).where(deposits.c.unit_id == unit_id, deposits.c.document_key == document_key)
    return _all(tx, statement.order_by(deposits.c.id))


def awaiting(tx: Transaction, letter_id: int) -> list[Deposit]:
    """List the deposits that a clerk has paired with a letter whose number they wait for."""
    mine = sa.select(deposits).where(deposits.c.partner_letter_id == letter_id, deposits.c.state.in_(_OPEN))
    return _all(tx, mine.order_by(deposits.c.id))


def of_letter(tx: Transaction, letter_id: int) -> Deposit | None:
    """Find the deposit that a letter stands for."""
    found = _all(tx, sa.select(deposits).where(deposits.c.letter_id == letter_id).order_by(deposits.c.id.desc()).limit(1))
    return found[0] if found else None


def due(tx: Transaction, *, limit: int) -> list[tuple[int, int]]:
    """List unit and id of deposits whose wait is over or whose return leaves, the longest overdue first."""
    ready = sa.select(deposits.c.unit_id, deposits.c.id).where(_TIMED, deposits.c.due_at <= tx.now())
    rows = tx.connection.execute(ready.order_by(deposits.c.due_at, deposits.c.id).limit(limit))
    return [(row.unit_id, row.id) for row in rows]


def counts(tx: Transaction, unit_id: int) -> dict[DepositState, int]:
    """Count the unit's deposits by state; a state without deposits is left out."""
    statement = sa.select(deposits.c.state, sa.func.count().label("deposits")).where(deposits.c.unit_id == unit_id)
    return {row.state: row.deposits for row in tx.connection.execute(statement.group_by(deposits.c.state))}


def _values(draft: DepositDraft) -> dict[str, object]:
    return values_of(draft) | {"search_text": fold(f"{draft.reference} {draft.sender} {draft.subject}")}


def _all(tx: Transaction, statement: sa.Select[tuple[object, ...]]) -> list[Deposit]:
    return [_deposit(row) for row in tx.connection.execute(statement).mappings()]


def _deposit(row: sa.RowMapping) -> Deposit:
    return draft_of(Deposit, row, draft=draft_of(DepositDraft, row))
