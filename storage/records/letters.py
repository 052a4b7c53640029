"""Records of letters and of the documents about them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from storage.records.intake import FileRecord


class LetterState(StrEnum):
    """States of a letter (design, 4). AT_COUNTER is paper that is not filed: its deposit says where it is on its way."""

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
    AT_COUNTER = "at-counter"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDraft:
    """A letter before it has an id.

    `document_key` is issuer, reference and year folded to one string, empty while they are unknown. `facts_id` is the
    stored document with the decision's facts, `decision_id` the stored document of its latest decision. `due_at` is when
    a waiting letter is checked again or a return leaves. `sender_strength` rises with what is proved of the sender.
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
    sender_strength: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A stored letter. `version` rises with every change and fences concurrent decisions."""

    id: int
    version: int
    draft: LetterDraft
    decided_by: str
    decided_at: datetime | None


SIGNATURE_ROLE = "signature"
"""The part of a file that signs others of the letter: it comes with them and is none of the letter's documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFile:
    """A file of a letter and its part in it: `main`, `enclosure` or `signature`."""

    file: FileRecord
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An opaque document: storage keeps it, the application reads it. `kind` and `version` choose the reader."""

    id: int
    kind: str
    version: int
    body: bytes
