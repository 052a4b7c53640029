"""Meetings and their revisions. Every change adds a revision; a past one is never written anew."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from storage.columns import holds_words
from storage.database import Transaction
from storage.errors import ConflictError, NotFoundError
from storage.folding import fold
from storage.records import (
    Invitee,
    Meeting,
    MeetingDraft,
    MeetingState,
    ReachNote,
    ReachNoteDraft,
    Revision,
    RevisionDraft,
)
from storage.rows import draft_of, page, values_of
from storage.tables import meeting_invitees, meeting_revisions, meetings, reach_notes

# --- meetings --------------------------------------------------------------------------------------------------------


def add(tx: Transaction, draft: MeetingDraft, first: RevisionDraft, official_ids: Sequence[int]) -> Meeting:
    """Store a meeting with its first revision and who is invited, in this order; ConflictError when its UID is taken."""
    values = values_of(draft) | _shown(first) | {"version": 1, "revision": 1}
    values |= {"search_text": fold(f"{draft.title} {first.letter_reference}")}
    with tx.claiming(f"there is a meeting {draft.uid!r} already"):
        new = tx.insert(meetings, values)
    _add_revision(tx, new, 1, first)
    add_invitees(tx, new, official_ids, 1)
    return get(tx, draft.unit_id, new)


def get(tx: Transaction, unit_id: int, meeting_id: int) -> Meeting:
    """Read a meeting of the unit."""
    found = _all(tx, sa.select(meetings).where(meetings.c.unit_id == unit_id, meetings.c.id == meeting_id))
    if not found:
        raise NotFoundError(f"unit {unit_id} has no meeting {meeting_id}")
    return found[0]


def by_uid(tx: Transaction, uid: str) -> Meeting | None:
    """Find the meeting that a calendar knows by this name, of whatever unit."""
    found = _all(tx, sa.select(meetings).where(meetings.c.uid == uid))
    return found[0] if found else None


def list_(  # noqa: PLR0913
    tx: Transaction,
    unit_id: int,
    *,
    from_: datetime | None = None,
    to: datetime | None = None,
    states: Iterable[MeetingState] | None = None,
    limit: int,
    before_id: int | None = None,
) -> list[Meeting]:
    """List the unit's meetings, the newest first; with a time, those that begin from `from_` on and before `to`."""
    statement = sa.select(meetings).where(meetings.c.unit_id == unit_id)
    if from_ is not None:
        statement = statement.where(meetings.c.starts_at >= from_)
    if to is not None:
        statement = statement.where(meetings.c.starts_at < to)
    if states is not None:
        statement = statement.where(meetings.c.state.in_(list(states)))
    return _all(tx, page(statement, meetings.c.id, before_id, limit))


def search(tx: Transaction, unit_id: int, text: str, limit: int) -> list[Meeting]:
    """Find the unit's meetings whose title or invitation numbers hold every word of the text, the newest first."""
    words = fold(text).split()
    if not words:
        return []
    statement = sa.select(meetings).where(meetings.c.unit_id == unit_id, holds_words(meetings.c.search_text, words))
    return _all(tx, page(statement, meetings.c.id, None, limit))


# --- revisions -------------------------------------------------------------------------------------------------------


def add_revision(
    tx: Transaction, meeting: Meeting, draft: RevisionDraft, *, state: MeetingState, title: str | None = None
) -> Meeting:
    """Add the meeting's next revision; ConflictError when it was changed since it was read."""
    number = meeting.revision + 1
    values = _shown(draft) | {"version": meeting.version + 1, "revision": number, "state": state}
    words = fold(f"{title or ''} {draft.letter_reference}")
    if title is not None:
        values |= {"title": title}
    mine = sa.update(meetings).where(meetings.c.id == meeting.id, meetings.c.version == meeting.version)
    # It is still found by what it was called before.
    changed = mine.values(search_text=meetings.c.search_text + " " + words, **values)
    row = tx.connection.execute(changed.returning(*meetings.c)).mappings().one_or_none()
    if row is None:
        raise ConflictError(f"meeting {meeting.id} was changed by somebody else meanwhile")
    _add_revision(tx, meeting.id, number, draft)
    return _meeting(row)


