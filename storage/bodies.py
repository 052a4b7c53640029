"""Bodies: octets on their way into a blob store, in memory while they are few, else in a file that has no name.

An unlinked file is gone with its process, however that dies, so that nothing has to be swept up after a crash.
"""

import errno
import hashlib
import os
import tempfile
import weakref
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Final, TypeAlias

from storage.errors import StorageUnavailableError, disk_error

HEAD_OCTETS: Final = 64 * 1024
CHUNK_OCTETS: Final = 1024 * 1024
_NO_UNNAMED_FILES: Final = frozenset({errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT})


class HeldBody(bytes):
    """Octets in memory whose digest is computed once, on the thread that asks first."""

    @cached_property
    def sha256(self) -> str:
        """Hex digest."""
        return hashlib.sha256(self).hexdigest()


class SpilledBody:
    """Octets in an unlinked file. `size` in octets, `sha256` as hex digest, `head` are the first 64 KiB.

    The file is given back by `close`, at the latest when the object is collected.
    """

    def __init__(self, descriptor: int, *, size: int, sha256: str, head: bytes) -> None:
        self.size = size
        self.sha256 = sha256
        self.head = head
        self._descriptor = descriptor
        self.close = weakref.finalize(self, os.close, descriptor)

    def chunks(self) -> Iterator[bytes]:
        """The octets in pieces of at most 1 MiB; from the beginning at every call.

        Raises StorageUnavailableError when they cannot be read back.
        """
        start = 0
        while start < self.size:
            chunk = self._read(start)
            start += len(chunk)
            yield chunk

    def _read(self, start: int) -> bytes:
        wanted = min(CHUNK_OCTETS, self.size - start)
        try:
            chunk = os.pread(self._descriptor, wanted, start) if self.close.alive else b""
        except OSError as error:
            raise StorageUnavailableError(f"a spilled body cannot be read: {error.strerror}") from error
        if not chunk:
            raise StorageUnavailableError("a spilled body is not there any more")
        return chunk


Body: TypeAlias = bytes | SpilledBody


class BodyWriter:
    """Takes the octets of one body and spills them into a file of `folder` once there are more than `spill_at`.

    Calls come one after the other, but may come from different threads: a door writes large pieces off its event loop.
    """

    def __init__(self, folder: Path, spill_at: int) -> None:
        self._folder = folder
        self._spill_at = spill_at
        self._pieces: list[bytes] = []
        self._digest = hashlib.sha256()
        self._descriptor: int | None = None
        self.size = 0

    @property
    def spilled(self) -> bool:
        """Whether the octets are in a file by now, and no longer in memory."""
        return self._descriptor is not None

    def write(self, octets: bytes) -> None:
        """Take more octets; raises StorageUnavailableError when the disk takes no more. Then `discard`."""
        self.size += len(octets)
        if self._descriptor is not None:
            self._append(self._descriptor, octets)
            return
        self._pieces.append(octets)
        if self.size > self._spill_at:
            self._spill()

    def finish(self) -> Body:
        """Give the body; the writer is empty then. What was spilled is whole, but not durable: a blob store makes it so."""
        pieces, self._pieces = self._pieces, []
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return HeldBody(b"".join(pieces) if len(pieces) != 1 else pieces[0])
        return SpilledBody(descriptor, size=self.size, sha256=self._digest.hexdigest(), head=os.pread(descriptor, HEAD_OCTETS, 0))

    def discard(self) -> None:
        """Forget the octets; harmless when repeated, or after `finish`."""
        self._pieces = []
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _spill(self) -> None:
        try:
            self._descriptor = descriptor = _unnamed_file(self._folder)
        except OSError as error:
            raise disk_error(f"no body can be spilled into {str(self._folder)!r}", error) from error
        pieces, self._pieces = self._pieces, []
        for piece in pieces:
            self._append(descriptor, piece)

    def _append(self, descriptor: int, octets: bytes) -> None:
        # Hashed in passing: the record in the segment begins with the digest, and the octets are read only once more.
        self._digest.update(octets)
        waiting = memoryview(octets)
        try:
            while waiting:
                waiting = waiting[os.write(descriptor, waiting) :]
        except OSError as error:
            raise disk_error("a body cannot be spilled", error) from error


def held(body: Body) -> Body:
    """Give a body whose digest is computed at most once."""
    return HeldBody(body) if type(body) is bytes else body


def size_of(body: Body) -> int:
    """Octets of a body."""
    return body.size if isinstance(body, SpilledBody) else len(body)


def sha256_of(body: Body) -> str:
    """Hex digest of a body; computed here only for plain bytes."""
    return body.sha256 if isinstance(body, SpilledBody | HeldBody) else hashlib.sha256(body).hexdigest()


def head_of(body: Body) -> bytes:
    """The first 64 KiB of a body."""
    return body.head if isinstance(body, SpilledBody) else body[:HEAD_OCTETS]


def chunks_of(body: Body) -> Iterator[bytes]:
    """The octets of a body in pieces; one that is in memory is one piece."""
    if isinstance(body, SpilledBody):
        yield from body.chunks()
    elif body:
        yield body


def _unnamed_file(folder: Path) -> int:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        # Overlays and network shares have no unnamed files.
        if error.errno not in _NO_UNNAMED_FILES:
            raise
    descriptor, name = tempfile.mkstemp(dir=folder)
    Path(name).unlink()
    return descriptor
