"""Delivery reports: what they say of whom, however they say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail.answers import Fate
from parsers.mail.delivery_reports import Form, read_delivery_report
from parsers.mail.message import parse_message
from tests.parsers.mail.reports import HEAD, OURS, dsn, recipient, worded
from tests.parsers.mails import mixed, text

QMAIL = """Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<vt@so.example>:
192.0.2.1 does not like recipient.
Remote host said: 550 5.1.1 <vt@so.example>... User Unknown
Giving up on 192.0.2.1.

--- Below this line is a copy of the message.

Message-ID: {ours}
To: nobody@else.example
"""
EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  vt@so.example
    host mx.so.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<vt@so.example>:
    552 5.2.2 mailbox full
  ld@so.example
    Unrouteable address

------ This is a copy of the message, including all the headers. ------

Message-ID: {ours}
"""
ZIMBRA = """Đây là hệ thống thư tại máy chủ mail.tinh.example.

Rất tiếc, thư của bạn không thể gửi được tới người nhận sau đây:

vt@so.example: hộp thư của người nhận đã đầy

Thư gốc:
"""
NOTES = """------- Failure Reasons  --------

User  not listed in public Name & Address Book
vt@so.example

------- Returned Message --------
Message-ID: {ours}
"""
WARNING = """**********************************************
**      THIS IS A WARNING MESSAGE ONLY      **
**  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **
**********************************************

The original message was received at Thu, 1 Aug 2024

   ----- Transcript of session follows -----
<vt@so.example>... Deferred: Connection timed out with mx.so.example.
Warning: message still undelivered after 4 hours
Will keep trying until message is 5 days old
"""
EXCHANGE = """Your message

  To:      ha@so.example
  Subject: Test

did not reach the following recipient(s):

ha@so.example on Thu, 1 Aug 2024
    The e-mail account does not exist at the organization.
      <mx.so.example #5.1.1>
"""
DOMINO = """Your message

  Subject: Test

was not delivered to:

  ha@so.example

because:

  User ha (ha@so.example) not listed in Domino Directory
"""
MDAEMON = """The attached message had PERMANENT fatal delivery errors!

Failed address: ha@so.example

--- Session Transcript ---
 RCPT To:<ha@so.example>
 550 <ha@so.example> No such user here
"""
GMAIL = """** Không tìm thấy địa chỉ **

Thư của bạn không gửi được tới ha@so.example vì không tìm thấy địa chỉ này.
"""
VIETNAMESE_EXCHANGE = """Gửi đến những người nhận hoặc nhóm này thất bại:

ha@so.example (ha@so.example)
Không tìm thấy địa chỉ email bạn đã nhập.

ha@so.example
Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'
"""
OTHERS = (
    ("System Administrator <postmaster@so.example>", "Undeliverable: Test", EXCHANGE, "5.1.1"),
    ("Postmaster@so.example", "DELIVERY FAILURE: User ha (ha@so.example) not listed", DOMINO, "5.1.1"),
    ("MDaemon@so.example", "Permanent Delivery Failure", MDAEMON, "5.1.1"),
    ("Mail Delivery Subsystem <mailer-daemon@so.example>", "Delivery Status Notification (Failure)", GMAIL, "5.1.1"),
    ("Microsoft Outlook <MicrosoftExchange329e71ec@so.example>", "Không thể gửi: Giấy mời", VIETNAMESE_EXCHANGE, "5.1.10"),
    ("MAILER-DAEMON@so.example", "Undeliverable mail", "Failed to deliver to 'ha@so.example'\n account is full\n", "5.2.2"),
    ("MAILER-DAEMON@so.example", "Returned mail", "<ha@so.example>:\n552 5.2.2 sorry\n", "5.2.2"),
    ("postmaster@so.example", "Thư không gửi được", "Thư gửi tới ha@so.example không gửi được.\nHộp thư đã đầy.\n", "5.2.2"),
)


def read(raw, return_path=""):
    return read_delivery_report(raw, parse_message(raw), return_path)


def test_a_report_in_fields_tells_recipient_status_diagnostic_and_which_message_it_was():
    report = read(dsn())
    (fate,) = report.fates
    assert (report.form, fate.fate, fate.recipient, fate.status) == (Form.STANDARD, Fate.FAILED, "vt@so.example", "5.1.1")
    assert fate.diagnostic == "550 5.1.1 User unknown"
    assert report.returned.message_ids == (OURS,)


@pytest.mark.parametrize(
    ("action", "status", "fate"),
    [
        ("failed", "5.0.0", Fate.FAILED),
        ("delayed", "4.4.7", Fate.DELAYED),
        ("delivered", "2.0.0", Fate.DELIVERED),
        ("relayed (to mx)", "2.0.0", Fate.RELAYED),
        ("expanded", "2.0.0", Fate.EXPANDED),
        ("", "4.4.1", Fate.DELAYED),
        ("", "5.4.4", Fate.FAILED),
        ("", "2.1.5", Fate.DELIVERED),
    ],
)
def test_a_delay_is_no_failure_and_what_was_relayed_has_not_arrived(action, status, fate):
    assert read(dsn(recipient(action=action, status=status, diagnostic=""))).fates[0].fate is fate


