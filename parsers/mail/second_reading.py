"""A second, independent reader of the same mail: what two readers see differently, a person should look at."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import unquote

import fast_mail_parser

from parsers.charsets import nfc, printable
from parsers.errors import ParseError
from parsers.finding import Finding, Source
from parsers.mail.body import decode_part
from parsers.mail.mime import leaves
from parsers.mail.model import TRUNCATIONS, Message, MessageCode, Part

MAX_HEADER_BYTES = 1 << 20
"""Header bytes of all parts together beyond which the second reader, whose decoding is not linear, is not asked."""

# Of a name of raw letters in quotes it gives what stands before a semicolon, the opening quote included.
_UNDECODED = re.compile(r"\ufffd|=\?|\A\"[^\"]*\Z")


@dataclass(frozen=True, slots=True)
class Attachment:
    """What a reader says about one attachment."""

    name: str
    sha256: str


def second_reading(raw: bytes) -> tuple[Attachment, ...]:
    """The attachments as fast-mail-parser sees them; ParseError where it gives up on the mail."""
    try:
        mail = fast_mail_parser.parse_email(raw)
        return tuple(Attachment(nfc(found.filename), _digest(found.content)) for found in mail.attachments)
    except (fast_mail_parser.ParseError, ValueError, RecursionError, MemoryError) as error:
        raise ParseError(f"second reader: {type(error).__name__}: {error}") from error
    except BaseException as error:
        # A panic of the Rust code arrives as a class that cannot be imported and is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise ParseError("second reader: panic") from error


def disagreement(raw: bytes, message: Message) -> tuple[Finding, ...]:
    """A finding where the second reader sees other attachments than the message has; none where it gives up."""
    if any(finding.code in TRUNCATIONS for finding in message.findings) or _header_bytes(message.root) > MAX_HEADER_BYTES:
        return ()
    try:
        second = second_reading(raw)
    except ParseError:
        return ()
    first = [part for part in leaves(message.root) if _is_attachment(part)]
    evidence = _compare([(part, _digest(_content(raw, part))) for part in first], second)
    if not evidence:
        return ()
    return (Finding(code=MessageCode.READERS_DISAGREE, source=Source.HEADER, place="message", evidence=printable(evidence)),)


def _compare(first: list[tuple[Part, str]], second: tuple[Attachment, ...]) -> str:
    """What differs, in words; empty where both see the same files under names that this reader knows too."""
    ours, theirs = Counter(digest for _, digest in first), Counter(found.sha256 for found in second)
    if ours != theirs:
        missing = ", ".join(part.filename or part.path for part, digest in first if digest not in theirs)
        added = ", ".join(found.name or "unnamed" for found in second if found.sha256 not in ours)
        return f"{len(first)} and {len(second)} attachments; only first: {missing or '-'}; only second: {added or '-'}"
    known = {name for part, _ in first for name in (*part.filename_candidates, part.filename or "")}
    # Its decoding of names is known to be weaker; only a clean name that stands nowhere in the mail is news.
    strange = [found.name for found in second if not ({found.name, unquote(found.name)} & known or _UNDECODED.search(found.name))]
    return f"names only the second reader sees: {', '.join(strange)}" if any(strange) else ""


def _content(raw: bytes, part: Part) -> bytes:
    """The content as the second reader gives it, which knows no other encodings than those of RFC 2045."""
    return part.body.of(raw) if "uu" in part.transfer_encoding else decode_part(raw, part)


def _is_attachment(part: Part) -> bool:
    """What the second reader counts as an attachment: every leaf but shown text and a multipart that has no parts."""
    if part.media_type.startswith("multipart/"):
        return False
    return part.media_type not in {"text/plain", "text/html"} or part.disposition == "attachment"


def _header_bytes(part: Part) -> int:
    return part.header.end - part.header.start + sum(_header_bytes(child) for child in part.children)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
