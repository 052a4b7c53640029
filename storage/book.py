"""The register read as a book is: by register and year, in the order of the numbers, however long it is."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import registry
from storage.database import Transaction
from storage.records import Entry
from storage.tables import entries, registers
from storage.tables import series as series_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """The numbers of one series that were filed in an interval; None is an open end. `entries` counts them."""

    series_id: int
    first: int
    last: int
    entries: int
    from_: datetime | None
    to: datetime | None


def chapters(
    tx: Transaction, unit_id: int, *, register: str | None, direction: str, from_: datetime | None, to: datetime | None
) -> list[Chapter]:
    """List what the unit's registers hold of an interval, in the order of the shelf: by code, kind and year."""
    mine = sa.select(series_rows.c.id).join(registers, registers.c.id == series_rows.c.register_id)
    mine = mine.where(registers.c.unit_id == unit_id, registers.c.direction == direction)
    if register is not None:
        mine = mine.where(registers.c.code == register)
    number = entries.c.number
    counted = sa.select(sa.func.min(number).label("first"), sa.func.max(number).label("last"), sa.func.count().label("entries"))
    counted = counted.where(entries.c.unit_id == unit_id, *_filed(from_, to))
    found: list[Chapter] = []
    for series_id in tx.connection.execute(mine.order_by(registers.c.code, registers.c.kind, series_rows.c.year)).scalars():
        row = tx.connection.execute(counted.where(entries.c.series_id == series_id)).one()
        if row.entries:
            found.append(Chapter(series_id=series_id, first=row.first, last=row.last, entries=row.entries, from_=from_, to=to))
    return found


def read(tx: Transaction, chapter: Chapter, *, after: int, limit: int) -> list[Entry]:
    """Read the next entries of a chapter behind a number."""
    line = sa.select(entries.c.id).where(
        entries.c.series_id == chapter.series_id,
        entries.c.number > after,
        entries.c.number <= chapter.last,
        *_filed(chapter.from_, chapter.to),
    )
    ids = tx.connection.execute(line.order_by(entries.c.number).limit(limit)).scalars().all()
    return sorted(registry.with_ids(tx, ids), key=lambda entry: entry.number)


def _filed(from_: datetime | None, to: datetime | None) -> list[sa.ColumnElement[bool]]:
    conditions = [] if from_ is None else [entries.c.filed_at >= from_]
    return conditions if to is None else [*conditions, entries.c.filed_at < to]
