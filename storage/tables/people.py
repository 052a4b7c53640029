"""Tables of people: clerks and officials."""

import sqlalchemy as sa

from storage.columns import Texts
from storage.tables.base import key, metadata, ref, row_id, text, whole

clerks = sa.Table(
    "clerks",
    metadata,
    row_id(),
    ref("unit_id", "units"),
    text("code"),
    key("code_key"),
    text("name"),
    key("name_key"),
    text("role"),
    text("phone"),
    sa.Column("closed_on", sa.Date),
    sa.UniqueConstraint("unit_id", "code_key"),
    sa.UniqueConstraint("unit_id", "name_key"),
)

officials = sa.Table(
    "officials",
    metadata,
    row_id(),
    ref("unit_id", "units"),
    text("code"),
    key("code_key"),
    text("name"),
    text("position"),
    text("organisation"),
    ref("agency_id", "agencies", nullable=True),
    sa.Column("addresses", Texts, nullable=False),
    sa.Column("assistant_codes", Texts, nullable=False),
    sa.Column("closed_on", sa.Date),
    text("search_text"),
    sa.UniqueConstraint("unit_id", "code_key"),
)

official_phones = sa.Table(
    "official_phones",
    metadata,
    ref("official_id", "officials"),
    whole("position"),
    key("number"),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_until", sa.Date),
    sa.PrimaryKeyConstraint("official_id", "position"),
)

official_groups = sa.Table(
    "official_groups",
    metadata,
    row_id(),
    ref("unit_id", "units"),
    text("code"),
    key("code_key"),
    text("name"),
    sa.UniqueConstraint("unit_id", "code_key"),
)

official_group_members = sa.Table(
    "official_group_members",
    metadata,
    ref("group_id", "official_groups"),
    whole("position"),
    ref("official_id", "officials", index=True),
    sa.PrimaryKeyConstraint("group_id", "position"),
    sa.UniqueConstraint("group_id", "official_id"),
)
