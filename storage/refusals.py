"""Refusals: what the doors did not take, one line for each client, reason and minute."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Transaction
from storage.records import Refusal, RefusalDraft, RefusalFilter
from storage.rows import draft_of, page, values_of
from storage.tables import refusals

KEY = ("minute", "door", "peer", "reason")


def add(tx: Transaction, drafts: Sequence[RefusalDraft]) -> None:
    """Write lines; one that is there already counts on, with the examples and the reply of the later writer."""
    if not drafts:
        return
    insert = tx.insert_into(refusals)
    new, old = insert.excluded, refusals.c
    larger = sa.case((sa.func.coalesce(new.size, -1) > sa.func.coalesce(old.size, -1), new.size), else_=old.size)
    changes: dict[str, sa.ColumnElement[Any]] = {name: new[name] for name in ("senders", "recipients", "reply", "last_at")}
    changes |= {"count": old["count"] + new["count"], "size": larger}
    tx.execute(insert.on_conflict_do_update(index_elements=KEY, set_=changes), [values_of(draft) for draft in drafts])


def list_(tx: Transaction, chosen: RefusalFilter, *, limit: int, before_id: int | None = None) -> list[Refusal]:
    """List lines, those first that were begun last."""
    statement = page(sa.select(refusals).where(*_conditions(chosen)), refusals.c.id, before_id, limit)
    rows = tx.connection.execute(statement).mappings()
    return [Refusal(id=row["id"], draft=draft_of(RefusalDraft, row)) for row in rows]


def count_by_door(tx: Transaction, since: datetime) -> dict[str, int]:
    """Count refusals from a moment on, by door."""
    statement = sa.select(refusals.c.door, sa.func.sum(refusals.c.count)).where(refusals.c.minute >= since)
    return {door: int(count) for door, count in tx.connection.execute(statement.group_by(refusals.c.door))}


def sweep(tx: Transaction, before: datetime, *, most: int) -> int:
    """Delete lines of minutes before a moment, and the oldest beyond `most`; tell how many."""
    last_kept = sa.select(refusals.c.id).order_by(refusals.c.id.desc()).offset(most).limit(1).scalar_subquery()
    old = sa.or_(refusals.c.minute < before, refusals.c.id <= last_kept)
    return tx.execute(sa.delete(refusals).where(old)).rowcount


def _conditions(chosen: RefusalFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if chosen.since is not None:
        conditions.append(refusals.c.last_at >= chosen.since)
    if chosen.until is not None:
        conditions.append(refusals.c.minute < chosen.until)
    if chosen.reasons:
        conditions.append(refusals.c.reason.in_(chosen.reasons))
    if chosen.peer:
        conditions.append(refusals.c.peer == chosen.peer)
    return conditions
