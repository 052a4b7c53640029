"""Tables of the meetings."""

import sqlalchemy as sa

from storage.columns import Choice, Key, Time
from storage.records import MeetingChange, MeetingState
from storage.tables.base import metadata, ref, row_id, text, whole

meetings = sa.Table(
    "meetings",
    metadata,
    row_id(),
    whole("version"),
    ref("unit_id", "units"),
    sa.Column("uid", Key, nullable=False, unique=True),
    text("title"),
    sa.Column("state", Choice(MeetingState), nullable=False),
    whole("revision"),
    whole("sequence"),
    sa.Column("starts_at", Time),
    sa.Column("ends_at", Time),
    text("place"),
    text("search_text"),
    sa.Index(None, "unit_id", "id"),
    sa.Index(None, "unit_id", "starts_at"),
    sa.Index(None, "unit_id", "state", "id"),
)

meeting_revisions = sa.Table(
    "meeting_revisions",
    metadata,
    ref("meeting_id", "meetings"),
    whole("number"),
    sa.Column("made_at", Time, nullable=False),
    sa.Column("change", Choice(MeetingChange), nullable=False),
    whole("sequence"),
    sa.Column("starts_at", Time),
    sa.Column("ends_at", Time),
    text("place"),
    ref("document_id", "documents"),
    sa.Column("letter_blob", sa.Text),
    text("letter_sha256"),
    text("letter_reference"),
    text("made_by"),
    text("reason"),
    sa.Column("release_at", Time, nullable=False),
    sa.PrimaryKeyConstraint("meeting_id", "number"),
)

meeting_invitees = sa.Table(
    "meeting_invitees",
    metadata,
    ref("meeting_id", "meetings"),
    whole("position"),
    ref("official_id", "officials", index=True),
    whole("since_revision"),
    sa.Column("until_revision", sa.BigInteger),
    sa.PrimaryKeyConstraint("meeting_id", "position"),
)
_CURRENT = sa.text("until_revision IS NULL")
sa.Index(
    "uq_meeting_invitees_current",
    meeting_invitees.c.meeting_id,
    meeting_invitees.c.official_id,
    unique=True,
    sqlite_where=_CURRENT,
    postgresql_where=_CURRENT,
)

reach_notes = sa.Table(
    "reach_notes",
    metadata,
    row_id(),
    ref("meeting_id", "meetings", index=True),
    whole("revision"),
    ref("official_id", "officials"),
    text("channel"),
    text("outcome"),
    sa.Column("at", Time, nullable=False),
    text("by"),
    text("note"),
)
