"""Tables of the hub itself: the chain of events, the trust set, settings."""

import sqlalchemy as sa

from storage.columns import Choice, Id, Key, Time
from storage.records import TrustPurpose
from storage.tables.base import key, metadata, text, whole

events = sa.Table(
    "events",
    metadata,
    sa.Column("number", Id, primary_key=True, autoincrement=False),
    text("kind"),
    key("subject"),
    sa.Column("at", Time, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    text("previous_hash"),
    text("hash"),
    sa.Index(None, "subject", "number"),
)

chain_head = sa.Table(
    "chain_head",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=False),
    whole("number"),
    text("hash"),
)

trust_certificates = sa.Table(
    "trust_certificates",
    metadata,
    key("sha256"),
    sa.Column("purpose", Choice(TrustPurpose), nullable=False),
    sa.Column("der", sa.LargeBinary, nullable=False),
    text("source"),
    sa.Column("added_at", Time, nullable=False),
    whole("added_in"),
    sa.Column("removed_in", sa.BigInteger),
    sa.Column("removed_at", Time),
    sa.PrimaryKeyConstraint("sha256", "purpose", "added_in"),
)
sa.Index(
    "ix_trust_certificates_trusted",
    trust_certificates.c.sha256,
    trust_certificates.c.purpose,
    unique=True,
    sqlite_where=trust_certificates.c.removed_in.is_(None),
    postgresql_where=trust_certificates.c.removed_in.is_(None),
)

settings = sa.Table(
    "settings",
    metadata,
    sa.Column("name", Key, primary_key=True),
    whole("version"),
    sa.Column("value", sa.LargeBinary, nullable=False),
)
