"""Mailboxes of the IMAP door: one poller for each account, each mail's outcome, and originals that are to be deleted.

Every write of a poller carries its claim on the account: who has lost the lease writes nothing more. What it stored before
that stays right, because a capture is unique by its door's key.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import sqlalchemy as sa

from storage import claims
from storage.claims import Lease
from storage.database import Transaction
from storage.records import (
    Claim,
    MailboxFolder,
    MailboxMessage,
    MailboxOutcome,
    MailboxPlace,
    MailboxState,
    OriginalDeletion,
)
from storage.rows import draft_of, values_of
from storage.tables import captures, mailbox_accounts, mailbox_deletions, mailbox_messages

DOOR = "imap"


def door_key(account: str, folder: str, uidvalidity: int, uid: int) -> str:
    """The door's own key of a mail; an account's name holds no slash, a folder's may."""
    return f"{account}/{folder}/{uidvalidity}/{uid}"


def account_name(key: str) -> str:
    """The account's name in the settings, by its name in door keys."""
    return key.partition("/")[0].partition("@")[0]


def place_of(key: str) -> MailboxPlace:
    """Where a mail lay when it was taken, by its door's key."""
    before, uidvalidity, uid = key.rsplit("/", 2)
    return MailboxPlace(folder=before.partition("/")[2], uidvalidity=int(uidvalidity), uid=int(uid))


# --- the lease --------------------------------------------------------------------------------------------------------


def hold(tx: Transaction, account: str, *, owner: str, lease: timedelta) -> Claim | None:
    """Become the one poller of an account; None while another one holds it. The claim's id is the account's."""
    tx.execute(tx.insert_new(mailbox_accounts).values(account=account, attempts=0, token=0, owner=""))
    free = sa.or_(mailbox_accounts.c.ready_at.is_(None), mailbox_accounts.c.ready_at <= tx.now())
    candidates = sa.select(mailbox_accounts.c.id).where(mailbox_accounts.c.account == account, free)
    taken = claims.take(tx, mailbox_accounts, candidates, Lease(owner=owner, length=lease, limit=1), {})
    return taken[0] if taken else None


def renew(tx: Transaction, claim: Claim, lease: timedelta) -> None:
    """Go on polling; StaleClaimError when another one polls by now. Call it in every transaction of a poller."""
    claims.amend(tx, mailbox_accounts, claim, {"ready_at": tx.now() + lease})


def release(tx: Transaction, claim: Claim) -> None:
    """Let another one poll at once; nothing happens where the lease was lost already."""
    mine = sa.update(mailbox_accounts).where(mailbox_accounts.c.id == claim.id, mailbox_accounts.c.token == claim.token)
    tx.execute(mine.values(token=mailbox_accounts.c.token + 1, owner="", ready_at=None))


def release_dead(tx: Transaction, holder: str) -> int:
    """Let the accounts of a dead process be polled by others at once; tell how many."""
    return claims.release_dead(tx, mailbox_accounts, sa.true(), holder)


# --- mails ------------------------------------------------------------------------------------------------------------


def messages(tx: Transaction, folder: MailboxFolder) -> list[MailboxMessage]:
    """List what is known of a folder's mails."""
    found = sa.select(mailbox_messages).where(*_in(folder)).order_by(mailbox_messages.c.uid)
    return [draft_of(MailboxMessage, row) for row in tx.connection.execute(found).mappings()]


def adopt(tx: Transaction, folder: MailboxFolder) -> None:
    """Write the outcome of mails that were stored by a poller which died before it could write that."""
    found = sa.select(mailbox_messages.c.uid).where(*_in(folder), mailbox_messages.c.state == MailboxState.FOUND)
    uids = list(tx.connection.execute(found).scalars())
    named = sa.select(mailbox_accounts.c.account).where(mailbox_accounts.c.id == folder.account_id)
    account: str = tx.connection.execute(named).scalar_one()
    for uid in uids:
        mine = (captures.c.door == DOOR, captures.c.door_key == door_key(account, folder.name, folder.uidvalidity, uid))
        stored = tx.connection.execute(sa.select(captures.c.id, captures.c.size).where(*mine)).one_or_none()
        if stored is not None:
            outcome = MailboxOutcome(uid=uid, state=MailboxState.TAKEN, size=stored.size, capture_id=stored.id)
            record(tx, folder, [outcome])


def attempt(tx: Transaction, folder: MailboxFolder, uids: Sequence[int]) -> None:
    """Count one more attempt on each of these mails, before it is made: who dies of a mail leaves word of it."""
    blank = {"state": MailboxState.FOUND, "attempts": 0, "size": 0, "message_id": "", "reason": "", "put_away": False}
    blank |= {"moved_to": "", "moved_uidvalidity": 0, "moved_uid": 0, "noted_at": tx.now(), **values_of(folder, without=_NAME)}
    rows = [blank | {"folder": folder.name, "uid": uid} for uid in uids]
    tx.connection.execute(tx.insert_new(mailbox_messages), rows)
    _count(tx, folder, uids, 1)


def uncount(tx: Transaction, folder: MailboxFolder, uids: Sequence[int]) -> None:
    """Take an attempt back that failed for reasons which no mail is to blame for."""
    _count(tx, folder, uids, -1)


