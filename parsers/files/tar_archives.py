"""TAR archives, read block by block; the standard library's reader of 3.11.7 loops on some invented headers."""

import re
from collections.abc import Iterator

from parsers.files.member_names import decode_name
from parsers.files.members import Allowance, ArchiveError, Member, member
from parsers.files.model import ContainerCode

_BLOCK = 512
_CHECKSUM = slice(148, 156)
_FILES = frozenset(b"0\x007")
_LINKS = frozenset(b"12")
_LONG_NAME = ord("L")
_EXTENDED = ord("x")
# GNU long links, global headers and volume labels say nothing about the next file's name.
_PASSED_OVER = frozenset(b"KgV5D")
_LONGEST_NAME = 4096
_EXTENDED_PATH = re.compile(rb"(?:\A|\n)\d{1,10} path=([^\n]{1,4096})\n")


def unpack_tar(content: bytes, allowance: Allowance) -> Iterator[Member | ArchiveError]:
    """The files in order, each as a file or as the error that stands for it; damage or a bomb ends it."""
    position, told_name = 0, ""
    while position + _BLOCK <= len(content):
        head = content[position : position + _BLOCK]
        position += _BLOCK
        if not head.strip(b"\0"):
            return
        try:
            body = _body(content, position, head)
            position += (len(body) + _BLOCK - 1) // _BLOCK * _BLOCK
            if head[156] in {_LONG_NAME, _EXTENDED}:
                told_name = _told_name(head[156], body) or told_name
                continue
            yield from _entry(head, told_name, body, allowance)
            told_name = ""
        except ArchiveError as error:
            yield error
            return


def _entry(head: bytes, told_name: str, body: bytes, allowance: Allowance) -> Iterator[Member | ArchiveError]:
    name, kind = told_name or _name(head), head[156]
    if kind in _PASSED_OVER or (kind in _FILES and name.endswith("/")):
        return
    allowance.open_file()
    if kind in _LINKS:
        yield ArchiveError(ContainerCode.LINK_IN_ARCHIVE, name)
    elif kind in _FILES:
        allowance.take(name, len(body))
        yield member(name, body)
    else:
        yield ArchiveError(ContainerCode.ARCHIVE_UNSUPPORTED, f"{name}: entry of type {chr(kind)!r}")


def _body(content: bytes, position: int, head: bytes) -> bytes:
    body = content[position : position + _size(head)]
    if len(body) < _size(head):
        raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, f"{_name(head)}: ends early")
    return body


def _size(head: bytes) -> int:
    """Bytes of the entry, after its checksum was found right; octal, or binary where GNU marks it so."""
    blanked = head[: _CHECKSUM.start] + b" " * 8 + head[_CHECKSUM.stop :]
    if _octal(head[_CHECKSUM]) != sum(blanked):
        raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, "header without its checksum")
    field = head[124:136]
    return int.from_bytes(field[1:], "big") if field[0] == 0x80 else _octal(field)


def _octal(field: bytes) -> int:
    digits = field.strip(b" \0")
    if not digits or digits.translate(None, b"01234567"):
        if digits:
            raise ArchiveError(ContainerCode.ARCHIVE_BROKEN, "header without a number")
        return 0
    return int(digits, 8)


def _name(head: bytes) -> str:
    name = head[:100].partition(b"\0")[0]
    prefix = head[345:500].partition(b"\0")[0] if head[257:263] == b"ustar\0" else b""
    return decode_name(prefix + b"/" + name if prefix else name)


def _told_name(kind: int, body: bytes) -> str:
    """A name too long for a header: a GNU long name, or the path of a POSIX extended header."""
    if kind == _LONG_NAME:
        return decode_name(body[:_LONGEST_NAME].partition(b"\0")[0])
    path = _EXTENDED_PATH.search(body[: 64 << 10])
    return decode_name(path[1]) if path else ""
