"""Records of the way out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

UNSIGNED = "unsigned"
"""What is noted of a mail that should have borne our own signature, and no key could make it."""


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

    (`letter_id`, `submission_id`, `meeting_id`, `deposit_id`, `official_id`, `kind`, `revision`, `recipient`, `channel`) is
    unique: a notice is intended once. Those of one meeting to one recipient over one channel leave in order of revision.
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
    meeting_id: int | None = None
    official_id: int | None = None
    deposit_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """A stored dispatch. `blob` holds the rendered bytes once they are made; they are never rendered again.

    `signature` is what our own signature in it amounts to: a baseline level, `unsigned` where one was due and could not be
    made, empty where none was due. `repeated` counts sends whose outcome was lost to a crash and that went out again. `sid` is
    the name that `gateway` gave the message; `followed` counts the look-ups of its fate since it was sent or became uncertain.
    """

    id: int
    state: DispatchState
    attempts: int
    repeated: int
    blob: str | None
    last_error: str
    sent_at: datetime | None
    delivered_at: datetime | None
    gateway: str
    sid: str
    followed: int
    draft: DispatchDraft
    signature: str = ""
