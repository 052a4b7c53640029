"""Tables of the doors: what they refused, how they fare, and who serves."""

import sqlalchemy as sa

from storage.columns import Choice, Key, Texts, Time
from storage.records.doors import RefusedBecause
from storage.tables.base import key, metadata, row_id, text, whole

refusals = sa.Table(
    "refusals",
    metadata,
    row_id(),
    key("door"),
    key("peer"),
    sa.Column("reason", Choice(RefusedBecause), nullable=False),
    sa.Column("minute", Time, nullable=False),
    whole("count"),
    sa.Column("senders", Texts, nullable=False),
    sa.Column("recipients", Texts, nullable=False),
    sa.Column("size", sa.BigInteger),
    text("reply"),
    sa.Column("last_at", Time, nullable=False),
    sa.UniqueConstraint("minute", "door", "peer", "reason"),
)

door_states = sa.Table(
    "door_states",
    metadata,
    key("door"),
    key("account"),
    sa.Column("seen_at", Time),
    sa.Column("last_success_at", Time),
    sa.Column("last_attempt_at", Time),
    text("last_error"),
    whole("failures"),
    sa.PrimaryKeyConstraint("door", "account"),
)

door_hours = sa.Table(
    "door_hours",
    metadata,
    key("door"),
    key("account"),
    sa.Column("hour", Time, nullable=False),
    whole("mails"),
    whole("failures"),
    sa.Column("first_mail_at", Time),
    sa.Column("last_mail_at", Time),
    sa.PrimaryKeyConstraint("hour", "door", "account"),
)

serving_processes = sa.Table(
    "serving_processes",
    metadata,
    sa.Column("name", Key, primary_key=True),
    sa.Column("seen_at", Time, nullable=False),
    whole("commit_wait_ms"),
    whole("readers_busy"),
)
