"""Report sheets that were frozen: what was reported once stays as it was said."""

import sqlalchemy as sa

from storage.database import Transaction
from storage.errors import NotFoundError
from storage.records import Sheet, SheetDraft
from storage.rows import draft_of, page, values_of
from storage.tables import sheets


def add(tx: Transaction, draft: SheetDraft) -> Sheet:
    """Freeze a sheet."""
    return get(tx, draft.unit_id, tx.insert(sheets, values_of(draft) | {"made_at": tx.now()}))


def get(tx: Transaction, unit_id: int, sheet_id: int) -> Sheet:
    """Read a sheet of the unit."""
    found = _all(tx, sa.select(sheets).where(sheets.c.unit_id == unit_id, sheets.c.id == sheet_id))
    if not found:
        raise NotFoundError(f"unit {unit_id} has no sheet {sheet_id}")
    return found[0]


def list_(tx: Transaction, unit_id: int, *, kind: str | None = None, limit: int, before_id: int | None = None) -> list[Sheet]:
    """List the unit's sheets, newest first."""
    statement = sa.select(sheets).where(sheets.c.unit_id == unit_id)
    if kind is not None:
        statement = statement.where(sheets.c.kind == kind)
    return _all(tx, page(statement, sheets.c.id, before_id, limit))


def _all(tx: Transaction, statement: sa.Select[tuple[object, ...]]) -> list[Sheet]:
    rows = tx.connection.execute(statement).mappings()
    return [draft_of(Sheet, row, draft=draft_of(SheetDraft, row)) for row in rows]
