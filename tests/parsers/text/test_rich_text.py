"""Rich text as Word, WordPad and Outlook write it: the words come out, nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.files.containers import open_file, open_files
from parsers.mail.message import parse_message
from parsers.text.document_text import document_text
from parsers.text.envelope_text import envelope_text
from parsers.text.rich_text import rich_text
from tests.parsers.files.winmail import a_property, text_property, winmail
from tests.parsers.mails import attachment, mixed, text


def rtf(body, head=rb"\ansi\ansicpg1258"):
    return rb"{\rtf1" + head + (body if isinstance(body, bytes) else body.encode("ascii")) + b"}"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (rb" C\'f4ng v\'e3n", "Công văn"),
        (rb"\uc1 K\u7871? ho\u7841?ch", "Kế hoạch"),
        (rb"\uc2 K\u7871\'e1\'ee h", "Kế h"),
        (rb"{\uc0 K\u7871}\u7841? x", "Kếạ x"),
        (rb" a\par b\line c\tab d\~e\_f", "a\nb\nc\td\xa0e-f".replace("\xa0", " ")),
        (rb"{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}{\stylesheet{\s1 Normal;}}{\info{\title T}} x", "x"),
        (rb"{\*\generator Riched20;}{\*\unknown a{b}c} x", "x"),
        (rb"{\pict\pngblip 89504e47} x{\object{\*\objdata 01}{\result y}}", "x"),
        (rb"{\field{\*\fldinst HYPERLINK x}{\fldrslt y}}", "y"),
        (rb"{\fonttbl{\f0\fnil .VnTime;}{\f1\fcharset163 Arial;}}\f0 C\'abng {\f1 v\'e3n} v\'a8n", "Công văn văn"),
        (rb"{\fonttbl{\f5\fnil VNI-Times;}}\f5 Co\'e2ng va\'ean", "Công văn"),
        (rb"{\b S\'f4 {\i 12}}\par\pard Qu\u253?", "Sô 12\nQuý"),
        (rb"\u-10179?\u-8704?", "😀"),
    ],
)
def test_words_come_out_in_every_writing(body, words):
    assert rich_text(rtf(body)).strip() == words


def test_html_that_was_wrapped_comes_out_as_its_words():
    wrapped = (
        rb"\ansi\ansicpg1258\fromhtml1 {\*\htmltag18 <html>}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 K\'edn"
        rb"{\*\htmltag84 &nbsp;}h g\u7917?i\htmlrtf\par}\htmlrtf0 {\*\htmltag72 </p>}{\*\htmltag64 <p>}x{\*\htmltag72 </p>}"
    )
    assert rich_text(rtf(wrapped, b"")).split("\n") == ["Kín h gửi", "", "x"]


def test_other_bytes_are_no_rich_text():
    assert rich_text(b"Kinh gui") == ""


def test_a_letter_in_rich_text_is_read():
    files, _ = open_file(rtf(rb" S\u7889?: 12/UBND-VP\par C\'d4NG V\'c3N"), "a.rtf")
    assert document_text(files[0]).text() == "Số: 12/UBND-VP\nCÔNG VĂN"


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ([text_property(0x1000, "Kính gửi"), a_property(0x1013, 0x102, b"<p>x")], "Kính gửi"),
        ([a_property(0x1013, 0x102, "<p>Kính <b>gửi</b>".encode())], "Kính gửi"),
        ([], ""),
    ],
)
def test_the_words_of_a_mail_are_found_in_its_envelope(properties, words):
    raw = mixed(text(""), attachment(winmail(properties=properties), "winmail.dat", "application/ms-tnef"))
    files, _ = open_files(raw, parse_message(raw))
    assert envelope_text(files, 1000) == words


TOKENS = rb"{ } \* \u300 \uc3 \'e3 \f1 \fonttbl \htmlrtf a \par \bin9 \ ".split(b" ")


@given(st.lists(st.sampled_from(TOKENS)))
def test_any_tokens_are_read(pieces):
    assert len(rich_text(rtf(b"".join(pieces)))) <= 10 * (len(pieces) + 10)


def test_a_heap_of_braces_is_read_in_bounded_work():
    assert rich_text(b"{\\rtf1" + b"{" * 3_000_000 + b"x") == ""
