"""The quick reader and the engine's give the same for every input."""

import re
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfStreamError

from parsers.signatures.pdf_hexstring import CHUNK, original, read_hex_string


def outcome(read, content: bytes, position: int = 0) -> tuple:
    """What a reader makes of a stream: kind and bytes of the value and where it stops, or the error."""
    stream = BytesIO(content)
    stream.seek(position)
    try:
        value = read(stream)
    except (PdfStreamError, ValueError, TypeError) as error:
        return type(error), str(error)
    return type(value), value.original_bytes, getattr(value, "autodetected_encoding", None), stream.tell()


HEX_STRING = re.compile(rb"(?<!<)<[0-9A-Fa-f\s]{4,}>")
ODD = [
    *(b"", b"<", b"<>", b"<3>", b"<30>x", b"<30 82>", b"<308>", b"<30%c\n82>", b"<3g>", b"<30", b"<30\x00>"),
    *(b"<feff0041>", b"<80>"),
]


@pytest.mark.parametrize("content", ODD)
def test_odd_strings_are_read_alike(content):
    assert outcome(read_hex_string, content) == outcome(original, content)


@pytest.mark.parametrize("size", [63, 64, 65, CHUNK // 2 + 63, CHUNK // 2 + 64, CHUNK + 1000])
def test_strings_over_the_borders_of_chunks_are_read_alike(size):
    content = b"<" + bytes(range(256)).hex().encode() * (size // 256 + 1) + b"> tail"

    assert outcome(read_hex_string, content) == outcome(original, content)


@given(st.binary(max_size=300), st.text("0123456789abcdefABCDEF <>%\n\x00g", max_size=300).map(str.encode))
def test_any_bytes_are_read_alike(before, digits):
    content = before + b"<" + digits

    assert outcome(read_hex_string, content, len(before)) == outcome(original, content, len(before))


@given(st.binary(max_size=300))
def test_what_was_written_is_read(value):
    assert outcome(read_hex_string, b"<" + value.hex().encode() + b">")[1] == value


def test_hexadecimal_strings_of_the_corpora_are_read_alike(corpora):
    for path in sorted((corpora / "signatures" / "pdf").rglob("*.pdf")):
        content = path.read_bytes()
        values = [value for value in HEX_STRING.finditer(content) if len(value[0]) < 20_000]
        for value in values[:3] + values[-3:]:
            position = value.start()
            assert outcome(read_hex_string, content, position) == outcome(original, content, position), path.name


def test_the_engine_uses_it():
    import parsers.signatures.check  # noqa: F401 - installs it

    assert generic.read_hex_string_from_stream is read_hex_string
