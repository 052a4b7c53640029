"""Files that were inserted "as an object": what Outlook and Office keep of them in OLE storages ([MS-OLEDS] 2.3.6)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.charsets import printable
from parsers.errors import LimitExceededError, ParseError
from parsers.files.compound_files import CompoundFile
from parsers.files.member_names import decode_name
from parsers.files.members import Allowance, ArchiveError, Member, member
from parsers.files.model import ContainerCode
from parsers.files.type_names import EXECUTABLE_EXTENSIONS
from parsers.mail.filenames import extension

_PACKAGED = "\x01Ole10Native"
_OBJECTS = frozenset({_PACKAGED, "Package", "CONTENTS"})
_LONGEST_NAME = 1024
_PROGRAM_HEADS = (b"MZ", b"\x7fELF", b"L\0\0\0\x01\x14\x02\0")


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """A file in a package, under the name that it was shown with or was to be unpacked to."""

    name: str
    content: bytes

    @property
    def is_program(self) -> bool:
        """Whether it runs when a clerk opens it from the document."""
        return extension(self.name) in EXECUTABLE_EXTENSIONS or self.content.startswith(_PROGRAM_HEADS)


def has_object(file: CompoundFile) -> bool:
    """Whether a compound file is nothing but an object that was inserted into a mail or a document."""
    return bool({path[-1] for path in file.paths() if len(path) == 1} & _OBJECTS)


def unpack_object(content: bytes, allowance: Allowance) -> Iterator[Member | ArchiveError]:
    """The file in an OLE object, or the error that stands for it."""
    try:
        for stream in CompoundFile(content).streams(_OBJECTS):
            is_packaged = stream.path == (_PACKAGED,)
            found = packaged_file(stream.content) if is_packaged else PackagedFile("object", stream.content)
            allowance.open_file()
            allowance.take(found.name, len(found.content))
            yield member(found.name, found.content)
    except ArchiveError as error:
        yield error
    except LimitExceededError as error:
        yield ArchiveError(ContainerCode.ARCHIVE_BOMB, str(error))
    except ParseError as error:
        yield ArchiveError(ContainerCode.ARCHIVE_BROKEN, str(error))


def programs_in(file: CompoundFile) -> list[str]:
    """Names of the programs inserted into a compound file, at any depth; ParseError where it is damaged."""
    packaged = [packaged_file(stream.content) for stream in file.streams(frozenset({_PACKAGED}))]
    return [printable(found.name) for found in packaged if found.is_program]


def packaged_file(native: bytes) -> PackagedFile:
    """The file in a package: its label, an icon's place, the place to unpack it to, its bytes; ParseError where they end."""
    try:
        label, position = _text(native, 6)
        _, position = _text(native, position)
        place, position = _sized(native, position + 4)
        content, _ = _sized(native, position)
    except struct.error as error:
        raise ParseError("packaged file ends early") from error
    named = decode_name(place.rstrip(b"\0")).replace("\\", "/").rpartition("/")[2]
    return PackagedFile(label if extension(label) or not named else named, content)


def _sized(native: bytes, position: int) -> tuple[bytes, int]:
    (size,) = struct.unpack_from("<I", native, position)
    content = native[position + 4 : position + 4 + size]
    if len(content) < size:
        raise ParseError("packaged file ends early")
    return content, position + 4 + size


def _text(native: bytes, position: int) -> tuple[str, int]:
    end = native.find(b"\0", position, position + _LONGEST_NAME)
    if end == -1:
        raise ParseError("packaged file without a name")
    return decode_name(native[position:end]), end + 1
