from base64 import encodebytes

import pytest

from parsers.mail.message import MessageCode, MessageLimits, decode_part, leaves, parse_message
from tests.parsers.mails import HEAD, PDF, attachment, codes, mixed, text


def tree(part):
    return (part.path, part.media_type, [tree(child) for child in part.children])


def test_simple_mail_has_one_part():
    message = parse_message(HEAD + b"Content-Type: text/plain; charset=UTF-8\r\n\r\nhello\r\n")
    assert tree(message.root) == ("1", "text/plain", [])
    assert message.root.charset == "utf-8"


def test_section_numbers_are_those_of_imap():
    inner = mixed(text("a"), b"Content-Type: text/html\r\n\r\nb", head=b"", subtype=b"alternative", boundary=b"in")
    message = parse_message(mixed(inner, attachment(PDF)))
    expected = [
        ("1", "multipart/alternative", [("1.1", "text/plain", []), ("1.2", "text/html", [])]),
        ("2", "application/pdf", []),
    ]
    assert tree(message.root) == ("", "multipart/mixed", expected)
    assert not message.findings


def test_spans_slice_the_raw_bytes():
    first = b"Content-Type: text/plain\r\nX-Odd:  two  blanks\r\n\r\nSigned text \r\n\r\n"
    raw = mixed(first, attachment(b"sig", "smime.p7s"), subtype=b"signed")
    signed, signature = parse_message(raw).root.children
    assert raw[signed.header.start : signed.body.end] == first
    assert signed.body.of(raw) == b"Signed text \r\n\r\n"
    assert decode_part(raw, signature) == b"sig"


@pytest.mark.parametrize("newline", [b"\r\n", b"\n", b"\r"])
def test_every_line_ending_is_read_with_true_spans(newline):
    raw = mixed(text("a"), text("b")).replace(b"\r\n", newline)
    bodies = [part.body.of(raw) for part in leaves(parse_message(raw).root)]
    assert bodies == [b"a", b"b"]


@pytest.mark.parametrize(
    ("raw", "bodies", "defect"),
    [
        (b"--b\r\n\r\n1\r\n--b\r\n\r\n2", [b"1", b"2"], "no closing boundary"),
        (b"nothing here", [b"nothing here"], "the boundary never appears"),
        (b"--b\r\n\r\n1\r\n--bb\r\n--b--\r\n", [b"1\r\n--bb"], None),
        (b"pre\r\n--b  \r\n\r\n1\r\n--b--\r\nepilogue", [b"1"], None),
        (b"--b\r\n--b\r\n\r\n2\r\n--b--", [b"", b"2"], None),
        (b"--b\r\n\r\n1\r\n--b--\r\nx\r\n--b\r\n\r\nhidden\r\n--b--", [b"1", b"hidden"], "parts behind the closing boundary"),
        (b"x--b\r\n--b\r\n\r\n1 --b\r\n--b--", [b"1 --b"], None),
    ],
)
def test_boundaries_are_read_as_rfc_2046_has_them(raw, bodies, defect):
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + raw
    message = parse_message(raw)
    assert [part.body.of(raw) for part in leaves(message.root)] == bodies
    assert [finding.evidence for finding in message.findings] == ([defect] if defect else [])


@pytest.mark.parametrize(
    ("field", "defect"),
    [
        (b"Content-Type: multipart/mixed\r\n", "multipart without a boundary"),
        (b"Content-Type: multipart/mixed; boundary=LIMIT\r\n", "the boundary never appears"),
        (b"MIME-Version: 1.0\r\n", "parts without a Content-Type of the whole"),
    ],
)
def test_parts_are_found_by_their_own_boundary_where_the_header_lost_it(field, defect):
    message = parse_message(field + b"\r\n--limit\r\nContent-Type: text/plain\r\n\r\n1\r\n--limit \r\n\r\n2\r\n--limit--\r\n")
    assert [part.path for part in leaves(message.root)] == ["1", "2"]
    assert defect in [finding.evidence for finding in message.findings]


def test_a_text_that_speaks_of_parts_has_none():
    raw = b"Subject: x\r\n\r\nThe mail was:\r\n--limit\r\nContent-Type: text/plain\r\n\r\n1\r\n--limit--\r\n"
    assert parse_message(raw).root.children == ()


@pytest.mark.parametrize("label", [b"", b"Content-Transfer-Encoding: 7bit\r\n"])
def test_a_file_in_base64_without_its_label_is_decoded(label):
    raw = b"Content-Type: application/pdf\r\n" + label + b"\r\n" + encodebytes(PDF * 3)
    message = parse_message(raw)
    assert decode_part(raw, message.root) == PDF * 3
    assert MessageCode.BAD_TRANSFER_ENCODING in {finding.code for finding in message.findings}


