"""Reads the objects of a PDF in plain spelling, token by token instead of byte by byte.

The engine reads each byte through several function calls, which is half of the time that comparing two revisions takes. What
is read here is what writers write; anything unusual is left to the engine (`NotPlainError`), so both give the same objects.
One thing is seen here that the engine only logs: a dictionary that defines a key twice, of which viewers take either value.
"""

import re
from binascii import Error, unhexlify
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfStreamError

SPACE: Final = rb"\x00\t\n\x0c\r "
"""White space of ISO 32000-2, table 1."""

NAME_BYTES: Final = re.escape(bytes(byte for byte in range(0x21, 0x7F) if byte not in b"()<>[]{}/%"))
SKIPPED: Final = rb"(?:[" + SPACE + rb"]++|%[^\r\n]*+[\r\n])*+"
END: Final = rb"(?=[" + SPACE + rb"()<>\[\]{}/%]|\Z)"
TOKEN: Final = re.compile(
    SKIPPED
    + rb"(?:/(["
    + NAME_BYTES
    + rb"]{0,127}+)"
    + END
    + rb"|(\d{1,8}[\t\n\x0c\r ]{1,2}\d{1,5}[\t\n\x0c\r ]{1,2}R)(?=[^a-zA-Z])"
    + rb"|([+-]?\d{1,15})"
    + END
    + rb"|([+-]?(?:\d{1,15}\.\d{0,15}|\.\d{1,15}))"
    + END
    + rb"|(<<)|(\[)|\(([^()\\]*+)\)|(<)|(true|false)"
    + END
    + rb"|(null)"
    + END
    + rb"|(\())"
)
KEY: Final = re.compile(SKIPPED + rb"(?:/([" + NAME_BYTES + rb"]{0,127}+)" + END + rb"|(>>))")
END_OF_ARRAY: Final = re.compile(SKIPPED + rb"\]")
HEADER: Final = re.compile(rb"[" + SPACE + rb"]*+(\d{1,10})[" + SPACE + rb"]++(\d{1,5})[" + SPACE + rb"]++obj")
END_OF_OBJECT: Final = re.compile(SKIPPED + rb"endobj")
STREAM: Final = re.compile(SKIPPED + rb"(stream)(\r?\n)?")
END_OF_STREAM: Final = re.compile(rb"[" + SPACE + rb"]*+endstream")
WHITE_SPACE: Final = re.compile(rb"[" + SPACE + rb"]")
COMMENT_AHEAD: Final = re.compile(rb"[" + SPACE + rb"]*+%")
ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")

MAX_DEPTH: Final = 60


class NotPlainError(Exception):
    """The spelling is not one that is read here."""


