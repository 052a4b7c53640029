"""Whether a ZIP file can be read in one way only: no byte of it is unaccounted for, and it never describes an entry twice.

An entry is described before its bytes and again in the directory at the end. Some programs believe the one, some the other,
and some look for entries that no directory names; a package in which the two differ would show another document to each.
"""

import struct
import zipfile
from collections.abc import Iterator, Sequence

from parsers.errors import ParseError

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_DESCRIPTOR_MARK = b"PK\x07\x08"
_LARGE_END_MARK, _LARGE_LOCATOR_MARK = b"PK\x06\x06", b"PK\x06\x07"
_LARGE_END, _LARGE_LOCATOR = struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")
_SIZES_BEHIND, _UTF8 = 0x8, 0x800
_MEANINGFUL = 0x1 | _SIZES_BEHIND | 0x20 | 0x40 | 0x2000
"""Flags that change how an entry is read; the others say how well it was packed (4.4.4)."""
_LARGE, _MANY = 0xFFFFFFFF, 0xFFFF
_LARGE_SIZES, _UNICODE_PATH = 0x0001, 0x7075


def expect_one_reading(content: bytes, archive: zipfile.ZipFile) -> None:
    """ParseError where another program could find other entries, or other bytes in them (ZIP specification, 4.3)."""
    try:
        entries = sorted(archive.infolist(), key=lambda info: info.header_offset)
        position = 0
        for info in entries:
            if info.header_offset != position:
                raise ParseError(f"bytes outside the entries at {position}")
            position = _end_of_entry(content, info)
        if position != archive.start_dir:
            raise ParseError(f"bytes outside the entries at {position}")
        _expect_directory(content, position, archive.infolist())
    except struct.error as error:
        raise ParseError("an entry's description ends early") from error


def _end_of_entry(content: bytes, info: zipfile.ZipInfo) -> int:
    """Where the entry's bytes end, after its description was compared with that of the directory."""
    mark, _, flags, method, time, date, crc, packed, size, name_length, extra_length = _LOCAL.unpack_from(
        content, info.header_offset
    )
    start = info.header_offset + _LOCAL.size
    name = content[start : start + name_length]
    extra = content[start + name_length : start + name_length + extra_length]
    written = name.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
    told_here = (mark, method, written, _moment(date, time))
    told_there = (_LOCAL_MARK, info.compress_type, info.orig_filename, info.date_time)
    if info.volume:
        raise ParseError(f"another volume of {info.orig_filename!r}")
    if told_here != told_there or (flags ^ info.flag_bits) & _MEANINGFUL:
        raise ParseError(f"two descriptions of {info.orig_filename!r}")
    _expect_plain_extra(extra, info, (size, packed))
    expected = (info.CRC, info.compress_size, info.file_size)
    end = int(start + name_length + extra_length + info.compress_size)
    told = (crc, *_large_sizes(extra, packed, size))
    if not flags & _SIZES_BEHIND:
        if told != expected:
            raise ParseError(f"two sizes of {info.orig_filename!r}")
        return end
    if any(here not in {0, there} for here, there in zip(told, expected, strict=True)):
        raise ParseError(f"two sizes of {info.orig_filename!r}")
    return end + _descriptor_length(content[end : end + 24], expected, info.orig_filename)


def _moment(date: int, time: int) -> tuple[int, int, int, int, int, int]:
    """Date and time of an entry as the directory's are read (4.4.6)."""
    return (date >> 9) + 1980, date >> 5 & 15, date & 31, time >> 11, time >> 5 & 63, (time & 31) * 2


def _expect_plain_extra(extra: bytes, info: zipfile.ZipInfo, told: Sequence[int]) -> None:
    """ParseError where an extra field says something else than the header with the sizes `told`, or than the directory.

    Some programs believe such a field where they need not, or the last of two.
    """
    if any(other != info.orig_filename.encode() for other in _other_names(extra)):
        raise ParseError(f"two names of {info.orig_filename!r}")
    right = (info.file_size, info.compress_size, info.header_offset)
    needed = tuple(there for here, there in zip(told, right, strict=False) if here == _LARGE)
    for number, values in enumerate(_large_values(extra)):
        # Where the sizes stand behind the entry, those in front may be left empty.
        is_empty = info.flag_bits & _SIZES_BEHIND and not any(values)
        if number or not (is_empty or values in {needed, right[: len(values)]}):
            raise ParseError(f"two sizes of {info.orig_filename!r}")


