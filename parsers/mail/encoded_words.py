"""RFC 2047: encoded words in header fields to text, in time linear in the field."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.charsets import DecodedText, decode_text, nfc, untangled
from parsers.mail.transfer import decode_base64

_HEAD = re.compile(rb"=\?([^?\s=]{1,64})\?([bBqQ])\?")
_CUT_WORD = re.compile(rb"[^?\s]+\Z")


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    charset: str
    base64: bool
    text: bytes


def decode_words(value: bytes) -> DecodedText:
    """Text of an unfolded field value. Bytes outside encoded words are UTF-8, else Windows-1258."""
    if b"=?" not in value:
        return decode_text(value, "")
    pieces: list[str] = []
    unknown: list[str] = []
    position = 0
    for group in _groups(value):
        between = value[position : group[0].start]
        if between.strip() or position == 0:
            pieces.append(decode_text(between, "").text)
        decoded = decode_text(_payload(group), group[0].charset)
        pieces.append(decoded.text)
        unknown += decoded.unknown_charsets
        position = group[-1].end
    pieces.append(decode_text(value[position:], "").text)
    return DecodedText(nfc("".join(pieces)), tuple(dict.fromkeys(unknown)))


def decode_tangled(value: bytes) -> DecodedText:
    """Text of a value that a program may have encoded twice: words in words, or UTF-8 that was taken for Latin letters."""
    return untangle(decode_words(value))


def untangle(decoded: DecodedText) -> DecodedText:
    """The same for a value that was decoded once."""
    text, unknown = decoded.text, decoded.unknown_charsets
    if _holds_word(text):
        inner = decode_words(text.encode("utf_8", "replace"))
        text, unknown = inner.text, unknown + inner.unknown_charsets
    return DecodedText(untangled(text), unknown)


def _holds_word(text: str) -> bool:
    return "=?" in text and _HEAD.search(text.encode("utf_8", "replace")) is not None


def _words(value: bytes) -> Iterator[_Word]:
    position = 0
    while (start := value.find(b"=?", position)) != -1:
        head = _HEAD.match(value, start)
        if head is None:
            position = start + 2
            continue
        end = value.find(b"?=", head.end())
        if end == -1:
            if not _CUT_WORD.match(value, head.end()):
                return
            # A name or subject that was cut at some length.
            end = len(value)
        # RFC 2231, 5: a language may follow the charset.
        charset = head[1].partition(b"*")[0].decode("latin_1")
        yield _Word(start, end + 2, charset, head[2] in b"bB", value[head.end() : end])
        position = end + 2


def _groups(value: bytes) -> Iterator[list[_Word]]:
    """Adjacent words of one charset; only white space stands between adjacent words (RFC 2047, 6.2)."""
    group: list[_Word] = []
    for word in _words(value):
        if group and (word.charset.lower() != group[-1].charset.lower() or value[group[-1].end : word.start].strip()):
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def _payload(group: list[_Word]) -> bytes:
    # Exchange and Zimbra cut a text inside a character, so bytes are joined before they are decoded. A few programs cut
    # even inside a base64 quantum: an unpadded piece of odd length goes on in the next word.
    pieces: list[bytes] = []
    pending: list[bytes] = []
    length = 0
    for word in group:
        if word.base64:
            pending.append(word.text)
            length += len(word.text)
            if word.text.endswith(b"=") or length % 4 == 0:
                pieces.append(decode_base64(b"".join(pending)).content)
                pending, length = [], 0
            continue
        if pending:
            pieces.append(decode_base64(b"".join(pending)).content)
            pending, length = [], 0
        pieces.append(binascii.a2b_qp(word.text, header=True))
    pieces.append(decode_base64(b"".join(pending)).content)
    return b"".join(pieces)