class PlainReader:
    """Reads one object. `repeated` is True when a dictionary in it defined a key twice; the first definition counts."""

    __slots__ = ("content", "handler", "position", "reference", "repeated")

    def __init__(self, content: bytes, position: int, reference: generic.Reference) -> None:
        self.content = content
        self.position = position
        self.reference = reference
        self.handler = reference.get_pdf_handler()
        self.repeated = False

    def indirect_object(self) -> generic.PdfObject:
        """The object that begins with its number and ends with `endobj` (ISO 32000-2, 7.3.10)."""
        header = HEADER.match(self.content, self.position)
        if header is None or (int(header[1]), int(header[2])) != (self.reference.idnum, self.reference.generation):
            raise NotPlainError
        self.position = header.end()
        found = self.value(0)
        if END_OF_OBJECT.match(self.content, self.position) is None:
            raise NotPlainError
        return found

    def packed_object(self) -> generic.PdfObject:
        """An object inside an object stream: no number, no end mark, and no stream (ISO 32000-2, 7.5.7)."""
        # The engine reads nothing where white space stands in front.
        if WHITE_SPACE.match(self.content, self.position):
            raise NotPlainError
        found = self.value(1)
        if COMMENT_AHEAD.match(self.content, self.position):
            raise NotPlainError
        return found

    def value(self, depth: int) -> generic.PdfObject:
        """The value at the position."""
        token = TOKEN.match(self.content, self.position)
        if token is None or token.lastindex is None or depth > MAX_DEPTH:
            raise NotPlainError
        self.position = token.end()
        found = MAKERS[token.lastindex](self, token, depth)
        found.container_ref = self.reference
        return found

    def name(self, token: re.Match[bytes], _depth: int) -> generic.PdfObject:
        """A name as a value; as such it knows its container, so it cannot be shared."""
        return generic.NameObject(name_of(token[1]))

    def pointer(self, token: re.Match[bytes], _depth: int) -> generic.PdfObject:
        """A reference."""
        number, generation, _mark = token[2].split()
        if not int(number):
            raise NotPlainError
        return generic.IndirectObject(int(number), int(generation), self.handler)

    def integer(self, token: re.Match[bytes], _depth: int) -> generic.PdfObject:
        """A whole number."""
        return generic.NumberObject(token[3])

    def real(self, token: re.Match[bytes], _depth: int) -> generic.PdfObject:
        """A number with a point."""
        return generic.FloatObject(token[4].decode("ascii"))

    def dictionary(self, _token: re.Match[bytes], depth: int) -> generic.PdfObject:
        """A dictionary, or a stream where one follows."""
        data: dict[generic.NameObject, generic.PdfObject] = {}
        while True:
            token = KEY.match(self.content, self.position)
            if token is None:
                raise NotPlainError
            self.position = token.end()
            if token.lastindex != 1:
                break
            key = name_of(token[1])
            value = self.value(depth + 1)
            if key in data:
                self.repeated = True
            else:
                data[key] = value
        follows = STREAM.match(self.content, self.position)
        if follows is not None:
            return generic.StreamObject(data, encoded_data=self.stream_data(data, follows, depth))
        found = generic.DictionaryObject()
        found.update(data)
        return found

    def stream_data(self, data: dict[generic.NameObject, generic.PdfObject], follows: re.Match[bytes], depth: int) -> bytes:
        """The bytes of a stream whose `/Length` is right (ISO 32000-2, 7.3.8)."""
        if depth or follows[2] is None or "/Length" not in data:
            raise NotPlainError
        length = data[name_of(b"Length")].get_object()
        if not isinstance(length, int) or length < 0:
            raise NotPlainError
        start = follows.end()
        end = END_OF_STREAM.match(self.content, start + length)
        if end is None:
            raise NotPlainError
        self.position = end.end()
        return self.content[start : start + length]

    def array(self, _token: re.Match[bytes], depth: int) -> generic.PdfObject:
        """An array."""
        found = generic.ArrayObject()
        while (end := END_OF_ARRAY.match(self.content, self.position)) is None:
            found.append(self.value(depth + 1))
        self.position = end.end()
        return found

    def plain_string(self, token: re.Match[bytes], _depth: int) -> generic.PdfObject:
        """A string without escapes or brackets in it."""
        return generic.pdf_string(token[7])

    def hexadecimal_string(self, token: re.Match[bytes], _depth: int) -> generic.PdfObject:
        """A string of an even number of digits; the engine reads any other. A signature value is one of thousands of digits."""
        end = self.content.find(b">", self.position)
        try:
            value = unhexlify(self.content[self.position : end])
        except Error:
            return self.engine_string(token.start(8), generic.read_hex_string_from_stream)
        if end < 0:
            raise NotPlainError
        self.position = end + 1
        return generic.pdf_string(value)

    def boolean(self, token: re.Match[bytes], _depth: int) -> generic.PdfObject:
        """True or false."""
        return generic.BooleanObject(token[9] == b"true")

    def null(self, _token: re.Match[bytes], _depth: int) -> generic.PdfObject:
        """Nothing."""
        return generic.NullObject()

    def other_string(self, token: re.Match[bytes], _depth: int) -> generic.PdfObject:
        """A string with escapes or brackets in it."""
        return self.engine_string(token.start(11), generic.read_string_from_stream)

    def engine_string(self, start: int, read: Callable[[BytesIO], generic.PdfObject]) -> generic.PdfObject:
        """A string as the engine reads it, from a copy of as much as it needs."""
        size = 1 << 12
        while True:
            part = self.content[start : start + size]
            stream = BytesIO(part)
            try:
                found = read(stream)
            except PdfStreamError as error:
                if len(part) < size:
                    raise NotPlainError from error
                size *= 16
                continue
            self.position = start + stream.tell()
            return found


MAKERS: Final[tuple[Callable[[PlainReader, re.Match[bytes], int], generic.PdfObject], ...]] = (
    *(PlainReader.null, PlainReader.name, PlainReader.pointer, PlainReader.integer, PlainReader.real),
    *(PlainReader.dictionary, PlainReader.array, PlainReader.plain_string, PlainReader.hexadecimal_string),
    *(PlainReader.boolean, PlainReader.null, PlainReader.other_string),
)
"""What makes the value, by the number of the group of `TOKEN` that matched."""


@lru_cache(maxsize=4096)
def name_of(spelling: bytes) -> generic.NameObject:
    """A name without its slash, escapes resolved (ISO 32000-2, 7.3.5)."""
    plain = ESCAPE.sub(lambda escape: bytes.fromhex(escape[1].decode("ascii")), spelling) if b"#" in spelling else spelling
    if spelling.count(b"#") != len(ESCAPE.findall(spelling)):
        raise NotPlainError
    try:
        return generic.NameObject("/" + plain.decode("utf-8"))
    except UnicodeDecodeError:
        return generic.NameObject("/" + plain.decode("latin-1"))
