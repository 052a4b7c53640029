import unicodedata
from base64 import b64encode
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail.filenames import extension, resolve_filename, safe_name
from parsers.mail.message import MessageCode, parse_message
from parsers.mail.parameters import FieldValue, read_field_value
from tests.parsers.mails import HEAD

NAME = "Công văn số 123-UBND về việc mời họp thành phố.pdf"
UTF8 = NAME.encode()
NFD = unicodedata.normalize("NFD", NAME).encode()
ESCAPED = quote(NAME).encode()
Q_WORD = b"=?UTF-8?Q?" + b"".join(b"_" if byte == 0x20 else b"=%02X" % byte for byte in UTF8) + b"?="


def b_words(*pieces: bytes, charset: bytes = b"UTF-8") -> bytes:
    return b"\r\n ".join(b"=?" + charset + b"?B?" + b64encode(piece) + b"?=" for piece in pieces)


def continued(text: bytes, width: int, first: bytes = b"UTF-8''") -> bytes:
    """RFC 2231 continuations of the escaped text, cut every `width` bytes wherever that falls."""
    pieces = [text[at : at + width] for at in range(0, len(text), width)]
    segments = [b"filename*%d*=%s%s" % (n, first if n == 0 else b"", piece) for n, piece in enumerate(pieces)]
    return b";\r\n ".join([b"attachment", *segments])


def cut_at_characters(text: str) -> bytes:
    pieces = [quote(text[at : at + 10]).encode() for at in range(0, len(text), 10)]
    segments = [b"filename*%d*=%s%s" % (n, b"UTF-8''" if n == 0 else b"", piece) for n, piece in enumerate(pieces)]
    return b";\r\n ".join([b"attachment", *segments])


def cut_inside_characters(text: bytes) -> bytes:
    """Each piece holds whole escapes, but a letter of two or three bytes is cut between two pieces."""
    pieces = [b"".join(b"%%%02X" % byte for byte in text[at : at + 7]) for at in range(0, len(text), 7)]
    segments = [b"filename*%d*=%s%s" % (n, b"utf-8''" if n == 0 else b"", piece) for n, piece in enumerate(pieces)]
    return b";\r\n ".join([b"attachment", *segments])


DISPOSITIONS: dict[str, bytes] = {
    "RFC 2231": b"attachment; filename*=UTF-8''" + ESCAPED,
    "RFC 2231, charset in lower case": b"attachment; filename*=utf-8''" + ESCAPED,
    "RFC 2231 with a language": b"attachment; filename*=UTF-8'vi'" + ESCAPED,
    "RFC 2231, continued between characters": cut_at_characters(NAME),
    "RFC 2231, cut inside a UTF-8 character (Thunderbird)": cut_inside_characters(UTF8),
    "RFC 2231, cut inside a %XX": continued(ESCAPED, 11),
    "RFC 2231, continuations out of order": b";\r\n ".join(
        [b"attachment", *reversed(cut_at_characters(NAME).split(b";\r\n ")[1:])]
    ),
    "RFC 2231, plain continuation behind an encoded one": b"attachment; filename*0*=UTF-8''"
    + quote(NAME[:-4]).encode()
    + b'; filename*1=".pdf"',
    "RFC 2047 B in quotes, one word (Gmail)": b'attachment; filename="' + b_words(UTF8) + b'"',
    "RFC 2047 Q in quotes, one word (Outlook)": b'attachment; filename="' + Q_WORD + b'"',
    "RFC 2047, several words": b'attachment; filename="' + b_words(NAME[:20].encode(), NAME[20:].encode()) + b'"',
    "RFC 2047, cut inside a UTF-8 character (Exchange, Zimbra)": b'attachment; filename="'
    + b_words(UTF8[:2], UTF8[2:30], UTF8[30:])
    + b'"',
    "RFC 2047 without quotes": b"attachment; filename=" + b_words(UTF8),
    "RFC 2047 of a legacy charset": b'attachment; filename="'
    + b_words(unicodedata.normalize("NFC", NAME).encode("utf-16-be"), charset=b"utf-16be")
    + b'"',
    "raw UTF-8, composed": b'attachment; filename="' + UTF8 + b'"',
    "raw UTF-8, decomposed (macOS)": b'attachment; filename="' + NFD + b'"',
    "ASCII first, then RFC 2231": b"attachment; filename=\"Cong van.pdf\"; filename*=UTF-8''" + ESCAPED,
    "RFC 2231 first, then ASCII": b"attachment; filename*=UTF-8''" + ESCAPED + b'; filename="Cong van.pdf"',
    "unquoted with spaces": b"attachment; filename=" + UTF8,
    "unknown charset": b"attachment; filename*=x-vn-unknown''" + ESCAPED,
    "two encodings, one in the other": b'attachment; filename="' + b_words(b_words(UTF8)) + b'"',
    "escapes without the star": b'attachment; filename="' + ESCAPED + b'"',
}


