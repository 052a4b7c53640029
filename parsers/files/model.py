"""What the files in a mail are: kinds, codes and limits. Pure data."""

from dataclasses import dataclass
from enum import StrEnum


class ContainerCode(StrEnum):
    """Findings about a file or an archive."""

    ARCHIVE_ENCRYPTED = "archive-encrypted"
    ARCHIVE_BOMB = "archive-bomb"
    ARCHIVE_BROKEN = "archive-broken"
    ARCHIVE_UNSUPPORTED = "archive-unsupported"
    ARCHIVE_IN_PARTS = "archive-in-parts"
    LINK_IN_ARCHIVE = "link-in-archive"
    EXECUTABLE = "executable"
    MACRO = "macro"
    DOCUMENT_ENCRYPTED = "document-encrypted"
    TYPE_MISMATCH = "type-mismatch"
    TWO_TYPES = "two-types"
    EMPTY_FILE = "empty-file"
    UNSAFE_NAME = "unsafe-name"
    NESTED_TOO_DEEP = "nested-too-deep"


class FileKind(StrEnum):
    """What a file is for the desk, judged by its content."""

    PDF = "pdf"
    WORD = "word"
    SHEET = "sheet"
    SLIDES = "slides"
    IMAGE = "image"
    TEXT = "text"
    HTML = "html"
    XML = "xml"
    EDXML = "edxml"
    CALENDAR = "calendar"
    ARCHIVE = "archive"
    MESSAGE = "message"
    SIGNATURE = "signature"
    EXECUTABLE = "executable"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainedFile:
    """One file of a mail. `path` is the part's section number, with `!name` for each step into a container.

    A path names one file of its mail. Archives and attached messages are files themselves and come before what is in
    them. `inline` is True for bodies and pictures that belong to the text of the mail rather than to its attachments.
    """

    path: str
    name: str
    kind: FileKind
    media_type: str
    declared_type: str
    content: bytes
    sha256: str
    inline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerLimits:
    """Caps over one mail: nesting, files, unpacked bytes in all and of one file, and unpacked size against packed size."""

    depth: int = 5
    files: int = 2000
    total_bytes: int = 200 << 20
    file_bytes: int = 100 << 20
    ratio: int = 200


DEFAULT_LIMITS = ContainerLimits()
"""The caps where an office has set no others."""
