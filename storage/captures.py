"""Captures: raw mails as they came, waiting to be read."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

import sqlalchemy as sa

from storage import claims
from storage.batches import Batch
from storage.claims import Lease
from storage.columns import as_key
from storage.database import Transaction
from storage.errors import NotFoundError
from storage.records import Capture, CaptureDraft, CaptureState, Claim, Recipient
from storage.rows import draft_of
from storage.tables import capture_recipients, captures

# Written into the statement: a bound value would hide from the planner that the partial index serves it.
_PENDING = captures.c.state == sa.literal(CaptureState.RECEIVED, captures.c.state.type, literal_execute=True)

_FRESH: Final[dict[str, object]] = {
    "state": CaptureState.RECEIVED,
    "attempts": 0,
    "token": 0,
    "owner": "",
    "sealed": False,
    "cleared": False,
}
_DRAFTED: Final = tuple(field.name for field in fields(CaptureDraft) if field.name != "recipients")
_ADDRESSED: Final = tuple(field.name for field in fields(Recipient))
_draft_values: Final = attrgetter(*_DRAFTED)
_recipient_values: Final = attrgetter(*_ADDRESSED)
_NEW: Final = Batch(captures, _DRAFTED, ("door", "door_key", "id"), _FRESH)
_ENVELOPES: Final = Batch(capture_recipients, ("capture_id", "position", *_ADDRESSED))


def add_many(tx: Transaction, drafts: Sequence[CaptureDraft]) -> list[int]:
    """Store captures in one go and give their ids; a door's key that is known already gives the id it has."""
    return [capture_id for capture_id, _ in add_new(tx, drafts)]


def add_new(tx: Transaction, drafts: Sequence[CaptureDraft]) -> list[tuple[int, bool]]:
    """Store captures with two statements, however many; their ids, with False where the door's key was known already.

    A key that comes twice among the drafts is one capture: that of the first.
    """
    if not drafts:
        return []
    keys = [(draft.door, as_key(draft.door_key)) for draft in drafts]
    told = _NEW.insert(tx, [_draft_values(draft) for draft in drafts])
    new = {(door, key): capture_id for door, key, capture_id in told}
    ids = new | _known(tx, [key for key in keys if key not in new])
    added = [(ids[key], new.pop(key, None) is not None) for key in keys]
    envelopes = [
        (capture_id, position, *_recipient_values(recipient))
        for (capture_id, is_new), draft in zip(added, drafts, strict=True)
        if is_new
        for position, recipient in enumerate(draft.recipients)
    ]
    _ENVELOPES.insert(tx, envelopes)
    return added


def _known(tx: Transaction, keys: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    if not keys:
        return {}
    wanted = sa.tuple_(captures.c.door, captures.c.door_key).in_(keys)
    rows = tx.connection.execute(sa.select(captures.c.door, captures.c.door_key, captures.c.id).where(wanted))
    return {(door, key): capture_id for door, key, capture_id in rows}


def get(tx: Transaction, capture_id: int) -> Capture:
    """Read one capture."""
    row = tx.connection.execute(sa.select(captures).where(captures.c.id == capture_id)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"no capture {capture_id}")
    envelope = tx.connection.execute(
        sa.select(capture_recipients).where(capture_recipients.c.capture_id == capture_id).order_by(capture_recipients.c.position)
    ).mappings()
    recipients = tuple(draft_of(Recipient, recipient) for recipient in envelope)
    draft = draft_of(CaptureDraft, row, recipients=recipients)
    return draft_of(Capture, row, draft=draft)


def claim(tx: Transaction, *, owner: str, lease: timedelta, limit: int = 1) -> list[Claim]:
    """Take captures to read: urgent first, then the oldest. A capture whose lease ran out can be taken again."""
    return claims.take(tx, captures, _waiting(tx), Lease(owner=owner, length=lease, limit=limit), {})


def any_ready(tx: Transaction) -> bool:
    """Whether a claim would find something now; asking stops no writer, as claiming does."""
    return tx.connection.execute(_waiting(tx).limit(1)).first() is not None


def complete(tx: Transaction, claim: Claim, state: CaptureState) -> None:
    """End the reading of a claimed capture; StaleClaimError when the lease was lost."""
    claims.complete(tx, captures, claim, {"state": state, "ready_at": None})


def release(tx: Transaction, claim: Claim, retry_at: datetime, *, counted: bool = True) -> None:
    """Give a claimed capture back, to be taken again not before `retry_at`; uncounted where nothing of it was tried."""
    attempts = claim.attempts if counted else claim.attempts - 1
    claims.complete(tx, captures, claim, {"ready_at": retry_at, "attempts": attempts})


def release_dead(tx: Transaction, holder: str) -> int:
    """Give back what a dead process has claimed; each claim stays counted as an attempt. Tells how many."""
    return claims.release_dead(tx, captures, _PENDING, holder)


def replace_blob(tx: Transaction, capture_id: int, blob: str, *, sealed: bool) -> None:
    """Point a capture at other bytes of the same mail: encrypted when it is sealed, clear when it is unsealed."""
    changed = tx.execute(sa.update(captures).where(captures.c.id == capture_id).values(blob=blob, sealed=sealed))
    if changed.rowcount != 1:
        raise NotFoundError(f"no capture {capture_id}")


def reopen(tx: Transaction, capture_id: int, *, cleared: bool) -> None:
    """Let a capture be read once more, as if it had just come; `cleared` when a clerk has unsealed it."""
    again = {"state": CaptureState.RECEIVED, "attempts": 0, "ready_at": None, "cleared": cleared, "token": captures.c.token + 1}
    changed = tx.execute(sa.update(captures).where(captures.c.id == capture_id).values(**again))
    if changed.rowcount != 1:
        raise NotFoundError(f"no capture {capture_id}")


def blank(tx: Transaction, capture_id: int) -> None:
    """Purge: take the sender out of the envelope; the digest, the size and the time stay. It cannot be read again."""
    told = {"peer": "", "helo": "", "auth": "", "mail_from": ""}
    tx.execute(sa.update(captures).where(captures.c.id == capture_id).values(**told))


def pending_count(tx: Transaction, unit_id: int | None = None) -> int:
    """Count captures that no worker has finished, those of one unit or all."""
    statement = sa.select(sa.func.count()).select_from(captures).where(_PENDING)
    if unit_id is not None:
        statement = statement.where(_addressed_to(unit_id))
    count: int = tx.connection.execute(statement).scalar_one()
    return count


def oldest_pending(tx: Transaction) -> datetime | None:
    """Tell when the longest waiting capture was received; None when nothing waits."""
    oldest: datetime | None = tx.connection.execute(
        sa.select(sa.func.min(captures.c.received_at, type_=captures.c.received_at.type)).where(_PENDING)
    ).scalar()
    return oldest


def _waiting(tx: Transaction) -> sa.Select[int]:
    ready = sa.or_(captures.c.ready_at.is_(None), captures.c.ready_at <= tx.now())
    return sa.select(captures.c.id).where(_PENDING, ready).order_by(captures.c.priority.desc(), captures.c.id)


def _addressed_to(unit_id: int) -> sa.ColumnElement[bool]:
    mine = (capture_recipients.c.capture_id == captures.c.id, capture_recipients.c.unit_id == unit_id)
    return sa.exists().where(*mine)
