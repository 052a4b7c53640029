"""The identity of a submission: the same mail has the same one whichever way it came."""

import hashlib
from collections.abc import Iterator

from parsers.mail.mime import leaves
from parsers.mail.model import TRUNCATIONS, Message, Part
from parsers.mail.transfer import decode_transfer


def content_identity(raw: bytes, message: Message) -> str:
    """Hex SHA-256 over From, Message-ID and the decoded leaf parts in their order, each with its length in front.

    Trace fields, display names, boundaries, transfer encodings and the line breaks of text do not enter: relays and
    mail stores change them.
    """
    total = hashlib.sha256()
    for piece in _pieces(raw, message):
        total.update(len(piece).to_bytes(8, "big"))
        total.update(piece)
    return total.hexdigest()


def _pieces(raw: bytes, message: Message) -> Iterator[bytes]:
    yield "\n".join(sorted(mailbox.address for mailbox in message.headers.from_)).encode()
    yield message.headers.message_id.encode()
    for part in leaves(message.root):
        yield _content(raw, part)
    # What a cap left unread would make two mails look alike, so then the body counts as it stands.
    if any(finding.code in TRUNCATIONS for finding in message.findings):
        yield message.root.body.of(raw)


def _content(raw: bytes, part: Part) -> bytes:
    content = decode_transfer(part.body.of(raw), part.transfer_encoding).content
    if part.media_type.startswith(("text/", "message/", "multipart/")):
        return content.replace(b"\r\n", b"\n").rstrip(b"\n")
    return content
