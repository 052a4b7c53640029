"""The calendar part against the restrictions of RFC 5545 and RFC 5546, read by hand and by a library."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.meetings.calendar import METHODS, calendar_of
from mailhub.notices.context import Addressee
from mailhub.notices.meeting_context import MeetingNotice, Slot
from tests.meetings.building import CONTEXT, NINTH, told

FORMED = re.compile(r"[A-Z-]+(;[A-Z-]+=(\"[^\"\x00-\x1f]*\"|[^\";:,\x00-\x1f]*))*:[^\x00-\x08\x0a-\x1f]*")
ONCE = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "ORGANIZER", "SUMMARY", "STATUS", "LOCATION", "DESCRIPTION", "TRANSP"}
NEVER = {"REQUEST-STATUS", "RECURRENCE-ID", "RRULE", "RDATE", "DURATION"}


def lines_of(raw):
    """Content lines, unfolded by hand (RFC 5545, 3.1)."""
    assert raw.endswith(b"\r\n")
    physical = raw[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in physical)
    # A line is never folded inside a character: every physical line is UTF-8.
    assert all(line.decode("utf-8") is not None for line in physical)
    return b"\r\n".join(physical).replace(b"\r\n ", b"").decode("utf-8").split("\r\n")


def names(lines):
    return [re.split("[;:]", line, maxsplit=1)[0] for line in lines]


def conforms(raw, notice):
    """What RFC 5546, 3.2.2 and 3.2.5 ask of a REQUEST and a CANCEL for one meeting."""
    lines = lines_of(raw)
    assert all(FORMED.fullmatch(line) for line in lines), [line for line in lines if not FORMED.fullmatch(line)]
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    method = METHODS[notice]
    assert lines.count(f"METHOD:{method}") == 1
    assert lines.count("VERSION:2.0") == 1
    assert names(lines).count("PRODID") == 1
    event = lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]
    found = names(event)
    assert set(found) >= ONCE
    assert all(found.count(name) == 1 for name in ONCE)
    assert not NEVER & set(found)
    assert found.count("ATTENDEE") >= 1
    assert "VALARM" not in "".join(event)
    status = next(line for line in event if line.startswith("STATUS:"))
    assert status == ("STATUS:CANCELLED" if method == "CANCEL" else "STATUS:CONFIRMED")
    zone = next(line for line in event if line.startswith("DTSTART")).partition("TZID=")[2].partition(":")[0]
    assert f"TZID:{zone}" in lines[lines.index("BEGIN:VTIMEZONE") : lines.index("END:VTIMEZONE")]
    stamp = next(line for line in event if line.startswith("DTSTAMP"))
    assert re.fullmatch(r"DTSTAMP:\d{8}T\d{6}Z", stamp)
    return event


@pytest.mark.parametrize("notice", MeetingNotice)
def test_every_notice_keeps_the_restrictions_of_itip(notice):
    conforms(calendar_of(told(notice)), notice)


@pytest.mark.parametrize(
    ("notice", "method"),
    [
        (MeetingNotice.INVITE, "REQUEST"),
        (MeetingNotice.MOVE, "REQUEST"),
        (MeetingNotice.UPDATE, "REQUEST"),
        (MeetingNotice.POSTPONE, "CANCEL"),
        (MeetingNotice.CANCEL, "CANCEL"),
        (MeetingNotice.REMOVED, "CANCEL"),
    ],
)
def test_what_does_not_take_place_is_cancelled_in_the_calendar(notice, method):
    assert str(icalendar.Calendar.from_ical(calendar_of(told(notice)))["METHOD"]) == method


def test_the_organizer_is_the_sender_and_the_only_attendee_the_recipient():
    event = icalendar.Calendar.from_ical(calendar_of(CONTEXT)).walk("VEVENT")[0]
    assert str(event["ORGANIZER"]) == "mailto:vpub@tinh.example"
    assert str(event["ATTENDEE"]) == "mailto:ha@syt.example"
    assert event["ATTENDEE"].params["CN"] == "Giám đốc Sở Y tế Trần Văn Hà"


def test_others_are_named_where_the_office_wants_it():
    others = (Addressee(address="binh@stc.example", name="Phạm Quốc Bình", agency=False),)
    event = icalendar.Calendar.from_ical(calendar_of(replace(CONTEXT, others=others))).walk("VEVENT")[0]
    assert [str(party) for party in event["ATTENDEE"]] == ["mailto:ha@syt.example", "mailto:binh@stc.example"]


def test_times_are_those_of_the_unit_s_clock_in_a_zone_without_summer_time():
    raw = calendar_of(CONTEXT).decode()
    assert "DTSTART;TZID=Asia/Ho_Chi_Minh:20240809T080000" in raw
    zone = raw[raw.index("BEGIN:VTIMEZONE") : raw.index("END:VTIMEZONE")]
    assert "DAYLIGHT" not in zone
    assert "TZOFFSETTO:+0700" in zone


def test_a_quote_in_a_name_is_left_out_because_outlook_shows_its_escape():
    named = replace(CONTEXT, addressee=replace(CONTEXT.addressee, name='Trần "Hà", GĐ; Sở Y tế'))
    raw = calendar_of(named)
    assert b"^'" not in raw
    conforms(raw, MeetingNotice.INVITE)
    event = icalendar.Calendar.from_ical(raw).walk("VEVENT")[0]
    assert event["ATTENDEE"].params["CN"] == "Trần Hà, GĐ; Sở Y tế"


@given(
    st.text(min_size=1, max_size=120).filter(str.strip),
    st.text(min_size=1, max_size=60).filter(str.strip),
    st.text(min_size=1, max_size=60).filter(str.strip),
    st.integers(0, 12 * 366 * 86_400),
)
def test_nothing_that_a_clerk_types_adds_a_line_and_words_read_back(title, place, name, seconds):
    starts = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    changed = replace(
        CONTEXT,
        title=title,
        slot=Slot(starts_at=starts, place=place),
        busy_until=starts + timedelta(hours=2),
        addressee=replace(CONTEXT.addressee, name=name),
    )
    raw = calendar_of(changed)
    event = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    assert len(event) == 1
    assert event[0]["DTSTART"].dt == starts
    assert raw.count(b"BEGIN:") == 4
    assert calendar_of(changed) == raw


def test_the_same_meeting_gives_the_same_bytes():
    assert calendar_of(CONTEXT) == calendar_of(replace(CONTEXT, slot=Slot(starts_at=NINTH, place="Phòng họp số 1")))
