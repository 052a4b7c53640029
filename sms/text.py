"""The text of an SMS: its alphabet and how many segments it takes (3GPP TS 23.038, 23.040)."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

BASIC = frozenset(
    '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'
    "'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The basic character table of GSM 7 bit (TS 23.038, 6.2.1) without the escape."""

EXTENSION = frozenset("\f^{}\\[~]|€")
"""Characters that take an escape and so two septets (TS 23.038, 6.2.1.1)."""


class Alphabet(StrEnum):
    """How the text goes over the air."""

    GSM7 = "gsm-7"
    UCS2 = "ucs-2"


SINGLE = {Alphabet.GSM7: 160, Alphabet.UCS2: 70}
"""Units in a text of one segment."""

PART = {Alphabet.GSM7: 153, Alphabet.UCS2: 67}
"""Units in each of several segments: the user data header takes six octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsText:
    """A text with its alphabet, its length in septets or UTF-16 units, and its number of segments."""

    text: str
    alphabet: Alphabet
    units: int
    segments: int


def measure(text: str) -> SmsText:
    """The text in NFC, as it would be sent, and what it takes."""
    composed = unicodedata.normalize("NFC", text)
    alphabet = Alphabet.GSM7 if all(letter in BASIC or letter in EXTENSION for letter in composed) else Alphabet.UCS2
    costs = [cost(letter, alphabet) for letter in composed]
    units = sum(costs)
    return SmsText(text=composed, alphabet=alphabet, units=units, segments=segments(costs, alphabet))


def cost(letter: str, alphabet: Alphabet) -> int:
    """Units of one character."""
    if alphabet is Alphabet.GSM7:
        return 2 if letter in EXTENSION else 1
    return len(letter.encode("utf-16-be")) // 2


def segments(costs: list[int], alphabet: Alphabet) -> int:
    """How many segments; an escaped character or a surrogate pair is never cut in two."""
    if sum(costs) <= SINGLE[alphabet]:
        return 1 if costs else 0
    count, used = 1, 0
    for units in costs:
        if used + units > PART[alphabet]:
            count, used = count + 1, 0
        used += units
    return count


def without_marks(text: str) -> str:
    """Vietnamese text without diacritics, so that it fits the GSM alphabet; đ has no decomposition and is mapped."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D").replace("\u00d0", "D"))
    return unicodedata.normalize("NFC", "".join(letter for letter in decomposed if not unicodedata.combining(letter)))
