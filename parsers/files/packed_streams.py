"""Single files packed by gzip, bzip2 or xz, unpacked piece by piece so that no piece outgrows the limits."""

import bz2
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from parsers.files.member_names import decode_name
from parsers.files.members import Allowance, ArchiveError, Member, member
from parsers.files.model import ContainerCode

_CHUNK = 256 << 10
_MOST_STREAMS = 10_000
"""Streams behind one another in a file; programs that pack in parallel write one for each 64 KiB or more."""

_GZIP_WBITS = 31
_LZMA_MEMORY = 256 << 20
_PACKED_EXTENSION = re.compile(r"\.(?:gz|bz2|xz|z)\Z", re.IGNORECASE)
_PACKED_TAR = re.compile(r"\.(?:tgz|tbz2?|txz)\Z", re.IGNORECASE)
_DAMAGE = (zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, MemoryError)


class _Unpacker(Protocol):
    """What unpacks one stream; never more than `length` bytes at a time."""

    def unpack(self, packed: bytes, length: int) -> bytes: ...

    @property
    def hungry(self) -> bool: ...

    @property
    def ended(self) -> bool: ...

    @property
    def rest(self) -> bytes: ...


class _Gzip:
    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=_GZIP_WBITS)

    def unpack(self, packed: bytes, length: int) -> bytes:
        return self._stream.decompress(self._stream.unconsumed_tail + packed, length)

    @property
    def hungry(self) -> bool:
        return not self._stream.unconsumed_tail

    @property
    def ended(self) -> bool:
        return self._stream.eof

    @property
    def rest(self) -> bytes:
        return self._stream.unused_data


@dataclass(slots=True)
class _Standard:
    """The decompressors of bz2 and lzma, which keep by themselves what they have not unpacked yet."""

    stream: bz2.BZ2Decompressor | lzma.LZMADecompressor

    def unpack(self, packed: bytes, length: int) -> bytes:
        return self.stream.decompress(packed, length)

    @property
    def hungry(self) -> bool:
        return self.stream.needs_input

    @property
    def ended(self) -> bool:
        return self.stream.eof

    @property
    def rest(self) -> bytes:
        return self.stream.unused_data


_UNPACKERS: dict[str, Callable[[], _Unpacker]] = {
    "application/gzip": _Gzip,
    "application/x-bzip2": lambda: _Standard(bz2.BZ2Decompressor()),
    "application/x-xz": lambda: _Standard(lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_LZMA_MEMORY)),
}
PACKED_STREAMS = frozenset(_UNPACKERS)
"""Media types that `unpack_stream` reads."""


def unpack_stream(content: bytes, name: str, media_type: str, allowance: Allowance) -> Iterator[Member | ArchiveError]:
    """The one file in a packed stream, or the error that stands for it."""
    inner = _inner_name(content, name)
    pieces: list[bytes] = []
    failure: ArchiveError | None = None
    try:
        allowance.open_file()
        pieces.extend(_pieces(content, _UNPACKERS[media_type], allowance.room, inner))
    except ArchiveError as error:
        failure = error
    except _DAMAGE as error:
        failure = ArchiveError(ContainerCode.ARCHIVE_BROKEN, f"{inner}: {type(error).__name__}: {error}")
    # A list that an error has cut short keeps what came before it.
    allowance.use_up(sum(map(len, pieces)))
    yield failure or member(inner, b"".join(pieces))


def _pieces(content: bytes, start: Callable[[], _Unpacker], room: int, name: str) -> Iterator[bytes]:
    """What the streams of a file unpack to, one after the other; zeroes behind the last one are padding."""
    view, length = memoryview(content), 0
    position = 0
    for _ in range(_MOST_STREAMS):
        unpacker = start()
        while not unpacker.ended:
            hungry = unpacker.hungry
            # What it has not unpacked yet is not given more to, or it would be copied with every piece.
            packed = view[position : position + _CHUNK] if hungry else b""
            piece = unpacker.unpack(bytes(packed), _CHUNK)
            position += len(packed)
            length += len(piece)
            yield piece
            if length > room:
                raise ArchiveError(ContainerCode.ARCHIVE_BOMB, f"{name}: more than {room} bytes")
            if hungry and not piece and not packed and not unpacker.ended:
                raise EOFError("the packed data end early")
        position -= len(unpacker.rest)
        if _is_padding(content, position):
            return
    raise ArchiveError(ContainerCode.ARCHIVE_BOMB, f"{name}: more than {_MOST_STREAMS} streams")


def _is_padding(content: bytes, position: int) -> bool:
    """Whether nothing but zeroes follows; looked at only where a zero does, for many streams may follow one another."""
    return content[position : position + 1] in {b"", b"\0"} and not content[position:].strip(b"\0")


def _inner_name(content: bytes, name: str) -> str:
    """The name in a gzip header (RFC 1952, 2.3.1), else the file's own without the extension of the packer."""
    if content.startswith(b"\x1f\x8b\x08") and len(content) > 10 and content[3] & 0x0C == 0x08:
        written = content[10:1034].partition(b"\0")[0]
        if written:
            return decode_name(written)
    if _PACKED_TAR.search(name):
        return _PACKED_TAR.sub(".tar", name)
    return _PACKED_EXTENSION.sub("", name)
