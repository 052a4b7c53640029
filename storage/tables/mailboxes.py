"""Tables of the IMAP door: who polls an account, what became of each mail in it, and which originals are to be deleted."""

import sqlalchemy as sa

from storage.columns import Choice, Key, Time
from storage.records.mailboxes import MailboxState
from storage.tables.base import key, metadata, ref, row_id, text, whole

mailbox_accounts = sa.Table(
    "mailbox_accounts",
    metadata,
    row_id(),
    sa.Column("account", Key, nullable=False, unique=True),
    whole("attempts"),
    whole("token"),
    text("owner"),
    sa.Column("ready_at", Time),
)

mailbox_messages = sa.Table(
    "mailbox_messages",
    metadata,
    row_id(),
    ref("account_id", "mailbox_accounts"),
    key("folder"),
    whole("uidvalidity"),
    whole("uid"),
    sa.Column("state", Choice(MailboxState), nullable=False),
    ref("capture_id", "captures", nullable=True, index=True),
    whole("attempts"),
    whole("size"),
    text("message_id"),
    text("reason"),
    sa.Column("put_away", sa.Boolean, nullable=False),
    text("moved_to"),
    whole("moved_uidvalidity"),
    whole("moved_uid"),
    sa.Column("noted_at", Time, nullable=False),
    sa.UniqueConstraint("account_id", "folder", "uidvalidity", "uid"),
)

mailbox_deletions = sa.Table(
    "mailbox_deletions",
    metadata,
    row_id(),
    ref("capture_id", "captures"),
    key("account"),
    sa.Column("ordered_at", Time, nullable=False),
    sa.Column("done_at", Time),
    whole("copies"),
    text("last_error"),
    sa.UniqueConstraint("capture_id"),
)
sa.Index(
    "ix_mailbox_deletions_open",
    mailbox_deletions.c.account,
    sqlite_where=sa.text("done_at IS NULL"),
    postgresql_where=sa.text("done_at IS NULL"),
)
