"""The outbox: what is to be sent, by whom it is being sent, and how it ended."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage import claims
from storage.claims import Lease
from storage.database import Transaction
from storage.errors import ConflictError, NotFoundError
from storage.records import UNSIGNED, Claim, Dispatch, DispatchDraft, DispatchState
from storage.rows import draft_of, page, values_of
from storage.tables import dispatches

_MOST_MESSAGE_IDS = 200
# The words of the partial indexes; a bound value would hide from the planner that they serve.
_OPEN = sa.text("state IN ('due', 'sending')")
_FOLLOWED = sa.text("state IN ('sent', 'uncertain') AND follow_at IS NOT NULL")
_UNSIGNED = sa.text(f"signature = '{UNSIGNED}'")
_ENDED: dict[str, object] = {"follow_at": None}
_EARLIER = dispatches.alias("earlier")
_LATER = dispatches.alias("later")


def _same_meeting(other: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(
        other.c.meeting_id == dispatches.c.meeting_id,
        other.c.recipient == dispatches.c.recipient,
        other.c.channel == dispatches.c.channel,
    )


# Made once: every idle loop asks this again and again. Nothing leaves while an earlier revision of the same meeting is still
# to leave to the recipient, or leaving, over the channel.
_READY = sa.select(dispatches.c.id).where(
    _OPEN,
    dispatches.c.ready_at <= sa.bindparam("now"),
    dispatches.c.channel.in_(sa.bindparam("channels", expanding=True)),
    ~sa.exists().where(
        _same_meeting(_EARLIER),
        _EARLIER.c.revision < dispatches.c.revision,
        _EARLIER.c.state.in_([DispatchState.DUE, DispatchState.SENDING]),
    ),
)
_ANY_READY = _READY.limit(1)


def add(tx: Transaction, draft: DispatchDraft) -> int | None:
    """Intend a dispatch; None when exactly this was intended before."""
    values = values_of(draft) | {"state": DispatchState.DUE, "attempts": 0, "token": 0, "repeated": 0}
    values |= {"owner": "", "last_error": "", "ready_at": draft.due_at, "created_at": tx.now()}
    values |= {"signature": "", "gateway": "", "sid": "", "followed": 0, "domain": domain_of(draft.recipient)}
    new: int | None = tx.connection.execute(tx.insert_new(dispatches).returning(dispatches.c.id), values).scalar()
    return new


def domain_of(recipient: str) -> str:
    """The domain of an address in lower case, empty for a telephone."""
    return recipient.rpartition("@")[2].casefold() if "@" in recipient else ""


def claim(
    tx: Transaction, *, owner: str, lease: timedelta, limit: int, channels: Collection[str]
) -> list[tuple[Claim, Dispatch]]:
    """Take dispatches that are due: urgent first, then the longest due.

    The dispatch is shown as it was before the claim: state `sending` says that an earlier attempt ended without a word,
    so its outcome is unknown. What a meeting says at one revision waits while what it said before to the same recipient over
    the same channel has not left or ended.
    """
    waiting = _READY.order_by(dispatches.c.priority.desc(), dispatches.c.ready_at, dispatches.c.id).limit(limit)
    asked = {"now": tx.now(), "channels": list(channels)}
    # The rows are locked here, read as they are, and claimed by their ids.
    ids = tx.connection.execute(waiting.with_for_update(skip_locked=True), asked).scalars().all()
    before = {dispatch.id: dispatch for dispatch in _all(tx, sa.select(dispatches).where(dispatches.c.id.in_(ids)))}
    lease_ = Lease(owner=owner, length=lease, limit=limit)
    taken = claims.take_locked(tx, dispatches, ids, lease_, {"state": DispatchState.SENDING})
    return [(claim, before[claim.id]) for claim in taken]


def any_due(tx: Transaction, channels: Collection[str]) -> bool:
    """Whether it is worth claiming now on these channels; asking stops no writer, as claiming does."""
    return tx.connection.execute(_ANY_READY, {"now": tx.now(), "channels": list(channels)}).first() is not None


def set_rendered(tx: Transaction, claim: Claim, blob: str, *, signature: str = "") -> None:
    """Note where the rendered bytes are and how they are signed, before the first attempt; they are never rendered again."""
    claims.amend(tx, dispatches, claim, {"blob": blob, "signature": signature})


def mark_repeated(tx: Transaction, claim: Claim) -> None:
    """Count that the same bytes go again because an earlier outcome was lost."""
    claims.amend(tx, dispatches, claim, {"repeated": dispatches.c.repeated + 1})


def sent(
    tx: Transaction, claim: Claim, at: datetime, *, sid: str = "", gateway: str = "", follow_at: datetime | None = None
) -> None:
    """The relay or the gateway has taken it; its fate is looked up from `follow_at` on."""
    values = {"state": DispatchState.SENT, "sent_at": at, "last_error": "", "sid": sid, "gateway": gateway}
    claims.complete(tx, dispatches, claim, values | {"follow_at": follow_at, "followed": 0})


def retry(tx: Transaction, claim: Claim, due_at: datetime, error: str) -> None:
    """Try again not before `due_at`."""
    claims.complete(tx, dispatches, claim, {"state": DispatchState.DUE, "ready_at": due_at, "last_error": error})


def failed(tx: Transaction, claim: Claim, error: str) -> None:
    """Give up."""
    claims.complete(tx, dispatches, claim, {"state": DispatchState.FAILED, "last_error": error})


def expired(tx: Transaction, claim: Claim) -> None:
    """Its time is over; nothing was sent."""
    claims.complete(tx, dispatches, claim, {"state": DispatchState.EXPIRED})


def uncertain(tx: Transaction, claim: Claim, error: str, *, gateway: str = "", follow_at: datetime | None = None) -> None:
    """Nobody knows whether it was sent; the gateway is asked from `follow_at` on, and without it a clerk decides."""
    values = {"state": DispatchState.UNCERTAIN, "last_error": error, "gateway": gateway}
    claims.complete(tx, dispatches, claim, values | {"follow_at": follow_at, "followed": 0})


# --- what became of it -----------------------------------------------------------------------------------------------


def claim_following(
    tx: Transaction, *, owner: str, lease: timedelta, limit: int, channels: Collection[str]
) -> list[tuple[Claim, Dispatch]]:
    """Take dispatches that were sent, or nobody knows, and whose fate is to be looked up now; the longest waiting first."""
    ready = (_FOLLOWED, dispatches.c.follow_at <= tx.now(), dispatches.c.channel.in_(list(channels)))
    waiting = sa.select(dispatches.c.id).where(*ready).order_by(dispatches.c.follow_at, dispatches.c.id)
    lease_ = Lease(owner=owner, length=lease, limit=limit)
    # A look-up is no attempt to send, and until the lease ends nobody else looks.
    kept: dict[str, object] = {"attempts": dispatches.c.attempts, "ready_at": dispatches.c.ready_at}
    taken = claims.take(tx, dispatches, waiting, lease_, kept | {"follow_at": tx.now() + lease})
    found = {item.id: item for item in _all(tx, sa.select(dispatches).where(dispatches.c.id.in_([held.id for held in taken])))}
    return [(held, found[held.id]) for held in taken]


def follow_again(tx: Transaction, claim: Claim, follow_at: datetime, *, answered: bool = True) -> None:
    """Look again later. A gateway that gave no answer has not been looked up: the count stays then."""
    followed = dispatches.c.followed + (1 if answered else 0)
    claims.complete(tx, dispatches, claim, {"follow_at": follow_at, "followed": followed})


def delivered(tx: Transaction, claim: Claim, at: datetime) -> None:
    """It has reached the recipient's device or mailbox."""
    claims.complete(tx, dispatches, claim, _ENDED | {"state": DispatchState.DELIVERED, "delivered_at": at, "last_error": ""})


