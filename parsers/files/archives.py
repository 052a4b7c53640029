"""ZIP archives, opened in memory under limits; nothing that an archive says about itself is believed."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.charsets import nfc, printable
from parsers.errors import ParseError
from parsers.files.model import ContainerCode, ContainerLimits
from parsers.mail.filenames import safe_name

MAX_DIRECTORY = 20_000
"""Entries of a central directory beyond which it is not even read."""
RATIO_FLOOR = 1 << 20
"""Unpacked bytes below which the ratio says nothing: a blank page packs very well."""

_CHUNK = 64 << 10
_MAX_NAME = 4096
_ENTRY_MARK = b"PK\x01\x02"
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_UNICODE_PATH = 0x7075
_OPENABLE = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OverflowError, OSError),
    *(NotImplementedError, RuntimeError, KeyError, IndexError, MemoryError),
)
# These bytes are letters in code page 437 and none in Windows-1258.
_CP437_LETTERS = re.compile(rb"[\x80-\xa5]")


class ArchiveError(ParseError):
    """An archive, or a member of it, that was not unpacked; `code` is the finding to report."""

    def __init__(self, code: ContainerCode, evidence: str) -> None:
        super().__init__(evidence)
        self.code = code
        self.evidence = printable(evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One unpacked file: safe relative path and name. `unsafe` says that its name tried to deceive or to escape."""

    path: str
    name: str
    content: bytes
    unsafe: bool


@dataclass(slots=True)
class Budget:
    """Files and bytes that one mail may still unpack."""

    files: int
    bytes: int

    @classmethod
    def of(cls, limits: ContainerLimits) -> "Budget":
        """The whole allowance of one mail."""
        return cls(limits.files, limits.total_bytes)


def open_zip(content: bytes) -> zipfile.ZipFile:
    """The archive's directory; ArchiveError where it is damaged or absurdly long."""
    if content.count(_ENTRY_MARK) > MAX_DIRECTORY:
        raise ArchiveError(ContainerCode.ARCHIVE_BOMB, f"more than {MAX_DIRECTORY} entries")
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGE as error:
        raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, f"{type(error).__name__}: {error}") from error


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
                    raise ArchiveError(ContainerCode.ARCHIVE_BOMB, f"{name}: more than {limit} bytes")
                pieces.append(piece)
    except _DAMAGE as error:
        raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, f"{name}: {type(error).__name__}") from error
    return b"".join(pieces)


def unpack_zip(content: bytes, budget: Budget, ratio: int) -> Iterator[Member | ArchiveError]:
    """The members in the order of the directory, each as a file or as the error that stands for it; a bomb ends it."""
    try:
        archive = open_zip(content)
    except ArchiveError as error:
        yield error
        return
    allowance = max(len(content) * ratio, RATIO_FLOOR)
    for info in archive.infolist():
        if info.filename.endswith("/"):
            continue
        if budget.files <= 0:
            yield ArchiveError(ContainerCode.ARCHIVE_BOMB, "too many files")
            return
        budget.files -= 1
        try:
            member = _member(info, read_member(archive, info, min(allowance, budget.bytes)))
        except ArchiveError as error:
            yield error
            if error.code is ContainerCode.ARCHIVE_BOMB:
                return
            continue
        allowance -= len(member.content)
        budget.bytes -= len(member.content)
        yield member


def member_name(info: zipfile.ZipInfo) -> str:
    """The member's name in NFC: UTF-8 where flagged or valid, else Windows-1258 or code page 437 by its letters."""
    name = info.orig_filename[:_MAX_NAME]
    if info.flag_bits & _UTF8_FLAG or name.isascii():
        return nfc(name)
    raw = name.encode("cp437", "replace")
    return nfc(_unicode_path(info, raw) or _legacy_name(raw))


def _legacy_name(raw: bytes) -> str:
    try:
        return raw.decode("utf_8")
    except UnicodeDecodeError:
        # Vietnamese Windows packs names in Windows-1258, others in code page 437 (the ZIP specification, appendix D).
        return raw.decode("cp437" if _CP437_LETTERS.search(raw) else "cp1258", "replace")


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


def _member(info: zipfile.ZipInfo, content: bytes) -> Member:
    full = member_name(info).replace("\\", "/")
    parts = [part for part in full.split("/") if part]
    safe = [safe_name(part) for part in parts]
    kept = [part.name.replace("!", "_") for part in safe if part.name] or ["unnamed"]
    unsafe = full.startswith("/") or ".." in parts or any(part.changed for part in safe)
    return Member(path="/".join(kept[-20:]), name=kept[-1], content=content, unsafe=unsafe)
