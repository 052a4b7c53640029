"""The table of the frozen report sheets."""

import sqlalchemy as sa

from storage.columns import Time
from storage.tables.base import metadata, ref, row_id, text

sheets = sa.Table(
    "sheets",
    metadata,
    row_id(),
    ref("unit_id", "units"),
    text("kind"),
    sa.Column("from_at", Time, nullable=False),
    sa.Column("to_at", Time, nullable=False),
    ref("document_id", "documents"),
    text("made_by"),
    sa.Column("made_at", Time, nullable=False),
    sa.Index(None, "unit_id", "id"),
    sa.Index(None, "unit_id", "kind", "id"),
)
