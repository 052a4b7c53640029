"""Tables of the way out."""

import sqlalchemy as sa

from storage.columns import Choice, Time
from storage.records import DispatchState
from storage.tables.base import key, metadata, ref, row_id, text, whole

dispatches = sa.Table(
    "dispatches",
    metadata,
    row_id(),
    ref("unit_id", "units"),
    ref("letter_id", "letters", nullable=True),
    ref("submission_id", "submissions", nullable=True),
    ref("meeting_id", "meetings", nullable=True),
    ref("deposit_id", "deposits", nullable=True, index=True),
    ref("official_id", "officials", nullable=True),
    text("kind"),
    whole("revision"),
    text("channel"),
    key("recipient"),
    key("domain"),
    key("message_id"),
    ref("context_id", "documents"),
    sa.Column("due_at", Time, nullable=False),
    sa.Column("expires_at", Time, nullable=False),
    whole("priority"),
    sa.Column("state", Choice(DispatchState), nullable=False),
    sa.Column("created_at", Time, nullable=False),
    whole("attempts"),
    whole("token"),
    whole("repeated"),
    text("owner"),
    sa.Column("ready_at", Time, nullable=False),
    sa.Column("blob", sa.Text),
    text("signature"),
    text("last_error"),
    sa.Column("sent_at", Time),
    sa.Column("delivered_at", Time),
    text("gateway"),
    text("sid"),
    sa.Column("follow_at", Time),
    whole("followed"),
    sa.Index(None, "unit_id", "id"),
    sa.Index(None, "unit_id", "state", "id"),
    sa.Index(None, "unit_id", "message_id"),
    sa.Index(None, "unit_id", "recipient", "created_at"),
    sa.Index(None, "unit_id", "domain", "created_at"),
    sa.Index(None, "letter_id"),
)
# NULLs would be distinct from each other in a plain UNIQUE.
sa.Index(
    "uq_dispatches_intention",
    sa.func.coalesce(dispatches.c.letter_id, 0),
    sa.func.coalesce(dispatches.c.submission_id, 0),
    sa.func.coalesce(dispatches.c.meeting_id, 0),
    sa.func.coalesce(dispatches.c.deposit_id, 0),
    sa.func.coalesce(dispatches.c.official_id, 0),
    dispatches.c.kind,
    dispatches.c.revision,
    dispatches.c.recipient,
    dispatches.c.channel,
    unique=True,
)
_OPEN = sa.text("state IN ('due', 'sending')")
sa.Index(
    "ix_dispatches_open",
    dispatches.c.priority.desc(),
    dispatches.c.ready_at,
    dispatches.c.id,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
_FOLLOWED = sa.text("state IN ('sent', 'uncertain') AND follow_at IS NOT NULL")
sa.Index(
    "ix_dispatches_followed",
    dispatches.c.follow_at,
    dispatches.c.id,
    sqlite_where=_FOLLOWED,
    postgresql_where=_FOLLOWED,
)
sa.Index(
    "ix_dispatches_meeting",
    dispatches.c.meeting_id,
    dispatches.c.recipient,
    dispatches.c.channel,
    dispatches.c.revision,
    sqlite_where=dispatches.c.meeting_id.is_not(None),
    postgresql_where=dispatches.c.meeting_id.is_not(None),
)
_UNSIGNED = sa.text("signature = 'unsigned'")
sa.Index(
    "ix_dispatches_unsigned",
    dispatches.c.unit_id,
    dispatches.c.created_at,
    sqlite_where=_UNSIGNED,
    postgresql_where=_UNSIGNED,
)
_TEXT = sa.text("channel = 'sms'")
sa.Index(
    "ix_dispatches_texts",
    dispatches.c.unit_id,
    dispatches.c.sent_at,
    sqlite_where=_TEXT,
    postgresql_where=_TEXT,
)
