"""The content of parts: decoded bytes, text, and the human text of a whole mail."""

import re
from collections.abc import Iterator
from dataclasses import replace

from parsers.charsets import decode_text
from parsers.mail.html_text import html_text
from parsers.mail.model import Message, Part, Span
from parsers.mail.transfer import decode_transfer

_LINE_BREAK = re.compile(r"\r{0,2}\n|\r")
_BLANK_LINES = re.compile(r"\n{3,}")
# A character of three bytes in quoted-printable takes nine; mark-up takes several times its text.
_BYTES_PER_CHARACTER = 9
_HTML_BYTES_PER_CHARACTER = 60


def decode_part(raw: bytes, part: Part) -> bytes:
    """The part's content with its transfer encoding undone; damage is passed over."""
    return decode_transfer(part.body.of(raw), part.transfer_encoding).content


def part_text(raw: bytes, part: Part) -> str:
    """The part's content as text: its charset, else UTF-8, else Windows-1258; line breaks are single line feeds."""
    return _unix_lines(decode_text(decode_part(raw, part), part.charset).text)


def beginning(part: Part, size: int) -> Part:
    """The part as if it ended after so many encoded bytes."""
    return replace(part, body=Span(part.body.start, min(part.body.end, part.body.start + size)))


def body_text(raw: bytes, message: Message, limit: int) -> str:
    """What a person wrote, at most `limit` characters: plain text where there is some, else the text of the HTML."""
    pieces: list[str] = []
    left = limit
    for part in _body_parts(raw, message.root):
        text = _limited_text(raw, part, left).strip()
        if text:
            pieces.append(text)
            left -= len(text) + 2
        if left <= 0:
            break
    return _BLANK_LINES.sub("\n\n", "\n\n".join(pieces))[:limit]


def is_body(part: Part) -> bool:
    """Whether a leaf is text of the mail rather than a file: unnamed text that is not marked as an attachment."""
    is_text = part.media_type in {"text/plain", "text/html", "text/enriched"} or part.media_type.startswith("multipart/")
    return is_text and part.filename is None and part.disposition != "attachment"


def _body_parts(raw: bytes, part: Part) -> Iterator[Part]:
    if part.media_type == "multipart/alternative" and part.children:
        yield from _best_alternative(raw, part)
    elif part.children:
        for child in part.children:
            yield from _body_parts(raw, child)
    elif is_body(part):
        yield part


def _best_alternative(raw: bytes, part: Part) -> list[Part]:
    """The alternative with plain text that says something, else the one with HTML (RFC 2046, 5.1.4, read for a person)."""
    choices = [list(_body_parts(raw, child)) for child in part.children]
    filled = [choice for choice in choices if any(_limited_text(raw, leaf, 100).strip() for leaf in choice)]
    plain = [choice for choice in filled if all(leaf.media_type == "text/plain" for leaf in choice)]
    return (plain or filled or [[]])[0]


def _limited_text(raw: bytes, part: Part, limit: int) -> str:
    """Text of a leaf; so much of it is decoded as the limit can need, mark-up allowed for."""
    is_html = part.media_type == "text/html"
    length = (limit + 1000) * (_HTML_BYTES_PER_CHARACTER if is_html else _BYTES_PER_CHARACTER)
    encoded = raw[part.body.start : min(part.body.end, part.body.start + length)]
    text = _unix_lines(decode_text(decode_transfer(encoded, part.transfer_encoding).content, part.charset).text)
    return (html_text(text) if is_html else text)[:limit]


def _unix_lines(text: str) -> str:
    # Two CR before an LF come from programs that encoded a line break which was complete already.
    return _LINE_BREAK.sub("\n", text)
