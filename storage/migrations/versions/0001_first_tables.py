"""The first tables. A copy of the schema as it was then: later revisions change it, never this file."""

from collections.abc import Sequence
from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
PREFIXED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def row_id() -> sa.Column[int]:
    return sa.Column("id", ID, primary_key=True, autoincrement=True)


def ref(name: str, target: str, *, nullable: bool = False, index: bool = False) -> sa.Column[int]:
    return sa.Column(name, ID, sa.ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def wholes(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def times(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TIME, nullable=False) for name in names]


def flags(*names: str) -> list[sa.Column[bool]]:
    return [sa.Column(name, sa.Boolean, nullable=False) for name in names]


def blob(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def partial_index(name: str, columns: Sequence[sa.ColumnElement[object]], where: str, *, unique: bool = False) -> sa.Index:
    return sa.Index(name, *columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def directory() -> None:
    sa.Table("units", metadata, row_id(), *texts("code", "name", "time_zone", "register", "aliases"), sa.UniqueConstraint("code"))
    sa.Table(
        "unit_addresses",
        metadata,
        sa.Column("address", sa.Text, primary_key=True),
        ref("unit_id", "units", index=True),
        *wholes("position"),
    )
    sa.Table(
        "agencies",
        metadata,
        row_id(),
        ref("unit_id", "units", index=True),
        *texts("name", "kind", "mode", "aliases", "addresses", "domains", "phones"),
        ref("successor_id", "agencies", nullable=True),
    )
    sa.Table(
        "agency_codes",
        metadata,
        ref("unit_id", "units"),
        *texts("code"),
        ref("agency_id", "agencies", index=True),
        *wholes("position"),
        sa.Column("valid_from", sa.Date),
        sa.Column("closed_on", sa.Date),
        sa.PrimaryKeyConstraint("unit_id", "code"),
    )
    sa.Table(
        "agency_keys",
        metadata,
        ref("agency_id", "agencies"),
        ref("unit_id", "units"),
        *texts("kind", "key"),
        sa.PrimaryKeyConstraint("agency_id", "kind", "key"),
        sa.Index(None, "unit_id", "kind", "key"),
    )
    sa.Table(
        "certificate_ties",
        metadata,
        ref("unit_id", "units"),
        *texts("certificate_sha256", "kind", "holder", "emails", "confirmed_by"),
        ref("agency_id", "agencies", index=True),
        *times("confirmed_at"),
        sa.PrimaryKeyConstraint("unit_id", "certificate_sha256"),
        sa.Index(None, "unit_id", "holder"),
    )
    sa.Table(
        "agency_logins",
        metadata,
        row_id(),
        ref("unit_id", "units", index=True),
        ref("agency_id", "agencies", index=True),
        *texts("name", "name_key", "password_hash"),
        *times("set_at"),
        sa.Column("removed_at", TIME),
        sa.UniqueConstraint("name_key"),
    )


def incoming() -> None:
    captures = sa.Table(
        "captures",
        metadata,
        row_id(),
        *flags("sealed", "cleared"),
        *texts("state", "door", "door_key", "blob", "sha256", "peer", "helo", "tls", "auth", "mail_from", "owner"),
        *wholes("size", "priority", "attempts", "token"),
        *times("received_at"),
        sa.Column("ready_at", TIME),
        sa.UniqueConstraint("door", "door_key"),
    )
    partial_index("ix_captures_pending", [captures.c.priority.desc(), captures.c.id], "state = 'received'")
    sa.Table("shred_orders", metadata, sa.Column("blob", sa.Text, primary_key=True))
    sa.Table(
        "capture_recipients",
        metadata,
        ref("capture_id", "captures"),
        *wholes("position"),
        *texts("address"),
        ref("unit_id", "units", nullable=True),
        sa.Column("dispatch_id", ID),
        sa.PrimaryKeyConstraint("capture_id", "position"),
    )
    sa.Table(
        "documents",
        metadata,
        row_id(),
        *texts("kind"),
        *wholes("version"),
        blob("body"),
        *flags("destroyed"),
        sa.Column("submission_id", ID, index=True),
    )


def mailboxes() -> None:
    sa.Table(
        "mailbox_accounts",
        metadata,
        row_id(),
        *texts("account", "owner"),
        *wholes("attempts", "token"),
        sa.Column("ready_at", TIME),
        sa.UniqueConstraint("account"),
    )
    sa.Table(
        "mailbox_messages",
        metadata,
        row_id(),
        ref("account_id", "mailbox_accounts"),
        ref("capture_id", "captures", nullable=True, index=True),
        *texts("folder", "state", "message_id", "reason", "moved_to"),
        *wholes("uidvalidity", "uid", "attempts", "size", "moved_uidvalidity", "moved_uid"),
        *flags("put_away"),
        *times("noted_at"),
        sa.UniqueConstraint("account_id", "folder", "uidvalidity", "uid"),
    )
    table = sa.Table(
        "mailbox_deletions",
        metadata,
        row_id(),
        ref("capture_id", "captures"),
        *texts("account", "last_error"),
        *times("ordered_at"),
        *wholes("copies"),
        sa.Column("done_at", TIME),
        sa.UniqueConstraint("capture_id"),
    )
    partial_index("ix_mailbox_deletions_open", [table.c.account], "done_at IS NULL")


def doors() -> None:
    sa.Table(
        "refusals",
        metadata,
        row_id(),
        *texts("door", "peer", "reason", "senders", "recipients", "reply"),
        *times("minute", "last_at"),
        *wholes("count"),
        sa.Column("size", sa.BigInteger),
        sa.UniqueConstraint("minute", "door", "peer", "reason"),
    )
    sa.Table(
        "door_states",
        metadata,
        *texts("door", "account", "last_error"),
        *[sa.Column(name, TIME) for name in ("seen_at", "last_success_at", "last_attempt_at")],
        *wholes("failures"),
        sa.PrimaryKeyConstraint("door", "account"),
    )
    sa.Table(
        "door_hours",
        metadata,
        *texts("door", "account"),
        *times("hour"),
        *wholes("mails", "failures"),
        *[sa.Column(name, TIME) for name in ("first_mail_at", "last_mail_at")],
        sa.PrimaryKeyConstraint("hour", "door", "account"),
    )
    sa.Table(
        "serving_processes",
        metadata,
        sa.Column("name", sa.Text, primary_key=True),
        *times("seen_at"),
        *wholes("commit_wait_ms", "readers_busy"),
    )


def submissions() -> None:
    sa.Table(
        "submissions",
        metadata,
        row_id(),
        ref("unit_id", "units"),
        *texts("identity", "state", "sender_address", "sender_name", "message_id", "subject"),
        sa.Column("tracking_code", PREFIXED, nullable=False),
        ref("capture_id", "captures"),
        ref("reading_id", "documents", nullable=True),
        ref("agency_id", "agencies", nullable=True),
        *times("received_at"),
        *wholes("priority"),
        sa.UniqueConstraint("tracking_code"),
        sa.UniqueConstraint("unit_id", "identity"),
        sa.Index(None, "unit_id", "id"),
        sa.Index(None, "unit_id", "state", "id"),
    )
    sa.Table(
        "submission_captures",
        metadata,
        ref("submission_id", "submissions"),
        ref("capture_id", "captures", index=True),
        sa.PrimaryKeyConstraint("submission_id", "capture_id"),
    )
    sa.Table(
        "files",
        metadata,
        row_id(),
        ref("submission_id", "submissions", index=True),
        *texts("path", "name", "kind", "media_type", "sha256"),
        *wholes("size"),
    )


def letters() -> None:
    table = sa.Table(
        "letters",
        metadata,
        row_id(),
        ref("unit_id", "units"),
        ref("submission_id", "submissions", nullable=True, index=True),
        ref("agency_id", "agencies", nullable=True),
        ref("facts_id", "documents", nullable=True),
        ref("decision_id", "documents", nullable=True),
        *wholes("version", "position", "priority", "signatures_seen", "signatures_valid", "sender_strength"),
        *wholes("enclosures_declared", "enclosures_found"),
        *texts("state", "document_key", "content_digest", "issuer", "reference", "document_type", "subject", "urgency"),
        *texts("action", "reasons", "decided_by"),
        sa.Column("reference_key", PREFIXED, nullable=False),
        sa.Column("issued_on", sa.Date),
        sa.Column("due_at", TIME),
        *times("received_at"),
        sa.Column("decided_at", TIME),
        sa.Index(None, "unit_id", "id"),
        sa.Index(None, "unit_id", "state", "id"),
        sa.Index(None, "unit_id", "document_key"),
        sa.Index(None, "unit_id", "reference_key"),
        sa.Index(None, "unit_id", "decided_at"),
    )
    partial_index("ix_letters_due", [table.c.due_at, table.c.id], "due_at IS NOT NULL")
    sa.Table(
        "letter_files",
        metadata,
        ref("letter_id", "letters"),
        *wholes("position"),
        ref("file_id", "files", index=True),
        *texts("role"),
        sa.PrimaryKeyConstraint("letter_id", "position"),
    )


def registers() -> None:
    sa.Table(
        "registers",
        metadata,
        row_id(),
        ref("unit_id", "units"),
        *texts("code", "direction", "kind", "mode"),
        *flags("suspended"),
        sa.UniqueConstraint("unit_id", "code", "direction", "kind"),
    )
    sa.Table(
        "series",
        metadata,
        row_id(),
        ref("register_id", "registers"),
        *wholes("year", "next_number"),
        sa.Column("last_arrival_date", sa.Date),
        sa.UniqueConstraint("register_id", "year"),
    )


def entries() -> None:
    table = sa.Table(
        "entries",
        metadata,
        row_id(),
        ref("unit_id", "units"),
        ref("series_id", "series"),
        ref("letter_id", "letters", index=True),
        ref("agency_id", "agencies", nullable=True),
        ref("evidence_id", "documents", nullable=True),
        *wholes("number"),
        *texts("state", "content_digest", "issuer", "reference", "document_type", "subject", "legal_value", "channel"),
        *texts("urgency", "tracking_code", "search_text", "exception"),
        sa.Column("document_key", sa.Text),
        sa.Column("paper_at", TIME),
        sa.Column("arrival_date", sa.Date, nullable=False),
        sa.Column("issued_on", sa.Date),
        *times("filed_at", "received_at"),
        sa.UniqueConstraint("series_id", "number"),
        sa.Index(None, "unit_id", "id"),
        sa.Index(None, "unit_id", "filed_at", "id"),
        sa.Index(None, "unit_id", "received_at", "id"),
        sa.Index(None, "unit_id", "content_digest"),
    )
    standing = "state <> 'voided'"
    partial_index("uq_entries_document_key", [table.c.unit_id, table.c.document_key], standing, unique=True)
    partial_index("uq_entries_letter", [table.c.letter_id], standing, unique=True)
    sa.Table(
        "entry_letters",
        metadata,
        ref("entry_id", "entries"),
        ref("letter_id", "letters", index=True),
        *texts("relation"),
        sa.PrimaryKeyConstraint("entry_id", "letter_id", "relation"),
    )


def people() -> None:
    sa.Table(
        "clerks",
        metadata,
        row_id(),
        ref("unit_id", "units"),
        *texts("code", "code_key", "name", "name_key", "role", "phone"),
        sa.Column("closed_on", sa.Date),
        sa.UniqueConstraint("unit_id", "code_key"),
        sa.UniqueConstraint("unit_id", "name_key"),
    )
    sa.Table(
        "officials",
        metadata,
        row_id(),
        ref("unit_id", "units"),
        ref("agency_id", "agencies", nullable=True),
        *texts("code", "code_key", "name", "position", "organisation", "addresses", "assistant_codes", "search_text"),
        sa.Column("closed_on", sa.Date),
        sa.UniqueConstraint("unit_id", "code_key"),
    )
    sa.Table(
        "official_phones",
        metadata,
        ref("official_id", "officials"),
        *wholes("position"),
        *texts("number"),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_until", sa.Date),
        sa.PrimaryKeyConstraint("official_id", "position"),
    )
    sa.Table(
        "official_groups",
        metadata,
        row_id(),
        ref("unit_id", "units"),
        *texts("code", "code_key", "name"),
        sa.UniqueConstraint("unit_id", "code_key"),
    )
    sa.Table(
        "official_group_members",
        metadata,
        ref("group_id", "official_groups"),
        *wholes("position"),
        ref("official_id", "officials", index=True),
        sa.PrimaryKeyConstraint("group_id", "position"),
        sa.UniqueConstraint("group_id", "official_id"),
    )


def counter() -> None:
    table = sa.Table(
        "deposits",
        metadata,
        row_id(),
        *wholes("version"),
        ref("unit_id", "units"),
        ref("letter_id", "letters", nullable=True, index=True),
        ref("agency_id", "agencies", nullable=True),
        ref("entry_id", "entries", nullable=True, index=True),
        ref("partner_letter_id", "letters", nullable=True, index=True),
        *texts("kind", "state", "sender", "document_key", "reference", "document_type", "subject", "exception"),
        *texts("received_by", "note", "handed_to", "search_text"),
        sa.Column("pages", sa.BigInteger),
        sa.Column("issued_on", sa.Date),
        *times("deposited_at"),
        sa.Column("due_at", TIME),
        sa.Column("handed_at", TIME),
        sa.Index(None, "unit_id", "id"),
        sa.Index(None, "unit_id", "state", "id"),
        sa.Index(None, "unit_id", "document_key"),
    )
    partial_index("ix_deposits_due", [table.c.due_at, table.c.id], "state IN ('waiting', 'return-due')")


def meetings() -> None:
    sa.Table(
        "meetings",
        metadata,
        row_id(),
        ref("unit_id", "units"),
        *wholes("version", "revision", "sequence"),
        *texts("uid", "title", "state", "place", "search_text"),
        sa.Column("starts_at", TIME),
        sa.Column("ends_at", TIME),
        sa.UniqueConstraint("uid"),
        sa.Index(None, "unit_id", "id"),
        sa.Index(None, "unit_id", "starts_at"),
        sa.Index(None, "unit_id", "state", "id"),
    )
    sa.Table(
        "meeting_revisions",
        metadata,
        ref("meeting_id", "meetings"),
        *wholes("number", "sequence"),
        *times("made_at", "release_at"),
        sa.Column("starts_at", TIME),
        sa.Column("ends_at", TIME),
        ref("document_id", "documents"),
        sa.Column("letter_blob", sa.Text),
        *texts("change", "place", "letter_sha256", "letter_reference", "made_by", "reason"),
        sa.PrimaryKeyConstraint("meeting_id", "number"),
    )
    invitees = sa.Table(
        "meeting_invitees",
        metadata,
        ref("meeting_id", "meetings"),
        *wholes("position", "since_revision"),
        ref("official_id", "officials", index=True),
        sa.Column("until_revision", sa.BigInteger),
        sa.PrimaryKeyConstraint("meeting_id", "position"),
    )
    current = [invitees.c.meeting_id, invitees.c.official_id]
    partial_index("uq_meeting_invitees_current", current, "until_revision IS NULL", unique=True)
    sa.Table(
        "reach_notes",
        metadata,
        row_id(),
        ref("meeting_id", "meetings", index=True),
        *wholes("revision"),
        ref("official_id", "officials"),
        *texts("channel", "outcome", "by", "note"),
        *times("at"),
    )


def sheets() -> None:
    sa.Table(
        "sheets",
        metadata,
        row_id(),
        ref("unit_id", "units"),
        ref("document_id", "documents"),
        *texts("kind", "made_by"),
        *times("from_at", "to_at", "made_at"),
        sa.Index(None, "unit_id", "id"),
        sa.Index(None, "unit_id", "kind", "id"),
    )


def outgoing() -> None:
    table = sa.Table(
        "dispatches",
        metadata,
        row_id(),
        ref("unit_id", "units"),
        ref("letter_id", "letters", nullable=True, index=True),
        ref("submission_id", "submissions", nullable=True),
        ref("meeting_id", "meetings", nullable=True),
        ref("deposit_id", "deposits", nullable=True, index=True),
        ref("official_id", "officials", nullable=True),
        ref("context_id", "documents"),
        *texts(
            "kind", "channel", "recipient", "domain", "message_id", "state", "owner", "signature", "last_error", "gateway", "sid"
        ),
        *wholes("revision", "priority", "attempts", "token", "repeated", "followed"),
        *times("due_at", "expires_at", "created_at", "ready_at"),
        sa.Column("blob", sa.Text),
        sa.Column("sent_at", TIME),
        sa.Column("delivered_at", TIME),
        sa.Column("follow_at", TIME),
        sa.Index(None, "unit_id", "id"),
        sa.Index(None, "unit_id", "state", "id"),
        sa.Index(None, "unit_id", "message_id"),
        sa.Index(None, "unit_id", "recipient", "created_at"),
        sa.Index(None, "unit_id", "domain", "created_at"),
    )
    columns = table.c
    about = ("letter_id", "submission_id", "meeting_id", "deposit_id", "official_id")
    parties = [sa.func.coalesce(columns[name], 0) for name in about]
    intention = [columns.kind, columns.revision, columns.recipient, columns.channel]
    sa.Index("uq_dispatches_intention", *parties, *intention, unique=True)
    waiting = [columns.priority.desc(), columns.ready_at, columns.id]
    partial_index("ix_dispatches_open", waiting, "state IN ('due', 'sending')")
    followed = "state IN ('sent', 'uncertain') AND follow_at IS NOT NULL"
    partial_index("ix_dispatches_followed", [columns.follow_at, columns.id], followed)
    ordered = [columns.meeting_id, columns.recipient, columns.channel, columns.revision]
    partial_index("ix_dispatches_meeting", ordered, "meeting_id IS NOT NULL")
    partial_index("ix_dispatches_unsigned", [columns.unit_id, columns.created_at], "signature = 'unsigned'")
    partial_index("ix_dispatches_texts", [columns.unit_id, columns.sent_at], "channel = 'sms'")


def noted() -> None:
    sa.Table(
        "noted_mails",
        metadata,
        sa.Column("submission_id", ID, sa.ForeignKey("submissions.id"), primary_key=True, autoincrement=False),
        ref("unit_id", "units"),
        ref("dispatch_id", "dispatches", nullable=True, index=True),
        ref("meeting_id", "meetings", nullable=True, index=True),
        ref("official_id", "officials", nullable=True),
        *texts("kind", "tied_by", "outcome", "effect", "doubt", "recipient", "status", "diagnostic"),
        *wholes("sequence"),
        *times("at"),
        sa.Column("stamp", TIME),
    )


def hub() -> None:
    sa.Table(
        "events",
        metadata,
        sa.Column("number", ID, primary_key=True, autoincrement=False),
        *texts("kind", "subject", "previous_hash", "hash"),
        *times("at"),
        blob("body"),
        sa.Index(None, "subject", "number"),
    )
    sa.Table(
        "chain_head",
        metadata,
        sa.Column("id", ID, primary_key=True, autoincrement=False),
        *wholes("number"),
        *texts("hash"),
    )
    table = sa.Table(
        "trust_certificates",
        metadata,
        *texts("sha256", "purpose", "source"),
        blob("der"),
        *times("added_at"),
        *wholes("added_in"),
        sa.Column("removed_in", sa.BigInteger),
        sa.Column("removed_at", TIME),
        sa.PrimaryKeyConstraint("sha256", "purpose", "added_in"),
    )
    trusted = [table.c.sha256, table.c.purpose]
    partial_index("ix_trust_certificates_trusted", trusted, "removed_in IS NULL", unique=True)
    sa.Table("settings", metadata, sa.Column("name", sa.Text, primary_key=True), *wholes("version"), blob("value"))


def revocation() -> None:
    sa.Table(
        "revocation_data",
        metadata,
        row_id(),
        *texts("kind", "sha256", "issuer_key", "issuer", "serial", "scope", "number", "source", "place"),
        *wholes("size"),
        blob("der"),
        *times("this_update", "fetched_at"),
        sa.Column("next_update", TIME),
        sa.Column("superseded_at", TIME),
        sa.UniqueConstraint("sha256"),
        sa.Index(None, "issuer_key", "kind", "serial", "scope"),
    )
    sa.Table(
        "watched_certificates",
        metadata,
        sa.Column("sha256", sa.Text, primary_key=True),
        blob("der"),
        *texts("subject", "issuer", "issuer_key", "serial"),
        *flags("is_authority"),
        *times("not_after", "seen_at"),
        sa.Column("revoked_at", TIME),
        sa.Index(None, "issuer_key", "serial"),
    )
    sa.Table(
        "revocation_sources",
        metadata,
        row_id(),
        *texts("kind", "address", "address_key", "subject", "last_error"),
        *times("due_at"),
        sa.Column("last_attempt_at", TIME),
        sa.Column("last_success_at", TIME),
        *wholes("failures"),
        sa.UniqueConstraint("address_key", "subject"),
    )
    sa.Table(
        "rechecks",
        metadata,
        sa.Column("letter_id", ID, sa.ForeignKey("letters.id"), primary_key=True, autoincrement=False),
        ref("unit_id", "units"),
        sa.Column("due_at", TIME, nullable=False, index=True),
    )
    sa.Table(
        "cases",
        metadata,
        row_id(),
        ref("unit_id", "units"),
        ref("letter_id", "letters"),
        *texts("certificate", "signer", "state", "decided_by", "reason"),
        *times("revoked_at", "proved_at", "found_at"),
        sa.Column("decided_at", TIME),
        sa.UniqueConstraint("letter_id", "certificate"),
        sa.Index(None, "unit_id", "state", "id"),
    )


def evidence() -> None:
    sa.Table(
        "validation_material",
        metadata,
        sa.Column("sha256", sa.Text, primary_key=True),
        *texts("kind"),
        *wholes("size"),
        blob("der"),
    )
    sa.Table(
        "submission_material",
        metadata,
        ref("submission_id", "submissions"),
        sa.Column("sha256", sa.Text, sa.ForeignKey("validation_material.sha256"), nullable=False, index=True),
        sa.PrimaryKeyConstraint("submission_id", "sha256"),
    )


def upgrade() -> None:
    metadata.clear()
    for describe in (
        directory,
        incoming,
        mailboxes,
        doors,
        submissions,
        letters,
        registers,
        entries,
        people,
        counter,
        meetings,
        sheets,
        outgoing,
        noted,
        hub,
        revocation,
        evidence,
    ):
        describe()
    metadata.create_all(op.get_bind())
    create_search_index()
    op.execute("INSERT INTO chain_head (id, number, hash) VALUES (1, 0, '" + "0" * 64 + "')")
    op.execute(metadata.tables["settings"].insert().values(name="hub-id", version=1, value=str(uuid4()).encode("ascii")))


def create_search_index() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE entry_search USING fts5(words, tokenize='ascii', detail=none, prefix='2 3 4')")
        return
    op.create_table(
        "entry_search",
        sa.Column("entry_id", sa.BigInteger, sa.ForeignKey("entries.id"), primary_key=True),
        sa.Column("words", postgresql.TSVECTOR, nullable=False),
    )
    op.create_index("ix_entry_search_words", "entry_search", ["words"], postgresql_using="gin")
