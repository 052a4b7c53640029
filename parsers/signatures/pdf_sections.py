"""How the cross-reference sections of an update are spelt: whether every program that follows them arrives at the same objects.

Programs that stumble over a section look for objects themselves, and take those that no section names, or that were replaced
long ago. So an update may be wrong in ways that our engine puts right, and show another letter elsewhere.
"""

import re
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, TypeGuard

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.xref import XRefSectionData, XRefSectionMetaInfo, XRefSectionType

from parsers.signatures.pdf_guard import WHITESPACE, past_white_space
from parsers.signatures.pdf_syntax import NotPlainError, PlainReader

if TYPE_CHECKING:
    from parsers.signatures.pdf_reader import BoundedReader

TABLE_WORD = b"xref"
TABLE_PART = re.compile(
    rb"[\x00\t\n\x0c\r ]*+(\d{1,10}) (\d{1,10}) *+(?:\r\n|\r|\n)((?:\d{10} \d{5} [nf](?: \r| \n|\r\n))*+)",
)
ROW_WIDTH = 20

ADDED_BY_SIGNING = frozenset({"/Annots", "/AcroForm", "/DSS", "/Extensions", "/Metadata", "/Perms", "/Version"})
"""What signing changes in a page and in the catalogue."""

END_MARK = re.compile(rb"(?:[\x00\t\n\x0c\r ]|%[^\r\n]*+[\r\n])*+startxref")
"""What follows a trailer; another one would be read by those who look for it themselves."""

SEARCHED_FOR_END = 1000
"""Bytes at the end of a file in which `startxref` has to stand: some programs look for it in the last kilobyte only."""


class PlainSections:
    """The sections of one file, read again where it matters how they are spelt."""

    def __init__(self, reader: "BoundedReader") -> None:
        self.reader = reader
        self.content = reader.content

    def are_plain(self, revision: int) -> bool:
        """Whether everybody reads the section of a revision and its trailer in the same way."""
        return self.has_plain_trailer(revision) and self.has_plain_section(revision)

    def has_plain_trailer(self, revision: int) -> bool:
        """Whether the trailer and the dictionaries of cross-reference streams define each key once (ISO 32000-2, 7.5.8.4)."""
        section = self.reader.xrefs.get_xref_container_info(revision)
        if section.xref_section_type is XRefSectionType.STREAM:
            return is_usual(self.plain_stream(section.start_location, section.stream_ref))
        # A table ends behind the word `trailer`.
        reading = PlainReader(self.content, section.end_location, generic.Reference(0, 0, self.reader))
        try:
            found = reading.value(0)
        except NotPlainError:
            return False
        if not is_usual(found) or END_MARK.match(self.content, reading.position) is None:
            return False
        if "/XRefStm" not in found:
            return not reading.repeated
        beside = self.plain_stream(found["/XRefStm"], section.stream_ref)
        return beside is not None and not reading.repeated and dict.get(beside, "/Root") in {None, dict.get(found, "/Root")}

    def plain_stream(self, position: object, reference: generic.Reference | None) -> generic.StreamObject | None:
        """A cross-reference stream that defines each key once; None where there is no such one."""
        if reference is None or not isinstance(position, int):
            return None
        reading = PlainReader(self.content, position, generic.Reference(reference.idnum, reference.generation, self.reader))
        try:
            found = reading.indirect_object()
        except NotPlainError:
            return None
        return found if isinstance(found, generic.StreamObject) and not reading.repeated else None

    def has_plain_section(self, revision: int) -> bool:
        """Whether a section stands where the update says that it and the one before it do, and names each object once."""
        section, data = self.reader.xrefs.get_xref_container_info(revision), self.reader.xrefs.get_xref_data(revision)
        earlier = [self.reader.xrefs.get_xref_container_info(number) for number in range(revision)]
        if not all(is_where_said(self.content, one) for one in (section, *earlier[-1:])):
            return False
        # Programs leave out objects whose numbers are beyond the size in the newest trailer, or look for them themselves.
        newest = revision == self.reader.total_revisions - 1
        if newest and section.size <= max((*in_use(data), *(one.size - 1 for one in earlier)), default=0):
            return False
        if section.xref_section_type is XRefSectionType.STREAM:
            return self.lists_plainly(section.start_location, section.stream_ref, data)
        if not lists_each_once(table_numbers(self.content, section), data):
            return False
        if data.hybrid is None:
            return True
        beside, place = data.hybrid.xref_data, data.hybrid.meta_info.start_location
        return self.lists_plainly(place, section.stream_ref, beside) and self.lead_to_the_same(data, beside)

    def lead_to_the_same(self, table: XRefSectionData, beside: XRefSectionData) -> bool:
        """Whether it does not matter which is followed for an object that both a table and the stream beside it name.

        Some programs name the stream of an older revision again, in which page and catalogue are without the new signature.
        """
        for number in in_use(table) & in_use(beside):
            places = (table.standard_xrefs.get(number), beside.standard_xrefs.get(number))
            if None in places:
                return False
            readings = [
                PlainReader(self.content, at, generic.Reference(number, of, self.reader)) for of, at in filter(None, places)
            ]
            try:
                same = places[0] == places[1] or differ_by_signing(*(reading.indirect_object() for reading in readings))
            except NotPlainError:
                return False
            if not same:
                return False
        return True

    def lists_plainly(self, position: int, reference: generic.Reference | None, data: XRefSectionData) -> bool:
        """Whether a cross-reference stream names each object once."""
        stream = self.plain_stream(position, reference)
        return stream is not None and lists_each_once(stream_numbers(stream), data)


