"""The message that a report speaks about: its Message-ID and addresses, from its copy or its headers."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parsers.charsets import decode_text
from parsers.mail.addresses import parse_address_list
from parsers.mail.body import is_body
from parsers.mail.header_fields import HeaderBlock, read_header_block
from parsers.mail.mime import leaves
from parsers.mail.model import Message, MessageLimits, Part, Span
from parsers.mail.transfer import decode_transfer

LONGEST_HEADER = 64 << 10
"""Bytes of a returned message that are looked at; its header is what tells which one it is."""

LIMITS = MessageLimits(header_bytes=LONGEST_HEADER, fields=300)
MOST_IDS = 20

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,998}>")
_NAMED_ID = re.compile(r"^[ \t>]{0,8}message-id[ \t]*:[ \t\n>]{0,8}(<[^<>\s]{1,998}>)", re.IGNORECASE | re.MULTILINE)
_RETURNED_TYPES = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "text/rfc822", "message/global", "message/global-headers"}
)
_LOOKS_RETURNED = re.compile(rb"\A\s{0,10}(?:from |[a-z][a-z0-9-]{0,60}[ \t]*:)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What is known of the message that came back; identifiers keep their angle brackets."""

    message_ids: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    loop_marks: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


def returned_parts(leaves: Iterable[Part]) -> tuple[Part, ...]:
    """The parts that hold a message or its headers (RFC 3462, 1 c)."""
    return tuple(part for part in leaves if part.media_type in _RETURNED_TYPES)


def returned_message(raw: bytes, parts: Iterable[Part], message: Message, notification: str) -> Returned:
    """Which message came back: from its copy, else from the words of the notification, else from what the report replies to."""
    ids: dict[str, None] = {}
    recipients: dict[str, None] = {}
    marks: dict[str, None] = {}
    paths: list[str] = []
    for part in parts:
        block = _header(raw, part)
        paths.append(part.path)
        ids |= dict.fromkeys(_ids(block, "message-id"))
        recipients |= dict.fromkeys(_addresses(block))
        marks |= dict.fromkeys(decode_text(value, "").text.strip()[:998] for value in block.every("x-mailhub-loop"))
    ids |= dict.fromkeys(found[1] for found in _NAMED_ID.finditer(notification))
    headers = message.headers
    ids |= dict.fromkeys((*headers.in_reply_to, *reversed(headers.references)))
    return Returned(message_ids=tuple(ids)[:MOST_IDS], recipients=tuple(recipients), loop_marks=tuple(marks), paths=tuple(paths))


def forwarded_marks(raw: bytes, message: Message) -> tuple[str, ...]:
    """The loop marks of attached messages, where nothing else is attached: our own mail, passed on whole by a program."""
    parts = tuple(part for part in leaves(message.root) if not is_body(part))
    if not parts or parts != returned_parts(parts):
        return ()
    return returned_message(raw, parts, message, "").loop_marks


def _header(raw: bytes, part: Part) -> HeaderBlock:
    encoded = part.body.of(raw)[: LONGEST_HEADER * 2]
    # A relay may not encode a message part (RFC 2046, 5.2.1), and some do.
    content = decode_transfer(encoded, part.transfer_encoding).content
    stripped = content.lstrip(b"\r\n")
    if not _LOOKS_RETURNED.match(stripped):
        stripped = stripped[stripped.find(b"\n") + 1 :] if b"\n" in stripped[:1000] else stripped
    return read_header_block(stripped, Span(0, len(stripped)), LIMITS, f"part {part.path}")


def _ids(block: HeaderBlock, name: str) -> Iterator[str]:
    for value in block.every(name):
        yield from _MESSAGE_ID.findall(decode_text(value, "").text)[:1]


def _addresses(block: HeaderBlock) -> Iterator[str]:
    for name in ("x-failed-recipients", "to", "cc"):
        for value in block.every(name):
            yield from (box.address for box in parse_address_list(value, 20).mailboxes if "@" in box.address)
