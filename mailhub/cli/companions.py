"""The other files that a signature which stands alone may be over: those of the same call, and the one lying next to it."""

import errno
import os
import select
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from parsers.files.signed_data import signed_content
from parsers.signatures.beside import Beside, beside_of, by_name

LARGEST = 256 << 20
"""Bytes of a file that is looked at; what a check may take is smaller still."""
STANDARD_INPUT = "/dev/stdin"
PIPE_SECONDS = 5
"""How long the first byte of a named pipe is waited for."""
MOST_BESIDE = 32 << 20
"""Bytes that one file's check is sent of other files; those named like it come first."""
TIMESTAMP_INFO, WITHIN = bytes.fromhex("060b2a864886f70d0109100104"), 1024
"""The type of a timestamp's content (RFC 3161, 2.4.2), and the bytes within which it stands."""
STANDS_ALONE = frozenset({".p7s", ".sig", ".tst", ".tsr"})
"""Names of signatures without their document."""


class TooLargeError(Exception):
    """The file is larger than what is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """The files beside one: `neighbour` was not given but lies next to it; `left_out` counts those too large to be sent."""

    files: tuple[Beside, ...] = ()
    paths: tuple[str, ...] = ()
    neighbour: str = ""
    left_out: int = 0


ALONE = Company()
"""Nothing beside it."""


def content_of(path: str) -> bytes:
    """The bytes of a file, or of standard input for `-`; raises OSError or TooLargeError, TimeoutError for a silent pipe."""
    with opened(path) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise TooLargeError
    return content


def shown(path: str) -> str:
    """A path as text; bytes in it that are no UTF-8 have a mark in their place, for no JSON can hold them."""
    return os.fsencode(path).decode("utf-8", "replace")


def opened(path: str) -> BinaryIO:
    """The file, open. A pipe into which nobody writes would be waited for without end."""
    if path == "-" or not Path(path).is_fifo():
        return Path(STANDARD_INPUT if path == "-" else path).open("rb")
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    waiting = select.poll()
    waiting.register(handle, select.POLLIN)
    if not waiting.poll(PIPE_SECONDS * 1000):
        os.close(handle)
        raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT), path)
    os.set_blocking(handle, True)
    return os.fdopen(handle, "rb")


def may_stand_alone(content: bytes) -> bool:
    """Whether the bytes may be a signature over another file: DER, PEM, base64 or XML. PDF and packages sign themselves.

    A message around its own content is over nothing else, unless the content is what a timestamp says of another file.
    """
    if signed_content(content) is not None and TIMESTAMP_INFO not in content[:WITHIN]:
        return False
    head = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return content[:1] == b"\x30" or head[:1] in {b"-", b"<", b"M"} or content[:2] in {b"\xff\xfe", b"\xfe\xff"}


def company_of(path: str, content: bytes, given: Sequence[str]) -> Company:
    """The files beside this one, where it may be a signature over one of them."""
    if path == "-" or not may_stand_alone(content):
        return ALONE
    own, others = Path(path), [other for other in dict.fromkeys(given) if other not in {path, "-"}]
    neighbour = "" if any(named_alike(own, Path(other)) for other in others) else neighbour_of(own)
    # What is named like it comes first, so that it is among those for which there is room.
    ordered = sorted(others, key=lambda other: not named_alike(own, Path(other)))
    files: list[Beside] = []
    paths: list[str] = []
    room, left_out = MOST_BESIDE, 0
    for other in [*([neighbour] if neighbour else []), *ordered]:
        found = bounded(other, room)
        if found is None:
            left_out += 1
            continue
        room -= len(found)
        files.append(beside_of(shown(Path(other).name), found))
        paths.append(shown(other))
    neighbour = shown(neighbour)
    return Company(files=tuple(files), paths=tuple(paths), neighbour=neighbour if neighbour in paths else "", left_out=left_out)


def bounded(path: str, room: int) -> bytes | None:
    """The bytes of another file where there is room for them; one that cannot be read is said where it stands itself."""
    try:
        if not Path(path).is_file() or Path(path).stat().st_size > room:
            return None
        content = content_of(path)
    except (OSError, TooLargeError):
        return None
    return content if len(content) <= room else None


def named_alike(signature: Path, other: Path) -> bool:
    """Whether a signature's name points to the other file: `x.pdf.p7s`, or `x.p7s`, to `x.pdf`."""
    return by_name((Beside(name=other.name, sha256="", content=b""),), signature.name) is not None


def neighbour_of(signature: Path) -> str:
    """The one file next to a signature that its name points to; empty where there is none, or more than one."""
    whole = signature.with_suffix("")
    if signature.suffix and whole.suffix and whole.is_file():
        return str(whole)
    if signature.suffix.lower() not in STANDS_ALONE:
        return ""
    try:
        siblings = sorted(signature.parent.iterdir())
    except OSError:
        return ""
    alike = [
        path
        for path in siblings
        if path.stem == signature.stem and path.suffix.lower() not in STANDS_ALONE and path.name != signature.name
    ]
    found = [path for path in alike if path.is_file()]
    return str(found[0]) if len(found) == 1 else ""
