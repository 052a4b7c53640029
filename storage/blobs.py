"""The blob store: bytes that are durable before anybody is told so, in append-only segment files.

One file per mail was refused: creating a file costs four times an append. Nothing is ever truncated or moved; what was
damaged is passed over, and everything behind it is still read.

A segment's name is random, and every record of it begins with a marker made from that name. Who writes a mail cannot know
it, so no mail can pretend to hold a record.
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from storage.bodies import Body, size_of
from storage.errors import DamagedBlobError, NotFoundError, StorageUnavailableError, disk_error
from storage.segments import BadRange, GoodRecord, Place, blank_record, decode, new_segment_name, pack, scan_segment

_SEGMENT_LIMIT: Final = 256 * 1024 * 1024
_MOST_BUFFERS: Final = 512
_MOST_OCTETS: Final = 4 * 1024 * 1024
_SUFFIX: Final = ".segment"


class BlobStore(Protocol):
    """Keeps byte strings under references that only the store understands."""

    def put_many(self, bodies: Sequence[Body], /) -> list[str]:
        """Store bodies with one flush; they are durable when this returns their references."""

    def get(self, ref: str) -> bytes:
        """Read the bytes; NotFoundError when there are none (any more), DamagedBlobError when they are not the ones put."""

    def overwrite(self, ref: str) -> None:
        """Destroy the bytes in place; durable on return. Doing it again is harmless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBlob:
    """A blob that a store holds; `size` in octets."""

    ref: str
    size: int


class SweptStore(BlobStore, Protocol):
    """A blob store that can say what it holds, so that litter can be found."""

    def stored(self, before: datetime) -> Iterator[StoredBlob | BadRange]:
        """List what was stored before a moment and is not destroyed, and what is damaged."""

    def knows(self, ref: str) -> bool:
        """Whether the reference is of this store's form."""

    def close(self) -> None:
        """Let go of files and threads."""