def test_a_status_that_says_nothing_is_read_out_of_the_server_s_words():
    report = read(dsn(recipient(status="5.0.0", diagnostic="smtp; 550 No such user here")))
    assert report.fates[0].status == "5.1.1"


def test_an_alias_is_named_beside_the_mailbox_that_refused():
    group = recipient("inner@so.example", more="Original-Recipient: rfc822;vt@so.example")
    (fate,) = read(dsn(group)).fates
    assert (fate.recipient, fate.original_recipient) == ("inner@so.example", "vt@so.example")


def test_every_recipient_of_a_report_has_a_fate_of_its_own():
    report = read(dsn(recipient("a@so.example"), recipient("b@so.example", "delivered", "2.0.0", "")))
    assert [(fate.recipient, fate.fate) for fate in report.fates] == [
        ("a@so.example", Fate.FAILED),
        ("b@so.example", Fate.DELIVERED),
    ]


@pytest.mark.parametrize(
    ("words", "fates"),
    [
        (QMAIL, [("vt@so.example", Fate.FAILED, "5.1.1")]),
        (EXIM, [("vt@so.example", Fate.FAILED, "5.2.2"), ("ld@so.example", Fate.FAILED, "5.1.1")]),
        (ZIMBRA, [("vt@so.example", Fate.FAILED, "5.2.2")]),
        (NOTES, [("vt@so.example", Fate.FAILED, "5.1.1")]),
        (WARNING, [("vt@so.example", Fate.DELAYED, "4.4.1")]),
    ],
    ids=["qmail", "Exim", "Zimbra in Vietnamese", "Notes", "sendmail's warning"],
)
def test_a_report_in_words_tells_as_much_as_it_has(words, fates):
    report = read(worded(words.format(ours=OURS)))
    assert report.form is Form.WORDS
    assert [(fate.recipient, fate.fate, fate.status) for fate in report.fates] == fates
    assert report.returned.message_ids == ((OURS,) if "{ours}" in words else ())


@pytest.mark.parametrize(("sender", "subject", "words", "status"), OTHERS)
def test_the_words_of_many_programs_are_understood(sender, subject, words, status):
    head = f"From: {sender}\r\nTo: vp@tinh.example\r\nSubject: {subject}\r\nMessage-ID: <1@x>\r\n".encode()
    (fate,) = read(worded(words, head=head)).fates
    assert (fate.recipient, fate.fate, fate.status) == ("ha@so.example", Fate.FAILED, status)


def test_a_report_whose_boundary_is_lost_is_read_as_the_text_that_it_is():
    raw = dsn().replace(b"--b1", b"--xx")
    assert [fate.recipient for fate in read(raw).fates] == ["vt@so.example"]


@pytest.mark.parametrize(
    "raw",
    [
        mixed(text("Kính gửi Văn phòng, thư trước của chúng tôi không gửi được, xin gửi lại."), head=b"From: vt@so.example\r\n"),
        mixed(text(QMAIL), head=b"From: vt@so.example\r\nTo: x@y.example\r\nSubject: Fwd: failure notice\r\n"),
        b"From: postmaster@so.example\r\nTo: x@y.example\r\nSubject: Thong bao lich nghi\r\n\r\nNghi le 2/9.",
        b"From: Van thu <vt@so.example>\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n",
    ],
    ids=["a person sends again", "a person forwards a report", "a postmaster writes", "fields that a person pasted"],
)
def test_what_a_person_writes_is_no_report_even_where_it_speaks_of_one(raw):
    assert read(raw, "vt@so.example") is None


@given(st.binary(max_size=400))
def test_whatever_stands_in_the_fields_no_report_breaks_its_reader(body):
    head = HEAD + b"Content-Type: multipart/report; boundary=q\r\n\r\n--q\r\nContent-Type: message/delivery-status\r\n\r\n"
    report = read(head + body + b"\r\n--q--\r\n")
    assert report is None or all(fate.fate in set(Fate) for fate in report.fates)


@given(
    address=st.from_regex(r"[a-z]{1,12}@[a-z]{1,12}\.example", fullmatch=True),
    subject=st.integers(0, 9),
    detail=st.integers(0, 99),
)
def test_fields_are_read_back_as_they_were_written(address, subject, detail):
    status = f"5.{subject}.{detail}"
    (fate,) = read(dsn(recipient(address, status=status, diagnostic=f"smtp; 550 {status} x"))).fates
    assert (fate.recipient, fate.status) == (address, status)


@given(st.lists(st.sampled_from(["could not be delivered ", "<a@b.example>: ", "> ", "- - - ", "\n", "copy of the ", "x" * 50])))
def test_words_of_reports_in_any_order_are_read_in_time(pieces):
    read(worded("".join(pieces) * 20))


@pytest.mark.parametrize("line", [" ", "> ", "-", "- ", "\t", "= "])
def test_a_long_line_of_blanks_or_rules_is_looked_at_once(line):
    raw = b"From: a@b.vn\r\nSubject: Cong van\r\n\r\nKinh gui\r\n" + line.encode() * 10_000 + b"\r\nx"
    assert read_delivery_report(raw, parse_message(raw), "a@b.vn") is None
