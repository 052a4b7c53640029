import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.errors import ParseError
from parsers.mail.message import MessageCode, parse_message
from parsers.mail.second_reading import Attachment, disagreement, second_reading
from tests.parsers.mail.test_filenames import DISPOSITIONS
from tests.parsers.mails import HEAD, PDF, attachment, codes, mixed, text


def seen(raw):
    return disagreement(raw, parse_message(raw))


def test_second_reader_gives_names_and_digests():
    assert second_reading(mixed(text("x"), attachment(PDF))) == (Attachment("a.pdf", hashlib.sha256(PDF).hexdigest()),)


def test_second_reader_that_gives_up_raises_parse_error():
    with pytest.raises(ParseError):
        second_reading(HEAD + b"Content-Transfer-Encoding: base64\r\nContent-Type: a/b\r\n\r\n!!!!")


def test_panic_of_the_second_reader_is_a_parse_error_and_an_interrupt_is_not(monkeypatch):
    panic = type("PanicException", (BaseException,), {})
    monkeypatch.setattr("fast_mail_parser.parse_email", raising(panic))
    with pytest.raises(ParseError):
        second_reading(HEAD)
    monkeypatch.setattr("fast_mail_parser.parse_email", raising(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        second_reading(HEAD)


@pytest.mark.parametrize(
    "raw",
    [
        mixed(text("x"), attachment(PDF), attachment(b"y", "b.bin")),
        HEAD + b"\r\njust text",
        mixed(b"Content-Type: message/rfc822\r\n\r\n" + mixed(attachment(PDF), boundary=b"in")),
        HEAD + b"Content-Transfer-Encoding: base64\r\nContent-Type: a/b\r\n\r\n!!!!",
    ],
)
def test_readers_that_agree_or_one_that_gives_up_are_no_finding(raw):
    assert seen(raw) == ()


@pytest.mark.parametrize("name", ["Phụ lục 1; danh sách.pdf", "Thông báo 50%25 giá.pdf"])
def test_signs_in_a_name_that_the_second_reader_stumbles_over_are_no_finding(name):
    part = b'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="%s"\r\n\r\n' % name.encode()
    assert not seen(mixed(text("x"), part + PDF))


@pytest.mark.parametrize("form", DISPOSITIONS)
def test_weaker_reading_of_a_name_is_no_finding(form):
    part = b"Content-Type: application/pdf\r\nContent-Disposition: " + DISPOSITIONS[form] + b"\r\n\r\n" + PDF
    assert seen(mixed(part)) == ()


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b'boundary="limit"', b'boundary="limit"; boundary="other"'),
        (b"base64\r\n\r\n", b"base64, 7bit\r\n\r\n"),
        (b"--limit\r\n", b"--limit x\r\n"),
    ],
)
def test_mail_that_two_readers_see_differently_is_told(written, instead):
    raw = mixed(attachment(PDF)).replace(written, instead)
    assert [(finding.code, finding.place) for finding in seen(raw)] == [(MessageCode.READERS_DISAGREE, "message")]


def test_headers_too_long_for_the_second_reader_are_not_given_to_it():
    assert seen(HEAD + b"Subject: " + b"=?utf-8?q?a?= " * 80_000 + b"\r\n\r\nx") == ()


@given(st.binary(max_size=300))
def test_comparing_never_raises(raw):
    assert codes(seen(raw)) <= {MessageCode.READERS_DISAGREE}


def raising(error):
    def parse_email(payload):
        raise error

    return parse_email
