"""winmail.dat: the envelope in which Outlook hides attachments ([MS-OXTNEF]), read in one pass over its bytes.

The published library for it takes the zeroes off the end of every file, and takes quadratic time on many small objects.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from parsers.charsets import codec_of, decode_text
from parsers.errors import ParseError
from parsers.files.compressed_rtf import unpack_rtf
from parsers.files.member_names import decode_name
from parsers.files.members import Allowance, ArchiveError, Member, member
from parsers.files.model import ContainerCode

_RTF_NAME = "message.rtf"
_SIGNATURE = b"\x78\x9f\x3e\x22"
_OBJECT_HEAD = struct.Struct("<BHHI")
_MAX_OBJECTS = 50_000
_MAX_PROPERTIES = 20_000

_BODY, _CODE_PAGE, _MAPI_PROPERTIES = 0x800C, 0x9007, 0x9003
_ATTACHMENT_BEGINS, _ATTACHMENT_DATA, _ATTACHMENT_TITLE, _ATTACHMENT_PROPERTIES = 0x9002, 0x800F, 0x8010, 0x9005
_ATTACHMENT_TRANSPORT_NAME = 0x9001

_PLAIN_TEXT, _HTML, _PACKED_RTF, _UNPACKED_TEXT = 0x1000, 0x1013, 0x1009, 0x3FD9
_DATA = 0x3701
_NAMES = {0x3707: "long_name", 0x3704: "short_name", 0x3001: "shown_name"}

_MULTIPLE, _NAMED = 0x1000, 0x8000
_FIXED = {0x02: 2, 0x0B: 2, 0x03: 4, 0x04: 4, 0x0A: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = frozenset({0x00, 0x0D, 0x1E, 0x1F, 0x102})
_OBJECT, _UNICODE = 0x0D, 0x1F
_INTERFACE = 16
"""Bytes of the interface id before an embedded object: a message in TNEF, or an OLE storage."""


@dataclass(slots=True)
class _Attachment:
    """One attachment as its objects build it up; `embedded` is a message or an OLE object beside the plain bytes."""

    title: str = ""
    long_name: str = ""
    short_name: str = ""
    shown_name: str = ""
    data: bytes | None = None
    embedded: bytes | None = None

    @property
    def name(self) -> str:
        """The name to use: the long one, for the others are cut to eight letters by some programs."""
        return self.long_name or self.short_name or self.title or self.shown_name


@dataclass(slots=True)
class _Envelope:
    charset: str = ""
    attachments: list[_Attachment] = field(default_factory=list)
    text: bytes = b""
    html: bytes = b""
    packed_rtf: bytes = b""


@dataclass(frozen=True, slots=True)
class _Property:
    number: int
    type: int
    value: bytes


def unpack_tnef(content: bytes, allowance: Allowance) -> Iterator[Member | ArchiveError]:
    """The bodies and attachments, each as a file or as the error that stands for it; a bomb ends it."""
    envelope = _Envelope()
    broken = _read(content, envelope)
    for name, data, inline in (*_bodies(envelope), *_files(envelope)):
        try:
            allowance.open_file()
            taken = unpack_rtf(data, allowance.room) if name == _RTF_NAME and inline else data
            allowance.take(name, len(taken))
        except ArchiveError as error:
            yield error
            return
        except ParseError as error:
            yield ArchiveError(ContainerCode.ARCHIVE_BROKEN, f"{name}: {error}")
            continue
        yield member(name, taken, inline=inline)
    if broken is not None:
        yield broken


def _bodies(envelope: _Envelope) -> Iterator[tuple[str, bytes, bool]]:
    if envelope.text:
        yield "message.txt", envelope.text, True
    if envelope.html:
        yield "message.html", envelope.html, True
    if envelope.packed_rtf:
        yield _RTF_NAME, envelope.packed_rtf, True


def _files(envelope: _Envelope) -> Iterator[tuple[str, bytes, bool]]:
    for attachment in envelope.attachments:
        # Beside an embedded message the plain bytes are a word for programs that cannot open it; both are what was sent.
        for data in (attachment.data, attachment.embedded):
            if data is not None:
                yield attachment.name, data, False


def _read(content: bytes, envelope: _Envelope) -> ArchiveError | None:
    """Fill the envelope; where the bytes end early or make no sense, an error that says so, and what came before is kept."""
    position = first = len(_SIGNATURE) + 2
    for _ in range(_MAX_OBJECTS):
        if position + _OBJECT_HEAD.size > len(content):
            # Some mail servers add a few bytes.
            return None
        level, number, _, length = _OBJECT_HEAD.unpack_from(content, position)
        start = position + _OBJECT_HEAD.size
        if level not in {1, 2}:
            is_padding = position > first and not content[position:].strip(b"\0")
            return None if is_padding else ArchiveError(ContainerCode.ARCHIVE_BROKEN, f"unknown object at {position}")
        _take_object(envelope, number, memoryview(content)[start : start + length])
        if start + length > len(content):
            return ArchiveError(ContainerCode.ARCHIVE_BROKEN, "ends early")
        position = start + length + 2
    return ArchiveError(ContainerCode.ARCHIVE_BOMB, f"more than {_MAX_OBJECTS} objects")


def _take_object(envelope: _Envelope, number: int, value: memoryview) -> None:
    if number == _CODE_PAGE and len(value) >= 4:
        envelope.charset = _charset(int.from_bytes(value[:4], "little"))
    elif number == _BODY:
        envelope.text = envelope.text or _utf8(bytes(value), envelope.charset)
    elif number == _MAPI_PROPERTIES:
        for found in _properties(value):
            _take_property(envelope, found)
    elif number == _ATTACHMENT_BEGINS:
        envelope.attachments.append(_Attachment())
    elif envelope.attachments:
        _take_attachment_object(envelope.attachments[-1], number, value, envelope.charset)


def _take_property(envelope: _Envelope, found: _Property) -> None:
    if found.number in {_PLAIN_TEXT, _UNPACKED_TEXT} and found.value:
        envelope.text = _utf8(found.value, _text_charset(found, envelope.charset))
    elif found.number == _HTML and found.value:
        # HTML names its charset itself, but for text that was Unicode before.
        is_unicode = found.type == _UNICODE
        envelope.html = _utf8(found.value, "utf_16_le") if is_unicode else found.value.rstrip(b"\0")
    elif found.number == _PACKED_RTF:
        envelope.packed_rtf = found.value


def _take_attachment_object(attachment: _Attachment, number: int, value: memoryview, charset: str) -> None:
    if number == _ATTACHMENT_DATA:
        attachment.data = bytes(value)
    elif number in {_ATTACHMENT_TITLE, _ATTACHMENT_TRANSPORT_NAME}:
        attachment.title = attachment.title or _name(bytes(value), charset)
    elif number == _ATTACHMENT_PROPERTIES:
        for found in _properties(value):
            _take_attachment_property(attachment, found, charset)


def _take_attachment_property(attachment: _Attachment, found: _Property, charset: str) -> None:
    if found.number == _DATA and found.value:
        attachment.embedded = found.value[_INTERFACE:] if found.type == _OBJECT else found.value
    elif found.number in _NAMES:
        setattr(attachment, _NAMES[found.number], _name(found.value, _text_charset(found, charset)))


def _properties(data: memoryview) -> Iterator[_Property]:
    """The properties of a list with their first values; a list that makes no sense ends where it stops doing so."""
    if len(data) < 4:
        return
    position = 4
    try:
        for _ in range(min(int.from_bytes(data[:4], "little"), _MAX_PROPERTIES)):
            kind, number = struct.unpack_from("<HH", data, position)
            position = _behind_name(data, position + 4) if number & _NAMED else position + 4
            values, position = _values(data, position, kind)
            if values is not None:
                yield _Property(number, kind & ~_MULTIPLE, values)
    except (struct.error, ParseError):
        return


def _behind_name(data: memoryview, position: int) -> int:
    """Offset behind the name of a named property: a set's id, and a number or a text."""
    by_text, value = struct.unpack_from("<II", data, position + 16)
    return position + 24 + (_padded(value) if by_text else 0)


