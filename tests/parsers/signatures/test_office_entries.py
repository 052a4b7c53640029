"""Entries of a package that say of themselves something else than what they hold: programs would show different documents."""

import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import pytest

from parsers.signatures.model import Indication, SubIndication
from tests.pki.authority import make_pki
from tests.pki.office_documents import Signing, sign, word

PKI = make_pki()
DOCUMENT = "word/document.xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry with what is said of it; nothing said means the truth. Extra fields stand in front and in the directory."""

    name: str
    content: bytes
    packed: bytes
    method: int = 8
    size: int | None = None
    flags: int = 0
    here: bytes = b""
    there: bytes = b""

    def description(self, extra: bytes) -> bytes:
        """What stands both in front of the entry and in the directory."""
        size = len(self.content) if self.size is None else self.size
        sizes = (zlib.crc32(self.content), len(self.packed), size, len(self.name.encode()), len(extra))
        return struct.pack("<4H3L2H", self.flags, self.method, 0, 0x5A62, *sizes)


def deflated(content: bytes, ending: int = zlib.Z_FINISH) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return stream.compress(content) + stream.flush(ending)


ENTRIES = {
    name: Entry(name=name, content=content, packed=deflated(content))
    for name, content in sign(word(), Signing(identity=PKI.person, tsa=PKI.tsa)).entries().items()
}
TEXT = ENTRIES[DOCUMENT].content


def archive(entries: Iterable[Entry], end: Callable[[int, int, int], bytes] | None = None) -> bytes:
    """A ZIP file; `end` writes its end from the number of entries, and the length and the place of the directory."""
    front, directory, count = b"", b"", 0
    for entry in entries:
        name, place = entry.name.encode(), len(front)
        front += b"PK\3\4\x14\0" + entry.description(entry.here) + name + entry.here + entry.packed
        directory += b"PK\1\2\x14\0\x14\0" + entry.description(entry.there) + struct.pack("<3H2L", 0, 0, 0, 0, place)
        directory += name + entry.there
        count += 1
    return front + directory + (end or plain_end)(count, len(directory), len(front))


def plain_end(count: int, length: int, place: int) -> bytes:
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, length, place, 0)


def large_end(count: int, length: int, place: int, *, told: int | None = None, locator: int = 0) -> bytes:
    """An end for archives of any size, which tells of `told` entries and looks for itself `locator` bytes further on."""
    number = count if told is None else told
    large = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, number, number, length, place)
    found = struct.pack("<4sLQL", b"PK\6\7", 0, place + length + locator, 1)
    return large + found + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)


def with_entry(**changes: object) -> bytes:
    """The letter with another description of its text."""
    return archive({**ENTRIES, DOCUMENT: replace(ENTRIES[DOCUMENT], **changes)}.values())


def large_field(*values: int) -> bytes:
    return struct.pack(f"<2H{len(values)}Q", 1, 8 * len(values), *values)


OTHERWISE = {
    "more in the packed stream": with_entry(packed=deflated(TEXT + b"<!-- -->")),
    "bytes behind the packed stream": with_entry(packed=deflated(TEXT) + b"<h1>1</h1>"),
    "a packed stream without an end": with_entry(packed=deflated(TEXT, zlib.Z_SYNC_FLUSH)),
    "more than is said where nothing is packed": with_entry(method=0, packed=TEXT + b"<!-- -->"),
    "less than is said": with_entry(size=len(TEXT) + 1),
    "a patch": with_entry(flags=0x20),
    "strongly encrypted": with_entry(flags=0x40),
    "a folder with bytes": archive([*ENTRIES.values(), Entry(name="word/", content=b"", packed=deflated(b"1"))]),
    "sizes in an extra field in front": with_entry(here=large_field(5, 5)),
    "sizes in an extra field of the directory": with_entry(there=large_field(5, 5)),
    "a place in an extra field of the directory": with_entry(there=large_field(len(TEXT), len(deflated(TEXT)), 0)),
    "two fields for sizes": with_entry(there=large_field() + large_field()),
    "fewer entries in the large end": archive(ENTRIES.values(), lambda *real: large_end(*real, told=3)),
    "another place of the large end": archive(ENTRIES.values(), lambda *real: large_end(*real, locator=8)),
    "no large end where one is meant": archive(ENTRIES.values(), lambda *real: large_end(*real)[-22:]),
}


@pytest.mark.parametrize("content", OTHERWISE.values(), ids=OTHERWISE)
def test_an_entry_that_holds_something_else_than_is_said_makes_no_sound_package(verify, content):
    found = verify(content)

    assert found.indication in {Indication.TOTAL_FAILED, Indication.INDETERMINATE}
    assert found.sub_indication in {SubIndication.FORMAT_FAILURE, SubIndication.GENERIC}


USUAL = {
    "plain": archive(ENTRIES.values()),
    "not packed": with_entry(method=0, packed=TEXT),
    "a large end": archive(ENTRIES.values(), large_end),
    "right sizes in an extra field": with_entry(here=large_field(len(TEXT), len(deflated(TEXT)))),
    "a folder": archive([Entry(name="word/", content=b"", packed=b"", method=0), *ENTRIES.values()]),
    "a packed folder": archive([Entry(name="word/", content=b"", packed=deflated(b"")), *ENTRIES.values()]),
}


@pytest.mark.parametrize("content", USUAL.values(), ids=USUAL)
def test_a_package_written_by_another_program_passes(verify, content):
    assert verify(content).indication is Indication.TOTAL_PASSED