def revisions(tx: Transaction, meeting_id: int) -> list[Revision]:
    """List a meeting's revisions, the first one first."""
    mine = sa.select(meeting_revisions).where(meeting_revisions.c.meeting_id == meeting_id)
    rows = tx.connection.execute(mine.order_by(meeting_revisions.c.number)).mappings()
    return [draft_of(Revision, row, draft=draft_of(RevisionDraft, row)) for row in rows]


# --- who is invited, and who was reached -------------------------------------------------------------------------------


def invitees(tx: Transaction, meeting_id: int, *, current: bool = True) -> list[Invitee]:
    """List who is invited now, or who ever was, in the order of the invitation."""
    mine = sa.select(meeting_invitees).where(meeting_invitees.c.meeting_id == meeting_id)
    if current:
        mine = mine.where(meeting_invitees.c.until_revision.is_(None))
    rows = tx.connection.execute(mine.order_by(meeting_invitees.c.position)).mappings()
    return [draft_of(Invitee, row) for row in rows]


def add_invitees(tx: Transaction, meeting_id: int, official_ids: Sequence[int], revision: int) -> None:
    """Invite officials from this revision on, behind those who are; who is invited already stays in place."""
    known = invitees(tx, meeting_id, current=False)
    invited = {invitee.official_id for invitee in known if invitee.until_revision is None}
    new = [official_id for official_id in dict.fromkeys(official_ids) if official_id not in invited]
    behind = max((invitee.position for invitee in known), default=0) + 1
    rows = [
        {"meeting_id": meeting_id, "official_id": official_id, "position": position, "since_revision": revision}
        for position, official_id in enumerate(new, start=behind)
    ]
    if rows:
        with tx.claiming(f"somebody else has changed who is invited to meeting {meeting_id} meanwhile"):
            tx.execute(sa.insert(meeting_invitees), rows)


def remove_invitees(tx: Transaction, meeting_id: int, official_ids: Sequence[int], revision: int) -> None:
    """Invite officials no more from this revision on; who is not invited stays so."""
    mine = (meeting_invitees.c.meeting_id == meeting_id, meeting_invitees.c.until_revision.is_(None))
    ended = sa.update(meeting_invitees).where(*mine, meeting_invitees.c.official_id.in_(official_ids))
    tx.execute(ended.values(until_revision=revision))


def add_note(tx: Transaction, draft: ReachNoteDraft) -> ReachNote:
    """Note that an official was reached, or was not."""
    new = tx.insert(reach_notes, values_of(draft))
    return draft_of(ReachNote, tx.connection.execute(sa.select(reach_notes).where(reach_notes.c.id == new)).mappings().one())


def notes(tx: Transaction, meeting_id: int) -> list[ReachNote]:
    """List what was noted about a meeting, the first note first."""
    mine = sa.select(reach_notes).where(reach_notes.c.meeting_id == meeting_id).order_by(reach_notes.c.id)
    return [draft_of(ReachNote, row) for row in tx.connection.execute(mine).mappings()]


# --- inside ----------------------------------------------------------------------------------------------------------


def _shown(draft: RevisionDraft) -> dict[str, object]:
    """What a meeting shows of its last revision."""
    return {"sequence": draft.sequence, "starts_at": draft.starts_at, "ends_at": draft.ends_at, "place": draft.place}


def _add_revision(tx: Transaction, meeting_id: int, number: int, draft: RevisionDraft) -> None:
    values = values_of(draft) | {"meeting_id": meeting_id, "number": number, "made_at": tx.now()}
    tx.execute(sa.insert(meeting_revisions).values(**values))


def _all(tx: Transaction, statement: sa.Select[tuple[object, ...]]) -> list[Meeting]:
    return [_meeting(row) for row in tx.connection.execute(statement).mappings()]


def _meeting(row: sa.RowMapping) -> Meeting:
    return draft_of(Meeting, row, draft=draft_of(MeetingDraft, row))
