"""7z archives by py7zr, which is asked for nothing before its header's own words are within the limits.

Sizes in the header bound what is unpacked: the library never unpacks more of a file than its header says. What it could
not bound (other packers than LZMA and bzip2, large dictionaries) is not opened; its PPMd fails in unforeseen ways.
"""

import io
import lzma
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from parsers.charsets import nfc
from parsers.files.members import Allowance, ArchiveError, Member, member, told_names
from parsers.files.model import ContainerCode

MAX_HEADER = 1 << 20
"""Bytes of a header, packed or unpacked; one file takes about 100."""
MAX_DICTIONARY = 256 << 20
"""Memory that one packer may ask for."""

_START_HEADER = 32
_ENCODED_HEADER = b"\x17"
_COPY, _LZMA, _LZMA2 = b"\x00", b"\x03\x01\x01", b"\x21"
_AES = b"\x06\xf1\x07\x01"
_DELTA, _BZIP2 = b"\x03", b"\x04\x02\x02"
_BRANCHES = frozenset(bytes.fromhex(code) for code in ("03030103", "03030205", "03030401", "03030501", "03030701", "03030805"))
_BOUNDED = _BRANCHES | {_COPY, _LZMA, _LZMA2, _DELTA, _BZIP2}
_DAMAGE = (
    *(lzma.LZMAError, zlib.error, struct.error, EOFError, ValueError, OSError, OverflowError, RuntimeError, TypeError),
    *(AttributeError, AssertionError, LookupError, ZeroDivisionError, MemoryError),
)


def unpack_seven_zip(content: bytes, allowance: Allowance) -> Iterator[Member | ArchiveError]:
    """The members in the order of the archive; one that would exceed the limits ends it, and so does damage."""
    from py7zr.exceptions import ArchiveError as LibraryError  # noqa: PLC0415  heavy
    from py7zr.exceptions import PasswordRequired, UnsupportedCompressionMethodError  # noqa: PLC0415

    unpacked: list[Member | ArchiveError] = []
    try:
        _expect_readable_header(content)
        _unpack(content, allowance, unpacked)
    except ArchiveError as error:
        unpacked.append(error)
    except PasswordRequired:
        unpacked.append(ArchiveError(ContainerCode.ARCHIVE_ENCRYPTED, "password"))
    except UnsupportedCompressionMethodError as error:
        unpacked.append(ArchiveError(ContainerCode.ARCHIVE_UNSUPPORTED, type(error).__name__))
    except (LibraryError, *_DAMAGE) as error:
        unpacked.append(ArchiveError(ContainerCode.ARCHIVE_BROKEN, f"{type(error).__name__}: {error}"))
    yield from unpacked


def _expect_readable_header(content: bytes) -> None:
    """ArchiveError where the header is too long, encrypted, or packed in a way that cannot be bounded."""
    from py7zr.archiveinfo import HeaderStreamsInfo  # noqa: PLC0415  heavy

    if len(content) < _START_HEADER:
        raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, "ends early")
    offset, size = struct.unpack_from("<QQ", content, 12)
    if _START_HEADER + offset + size > len(content):
        raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, "ends before its directory: cut off, or the first of several parts")
    if size > MAX_HEADER:
        raise ArchiveError(ContainerCode.ARCHIVE_BOMB, f"header of {size} bytes")
    header = content[_START_HEADER + offset : _START_HEADER + offset + size]
    if not header.startswith(_ENCODED_HEADER):
        return
    folders = HeaderStreamsInfo.retrieve(io.BytesIO(header[1:])).unpackinfo.folders
    if sum(max(folder.unpacksizes, default=0) for folder in folders) > MAX_HEADER:
        raise ArchiveError(ContainerCode.ARCHIVE_BOMB, f"header of more than {MAX_HEADER} bytes")
    for folder in folders:
        _expect_bounded(folder.coders, "names and content")


def _unpack(content: bytes, allowance: Allowance, unpacked: list[Member | ArchiveError]) -> None:
    """Unpack into memory, file by file in the order of the archive, what the limits allow."""
    import py7zr  # noqa: PLC0415  heavy
    from py7zr.io import MemIO  # noqa: PLC0415

    archive = py7zr.SevenZipFile(io.BytesIO(content))
    if not hasattr(archive, "files"):
        return
    files = list(archive.files)
    streams = getattr(archive.header, "main_streams", None)
    for folder in streams.unpackinfo.folders if streams is not None else ():
        _expect_bounded(folder.coders, told_names([nfc(file.filename) for file in files]))
    memory: Any = _Memory()
    wanted, rest = _within_limits(files, allowance)
    # Asked file by file and by number: a name is never looked at, still less made a path.
    for file in files:
        archive.worker.register_filelike(file.id, MemIO(str(file.id), memory) if file.id in wanted else None)
    try:
        archive.worker.extract(archive.fp, None, parallel=False)
    finally:
        unpacked += [
            member(name, memory.contents[str(number)]) for number, name in wanted.items() if str(number) in memory.contents
        ]
        unpacked += rest


def _within_limits(files: list[Any], allowance: Allowance) -> tuple[dict[int, str], list[ArchiveError]]:
    """Names of the files to unpack by their number, and the errors that stand for others."""
    wanted: dict[int, str] = {}
    errors: list[ArchiveError] = []
    for file in files:
        if file.is_directory:
            continue
        name = nfc(file.filename)
        try:
            allowance.open_file()
            if file.is_symlink or file.is_junction or file.is_socket:
                errors.append(ArchiveError(ContainerCode.LINK_IN_ARCHIVE, name))
                continue
            allowance.take(name, max(0, int(file.uncompressed)))
        except ArchiveError as error:
            errors.append(error)
            break
        wanted[file.id] = name
    return wanted, errors


def _expect_bounded(coders: list[dict[str, Any]], evidence: str) -> None:
    """ArchiveError where files are encrypted, or packed by what cannot be unpacked within bounds."""
    for coder in coders:
        method, properties = coder["method"], coder["properties"] or b""
        if method == _AES:
            raise ArchiveError(ContainerCode.ARCHIVE_ENCRYPTED, evidence)
        if method not in _BOUNDED:
            raise ArchiveError(ContainerCode.ARCHIVE_UNSUPPORTED, f"method {method.hex()}: {evidence}")
        if _dictionary(method, properties) > MAX_DICTIONARY:
            raise ArchiveError(ContainerCode.ARCHIVE_BOMB, f"needs more than {MAX_DICTIONARY} bytes of memory: {evidence}")


def _dictionary(method: bytes, properties: bytes) -> int:
    """Bytes of memory that a packer asks for by its properties."""
    if method == _LZMA2 and properties:
        return (2 | properties[0] & 1) << min(properties[0] // 2 + 11, 40)
    if method == _LZMA and len(properties) >= 5:
        return int(struct.unpack_from("<I", properties, 1)[0])
    return 0


class _Memory:
    """What py7zr asks for a place to write to: one buffer for each number."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}

    def create(self, number: str) -> "_Buffer":
        return _Buffer(number, self.contents)


class _Buffer:
    """One file on its way; it counts as unpacked only when py7zr has closed it."""

    def __init__(self, number: str, contents: dict[str, bytes]) -> None:
        self._number = number
        self._contents = contents
        self._pieces: list[bytes] = []
        self._length = 0

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        self._length += len(piece)
        return len(piece)

    def read(self, size: int | None = None) -> bytes:
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def flush(self) -> None:
        """Nothing is held back."""

    def size(self) -> int:
        return self._length

    def close(self) -> None:
        self._contents[self._number] = b"".join(self._pieces)
