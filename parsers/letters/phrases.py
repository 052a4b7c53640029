"""Finding the phrases of the letter rules in lines: folded, at word borders, without regard to blanks."""

import re
from collections.abc import Iterable
from functools import lru_cache

from parsers.folding import plain

_MARKS_ONLY = re.compile(r"[\W_]+")


@lru_cache(maxsize=256)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """The longest phrase wins; blanks may be many or lost, dashes of any kind; no letter or digit may touch the ends."""
    longest_first = sorted((plain(phrase) for phrase in phrases if phrase), key=len, reverse=True)
    parts = [
        # A row of dashes is one gap: several in a row would be tried in every division of a row of marks.
        re.sub(r"(?:(?:\\s\*)?\\?-)+(?:\\s\*)?", r"\\W*", r"\s*".join(map(re.escape, phrase.split())))
        for phrase in longest_first
    ]
    bounded = [(r"(?<!\w)" if part[:1].isalnum() else "") + part + (r"(?!\w)" if part[-1:].isalnum() else "") for part in parts]
    return re.compile("|".join(bounded) if bounded else r"(?!)")


def find_phrase(phrases: tuple[str, ...], text: str) -> re.Match[str] | None:
    """The first of the phrases in the text; its span holds in `text` as well, which must be NFC."""
    return _pattern(phrases).search(plain(text))


def opens_with(phrases: tuple[str, ...], text: str) -> re.Match[str] | None:
    """One of the phrases at the beginning, after blanks, dashes and brackets at most."""
    folded = plain(text)
    start = len(folded) - len(folded.lstrip(" \t-–—•*+([{\"“'"))
    return _pattern(phrases).match(folded, start)


@lru_cache(maxsize=64)
def _marked_pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted((phrase.lower() for phrase in phrases if phrase), key=len, reverse=True)
    return re.compile(
        "|".join(re.escape(phrase) + (r"(?!\w)" if phrase[-1:].isalnum() else "") for phrase in longest_first) or r"(?!)"
    )


def opens_marked(phrases: tuple[str, ...], text: str) -> re.Match[str] | None:
    """Like `opens_with`, but accents must agree: "SỞ" is no "Số"."""
    lowered = text.lower()
    if len(lowered) != len(text):
        return None
    return _marked_pattern(phrases).match(lowered, len(lowered) - len(lowered.lstrip(" ([*")))


def is_phrase(phrases: Iterable[str], text: str) -> str | None:
    """The phrase that is all of the text, frames and punctuation aside."""
    squeezed = squeeze(text)
    return next((phrase for phrase in phrases if squeezed and squeeze(phrase) == squeezed), None)


@lru_cache(maxsize=4096)
def squeeze(text: str) -> str:
    """Folded letters and digits alone, so that letter-spaced print equals plain print."""
    return _MARKS_ONLY.sub("", plain(text))


def capitals(text: str) -> float:
    """Share of capitals among the letters, 0 where there is no letter."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(letter.isupper() for letter in letters) / len(letters) if letters else 0.0


def ends_with(phrases: tuple[str, ...], text: str) -> bool:
    """Whether the last words of the text, marks of punctuation aside, are one of the phrases."""
    folded = plain(text).rstrip(" :.,;")
    return any(match.end() == len(folded) for match in _pattern(phrases).finditer(folded))


def without_openings(phrases: tuple[str, ...], text: str, limit: int = 6) -> str:
    """The text without phrases that open it, one after another."""
    for _ in range(limit):
        found = opens_with(phrases, text)
        if not found:
            break
        text = text[found.end() :].lstrip(" :,-–")
    return text.strip()
