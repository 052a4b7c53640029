"""Tables of revocation: lists and answers, watched certificates, addresses to fetch from, letters to check again, cases."""

import sqlalchemy as sa

from storage.columns import Choice, Id, Time
from storage.records.revocation import CaseState, RevocationKind, RevocationSource
from storage.tables.base import key, metadata, ref, row_id, text, whole

revocation_data = sa.Table(
    "revocation_data",
    metadata,
    row_id(),
    sa.Column("kind", Choice(RevocationKind), nullable=False),
    key("sha256"),
    whole("size"),
    sa.Column("der", sa.LargeBinary, nullable=False),
    key("issuer_key"),
    text("issuer"),
    key("serial"),
    key("scope"),
    sa.Column("this_update", Time, nullable=False),
    sa.Column("next_update", Time),
    text("number"),
    sa.Column("source", Choice(RevocationSource), nullable=False),
    text("place"),
    sa.Column("fetched_at", Time, nullable=False),
    sa.Column("superseded_at", Time),
    sa.UniqueConstraint("sha256"),
    sa.Index(None, "issuer_key", "kind", "serial", "scope"),
)

watched_certificates = sa.Table(
    "watched_certificates",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("der", sa.LargeBinary, nullable=False),
    text("subject"),
    text("issuer"),
    key("issuer_key"),
    key("serial"),
    sa.Column("is_authority", sa.Boolean, nullable=False),
    sa.Column("not_after", Time, nullable=False),
    sa.Column("seen_at", Time, nullable=False),
    sa.Column("revoked_at", Time),
    sa.Index(None, "issuer_key", "serial"),
)

revocation_sources = sa.Table(
    "revocation_sources",
    metadata,
    row_id(),
    sa.Column("kind", Choice(RevocationKind), nullable=False),
    text("address"),
    key("address_key"),
    key("subject"),
    sa.Column("due_at", Time, nullable=False),
    sa.Column("last_attempt_at", Time),
    sa.Column("last_success_at", Time),
    whole("failures"),
    text("last_error"),
    sa.UniqueConstraint("address_key", "subject"),
)

rechecks = sa.Table(
    "rechecks",
    metadata,
    sa.Column("letter_id", Id, sa.ForeignKey("letters.id"), primary_key=True, autoincrement=False),
    ref("unit_id", "units"),
    sa.Column("due_at", Time, nullable=False, index=True),
)

cases = sa.Table(
    "cases",
    metadata,
    row_id(),
    ref("unit_id", "units"),
    ref("letter_id", "letters"),
    key("certificate"),
    text("signer"),
    sa.Column("revoked_at", Time, nullable=False),
    sa.Column("proved_at", Time, nullable=False),
    sa.Column("found_at", Time, nullable=False),
    sa.Column("state", Choice(CaseState), nullable=False),
    text("decided_by"),
    sa.Column("decided_at", Time),
    text("reason"),
    sa.UniqueConstraint("letter_id", "certificate"),
    sa.Index(None, "unit_id", "state", "id"),
)
