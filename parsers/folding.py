"""Letters without their marks, for matching only: what is shown and stored keeps them."""

import re
import unicodedata

from parsers.charsets import nfc

_CROSSED = {"đ": "d", "Đ": "d", "Ð": "d", "ð": "d", "ł": "l", "Ł": "l"}
# Hyphen and non-breaking hyphen are what programs make of a typed hyphen; en and em dashes are the author's.
_PLAIN_SIGNS = {0x00D0: "\u0110", 0x2010: "-", 0x2011: "-"}
# Hostile text may hold every letter there is; only those of the usual scripts are worth the memory.
_LAST_REMEMBERED = 0x2FFF
_SPACES = re.compile(r"\s+")


class _PlainLetters(dict[int, str]):
    """Code point to its unmarked lower-case letter, worked out once each."""

    def __missing__(self, code_point: int) -> str:
        letter = chr(code_point)
        lowered = unicodedata.normalize("NFD", letter)[0].lower()
        plain = _CROSSED.get(letter, lowered if len(lowered) == 1 else letter)
        self[code_point] = plain
        return plain


_PLAIN = _PlainLetters()


class _CleanLetters(dict[int, str | None]):
    """Code point to the letter that is kept of it, worked out once each; None where it is unseen.

    Unseen are control and format characters: soft hyphens, zero-width blanks, direction marks.
    """

    def __missing__(self, code_point: int) -> str | None:
        letter = _PLAIN_SIGNS.get(code_point, chr(code_point))
        kept = " " if letter.isspace() else None if unicodedata.category(letter) in {"Cf", "Cc"} else letter
        if code_point <= _LAST_REMEMBERED:
            self[code_point] = kept
        return kept


_CLEAN = _CleanLetters()


def clean(text: str) -> str:
    """NFC, the Icelandic Eth that old keyboards gave for Đ put right, hyphens and blanks of every kind plain ones."""
    return nfc(text).translate(_CLEAN)


def plain(text: str) -> str:
    """Lower case without marks, one letter for one letter, so that places found in it are places in `text` (NFC)."""
    return text.translate(_PLAIN)


def fold(text: str) -> str:
    """The form in which two spellings of the same words are equal: plain letters, single blanks."""
    return _SPACES.sub(" ", plain(clean(text))).strip()


def words_of(text: str) -> tuple[str, ...]:
    """The folded words and numbers of a text or a file name."""
    return tuple(re.findall(r"[^\W_]+", fold(text)))
