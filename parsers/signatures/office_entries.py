"""The bytes of one entry of a package, as every program unpacks them.

An entry says how long its bytes are before and after unpacking. Some programs stop there, others read on to where the packed
stream ends by itself; where the two differ they show different documents, and the checksum is right for one of them only.
"""

import struct
import zipfile
import zlib

from parsers.files.members import ArchiveError
from parsers.files.model import ContainerCode

_LENGTHS = struct.Struct("<26x2H")
"""Lengths of name and extra field in the description in front of an entry (ZIP specification, 4.3.7)."""
_ENCRYPTED, _PATCH = 0x1 | 0x40 | 0x2000, 0x20
"""Flags of entries that are no plain bytes (4.4.4)."""
_RAW = -15


def entry_content(content: bytes, info: zipfile.ZipInfo) -> bytes:
    """The unpacked bytes of an entry of the archive `content`.

    ArchiveError where they are encrypted, packed in an unusual way, damaged, or not as many as the directory says. No more are
    unpacked than that, and one.
    """
    name = info.orig_filename
    if info.flag_bits & _ENCRYPTED:
        raise ArchiveError(ContainerCode.ARCHIVE_ENCRYPTED, name)
    if info.flag_bits & _PATCH:
        raise ArchiveError(ContainerCode.ARCHIVE_UNSUPPORTED, f"{name}: a patch")
    lengths = _LENGTHS.unpack_from(content, info.header_offset)
    start = info.header_offset + _LENGTHS.size + sum(lengths)
    packed = content[start : start + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        unpacked = packed
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        unpacked = _inflated(packed, info.file_size, name)
    else:
        raise ArchiveError(ContainerCode.ARCHIVE_UNSUPPORTED, f"{name}: compression method {info.compress_type}")
    if len(unpacked) != info.file_size or zlib.crc32(unpacked) != info.CRC:
        raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, f"{name}: other bytes than the directory says")
    return unpacked


def _inflated(packed: bytes, size: int, name: str) -> bytes:
    stream = zlib.decompressobj(_RAW)
    try:
        unpacked = stream.decompress(packed, size + 1)
    except zlib.error as error:
        raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, f"{name}: {error}") from error
    if not stream.eof or stream.unused_data:
        raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, f"{name}: the packed stream ends elsewhere")
    return unpacked
