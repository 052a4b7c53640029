"""What only texts need to know of the outbox: what is to be followed, what gateways have named, how many left today."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from storage.database import Transaction
from storage.errors import ConflictError
from storage.records import DispatchState
from storage.tables import dispatches, units

# The words of the partial indexes; a bound value would hide from the planner that they serve.
_FOLLOWED = sa.text("state IN ('sent', 'uncertain') AND follow_at IS NOT NULL")
_TEXT = sa.text("channel = 'sms'")

SETTLED = "settled by a clerk"


def any_to_follow(tx: Transaction, channels: Collection[str]) -> bool:
    """Whether it is worth claiming look-ups now on these channels; asking stops no writer, as claiming does."""
    ready = (_FOLLOWED, dispatches.c.follow_at <= tx.now(), dispatches.c.channel.in_(list(channels)))
    return tx.connection.execute(sa.select(dispatches.c.id).where(*ready).limit(1)).first() is not None


def recorded_sids(tx: Transaction, recipient: str) -> frozenset[str]:
    """Every name that a gateway gave to a message for this recipient, of any unit."""
    mine = (dispatches.c.unit_id.in_(sa.select(units.c.id)), dispatches.c.recipient == recipient, dispatches.c.sid != "")
    return frozenset(tx.connection.execute(sa.select(dispatches.c.sid).where(*mine)).scalars())


def count_sent(tx: Transaction, unit_id: int, since: datetime) -> int:
    """Count the unit's texts that a gateway has taken since then."""
    mine = (_TEXT, dispatches.c.unit_id == unit_id, dispatches.c.sent_at >= since)
    count: int = tx.connection.execute(sa.select(sa.func.count()).select_from(dispatches).where(*mine)).scalar_one()
    return count


def settle(tx: Transaction, unit_id: int, dispatch_id: int, *, sent_at: datetime | None) -> None:
    """End a text that nobody knows the outcome of: sent at that time, or not sent.

    ConflictError when its outcome is known and was not settled like this before.
    """
    ended = {"state": DispatchState.FAILED} if sent_at is None else {"state": DispatchState.SENT}
    mine = (dispatches.c.id == dispatch_id, dispatches.c.unit_id == unit_id)
    again = sa.and_(dispatches.c.last_error == SETTLED, dispatches.c.state.in_([DispatchState.SENT, DispatchState.FAILED]))
    # The token rises: a look-up that is under way can no longer complete.
    settled = tx.execute(
        sa.update(dispatches)
        .where(*mine, _TEXT, sa.or_(dispatches.c.state == DispatchState.UNCERTAIN, again))
        .values(token=dispatches.c.token + 1, follow_at=None, last_error=SETTLED, sent_at=sent_at, **ended)
    )
    if settled.rowcount != 1:
        raise ConflictError(f"the outcome of dispatch {dispatch_id} is known")
