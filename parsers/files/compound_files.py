"""OLE compound files ([MS-CFB]): storages and streams of Outlook messages and of Office before 2007.

Read in bounded work: a chain of sectors is followed at most once round the file, and streams may not share sectors, so that
nothing in memory outgrows the file itself.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.errors import LimitExceededError, ParseError

MAX_ENTRIES = 20_000
"""Storages and streams of one file; an Outlook message takes about 100."""

MAX_DEPTH = 64
"""Storages in one another; each message attached to another takes two."""

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_LAST_SECTOR = 0xFFFFFFFA
_ENTRY = 128
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_HEADER_TABLE = 109


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int
    class_id: bytes


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream: the storages it lies in and its own name, and its bytes."""

    path: tuple[str, ...]
    content: bytes


class CompoundFile:
    """The directory of one compound file; ParseError where it is damaged or too large."""

    def __init__(self, content: bytes) -> None:
        if not content.startswith(SIGNATURE) or len(content) < _HEADER:
            raise ParseError("no compound file")
        self._content = content
        shift, small_shift = struct.unpack_from("<HH", content, 30)
        if shift not in {9, 12} or small_shift != 6:
            raise ParseError(f"sectors of 2^{shift} and 2^{small_shift} bytes")
        self._sector = 1 << shift
        self._small_sector = 1 << small_shift
        directory, self._cutoff, small_table = struct.unpack_from("<I4xII", content, 48)
        self._table = self._read_table()
        self._entries = [_entry(raw) for raw in _pieces(self._chain(directory), _ENTRY)]
        if len(self._entries) > MAX_ENTRIES:
            raise LimitExceededError(f"more than {MAX_ENTRIES} entries")
        if not self._entries or self._entries[0].kind != _ROOT:
            raise ParseError("no root storage")
        self._small_table = _numbers(self._chain(small_table))
        root = self._entries[0]
        self._small = self._chain(root.start)[: root.size]

    @property
    def root_class(self) -> bytes:
        """The class id of the root storage, which says what program made the file."""
        return self._entries[0].class_id

    def names(self) -> frozenset[str]:
        """Names of all storages and streams, wherever they lie."""
        return frozenset(entry.name for entry in self._entries if entry.kind in {_STORAGE, _STREAM})

    def paths(self) -> Iterator[tuple[str, ...]]:
        """Paths of all streams."""
        return (path for path, entry in self._walk() if entry.kind == _STREAM)

    def storages(self) -> Iterator[tuple[str, ...]]:
        """Paths of the storages, outer ones first."""
        return (path for path, entry in self._walk() if entry.kind == _STORAGE)

    def streams(self, names: frozenset[str] | None = None) -> Iterator[Stream]:
        """The streams in the order of the directory, or those of some names; ParseError where one is damaged.

        LimitExceededError where together they are longer than the file.
        """
        found = [(path, entry) for path, entry in self._walk() if entry.kind == _STREAM]
        if sum(entry.size for _, entry in found) > len(self._content):
            raise LimitExceededError("streams share their sectors")
        return (Stream(path, self._stream(entry)) for path, entry in found if names is None or path[-1] in names)

    def _walk(self) -> Iterator[tuple[tuple[str, ...], _Entry]]:
        """Every storage and stream once, with its path; a directory that refers to itself is told once, too."""
        seen = {0}
        waiting: list[tuple[tuple[str, ...], int]] = [((), self._entries[0].child)]
        while waiting:
            path, number = waiting.pop()
            if number in seen or number >= len(self._entries):
                continue
            seen.add(number)
            entry = self._entries[number]
            waiting += [(path, entry.right), (path, entry.left)]
            if entry.kind in {_STORAGE, _STREAM}:
                yield (*path, entry.name), entry
            if entry.kind == _STORAGE:
                if len(path) >= MAX_DEPTH:
                    raise LimitExceededError(f"more than {MAX_DEPTH} storages in one another")
                waiting.append(((*path, entry.name), entry.child))

    def _stream(self, entry: _Entry) -> bytes:
        if entry.size >= self._cutoff:
            content = self._chain(entry.start, entry.size)
        else:
            content = b"".join(self._small_sectors(entry.start, entry.size))
        if len(content) < entry.size:
            raise ParseError(f"stream {entry.name!r} ends early")
        return content[: entry.size]

    def _small_sectors(self, number: int, size: int) -> Iterator[bytes]:
        for _ in range((size + self._small_sector - 1) // self._small_sector):
            if number >= len(self._small_table):
                return
            yield self._small[number * self._small_sector : (number + 1) * self._small_sector]
            number = self._small_table[number]

    def _chain(self, number: int, size: int | None = None) -> bytes:
        """The bytes of a chain of sectors, up to `size`; one that comes back to itself ends after the file's length."""
        most = len(self._content) // self._sector if size is None else (size + self._sector - 1) // self._sector
        sectors: list[bytes] = []
        while number < min(len(self._table), _LAST_SECTOR) and len(sectors) < most:
            sectors.append(self._sector_at(number))
            number = self._table[number]
        return b"".join(sectors)

    def _sector_at(self, number: int) -> bytes:
        start = (number + 1) * self._sector
        return self._content[start : start + self._sector]

    def _read_table(self) -> list[int]:
        """The allocation table: for each sector the next of its chain."""
        (count,) = struct.unpack_from("<I", self._content, 44)
        listed = list(struct.unpack_from(f"<{_HEADER_TABLE}I", self._content, 76))
        (more,) = struct.unpack_from("<I", self._content, 68)
        most = len(self._content) // self._sector
        while more < _LAST_SECTOR and len(listed) < most:
            numbers = _numbers(self._sector_at(more))
            if not numbers:
                break
            listed += numbers[:-1]
            more = numbers[-1]
        used = [number for number in listed[: min(count, most)] if number < _LAST_SECTOR]
        return _numbers(b"".join(self._sector_at(number) for number in used))


def _entry(raw: bytes) -> _Entry:
    length, kind = struct.unpack_from("<HB", raw, 64)
    left, right, child = struct.unpack_from("<III", raw, 68)
    start, size = struct.unpack_from("<IQ", raw, 116)
    name = raw[: max(0, min(length, 64) - 2)].decode("utf_16_le", "replace")
    # Version 3 leaves the upper half of the size undefined.
    return _Entry(name, kind, left, right, child, start, size & 0xFFFFFFFF, raw[80:96])


def _pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content) - size + 1, size))


def _numbers(content: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4]))
