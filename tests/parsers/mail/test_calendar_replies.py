"""Answers of calendars: who answers what to which revision."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail.answers import Method, Participation
from parsers.mail.calendar_replies import read_calendar_reply
from parsers.mail.message import parse_message
from tests.parsers.mail.reports import calendar, calendar_mail
from tests.parsers.mails import mixed

VIA = "application/ics; name=invite.ics"


def read(raw):
    return read_calendar_reply(raw, parse_message(raw))


def test_an_answer_tells_who_answers_what_to_which_revision():
    reply = read(calendar_mail(calendar(sequence=3)))
    assert (reply.method, reply.uid, reply.sequence) == (Method.REPLY, "u1@mailhub.example", 3)
    assert (reply.attendee, reply.participation) == ("ha@syt.example", Participation.ACCEPTED)
    assert reply.stamp == datetime(2024, 8, 1, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize("media_type", ["text/calendar; charset=utf-8", VIA, 'application/octet-stream; name="invite.ics"'])
def test_the_method_counts_as_the_object_says_whatever_became_of_the_part_s_type(media_type):
    assert read(calendar_mail(calendar(), media_type=media_type)).method is Method.REPLY


@pytest.mark.parametrize("state", ["DECLINED", "TENTATIVE", "DELEGATED", "NEEDS-ACTION"])
def test_each_way_of_answering_is_told_apart(state):
    who = f'ATTENDEE;PARTSTAT={state};DELEGATED-TO="mailto:PHO@syt.example":MAILTO:Ha@SYT.example'
    reply = read(calendar_mail(calendar(attendee=who)))
    assert (reply.participation.value, reply.delegated_to) == (state.lower(), ("pho@syt.example",))


def test_a_delegate_s_answer_names_whom_he_stands_for():
    who = 'ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="mailto:ha@syt.example":mailto:pho@syt.example'
    reply = read(calendar_mail(calendar(attendee=who), sender="pho@syt.example"))
    assert (reply.attendee, reply.delegated_from) == ("pho@syt.example", ("ha@syt.example",))


def test_of_several_attendees_the_one_who_wrote_is_meant():
    who = "ATTENDEE;PARTSTAT=DECLINED:mailto:other@x.example\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ha@syt.example"
    assert read(calendar_mail(calendar(attendee=who))).participation is Participation.ACCEPTED


def test_a_counter_proposal_tells_the_time_that_is_wanted_and_the_words():
    reply = read(calendar_mail(calendar("COUNTER", more="COMMENT:Xin dời sang chiều")))
    assert (reply.method, reply.comment) == (Method.COUNTER, "Xin dời sang chiều")
    assert reply.starts_at == datetime(2024, 8, 9, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "ics",
    [
        calendar("REQUEST"),
        calendar("CANCEL"),
        calendar(uid=""),
        "METHOD:REPLY\r\n",
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n",
        calendar()[:-60],
    ],
    ids=["an invitation", "a cancellation", "no UID", "no calendar", "no event", "cut off"],
)
def test_what_is_no_answer_or_is_broken_is_none(ics):
    assert read(calendar_mail(ics)) is None


@given(st.text(alphabet="BEGIN:VEVENT\r\nUDMAILTOxyz;=\"'0123,", max_size=300))
def test_whatever_stands_in_the_object_no_reader_breaks(middle):
    ics = f"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:u\r\n{middle}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    reply = read(calendar_mail(ics))
    assert reply is None or reply.uid


@given(sequence=st.integers(0, 2**31 - 1), comment=st.from_regex(r"[A-Za-zĐđ ]{0,100}", fullmatch=True))
def test_an_answer_is_read_back_as_it_was_written(sequence, comment):
    reply = read(calendar_mail(calendar(sequence=sequence, more=f"COMMENT:{comment}")))
    assert (reply.sequence, reply.comment) == (sequence, " ".join(comment.split()))


def test_an_object_of_components_without_end_and_the_sixth_object_are_not_read():
    assert read(calendar_mail(calendar(more="BEGIN:VALARM\r\n" * 600))) is None
    broken = b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n"
    whole = b"Content-Type: text/calendar\r\n\r\n" + calendar().encode()
    assert read(mixed(*[broken] * 4, whole)) is not None
    assert read(mixed(*[broken] * 5, whole)) is None
