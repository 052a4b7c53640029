"""Records of the counter: paper that was handed in."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypedDict


class DepositKind(StrEnum):
    """What was handed in."""

    DOCUMENT = "document"
    ENVELOPE = "envelope"
    """Addressed to a person by name: noted, not opened."""
    SECRET = "secret"  # noqa: S105  (a kind of paper)
    """Only counted."""


class DepositState(StrEnum):
    """Where a deposit is on its way."""

    WAITING = "waiting"
    """For the e-copy."""
    PAIRED = "paired"
    """The e-copy is known; closed."""
    ACCEPTED = "accepted"
    """Filed on paper; closed."""
    OVERDUE = "overdue"
    """The wait is over and the return is proposed to a clerk."""
    RETURN_DUE = "return-due"
    """The return is decided; its notice waits its delay and can be withdrawn."""
    ANNOUNCED = "announced"
    """The notice is intended; the paper lies at the counter."""
    RETURNED = "returned"
    """Somebody signed for it; closed."""
    COUNTED = "counted"
    """Secret paper or an unopened envelope; closed."""
    CANCELLED = "cancelled"
    """Entered by mistake; closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositDraft:
    """A paper deposit before it has an id.

    `letter_id` is its letter; secret paper and unopened envelopes have none, and no subject. `document_key` is issuer,
    reference and year folded to one string, empty while they are unknown. `exception` is the code of the rule that lets
    paper come alone, empty for none. `due_at` is when the wait is over or the return leaves, and of paper that was announced
    until when it may be fetched.
    """

    unit_id: int
    kind: DepositKind
    state: DepositState
    letter_id: int | None
    agency_id: int | None
    sender: str
    document_key: str
    reference: str
    issued_on: date | None
    document_type: str
    subject: str
    pages: int | None
    exception: str
    deposited_at: datetime
    due_at: datetime | None
    received_by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """A stored deposit. `version` rises with every change and fences two clerks at once.

    `entry_id` is the line of the register that it has in the end, `partner_letter_id` the letter of its e-copy;
    `handed_to` and `handed_at` say who signed for the returned paper and when.
    """

    id: int
    version: int
    draft: DepositDraft
    entry_id: int | None
    partner_letter_id: int | None
    handed_to: str
    handed_at: datetime | None


class DepositOutcome(TypedDict, total=False):
    """What becomes of a deposit; what is left out stays as it is."""

    entry_id: int | None
    partner_letter_id: int | None
    handed_to: str
    handed_at: datetime | None
