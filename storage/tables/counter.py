"""The table of the counter."""

import sqlalchemy as sa

from storage.columns import Choice, Count, Time
from storage.records import DepositKind, DepositState
from storage.tables.base import key, metadata, ref, row_id, text, whole

deposits = sa.Table(
    "deposits",
    metadata,
    row_id(),
    whole("version"),
    ref("unit_id", "units"),
    sa.Column("kind", Choice(DepositKind), nullable=False),
    sa.Column("state", Choice(DepositState), nullable=False),
    ref("letter_id", "letters", nullable=True, index=True),
    ref("agency_id", "agencies", nullable=True),
    text("sender"),
    key("document_key"),
    text("reference"),
    sa.Column("issued_on", sa.Date),
    text("document_type"),
    text("subject"),
    sa.Column("pages", Count),
    text("exception"),
    sa.Column("deposited_at", Time, nullable=False),
    sa.Column("due_at", Time),
    text("received_by"),
    text("note"),
    ref("entry_id", "entries", nullable=True, index=True),
    ref("partner_letter_id", "letters", nullable=True, index=True),
    text("handed_to"),
    sa.Column("handed_at", Time),
    text("search_text"),
    sa.Index(None, "unit_id", "id"),
    sa.Index(None, "unit_id", "state", "id"),
    sa.Index(None, "unit_id", "document_key"),
)
_TIMED = sa.text("state IN ('waiting', 'return-due')")
sa.Index("ix_deposits_due", deposits.c.due_at, deposits.c.id, sqlite_where=_TIMED, postgresql_where=_TIMED)
