"""The cells of one row, checked. What is wrong with each is noted, so that all of it can be told at once."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from mailhub.cli.values import read_day
from mailhub.errors import RefusedError
from mailhub.language import Language, Text

Item = TypeVar("Item")

ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")
DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+")
CODE = re.compile(r"[^\s,;|:]{1,60}")
LONGEST = 2000
# Zero-width characters and soft hyphens come along when a cell is copied from a web page.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
# A spreadsheet would run such a cell (CWE-1236); a leading apostrophe says that it is text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What is wrong with one cell; without a column it is about the whole line. Line 0 are the options of a command."""

    line: int
    column: str
    text: Text

    def in_(self, language: Language) -> str:
        """The place and what is wrong there."""
        places = (
            Text(vi=f"dòng {self.line}", en=f"line {self.line}").in_(language) if self.line else "",
            Text(vi=f"cột {self.column}", en=f"column {self.column}").in_(language) if self.line and self.column else self.column,
        )
        return ": ".join(part for part in (", ".join(filter(None, places)), self.text.in_(language)) if part)


class Row:
    """One row of a sheet, or the options of one command, so that both are checked alike.

    Each method gives a usable value in any case; what was wrong is in `mistakes`, and then the row must not be used.
    """

    def __init__(self, cells: Mapping[str, str], *, line: int = 0, written: Mapping[str, str] | None = None) -> None:
        self.line = line
        self.mistakes: list[Mistake] = []
        self._written = written or {}
        self._cells = {key: self._cleaned(key, text) for key, text in cells.items()}

    def wrong(self, key: str, text: Text) -> None:
        """Note a mistake, once for each cell: the first one says enough."""
        mistake = Mistake(line=self.line, column=self._written.get(key, key), text=text)
        if all(mistake.column != known.column for known in self.mistakes):
            self.mistakes.append(mistake)

    def has(self, *keys: str) -> bool:
        """Whether the sheet has one of these columns, be the cell empty or not."""
        return any(key in self._cells for key in keys)

    def text(self, key: str, default: str = "") -> str:
        """What stands in the cell."""
        return self._cells.get(key) or default

    def needed(self, key: str) -> str:
        """A cell that must not be empty."""
        value = self.text(key)
        if not value:
            self.wrong(key, Text(vi="để trống", en="is empty"))
        return value

    def code(self, key: str) -> str:
        """A code that clerks type: one word."""
        value = self.needed(key)
        if value and not CODE.fullmatch(value):
            self.wrong(key, Text(vi=f"{value!r} không phải mã (một từ liền)", en=f"{value!r} is no code (one word)"))
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """Several names in one cell, separated by `;` or `|`."""
        return _once(" ".join(part.split()) for part in re.split(r"[;|\n]", self.text(key)))

    def parts(self, key: str) -> tuple[str, ...]:
        """Several addresses, domains or codes in one cell, separated by blanks, commas, `;` or `|`."""
        return _once(re.split(r"[;|,\s]+", self.text(key)))

    def addresses(self, key: str) -> tuple[str, ...]:
        """Mail addresses, checked for their form."""
        return self._matching(key, ADDRESS, Text(vi="địa chỉ thư", en="mail address"))

    def domains(self, key: str) -> tuple[str, ...]:
        """Domain names, checked for their form."""
        return self._matching(key, DOMAIN, Text(vi="tên miền", en="domain name"))

    def numbers(self, key: str, check: Callable[[str], str]) -> tuple[str, ...]:
        """Telephone numbers, separated by commas, `;` or `|`; `check` gives E.164 or raises RefusedError."""
        numbers: list[str] = []
        for part in _once(re.split(r"[;|,\n]", self.text(key))):
            try:
                numbers.append(check(plain(part)))
            except RefusedError as error:
                self.wrong(key, Text(vi=error.in_(Language.VI), en=error.in_(Language.EN)))
        return _once(numbers)

    def choice(self, key: str, choices: Iterable[str], default: str) -> str:
        """One of a few words."""
        listed = tuple(choices)
        value = self.text(key, default)
        found = next((choice for choice in listed if choice.casefold() == value.casefold()), None)
        if found is None:
            names = ", ".join(listed)
            self.wrong(key, Text(vi=f"{value!r}: cần một trong {names}", en=f"{value!r}: expected one of {names}"))
        return found or default

    def day(self, key: str) -> date | None:
        """A day, as 2024-08-09 or 09/8/2024; None where the cell is empty."""
        value = self.text(key)
        day = read_day(value) if value else None
        if value and day is None:
            self.wrong(key, Text(vi=f"{value!r}: cần một ngày như 09/8/2024", en=f"{value!r}: expected a day such as 2024-08-09"))
        return day

    def refused(self) -> RefusedError:
        """All that is wrong with the options of a command."""
        return RefusedError(
            Text(
                vi="; ".join(mistake.in_(Language.VI) for mistake in self.mistakes),
                en="; ".join(mistake.in_(Language.EN) for mistake in self.mistakes),
            )
        )

    def _matching(self, key: str, form: re.Pattern[str], what: Text) -> tuple[str, ...]:
        values = self.parts(key)
        for value in values:
            if not form.fullmatch(value):
                self.wrong(key, Text(vi=f"{value!r} không phải {what.vi}", en=f"{value!r} is no {what.en}"))
        return values

    def _cleaned(self, key: str, text: str) -> str:
        value = plain(text)
        if len(value) > LONGEST:
            self.wrong(key, Text(vi=f"dài hơn {LONGEST} ký tự", en=f"is longer than {LONGEST} characters"))
            return value[:LONGEST]
        strange = next((letter for letter in value if not letter.isprintable() and letter != "\n"), "")
        if strange:
            name = f"U+{ord(strange):04X}"
            self.wrong(key, Text(vi=f"có ký tự không in được ({name})", en=f"holds a character that cannot be printed ({name})"))
            return ""
        return value


def plain(text: str) -> str:
    """A cell as people mean it: composed letters, ordinary blanks, nothing unseen, no apostrophe that marks a text."""
    if text.isascii() and text.isprintable() and not text.startswith("'"):
        return text.strip()
    composed = unicodedata.normalize("NFC", text).translate(_UNSEEN).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    bare = "".join(" " if unicodedata.category(letter) == "Zs" else letter for letter in composed).strip()
    return bare[1:] if bare.startswith("'") and bare[1:].startswith(_FORMULA) else bare


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def from_options(fields: Mapping[str, str | Sequence[str] | None], read_row: Callable[[Row], Item]) -> Item:
    """What the options of a command say; raises RefusedError that lists everything wrong with them.

    An option that was not given is a column that the sheet does not have.
    """
    given = {key: value for key, value in fields.items() if value is not None and value != ()}
    row = Row({key: value if isinstance(value, str) else "\n".join(value) for key, value in given.items()})
    item = read_row(row)
    if row.mistakes:
        raise row.refused()
    return item


def _once(parts: Iterable[str]) -> tuple[str, ...]:
    """Without blanks around, empty ones and repetitions; the order stays."""
    return tuple(dict.fromkeys(stripped for part in parts if (stripped := part.strip())))