def undelivered(tx: Transaction, claim: Claim, error: str) -> None:
    """It was taken and did not reach the recipient."""
    claims.complete(tx, dispatches, claim, _ENDED | {"state": DispatchState.FAILED, "last_error": error})


def settled(tx: Transaction, claim: Claim, error: str | None = None) -> None:
    """Nothing more is to be learnt: the state stays as it is, and with an error it says why."""
    claims.complete(tx, dispatches, claim, _ENDED if error is None else _ENDED | {"last_error": error})


def found_sent(tx: Transaction, claim: Claim, sid: str, at: datetime, follow_at: datetime | None) -> None:
    """The gateway knows an uncertain one: it was sent."""
    values = {"state": DispatchState.SENT, "sid": sid, "sent_at": at, "last_error": ""}
    claims.complete(tx, dispatches, claim, values | {"follow_at": follow_at, "followed": 0})


def found_missing(tx: Transaction, claim: Claim, due_at: datetime) -> DispatchState:
    """The gateway has never seen an uncertain one: it is sent again, unless the meeting has said something newer since."""
    superseded = bool(tx.connection.execute(sa.select(_later(claim.id))).scalar())
    state = DispatchState.CANCELLED if superseded else DispatchState.DUE
    claims.complete(tx, dispatches, claim, _ENDED | {"state": state, "ready_at": due_at, "followed": 0})
    return state


# --- by clerks and services ------------------------------------------------------------------------------------------


