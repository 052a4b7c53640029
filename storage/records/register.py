"""Records of the registers."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


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
    """A register entry before it has its number. `search_text` is what a clerk may search by, unfolded.

    `channel` says what was filed first, `electronic` or `paper`; `exception` is the code of the rule that let paper come
    alone, empty for none. `paper_at` is when the paper was handed in, also that of an electronic document.
    """

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
    exception: str = ""
    paper_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A numbered line of a register. `arrival_date` is local to the unit, `filed_at` and `received_at` are UTC.

    `direction` and `kind` are its register's: `in` or `out`, and `ordinary`, `GM` …
    """

    id: int
    register: str
    direction: str
    kind: str
    year: int
    number: int
    state: EntryState
    arrival_date: date
    filed_at: datetime
    draft: EntryDraft
