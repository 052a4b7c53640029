"""What a mail is once it has been read: headers and a tree of parts with byte spans. Pure data."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parsers.finding import Finding


class MessageCode(StrEnum):
    """Findings about the mail itself."""

    DEFECT = "mime-defect"
    HEADER_TRUNCATED = "header-truncated"
    PARTS_TRUNCATED = "parts-truncated"
    DEPTH_TRUNCATED = "depth-truncated"
    DUPLICATE_HEADER = "duplicate-header"
    BARE_LINE_ENDING = "bare-line-ending"
    NUL_BYTE = "nul-byte"
    SEVERAL_FROM = "several-from"
    ADDRESS_IN_DISPLAY_NAME = "address-in-display-name"
    FILENAME_AMBIGUOUS = "filename-ambiguous"
    READERS_DISAGREE = "readers-disagree"
    BAD_TRANSFER_ENCODING = "bad-transfer-encoding"
    UNKNOWN_CHARSET = "unknown-charset"
    FRAGMENT = "message-fragment"
    BODY_ELSEWHERE = "body-elsewhere"
    ENCRYPTED = "mail-encrypted"
    FILE_IN_HTML = "file-in-html"


TRUNCATIONS = frozenset({MessageCode.HEADER_TRUNCATED, MessageCode.PARTS_TRUNCATED, MessageCode.DEPTH_TRUNCATED})
"""The findings that say a part of the mail was left unread."""

WITHHELD = frozenset({MessageCode.FRAGMENT, MessageCode.BODY_ELSEWHERE, MessageCode.ENCRYPTED, MessageCode.FILE_IN_HTML})
"""The findings that say the mail does not give a part of it to its reader."""


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open byte range of the raw message."""

    start: int
    end: int

    def of(self, raw: bytes) -> bytes:
        """The bytes that the span covers."""
        return raw[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One address: the display name as decoded text, the address with its domain in lower-case A-label form.

    The address is empty where the field's syntax leaves it open which address is meant.
    """

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One MIME part. `path` is its section number as in RFC 9051, 6.4.5 (`1`, `2.1`); the spans point into the raw bytes.

    A multipart root has the empty path. `header` runs up to the body and includes the blank line; `body` ends before the
    line break that belongs to the next boundary, so `raw[header.start:body.end]` is what multipart/signed signs.
    An attached message is a leaf. `filename` is the resolved, safe name (NFC, no path, no control or bidi characters),
    None where the part names none; the candidates are all names the part gives, decoded and not made safe.
    """

    path: str
    media_type: str
    charset: str
    transfer_encoding: str
    disposition: str
    filename: str | None
    filename_candidates: tuple[str, ...]
    content_id: str
    header: Span
    body: Span
    children: tuple["Part", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """The header fields that the hub acts on, decoded and unfolded. Absent ones are empty.

    Message identifiers keep their angle brackets.
    """

    from_: tuple[Mailbox, ...]
    sender: tuple[Mailbox, ...]
    reply_to: tuple[Mailbox, ...]
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    subject: str
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sent_at: datetime | None
    automatic: tuple[str, ...]
    """Names of the header fields that mark an automatic mail (RFC 3834, 5), empty for a person's mail."""
    junk: bool
    loop_marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A parsed mail: its headers, its tree, and the defects met on the way."""

    headers: Headers
    root: Part
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLimits:
    """Caps that hold before any parser runs; beyond them the message is read truncated, with a finding."""

    header_bytes: int = 256 << 10
    field_bytes: int = 64 << 10
    fields: int = 1000
    parts: int = 500
    depth: int = 20
    addresses: int = 5000
