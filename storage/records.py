"""Values that cross storage's border. Times are aware UTC datetimes, ids are integers given by the database."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a clerk of a unit through a channel (`cli`, `smtp`, `worker`). `unit_id` is None for the hub itself."""

    unit_id: int | None
    name: str
    via: str


# --- directory -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An office that this hub serves. `time_zone` is an IANA name; `register` is the code of its default register."""

    id: int
    code: str
    name: str
    time_zone: str
    register: str
    addresses: tuple[str, ...]
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDraft:
    """A unit before it has an id."""

    code: str
    name: str
    time_zone: str
    register: str
    addresses: tuple[str, ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyCode:
    """A code of an agency, old or new form, with its validity; mail under a closed code belongs to the successor."""

    code: str
    valid_from: date | None = None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyDraft:
    """An outside correspondent before it has an id. `kind` and `mode` are words of the application's policy."""

    codes: tuple[AgencyCode, ...]
    name: str
    kind: str
    mode: str
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An agency as the directory holds it for one unit; `mode` is that unit's standing with it."""

    id: int
    codes: tuple[AgencyCode, ...]
    name: str
    kind: str
    mode: str
    aliases: tuple[str, ...]
    addresses: tuple[str, ...]
    domains: tuple[str, ...]
    phones: tuple[str, ...]
    successor_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateTie:
    """A certificate tied to an agency by a clerk (first use asks)."""

    certificate_sha256: str
    agency_id: int
    agency_name: str


# --- intake ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One envelope recipient. `unit_id` is set for a unit's address; `dispatch_id` for one of our signed return paths."""

    address: str
    unit_id: int | None
    dispatch_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureDraft:
    """Raw bytes (already in the blob store) plus envelope, before the row has an id.

    `door_key` is the door's own key and unique with `door`: a transaction id for SMTP, account/mailbox/UIDVALIDITY/UID
    for IMAP. `sha256` is the hex digest of the raw bytes. `priority` 0 is ordinary, higher is read first.
    """

    door: str
    door_key: str
    blob: str
    sha256: str
    size: int
    peer: str
    helo: str
    tls: str
    auth: str
    mail_from: str
    recipients: tuple[Recipient, ...]
    received_at: datetime
    priority: int = 0


class CaptureState(StrEnum):
    """Where a capture is on its way to a submission."""

    RECEIVED = "received"
    READ = "read"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A stored capture. The blob of a sealed one holds encrypted bytes; `cleared` says that a clerk unsealed it."""

    id: int
    state: CaptureState
    attempts: int
    sealed: bool
    cleared: bool
    draft: CaptureDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A lease on a row: completing it demands the same token."""

    id: int
    token: int
    attempts: int
    lease_until: datetime


class SubmissionState(StrEnum):
    """States of a submission (design, 4)."""

    READ = "read"
    SETTLED = "settled"
    NOTED = "noted"
    DISMISSED = "dismissed"
    SEALED = "sealed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionDraft:
    """One mail to one unit before it has an id. `reading_id` is the stored document of the reading, if there is one."""

    unit_id: int
    identity: str
    tracking_code: str
    state: SubmissionState
    capture_id: int
    reading_id: int | None
    sender_address: str
    sender_name: str
    agency_id: int | None
    message_id: str
    subject: str
    received_at: datetime
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A stored submission; `capture_ids` lists every capture of it, first one first."""

    id: int
    draft: SubmissionDraft
    capture_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDraft:
    """One file of a submission before it has an id; `path` is its place in the mail."""

    path: str
    name: str
    kind: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """One file of a submission, for lists and saving; the bytes stay inside the raw mail."""

    id: int
    submission_id: int
    path: str
    name: str
    kind: str
    media_type: str
    size: int
    sha256: str


# --- letters ---------------------------------------------------------------------------------------------------------


class LetterState(StrEnum):
    """States of a letter (design, 4)."""

    WAITING = "waiting"
    PROPOSED = "proposed"
    HELD = "held"
    FILED = "filed"
    RETURN_DUE = "return-due"
    RETURNED = "returned"
    REPEAT = "repeat"
    SEALED = "sealed"
    PURGED = "purged"
    MERGED = "merged"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDraft:
    """A letter before it has an id.

    `document_key` is issuer, reference and year folded to one string, empty while they are unknown. `facts_id` is the
    stored document with the decision's facts, `decision_id` the stored document of its latest decision. `due_at` is when
    a waiting letter is checked again or a return leaves.
    """

    unit_id: int
    submission_id: int | None
    position: int
    state: LetterState
    document_key: str
    content_digest: str
    agency_id: int | None
    issuer: str
    reference: str
    issued_on: date | None
    document_type: str
    subject: str
    urgency: str
    facts_id: int | None
    decision_id: int | None
    action: str
    reasons: tuple[str, ...]
    signatures_seen: int
    signatures_valid: int
    enclosures_declared: int
    enclosures_found: int
    due_at: datetime | None
    received_at: datetime
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A stored letter. `version` rises with every change and fences concurrent decisions."""

    id: int
    version: int
    draft: LetterDraft
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFile:
    """A file of a letter and its part in it: `main` or `enclosure`."""

    file: FileRecord
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An opaque document: storage keeps it, the application reads it. `kind` and `version` choose the reader."""

    id: int
    kind: str
    version: int
    body: bytes


# --- register --------------------------------------------------------------------------------------------------------


class RegisterMode(StrEnum):
    """Whether this hub gives the numbers or another system does."""

    OWN = "own"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A register of a unit. `suspended` is True after a restore, until the next number is confirmed."""

    id: int
    unit_id: int
    code: str
    direction: str
    kind: str
    mode: RegisterMode
    suspended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The numbers of one year of a register. `next_number` is the next to be given."""

    id: int
    register: Register
    year: int
    next_number: int
    last_arrival_date: date | None


class EntryState(StrEnum):
    """States of an entry (design, 4; the codes are those of edXML)."""

    REGISTERED = "registered"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in-progress"
    DONE = "done"
    RECALLED = "recalled"
    REPLACED = "replaced"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """A register entry before it has its number. `search_text` is what a clerk may search by, unfolded."""

    unit_id: int
    letter_id: int
    document_key: str
    content_digest: str
    agency_id: int | None
    issuer: str
    reference: str
    issued_on: date | None
    document_type: str
    subject: str
    legal_value: str
    channel: str
    urgency: str
    received_at: datetime
    tracking_code: str
    evidence_id: int | None
    search_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A numbered line of a register. `arrival_date` is local to the unit, `filed_at` and `received_at` are UTC."""

    id: int
    register: str
    year: int
    number: int
    state: EntryState
    arrival_date: date
    filed_at: datetime
    draft: EntryDraft


# --- outbox ----------------------------------------------------------------------------------------------------------


class DispatchState(StrEnum):
    """States of a dispatch (design, 5)."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNCERTAIN = "uncertain"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchDraft:
    """The intention of one outbound message to one recipient over one channel.

    (`letter_id`, `submission_id`, `kind`, `revision`, `recipient`, `channel`) is unique: a notice is intended once.
    `context_id` is the stored document that the template is rendered from.
    """

    unit_id: int
    letter_id: int | None
    submission_id: int | None
    kind: str
    revision: int
    channel: str
    recipient: str
    message_id: str
    context_id: int
    due_at: datetime
    expires_at: datetime
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """A stored dispatch. `blob` holds the rendered bytes once they are made; they are never rendered again.

    `repeated` counts sends whose outcome was lost to a crash and that went out again.
    """

    id: int
    state: DispatchState
    attempts: int
    repeated: int
    blob: str | None
    last_error: str
    sent_at: datetime | None
    draft: DispatchDraft


# --- audit -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """One fact for the chain: what was done to which record, by whom. `data` is JSON-able and free of secrets."""

    kind: str
    subject: str
    actor: Actor
    data: dict[str, object]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A stored event. `body` is the exact byte string that was hashed; `hash` is hex SHA-256(previous hash + body)."""

    number: int
    kind: str
    subject: str
    at: datetime
    body: bytes
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """The last event's number and hash; (0, 64 zeros) for an empty chain."""

    number: int
    hash: str


# --- trust -----------------------------------------------------------------------------------------------------------


class TrustPurpose(StrEnum):
    """What a certificate in the registry is trusted for; intermediates only help to build paths."""

    SIGNER = "signer"
    TSA = "tsa"
    INTERMEDIATE = "intermediate"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustCertificate:
    """A certificate of the trust set: its DER bytes, purpose, and where it came from."""

    sha256: str
    der: bytes
    purpose: TrustPurpose
    source: str
    added_at: datetime
