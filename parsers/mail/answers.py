"""What a mail says that answers another one: reports, receipts, absences, calendars' answers. Pure data."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Fate(StrEnum):
    """The actions of RFC 3464, 2.3.3. A delay is no failure, and what was relayed has not arrived yet."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientFate:
    """One recipient's fate. `status` is an enhanced code (RFC 3463), read from the words where no field has one.

    Empty where nothing is told; `original_recipient` is the address before it was forwarded, where it is another one.
    """

    recipient: str
    original_recipient: str = ""
    fate: Fate
    status: str = ""
    diagnostic: str = ""
    remote: str = ""


class Method(StrEnum):
    """What the mail does (RFC 5546, 1.4)."""

    REPLY = "reply"
    COUNTER = "counter"
    DECLINE_COUNTER = "declinecounter"


class Participation(StrEnum):
    """How an attendee answers (RFC 5545, 3.2.12)."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"
    DELEGATED = "delegated"
    NEEDS_ACTION = "needs-action"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarReply:
    """One answer. `attendee` is who answers, `sent_by` who answers for him; addresses without `mailto:`, lower case.

    `sequence` is that of the invitation that is answered, `stamp` when the answer was made; `starts_at` the time that a
    counter-proposal wants.
    """

    method: Method
    uid: str
    sequence: int
    stamp: datetime | None
    attendee: str
    sent_by: str
    participation: Participation
    delegated_to: tuple[str, ...]
    delegated_from: tuple[str, ...]
    comment: str
    starts_at: datetime | None


class AutomaticKind(StrEnum):
    """What a mail is that answers another one without anybody having written it, or through a calendar."""

    DELIVERY_REPORT = "delivery-report"
    READ_RECEIPT = "read-receipt"
    CALENDAR_REPLY = "calendar-reply"
    COMPLAINT = "complaint"
    ABSENCE = "absence"


BY_PROGRAM = frozenset(
    {AutomaticKind.DELIVERY_REPORT, AutomaticKind.READ_RECEIPT, AutomaticKind.COMPLAINT, AutomaticKind.ABSENCE}
)
"""Kinds that no person has a hand in; a calendar's answer is somebody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticMail:
    """One such mail. `about` are the Message-IDs that it may be about, the likeliest first, with their angle brackets.

    `detail` is the disposition of a read receipt or the type of a complaint. `returned` are the paths of the parts that hold
    the message that came back: nothing in them is anybody's letter. `addressed` is whom the mail was written to.
    """

    kind: AutomaticKind
    about: tuple[str, ...] = ()
    fates: tuple[RecipientFate, ...] = ()
    reply: CalendarReply | None = None
    detail: str = ""
    returned: tuple[str, ...] = ()
    addressed: tuple[str, ...] = ()
    by_words: bool = False
