"""How the doors fare: their states, their counts by the hour, and the processes that serve them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from storage import mailboxes
from storage.database import Transaction
from storage.records import CaptureState, DoorCounts, DoorState, ServingProcess
from storage.rows import draft_of, values_of
from storage.tables import captures, door_hours, door_states, serving_processes

# Written into the statement: a bound value would hide from the planner that the partial index serves it.
_PENDING = captures.c.state == sa.literal(CaptureState.RECEIVED, captures.c.state.type, literal_execute=True)


def keep_states(tx: Transaction, states: Sequence[DoorState]) -> None:
    """Write how doors fare; a moment that is None leaves the one that is known."""
    if not states:
        return
    insert = tx.insert_into(door_states)
    new, old = insert.excluded, door_states.c
    changes: dict[str, sa.ColumnElement[object]] = {name: new[name] for name in ("last_error", "failures")}
    moments = ("seen_at", "last_success_at", "last_attempt_at")
    changes |= {name: sa.func.coalesce(new[name], old[name]) for name in moments}
    tx.execute(
        insert.on_conflict_do_update(index_elements=("door", "account"), set_=changes), [values_of(state) for state in states]
    )


def close(tx: Transaction, doors: Sequence[tuple[str, str]], *, unless_seen_since: datetime) -> None:
    """Write that doors, each with its account, are open no longer; not while another process serves, which keeps its own open."""
    others = sa.select(serving_processes.c.name).where(serving_processes.c.seen_at >= unless_seen_since)
    if tx.connection.execute(others.limit(1)).first() is not None:
        return
    for door, account in doors:
        mine = (door_states.c.door == door, door_states.c.account == account)
        tx.execute(sa.update(door_states).where(*mine).values(seen_at=None))


def add_counts(tx: Transaction, counts: Sequence[DoorCounts]) -> None:
    """Add to what is counted for an hour."""
    if not counts:
        return
    insert = tx.insert_into(door_hours)
    new, old = insert.excluded, door_hours.c
    first = sa.case((old.first_mail_at <= new.first_mail_at, old.first_mail_at), else_=new.first_mail_at)
    last = sa.case((old.last_mail_at >= new.last_mail_at, old.last_mail_at), else_=new.last_mail_at)
    changes = {
        "mails": old.mails + new.mails,
        "failures": old.failures + new.failures,
        # A comparison with nothing is never true, so that an hour without mails takes over whatever is new, nothing too.
        "first_mail_at": sa.func.coalesce(first, old.first_mail_at),
        "last_mail_at": sa.func.coalesce(last, old.last_mail_at),
    }
    tx.execute(
        insert.on_conflict_do_update(index_elements=("hour", "door", "account"), set_=changes),
        [values_of(count) for count in counts],
    )


def states(tx: Transaction) -> list[DoorState]:
    """List every door and account that was ever open."""
    found = sa.select(door_states).order_by(door_states.c.door, door_states.c.account)
    return [draft_of(DoorState, row) for row in tx.connection.execute(found).mappings()]


def counts(tx: Transaction, since: datetime) -> list[DoorCounts]:
    """List the hours from a moment on, oldest first."""
    found = sa.select(door_hours).where(door_hours.c.hour >= since).order_by(door_hours.c.hour)
    return [draft_of(DoorCounts, row) for row in tx.connection.execute(found).mappings()]


def sweep(tx: Transaction, before: datetime) -> int:
    """Forget the counts of hours before a moment; tell how many."""
    return tx.execute(sa.delete(door_hours).where(door_hours.c.hour < before)).rowcount


def unread(tx: Transaction) -> dict[tuple[str, str], tuple[int, int, datetime]]:
    """Tell by door and account how many captures no worker has finished, their octets, and since when the oldest waits."""
    rows, find = captures.c, sa.func.strpos if tx.is_postgresql else sa.func.instr
    account = sa.case(
        (rows.door == mailboxes.DOOR, sa.func.substr(rows.door_key, 1, find(rows.door_key, sa.text("'/'")) - 1)),
        else_=sa.text("''"),
    ).label("account")
    oldest = sa.func.min(rows.received_at, type_=rows.received_at.type)
    found = sa.select(rows.door, account, sa.func.count(), sa.func.sum(rows.size), oldest).where(_PENDING)
    waiting: dict[tuple[str, str], tuple[int, int, datetime]] = {}
    for door, key, count, octets, since in tx.connection.execute(found.group_by(rows.door, account)):
        # A mailbox that has moved to another server is another one in the keys, and the same one to people.
        named = door, mailboxes.account_name(key)
        known = waiting.get(named, (0, 0, since))
        waiting[named] = known[0] + count, known[1] + int(octets), min(known[2], since)
    return waiting


def keep_process(tx: Transaction, process: ServingProcess) -> None:
    """Write that a process serves."""
    insert = tx.insert_into(serving_processes)
    changes = {name: insert.excluded[name] for name in ("seen_at", "commit_wait_ms", "readers_busy")}
    tx.execute(insert.on_conflict_do_update(index_elements=("name",), set_=changes).values(values_of(process)))


def drop_processes(tx: Transaction, *, name: str = "", before: datetime | None = None) -> None:
    """Forget one process that has stopped, and those that were last seen before a moment."""
    gone = serving_processes.c.name == name
    if before is not None:
        gone = sa.or_(gone, serving_processes.c.seen_at < before)
    tx.execute(sa.delete(serving_processes).where(gone))


def processes(tx: Transaction) -> list[ServingProcess]:
    """List the processes that serve, or did when they were last seen."""
    found = sa.select(serving_processes).order_by(serving_processes.c.name)
    return [draft_of(ServingProcess, row) for row in tx.connection.execute(found).mappings()]
