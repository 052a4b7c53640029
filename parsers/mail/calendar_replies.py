"""Answers of calendar programs to an invitation: METHOD:REPLY, COUNTER and DECLINECOUNTER (RFC 5546, 3.2.3, 3.2.7, 3.2.8).

An answer is a claim of whoever sent the mail. Nothing here decides whether it is believed.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from parsers.charsets import printable
from parsers.mail.answers import CalendarReply, Method, Participation
from parsers.mail.body import decode_part
from parsers.mail.mime import leaves
from parsers.mail.model import Message, Part

if TYPE_CHECKING:
    from icalendar import Calendar, Event

LARGEST = 256 << 10
LONGEST_COMMENT = 2000
MOST_ATTENDEES = 50
MOST_COMPONENTS = 500
"""Components of one object; a time zone with all its changes has about 200. The library's work grows with their square."""

MOST_OBJECTS = 5
"""Calendar objects of one mail that are read; programs attach the same one twice."""

LARGEST_SEQUENCE = 2**31 - 1

_TYPES = frozenset({"text/calendar", "application/ics", "text/x-vcalendar", "application/calendar"})
_METHOD = re.compile(rb"^METHOD[^:\r\n]{0,80}:[ \t]*(REPLY|COUNTER|DECLINECOUNTER)\b", re.IGNORECASE | re.MULTILINE)


def read_calendar_reply(raw: bytes, message: Message) -> CalendarReply | None:
    """The answer in the mail, None where there is none or it cannot be read; the first one counts."""
    sender = message.headers.from_[0].address.lower() if message.headers.from_ else ""
    left = MOST_OBJECTS
    for part in leaves(message.root):
        if not _may_be_calendar(part) or part.body.end - part.body.start > 2 * LARGEST:
            continue
        content = decode_part(raw, part)
        # The method stands in the object; the parameter of the part may be lost on the way.
        if len(content) <= LARGEST and _METHOD.search(content) and content.upper().count(b"BEGIN:") <= MOST_COMPONENTS:
            reply, left = _read(content, sender), left - 1
            if reply is not None or not left:
                return reply
    return None


def _may_be_calendar(part: Part) -> bool:
    return part.media_type in _TYPES or (part.filename or "").lower().endswith(".ics")


def _read(content: bytes, sender: str) -> CalendarReply | None:
    from icalendar import Calendar  # noqa: PLC0415  a heavy library that few mails need

    try:
        calendar = Calendar.from_ical(content.decode("utf_8", "replace"))
        return _reply(calendar, sender)
    except (ValueError, KeyError, TypeError, AttributeError):
        # The library raises these for objects that are broken in one of many ways.
        return None


def _reply(calendar: "Calendar", sender: str) -> CalendarReply | None:
    method = str(calendar.get("METHOD", "")).strip().lower()
    events = calendar.events
    if method not in set(Method) or not events:
        return None
    event = events[0]
    uid = _text(event.get("UID"), 400)
    attendees = list(_attendees(event))[:MOST_ATTENDEES]
    if not uid or (not attendees and method == Method.REPLY):
        return None
    # An answer names one attendee; of several the one who wrote it is meant.
    address, params = next((item for item in attendees if item[0] == sender), attendees[0] if attendees else ("", {}))
    state = params.get("PARTSTAT", "").lower()
    return CalendarReply(
        method=Method(method),
        uid=uid,
        sequence=_number(event.get("SEQUENCE")),
        stamp=_moment(event, "DTSTAMP"),
        attendee=address,
        sent_by=_address(params.get("SENT-BY", "")),
        participation=Participation(state) if state in set(Participation) else Participation.NEEDS_ACTION,
        delegated_to=_addresses(params.get("DELEGATED-TO", "")),
        delegated_from=_addresses(params.get("DELEGATED-FROM", "")),
        comment=_text(event.get("COMMENT"), LONGEST_COMMENT),
        starts_at=_moment(event, "DTSTART") if method == Method.COUNTER else None,
    )


def _attendees(event: "Event") -> Iterator[tuple[str, dict[str, str]]]:
    found = event.get("ATTENDEE", [])
    for item in found if isinstance(found, list) else [found]:
        params = {str(name).upper(): _listed(value) for name, value in getattr(item, "params", {}).items()}
        yield _address(str(item)), params


def _listed(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _addresses(value: str) -> tuple[str, ...]:
    return tuple(address for item in value.split(",")[:MOST_ATTENDEES] if (address := _address(item)))


def _address(value: str) -> str:
    plain = value.strip().strip('"').strip()
    return printable(plain[7:] if plain.lower().startswith("mailto:") else plain, 320).strip().lower()


def _text(value: object, limit: int) -> str:
    first = value[0] if isinstance(value, list) and value else value
    return printable(str(first), limit).strip() if first is not None and first != [] else ""


def _number(value: object) -> int:
    try:
        return max(0, min(int(str(value)), LARGEST_SEQUENCE))
    except ValueError:
        return 0


def _moment(event: "Event", name: str) -> datetime | None:
    """The time in UTC; a day or a time without a zone says too little."""
    value = getattr(event.get(name), "dt", None)
    if isinstance(value, datetime) and value.tzinfo is not None:
        try:
            return value.astimezone(UTC)
        except OverflowError:
            return None
    return datetime(value.year, value.month, value.day, tzinfo=UTC) if isinstance(value, date) and name == "DTSTAMP" else None