def is_usual(trailer: generic.PdfObject | None) -> TypeGuard[generic.DictionaryObject]:
    """Whether a trailer says with a whole number how many objects there are, and where the catalogue is (ISO 32000-2, 7.5.5)."""
    if not isinstance(trailer, generic.DictionaryObject):
        return False
    size, root = dict.get(trailer, "/Size"), dict.get(trailer, "/Root")
    return isinstance(size, generic.NumberObject) and isinstance(root, generic.IndirectObject)


def ends_in_sight(content: bytes) -> bool:
    """Whether every program finds the last `startxref`."""
    return content.rfind(b"startxref") >= len(content) - SEARCHED_FOR_END


def is_where_said(content: bytes, section: XRefSectionMetaInfo) -> bool:
    """Whether a section begins at the place that leads to it, or behind white space there."""
    begin = past_white_space(content, section.declared_startxref)
    if section.xref_section_type is XRefSectionType.STREAM:
        return begin == past_white_space(content, section.start_location)
    return content.startswith(TABLE_WORD, begin) and begin < section.start_location <= begin + len(TABLE_WORD) + 1


def table_numbers(content: bytes, section: XRefSectionMetaInfo) -> list[int] | None:
    """The numbers of the objects in a table, in its order; None where its rows are not spelt as they should be.

    Rows take twenty bytes (ISO 32000-2, 7.5.4); some programs count on it.
    """
    at = past_white_space(content, section.declared_startxref) + len(TABLE_WORD)
    numbers: list[int] = []
    while (part := TABLE_PART.match(content, at)) is not None:
        first, count = int(part[1]), int(part[2])
        if len(part[3]) != ROW_WIDTH * count:
            return None
        numbers.extend(range(first, first + count))
        at = part.end()
    return numbers if content[at : section.end_location].strip(WHITESPACE) == b"trailer" else None


def stream_numbers(stream: generic.StreamObject) -> list[int] | None:
    """The numbers of the objects in a cross-reference stream, in its order (ISO 32000-2, 7.5.8.2)."""
    parts = list(stream["/Index"]) if "/Index" in stream else [0, stream["/Size"]]
    if len(parts) % 2 or not all(isinstance(part, int) for part in (*parts, *stream["/W"])):
        return None
    return [number for first, count in zip(parts[::2], parts[1::2], strict=True) for number in range(first, first + count)]


def lists_each_once(numbers: Iterable[int] | None, *sections: XRefSectionData) -> bool:
    """Whether each row of a section counts, and for an object of its own: of two rows programs take either."""
    if numbers is None:
        return False
    rows = [number for number in numbers if number]
    known = {number for section in sections for number in (*section.standard_xrefs, *section.xrefs_in_objstm, *section.freed)}
    return len(rows) == len(known) and set(rows) == known


def in_use(section: XRefSectionData) -> set[int]:
    """Numbers of the objects that a section says are there."""
    return {*section.standard_xrefs, *section.xrefs_in_objstm}


def differ_by_signing(one: generic.PdfObject, other: generic.PdfObject) -> bool:
    """Whether two dictionaries are the same but for what signing adds to them."""
    if not isinstance(one, generic.DictionaryObject) or not isinstance(other, generic.DictionaryObject):
        return False
    kept = [{key: spelt(found.raw_get(key)) for key in found if key not in ADDED_BY_SIGNING} for found in (one, other)]
    return kept[0] == kept[1] and not isinstance(one, generic.StreamObject) and not isinstance(other, generic.StreamObject)


def spelt(value: generic.PdfObject) -> bytes:
    """A value as it is written."""
    output = BytesIO()
    value.write_to_stream(output)
    return output.getvalue()
