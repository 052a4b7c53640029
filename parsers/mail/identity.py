"""The identity of a submission: the same mail has the same one whichever way it came."""

import hashlib
import re
from collections.abc import Iterator

from parsers.mail.body import is_body
from parsers.mail.message import parse_message
from parsers.mail.mime import leaves
from parsers.mail.model import TRUNCATIONS, Headers, Message, Part
from parsers.mail.transfer import decode_transfer

MOST_NESTED = 5
"""How deep attached messages are looked into; a deeper one counts byte for byte."""

_CHUNK = 1 << 20
_FROM_LINE = re.compile(rb"^>+(?=From )", re.MULTILINE)


def content_identity(raw: bytes, message: Message) -> str:
    """Hex SHA-256 over From, Message-ID and the decoded leaf parts in their order, each with its length in front.

    What relays and mail stores change does not enter: trace fields, display names, boundaries, how fields are folded,
    transfer encodings, also inside an attached message, the line breaks of text, and in the mail's own words the blanks before
    them and the mark that an mbox puts before `From `. Where there is no Message-ID, Date and Subject stand for it.
    """
    total = hashlib.sha256()
    for piece in _pieces(raw, message, MOST_NESTED):
        total.update(len(piece).to_bytes(8, "big"))
        total.update(piece)
    return total.hexdigest()


def _pieces(raw: bytes, message: Message, depth: int) -> Iterator[bytes]:
    yield "\n".join(sorted(mailbox.address for mailbox in message.headers.from_)).encode()
    yield (message.headers.message_id or _stand_in(message.headers)).encode()
    for part in leaves(message.root):
        yield from _content(raw, part, depth)
    # What a cap left unread would make two mails look alike, so then the body counts as it stands.
    if any(finding.code in TRUNCATIONS for finding in message.findings):
        yield message.root.body.of(raw)


def _stand_in(headers: Headers) -> str:
    """What tells mails without a Message-ID apart: a scanner sends the same few words with every subject."""
    return f"{headers.sent_at.isoformat() if headers.sent_at else ''} {headers.subject}"


def _words(content: bytes) -> Iterator[bytes]:
    """The mail's own words, without what may stand otherwise in another copy."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b" \n" in lines or b"\t\n" in lines or lines.endswith((b" ", b"\t")):
        lines = b"".join(_without_trailing_blanks(lines))
    yield (_FROM_LINE.sub(b"", lines) if b">From " in lines else lines).rstrip(b"\n")


def _without_trailing_blanks(lines: bytes) -> Iterator[bytes]:
    """The lines in large pieces: a regular expression looks at every letter, and all lines at once take much memory."""
    start = 0
    while start < len(lines):
        end = lines.find(b"\n", start + _CHUNK) + 1 or len(lines)
        yield b"\n".join([line.rstrip(b" \t") for line in lines[start:end].split(b"\n")])
        start = end


def _content(raw: bytes, part: Part, depth: int) -> Iterator[bytes]:
    content = decode_transfer(part.body.of(raw), part.transfer_encoding).content
    if part.media_type == "message/rfc822" and depth > 0:
        inner = parse_message(content)
        # A frame around the message's own pieces, so that no other mail spells the same row.
        yield f"message/rfc822 {inner.headers.subject}".encode()
        yield from _pieces(content, inner, depth - 1)
        yield b"message/rfc822"
    elif is_body(part):
        yield from _words(content)
    elif part.media_type.startswith(("text/", "message/", "multipart/")):
        # A file of text may be signed: one that lost a blank is another file.
        yield content.replace(b"\r\n", b"\n").rstrip(b"\n")
    else:
        yield content
