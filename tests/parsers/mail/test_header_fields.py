import pytest

from parsers.mail.header_fields import read_header_block
from parsers.mail.model import MessageCode, MessageLimits, Span
from tests.parsers.mails import codes


def read(raw, limits=None):
    return read_header_block(raw, Span(0, len(raw)), limits or MessageLimits(), "message")


def test_fields_are_unfolded_and_keep_their_spans():
    raw = b"Subject: one\r\n two\r\nFrom:a@b\r\n\r\nbody"
    block = read(raw)
    assert [(field.name, field.value) for field in block.fields] == [("subject", b"one two"), ("from", b"a@b")]
    assert [field.span.of(raw) for field in block.fields] == [b"Subject: one\r\n two\r\n", b"From:a@b\r\n"]
    assert raw[block.body_start :] == b"body"


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"A: 1\r\n\r\nx", b"x"),
        (b"A: 1\n\nx", b"x"),
        (b"A: 1\r\n\nx", b"x"),
        (b"\r\nx", b"x"),
        (b"\nx", b"x"),
        (b"A: 1\r\n", b""),
        (b"A: 1", b""),
        (b"", b""),
        (b"Subject: x\r\nNo field, so the body begins\r\n\r\ny", b"No field, so the body begins\r\n\r\ny"),
        (
            b"Content-Type: text/plain\r\n--limit\r\nContent-Type: text/html\r\n\r\n",
            b"--limit\r\nContent-Type: text/html\r\n\r\n",
        ),
    ],
)
def test_body_starts_behind_the_blank_line_or_where_no_field_follows(raw, body):
    assert raw[read(raw).body_start :] == body


def test_stray_line_before_known_fields_is_passed_over_and_told():
    block = read(b"From: a@b\r\nnonsense\r\nSubject: x\r\n\r\n")
    assert [field.name for field in block.fields] == ["from", "subject"]
    assert codes(block.findings) == {MessageCode.DEFECT}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"Content-Type: multipart/mixed;\r\nboundary=x\r\n\r\n", b"multipart/mixed;boundary=x"),
        (b"X-Long:\r\n1;abc:def\r\nFrom: a@b\r\n\r\n", b"1;abc:def"),
    ],
)
def test_lost_fold_is_mended_and_told(raw, value):
    block = read(raw)
    assert block.fields[0].value == value
    assert codes(block.findings) == {MessageCode.DEFECT}


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n", b"\n \n", b"\xef\xbb\xbf\r\nFrom vt@b Mon Mar  2 08:00:00 2026\n"])
def test_what_stands_before_a_mail_that_was_kept_as_a_file_is_passed_over(before):
    raw = before + b"Delivered-To: x@y\r\nFrom: a@b\r\n\r\nbody"
    block = read(raw)
    assert (block.first("from"), raw[block.body_start :]) == (b"a@b", b"body")


def test_a_part_that_begins_with_a_blank_line_has_no_header():
    raw = b"--limit\r\n\r\nFrom: a@b\r\n"
    assert not read_header_block(raw, Span(9, len(raw)), MessageLimits(), "part 1").fields


def test_mbox_envelope_line_is_no_field():
    assert [field.name for field in read(b"From a@b Mon Jan 1\r\nFrom: a@b\r\n\r\n").fields] == ["from"]


def test_blank_before_the_colon_is_tolerated():
    assert read(b"Subject : x\r\n\r\n").first("subject") == b"x"


def test_of_repeated_fields_the_first_counts_and_it_is_told():
    block = read(b"From: a@b\r\nFrom: c@d\r\nReceived: 1\r\nReceived: 2\r\n\r\n")
    assert block.first("from") == b"a@b"
    assert block.every("received") == (b"1", b"2")
    assert [(finding.code, finding.evidence) for finding in block.findings] == [(MessageCode.DUPLICATE_HEADER, "from")]


def test_header_beyond_the_limit_is_left_unread_but_not_taken_for_the_body():
    raw = b"From: a@b\r\n" + b"X-Fill: y\r\n" * 100 + b"Subject: late\r\n\r\nbody"
    block = read(raw, MessageLimits(header_bytes=200))
    assert block.first("subject") is None
    assert raw[block.body_start :] == b"body"
    assert MessageCode.HEADER_TRUNCATED in codes(block.findings)


def test_field_beyond_the_limit_is_cut():
    block = read(b"Subject: " + b"x" * 100 + b"\r\n\r\n", MessageLimits(field_bytes=10))
    assert len(block.first("subject")) <= 10
    assert codes(block.findings) == {MessageCode.HEADER_TRUNCATED}


def test_fields_beyond_the_limit_are_left_unread():
    block = read(b"X: 1\r\n" * 30 + b"\r\n", MessageLimits(fields=10))
    assert len(block.fields) == 10
    assert codes(block.findings) == {MessageCode.HEADER_TRUNCATED}


@pytest.mark.parametrize("raw", [b"junk\r\n" * 50_000, b"junk\r\nFrom: a@b\r\n" * 30_000, b"a:\n" * 80_000, b":" * 200_000])
def test_hostile_headers_are_read_in_one_pass(raw):
    assert len(read(raw).fields) <= 1000
