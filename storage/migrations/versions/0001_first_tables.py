"""The first tables."""

import sqlalchemy as sa
from alembic import op

from storage.tables import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("entries", sa.Column("search", sa.dialects.postgresql.TSVECTOR))
        op.create_index("ix_entries_search", "entries", ["search"], postgresql_using="gin")
    else:
        op.execute("CREATE VIRTUAL TABLE entry_search USING fts5(words, tokenize='ascii', detail=none, prefix='2 3 4')")
    op.execute("INSERT INTO chain_head (id, number, hash) VALUES (1, 0, '" + "0" * 64 + "')")
