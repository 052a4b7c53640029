from base64 import b64encode

import pytest

from parsers.mail.identity import content_identity
from parsers.mail.message import MessageLimits, parse_message
from tests.parsers.mails import HEAD, PDF, attachment, mixed, text


def identity(raw, limits=None):
    return content_identity(raw, parse_message(raw, limits or MessageLimits()))


WORDS = "Kính gửi\r\nSở"
MAIL = mixed(text(WORDS), attachment(PDF))
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


def test_bytes_moved_from_one_part_to_the_next_change_the_identity():
    assert identity(mixed(text("ab"), text("c"))) != identity(mixed(text("a"), text("bc")))


def test_what_a_limit_left_unread_counts_too():
    limits = MessageLimits(parts=2)
    assert identity(mixed(text("a"), text("b")), limits) != identity(mixed(text("a"), text("c")), limits)


def test_identity_is_a_hex_sha_256():
    assert len(bytes.fromhex(identity(HEAD + b"\r\nx"))) == 32
