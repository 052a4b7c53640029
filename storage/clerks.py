"""The clerks of a unit: who acts, and in which role."""

import sqlalchemy as sa

from storage.database import Transaction
from storage.directory import today
from storage.errors import NotFoundError
from storage.folding import fold
from storage.records import Clerk, ClerkDraft
from storage.rows import draft_of, values_of
from storage.tables import clerks as clerk_rows


def add(tx: Transaction, unit_id: int, draft: ClerkDraft) -> Clerk:
    """Add a clerk; ConflictError when the code or the name is another's, folded."""
    with tx.claiming(f"the code {draft.code!r} or the name {draft.name!r} is another clerk's already"):
        new = tx.insert(clerk_rows, {"unit_id": unit_id, **_values(draft)})
    return _one(tx, unit_id, clerk_rows.c.id == new)


def update(tx: Transaction, clerk: Clerk, draft: ClerkDraft) -> Clerk:
    """Write a clerk anew; ConflictError when the code or the name is another's, folded."""
    with tx.claiming(f"the code {draft.code!r} or the name {draft.name!r} is another clerk's already"):
        tx.execute(sa.update(clerk_rows).where(clerk_rows.c.id == clerk.id).values(**_values(draft)))
    return _one(tx, clerk.unit_id, clerk_rows.c.id == clerk.id)


def close(tx: Transaction, clerk: Clerk, *, closed: bool) -> Clerk:
    """From today on the clerk acts no more, or does again."""
    day = today(tx, clerk.unit_id) if closed else None
    tx.execute(sa.update(clerk_rows).where(clerk_rows.c.id == clerk.id).values(closed_on=day))
    return _one(tx, clerk.unit_id, clerk_rows.c.id == clerk.id)


def get(tx: Transaction, unit_id: int, text: str) -> Clerk:
    """Read a clerk by code or name, folded; a closed one too."""
    key = fold(text)
    try:
        return _one(tx, unit_id, clerk_rows.c.code_key == key)
    except NotFoundError:
        return _one(tx, unit_id, clerk_rows.c.name_key == key)


def list_(tx: Transaction, unit_id: int, *, include_closed: bool = False) -> list[Clerk]:
    """List the unit's clerks by code."""
    statement = sa.select(clerk_rows).where(clerk_rows.c.unit_id == unit_id)
    if not include_closed:
        statement = statement.where(sa.or_(clerk_rows.c.closed_on.is_(None), clerk_rows.c.closed_on > today(tx, unit_id)))
    return [draft_of(Clerk, row) for row in tx.connection.execute(statement.order_by(clerk_rows.c.code_key)).mappings()]


def _values(draft: ClerkDraft) -> dict[str, object]:
    return values_of(draft) | {"code_key": fold(draft.code), "name_key": fold(draft.name)}


def _one(tx: Transaction, unit_id: int, condition: sa.ColumnElement[bool]) -> Clerk:
    row = tx.connection.execute(sa.select(clerk_rows).where(clerk_rows.c.unit_id == unit_id, condition)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"unit {unit_id} has no such clerk")
    return draft_of(Clerk, row)