def record(tx: Transaction, folder: MailboxFolder, outcomes: Sequence[MailboxOutcome]) -> None:
    """Write how mails ended that were attempted."""
    mine = sa.update(mailbox_messages).where(*_in(folder), mailbox_messages.c.uid == sa.bindparam("its_uid"))
    changes: dict[str, sa.BindParameter[object]] = {name: sa.bindparam(f"new_{name}") for name in _OUTCOME}
    rows = [{"its_uid": outcome.uid, **{f"new_{name}": getattr(outcome, name) for name in _OUTCOME}} for outcome in outcomes]
    tx.execute(mine.values(noted_at=tx.now(), **changes), rows)


def put_away(tx: Transaction, folder: MailboxFolder, places: Mapping[int, MailboxPlace | None]) -> None:
    """Note that mails were moved to a place, or with None that they were flagged or had vanished."""
    mine = sa.update(mailbox_messages).where(*_in(folder), mailbox_messages.c.uid == sa.bindparam("its_uid"))
    names = ("moved_to", "moved_uidvalidity", "moved_uid")
    changes: dict[str, sa.BindParameter[object]] = {name: sa.bindparam(f"new_{name}") for name in names}
    nowhere = MailboxPlace(folder="")
    rows = []
    for uid, place in places.items():
        at = place or nowhere
        row = {"its_uid": uid, "new_moved_to": at.folder, "new_moved_uidvalidity": at.uidvalidity, "new_moved_uid": at.uid}
        rows.append(row)
    tx.execute(mine.values(put_away=True, **changes), rows)


# --- originals of purged mails ----------------------------------------------------------------------------------------


def order_deletion(tx: Transaction, capture_id: int) -> None:
    """Order the original of a purged capture deleted; nothing for other doors, and ordering it twice is one order."""
    found = sa.select(captures.c.door_key).where(captures.c.id == capture_id, captures.c.door == DOOR)
    key: str | None = tx.connection.execute(found).scalar()
    if key is None:
        return
    account = key.partition("/")[0]
    values = {"capture_id": capture_id, "account": account, "ordered_at": tx.now(), "copies": 0, "last_error": ""}
    tx.execute(tx.insert_new(mailbox_deletions).values(**values))


def pending_deletions(tx: Transaction, account: str | None = None) -> list[OriginalDeletion]:
    """List the orders that are still to be carried out, of one account or of all."""
    columns = (mailbox_deletions, captures.c.door_key, captures.c.sha256, captures.c.size)
    found = sa.select(*columns).join_from(mailbox_deletions, captures).where(mailbox_deletions.c.done_at.is_(None))
    if account is not None:
        found = found.where(mailbox_deletions.c.account == account)
    rows = tx.connection.execute(found.order_by(mailbox_deletions.c.id)).mappings().all()
    return [_deletion(tx, row) for row in rows]


def deleted(tx: Transaction, deletion: OriginalDeletion, copies: int) -> None:
    """Cross an order off; the mail's Message-ID goes with it."""
    done = sa.update(mailbox_deletions).where(mailbox_deletions.c.id == deletion.id)
    tx.execute(done.values(done_at=tx.now(), copies=mailbox_deletions.c.copies + copies, last_error=""))
    mine = sa.update(mailbox_messages).where(mailbox_messages.c.capture_id == deletion.capture_id)
    tx.execute(mine.values(message_id=""))


def not_deleted(tx: Transaction, deletion: OriginalDeletion, error: str) -> None:
    """Note why an order could not be carried out; it stays."""
    mine = sa.update(mailbox_deletions).where(mailbox_deletions.c.id == deletion.id)
    tx.execute(mine.values(last_error=error))


# --- inside -----------------------------------------------------------------------------------------------------------

_NAME = frozenset({"name"})
_OUTCOME = ("state", "size", "capture_id", "message_id", "reason")


def _in(folder: MailboxFolder) -> tuple[sa.ColumnElement[bool], ...]:
    rows = mailbox_messages.c
    return rows.account_id == folder.account_id, rows.folder == folder.name, rows.uidvalidity == folder.uidvalidity


def _count(tx: Transaction, folder: MailboxFolder, uids: Sequence[int], step: int) -> None:
    mine = sa.update(mailbox_messages).where(*_in(folder), mailbox_messages.c.uid.in_(uids))
    tx.execute(mine.values(attempts=mailbox_messages.c.attempts + step))


def _deletion(tx: Transaction, row: sa.RowMapping) -> OriginalDeletion:
    mine = sa.select(mailbox_messages).where(mailbox_messages.c.capture_id == row["capture_id"])
    found = tx.connection.execute(mine).mappings().all()
    places = [place_of(row["door_key"])]
    places += [
        MailboxPlace(folder=at["moved_to"], uidvalidity=at["moved_uidvalidity"], uid=at["moved_uid"])
        for at in found
        if at["moved_uid"]
    ]
    message_id = next((at["message_id"] for at in found if at["message_id"]), "")
    return draft_of(OriginalDeletion, row, message_id=message_id, places=tuple(places))