def _values(data: memoryview, position: int, kind: int) -> tuple[bytes | None, int]:
    """The first value, None where it has a fixed size and so is of no interest, and the offset behind all of them."""
    base = kind & ~_MULTIPLE
    counted = bool(kind & _MULTIPLE) or base in _VARIABLE
    count = struct.unpack_from("<I", data, position)[0] if counted else 1
    position += 4 if counted else 0
    if base in _FIXED:
        return None, position + _padded(_FIXED[base] * count)
    if base not in _VARIABLE:
        raise ParseError(f"unknown property type {kind:#x}")
    first: bytes | None = None
    for _ in range(min(count, _MAX_PROPERTIES)):
        length = struct.unpack_from("<I", data, position)[0]
        value = data[position + 4 : position + 4 + length]
        first = bytes(value) if first is None else first
        position += 4 + _padded(length)
    return first, position


def _padded(length: int) -> int:
    return (length + 3) // 4 * 4


def _text_charset(found: _Property, charset: str) -> str:
    return "utf_16_le" if found.type == _UNICODE else charset


def _charset(code_page: int) -> str:
    named = {65001: "utf_8", 20127: "ascii", 28591: "iso8859_1", 20866: "koi8_r"}.get(code_page, f"cp{code_page}")
    return named if codec_of(named) else ""


def _utf8(value: bytes, charset: str) -> bytes:
    return _text(value, charset).encode("utf_8", "replace")


def _name(value: bytes, charset: str) -> str:
    return _text(value, charset) if charset else decode_name(value.partition(b"\0")[0])


def _text(value: bytes, charset: str) -> str:
    if charset == "utf_16_le":
        return value[: len(value) // 2 * 2].decode("utf_16_le", "replace").partition("\0")[0]
    return decode_text(value.rstrip(b"\0"), charset).text
