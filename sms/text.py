"""The text of an SMS: its alphabet, its segments (3GPP TS 23.040), and how a text is made to fit."""

import unicodedata
from dataclasses import dataclass

from sms.alphabet import Alphabet, alphabet_of, cost
from sms.errors import TextTooLongError

SINGLE = {Alphabet.GSM7: 160, Alphabet.UCS2: 70}
"""Units in a text of one segment."""

PART = {Alphabet.GSM7: 153, Alphabet.UCS2: 67}
"""Units in each of several segments: the user data header takes six octets."""

_TYPOGRAPHIC = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " "),
        **dict.fromkeys("•·", "-"),
        **dict.fromkeys("\u2028\u2029", "\n"),
        "…": "...",
        "⁄": "/",
        "×": "x",
        "№": "No",
    }
)


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
    alphabet = alphabet_of(composed)
    units = sum(cost(letter, alphabet) for letter in composed)
    return SmsText(text=composed, alphabet=alphabet, units=units, segments=len(split(composed)))


def split(text: str) -> tuple[str, ...]:
    """The text in the segments that it travels in; an escaped character or a surrogate pair is never cut in two.

    Joined they are the text again, in NFC. No text, no segment.
    """
    composed = unicodedata.normalize("NFC", text)
    alphabet = alphabet_of(composed)
    costs = [cost(letter, alphabet) for letter in composed]
    if sum(costs) <= SINGLE[alphabet]:
        return (composed,) if composed else ()
    parts, start, used = [], 0, 0
    for place, units in enumerate(costs):
        if used + units > PART[alphabet]:
            parts.append(composed[start:place])
            start, used = place, 0
        used += units
    return (*parts, composed[start:])


def fitting(accented: str, plain: str = "", *, diacritics: bool = False, most: int | None = None) -> SmsText:
    """The text that is sent: without diacritics unless they are wanted, and without letters that cost and say nothing.

    `plain` is the template's own form for phones without diacritics, because "doi" may be dời, đổi or đợi; where a template
    has none, the marks are dropped. Raises TextTooLongError when it takes more than `most` segments.
    """
    found = measure(in_plain_signs(accented if diacritics else without_marks(plain or accented)))
    if most is not None and found.segments > most:
        raise TextTooLongError(found.segments, most)
    return found


def in_plain_signs(text: str) -> str:
    """Typographic quotes, dashes and spaces as GSM characters; invisible characters left out.

    A single one of them would turn a text of 160 characters into one of 70.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").translate(_TYPOGRAPHIC)
    return "".join(letter for letter in lines if letter == "\n" or unicodedata.category(letter) not in {"Cc", "Cf"})


def without_marks(text: str) -> str:
    """Vietnamese text without diacritics, so that it fits the GSM alphabet; đ has no decomposition and is mapped."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D").replace("\u00d0", "D"))
    return unicodedata.normalize("NFC", "".join(letter for letter in decomposed if not unicodedata.combining(letter)))
