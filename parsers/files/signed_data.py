"""What a CMS SignedData carries inside (RFC 5652, 5), found without judging the signature; DER and BER."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from parsers.errors import ParseError
from parsers.mail.transfer import decode_base64

_MAX_DEPTH = 16
_SEQUENCE, _SET, _INTEGER = 0x30, 0x31, 0x02
_OCTETS, _OCTETS_IN_PIECES, _EXPLICIT_0 = 0x04, 0x24, 0xA0
_SIGNED_DATA = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
# Base64 of a sequence: its tag 0x30 gives the first letter, its length bounds the second.
_BASE64_HEAD = re.compile(rb"\s{0,64}(M[A-P][A-Za-z0-9+/\r\n]{62,126})")
_BASE64_TEXT = re.compile(rb"\s*+M[A-P][A-Za-z0-9+/]{2}[A-Za-z0-9+/\s]*+={0,2}\s*+\Z")
_END_OF_CONTENTS = b"\x00\x00"


@dataclass(frozen=True, slots=True)
class _Element:
    """One BER element: its tag and its contents; `end` is None where an end-of-contents mark ends it."""

    tag: int
    start: int
    end: int | None


def signed_content(content: bytes) -> bytes | None:
    """The signed bytes, None where the signature is detached or the file is no SignedData."""
    try:
        return _encapsulated(_without_armour(content))
    except ParseError:
        return None


def values_in(contents: bytes) -> Iterator[bytes]:
    """The values that follow one another, each byte for byte as it stands; ParseError where one is cut off."""
    position = 0
    while position < len(contents):
        end = _behind(contents, _element(contents, position, len(contents)), len(contents), 0)
        yield contents[position:end]
        position = end


def _encapsulated(data: bytes) -> bytes | None:
    content_type, wrapped = _first(data, _expect(_element(data, 0, len(data)), _SEQUENCE), 2)
    if data[content_type.start : content_type.end] != _SIGNED_DATA:
        return None
    (signed,) = _first(data, _expect(wrapped, _EXPLICIT_0), 1)
    version, digests, info = _first(data, _expect(signed, _SEQUENCE), 3)
    _expect(version, _INTEGER)
    _expect(digests, _SET)
    _, carried = _first(data, _expect(info, _SEQUENCE), 2)
    (octets,) = _first(data, _expect(carried, _EXPLICIT_0), 1)
    return b"".join(_octets(data, octets, 0))


def _first(data: bytes, parent: _Element, count: int) -> list[_Element]:
    """The first elements inside another; ParseError where it has fewer, as a detached signature has."""
    found = list(islice(_children(data, parent), count))
    if len(found) < count:
        raise ParseError(f"expected {count} elements, found {len(found)}")
    return found


def _octets(data: bytes, element: _Element, depth: int) -> Iterator[bytes]:
    """The pieces of an octet string, which BER may cut (X.690, 8.7)."""
    if element.tag == _OCTETS and element.end is not None:
        yield data[element.start : element.end]
    elif element.tag == _OCTETS_IN_PIECES and depth < 4:
        for piece in _children(data, element):
            yield from _octets(data, piece, depth + 1)
    else:
        raise ParseError(f"expected an octet string, found tag {element.tag:#x}")


def _children(data: bytes, parent: _Element) -> Iterator[_Element]:
    end = parent.end if parent.end is not None else len(data)
    position = parent.start
    while position < end and not (parent.end is None and data.startswith(_END_OF_CONTENTS, position)):
        child = _element(data, position, end)
        yield child
        position = _behind(data, child, end, 0)


def _behind(data: bytes, element: _Element, limit: int, depth: int) -> int:
    """Offset behind an element."""
    if element.end is not None:
        return element.end
    if depth >= _MAX_DEPTH:
        raise ParseError("nested too deep")
    position = element.start
    while not data.startswith(_END_OF_CONTENTS, position):
        position = _behind(data, _element(data, position, limit), limit, depth + 1)
    return position + len(_END_OF_CONTENTS)


def _element(data: bytes, position: int, limit: int) -> _Element:
    if position + 2 > limit:
        raise ParseError("data ends inside an element")
    tag, length = data[position], data[position + 1]
    start = position + 2
    if length == 0x80:
        return _Element(tag, start, None)
    if length > 0x80:
        width = length & 0x7F
        length = int.from_bytes(data[start : start + width][:8], "big") if width <= 8 else limit
        start += width
    if start + length > limit:
        raise ParseError("an element is longer than its data")
    return _Element(tag, start, start + length)


def _expect(element: _Element, tag: int) -> _Element:
    if element.tag != tag:
        raise ParseError(f"expected tag {tag:#x}, found {element.tag:#x}")
    return element


def head_of(content: bytes) -> bytes:
    """The first bytes of a message, decoded where the file is base64 without armour."""
    found = _BASE64_HEAD.match(content)
    return content[:64] if found is None else decode_base64(found[1]).content[:64]


def from_base64(content: bytes) -> bytes:
    """The binary message of a file that is base64 without armour; other bytes as they are."""
    is_text = content[:1] != b"0" and _BASE64_TEXT.match(content)
    return decode_base64(content).content if is_text else content


def _without_armour(content: bytes) -> bytes:
    """DER or BER of a PEM file or of base64 without armour; other bytes as they are."""
    content = from_base64(content)
    if not content[:1024].lstrip().startswith(b"-----BEGIN "):
        return content
    body = content.partition(b"-----BEGIN ")[2].partition(b"-----")[2].partition(b"-----END ")[0]
    return decode_base64(body).content
