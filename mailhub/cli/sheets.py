"""Tables that people bring: CSV files with a heading line, read whole, every wrong row listed with its line number."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from mailhub.errors import RefusedError
from mailhub.language import Language, Text
from storage.folding import fold

Item = TypeVar("Item")

Row = Mapping[str, str]
ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")
DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+")


class RowError(Exception):
    """What is wrong with one row."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column of a sheet; `also` are other names it may have, as in Vietnamese sheets, accents do not matter."""

    key: str
    required: bool = False
    also: tuple[str, ...] = ()


def read_sheet(path: Path, headings: Sequence[Heading], read_row: Callable[[Row], Item]) -> tuple[tuple[int, Item], ...]:
    """Every row with its line number; raises RefusedError that lists everything wrong with the file."""
    items: list[tuple[int, Item]] = []
    mistakes: list[tuple[int, Text]] = []
    for line, row in _rows(path, headings):
        try:
            items.append((line, read_row(row)))
        except RowError as error:
            mistakes.append((line, error.text))
    if mistakes:
        raise sheet_refused(path, mistakes)
    return tuple(items)


def sheet_refused(path: Path, mistakes: Sequence[tuple[int, Text]]) -> RefusedError:
    """All wrong rows of a sheet, in one error; nothing was imported."""
    return RefusedError(Text(vi=_listing(path, mistakes, Language.VI), en=_listing(path, mistakes, Language.EN)))


def _listing(path: Path, mistakes: Sequence[tuple[int, Text]], language: Language) -> str:
    count = len(mistakes)
    head = Text(vi=f"{path}: {count} dòng sai, chưa nhập gì", en=f"{path}: {count} wrong lines, nothing was imported")
    word = Text(vi="dòng", en="line").in_(language)
    return "\n".join([head.in_(language), *(f"  {word} {line}: {text.in_(language)}" for line, text in mistakes)])


def _rows(path: Path, headings: Sequence[Heading]) -> Iterator[tuple[int, Row]]:
    try:
        # Spreadsheet programs put a byte order mark in front.
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = Text(vi=f"{path}: cần CSV mã UTF-8", en=f"{path}: expected CSV in UTF-8")
        raise RefusedError(message) from error
    first = text.partition("\n")[0]
    # Where the comma is the decimal mark, spreadsheet programs separate by semicolons.
    reader = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    names = _names(path, next(reader, []), headings)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * len(names)]
            yield reader.line_num, {name: cell.strip() for name, cell in zip(names, padded, strict=False) if name}


def _names(path: Path, cells: Sequence[str], headings: Sequence[Heading]) -> list[str]:
    known = {fold(name): heading.key for heading in headings for name in (heading.key, *heading.also)}
    names = [known.get(fold(cell), "") for cell in cells]
    unknown = [cell for cell, name in zip(cells, names, strict=True) if not name]
    missing = [heading.key for heading in headings if heading.required and heading.key not in names]
    if unknown or missing:
        listed = ", ".join(heading.key for heading in headings)
        raise RefusedError(
            Text(
                vi=f"{path}: dòng đầu thiếu cột {missing} hoặc có cột lạ {unknown}; các cột: {listed}",
                en=f"{path}: the heading line lacks {missing} or has unknown columns {unknown}; columns are: {listed}",
            )
        )
    return names


def needed(row: Row, key: str) -> str:
    """A cell that must not be empty."""
    value = row.get(key, "")
    if not value:
        raise RowError(Text(vi=f"cột {key} trống", en=f"column {key} is empty"))
    return value


def words_of(row: Row, key: str) -> tuple[str, ...]:
    """Several names in one cell, separated by `;` or `|`."""
    return tuple(part.strip() for part in re.split(r"[;|\n]", row.get(key, "")) if part.strip())


def addresses_of(values: Sequence[str]) -> tuple[str, ...]:
    """Mail addresses, checked for their form."""
    for value in values:
        if not ADDRESS.fullmatch(value):
            raise RowError(Text(vi=f"{value!r} không phải địa chỉ thư", en=f"{value!r} is no mail address"))
    return tuple(values)


def domains_of(values: Sequence[str]) -> tuple[str, ...]:
    """Domain names, checked for their form."""
    for value in values:
        if not DOMAIN.fullmatch(value):
            raise RowError(Text(vi=f"{value!r} không phải tên miền", en=f"{value!r} is no domain name"))
    return tuple(values)


def split_cell(row: Row, key: str) -> tuple[str, ...]:
    """Several addresses, domains or numbers in one cell, separated by blanks, commas, `;` or `|`."""
    return tuple(part for part in re.split(r"[;|,\s]+", row.get(key, "")) if part)


def as_row(fields: Mapping[str, str | tuple[str, ...] | None]) -> dict[str, str]:
    """Options of a command as a row of a sheet, so that both are checked alike."""
    return {key: value if isinstance(value, str) else "|".join(value or ()) for key, value in fields.items()}
