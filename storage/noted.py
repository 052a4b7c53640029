"""Mail that was noted: one line for each, by the mail itself or by the dispatch that it answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from storage.database import Transaction
from storage.records import DispatchState, NotedMail
from storage.rows import draft_of, values_of
from storage.tables import dispatches, noted_mails, reach_notes

_TOLD_WORDS = 200
"""Characters of a mail's words by which they are found where they were written down, cut short in places."""


def add(tx: Transaction, noted: NotedMail) -> bool:
    """Store what a mail was noted as; False where that was noted before, and nothing is changed then."""
    new = tx.insert_new(noted_mails).returning(noted_mails.c.submission_id)
    return tx.connection.execute(new, values_of(noted)).scalar() is not None


def of_submission(tx: Transaction, submission_id: int) -> NotedMail | None:
    """Tell what a mail was noted as; None for one that was not noted."""
    found = _all(tx, noted_mails.c.submission_id == submission_id)
    return found[0] if found else None


def of_dispatches(tx: Transaction, dispatch_ids: Sequence[int]) -> dict[int, tuple[NotedMail, ...]]:
    """List what came back to these dispatches, each one's in the order it came."""
    found: dict[int, tuple[NotedMail, ...]] = {}
    for noted in _all(tx, noted_mails.c.dispatch_id.in_(list(dispatch_ids))):
        if noted.dispatch_id is not None:
            found[noted.dispatch_id] = (*found.get(noted.dispatch_id, ()), noted)
    return found


def answers(tx: Transaction, meeting_id: int, official_id: int, kind: str) -> list[NotedMail]:
    """List one official's answers about a meeting, in the order they came."""
    mine = (noted_mails.c.meeting_id == meeting_id, noted_mails.c.official_id == official_id, noted_mails.c.kind == kind)
    return _all(tx, *mine)


def take_back(tx: Transaction, submission_id: int) -> None:
    """Forget what a mail was noted as: it is work after all."""
    tx.execute(sa.delete(noted_mails).where(noted_mails.c.submission_id == submission_id))


def blank(tx: Transaction, submission_id: int) -> None:
    """Seal: take the mail's own words and addresses out of its note and out of what was written down because of it."""
    note = of_submission(tx, submission_id)
    if note is None:
        return
    mine = noted_mails.c.submission_id == submission_id
    tx.execute(sa.update(noted_mails).where(mine).values(recipient="", diagnostic=""))
    words = note.diagnostic[:_TOLD_WORDS]
    if words:
        told = (dispatches.c.id == note.dispatch_id, dispatches.c.last_error.contains(words, autoescape=True))
        tx.execute(sa.update(dispatches).where(*told).values(last_error=note.status))
        heard = (reach_notes.c.meeting_id == note.meeting_id, reach_notes.c.note.contains(words, autoescape=True))
        tx.execute(sa.update(reach_notes).where(*heard).values(note=""))


# --- what a report says of a dispatch -------------------------------------------------------------------------------


def came_back(tx: Transaction, dispatch_id: int, error: str) -> bool:
    """A report says that it did not arrive; False where it is not one that had left and ended."""
    left = (DispatchState.SENT, DispatchState.DELIVERED)
    return _turn(tx, dispatch_id, left, {"state": DispatchState.FAILED, "last_error": error, "delivered_at": None})


def arrived(tx: Transaction, dispatch_id: int, at: datetime) -> bool:
    """A report says that it is in the recipient's mailbox; False where it was not on its way there."""
    return _turn(tx, dispatch_id, (DispatchState.SENT,), {"state": DispatchState.DELIVERED, "delivered_at": at})


def counts_no_more(tx: Transaction, dispatch_id: int, state: DispatchState) -> bool:
    """What a report said of it does not count after all: it was sent; False where it is not in this state any more."""
    before = {"state": DispatchState.SENT, "last_error": "", "delivered_at": None}
    return _turn(tx, dispatch_id, (state,), before)


# --- inside ----------------------------------------------------------------------------------------------------------


def _turn(tx: Transaction, dispatch_id: int, states: tuple[DispatchState, ...], values: Mapping[str, object]) -> bool:
    mine = (dispatches.c.id == dispatch_id, dispatches.c.state.in_(states), dispatches.c.sent_at.is_not(None))
    return tx.execute(sa.update(dispatches).where(*mine).values(**values)).rowcount == 1


def _all(tx: Transaction, *conditions: sa.ColumnElement[bool]) -> list[NotedMail]:
    rows = tx.connection.execute(sa.select(noted_mails).where(*conditions).order_by(noted_mails.c.submission_id)).mappings()
    return [draft_of(NotedMail, row) for row in rows]
