from base64 import b64encode
from binascii import b2a_qp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail.identity import content_identity
from parsers.mail.message import MessageLimits, parse_message
from tests.parsers.mails import HEAD, PDF, attachment, mixed, text


def identity(raw, limits=None):
    return content_identity(raw, parse_message(raw, limits or MessageLimits()))


WORDS = "Kính gửi\r\nSở"
MAIL = mixed(text(WORDS), attachment(PDF))
WITH_BLANKS = "Kính gửi  \r\nFrom here on\r\nxin\t\r\n"


def inside(transfer_encoding: bytes, body: bytes, trace: bytes = b"") -> bytes:
    """An attached message whose text is encoded in this way."""
    head = trace + b"From: a@b.vn\r\nSubject: x\r\nMessage-ID: <in@b.vn>\r\nContent-Transfer-Encoding: " + transfer_encoding
    return b"Content-Type: message/rfc822\r\n\r\n" + head + b"\r\n\r\n" + body


IN_BASE64 = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64encode(WORDS.encode())


@pytest.mark.parametrize(
    "other",
    [
        b"Received: from a by b; 1 Mar 2026\r\nDelivered-To: x\r\n" + MAIL,
        MAIL.replace(b"limit", b"another"),
        MAIL.replace(b"\r\n", b"\n"),
        MAIL.replace(b"Van thu <", b'"Thu, Van" <'),
        MAIL + b"\r\nepilogue",
        mixed(IN_BASE64, attachment(PDF)),
    ],
    ids=["other trace", "other boundary", "other line ends", "other display name", "epilogue", "other transfer encoding"],
)
def test_the_way_a_mail_took_does_not_change_its_identity(other):
    assert other != MAIL
    assert identity(other) == identity(MAIL)


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace("Sở".encode(), "Xã".encode()),
        mixed(text(WORDS), attachment(PDF + b"\n")),
        mixed(attachment(PDF), text(WORDS)),
        mixed(text(WORDS)),
        MAIL.replace(b"vt@snv", b"vt@stc"),
        MAIL.replace(b"<1@", b"<2@"),
    ],
    ids=["text", "attachment", "order", "fewer parts", "From", "Message-ID"],
)
def test_other_content_has_another_identity(other):
    assert identity(other) != identity(MAIL)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (mixed(text(WITH_BLANKS)), mixed(text(WITH_BLANKS.replace("  \r", "\r").replace("\t\r", "\r")))),
        (mixed(text(WITH_BLANKS)), mixed(text(WITH_BLANKS.replace("\r\nFrom", "\r\n>From")))),
        (mixed(text(WITH_BLANKS)), mixed(text(WITH_BLANKS.replace("\r\n", "\r")))),
        (mixed(inside(b"7bit", b"Kinh gui=20\r\n")), mixed(inside(b"quoted-printable", b"Kinh gui=3D20\r\n"))),
        (mixed(inside(b"7bit", b"Kinh")), mixed(inside(b"base64", b"S2luaA==", trace=b"Received: by relay\r\n"))),
        (MAIL, MAIL.replace(b"Message-ID: <", b"Message-ID:\r\n <")),
    ],
    ids=[
        "blanks at line ends",
        "a mark of an mbox",
        "bare CR",
        "an attached message, encoded anew",
        "and with a trace",
        "folding",
    ],
)
def test_what_relays_and_mail_stores_change_does_not_enter(one, other):
    assert one != other
    assert identity(one) == identity(other)


@pytest.mark.parametrize(
    "other",
    [
        mixed(inside(b"7bit", b"Kinh gui ong")),
        mixed(inside(b"7bit", b"Kinh gui").replace(b"<in@", b"<other@")),
        mixed(inside(b"7bit", b"Kinh gui").replace(b"From: a@", b"From: c@")),
        mixed(inside(b"7bit", b"Kinh gui"), text("")),
        mixed(text("Kinh gui")),
    ],
    ids=["its text", "its Message-ID", "its From", "another part", "no message at all"],
)
def test_an_attached_message_of_other_content_makes_another_mail(other):
    assert identity(other) != identity(mixed(inside(b"7bit", b"Kinh gui")))


def test_a_forged_mail_that_takes_from_and_message_id_swallows_nothing():
    assert identity(mixed(text("Bỏ qua thư trước"))) != identity(MAIL)


def test_a_file_of_text_that_lost_a_blank_is_another_file():
    files = [attachment(content, "a.xml", "text/xml") for content in (b"<a> </a> \n", b"<a> </a>\n")]
    assert identity(mixed(files[0])) != identity(mixed(files[1]))


def test_a_footer_makes_another_mail():
    assert identity(mixed(text(WORDS + "\r\n--\r\nDanh sách thư"), attachment(PDF))) != identity(MAIL)


@given(st.binary(max_size=300))
def test_text_has_one_identity_in_every_transfer_encoding(content):
    head = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: "
    plain = head + b"base64\r\n\r\n" + b64encode(content)
    quoted = head + b"quoted-printable\r\n\r\n" + b2a_qp(content, istext=False)
    assert identity(mixed(plain)) == identity(mixed(quoted))


def test_long_runs_of_blanks_are_looked_at_once():
    assert identity(mixed(text(" " * 200_000 + "x"))) != identity(mixed(text("x")))


def test_bytes_moved_from_one_part_to_the_next_change_the_identity():
    assert identity(mixed(text("ab"), text("c"))) != identity(mixed(text("a"), text("bc")))


def test_what_a_limit_left_unread_counts_too():
    limits = MessageLimits(parts=2)
    assert identity(mixed(text("a"), text("b")), limits) != identity(mixed(text("a"), text("c")), limits)


def test_identity_is_a_hex_sha_256():
    assert len(bytes.fromhex(identity(HEAD + b"\r\nx"))) == 32


@pytest.mark.parametrize("field", ["Subject: Cong van 6", "Date: Mon, 02 Mar 2026 08:00:01 +0700"])
def test_without_a_message_id_date_and_subject_tell_mails_apart(field):
    one = b"From: scan@so.example\r\nSubject: Cong van 5\r\nDate: Mon, 02 Mar 2026 08:00:00 +0700\r\n\r\nScan"
    name = field.partition(":")[0].encode()
    other = b"\r\n".join(field.encode() if line.startswith(name) else line for line in one.split(b"\r\n"))
    assert identity(one) != identity(other)
    assert identity(one) == identity(b"Received: from a by b\r\n" + one.replace(b"Cong van 5", b"=?utf-8?Q?Cong_van_5?="))


def test_blanks_before_line_ends_do_not_enter_on_whichever_side_of_a_piece_they_stand(monkeypatch):
    monkeypatch.setattr("parsers.mail.identity._CHUNK", 5)
    lines = [b"Kinh gui  ", b"\t", b"", b"So Noi vu \t", b" xin moi"]
    bare = b"\r\n".join(line.rstrip() for line in lines)
    assert identity(HEAD + b"\r\n" + b"\n".join(lines)) == identity(HEAD + b"\r\n" + bare)
