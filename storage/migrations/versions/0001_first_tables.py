"""The first tables."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from storage.tables import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.create_table(
            "entry_search",
            sa.Column("entry_id", sa.BigInteger, sa.ForeignKey("entries.id"), primary_key=True),
            sa.Column("words", postgresql.TSVECTOR, nullable=False),
        )
        op.create_index("ix_entry_search_words", "entry_search", ["words"], postgresql_using="gin")
    else:
        op.execute("CREATE VIRTUAL TABLE entry_search USING fts5(words, tokenize='ascii', detail=none, prefix='2 3 4')")
    op.execute("INSERT INTO chain_head (id, number, hash) VALUES (1, 0, '" + "0" * 64 + "')")
    settings = sa.table("settings", sa.column("name"), sa.column("version"), sa.column("value"))
    op.execute(settings.insert().values(name="hub-id", version=1, value=str(uuid4()).encode("ascii")))
