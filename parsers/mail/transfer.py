"""Content transfer encodings (RFC 2045, 6), read as tolerantly as mail programs write them."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.charsets import decode_text

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64) - set(b"="))
_URL_ALPHABET = bytes.maketrans(b"-_", b"+/")
_PIECE = re.compile(rb"[^=]+={0,2}")
_PIECES = re.compile(rb"(?:(?:[^=]{4})*+(?:[^=]{2}==|[^=]{3}=))++(?:[^=]{4})*+")
_BLANKS = b" \t\r\n"
_BAD_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")
_NOT_WRITTEN = re.compile(rb"[^A-Za-z0-9+/=\s]|(?<=\S)[ \t]+(?=[^\s])")
# A mail that says base64 and is not encoded at all is mostly words: a blank or a sign every few letters.
_LEAST_JUDGED = 32
_SAMPLE = 4096
_FOREIGN_SHARE = 8
_ENCODED_LINES = re.compile(rb"\s*(?:[A-Za-z0-9+/]{16,}={0,2}[ \t]*\r?\n)(?:[A-Za-z0-9+/]{4,}={0,2}[ \t]*\r?\n)*+(?=\s)")
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_UU_NAMES = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})
_IDENTITY = frozenset({"", "7bit", "8bit", "binary"})
# More lines that begin a file than any text has; each of them costs a look at what follows.
_MOST_BEGINNINGS = 10_000
_UU_BEGIN = re.compile(rb"\nbegin(-base64)? [0-7]{3,4} ([^\r\n]*)\r?\n")
_UU_BASE64 = re.compile(rb"((?:[A-Za-z0-9+/]{1,200}={0,2}\r?\n)++)====")

_YENC_BEGIN = re.compile(rb"\n=ybegin line=[0-9]{1,4} size=([0-9]{1,10}) name=([^\r\n]{1,255})\r?\n")
_YENC_END = re.compile(rb"\r?\n=yend size=([0-9]{1,10})[^\r\n]*")
_YENC = bytes((byte - 42) & 0xFF for byte in range(256))
_YENC_ESCAPED = tuple(bytes([(byte - 64) & 0xFF]) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoded bytes, and what was wrong with the encoding (empty where nothing was)."""

    content: bytes
    fault: str = ""


def decode_transfer(data: bytes, encoding: str) -> Decoded:
    """The bytes that the encoded data stands for; damage is passed over and named."""
    if encoding == "base64":
        return decode_base64(data)
    if encoding == "quoted-printable":
        return _decode_quoted_printable(data)
    if encoding in _UU_NAMES:
        return decode_uu(data)
    # RFC 2045, 6.4: data in an unknown encoding is opaque.
    return Decoded(data, "" if encoding in _IDENTITY else "unknown encoding")


def decode_base64(data: bytes) -> Decoded:
    """Base64 up to its padding; what is not of the alphabet is skipped, and what was never encoded is left as it is."""
    compact = data.translate(None, _BLANKS)
    strict = _strict_base64(compact)
    if strict is not None:
        return Decoded(strict)
    if b"+" not in compact and b"/" not in compact and len(compact.translate(None, b"-_")) % 4:
        # RFC 4648, 5: programs that make web addresses have another alphabet at hand.
        other = compact.rstrip(b"=").translate(_URL_ALPHABET)
        strict = _strict_base64(other + b"=" * (-len(other) % 4))
        if strict is not None:
            return Decoded(strict, "base64 for URLs, or without padding")
    with_words = _with_words(data)
    if with_words is not None:
        return with_words
    letters = compact.translate(None, _NOT_BASE64)
    if _PIECES.fullmatch(letters):
        # Some programs encode in pieces and pad each of them.
        return Decoded(b"".join(map(binascii.a2b_base64, _PIECE.findall(letters))), "base64 in several padded pieces")
    usable = letters.partition(b"=")[0]
    usable = usable[: len(usable) - (len(usable) % 4 == 1)]
    content = binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))
    if len(compact) < _LEAST_JUDGED and len(letters) < len(compact) and _NO_TEXT.search(content.decode("utf_8", "replace")):
        return Decoded(data, "no base64 at all")
    return Decoded(content, "characters outside base64, or wrong padding")


