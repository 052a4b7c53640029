"""Two looks at the bytes themselves: that a signature leaves out nothing but its own value, and that nothing follows the end.

The engine decides both by arithmetic on what it parsed, which a crafted file can satisfy while other readers show something
else; so these guards read the file as it lies there.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

WHITESPACE = b"\x00\t\n\x0c\r "
"""White space of ISO 32000-2, table 1."""

HEXADECIMAL = b"0123456789ABCDEFabcdef"
END_OF_REVISION = re.compile(rb"startxref[\x00\t\n\x0c\r ]+(\d+)[\x00\t\n\x0c\r ]+%%EOF")

OBJECT = re.compile(rb"\d[\x00\t\n\x0c\r ]+obj\b")
OBJECT_HEADER = re.compile(rb"(?<!\d)\d+[\x00\t\n\x0c\r ]+\d+[\x00\t\n\x0c\r ]+obj\b")
TRAILER = re.compile(rb"trailer[\x00\t\n\x0c\r ]*+(?=<<|%)")

MAX_TRAILER = 1 << 16
"""Bytes that a trailer dictionary may take between a cross-reference table and its `startxref`."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The two signed ranges: `[0, gap_start)` and `[gap_end, end)`."""

    gap_start: int
    gap_end: int
    end: int


def read_byte_range(numbers: Iterable[object], size: int) -> ByteRange | None:
    """The only shape we accept: four integers from 0 on, in order, inside the file (ISO 32000-2, 12.8.1)."""
    found = tuple(numbers)
    if len(found) != 4 or not all(isinstance(number, int) and number >= 0 for number in found):
        return None
    start, length, second, rest = (int(number) for number in found if isinstance(number, int))
    if start != 0 or length == 0 or second <= length or second + rest > size:
        return None
    return ByteRange(gap_start=length, gap_end=second, end=second + rest)


def gap_is_contents(content: bytes, signed: ByteRange, value: bytes) -> bool:
    """Whether the unsigned gap is exactly one hexadecimal string behind `/Contents` that spells the signature value."""
    gap = content[signed.gap_start : signed.gap_end]
    if len(gap) < 2 or gap[:1] + gap[-1:] != b"<>" or gap[1:-1].translate(None, HEXADECIMAL + WHITESPACE):
        return False
    before = content[max(0, signed.gap_start - 64) : signed.gap_start].rstrip(WHITESPACE)
    if not before.endswith(b"/Contents"):
        return False
    digits = gap[1:-1].translate(None, WHITESPACE)
    if len(digits) % 2:
        digits += b"0"
    return bytes.fromhex(digits.decode("ascii")) == value


def end_of_last_revision(content: bytes) -> int:
    """Where the last proper end of a revision lies: `startxref`, a place and an end mark; 0 where there is none."""
    start = content.rfind(b"startxref")
    while start >= 0:
        mark = END_OF_REVISION.match(content, start)
        if mark is not None:
            return mark.end()
        start = content.rfind(b"startxref", 0, start)
    return 0


def tail_is_clean(content: bytes, sections: Iterable[int], signed_to: int) -> bool:
    """Whether nothing follows the last revision but white space.

    `sections` are the ends of the cross-reference sections in use; `signed_to` is the end of the farthest signed range. What
    lies behind that range must be accounted for by a section in use: between the last section and the end of the file there
    is room for one trailer, one `startxref` and one end mark only.
    """
    last_mark = content.rfind(b"%%EOF")
    if last_mark < 0 or content[last_mark + 5 :].strip(WHITESPACE):
        return False
    if signed_to >= len(content.rstrip(WHITESPACE)):
        return True
    rest = content[max(sections, default=0) :]
    mark = END_OF_REVISION.search(rest, 0, MAX_TRAILER)
    if mark is None or OBJECT.search(rest, 0, mark.start()):
        return False
    return not rest[mark.end() :].strip(WHITESPACE)


def all_listed(content: bytes, begin: int, places: Iterable[int]) -> bool:
    """Whether every object behind a place, and every trailer, stands where a cross-reference section says that one does.

    Programs that mend damaged files look for both themselves; one that no section names would show up there only.
    """
    known = {past_white_space(content, place) for place in places if begin <= place < len(content)}
    objects = all(found.start() in known for found in OBJECT_HEADER.finditer(content, begin))
    return objects and all(found.end() in known for found in TRAILER.finditer(content, begin))


def past_white_space(content: bytes, place: int) -> int:
    """The first place from here on that is no white space."""
    while place < len(content) and content[place] in WHITESPACE:
        place += 1
    return place
