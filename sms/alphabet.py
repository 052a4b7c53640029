"""The two alphabets of an SMS and the octets they make (3GPP TS 23.038)."""

from enum import StrEnum


class Alphabet(StrEnum):
    """How a text goes over the air."""

    GSM7 = "gsm-7"
    UCS2 = "ucs-2"


ESCAPE = 0x1B
_TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
BASIC = {letter: code for code, letter in enumerate(_TABLE) if code != ESCAPE}
"""The basic character table of GSM 7 bit (6.2.1) without the escape, with each letter's code."""

EXTENSION = {"\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65}
"""Characters that take an escape and so two septets (6.2.1.1), with the code that follows the escape."""


def alphabet_of(text: str) -> Alphabet:
    """The smaller alphabet that holds every letter of the text."""
    return Alphabet.GSM7 if all(letter in BASIC or letter in EXTENSION for letter in text) else Alphabet.UCS2


def cost(letter: str, alphabet: Alphabet) -> int:
    """Units of one character: septets in GSM 7 bit, UTF-16 units in UCS-2."""
    if alphabet is Alphabet.GSM7:
        return 2 if letter in EXTENSION else 1
    return len(_utf16(letter)) // 2


def octets(text: str, alphabet: Alphabet) -> bytes:
    """The text as SMPP carries it: one septet an octet, or UTF-16, big-endian."""
    if alphabet is Alphabet.UCS2:
        return _utf16(text)
    codes: list[int] = []
    for letter in text:
        codes += [ESCAPE, EXTENSION[letter]] if letter in EXTENSION else [BASIC[letter]]
    return bytes(codes)


def _utf16(text: str) -> bytes:
    # A lone surrogate counts and travels like any other unit.
    return text.encode("utf-16-be", "surrogatepass")
