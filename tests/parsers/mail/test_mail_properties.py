"""What holds for any bytes at all: no error but ParseError, true spans, and stable answers."""

from collections.abc import Callable
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from parsers.errors import ParseError
from parsers.files.containers import open_files
from parsers.mail.identity import content_identity
from parsers.mail.message import Message, Part, body_text, parse_message
from parsers.mail.second_reading import disagreement
from tests.parsers.mails import PDF, attachment, zip_of

MAIL_ALPHABET = (
    *(b"\r\n", b"\n", b"\r", b" ", b"\t", b"\x00", b"\xff", b";", b",", b":", b'"', b"<", b">", b"(", b")", b"=", b"\\", b"@"),
    *(b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Message-ID: ", b"a@b.vn", b"Mon, 02 Mar 2026 08:30:00 +0700", b"<1@b.vn>"),
    *(
        b"MIME-Version: 1.0\r\n",
        b"Content-Type: ",
        b"Content-Transfer-Encoding: ",
        b"Content-Disposition: ",
        b"Content-ID: <p>\r\n",
    ),
    *(b"multipart/mixed; boundary=b", b"multipart/alternative; boundary=c", b"multipart/related; boundary=b", b"text/plain"),
    *(b"text/html; charset=utf-8", b"message/rfc822", b"application/zip", b"image/png", b"message/partial", b"text/calendar"),
    *(b"base64", b"quoted-printable", b"x-uuencode", b"8bit", b"attachment; filename=", b"filename*=utf-8''", b"filename*0*="),
    *(b"--b\r\n", b"--b--\r\n", b"--c\r\n", b"--c--\r\n", b"=?utf-8?B?", b"=?x?q?", b"?=", b"C\xf4ng", "Sở".encode(), b"%C3%B4"),
    *(
        b"begin 644 a.txt\n",
        b"#86%A\n",
        b"`\nend\n",
        b"JVBERi0xLjcK",
        b"UEsDBAoAAAAA",
        b"PK\x03\x04",
        b"%PDF-1.7\n",
        b"<p>",
        b"<!--",
    ),
)
NEST = st.sampled_from([PDF, b"x", b"", zip_of({"a.pdf": PDF})])
PART = st.one_of(
    st.builds(attachment, NEST, st.sampled_from(["a.pdf", "b.zip", "c.eml", "../d.exe"])),
    st.lists(st.sampled_from(MAIL_ALPHABET), max_size=12).map(b"".join),
)
ANY_MAIL = st.one_of(
    st.binary(max_size=500),
    st.lists(st.sampled_from(MAIL_ALPHABET), max_size=60).map(b"".join),
    st.lists(PART, max_size=4).map(
        lambda parts: (
            b"From: a@b.vn\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            + b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
        )
    ),
)


@given(ANY_MAIL)
def test_reading_any_bytes_raises_nothing_but_parse_error(raw):
    message = survive(partial(parse_message, raw))
    if message is None:
        return
    for step in (open_files, content_identity, disagreement):
        survive(partial(step, raw, message))
    assert len(body_text(raw, message, 100)) <= 100


@given(ANY_MAIL)
def test_spans_nest_inside_the_raw_bytes(raw):
    check_spans(parse_message(raw).root, 0, len(raw))


@given(ANY_MAIL)
def test_paths_of_files_are_unique_and_reading_twice_gives_the_same(raw):
    message = parse_message(raw)
    assert message == parse_message(raw)
    files, findings = open_files(raw, message)
    assert len({file.path for file in files}) == len(files)
    assert (files, findings) == open_files(raw, message)
    assert content_identity(raw, message) == content_identity(raw, message)


@given(ANY_MAIL)
def test_everything_that_may_be_shown_or_stored_is_clean_text(raw):
    message = parse_message(raw)
    files, findings = open_files(raw, message)
    shown = [message.headers.subject, *(box.name for box in message.headers.from_), *(file.name for file in files)]
    for text in (*shown, *(file.path for file in files), *(finding.evidence for finding in (*message.findings, *findings))):
        text.encode("utf-8")
        assert "\n" not in text
        assert "\x00" not in text


@given(st.lists(st.sampled_from([b"a", b" ", b"\r\n", b"=", b"\xff", b"--"]), max_size=30).map(b"".join))
def test_signed_part_is_cut_out_byte_for_byte(body):
    signed = b"Content-Type: text/plain\r\nX-Odd:   kept \r\n\r\n" + body
    raw = b"Content-Type: multipart/signed; boundary=limit\r\n\r\n--limit\r\n" + signed + b"\r\n--limit\r\n\r\ns\r\n--limit--"
    first = parse_message(raw).root.children[0]
    assert raw[first.header.start : first.body.end] == signed
    assert first.body.of(raw) == body


def survive(step: Callable[[], object]) -> Message | None:
    try:
        result = step()
    except ParseError:
        return None
    return result if isinstance(result, Message) else None


def check_spans(part: Part, start: int, end: int) -> None:
    assert start <= part.header.start <= part.header.end <= part.body.start <= part.body.end <= end
    position = part.body.start
    for child in part.children:
        assert child.header.start >= position
        check_spans(child, position, part.body.end)
        position = child.body.end
