"""Tables of the registry; private to storage. The migrations build the same schema, and a test compares the two."""

import sqlalchemy as sa

from storage.columns import Choice, Count, Id, Key, Text, Texts, Time
from storage.records import (
    CaptureState,
    DispatchState,
    EntryState,
    LetterState,
    RegisterMode,
    SubmissionState,
    TrustPurpose,
)

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> sa.Column[int]:
    return sa.Column("id", Id, primary_key=True, autoincrement=True)


def _ref(name: str, target: str, *, nullable: bool = False, index: bool = False) -> sa.Column[int]:
    return sa.Column(name, Id, sa.ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, Text, nullable=False)


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, Key, nullable=False)


def _int(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


# --- directory -------------------------------------------------------------------------------------------------------

units = sa.Table(
    "units",
    metadata,
    _id(),
    sa.Column("code", Key, nullable=False, unique=True),
    _text("name"),
    _text("time_zone"),
    _text("register"),
    sa.Column("aliases", Texts, nullable=False),
)

unit_addresses = sa.Table(
    "unit_addresses",
    metadata,
    sa.Column("address", Key, primary_key=True),
    _ref("unit_id", "units", index=True),
    _int("position"),
)

agencies = sa.Table(
    "agencies",
    metadata,
    _id(),
    _ref("unit_id", "units", index=True),
    _text("name"),
    _text("kind"),
    _text("mode"),
    sa.Column("aliases", Texts, nullable=False),
    sa.Column("addresses", Texts, nullable=False),
    sa.Column("domains", Texts, nullable=False),
    sa.Column("phones", Texts, nullable=False),
    _ref("successor_id", "agencies", nullable=True),
)

agency_codes = sa.Table(
    "agency_codes",
    metadata,
    _ref("unit_id", "units"),
    _key("code"),
    _ref("agency_id", "agencies", index=True),
    _int("position"),
    sa.Column("valid_from", sa.Date),
    sa.Column("closed_on", sa.Date),
    sa.PrimaryKeyConstraint("unit_id", "code"),
)

agency_keys = sa.Table(
    "agency_keys",
    metadata,
    _ref("agency_id", "agencies"),
    _ref("unit_id", "units"),
    _text("kind"),
    _key("key"),
    sa.PrimaryKeyConstraint("agency_id", "kind", "key"),
    sa.Index(None, "unit_id", "kind", "key"),
)

certificate_ties = sa.Table(
    "certificate_ties",
    metadata,
    _ref("unit_id", "units"),
    _key("certificate_sha256"),
    _ref("agency_id", "agencies", index=True),
    _text("confirmed_by"),
    sa.Column("confirmed_at", Time, nullable=False),
    sa.PrimaryKeyConstraint("unit_id", "certificate_sha256"),
)

# --- intake ----------------------------------------------------------------------------------------------------------

captures = sa.Table(
    "captures",
    metadata,
    _id(),
    sa.Column("sealed", sa.Boolean, nullable=False),
    sa.Column("cleared", sa.Boolean, nullable=False),
    sa.Column("state", Choice(CaptureState), nullable=False),
    _text("door"),
    _key("door_key"),
    _text("blob"),
    _text("sha256"),
    _int("size"),
    _text("peer"),
    _text("helo"),
    _text("tls"),
    _text("auth"),
    _text("mail_from"),
    sa.Column("received_at", Time, nullable=False),
    _int("priority"),
    _int("attempts"),
    _int("token"),
    _text("owner"),
    sa.Column("ready_at", Time),
    sa.UniqueConstraint("door", "door_key"),
)
sa.Index(
    "ix_captures_pending",
    captures.c.priority.desc(),
    captures.c.id,
    sqlite_where=sa.text("state = 'received'"),
    postgresql_where=sa.text("state = 'received'"),
)

shred_orders = sa.Table(
    "shred_orders",
    metadata,
    sa.Column("blob", Key, primary_key=True),
)

capture_recipients = sa.Table(
    "capture_recipients",
    metadata,
    _ref("capture_id", "captures"),
    _int("position"),
    _text("address"),
    sa.Column("unit_id", Id, sa.ForeignKey("units.id")),
    # No foreign key: a return path may name a dispatch that a restored hub no longer has, and the mail is taken all the same.
    sa.Column("dispatch_id", Id),
    sa.PrimaryKeyConstraint("capture_id", "position"),
)

documents = sa.Table(
    "documents",
    metadata,
    _id(),
    _text("kind"),
    _int("version"),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("destroyed", sa.Boolean, nullable=False),
    # No foreign key: a reading is stored before its submission has an id.
    sa.Column("submission_id", Id, index=True),
)

submissions = sa.Table(
    "submissions",
    metadata,
    _id(),
    _ref("unit_id", "units"),
    _key("identity"),
    sa.Column("tracking_code", Key, nullable=False, unique=True),
    sa.Column("state", Choice(SubmissionState), nullable=False),
    _ref("capture_id", "captures"),
    _ref("reading_id", "documents", nullable=True),
    _text("sender_address"),
    _text("sender_name"),
    _ref("agency_id", "agencies", nullable=True),
    _key("message_id"),
    _text("subject"),
    sa.Column("received_at", Time, nullable=False),
    _int("priority"),
    sa.UniqueConstraint("unit_id", "identity"),
    sa.Index(None, "unit_id", "id"),
    sa.Index(None, "unit_id", "state", "id"),
    sa.Index(None, "unit_id", "message_id"),
)

submission_captures = sa.Table(
    "submission_captures",
    metadata,
    _ref("submission_id", "submissions"),
    _ref("capture_id", "captures", index=True),
    sa.PrimaryKeyConstraint("submission_id", "capture_id"),
)

files = sa.Table(
    "files",
    metadata,
    _id(),
    _ref("submission_id", "submissions", index=True),
    _text("path"),
    _text("name"),
    _text("kind"),
    _text("media_type"),
    _int("size"),
    _text("sha256"),
)

# --- letters ---------------------------------------------------------------------------------------------------------

letters = sa.Table(
    "letters",
    metadata,
    _id(),
    _int("version"),
    _ref("unit_id", "units"),
    _ref("submission_id", "submissions", nullable=True, index=True),
    _int("position"),
    sa.Column("state", Choice(LetterState), nullable=False),
    _key("document_key"),
    _key("content_digest"),
    _ref("agency_id", "agencies", nullable=True),
    _text("issuer"),
    _text("reference"),
    sa.Column("issued_on", sa.Date),
    _text("document_type"),
    _text("subject"),
    _text("urgency"),
    _ref("facts_id", "documents", nullable=True),
    _ref("decision_id", "documents", nullable=True),
    _text("action"),
    sa.Column("reasons", Texts, nullable=False),
    sa.Column("signatures_seen", Count, nullable=False),
    sa.Column("signatures_valid", Count, nullable=False),
    sa.Column("enclosures_declared", Count, nullable=False),
    sa.Column("enclosures_found", Count, nullable=False),
    sa.Column("due_at", Time),
    sa.Column("received_at", Time, nullable=False),
    _int("priority"),
    _text("decided_by"),
    sa.Column("decided_at", Time),
    sa.Index(None, "unit_id", "id"),
    sa.Index(None, "unit_id", "state", "id"),
    sa.Index(None, "unit_id", "document_key"),
    sa.Index(None, "unit_id", "content_digest"),
)
sa.Index(
    "ix_letters_due",
    letters.c.due_at,
    letters.c.id,
    sqlite_where=letters.c.due_at.is_not(None),
    postgresql_where=letters.c.due_at.is_not(None),
)

letter_files = sa.Table(
    "letter_files",
    metadata,
    _ref("letter_id", "letters"),
    _int("position"),
    _ref("file_id", "files", index=True),
    _text("role"),
    sa.PrimaryKeyConstraint("letter_id", "position"),
)

# --- register --------------------------------------------------------------------------------------------------------

registers = sa.Table(
    "registers",
    metadata,
    _id(),
    _ref("unit_id", "units"),
    _key("code"),
    _text("direction"),
    _text("kind"),
    sa.Column("mode", Choice(RegisterMode), nullable=False),
    sa.Column("suspended", sa.Boolean, nullable=False),
    sa.UniqueConstraint("unit_id", "code", "direction", "kind"),
)

series = sa.Table(
    "series",
    metadata,
    _id(),
    _ref("register_id", "registers"),
    _int("year"),
    _int("next_number"),
    sa.Column("last_arrival_date", sa.Date),
    sa.UniqueConstraint("register_id", "year"),
)

entries = sa.Table(
    "entries",
    metadata,
    _id(),
    _ref("unit_id", "units"),
    _ref("series_id", "series"),
    _int("number"),
    sa.Column("state", Choice(EntryState), nullable=False),
    sa.Column("arrival_date", sa.Date, nullable=False),
    sa.Column("filed_at", Time, nullable=False),
    _ref("letter_id", "letters"),
    sa.Column("document_key", Key),
    _key("content_digest"),
    _ref("agency_id", "agencies", nullable=True),
    _text("issuer"),
    _text("reference"),
    sa.Column("issued_on", sa.Date),
    _text("document_type"),
    _text("subject"),
    _text("legal_value"),
    _text("channel"),
    _text("urgency"),
    sa.Column("received_at", Time, nullable=False),
    _key("tracking_code"),
    _ref("evidence_id", "documents", nullable=True),
    _text("search_text"),
    sa.UniqueConstraint("series_id", "number"),
    sa.Index(None, "unit_id", "id"),
    sa.Index(None, "unit_id", "filed_at", "id"),
    sa.Index(None, "letter_id"),
    sa.Index(None, "unit_id", "content_digest"),
)
# A voided entry keeps its number, not its claim on the document.
_NOT_VOIDED = sa.text("state <> 'voided'")
sa.Index(
    "uq_entries_document_key",
    entries.c.unit_id,
    entries.c.document_key,
    unique=True,
    sqlite_where=_NOT_VOIDED,
    postgresql_where=_NOT_VOIDED,
)
sa.Index("uq_entries_letter", entries.c.letter_id, unique=True, sqlite_where=_NOT_VOIDED, postgresql_where=_NOT_VOIDED)

entry_letters = sa.Table(
    "entry_letters",
    metadata,
    _ref("entry_id", "entries"),
    _ref("letter_id", "letters", index=True),
    _text("relation"),
    sa.PrimaryKeyConstraint("entry_id", "letter_id", "relation"),
)

# --- outbox ----------------------------------------------------------------------------------------------------------

dispatches = sa.Table(
    "dispatches",
    metadata,
    _id(),
    _ref("unit_id", "units"),
    _ref("letter_id", "letters", nullable=True),
    _ref("submission_id", "submissions", nullable=True),
    _text("kind"),
    _int("revision"),
    _text("channel"),
    _key("recipient"),
    _key("message_id"),
    _ref("context_id", "documents"),
    sa.Column("due_at", Time, nullable=False),
    sa.Column("expires_at", Time, nullable=False),
    _int("priority"),
    sa.Column("state", Choice(DispatchState), nullable=False),
    sa.Column("created_at", Time, nullable=False),
    _int("attempts"),
    _int("token"),
    _int("repeated"),
    _text("owner"),
    sa.Column("ready_at", Time, nullable=False),
    sa.Column("blob", sa.Text),
    _text("last_error"),
    sa.Column("sent_at", Time),
    sa.Index(None, "unit_id", "id"),
    sa.Index(None, "unit_id", "state", "id"),
    sa.Index(None, "unit_id", "message_id"),
    sa.Index(None, "unit_id", "recipient", "created_at"),
    sa.Index(None, "letter_id"),
)
# NULLs would be distinct from each other in a plain UNIQUE.
sa.Index(
    "uq_dispatches_intention",
    sa.func.coalesce(dispatches.c.letter_id, 0),
    sa.func.coalesce(dispatches.c.submission_id, 0),
    dispatches.c.kind,
    dispatches.c.revision,
    dispatches.c.recipient,
    dispatches.c.channel,
    unique=True,
)
_OPEN = sa.text("state IN ('due', 'sending')")
sa.Index(
    "ix_dispatches_open",
    dispatches.c.priority.desc(),
    dispatches.c.ready_at,
    dispatches.c.id,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)

# --- audit, trust, hub -----------------------------------------------------------------------------------------------

events = sa.Table(
    "events",
    metadata,
    sa.Column("number", Id, primary_key=True, autoincrement=False),
    _text("kind"),
    _key("subject"),
    sa.Column("at", Time, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    _text("previous_hash"),
    _text("hash"),
    sa.Index(None, "subject", "number"),
)

chain_head = sa.Table(
    "chain_head",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=False),
    _int("number"),
    _text("hash"),
)

trust_certificates = sa.Table(
    "trust_certificates",
    metadata,
    _key("sha256"),
    sa.Column("purpose", Choice(TrustPurpose), nullable=False),
    sa.Column("der", sa.LargeBinary, nullable=False),
    _text("source"),
    sa.Column("added_at", Time, nullable=False),
    sa.PrimaryKeyConstraint("sha256", "purpose"),
)

settings = sa.Table(
    "settings",
    metadata,
    sa.Column("name", Key, primary_key=True),
    _int("version"),
    sa.Column("value", sa.LargeBinary, nullable=False),
)