class SegmentStore:
    """A blob store in one folder, shared by any number of processes: each writes segments of its own.

    Overwriting destroys bytes only on a file system that writes in place, not on one that copies on write.
    """

    def __init__(self, folder: Path, *, segment_limit: int = _SEGMENT_LIMIT, flush: Callable[[int], None] = os.fdatasync) -> None:
        self._folder = folder
        self._segment_limit = segment_limit
        self._flush = flush
        self._lock = threading.Lock()
        self._open: _OpenSegment | None = None

    def put_many(self, bodies: Sequence[Body], /) -> list[str]:
        """Append the records to this process's segment and flush once."""
        if not bodies:
            return []
        with self._lock, _disk("cannot be written"):
            segment = self._writable()
            places = _places(segment, bodies)
            try:
                _write_all(segment.descriptor, _records(places, bodies), segment.end)
                self._flush(segment.descriptor)
            except (OSError, StorageUnavailableError):
                # After a failed flush nobody knows what is on disk; what follows goes into a new file.
                self._abandon()
                raise
            segment.end = places[-1].end
            return [place.ref for place in places]

    def get(self, ref: str) -> bytes:
        """Read one record and check every byte of it."""
        place = _place(ref)
        with _disk("cannot be read"), self._segment(place, os.O_RDONLY) as descriptor:
            # A record that the file is too short for is not asked for: its length may be nonsense.
            whole = place.end <= os.fstat(descriptor).st_size
            found = decode(place, os.pread(descriptor, place.end - place.start, place.start)) if whole else None
        if found is None:
            raise DamagedBlobError(f"blob {ref!r} is damaged")
        if found.destroyed:
            raise NotFoundError(f"blob {ref!r} was destroyed")
        return found.body

    def overwrite(self, ref: str) -> None:
        """Write zeros over the record, a damaged one too, and mark it destroyed."""
        place = _place(ref)
        with _disk("cannot be written"), self._segment(place, os.O_RDWR) as descriptor:
            if os.fstat(descriptor).st_size < place.end:
                raise NotFoundError(f"blob {ref!r} lies behind the end of its segment")
            header, zeros = blank_record(place)
            # Zeros first, and flushed: no crash can leave the bytes under a header that says they are gone.
            _write_all(descriptor, zeros, place.body_start)
            self._flush(descriptor)
            _write_all(descriptor, [header], place.start)
            self._flush(descriptor)

    def scan(self) -> Iterator[GoodRecord | BadRange]:
        """Read every segment from begin to end: good records, and the ranges that are none.

        The end of a segment that is being written at this moment may look bad.
        """
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            with _disk("cannot be read"):
                yield from scan_segment(path, path.name.removesuffix(_SUFFIX))

    def stored(self, before: datetime) -> Iterator[StoredBlob | BadRange]:
        """List the records of segments that nobody has written to since a moment, and what is damaged in them."""
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            with _disk("cannot be read"):
                if path.stat().st_mtime >= before.timestamp():
                    continue
                for item in scan_segment(path, path.name.removesuffix(_SUFFIX)):
                    if isinstance(item, BadRange):
                        yield item
                    elif not item.destroyed:
                        yield StoredBlob(ref=item.ref, size=item.size)

    def knows(self, ref: str) -> bool:
        """Whether the reference is one of a segment."""
        return Place.parse(ref) is not None

    def close(self) -> None:
        """Close the segment that this process writes."""
        with self._lock:
            self._abandon()

    def _writable(self) -> "_OpenSegment":
        current = self._open
        # A forked child must not write where its parent writes.
        if current is not None and current.process == os.getpid() and current.end < self._segment_limit:
            return current
        self._abandon()
        self._open = self._create()
        return self._open

    def _create(self) -> "_OpenSegment":
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = new_segment_name()
        path = self._folder / (name + _SUFFIX)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            _flush_folder(self._folder)
        except OSError:
            os.close(descriptor)
            raise
        return _OpenSegment(name, descriptor)

    def _abandon(self) -> None:
        current, self._open = self._open, None
        if current is None:
            return
        with suppress(OSError):
            os.close(current.descriptor)
            # No reference leads into it. A full disk would otherwise gather an empty file at every attempt.
            if current.end == 0 and current.process == os.getpid():
                (self._folder / (current.name + _SUFFIX)).unlink()

    @contextmanager
    def _segment(self, place: Place, flags: int) -> Iterator[int]:
        try:
            descriptor = os.open(self._folder / (place.segment + _SUFFIX), flags | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise NotFoundError(f"segment {place.segment!r} is not there") from error
        try:
            yield descriptor
        finally:
            os.close(descriptor)


class _OpenSegment:
    """The segment that this process appends to."""

    def __init__(self, name: str, descriptor: int) -> None:
        self.name = name
        self.descriptor = descriptor
        self.process = os.getpid()
        self.end = 0


def _places(segment: _OpenSegment, bodies: Sequence[Body]) -> list[Place]:
    places: list[Place] = []
    start = segment.end
    for body in bodies:
        places.append(Place(segment=segment.name, start=start, size=size_of(body)))
        start = places[-1].end
    return places


def _records(places: list[Place], bodies: Sequence[Body]) -> Iterator[bytes]:
    for place, body in zip(places, bodies, strict=True):
        yield from pack(place, body)


def _write_all(descriptor: int, buffers: Iterable[bytes], offset: int) -> None:
    """Write in few large calls, and hold no more than one of them in memory."""
    waiting: list[bytes] = []
    octets = 0
    for buffer in buffers:
        waiting.append(buffer)
        octets += len(buffer)
        if len(waiting) == _MOST_BUFFERS or octets >= _MOST_OCTETS:
            offset = _write_vector(descriptor, waiting, offset)
            waiting, octets = [], 0
    _write_vector(descriptor, waiting, offset)


def _write_vector(descriptor: int, buffers: list[bytes], offset: int) -> int:
    waiting = [memoryview(buffer) for buffer in buffers if buffer]
    while waiting:
        written = os.pwritev(descriptor, waiting, offset)
        offset += written
        while waiting and written >= len(waiting[0]):
            written -= len(waiting.pop(0))
        if written:
            waiting[0] = waiting[0][written:]
    return offset


def _flush_folder(folder: Path) -> None:
    # A new file's name is durable only when its folder is.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _place(ref: str) -> Place:
    place = Place.parse(ref)
    if place is None:
        raise NotFoundError(f"{ref!r} is no reference of this store")
    return place


@contextmanager
def _disk(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise disk_error(f"the blob store {what}", error) from error
