"""Tables of the directory: units, agencies, certificates."""

import sqlalchemy as sa

from storage.columns import Key, Texts, Time
from storage.tables.base import key, metadata, ref, row_id, text, whole

units = sa.Table(
    "units",
    metadata,
    row_id(),
    sa.Column("code", Key, nullable=False, unique=True),
    text("name"),
    text("time_zone"),
    text("register"),
    sa.Column("aliases", Texts, nullable=False),
)

unit_addresses = sa.Table(
    "unit_addresses",
    metadata,
    sa.Column("address", Key, primary_key=True),
    ref("unit_id", "units", index=True),
    whole("position"),
)

agencies = sa.Table(
    "agencies",
    metadata,
    row_id(),
    ref("unit_id", "units", index=True),
    text("name"),
    text("kind"),
    text("mode"),
    sa.Column("aliases", Texts, nullable=False),
    sa.Column("addresses", Texts, nullable=False),
    sa.Column("domains", Texts, nullable=False),
    sa.Column("phones", Texts, nullable=False),
    ref("successor_id", "agencies", nullable=True),
)

agency_codes = sa.Table(
    "agency_codes",
    metadata,
    ref("unit_id", "units"),
    key("code"),
    ref("agency_id", "agencies", index=True),
    whole("position"),
    sa.Column("valid_from", sa.Date),
    sa.Column("closed_on", sa.Date),
    sa.PrimaryKeyConstraint("unit_id", "code"),
)

agency_keys = sa.Table(
    "agency_keys",
    metadata,
    ref("agency_id", "agencies"),
    ref("unit_id", "units"),
    text("kind"),
    key("key"),
    sa.PrimaryKeyConstraint("agency_id", "kind", "key"),
    sa.Index(None, "unit_id", "kind", "key"),
)

certificate_ties = sa.Table(
    "certificate_ties",
    metadata,
    ref("unit_id", "units"),
    key("certificate_sha256"),
    ref("agency_id", "agencies", index=True),
    text("kind"),
    # Whom the certificate names, folded; empty where only its fingerprint was given.
    key("holder"),
    sa.Column("emails", Texts, nullable=False),
    text("confirmed_by"),
    sa.Column("confirmed_at", Time, nullable=False),
    sa.PrimaryKeyConstraint("unit_id", "certificate_sha256"),
    sa.Index(None, "unit_id", "holder"),
)

agency_logins = sa.Table(
    "agency_logins",
    metadata,
    row_id(),
    ref("unit_id", "units", index=True),
    ref("agency_id", "agencies", index=True),
    text("name"),
    sa.Column("name_key", Key, nullable=False, unique=True),
    text("password_hash"),
    sa.Column("set_at", Time, nullable=False),
    sa.Column("removed_at", Time),
)
