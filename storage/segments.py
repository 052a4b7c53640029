"""The format of a segment: records one behind the other, each of which is found and checked by itself.

A record is a header of 68 bytes and the body:

    16 bytes  marker: SHA-256 over the segment's name, cut
     4 bytes  state: `LIVE`, or `GONE` once the body was overwritten
     8 bytes  length of the body, big endian
     4 bytes  reserved, zero
    32 bytes  SHA-256 of the body
     4 bytes  CRC-32 of the header so far
"""

import hashlib
import mmap
import re
import secrets
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from storage.bodies import Body, chunks_of, sha256_of

_HEADER: Final = struct.Struct(">16s4sQ4x32s")
_CHECKED_HEADER: Final = struct.Struct(f">{_HEADER.size}sL")
_LIVE: Final = b"LIVE"
_GONE: Final = b"GONE"
_REF: Final = re.compile(r"([0-9a-f]{32})\.(0|[1-9][0-9]{0,18})\.(0|[1-9][0-9]{0,18})", re.ASCII)
_ZEROS: Final = bytes(1024 * 1024)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record stands: byte offset in its segment, and the size of its body."""

    segment: str
    start: int
    size: int

    @property
    def body_start(self) -> int:
        """Offset of the body's first byte."""
        return self.start + _CHECKED_HEADER.size

    @property
    def end(self) -> int:
        """Offset behind the record."""
        return self.body_start + self.size

    @property
    def ref(self) -> str:
        """The reference that `parse` reads."""
        return f"{self.segment}.{self.start}.{self.size}"

    @classmethod
    def parse(cls, ref: str) -> "Place | None":
        """Read a reference; None when it is none."""
        match = _REF.fullmatch(ref)
        return cls(segment=match[1], start=int(match[2]), size=int(match[3])) if match else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What stands at a place, checked. A destroyed record has no body."""

    body: bytes
    destroyed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodRecord:
    """A record that a scan has found sound."""

    ref: str
    size: int
    destroyed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRange:
    """Bytes of a segment that are no sound record, from `start` up to and without `end`."""

    segment: str
    start: int
    end: int


def new_segment_name() -> str:
    """Make a name that nobody can guess, because the marker comes from it."""
    return secrets.token_hex(16)


def pack(place: Place, body: Body) -> Iterator[bytes]:
    """Give the buffers of a record, one after the other: a body that lies in a file is never whole in memory."""
    yield _header(place, _LIVE, bytes.fromhex(sha256_of(body)))
    yield from chunks_of(body)


def blank_record(place: Place) -> tuple[bytes, list[bytes]]:
    """Give the header of a destroyed record, and the zeros that take the place of its body."""
    whole, rest = divmod(place.size, len(_ZEROS))
    return _header(place, _GONE, bytes(32)), [_ZEROS] * whole + [_ZEROS[:rest]]


def decode(place: Place, raw: bytes) -> Record | None:
    """Read the bytes at a place; None when they are not the record that was put there."""
    header = _read_header(place.segment, raw[: _CHECKED_HEADER.size])
    body = raw[_CHECKED_HEADER.size :]
    if header is None or header.size != place.size:
        return None
    if header.destroyed:
        return Record(body=b"", destroyed=True)
    if len(body) != place.size or hashlib.sha256(body).digest() != header.digest:
        return None
    return Record(body=body, destroyed=False)


def scan_segment(path: Path, segment: str) -> Iterator[GoodRecord | BadRange]:
    """Read a segment file; behind a bad place the search goes on at the next marker."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield from _scan(content, segment)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    size: int
    digest: bytes
    destroyed: bool


def _scan(content: mmap.mmap, segment: str) -> Iterator[GoodRecord | BadRange]:
    start, bad_from = 0, None
    while start < len(content):
        place = _sound_place(content, segment, start)
        if place is None:
            bad_from = start if bad_from is None else bad_from
            start = _next_marker(content, segment, start + 1)
            continue
        if bad_from is not None:
            yield BadRange(segment=segment, start=bad_from, end=start)
            bad_from = None
        destroyed = content[start + 16 : start + 20] == _GONE
        yield GoodRecord(ref=place.ref, size=place.size, destroyed=destroyed)
        start = place.end
    if bad_from is not None:
        yield BadRange(segment=segment, start=bad_from, end=len(content))


def _sound_place(content: mmap.mmap, segment: str, start: int) -> Place | None:
    header = _read_header(segment, content[start : start + _CHECKED_HEADER.size])
    if header is None:
        return None
    place = Place(segment=segment, start=start, size=header.size)
    if place.end > len(content):
        return None
    return place if decode(place, content[start : place.end]) is not None else None


def _next_marker(content: mmap.mmap, segment: str, start: int) -> int:
    found = content.find(_marker(segment), start)
    return found if found >= 0 else len(content)


def _header(place: Place, state: bytes, digest: bytes) -> bytes:
    header = _HEADER.pack(_marker(place.segment), state, place.size, digest)
    return _CHECKED_HEADER.pack(header, zlib.crc32(header))


def _read_header(segment: str, raw: bytes) -> _Header | None:
    if len(raw) != _CHECKED_HEADER.size:
        return None
    header, checksum = _CHECKED_HEADER.unpack(raw)
    marker, state, size, digest = _HEADER.unpack(header)
    if zlib.crc32(header) != checksum or marker != _marker(segment) or state not in (_LIVE, _GONE):
        return None
    return _Header(size=size, digest=digest, destroyed=state == _GONE)


@lru_cache(maxsize=64)
def _marker(segment: str) -> bytes:
    return hashlib.sha256(segment.encode("ascii")).digest()[:16]