@pytest.mark.parametrize(
    "raw", [b"Content-Type: text/plain\r\n\r\nJVBERi0x", b"Content-Type: application/pdf\r\n\r\nJVBERi0x, no file"]
)
def test_what_only_begins_like_a_file_in_base64_is_left(raw):
    assert parse_message(raw).root.transfer_encoding == ""


def test_lines_that_only_begin_with_the_boundary_count_where_none_is_the_boundary():
    raw = b'Content-Type: multipart/mixed; boundary="lim"\r\n\r\n--limit\r\n\r\none\r\n--limit\r\n\r\ntwo\r\n--lim--x\r\nrest'
    message = parse_message(raw)
    assert [part.body.of(raw) for part in message.root.children] == [b"one", b"two"]
    assert MessageCode.DEFECT in codes(message.findings)


def test_outer_boundary_ends_an_unclosed_inner_multipart():
    raw = mixed(b"Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n\r\n1\r\n--in\r\n\r\n2", text("3"))
    assert [part.body.of(raw) for part in leaves(parse_message(raw).root)] == [b"1", b"2", b"3"]


@pytest.mark.parametrize(
    ("field", "media_type"),
    [
        (b"Content-Type: TEXT/HTML", "text/html"),
        (b"Content-Type: nonsense", "text/plain"),
        (b"Content-Type: ; charset=utf-8", "text/plain"),
        (b"Content-Type: application/pdf name=a.pdf", "application/pdf"),
        (b"X-None: 1", "text/plain"),
    ],
)
def test_media_type_is_read_or_plain_text(field, media_type):
    assert parse_message(field + b"\r\n\r\nx").root.media_type == media_type


@pytest.mark.parametrize("value", [b"BASE64", b" base64 ", b'"base64"', b"base64 (comment)", b"base-64", b"base64, 7bit"])
def test_transfer_encoding_is_read_in_its_spellings(value):
    raw = b"Content-Transfer-Encoding: " + value + b"\r\n\r\naGVsbG8="
    assert decode_part(raw, parse_message(raw).root) == b"hello"


def test_parts_of_a_digest_are_messages_unless_they_say_otherwise():
    root = parse_message(mixed(b"\r\nSubject: x\r\n\r\ny", text("z"), subtype=b"digest")).root
    assert [part.media_type for part in root.children] == ["message/rfc822", "text/plain"]


@pytest.mark.parametrize("parameter", [b'boundary*0="a b"; boundary*1=c', b'boundary="a bc"', b"boundary*=us-ascii''a%20bc"])
def test_boundary_is_read_in_every_form(parameter):
    raw = b"Content-Type: multipart/mixed; " + parameter + b"\r\n\r\n--a bc\r\n\r\n1\r\n--a bc--"
    assert [part.body.of(raw) for part in leaves(parse_message(raw).root)] == [b"1"]


def test_parts_beyond_the_limit_are_left_unread():
    message = parse_message(mixed(*[text("x")] * 20), MessageLimits(parts=10))
    assert len(message.root.children) == 9
    assert codes(message.findings) == {MessageCode.PARTS_TRUNCATED}


def test_depth_beyond_the_limit_is_left_unread():
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(30)) + b"\r\nx"
    message = parse_message(raw, MessageLimits(depth=5))
    assert MessageCode.DEPTH_TRUNCATED in codes(message.findings)
    assert next(iter(leaves(message.root))).path == "1.1.1.1.1"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"A: 1\r\n\r\nx\ny", MessageCode.BARE_LINE_ENDING),
        (b"A: 1\r\n\r\nx\ry", MessageCode.BARE_LINE_ENDING),
        (b"A: 1\r\n\r\nx\x00y", MessageCode.NUL_BYTE),
    ],
)
def test_bytes_that_must_not_be_relayed_are_told(raw, code):
    assert codes(parse_message(raw).findings) == {code}


def test_names_and_content_identifiers_are_on_the_part():
    raw = mixed(b"Content-Type: image/png; name=a.png\r\nContent-ID: <p1@x>\r\nContent-Disposition: INLINE\r\n\r\nx")
    part = parse_message(raw).root.children[0]
    assert (part.filename, part.content_id, part.disposition) == ("a.png", "p1@x", "inline")


def test_an_empty_mail_is_a_mail():
    assert parse_message(b"").root.body.of(b"") == b""