def release_dead(tx: Transaction, holder: str) -> int:
    """Give back what a dead process has claimed; `sending` goes on to say that its outcome is unknown. Tells how many."""
    sending = claims.release_dead(tx, dispatches, _OPEN, holder)
    return sending + claims.release_dead(tx, dispatches, _FOLLOWED, holder, ready="follow_at")


def cancel_for_letter(tx: Transaction, letter_id: int, kinds: Collection[str] | None = None) -> int:
    """Cancel a letter's dispatches, of these kinds or of all, that have not begun to leave; tell how many."""
    return _cancel(tx, dispatches.c.letter_id == letter_id, *_of_kinds(kinds))


def cancel_for_deposit(tx: Transaction, deposit_id: int, kinds: Collection[str] | None = None) -> int:
    """Cancel a deposit's dispatches, of these kinds or of all, that have not begun to leave; tell how many."""
    return _cancel(tx, dispatches.c.deposit_id == deposit_id, *_of_kinds(kinds))


def cancel_for_meeting(tx: Transaction, meeting_id: int, *, before_revision: int) -> int:
    """Cancel what earlier revisions of a meeting would still have said; tell how many."""
    return _cancel(tx, dispatches.c.meeting_id == meeting_id, dispatches.c.revision < before_revision)


def get(tx: Transaction, unit_id: int | None, dispatch_id: int) -> Dispatch:
    """Read a dispatch of the unit; without a unit, of any."""
    statement = sa.select(dispatches).where(dispatches.c.id == dispatch_id)
    if unit_id is not None:
        statement = statement.where(dispatches.c.unit_id == unit_id)
    found = _all(tx, statement)
    if not found:
        raise NotFoundError(f"no dispatch {dispatch_id}")
    return found[0]


def list_(
    tx: Transaction,
    unit_id: int,
    *,
    states: Iterable[DispatchState] | None = None,
    limit: int,
    before_id: int | None = None,
) -> list[Dispatch]:
    """List the unit's dispatches, newest first."""
    statement = sa.select(dispatches).where(dispatches.c.unit_id == unit_id)
    if states is not None:
        statement = statement.where(dispatches.c.state.in_(list(states)))
    return _all(tx, page(statement, dispatches.c.id, before_id, limit))


def of_letter(tx: Transaction, letter_id: int) -> list[Dispatch]:
    """List a letter's dispatches in the order they were intended."""
    return _all(tx, sa.select(dispatches).where(dispatches.c.letter_id == letter_id).order_by(dispatches.c.id))


def of_submission(tx: Transaction, submission_id: int) -> list[Dispatch]:
    """List the dispatches about a mail as a whole in the order they were intended."""
    return _all(tx, sa.select(dispatches).where(dispatches.c.submission_id == submission_id).order_by(dispatches.c.id))


def of_meeting(tx: Transaction, meeting_id: int) -> list[Dispatch]:
    """List a meeting's dispatches in the order they were intended."""
    return _all(tx, sa.select(dispatches).where(dispatches.c.meeting_id == meeting_id).order_by(dispatches.c.id))


def of_deposit(tx: Transaction, deposit_id: int) -> list[Dispatch]:
    """List a deposit's dispatches in the order they were intended."""
    return _all(tx, sa.select(dispatches).where(dispatches.c.deposit_id == deposit_id).order_by(dispatches.c.id))


def retry_by_clerk(tx: Transaction, unit_id: int, dispatch_id: int, due_at: datetime) -> Dispatch:
    """Send one that had stopped after all, with its whole life before it.

    ConflictError when it had not stopped, or its meeting has said something newer to this recipient since.
    """
    old = get(tx, unit_id, dispatch_id)
    if tx.connection.execute(sa.select(_later(old.id))).scalar():
        raise ConflictError(f"dispatch {old.id} is out of date: a later revision of its meeting is intended for the recipient")
    life = old.draft.expires_at - old.draft.due_at
    values = {"due_at": due_at, "ready_at": due_at, "expires_at": due_at + life, "attempts": 0, "follow_at": None, "followed": 0}
    stopped = (DispatchState.FAILED, DispatchState.EXPIRED, DispatchState.HELD, DispatchState.UNCERTAIN)
    return _move(tx, old, stopped, {"state": DispatchState.DUE, **values})


def hold_by_clerk(tx: Transaction, unit_id: int, dispatch_id: int) -> Dispatch:
    """Keep one that is due from leaving; ConflictError when it is on its way or gone."""
    return _move(tx, get(tx, unit_id, dispatch_id), (DispatchState.DUE,), {"state": DispatchState.HELD})


