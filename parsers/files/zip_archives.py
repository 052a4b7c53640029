"""ZIP archives, opened in memory under limits; nothing that an archive says about itself is believed."""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise

from parsers.charsets import nfc, printable
from parsers.files.member_names import decode_name
from parsers.files.members import Allowance, ArchiveError, Member, member
from parsers.files.model import ContainerCode

MAX_DIRECTORY = 10_000
"""Entries of a central directory beyond which it is not even read."""

_CHUNK = 64 << 10
# The header of a RAR archive begins its first block; the one of 7z has its checksum behind the version.
_RAR_AND_7Z = re.compile(rb"Rar!\x1a\x07(?:\x00..\x73|\x01\x00....)|7z\xbc\xaf\x27\x1c..", re.DOTALL)
_FARTHEST_BEGINNING = 1 << 20
_MAX_NAME = 4096
_ENTRY_MARK = b"PK\x01\x02"
_END_MARK = b"PK\x05\x06"
_END_RECORD = struct.Struct("<4s4H2LH")
_FARTHEST_END = _END_RECORD.size + 0xFFFF
_FILE_HEADER = 30
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_UNIX = 3
_UNICODE_PATH = 0x7075
# What packers write into the plain name for a letter that it cannot hold.
_STAND_IN = re.compile(r"\?|#U[0-9A-Fa-f]{4}")
_OPENABLE = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_EndRecord = tuple[bytes, int, int, int, int, int, int, int]
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OverflowError, OSError),
    *(NotImplementedError, RuntimeError, KeyError, IndexError, MemoryError),
)


def open_zip(content: bytes) -> zipfile.ZipFile:
    """The archive's directory; ArchiveError where it is damaged, absurdly long, or one volume of several."""
    end = _end_record(content)
    if content.count(_ENTRY_MARK, _directory_start(content, end)) > MAX_DIRECTORY:
        raise ArchiveError(ContainerCode.ARCHIVE_BOMB, f"more than {MAX_DIRECTORY} entries")
    if end is not None and 0 < end[1] < 0xFFFF:
        raise ArchiveError(ContainerCode.ARCHIVE_IN_PARTS, f"volume {end[1] + 1}")
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGE as error:
        raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, f"{type(error).__name__}: {error}") from error


def has_zip_behind(content: bytes) -> bool:
    """Whether a file of another type ends as a ZIP archive with entries, which unpackers would open as one."""
    end = _end_record(content)
    if end is None:
        return False
    position, entries, size = content.rfind(_END_MARK), end[4], end[5]
    return entries > 0 and size <= position and content.startswith(_ENTRY_MARK, position - size)


def has_packed_behind(content: bytes) -> bool:
    """Whether a RAR or 7z archive begins where unpackers look for one behind a program, in the first MiB of a file."""
    for mark in _RAR_AND_7Z.finditer(content, 1, _FARTHEST_BEGINNING):
        behind = content[mark.end() : mark.end() + 24]
        if mark[0].startswith(b"Rar!") or zlib.crc32(behind[4:]) == int.from_bytes(behind[:4], "little"):
            return True
    return False


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """Content of one member, at most `limit` bytes; ArchiveError where it is longer, encrypted, damaged or unknown."""
    name = printable(member_name(info))
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise ArchiveError(ContainerCode.ARCHIVE_ENCRYPTED, name)
    if info.compress_type not in _OPENABLE:
        # The other methods of the standard library unpack without a bound on memory.
        raise ArchiveError(ContainerCode.ARCHIVE_UNSUPPORTED, f"{name}: compression method {info.compress_type}")
    pieces: list[bytes] = []
    length = 0
    try:
        with archive.open(info) as stream:
            while piece := stream.read(_CHUNK):
                length += len(piece)
                if length > limit:
                    raise ArchiveError(ContainerCode.ARCHIVE_BOMB, f"{name}: more than {limit} bytes", length)
                pieces.append(piece)
    except _DAMAGE as error:
        raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, f"{name}: {type(error).__name__}", length) from error
    return b"".join(pieces)


def unpack_zip(content: bytes, allowance: Allowance) -> Iterator[Member | ArchiveError]:
    """The members in the order of the directory, each as a file or as the error that stands for it; a bomb ends it."""
    try:
        archive = open_zip(content)
        _expect_apart(archive)
    except ArchiveError as error:
        yield error
        return
    for info in archive.infolist():
        if info.filename.endswith("/") or (info.filename.endswith("\\") and not info.file_size):
            continue
        try:
            allowance.open_file()
            yield _unpacked(archive, info, allowance)
        except ArchiveError as error:
            allowance.use_up(error.unpacked)
            yield error
            if error.code is ContainerCode.ARCHIVE_BOMB:
                return


def member_name(info: zipfile.ZipInfo) -> str:
    """The member's name in NFC: UTF-8 where flagged, else that of its Unicode Path field, else guessed by its letters."""
    name = info.orig_filename[:_MAX_NAME]
    if info.flag_bits & _UTF8_FLAG or (name.isascii() and not _STAND_IN.search(name)):
        return nfc(name)
    raw = name.encode("cp437", "replace")
    told = _unicode_path(info, raw)
    return nfc(told) if told else decode_name(raw)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, allowance: Allowance) -> Member:
    name = member_name(info)
    if info.create_system == _UNIX and stat.S_ISLNK(info.external_attr >> 16):
        raise ArchiveError(ContainerCode.LINK_IN_ARCHIVE, name)
    content = read_member(archive, info, allowance.room)
    allowance.take(name, len(content))
    return member(name, content)


def _expect_apart(archive: zipfile.ZipFile) -> None:
    """ArchiveError where entries share packed bytes, so that a small archive holds one large file many times."""
    taken = sorted((info.header_offset, info.header_offset + _FILE_HEADER + info.compress_size) for info in archive.infolist())
    if any(before[1] > after[0] for before, after in pairwise(taken)):
        raise ArchiveError(ContainerCode.ARCHIVE_BOMB, "entries share their packed bytes")


def _directory_start(content: bytes, end: _EndRecord | None) -> int:
    """Where the directory begins at the earliest; archives stored in the archive have directories before it."""
    return max(0, content.rfind(_END_MARK) - end[5]) if end is not None else 0


def _end_record(content: bytes) -> _EndRecord | None:
    """The last end-of-directory record: mark, volume, first volume, entries here and in all, directory size and offset."""
    position = content.rfind(_END_MARK, max(0, len(content) - _FARTHEST_END))
    if position == -1 or position + _END_RECORD.size > len(content):
        return None
    mark, volume, first, here, entries, size, offset, comment = _END_RECORD.unpack_from(content, position)
    return mark, volume, first, here, entries, size, offset, comment


def _unicode_path(info: zipfile.ZipInfo, raw: bytes) -> str | None:
    """Name of the Unicode Path extra field, if it was made for this very name (ZIP specification, 4.6.9)."""
    extra, position = info.extra, 0
    while position + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, position)
        body = extra[position + 4 : position + 4 + length]
        if tag == _UNICODE_PATH and len(body) > 5 and struct.unpack_from("<I", body, 1)[0] == zlib.crc32(raw):
            return body[5 : 5 + _MAX_NAME].decode("utf_8", "replace")
        position += 4 + length
    return None
