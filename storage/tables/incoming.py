"""Tables of the way in: captures, submissions, letters, and the documents about them."""

import sqlalchemy as sa

from storage.columns import Choice, Count, Id, Key, Prefixed, Texts, Time
from storage.records import CaptureState, LetterState, SubmissionState
from storage.tables.base import key, metadata, ref, row_id, text, whole

captures = sa.Table(
    "captures",
    metadata,
    row_id(),
    sa.Column("sealed", sa.Boolean, nullable=False),
    sa.Column("cleared", sa.Boolean, nullable=False),
    sa.Column("state", Choice(CaptureState), nullable=False),
    text("door"),
    key("door_key"),
    text("blob"),
    text("sha256"),
    whole("size"),
    text("peer"),
    text("helo"),
    text("tls"),
    text("auth"),
    text("mail_from"),
    sa.Column("received_at", Time, nullable=False),
    whole("priority"),
    whole("attempts"),
    whole("token"),
    text("owner"),
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
    ref("capture_id", "captures"),
    whole("position"),
    text("address"),
    sa.Column("unit_id", Id, sa.ForeignKey("units.id")),
    # No foreign key: a return path may name a dispatch that a restored hub no longer has, and the mail is taken all the same.
    sa.Column("dispatch_id", Id),
    sa.PrimaryKeyConstraint("capture_id", "position"),
)

documents = sa.Table(
    "documents",
    metadata,
    row_id(),
    text("kind"),
    whole("version"),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("destroyed", sa.Boolean, nullable=False),
    # No foreign key: a reading is stored before its submission has an id.
    sa.Column("submission_id", Id, index=True),
)

submissions = sa.Table(
    "submissions",
    metadata,
    row_id(),
    ref("unit_id", "units"),
    key("identity"),
    sa.Column("tracking_code", Prefixed, nullable=False, unique=True),
    sa.Column("state", Choice(SubmissionState), nullable=False),
    ref("capture_id", "captures"),
    ref("reading_id", "documents", nullable=True),
    text("sender_address"),
    text("sender_name"),
    ref("agency_id", "agencies", nullable=True),
    key("message_id"),
    text("subject"),
    sa.Column("received_at", Time, nullable=False),
    whole("priority"),
    sa.UniqueConstraint("unit_id", "identity"),
    sa.Index(None, "unit_id", "id"),
    sa.Index(None, "unit_id", "state", "id"),
)

submission_captures = sa.Table(
    "submission_captures",
    metadata,
    ref("submission_id", "submissions"),
    ref("capture_id", "captures", index=True),
    sa.PrimaryKeyConstraint("submission_id", "capture_id"),
)

files = sa.Table(
    "files",
    metadata,
    row_id(),
    ref("submission_id", "submissions", index=True),
    text("path"),
    text("name"),
    text("kind"),
    text("media_type"),
    whole("size"),
    text("sha256"),
)


letters = sa.Table(
    "letters",
    metadata,
    row_id(),
    whole("version"),
    ref("unit_id", "units"),
    ref("submission_id", "submissions", nullable=True, index=True),
    whole("position"),
    sa.Column("state", Choice(LetterState), nullable=False),
    key("document_key"),
    key("content_digest"),
    ref("agency_id", "agencies", nullable=True),
    text("issuer"),
    text("reference"),
    sa.Column("reference_key", Prefixed, nullable=False),
    sa.Column("issued_on", sa.Date),
    text("document_type"),
    text("subject"),
    text("urgency"),
    ref("facts_id", "documents", nullable=True),
    ref("decision_id", "documents", nullable=True),
    text("action"),
    sa.Column("reasons", Texts, nullable=False),
    sa.Column("signatures_seen", Count, nullable=False),
    sa.Column("signatures_valid", Count, nullable=False),
    sa.Column("sender_strength", Count, nullable=False),
    sa.Column("enclosures_declared", Count, nullable=False),
    sa.Column("enclosures_found", Count, nullable=False),
    sa.Column("due_at", Time),
    sa.Column("received_at", Time, nullable=False),
    whole("priority"),
    text("decided_by"),
    sa.Column("decided_at", Time),
    sa.Index(None, "unit_id", "id"),
    sa.Index(None, "unit_id", "state", "id"),
    sa.Index(None, "unit_id", "document_key"),
    sa.Index(None, "unit_id", "reference_key"),
    sa.Index(None, "unit_id", "decided_at"),
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
    ref("letter_id", "letters"),
    whole("position"),
    ref("file_id", "files", index=True),
    text("role"),
    sa.PrimaryKeyConstraint("letter_id", "position"),
)
