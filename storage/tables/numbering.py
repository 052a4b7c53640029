"""Tables of the registers: series and entries."""

import sqlalchemy as sa

from storage.columns import Choice, Key, Time
from storage.records import EntryState, RegisterMode
from storage.tables.base import key, metadata, ref, row_id, text, whole

registers = sa.Table(
    "registers",
    metadata,
    row_id(),
    ref("unit_id", "units"),
    key("code"),
    text("direction"),
    text("kind"),
    sa.Column("mode", Choice(RegisterMode), nullable=False),
    sa.Column("suspended", sa.Boolean, nullable=False),
    sa.UniqueConstraint("unit_id", "code", "direction", "kind"),
)

series = sa.Table(
    "series",
    metadata,
    row_id(),
    ref("register_id", "registers"),
    whole("year"),
    whole("next_number"),
    sa.Column("last_arrival_date", sa.Date),
    sa.UniqueConstraint("register_id", "year"),
)

entries = sa.Table(
    "entries",
    metadata,
    row_id(),
    ref("unit_id", "units"),
    ref("series_id", "series"),
    whole("number"),
    sa.Column("state", Choice(EntryState), nullable=False),
    sa.Column("arrival_date", sa.Date, nullable=False),
    sa.Column("filed_at", Time, nullable=False),
    ref("letter_id", "letters"),
    sa.Column("document_key", Key),
    key("content_digest"),
    ref("agency_id", "agencies", nullable=True),
    text("issuer"),
    text("reference"),
    sa.Column("issued_on", sa.Date),
    text("document_type"),
    text("subject"),
    text("legal_value"),
    text("channel"),
    text("urgency"),
    sa.Column("received_at", Time, nullable=False),
    key("tracking_code"),
    ref("evidence_id", "documents", nullable=True),
    text("search_text"),
    text("exception"),
    sa.Column("paper_at", Time),
    sa.UniqueConstraint("series_id", "number"),
    sa.Index(None, "unit_id", "id"),
    sa.Index(None, "unit_id", "filed_at", "id"),
    sa.Index(None, "unit_id", "received_at", "id"),
    sa.Index(None, "letter_id"),
    sa.Index(None, "unit_id", "content_digest"),
)
# A voided entry keeps its number, not its claim on the document.
_NOT_VOIDED = sa.text("state <> 'voided'")
sa.Index(
    "uq_entries_document_key",
    entries.c.unit_id,
    entries.c.document_key,
    unique=True,
    sqlite_where=_NOT_VOIDED,
    postgresql_where=_NOT_VOIDED,
)
sa.Index("uq_entries_letter", entries.c.letter_id, unique=True, sqlite_where=_NOT_VOIDED, postgresql_where=_NOT_VOIDED)

entry_letters = sa.Table(
    "entry_letters",
    metadata,
    ref("entry_id", "entries"),
    ref("letter_id", "letters", index=True),
    text("relation"),
    sa.PrimaryKeyConstraint("entry_id", "letter_id", "relation"),
)
