"""What a notice about a meeting says, as stored with its dispatch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mailhub.notices.context import Addressee, Contact, Original


class MeetingNotice(StrEnum):
    """What one is told of a meeting. REMOVED: it takes place, and one is no longer asked to come."""

    INVITE = "invite"
    MOVE = "move"
    UPDATE = "update"
    POSTPONE = "postpone"
    CANCEL = "cancel"
    REMOVED = "removed"


MEETING_KINDS: Mapping[MeetingNotice, str] = {notice: f"meeting-{notice.value}" for notice in MeetingNotice}
"""The kinds of notices about meetings; all of them have the same context, each has templates of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """When and where; a meeting without an end has none announced."""

    starts_at: datetime
    place: str
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that goes with a notice: where its bytes are, and hex SHA-256. `edition` 2 takes the place of edition 1."""

    name: str
    size: int
    sha256: str
    blob: str
    edition: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationText:
    """What stands in a draft of a giấy mời, which is set from it whenever it is needed. `file` is its name as a file."""

    file: str
    issuer: str
    opening: str
    reference: str
    place_and_date: str
    subject: str
    invited: tuple[str, ...]
    when: str
    place: str
    contact: str
    created: datetime
    parent: str = ""
    agenda: str = ""
    chair: str = ""
    requirements: str = ""
    papers: tuple[str, ...] = ()
    signing_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingContext:
    """A notice about a meeting to one mailbox.

    `slot` is when and where it takes place, or does not; `before` what this recipient knew. `busy_until` is the end that a
    calendar shows. `stamp` is its DTSTAMP; `ordinal` counts the messages to this recipient, `original` is the one before.
    `others` are named in the calendar where the office wants that.
    """

    notice: MeetingNotice
    addressee: Addressee
    unit_name: str
    unit_address: str
    time_zone: str
    contact: Contact
    uid: str
    sequence: int
    stamp: datetime
    title: str
    slot: Slot
    busy_until: datetime
    made_at: datetime
    ordinal: int = 1
    original: Original = field(default_factory=Original)
    before: Slot | None = None
    reference: str = ""
    letter: Enclosure | None = None
    draft: InvitationText | None = None
    agenda: str = ""
    chair: str = ""
    requirements: str = ""
    note: str = ""
    papers: tuple[Enclosure, ...] = ()
    others: tuple[Addressee, ...] = ()
