"""Which kind of automatic mail it is: reports, receipts, complaints, absences, calendars' answers, or a person's mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail.answers import AutomaticKind
from parsers.mail.automatic import read_automatic
from parsers.mail.message import parse_message
from parsers.mail.returned_message import forwarded_marks
from tests.parsers.mail.reports import OURS, calendar, calendar_mail, dsn
from tests.parsers.mails import PDF, attachment, mixed, text

PERSON = b"From: Ha <ha@syt.example>\r\nTo: vpub@tinh.example\r\nMessage-ID: <1@syt.example>\r\n"
COPY = f"Content-Type: message/rfc822\r\n\r\nMessage-ID: {OURS}\r\nTo: ha@syt.example\r\n\r\nx".encode()


def read(raw, return_path="ha@syt.example"):
    return read_automatic(raw, parse_message(raw), return_path)


def of_fields(*fields, subject="Re: Họp"):
    return "".join(f"{field}\r\n" for field in ("From: ha@syt.example", f"Subject: {subject}", *fields)).encode() + b"\r\nx"


def mdn(disposition="manual-action/MDN-sent-manually; displayed", original=OURS):
    fields = f"Final-Recipient: rfc822;ha@syt.example\r\nOriginal-Message-ID: {original}\r\nDisposition: {disposition}\r\n"
    part = b"Content-Type: message/disposition-notification\r\n\r\n" + fields.encode()
    return mixed(text("Read"), part, head=PERSON, subtype=b"report; report-type=disposition-notification")


def arf(kind="abuse"):
    fields = f"Feedback-Type: {kind}\r\nUser-Agent: FBL/1\r\nOriginal-Rcpt-To: ha@syt.example\r\n"
    part = b"Content-Type: message/feedback-report\r\n\r\n" + fields.encode()
    return mixed(text("This is an email abuse report"), part, COPY, head=PERSON, subtype=b"report; report-type=feedback-report")


@pytest.mark.parametrize(
    ("raw", "kind", "detail"),
    [
        (dsn(), AutomaticKind.DELIVERY_REPORT, ""),
        (mdn(), AutomaticKind.READ_RECEIPT, "displayed"),
        (mdn("automatic-action/MDN-sent-automatically; deleted/error"), AutomaticKind.READ_RECEIPT, "deleted"),
        (arf(), AutomaticKind.COMPLAINT, "abuse"),
    ],
)
def test_reports_receipts_and_complaints_name_the_message_that_they_are_about(raw, kind, detail):
    found = read(raw)
    assert (found.kind, found.detail, found.about[:1]) == (kind, detail, (OURS,))


@pytest.mark.parametrize(
    "raw",
    [
        of_fields("Auto-Submitted: auto-replied (vacation)"),
        of_fields("Auto-Submitted: auto-replied (zimbra; vacation)"),
        of_fields("Precedence: bulk", "X-Autoreply: yes"),
        of_fields("Precedence: auto_reply"),
        of_fields("X-Auto-Response-Suppress: All", subject="Automatic reply: Họp"),
        of_fields(subject="Out of Office: Họp"),
        of_fields(subject="Trả lời tự động: Họp triển khai"),
        of_fields(subject="=?utf-8?q?T=E1=BB=B1_=C4=91=E1=BB=99ng_tr=E1=BA=A3_l=E1=BB=9Di?="),
        of_fields(subject="RE: Nghỉ phép đến 12/8"),
        of_fields("In-Reply-To: <1@hub.example>", subject="Đi công tác đến 12/8"),
        of_fields(subject="AUTO: Nguyen Van A is out of the office (returning 12/08/2026)"),
        of_fields("X-Mail-Autoreply: 1"),
    ],
)
def test_an_absence_is_known_by_its_fields_or_its_subject(raw):
    assert read(raw).kind is AutomaticKind.ABSENCE


def test_an_absence_that_speaks_of_mail_not_delivered_is_no_failure():
    raw = b"Auto-Submitted: auto-replied\r\nReturn-Path: <>\r\nFrom: Mail System <ha@syt.example>\r\n"
    raw += "Subject: Trả lời tự động: x\r\n\r\n<ha@syt.example>: thư không gửi được, hộp thư đã đầy".encode()
    assert read(raw, "").kind is AutomaticKind.ABSENCE


def test_a_calendar_s_answer_is_one_also_where_it_bears_every_mark_of_a_program():
    raw = calendar_mail(calendar(), head=b"Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\nPrecedence: bulk\r\n")
    assert read(raw).kind is AutomaticKind.CALENDAR_REPLY


@pytest.mark.parametrize(
    "raw",
    [
        mixed(text("Cảm ơn chị."), head=PERSON + b"Subject: Re: =?utf-8?q?Bi=C3=AAn_nh=E1=BA=ADn?=\r\n"),
        mixed(text("Kính gửi Văn phòng"), head=PERSON + b"Auto-Submitted: no\r\n"),
        of_fields("Auto-Submitted: auto-generated", subject="Văn bản 12/STC"),
        of_fields(subject="Về việc nghỉ phép năm 2024"),
        of_fields(subject="Nghỉ phép năm 2026 của cán bộ"),
        of_fields(subject="Đi công tác tại Hà Nội"),
        of_fields("X-MS-Exchange-Inbox-Rules-Loop: vanthu@stc.example", subject="Văn bản 12/STC"),
        of_fields(subject="Auto: Đăng ký xe ô tô công vụ"),
    ],
    ids=[
        "thanks",
        "a person's mail that says so",
        "an office system's mail",
        "a letter about leave",
        "leave",
        "a journey",
        "a letter that a rule of Exchange redirects",
        "cars",
    ],
)
def test_a_person_s_mail_and_a_letter_from_a_program_are_none_of_these(raw):
    assert read(raw) is None


@pytest.mark.parametrize(
    ("field", "marks"),
    [
        ("X-Auto-Response-Suppress: All", ("X-Auto-Response-Suppress",)),
        ("X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply", ("X-Auto-Response-Suppress",)),
        ("X-Auto-Response-Suppress: DR, RN, NRN", ()),
        ("X-MS-Exchange-Inbox-Rules-Loop: vanthu@stc.example", ()),
        ("X-Autoreply-From: ha@syt.example", ("X-Autoreply",)),
        ("X-Cron-Env: <SHELL=/bin/sh>", ("X-Cron-Env",)),
    ],
)
def test_a_program_s_mail_is_marked_and_what_a_rule_passes_on_is_not(field, marks):
    assert parse_message(of_fields(field)).headers.automatic == marks


OWN = f"Content-Type: message/rfc822\r\n\r\nX-Mailhub-Loop: h1\r\nMessage-ID: {OURS}\r\n\r\nx".encode()


@pytest.mark.parametrize(
    ("parts", "marks"),
    [((text("fyi"), OWN), ("h1",)), ((text("fyi"), OWN, attachment(PDF)), ()), ((text("fyi"), COPY), ()), ((text("fyi"),), ())],
    ids=["our mail passed on", "beside a file of his own", "somebody else's mail", "no attachment"],
)
def test_our_own_mail_is_known_where_a_program_passes_it_on_as_an_attachment(parts, marks):
    raw = mixed(*parts, head=PERSON)
    assert forwarded_marks(raw, parse_message(raw)) == marks


@given(st.lists(st.sampled_from([b"Auto-Submitted: ", b"auto-replied", b"\r\n", b"--q", b"message/rfc822", b"\xc4\x91", b"@"])))
def test_any_pieces_of_mail_are_read_without_an_error(pieces):
    raw = b"Content-Type: multipart/report; boundary=q\r\n\r\n" + b"".join(pieces)
    found = read(raw)
    assert found is None or found.kind in set(AutomaticKind)
