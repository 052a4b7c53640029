"""Letters whose signatures are to be checked once more, and the cases that came of it."""

from collections.abc import Iterable
from datetime import datetime
from operator import itemgetter

import sqlalchemy as sa

from storage.database import Transaction
from storage.errors import NotFoundError
from storage.records import Case, CaseDraft, CaseState, LetterState, RecheckOrder
from storage.rows import draft_of, page, portions, values_of
from storage.tables import cases, letters, rechecks


def order(tx: Transaction, found: Iterable[tuple[int, int]], due_at: datetime) -> int:
    """Order letters (unit and id) to be checked again; tells how many are new. One that is ordered keeps the earlier time.

    One that is being checked just now is due again: its check may have begun before what it is to be checked for was known.
    """
    count = 0
    for portion in portions(sorted(found, key=itemgetter(1))):
        ids = [letter_id for _, letter_id in portion]
        # Two lists that come at once name the same letters: both lock them in one order.
        there = sa.select(rechecks.c.letter_id).where(rechecks.c.letter_id.in_(ids)).order_by(rechecks.c.letter_id)
        tx.connection.execute(there.with_for_update()).all()
        tx.execute(sa.update(rechecks).where(rechecks.c.letter_id.in_(ids), rechecks.c.due_at > due_at).values(due_at=due_at))
        rows = [{"letter_id": letter_id, "unit_id": unit_id, "due_at": due_at} for unit_id, letter_id in portion]
        insert = tx.insert_new(rechecks).values(rows).returning(rechecks.c.letter_id)
        count += len(tx.connection.execute(insert).all())
    return count


def due(tx: Transaction, limit: int) -> list[RecheckOrder]:
    """List what is due, the oldest first."""
    found = sa.select(rechecks).where(rechecks.c.due_at <= tx.now()).order_by(rechecks.c.due_at, rechecks.c.letter_id)
    return [draft_of(RecheckOrder, row) for row in tx.connection.execute(found.limit(limit)).mappings()]


def claim(tx: Transaction, ordered: RecheckOrder, until: datetime) -> bool:
    """Take an order for oneself until a moment; False where another process was first."""
    mine = (rechecks.c.letter_id == ordered.letter_id, rechecks.c.due_at == ordered.due_at)
    return tx.execute(sa.update(rechecks).where(*mine).values(due_at=until)).rowcount == 1


def hold(tx: Transaction, letter_id: int) -> bool:
    """Keep an order from changing until the transaction ends; False where it is gone, for one because the letter is secret."""
    found = sa.select(rechecks.c.letter_id).where(rechecks.c.letter_id == letter_id).with_for_update()
    return tx.connection.execute(found).first() is not None


def done(tx: Transaction, letter_id: int, claimed_until: datetime) -> None:
    """Let go of an order that was claimed until a moment; one that was given anew since then stays."""
    tx.execute(sa.delete(rechecks).where(rechecks.c.letter_id == letter_id, rechecks.c.due_at == claimed_until))


def put_off(tx: Transaction, letter_id: int, claimed_until: datetime, due_at: datetime) -> None:
    """Let an order that was claimed until a moment rest; one that was given anew since then stays due."""
    mine = (rechecks.c.letter_id == letter_id, rechecks.c.due_at == claimed_until)
    tx.execute(sa.update(rechecks).where(*mine).values(due_at=due_at))


def wake(tx: Transaction, letter_ids: Iterable[int], action: str) -> int:
    """Let letters that wait for their checks be due now; tells how many there were."""
    waiting = (letters.c.id.in_(list(letter_ids)), letters.c.state == LetterState.WAITING, letters.c.action == action)
    later = (letters.c.due_at.is_not(None), letters.c.due_at > tx.now())
    return tx.execute(sa.update(letters).where(*waiting, *later).values(due_at=tx.now())).rowcount


def raise_(tx: Transaction, draft: CaseDraft) -> int | None:
    """Raise a case; None where there is one of this letter and certificate, also one that was settled."""
    values = values_of(draft) | {"state": CaseState.OPEN, "decided_by": "", "decided_at": None, "reason": ""}
    new: int | None = tx.connection.execute(tx.insert_new(cases).values(**values).returning(cases.c.id)).scalar()
    return new


def get(tx: Transaction, unit_id: int, case_id: int) -> Case:
    """Read a case of the unit."""
    found = _all(tx, sa.select(cases).where(cases.c.unit_id == unit_id, cases.c.id == case_id))
    if not found:
        raise NotFoundError(f"unit {unit_id} has no case {case_id}")
    return found[0]


def list_(
    tx: Transaction, unit_id: int, *, states: Iterable[CaseState] | None = None, limit: int, before_id: int | None = None
) -> list[Case]:
    """List the unit's cases, newest first."""
    statement = sa.select(cases).where(cases.c.unit_id == unit_id)
    if states is not None:
        statement = statement.where(cases.c.state.in_(list(states)))
    return _all(tx, page(statement, cases.c.id, before_id, limit))


def of_letters(tx: Transaction, letter_ids: Iterable[int]) -> list[Case]:
    """List the cases of these letters."""
    return _all(tx, sa.select(cases).where(cases.c.letter_id.in_(list(letter_ids))).order_by(cases.c.id))


def open_count(tx: Transaction, unit_id: int) -> int:
    """Count the cases that a clerk still has to decide."""
    mine = (cases.c.unit_id == unit_id, cases.c.state == CaseState.OPEN)
    return tx.connection.execute(sa.select(sa.func.count()).select_from(cases).where(*mine)).scalar_one()


def decide(tx: Transaction, case: Case, state: CaseState, *, by: str, reason: str) -> bool:
    """Settle a case or take that back; False where somebody else did it meanwhile."""
    mine = (cases.c.id == case.id, cases.c.state == case.state)
    values = {"state": state, "decided_by": by, "decided_at": tx.now(), "reason": reason}
    return tx.execute(sa.update(cases).where(*mine).values(**values)).rowcount == 1


def forget(tx: Transaction, letter_id: int) -> None:
    """Forget the cases and orders of a letter that turned out to be secret."""
    # The order first: a check that is about to raise a case holds it.
    tx.execute(sa.delete(rechecks).where(rechecks.c.letter_id == letter_id))
    tx.execute(sa.delete(cases).where(cases.c.letter_id == letter_id))


def _all(tx: Transaction, statement: sa.Select[tuple[object, ...]]) -> list[Case]:
    return [
        Case(
            id=row["id"],
            draft=draft_of(CaseDraft, row),
            state=row["state"],
            decided_by=row["decided_by"],
            decided_at=row["decided_at"],
            reason=row["reason"],
        )
        for row in tx.connection.execute(statement).mappings()
    ]