def _large_sizes(extra: bytes, packed: int, size: int) -> tuple[int, int]:
    """Packed and unpacked size, from the extra field where they do not fit into the header (4.5.3)."""
    for values in _large_values(extra):
        waiting = iter(values)
        size = next(waiting, size) if size == _LARGE else size
        packed = next(waiting, packed) if packed == _LARGE else packed
    return packed, size


def _large_values(extra: bytes) -> Iterator[tuple[int, ...]]:
    """What the fields for large sizes hold."""
    for field in _extra_fields(extra, _LARGE_SIZES):
        yield struct.unpack(f"<{len(field) // 8}Q", field[: len(field) // 8 * 8])


def _other_names(extra: bytes) -> Iterator[bytes]:
    """Names that some programs believe instead of the entry's own, behind a version and a checksum of that (4.6.9)."""
    return (field[5:] for field in _extra_fields(extra, _UNICODE_PATH))


def _extra_fields(extra: bytes, wanted: int) -> Iterator[bytes]:
    """The extra fields of one kind, as far as they can be told apart (4.5.1)."""
    position = 0
    while position + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, position)
        if tag == wanted:
            yield extra[position + 4 : position + 4 + length]
        position += 4 + length


def _descriptor_length(behind: bytes, expected: tuple[int, int, int], name: str) -> int:
    """Length of the sizes written behind an entry; some programs leave out the mark, some write eight bytes a size."""
    for mark in (_DESCRIPTOR_MARK, b""):
        # The longer first: of an empty entry the shorter is the beginning of it.
        for layout in ("<L2Q", "<3L"):
            if layout == "<L2Q" or max(expected) <= _LARGE:
                written = mark + struct.pack(layout, *expected)
                if behind.startswith(written):
                    return len(written)
    raise ParseError(f"no sizes behind {name!r}")


def _expect_directory(content: bytes, start: int, entries: Sequence[zipfile.ZipInfo]) -> None:
    """ParseError where the directory does not reach from the last entry to its end record, or that to the end of the file."""
    position = start
    for info in entries:
        position = _end_of_description(content, position, info)
    right = (len(entries), len(entries), position - start, start)
    end = position
    is_large = content.startswith(_LARGE_END_MARK, end)
    if is_large:
        _expect_large_end(content, end, right)
        end += _LARGE_END.size + _LARGE_LOCATOR.size
    mark, volume, first, *told, comment = _END.unpack_from(content, end)
    if is_large:
        told = [*_unless_large(told[:2], right[:2], _MANY), *_unless_large(told[2:], right[2:], _LARGE)]
    if (mark, volume, first, *told) != (_END_MARK, 0, 0, *right) or end + _END.size + comment != len(content):
        raise ParseError("the directory's end does not fit")


def _end_of_description(content: bytes, position: int, info: zipfile.ZipInfo) -> int:
    """Where an entry of the directory ends."""
    mark, *_, packed, size, name, extra, comment, _, _, _, offset = _CENTRAL.unpack_from(content, position)
    if mark != _CENTRAL_MARK:
        raise ParseError("the directory is interrupted")
    _expect_plain_extra(info.extra, info, (size, packed, offset))
    return int(position + _CENTRAL.size + name + extra + comment)


def _expect_large_end(content: bytes, position: int, right: tuple[int, int, int, int]) -> None:
    """ParseError where the end of the directory in its large form says something else (4.3.14 and 4.3.15)."""
    _, length, _, _, volume, first, *told = _LARGE_END.unpack_from(content, position)
    # The length is counted from behind itself.
    expected = (_LARGE_END.size - 12, 0, 0, *right)
    mark, here, place, volumes = _LARGE_LOCATOR.unpack_from(content, position + _LARGE_END.size)
    if (length, volume, first, *told) != expected or (mark, here, place) != (_LARGE_LOCATOR_MARK, 0, position) or volumes > 1:
        raise ParseError("the directory's large end does not fit")


def _unless_large(told: Sequence[int], right: Sequence[object], large: int) -> Sequence[object]:
    """What was told, or the right value where the larger record tells it."""
    return [there if here == large else here for here, there in zip(told, right, strict=True)]
