"""RAR archives of both generations: their headers are read, and files that were stored unpacked are taken out.

No library with a free licence that is fit for hostile bytes unpacks the others; they are named for the clerk.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.charsets import nfc
from parsers.files.member_names import decode_name
from parsers.files.members import Allowance, ArchiveError, Member, member, told_names
from parsers.files.model import ContainerCode

_MARK_4 = b"Rar!\x1a\x07\x00"
_MARK_5 = b"Rar!\x1a\x07\x01\x00"
_LONGEST_NAME = 4096
_MAX_HEADERS = 20_000
_LONGEST_HEADER_5 = 2 << 20

_MAIN_4, _FILE_4, _END_4 = 0x73, 0x74, 0x7B
_LONG_BLOCK, _LARGE_FILE, _UNICODE_NAME = 0x8000, 0x0100, 0x0200
_HEADERS_ENCRYPTED_4, _VOLUME_4 = 0x0080, 0x0001
_SPLIT_4, _FILE_ENCRYPTED_4, _FOLDER_4 = 0x0003, 0x0004, 0x00E0
_STORED_4 = 0x30

_MAIN_5, _FILE_5, _ENCRYPTION_5, _END_5 = 1, 2, 4, 5
_EXTRA_5, _DATA_5, _SPLIT_5 = 0x01, 0x02, 0x18
_VOLUME_5 = 0x01
_FOLDER_5, _TIME_5, _CHECKSUM_5 = 0x01, 0x02, 0x04


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One file header and where its packed bytes lie; `checksum` None where the header has none."""

    name: str
    start: int
    packed: int
    unpacked: int
    stored: bool
    encrypted: bool
    split: bool
    checksum: int | None


def unpack_rar(content: bytes, allowance: Allowance) -> Iterator[Member | ArchiveError]:
    """The stored files, and an error that names all others; damage ends it."""
    closed: list[str] = []
    empty = True
    try:
        for entry in _entries_5(content) if content.startswith(_MARK_5) else _entries_4(content):
            empty = False
            allowance.open_file()
            if entry.encrypted:
                yield ArchiveError(ContainerCode.ARCHIVE_ENCRYPTED, entry.name)
            elif entry.split:
                yield ArchiveError(ContainerCode.ARCHIVE_IN_PARTS, entry.name)
            elif entry.stored:
                yield _stored(content, entry, allowance)
            else:
                closed.append(entry.name)
        if empty:
            yield ArchiveError(ContainerCode.ARCHIVE_BROKEN, "no files")
    except ArchiveError as error:
        yield error
    except (struct.error, IndexError):
        yield ArchiveError(ContainerCode.ARCHIVE_BROKEN, "ends early")
    if closed:
        yield ArchiveError(ContainerCode.ARCHIVE_UNSUPPORTED, told_names(closed))


def _stored(content: bytes, entry: _Entry, allowance: Allowance) -> Member:
    packed = content[entry.start : entry.start + entry.packed]
    if len(packed) != entry.packed or entry.packed != entry.unpacked:
        raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, f"{entry.name}: ends early")
    if entry.checksum is not None and zlib.crc32(packed) != entry.checksum:
        raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, f"{entry.name}: wrong checksum")
    allowance.take(entry.name, len(packed))
    return member(entry.name, packed)


def _entries_4(content: bytes) -> Iterator[_Entry]:
    """File headers of RAR 1.5 to 4."""
    position = len(_MARK_4)
    for _ in range(_MAX_HEADERS):
        if position + 7 > len(content):
            return
        kind, flags, size = struct.unpack_from("<xxBHH", content, position)
        if size < 7:
            raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, "header without a length")
        added = struct.unpack_from("<I", content, position + 7)[0] if flags & _LONG_BLOCK else 0
        if kind == _MAIN_4:
            _expect_open(encrypted=bool(flags & _HEADERS_ENCRYPTED_4), volume=bool(flags & _VOLUME_4))
        elif kind == _FILE_4:
            entry = _entry_4(content, position, flags, size)
            added = entry.packed
            if flags & _FOLDER_4 != _FOLDER_4:
                yield entry
        elif kind == _END_4:
            return
        position += size + added
    raise ArchiveError(ContainerCode.ARCHIVE_BOMB, f"more than {_MAX_HEADERS} entries")


def _entry_4(content: bytes, position: int, flags: int, size: int) -> _Entry:
    packed, unpacked, _, checksum, _, _, method, name_size = struct.unpack_from("<IIBIIBBH", content, position + 7)
    start = position + 32
    if flags & _LARGE_FILE:
        high_packed, high_unpacked = struct.unpack_from("<II", content, start)
        packed, unpacked, start = packed | high_packed << 32, unpacked | high_unpacked << 32, start + 8
    raw = content[start : start + min(name_size, _LONGEST_NAME)]
    return _Entry(
        name=_name_4(raw, unicode=bool(flags & _UNICODE_NAME)),
        start=position + size,
        packed=packed,
        unpacked=unpacked,
        stored=method == _STORED_4,
        encrypted=bool(flags & _FILE_ENCRYPTED_4),
        split=bool(flags & _SPLIT_4),
        checksum=checksum,
    )


