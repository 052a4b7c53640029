"""Number and symbol of a letter, and dates, in the shapes that the rules allow."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from parsers.folding import clean
from parsers.letter import LetterRules

_CONNECTORS = re.compile(r"\s*(/)\s*|\s+-\s*(?=[^\W\d_a-z])(?!V\s*/\s*v)|-\s+(?=[^\W\d_a-z])(?!V\s*/\s*v)")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_SPLIT_DIGITS = re.compile(r"^(\d(?:\s?\d){0,5})(?=\s*[/-])")
_LEADERS = re.compile(r"^[\s.…_\-·]+")
_CANDIDATE = re.compile(r"(?<![\w/.-])\d{1,6}[a-zđ]?\s?[/-]\s?[A-ZĐ\d][\wĐđ.&-]*(?:\s?[/-]\s?[\wĐđ.&-]+){0,3}")
_LONGEST = 60
_SEARCHED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A number with its symbol. `printed` has the blanks taken out; `doubtful` where digits had to be joined."""

    number: str
    symbol: str
    printed: str
    doubtful: bool = False


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def whole_reference(text: str, rules: LetterRules) -> Reference | None:
    """The reference that a text without blanks is, None where it is none."""
    if len(text) > _LONGEST or sum(letter.isalpha() for letter in text) < 1:
        return None
    for pattern in rules.reference_patterns:
        match = _compiled(pattern).fullmatch(text)
        if match:
            return Reference(number=match["number"], symbol=match["symbol"], printed=text)
    return None


def labelled_reference(text: str, rules: LetterRules) -> tuple[Reference | None, str, str]:
    """What follows a number label: the reference, the symbol alone where the number is still blank, and the rest."""
    joined, doubtful = _joined(text)
    blank = _LEADERS.sub("", joined)
    if blank.startswith("/"):
        token, _, rest = blank[1:].partition(" ")
        symbol = token.rstrip(".,;:")
        return None, symbol if whole_reference(f"1/{symbol}", rules) else "", rest
    token, _, rest = blank.partition(" ")
    reference = whole_reference(token.rstrip(".,;:)"), rules)
    if reference and doubtful:
        reference = Reference(number=reference.number, symbol=reference.symbol, printed=reference.printed, doubtful=True)
    return reference, "", rest if reference else blank


def _joined(text: str) -> tuple[str, bool]:
    """The text with blanks around slashes and dashes taken out, and whether split digits were joined."""
    text = _DASHES.sub("-", clean(text)).strip()
    digits = _SPLIT_DIGITS.match(text)
    split = digits is not None and " " in digits[1]
    if digits:
        text = digits[1].replace(" ", "") + text[digits.end() :]
    return _CONNECTORS.sub(lambda match: match[1] or "-", text), split


def references_in(text: str, rules: LetterRules) -> Iterator[Reference]:
    """References inside running text, strictly: a capital behind the slash, and never a date."""
    for match in _CANDIDATE.finditer(_DASHES.sub("-", text)):
        token, _ = _joined(match.group())
        reference = whole_reference(token.rstrip(".-"), rules)
        if reference and sum(letter.isupper() for letter in reference.symbol) >= 2:
            yield reference


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedDate:
    """A date in a text, with the place before it and where both lie."""

    value: date
    place: str
    start: int
    end: int


def dates_in(text: str, rules: LetterRules) -> list[PrintedDate]:
    """Dates written out, real calendar days of a plausible year only; in the first 1,000 characters of the text."""
    found: list[PrintedDate] = []
    for pattern in rules.date_patterns:
        for match in _compiled(pattern).finditer(text, 0, _SEARCHED):
            value = _calendar_day(match)
            if value and not any(other.start <= match.start() < other.end for other in found):
                found.append(
                    PrintedDate(value=value, place=match.groupdict().get("place") or "", start=match.start(), end=match.end())
                )
    return sorted(found, key=lambda printed: printed.start)


def _calendar_day(match: re.Match[str]) -> date | None:
    year = int(match["year"])
    if not 1945 <= year <= 2100:
        return None
    try:
        return date(year, int(match["month"]), int(match["day"]))
    except ValueError:
        return None
