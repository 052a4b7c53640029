"""The blob store: bytes that are durable before anybody is told so, in append-only segment files.

One file per mail was refused: creating a file costs four times an append. Nothing is ever truncated or moved; what was
damaged is passed over, and everything behind it is still read.

A segment's name is random, and every record of it begins with a marker made from that name. Who writes a mail cannot know
it, so no mail can pretend to hold a record.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from storage.bodies import Body
from storage.errors import DamagedBlobError, NotFoundError, disk_error
from storage.segment_writer import SUFFIX, SegmentWriter, write_all, writing_to_disk
from storage.segments import BadRange, GoodRecord, Place, blank_record, decode, scan_segment
from storage.writing import Writing

_SEGMENT_LIMIT: Final = 256 * 1024 * 1024


class BlobStore(Protocol):
    """Keeps byte strings under references that only the store understands."""

    def put_many(self, bodies: Sequence[Body], /) -> list[str]:
        """Store bodies with one flush; they are durable when this returns their references."""

    def writing(self, bodies: Sequence[Body], /) -> AbstractContextManager[Writing]:
        """Store bodies while their rows are prepared: durable after `flush`, or at the end of the block."""

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
        self._flush = flush
        # Two, so that who writes beside an open transaction never waits for one who waits for that transaction.
        self._alone = SegmentWriter(folder, segment_limit, flush)
        self._beside_rows = SegmentWriter(folder, segment_limit, flush)

    def put_many(self, bodies: Sequence[Body], /) -> list[str]:
        """Append the records to this process's segment and flush once."""
        with self._alone.writing(bodies) as written:
            return written.refs

    def writing(self, bodies: Sequence[Body], /) -> AbstractContextManager[Writing]:
        """Append the records and flush once, while their rows are prepared."""
        return self._beside_rows.writing(bodies)

    def get(self, ref: str) -> bytes:
        """Read one record and check every byte of it."""
        place = _place(ref)
        with _reading(), self._segment(place, os.O_RDONLY) as descriptor:
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
        with writing_to_disk(), self._segment(place, os.O_RDWR) as descriptor:
            if os.fstat(descriptor).st_size < place.end:
                raise NotFoundError(f"blob {ref!r} lies behind the end of its segment")
            header, zeros = blank_record(place)
            # Zeros first, and flushed: no crash can leave the bytes under a header that says they are gone.
            write_all(descriptor, zeros, place.body_start)
            self._flush(descriptor)
            write_all(descriptor, [header], place.start)
            self._flush(descriptor)

    def scan(self) -> Iterator[GoodRecord | BadRange]:
        """Read every segment from begin to end: good records, and the ranges that are none.

        The end of a segment that is being written at this moment may look bad.
        """
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            with _reading():
                yield from scan_segment(path, path.name.removesuffix(SUFFIX))

    def stored(self, before: datetime) -> Iterator[StoredBlob | BadRange]:
        """List the records of segments that nobody has written to since a moment, and what is damaged in them."""
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            with _reading():
                if path.stat().st_mtime >= before.timestamp():
                    continue
                for item in scan_segment(path, path.name.removesuffix(SUFFIX)):
                    if isinstance(item, BadRange):
                        yield item
                    elif not item.destroyed:
                        yield StoredBlob(ref=item.ref, size=item.size)

    def knows(self, ref: str) -> bool:
        """Whether the reference is one of a segment."""
        return Place.parse(ref) is not None

    def close(self) -> None:
        """Close the segment that this process writes."""
        self._alone.close()
        self._beside_rows.close()

    @contextmanager
    def _segment(self, place: Place, flags: int) -> Iterator[int]:
        try:
            descriptor = os.open(self._folder / (place.segment + SUFFIX), flags | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise NotFoundError(f"segment {place.segment!r} is not there") from error
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def _place(ref: str) -> Place:
    place = Place.parse(ref)
    if place is None:
        raise NotFoundError(f"{ref!r} is no reference of this store")
    return place


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise disk_error("the blob store cannot be read", error) from error