def _name_4(raw: bytes, *, unicode: bool) -> str:
    """A name in UTF-8 or a code page, or in both with the Unicode one packed behind a zero."""
    plain, zero, packed = raw.partition(b"\0")
    if not unicode or not zero:
        return decode_name(plain)
    return nfc(_unpacked_name(plain, packed).replace("\0", "")) or decode_name(plain)


def _unpacked_name(plain: bytes, packed: bytes) -> str:
    """UTF-16 units from RAR's own packing: one high byte for all, and two bits for each unit on how it is written."""
    high, units, position = packed[0] if packed else 0, bytearray(), 1
    flags, bits = 0, 0
    while position < len(packed):
        if bits == 0:
            flags, bits, position = packed[position], 8, position + 1
            continue
        bits -= 2
        step = packed[position : position + 2]
        match flags >> bits & 3:
            case 0:
                units += bytes((step[0], 0))
                position += 1
            case 1:
                units += bytes((step[0], high))
                position += 1
            case 2:
                units += step.ljust(2, b"\0")
                position += 2
            case _:
                units += _repeated(plain, len(units) // 2, step, high)
                position += 2 if step[0] & 0x80 else 1
    return units[: 2 * _LONGEST_NAME].decode("utf_16_le", "replace")


def _repeated(plain: bytes, start: int, step: bytes, high: int) -> bytes:
    """A run of letters that are those of the plain name, some of them moved by a correction."""
    length = (step[0] & 0x7F) + 2
    run = plain[start : start + length]
    if not step[0] & 0x80 or len(step) < 2:
        return bytes(octet for letter in run for octet in (letter, 0))
    return bytes(octet for letter in run for octet in (letter + step[1] & 0xFF, high))


def _entries_5(content: bytes) -> Iterator[_Entry]:
    """File headers of RAR 5 and later."""
    position = len(_MARK_5)
    for _ in range(_MAX_HEADERS):
        if position + 7 > len(content):
            return
        size, start = _number(content, position + 4)
        if size > _LONGEST_HEADER_5:
            raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, f"header of {size} bytes")
        kind, at = _number(content, start)
        flags, at = _number(content, at)
        extra, at = _number(content, at) if flags & _EXTRA_5 else (0, at)
        data, at = _number(content, at) if flags & _DATA_5 else (0, at)
        if extra > size:
            # What is read of each header stays within it, so that many of them cannot have the whole file read each time.
            raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, "extra records longer than their header")
        end = start + size
        if kind == _MAIN_5:
            _expect_open(encrypted=False, volume=bool(_number(content, at)[0] & _VOLUME_5))
        elif kind == _ENCRYPTION_5:
            _expect_open(encrypted=True, volume=False)
        elif kind == _FILE_5 and not _number(content, at)[0] & _FOLDER_5:
            encrypted = _is_encrypted_5(content, end - extra, end)
            yield _entry_5(content, at, _Place(start=end, packed=data, split=bool(flags & _SPLIT_5), encrypted=encrypted))
        elif kind == _END_5:
            return
        position = end + data
    raise ArchiveError(ContainerCode.ARCHIVE_BOMB, f"more than {_MAX_HEADERS} entries")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    start: int
    packed: int
    split: bool
    encrypted: bool


def _entry_5(content: bytes, at: int, place: _Place) -> _Entry:
    flags, at = _number(content, at)
    unpacked, at = _number(content, at)
    _, at = _number(content, at)
    at += 4 if flags & _TIME_5 else 0
    checksum = struct.unpack_from("<I", content, at)[0] if flags & _CHECKSUM_5 else None
    at += 4 if flags & _CHECKSUM_5 else 0
    packing, at = _number(content, at)
    _, at = _number(content, at)
    length, at = _number(content, at)
    return _Entry(
        name=nfc(content[at : at + min(length, _LONGEST_NAME)].decode("utf_8", "replace")),
        start=place.start,
        packed=place.packed,
        unpacked=unpacked,
        stored=packing >> 7 & 7 == 0,
        encrypted=place.encrypted,
        split=place.split,
        checksum=checksum,
    )


def _is_encrypted_5(content: bytes, at: int, end: int) -> bool:
    """Whether the extra records of a file header have one about its encryption."""
    while at < end:
        size, start = _number(content, at)
        kind, _ = _number(content, start)
        if kind == 1:
            return True
        at = start + max(size, 1)
    return False


def _number(content: bytes, position: int) -> tuple[int, int]:
    """A number of seven bits a byte, and the offset behind it."""
    value = 0
    for place in range(10):
        octet = content[position + place]
        value |= (octet & 0x7F) << 7 * place
        if not octet & 0x80:
            return value, position + place + 1
    raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, "number without an end")


def _expect_open(*, encrypted: bool, volume: bool) -> None:
    if encrypted:
        raise ArchiveError(ContainerCode.ARCHIVE_ENCRYPTED, "names and content need a password")
    if volume:
        raise ArchiveError(ContainerCode.ARCHIVE_IN_PARTS, "one volume of several")
