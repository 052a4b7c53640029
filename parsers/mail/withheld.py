"""What a mail does not give to its reader: pieces of a longer mail, bodies kept elsewhere, encryption, files inside its HTML.

None of it is fetched, put together or decrypted; the raw bytes stay as they are for whoever has the key.
"""

import re
from collections.abc import Iterator

from parsers.charsets import printable
from parsers.finding import Finding, Source
from parsers.mail.model import MessageCode, Part, Span
from parsers.mail.parameters import FieldValue, read_field_value
from parsers.mail.transfer import decode_transfer

_HEAD_BYTES = 4096
# id-envelopedData of RFC 5652 and id-ct-authEnvelopedData of RFC 5083, as they stand at the beginning of a CMS message.
_ENVELOPED = (b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17")
_CMS_HEAD_BYTES = 40
_CMS_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_PGP_MESSAGE = b"-----BEGIN PGP MESSAGE-----"
# Fonts and pictures of a style sheet stand in `url(…)` and are no documents.
_FILE_IN_HTML = re.compile(
    rb"\b(?:href|src|data)[ \t\r\n]{0,9}=[ \t\r\n]{0,9}[\"']?[ \t\r\n]{0,9}data:((?:application|text|message)/[a-z0-9.+-]{1,80})",
    re.IGNORECASE,
)
_CONTENT_TYPE = re.compile(rb"(?im)^content-type:((?:[^\r\n]|\r?\n[ \t]){0,2000})")


def withheld(raw: bytes, root: Part) -> tuple[Finding, ...]:
    """A finding for each part that leaves something out or locks it away."""
    return tuple(
        Finding(
            code=code, source=Source.HEADER, place=f"part {part.path}" if part.path else "message", evidence=printable(evidence)
        )
        for part in _parts(root)
        for code, evidence in _of(raw, part)
    )


def _parts(part: Part) -> Iterator[Part]:
    yield part
    for child in part.children:
        yield from _parts(child)


def _of(raw: bytes, part: Part) -> Iterator[tuple[MessageCode, str]]:
    match part.media_type:
        case "message/partial":
            yield MessageCode.FRAGMENT, _told(raw, part, ("id", "number", "total"))
        case "message/external-body":
            yield MessageCode.BODY_ELSEWHERE, _told(raw, part, ("access-type", "site", "name", "url"))
        case "multipart/encrypted":
            yield MessageCode.ENCRYPTED, _told(raw, part, ("protocol",)) or part.media_type
        case "text/plain" if _PGP_MESSAGE in _head(raw, part):
            yield MessageCode.ENCRYPTED, "PGP"
        case "text/html":
            content = decode_transfer(part.body.of(raw), part.transfer_encoding).content
            found = _FILE_IN_HTML.search(content)
            if found:
                yield MessageCode.FILE_IN_HTML, found[1].decode("ascii")
        case media_type if media_type in _CMS_TYPES and any(mark in _head(raw, part)[:_CMS_HEAD_BYTES] for mark in _ENVELOPED):
            yield MessageCode.ENCRYPTED, "S/MIME"


def _head(raw: bytes, part: Part) -> bytes:
    """The first bytes of the content, enough to see what it begins with."""
    start = Span(part.body.start, min(part.body.end, part.body.start + _HEAD_BYTES))
    return decode_transfer(start.of(raw), part.transfer_encoding).content


def _told(raw: bytes, part: Part, names: tuple[str, ...]) -> str:
    """Parameters of the part's type, for a clerk to read."""
    field = _content_type(raw, part)
    told = ((name, field.text(name).decode("utf_8", "replace")) for name in names)
    return ", ".join(f"{name} {value}" for name, value in told if value)


def _content_type(raw: bytes, part: Part) -> FieldValue:
    found = _CONTENT_TYPE.search(raw, part.header.start, part.header.end)
    return read_field_value(re.sub(rb"\r?\n", b"", found[1]) if found else b"")
