"""The calendar part of a notice about a meeting: iCalendar (RFC 5545) with the restrictions of iTIP (RFC 5546, 3.2)."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from mailhub.notices.context import Addressee
from mailhub.notices.meeting_context import MeetingContext, MeetingNotice

PRODUCT = "-//mailhub//mailhub//VI"
REQUEST = "REQUEST"
CANCEL = "CANCEL"

METHODS: Mapping[MeetingNotice, str] = {
    MeetingNotice.INVITE: REQUEST,
    MeetingNotice.MOVE: REQUEST,
    MeetingNotice.UPDATE: REQUEST,
    MeetingNotice.POSTPONE: CANCEL,
    MeetingNotice.CANCEL: CANCEL,
    MeetingNotice.REMOVED: CANCEL,
}
"""A postponed meeting has no time, which iTIP cannot say: its old time is taken away, and a new one is asked for later."""


def calendar_of(context: MeetingContext) -> bytes:
    """The calendar object for one recipient, the same bytes for the same context; lines end with CRLF."""
    method = METHODS[context.notice]
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(zone_of(context.time_zone, context.slot.starts_at.year))
    calendar.add_component(event_of(context, method))
    return bytes(calendar.to_ical())


@lru_cache(maxsize=16)
def zone_of(name: str, year: int) -> Timezone:
    """The zone in the years around a meeting; no reader needs its history. Working it out takes 30 ms, so it is kept."""
    zone = Timezone.from_tzid(name, first_date=date(year - 1, 1, 1), last_date=date(year + 2, 1, 1))
    zone.pop("comment", None)
    return zone


def event_of(context: MeetingContext, method: str) -> Event:
    """The meeting as an event.

    DTSTART of a cancellation is the time that is taken away. Nobody else is named unless the office wants that: an address
    is nobody else's business (RFC 5546 asks for one attendee only).
    """
    zone = ZoneInfo(context.time_zone)
    event = Event()
    event.add("uid", context.uid)
    event.add("sequence", context.sequence)
    event.add("dtstamp", context.stamp)
    event.add("dtstart", context.slot.starts_at.astimezone(zone))
    event.add("dtend", context.busy_until.astimezone(zone))
    event.add("summary", summary(context))
    event.add("location", context.slot.place)
    event.add("description", description(context))
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if method == CANCEL else "OPAQUE")
    event.add("organizer", party(Addressee(address=context.unit_address, name=context.unit_name)))
    for addressee in (context.addressee, *context.others):
        event.add("attendee", attendee(addressee))
    return event


def summary(context: MeetingContext) -> str:
    """What a diary shows in one line."""
    marks = {MeetingNotice.POSTPONE: "HOÃN HỌP: ", MeetingNotice.CANCEL: "HỦY HỌP: ", MeetingNotice.REMOVED: "RÚT LỜI MỜI: "}
    return f"{marks.get(context.notice, '')}{context.title}"


def description(context: MeetingContext) -> str:
    """What else a diary keeps."""
    lines = (
        f"Giấy mời số {context.reference}" if context.reference else "",
        f"Chủ trì: {context.chair}" if context.chair else "",
        context.agenda,
        context.requirements,
        "Chưa có lịch mới, sẽ báo sau." if context.notice is MeetingNotice.POSTPONE else "",
        f"Liên hệ: {context.contact.name}, {context.contact.phone}",
    )
    return "\n".join(line for line in lines if line)


def party(addressee: Addressee) -> vCalAddress:
    """A calendar user. Outlook shows the RFC 6868 form of a quote as it stands, so quotes are left out of names."""
    address = vCalAddress(f"mailto:{addressee.address}")
    address.params["CN"] = vText(" ".join(addressee.name.replace('"', "").replace("^", "").split()))
    return address


def attendee(addressee: Addressee) -> vCalAddress:
    """One who is asked to come and to answer; a telephone call answers as well."""
    address = party(addressee)
    for name, value in (("CUTYPE", "INDIVIDUAL"), ("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "NEEDS-ACTION"), ("RSVP", "TRUE")):
        address.params[name] = vText(value)
    return address
