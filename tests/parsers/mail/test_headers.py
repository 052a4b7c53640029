from datetime import UTC, datetime

import pytest

from parsers.mail.message import Mailbox, parse_message
from parsers.mail.model import MessageCode
from tests.parsers.mails import codes


def headers(raw):
    return parse_message(raw + b"\r\n\r\n").headers


def findings(raw):
    return codes(parse_message(raw + b"\r\n\r\n").findings)


def test_fields_are_decoded():
    raw = (
        b"From: =?UTF-8?B?U+G7nw==?= <vt@X.vn>\r\nSender: s@x.vn\r\nReply-To: r@x.vn\r\nTo: a@x.vn, b@x.vn\r\nCc: c@x.vn\r\n"
        b"Subject: =?UTF-8?Q?C=C3=B4ng?=\r\n =?UTF-8?Q?_v=C4=83n?= 226\r\nMessage-ID: <1@x.vn>\r\nIn-Reply-To: <0@x.vn>\r\n"
        b"References: <a@x.vn>\r\n <b@x.vn>\r\nDate: Mon, 02 Mar 2026 08:30:00 +0700"
    )
    found = headers(raw)
    assert found.from_ == (Mailbox(name="Sở", address="vt@x.vn"),)
    assert [box.address for box in (*found.sender, *found.reply_to, *found.to, *found.cc)] == [
        *("s@x.vn", "r@x.vn", "a@x.vn", "b@x.vn", "c@x.vn")
    ]
    assert found.subject == "Công văn 226"
    assert (found.message_id, found.in_reply_to, found.references) == ("<1@x.vn>", ("<0@x.vn>",), ("<a@x.vn>", "<b@x.vn>"))
    assert found.sent_at == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    assert not found.automatic
    assert not found.junk


def test_absent_fields_are_empty():
    found = headers(b"X-None: 1")
    assert (found.from_, found.subject, found.message_id, found.references, found.sent_at) == ((), "", "", (), None)


@pytest.mark.parametrize(
    "value", [b"yesterday", b"Mon, 99 Foo 99999 99:99:99 +9999", b"31 Dec 9999 23:59:59 -1400", b"1 " * 5000]
)
def test_unreadable_date_is_none_and_told(value):
    assert headers(b"Date: " + value).sent_at is None
    assert MessageCode.DEFECT in findings(b"Date: " + value)


def test_date_without_a_zone_is_utc():
    assert headers(b"Date: 2 Mar 2026 08:30:00 -0000").sent_at == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        (b"Auto-Submitted: auto-replied; x=1", "Auto-Submitted"),
        (b"Auto-Submitted: no\r\nAuto-Submitted: auto-replied", "Auto-Submitted"),
        (b"Precedence: normal\r\nPrecedence: list", "Precedence"),
        (b"Precedence: bulk", "Precedence"),
        (b"Precedence: auto_reply", "Precedence"),
        (b"List-Id: <l.x.vn>", "List-Id"),
        (b"List-Unsubscribe: <mailto:u@x.vn>", "List-Unsubscribe"),
        (b"X-Auto-Response-Suppress: All", "X-Auto-Response-Suppress"),
        (b"X-Autoreply: yes", "X-Autoreply"),
        (b"X-Autorespond: y", "X-Autorespond"),
        (b"Return-Path: <>", "Return-Path"),
        (b"Content-Type: multipart/report; boundary=x", "Content-Type"),
        (b"From: MAILER-DAEMON@x.vn", "From"),
        (b"From: no-reply@x.vn", "From"),
        (b"From: noreply+12@x.vn", "From"),
        (b"From: owner-list@x.vn", "From"),
        (b"From: list-request@x.vn", "From"),
        (b"Received: x\r\n" * 30 + b"Received: x", "Received"),
        (b"Delivered-To: a@x.vn\r\n" * 2 + b"Delivered-To: a@x.vn", "Delivered-To"),
    ],
)
def test_automatic_mail_is_told_by_its_fields(line, mark):
    assert headers(line).automatic == (mark,)


@pytest.mark.parametrize(
    "line",
    [
        b"Auto-Submitted: no",
        b"Auto-Submitted: No (a person)",
        b"Precedence: normal",
        b"From: postmaster-general@x.vn",
        b"From: request@x.vn",
        b"Return-Path: <a@x.vn>",
        b"Received: x\r\n" * 29 + b"Received: x",
        b"Delivered-To: a@x.vn\r\nDelivered-To: a@x.vn\r\nDelivered-To: b@x.vn",
    ],
)
def test_mail_of_a_person_is_not_automatic(line):
    assert headers(line).automatic == ()


@pytest.mark.parametrize(("line", "junk"), [(b"X-Spam-Flag: YES", True), (b"X-Spam: Yes", True), (b"X-Spam-Flag: no", False)])
def test_junk_is_told_by_the_border_server(line, junk):
    assert headers(line).junk is junk


def test_loop_marks_are_kept():
    assert headers(b"X-Mailhub-Loop: h1\r\nX-Mailhub-Loop: h2").loop_marks == ("h1", "h2")


def test_several_senders_are_told():
    assert MessageCode.SEVERAL_FROM in findings(b"From: a@x.vn, b@x.vn")
    repeated = findings(b"From: a@x.vn\r\nFrom: b@x.vn")
    assert {MessageCode.SEVERAL_FROM, MessageCode.DUPLICATE_HEADER} <= repeated
    assert MessageCode.SEVERAL_FROM not in findings(b"From: a@x.vn")


def test_address_in_display_name_is_told():
    assert MessageCode.ADDRESS_IN_DISPLAY_NAME in findings(b'From: "ct@ubnd.vn" <x@evil.com>')


def test_addresses_beyond_the_limit_are_told():
    raw = b"From: a@x.vn\r\nTo: " + b",".join(b"u%d@x" % n for n in range(6000)) + b"\r\nCc: c@x.vn"
    assert len(headers(raw).to) == 4999
    assert MessageCode.HEADER_TRUNCATED in findings(raw)


def test_control_characters_do_not_reach_the_subject():
    assert headers(b"Subject: =?utf-8?q?a=0D=0AX-Evil:_1=00b?=").subject == "a X-Evil: 1 b"


def test_message_id_without_brackets_is_kept():
    assert headers(b"Message-ID: 1@x.vn").message_id == "1@x.vn"