def _with_words(data: bytes) -> Decoded | None:
    """Base64 with words behind it, or words that were never encoded; None where it is neither."""
    encoded = _ENCODED_LINES.match(data)
    if encoded and _is_foreign(data[encoded.end() : encoded.end() + _SAMPLE]):
        # A mailing list, or a virus scanner, writes its footer behind whatever the mail is.
        before = _strict_base64(encoded[0].translate(None, _BLANKS))
        if before:
            return Decoded(before, "plain text behind the base64")
    return Decoded(data, "no base64 at all") if _is_plain(data) else None


def _strict_base64(compact: bytes) -> bytes | None:
    try:
        return binascii.a2b_base64(compact, strict_mode=True)
    except binascii.Error:
        return None


def _is_plain(data: bytes) -> bool:
    """Whether data under the name of base64 was never encoded."""
    sample = data.strip()[:_SAMPLE]
    return len(sample) >= _LEAST_JUDGED and _is_foreign(sample)


def _is_foreign(sample: bytes) -> bool:
    return len(_NOT_WRITTEN.findall(sample)) * _FOREIGN_SHARE > len(sample)


def decode_uu(data: bytes) -> Decoded:
    """The first uuencoded file in the data; the data itself where there is none."""
    lines = b"\n" + data
    begin = _UU_BEGIN.search(lines)
    return _decode_uu(lines, begin) if begin else Decoded(data, "no uuencoded data")


def find_written_files(text: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file that stands in a plain text, uuencoded or yEncoded."""
    # Behind a line break in front, every line begins behind one; a pattern that begins with it is looked for quickly.
    lines = b"\n" + text
    yield from _uu_files(lines)
    yield from _yenc_files(lines)


def _uu_files(text: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of each uuencoded file that stands complete in a plain text, as mail before MIME carried files."""
    position = 0
    for _ in range(_MOST_BEGINNINGS):
        begin = _UU_BEGIN.search(text, position)
        if begin is None:
            return
        decoded = _decode_uu(text, begin)
        if decoded.content and not decoded.fault:
            yield decode_text(begin[2], "").text, decoded.content
        position = begin.end() - 1 + len(decoded.content)


def _yenc_files(text: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of each yEnc file that stands whole in a text (yEnc draft 1.3); one in several parts is left."""
    position = 0
    while begin := _YENC_BEGIN.search(text, position):
        end = _YENC_END.search(text, begin.end())
        if end is None:
            return
        content = _decode_yenc(text[begin.end() : end.start()])
        if len(content) == int(begin[1]) == int(end[1]):
            yield decode_text(begin[2], "").text.strip(), content
        position = end.end()


def _decode_yenc(data: bytes) -> bytes:
    first, *escaped = data.translate(None, b"\r\n").split(b"=")
    return b"".join([first, *(_YENC_ESCAPED[piece[0]] + piece[1:] for piece in escaped if piece)]).translate(_YENC)


def _decode_uu(text: bytes, begin: re.Match[bytes]) -> Decoded:
    if not begin[1]:
        return _decode_uu_lines(text, begin.end())
    written = _UU_BASE64.match(text, begin.end())
    return decode_base64(written[1]) if written else Decoded(b"", "encoded data without an end")


def _decode_uu_lines(data: bytes, position: int) -> Decoded:
    pieces: list[bytes] = []
    # A short line stands for up to 45 bytes; encoded data is longer than what it stands for, so that bounds it.
    allowance = len(data)
    while position < len(data) and allowance > 0:
        end = data.find(b"\n", position)
        line = data[position : end if end != -1 else len(data)].rstrip(b"\r")
        if line in {b"end", b"`", b" ", b""}:
            return Decoded(b"".join(pieces))
        piece = _decode_uu_line(line)
        if piece is None:
            break
        pieces.append(piece)
        allowance -= len(piece)
        position = end + 1 if end != -1 else len(data)
    return Decoded(b"".join(pieces), "uuencoded data is damaged or has no end")


def _decode_quoted_printable(data: bytes) -> Decoded:
    fault = "an equals sign that starts no escape" if _BAD_ESCAPE.search(data) else ""
    return Decoded(binascii.a2b_qp(data), fault)


def _decode_uu_line(line: bytes) -> bytes | None:
    """Bytes of one line, None where it is no uuencoded line."""
    # Trailing blanks were cut, or characters added, by a program on the way: the first character tells the length.
    wanted = (((line[0] - 32) & 63) * 4 + 5) // 3 + 1
    for attempt in (line, line[:wanted].ljust(wanted, b" ")):
        try:
            return binascii.a2b_uu(attempt)
        except binascii.Error:
            continue
    return None