def count_recent(tx: Transaction, unit_id: int, recipient: str, since: datetime, kinds: Collection[str]) -> int:
    """Count what of these kinds was intended for the recipient since then and not cancelled."""
    mine = (dispatches.c.unit_id == unit_id, dispatches.c.recipient == recipient, dispatches.c.created_at >= since)
    kept = (dispatches.c.kind.in_(list(kinds)), dispatches.c.state != DispatchState.CANCELLED)
    statement = sa.select(sa.func.count()).select_from(dispatches).where(*mine, *kept)
    count: int = tx.connection.execute(statement).scalar_one()
    return count


def count_recent_to_domain(tx: Transaction, unit_id: int, domain: str, since: datetime, kinds: Collection[str]) -> int:
    """Count what of these kinds was intended for anybody in the domain since then and not cancelled."""
    mine = (dispatches.c.unit_id == unit_id, dispatches.c.domain == domain, dispatches.c.created_at >= since)
    kept = (dispatches.c.kind.in_(list(kinds)), dispatches.c.state != DispatchState.CANCELLED)
    statement = sa.select(sa.func.count()).select_from(dispatches).where(*mine, *kept)
    count: int = tx.connection.execute(statement).scalar_one()
    return count


def next_due(tx: Transaction, unit_id: int, recipient: str, channel: str) -> datetime | None:
    """Tell when the next dispatch to the recipient leaves over this channel; None when none is due to leave."""
    mine = (dispatches.c.unit_id == unit_id, dispatches.c.recipient == recipient, dispatches.c.channel == channel)
    soonest = sa.select(sa.func.min(dispatches.c.ready_at, type_=dispatches.c.ready_at.type))
    due: datetime | None = tx.connection.execute(soonest.where(*mine, dispatches.c.state == DispatchState.DUE)).scalar()
    return due


def find_by_message_ids(tx: Transaction, unit_id: int, message_ids: Sequence[str]) -> list[Dispatch]:
    """Find the dispatches that these Message-IDs name; of a very long list only the last ones are asked for."""
    asked = [message_id for message_id in message_ids if message_id][-_MOST_MESSAGE_IDS:]
    if not asked:
        return []
    statement = sa.select(dispatches).where(dispatches.c.unit_id == unit_id, dispatches.c.message_id.in_(asked))
    return _all(tx, statement.order_by(dispatches.c.id))


def counts(tx: Transaction, unit_id: int) -> dict[DispatchState, int]:
    """Count the unit's dispatches by state; a state without dispatches is left out."""
    statement = sa.select(dispatches.c.state, sa.func.count().label("dispatches")).group_by(dispatches.c.state)
    rows = tx.connection.execute(statement.where(dispatches.c.unit_id == unit_id))
    return {row.state: row.dispatches for row in rows}


def unsigned_since(tx: Transaction, unit_id: int, since: datetime) -> int:
    """Count the unit's dispatches since then that should have borne our own signature and do not."""
    mine = (dispatches.c.unit_id == unit_id, dispatches.c.created_at >= since, _UNSIGNED)
    found: int = tx.connection.execute(sa.select(sa.func.count()).select_from(dispatches).where(*mine)).scalar_one()
    return found


def _later(dispatch_id: int) -> sa.Exists:
    """A later revision of this one's meeting is intended for the recipient over the channel, and not called off."""
    return sa.exists().where(
        dispatches.c.id == dispatch_id,
        _same_meeting(_LATER),
        _LATER.c.revision > dispatches.c.revision,
        _LATER.c.state != DispatchState.CANCELLED,
    )


def _of_kinds(kinds: Collection[str] | None) -> list[sa.ColumnElement[bool]]:
    return [] if kinds is None else [dispatches.c.kind.in_(list(kinds))]


def _cancel(tx: Transaction, *mine: sa.ColumnElement[bool]) -> int:
    waiting = dispatches.c.state.in_([DispatchState.DUE, DispatchState.HELD])
    return tx.execute(sa.update(dispatches).where(waiting, *mine).values(state=DispatchState.CANCELLED)).rowcount


def _move(tx: Transaction, old: Dispatch, states: tuple[DispatchState, ...], values: dict[str, object]) -> Dispatch:
    # The token rises: whoever still holds an old claim can no longer complete it.
    moved = tx.execute(
        sa.update(dispatches)
        .where(dispatches.c.id == old.id, dispatches.c.state.in_(states))
        .values(token=dispatches.c.token + 1, **values)
    )
    if moved.rowcount != 1:
        raise ConflictError(f"dispatch {old.id} is {get(tx, None, old.id).state}")
    return get(tx, None, old.id)


def _all(tx: Transaction, statement: sa.Select[tuple[object, ...]]) -> list[Dispatch]:
    rows = tx.connection.execute(statement).mappings()
    return [draft_of(Dispatch, row, draft=draft_of(DispatchDraft, row)) for row in rows]
