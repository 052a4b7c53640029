"""Records of the way in: a mail as it came, and what it is to one unit."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
