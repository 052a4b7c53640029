"""The audit log: an append-only chain of hashes. Each event keeps the exact bytes that were hashed."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa

from storage.chain import ChainFault, Fault, faults, hash_of
from storage.columns import clean, read_time
from storage.database import Transaction
from storage.records import ChainHead, Event, EventDraft
from storage.rows import draft_of, values_of
from storage.tables import chain_head
from storage.tables import events as event_rows

__all__ = ["ChainFault", "Fault", "append", "head", "latest", "list_", "verify"]

_PAGE: Final = 1000
_HEAD_ROW = chain_head.c.id == 1


def append(tx: Transaction, drafts: list[EventDraft]) -> list[Event]:
    """Add events to the chain. This locks the head, for which every writer waits: call it last in the transaction."""
    if not drafts:
        return []
    last = _head(tx, sa.select(chain_head).where(_HEAD_ROW).with_for_update())
    at = tx.now()
    events: list[Event] = []
    for draft in drafts:
        event = _event(last, draft, at)
        events.append(event)
        last = ChainHead(number=event.number, hash=event.hash)
    tx.execute(sa.insert(event_rows), [values_of(event) for event in events])
    tx.execute(sa.update(chain_head).where(_HEAD_ROW).values(number=last.number, hash=last.hash))
    return events


def head(tx: Transaction) -> ChainHead:
    """Read the last event's number and hash."""
    return _head(tx, sa.select(chain_head).where(_HEAD_ROW))


def list_(tx: Transaction, *, subject: str | None = None, after: int = 0, limit: int) -> list[Event]:
    """List events in their order, those about one subject or all, beginning behind number `after`."""
    statement = sa.select(event_rows).where(event_rows.c.number > after)
    if subject is not None:
        statement = statement.where(event_rows.c.subject == subject)
    rows = tx.connection.execute(statement.order_by(event_rows.c.number).limit(limit)).mappings()
    return [draft_of(Event, row) for row in rows]


def latest(tx: Transaction, *, before: int | None = None, limit: int) -> list[Event]:
    """List events newest first, those below number `before` where one is given."""
    statement = sa.select(event_rows)
    if before is not None:
        statement = statement.where(event_rows.c.number < before)
    rows = tx.connection.execute(statement.order_by(event_rows.c.number.desc()).limit(limit)).mappings()
    return [draft_of(Event, row) for row in rows]


def verify(tx: Transaction, anchors: Iterable[ChainHead] = ()) -> Iterator[ChainFault]:
    """Read the whole chain page by page and name every fault. Anchors are heads that were kept outside the database."""
    return faults(_every(tx), head(tx), anchors)


def _every(tx: Transaction) -> Iterator[Event]:
    """Read every event as it lies there: SQLite keeps whatever type an intruder has written into a column."""
    plain = [sa.type_coerce(column, sa.types.NullType()).label(column.name) for column in event_rows.c]
    after = 0
    while (
        rows := tx.connection.execute(
            sa.select(*plain).where(event_rows.c.number > after).order_by(event_rows.c.number).limit(_PAGE)
        )
        .mappings()
        .all()
    ):
        yield from map(_as_it_lies, rows)
        after = rows[-1]["number"]


def _as_it_lies(row: sa.RowMapping) -> Event:
    """An event whose columns have the right types; what had another type no longer agrees with what was hashed."""
    body = row["body"]
    return Event(
        number=row["number"],
        kind=str(row["kind"]),
        subject=str(row["subject"]),
        at=_moment(row["at"]),
        body=bytes(body) if isinstance(body, bytes | memoryview) else str(body).encode(),
        previous_hash=str(row["previous_hash"]),
        hash=str(row["hash"]),
    )


def _moment(value: object) -> datetime:
    """The column's time; the first moment there is where the column holds none, which no event was written at."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    with suppress(ValueError):
        return read_time(str(value))
    return datetime.min.replace(tzinfo=UTC)


def _head(tx: Transaction, statement: sa.Select[tuple[object, ...]]) -> ChainHead:
    row = tx.connection.execute(statement).one()
    return ChainHead(number=row.number, hash=row.hash)


def _event(last: ChainHead, draft: EventDraft, at: datetime) -> Event:
    number = last.number + 1
    body = _canonical(
        {
            "number": number,
            "at": at.isoformat(),
            "kind": draft.kind,
            "subject": draft.subject,
            "actor": values_of(draft.actor),
            "reason": draft.reason,
            "data": draft.data,
        }
    )
    return Event(
        number=number,
        kind=draft.kind,
        subject=draft.subject,
        at=at,
        body=body,
        previous_hash=last.hash,
        hash=hash_of(last.hash, body),
    )


def _canonical(value: dict[str, object]) -> bytes:
    """One value, one byte string: sorted keys, no blanks, UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return clean(text).encode("utf-8")