@pytest.mark.parametrize("form", DISPOSITIONS)
def test_vietnamese_name_in_content_disposition_is_read_in_every_form(form):
    assert resolved(disposition=DISPOSITIONS[form]).name == NAME


@pytest.mark.parametrize("parameter", [b'name="' + b_words(UTF8) + b'"', b"name*=UTF-8''" + ESCAPED])
def test_vietnamese_name_only_in_content_type_is_read(parameter):
    assert resolved(content_type=b"application/pdf; " + parameter).name == NAME


def test_matrix_has_all_24_forms():
    assert len(DISPOSITIONS) + 2 == 24


def test_raw_windows_1258_is_read_where_it_is_no_utf_8():
    raw = "C\u00f4ng v\u0103n s\u00f4\u0301 1.pdf".encode("cp1258")
    assert resolved(disposition=b'attachment; filename="' + raw + b'"').name == "Công văn số 1.pdf"


def test_of_a_repeated_parameter_the_first_counts_and_is_ambiguous():
    found = resolved(disposition=b'attachment; filename="a.pdf"; filename="b.exe"')
    assert (found.name, found.ambiguous) == ("a.pdf", True)
    assert found.candidates == ("a.pdf", "b.exe")


def test_names_of_different_extension_in_two_fields_are_ambiguous():
    found = resolved(disposition=b'attachment; filename="a.pdf"', content_type=b'application/pdf; name="a.exe"')
    assert found.ambiguous


def test_an_ascii_stand_in_is_no_ambiguity():
    assert not resolved(disposition=DISPOSITIONS["ASCII first, then RFC 2231"]).ambiguous


def test_ambiguous_name_is_a_finding_of_the_message():
    raw = HEAD + b'Content-Disposition: attachment; filename="a.pdf"; filename="b.exe"\r\n\r\nx'
    assert [f.evidence for f in parse_message(raw).findings if f.code == MessageCode.FILENAME_AMBIGUOUS] == ["a.pdf | b.exe"]


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b'filename="a.pdf"', "a.pdf"),
        (b"attachment; filename='Cong van.pdf'", "Cong van.pdf"),
        (b"attachment; filename='a' & 'b'.txt", "'a' & 'b'.txt"),
        (b'attachment; filename=Cong van.pdf"', "Cong van.pdf"),
        (b"attachment; filename=Cong van.pdf (the letter)", "Cong van.pdf"),
        (b"attachment; filename=Cong van (so 1).pdf", "Cong van (so 1).pdf"),
        (b'attachment; filename="Cong van.pdf (1)"', "Cong van.pdf (1)"),
        (b"attachment; filename=Cong van (so 1)", "Cong van (so 1)"),
        (b'attachment; filename=""Cong van.pdf""', "Cong van.pdf"),
        (b'attachment; filename="Cong van.pdf; size=100', "Cong van.pdf"),
        (b"attachment; filename=\xe2\x80\x9cCong van.pdf\xe2\x80\x9d", "Cong van.pdf"),
        (b"attachment; filename==?utf-8?Q?C=C3=B4ng_v=C4=83n.pdf?=, x", "Công văn.pdf, x"),
        (b'attachment; filename="=?utf-8?Q?C=C3=B4ng_v=C4=83n.pdf"', "Công văn.pdf"),
        (b"attachment; filename=C%C3%B4ng+v%C4%83n+1%2B2.pdf", "Công văn 1+2.pdf"),
        (b"attachment; filename=C%F4ng%20v%u0103n.pdf", "Công văn.pdf"),
        (b"attachment; filename*=utf-8''\"C%C3%B4ng%20v%C4%83n.pdf\"", "Công văn.pdf"),
        (b"attachment; filename*0*=utf-8''C%C3%B4; filename*1=ng%20v%C4%83n.pdf", "Công văn.pdf"),
        (b'attachment; name="Cong van.pdf"', "Cong van.pdf"),
    ],
)
def test_names_in_spellings_that_are_none_of_the_standard_are_read(disposition, name):
    assert resolve_filename(read_field_value(disposition), FieldValue("", ())).name == name


