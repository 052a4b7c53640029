import pytest

from parsers.mail.message import body_text, parse_message, part_text
from tests.parsers.mails import HEAD, PDF, attachment, mixed, text


def body(raw, limit=20_000):
    return body_text(raw, parse_message(raw), limit)


def alternative(*parts):
    return mixed(*parts, subtype=b"alternative")


def html(words):
    return b"Content-Type: text/html; charset=utf-8\r\n\r\n" + words.encode()


def test_plain_text_is_preferred_to_html():
    assert body(alternative(text("Kính gửi"), html("<p>HTML</p>"))) == "Kính gửi"


def test_html_stands_in_where_the_plain_text_is_blank():
    assert body(alternative(text(" \r\n"), html("<p>Kính&nbsp;gửi</p><p>Sở</p>"))) == "Kính gửi\n\nSở"


def test_all_texts_of_a_mixed_mail_are_read_and_attachments_are_not():
    raw = mixed(text("one"), attachment(PDF), attachment(b"secret", "a.txt", "text/plain"), text("two"))
    assert body(raw) == "one\n\ntwo"


def test_multipart_without_parts_is_read_as_text():
    assert body(HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\nhello") == "hello"


def test_text_is_cut_at_the_limit():
    assert body(HEAD + b"\r\n" + b"x" * 100_000, 50) == "x" * 50
    assert body(mixed(text("a" * 30), text("b" * 30)), 40) == "a" * 30 + "\n\n" + "b" * 8


@pytest.mark.parametrize(
    ("charset", "data", "words"),
    [
        ("utf-8", "Sở".encode(), "Sở"),
        ("windows-1258", "Sơ\u0309".encode("cp1258"), "Sở"),
        ("iso-8859-1", "Sở".encode(), "Sở"),
        ("us-ascii", b"C\xf4ng", "Công"),
        ("x-unknown", b"C\xf4ng v\xe3n", "Công văn"),
    ],
)
def test_part_text_uses_the_charset_and_its_fallbacks(charset, data, words):
    raw = b"Content-Type: text/plain; charset=" + charset.encode() + b"\r\n\r\n" + data
    assert part_text(raw, parse_message(raw).root) == words


def test_line_breaks_become_line_feeds():
    raw = HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\na=0D\r\nb\r\nc"
    assert part_text(raw, parse_message(raw).root) == "a\nb\nc"
