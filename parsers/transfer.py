"""Content transfer encodings (RFC 2045, 6), read as tolerantly as mail programs write them."""

import binascii
import re
from dataclasses import dataclass

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64) - set(b"="))
_BLANKS = b" \t\r\n"
_BAD_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")
_UU_NAMES = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})
_IDENTITY = frozenset({"", "7bit", "8bit", "binary"})
_UU_BEGIN = re.compile(rb"(?:\A|\n)begin(?:-base64)? [0-7]{3,4} ([^\r\n]*)\r?\n")


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
    """Base64 up to its padding; what is not of the alphabet is skipped."""
    compact = data.translate(None, _BLANKS)
    try:
        return Decoded(binascii.a2b_base64(compact, strict_mode=True))
    except binascii.Error:
        pass
    letters, padding, rest = compact.translate(None, _NOT_BASE64).partition(b"=")
    rest = rest.strip(b"=")
    if padding and rest and len(letters) % 4:
        # Some programs encode in pieces and pad each of them.
        return _decode_padded_pieces(compact.translate(None, _NOT_BASE64))
    usable = letters[: len(letters) - (len(letters) % 4 == 1)]
    content = binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))
    return Decoded(content, "characters outside base64, or wrong padding")


def decode_uu(data: bytes) -> Decoded:
    """The first uuencoded file in the data; the data itself where there is none."""
    begin = _UU_BEGIN.search(data)
    if begin is None:
        return Decoded(data, "no uuencoded data")
    pieces = []
    fault = "uuencoded data without its end"
    for line in data[begin.end() :].split(b"\n"):
        text = line.rstrip(b"\r")
        if text in {b"end", b"`", b" ", b""}:
            fault = ""
            break
        try:
            pieces.append(binascii.a2b_uu(text))
        except binascii.Error:
            pieces.append(_forgiving_uu_line(text))
    return Decoded(b"".join(pieces), fault)


def _decode_padded_pieces(letters: bytes) -> Decoded:
    pieces = []
    for piece in re.findall(rb"[^=]+", letters):
        usable = piece[: len(piece) - (len(piece) % 4 == 1)]
        pieces.append(binascii.a2b_base64(usable + b"=" * (-len(usable) % 4)))
    return Decoded(b"".join(pieces), "base64 in several padded pieces")


def _decode_quoted_printable(data: bytes) -> Decoded:
    fault = "an equals sign that starts no escape" if _BAD_ESCAPE.search(data) else ""
    return Decoded(binascii.a2b_qp(data), fault)


def _forgiving_uu_line(line: bytes) -> bytes:
    # Trailing blanks were cut, or characters added, by a program on the way: the first character tells the length.
    wanted = (((line[0] - 32) & 63) * 4 + 5) // 3 + 1
    try:
        return binascii.a2b_uu(line[:wanted].ljust(wanted, b" "))
    except binascii.Error:
        return b""