@pytest.mark.parametrize(
    "fields",
    [
        b"Content-Type: application/pdf; filename=a.pdf",
        b"Content-Disposition: inline\r\nContent-Disposition: attachment; filename=a.pdf",
        b"Content-Type: application/octet-stream\r\nContent-Type: application/pdf; name=a.pdf",
        b"Content-Type: application/pdf\r\nContent-Description: a.pdf",
        b"Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=..",
    ],
)
def test_a_name_that_stands_elsewhere_is_found_where_its_own_place_has_none(fields):
    assert parse_message(HEAD + fields + b"\r\n\r\nx").root.filename == "a.pdf"


@pytest.mark.parametrize("words", [b"Thong bao", b"Xem trang 1. Het", b"a.123"])
def test_a_description_that_is_no_name_gives_none(words):
    fields = b"Content-Type: application/pdf\r\nContent-Description: " + words
    assert parse_message(HEAD + fields + b"\r\n\r\nx").root.filename is None


def test_unquoted_semicolon_belongs_to_the_name():
    assert resolved(disposition=b"attachment; filename=a;b c.pdf; size=10").name == "a;b c.pdf"


def test_unknown_charset_is_named():
    assert resolved(disposition=DISPOSITIONS["unknown charset"]).unknown_charsets == ("x-vn-unknown",)


def test_missing_number_zero_still_gives_the_rest_of_the_name():
    assert resolved(disposition=b"attachment; filename*1*=van.pdf; filename*2*=x").name == "van.pdfx"


def test_a_part_without_a_name_has_none():
    assert resolved(disposition=b"inline").name is None


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\a.pdf", "a.pdf"),
        ("C:a.pdf", "a.pdf"),
        ("/etc/a.pdf", "a.pdf"),
        ("a\x00.pdf", "a.pdf"),
        ("a\x1b[31m.pdf", "a[31m.pdf"),
        ("báo cáo\u202efdp.exe", "báo cáofdp.exe"),
        ("a\u2066\u200b.pdf", "a.pdf"),
        ("NUL.pdf", "_NUL.pdf"),
        ("com1", "_com1"),
        ("CON .pdf", "_CON .pdf"),
        ("conin$.pdf", "_conin$.pdf"),
    ],
)
def test_deceiving_names_are_made_safe_and_reported(written, safe):
    found = safe_name(written)
    assert (found.name, found.changed) == (safe, True)


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("a\r\n b.pdf", "a b.pdf"),
        ("  .a.pdf. ", "a.pdf"),
        ('a<b>"c|d?.pdf', "a_b__c_d_.pdf"),
        ("CONG VAN.pdf", "CONG VAN.pdf"),
        ("..", ""),
    ],
)
def test_untidy_names_are_made_safe_in_silence(written, safe):
    assert safe_name(written).name == safe


def test_name_is_cut_to_255_bytes_between_characters_and_keeps_its_extension():
    found = safe_name("ố" * 200 + ".pdf")
    assert len(found.name.encode()) <= 255
    assert found.name.endswith("ố.pdf")
    assert found.changed


@given(st.text(max_size=400))
def test_a_safe_name_is_safe_whatever_was_written(written):
    name = safe_name(written).name
    assert len(name.encode()) <= 255
    assert not set(name) & set('/\\<>:"|?*')
    assert name == name.strip(" .")
    assert name == unicodedata.normalize("NFC", name)
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in name)
    assert safe_name(name).name == name


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_resolving_never_raises(disposition, content_type):
    found = resolved(disposition=disposition, content_type=content_type)
    assert found.name is None or found.name == safe_name(found.name).name


def test_extension_is_the_last_one():
    assert (extension("a.PDF.Exe"), extension("a"), extension("v1.2 final")) == (".exe", "", "")


def resolved(disposition=b"", content_type=b""):
    return resolve_filename(unfolded(disposition), unfolded(content_type))


def unfolded(value: bytes) -> FieldValue:
    return read_field_value(value.replace(b"\r\n", b""))
