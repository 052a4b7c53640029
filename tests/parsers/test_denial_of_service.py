"""Mails that are made to exhaust a reader: each is read in part or in whole, with bounded work and a word about the rest.

The clock is only a backstop; what is asserted is where the reading stopped.
"""

import tracemalloc

import pytest

from parsers.files.containers import open_files
from parsers.folding import clean
from parsers.mail.identity import content_identity
from parsers.mail.message import MessageCode, body_text, leaves, parse_message
from parsers.mail.second_reading import disagreement
from tests.parsers.mails import HEAD, codes, mixed

pytestmark = pytest.mark.timeout(180)

WORD = b"=?utf-8?B?w6E=?= "


def read(raw):
    message = parse_message(raw)
    open_files(raw, message)
    body_text(raw, message, 20_000)
    content_identity(raw, message)
    disagreement(raw, message)
    return message


def nested(depth):
    start = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return HEAD + start + b"Content-Type: text/plain\r\n\r\ninnermost\r\n"


@pytest.mark.parametrize("words", [3_000, 80_000])
def test_subject_of_encoded_words_is_decoded_up_to_the_field_limit(words):
    message = read(HEAD + b"Subject: " + WORD * words + b"\r\n\r\nx")
    assert len(message.headers.subject) == min(words, (64 << 10) // len(WORD))
    assert (MessageCode.HEADER_TRUNCATED in codes(message.findings)) is (words > 3_000)


def test_memory_for_encoded_words_is_no_more_than_some_times_the_field():
    raw = HEAD + b"Subject: " + WORD * 80_000 + b"\r\n\r\nx"
    tracemalloc.start()
    parse_message(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * len(raw)


def test_subject_of_a_megabyte_is_cut():
    message = read(HEAD + b"Subject: " + b"word " * 200_000 + b"\r\n\r\nx")
    assert len(message.headers.subject) <= 64 << 10
    assert MessageCode.HEADER_TRUNCATED in codes(message.findings)


def test_thirty_thousand_addresses_are_cut():
    addresses = b",\r\n ".join(b"User <user%d@example.org>" % n for n in range(30_000))
    message = read(b"From: a@b.vn\r\nTo: " + addresses + b"\r\n\r\nx")
    assert len(message.headers.to) < 5_000
    assert MessageCode.HEADER_TRUNCATED in codes(message.findings)


def test_twenty_thousand_name_segments_are_cut():
    segments = b"; ".join(b"filename*%d*=utf-8''a" % n for n in range(20_000))
    message = read(mixed(b"Content-Disposition: attachment; " + segments + b"\r\n\r\nx"))
    assert len(message.root.children[0].filename) <= 255


def test_sender_of_open_parentheses_is_no_address():
    message = read(b"From: " + b"(" * 60_000 + b"a@b.vn\r\n\r\nx")
    assert [mailbox.address for mailbox in message.headers.from_] == [""]


@pytest.mark.parametrize("depth", [1_000, 20_000])
def test_deep_nesting_is_read_down_to_the_limit(depth):
    message = read(nested(depth))
    assert next(leaves(message.root)).path.count(".") < 20
    assert MessageCode.DEPTH_TRUNCATED in codes(message.findings)


def test_a_hundred_thousand_parts_are_cut():
    message = read(mixed(*[b"\r\n"] * 100_000))
    assert sum(1 for _ in leaves(message.root)) == 499
    assert MessageCode.PARTS_TRUNCATED in codes(message.findings)


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + b"--bX\r\n" * 500_000,
        HEAD + b'Content-Type: multipart/mixed; boundary="' + b"-" * 60_000 + b'"\r\n\r\n' + b"-" * 3_000_000,
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"A=A==A" * 1_000_000,
        HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"= " * 3_000_000,
        HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n" + b"M\n" * 3_000_000,
        HEAD + b"Content-Type: text/html\r\n\r\n" + b"<script" * 500_000,
        HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + "\u0301\u0323".encode() * 1_000_000,
        b"\x00" * 5_000_000,
        b"\r" * 5_000_000,
        b"a:" * 3_000_000,
        b"junk\r\n" * 500_000,
    ],
    ids=[
        *("boundary prefixes", "dashes", "base64 padding", "equals signs", "uuencoded lines", "unclosed script"),
        *("combining marks", "NUL", "CR", "colons", "no header"),
    ],
)
def test_body_that_misleads_a_decoder_is_read_in_bounded_work(raw):
    assert sum(1 for _ in leaves(read(raw).root)) == 1


def test_attachments_of_blanks_are_judged_in_bounded_work():
    part = b"Content-Disposition: attachment; filename=a.txt\r\n\r\n" + b"\n" * 30_000 + b"\xff"
    files, _ = open_files(raw := mixed(*[part] * 100), parse_message(raw))
    assert len(files) == 100


def test_a_letter_under_many_marks_is_made_plain_in_bounded_work():
    assert len(clean("\u0301\u0323" * 500_000)) == 1_000_000
