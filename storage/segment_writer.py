"""The segment that a process appends to: records written behind one another, durable after one flush for many."""

import ctypes
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from storage.bodies import Body, size_of
from storage.errors import StorageUnavailableError, disk_error
from storage.segments import Place, new_segment_name, pack
from storage.writing import Writing

SUFFIX: Final = ".segment"

_MOST_BUFFERS: Final = 512
_MOST_OCTETS: Final = 4 * 1024 * 1024

_WRITE: Final = 2
"""SYNC_FILE_RANGE_WRITE of sync_file_range(2): begin to write dirty pages, wait for none."""


class SegmentWriter:
    """Appends to a segment of its own in a folder; one batch at a time, whatever number of threads bring some."""

    def __init__(self, folder: Path, limit: int, flush: Callable[[int], None]) -> None:
        self._folder = folder
        self._limit = limit
        self._flush = flush
        self._lock = threading.Lock()
        self._open: _OpenSegment | None = None

    @contextmanager
    def writing(self, bodies: Sequence[Body]) -> Iterator[Writing]:
        """Append the bodies' records, and let the disk begin with them; they are flushed at the end of the block at the latest.

        A block that fails before its flush leaves bytes that nothing names.
        """
        with self._lock:
            written = self._written(bodies)
            yield written
            written.flush()

    def close(self) -> None:
        """Close the segment; the next batch begins another one."""
        with self._lock:
            self._abandon()

    def _written(self, bodies: Sequence[Body]) -> Writing:
        if not bodies:
            return Writing([])
        try:
            with writing_to_disk():
                segment = self._writable()
                places = _places(segment, bodies)
                write_all(segment.descriptor, _records(places, bodies), segment.end)
        except StorageUnavailableError:
            self._abandon()
            raise
        start, segment.end = segment.end, places[-1].end
        _begin_write_back(segment.descriptor, start, segment.end - start)
        return Writing([place.ref for place in places], lambda: self._flush_or_abandon(segment))

    def _flush_or_abandon(self, segment: "_OpenSegment") -> None:
        try:
            with writing_to_disk():
                self._flush(segment.descriptor)
        except StorageUnavailableError:
            # After a failed flush nobody knows what is on disk; what follows goes into a new file.
            self._abandon()
            raise
        segment.durable = True

    def _writable(self) -> "_OpenSegment":
        current = self._open
        # A forked child must not write where its parent writes.
        if current is not None and current.process == os.getpid() and current.end < self._limit:
            return current
        self._abandon()
        self._open = self._create()
        return self._open

    def _create(self) -> "_OpenSegment":
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = new_segment_name()
        path = self._folder / (name + SUFFIX)
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
            # No reference leads into it. A full disk would otherwise gather a file at every attempt.
            if not current.durable and current.process == os.getpid():
                (self._folder / (current.name + SUFFIX)).unlink()


class _OpenSegment:
    """The segment that this process appends to."""

    def __init__(self, name: str, descriptor: int) -> None:
        self.name = name
        self.descriptor = descriptor
        self.process = os.getpid()
        self.end = 0
        self.durable = False


@contextmanager
def writing_to_disk() -> Iterator[None]:
    """Turn what the disk says into the error that names the blob store."""
    try:
        yield
    except OSError as error:
        raise disk_error("the blob store cannot be written", error) from error


def write_all(descriptor: int, buffers: Iterable[bytes], offset: int) -> None:
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


def _write_back() -> Callable[[int, int, int, int], int] | None:
    try:
        found = ctypes.CDLL(None).sync_file_range
    except AttributeError:
        # Linux alone has it.
        return None
    found.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
    found.restype = ctypes.c_int
    call: Callable[[int, int, int, int], int] = found
    return call


_SYNC_FILE_RANGE: Final = _write_back()


def _begin_write_back(descriptor: int, start: int, octets: int) -> None:
    """Let the disk begin while the rows are prepared. Only a hint: the flush waits for all of it, and tells what went wrong."""
    if _SYNC_FILE_RANGE is not None:
        _SYNC_FILE_RANGE(descriptor, start, octets, _WRITE)
