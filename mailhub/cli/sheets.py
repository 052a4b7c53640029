"""Tables that people bring: CSV files with a heading line, read whole, every mistake listed with its line and column."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from mailhub.cli.cells import Mistake, Row, plain
from mailhub.cli.output import printable
from mailhub.errors import RefusedError
from mailhub.language import Language, Text
from storage.folding import fold

Item = TypeVar("Item")

MOST_OCTETS = 64 << 20
LONGEST_NAME = 80
SEPARATORS = ",;\t"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column of a sheet; `also` are other names it may have, as in Vietnamese sheets, accents do not matter."""

    key: str
    required: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The rows of a sheet, and what keeps lines of it from being rows."""

    rows: tuple[Row, ...]
    mistakes: tuple[Mistake, ...]


def read_sheet(
    path: Path,
    headings: Sequence[Heading],
    read_row: Callable[[Row], Item],
    *,
    check: Callable[[Sequence[tuple[Row, Item]]], None] = lambda _: None,
    watch: Callable[[Sequence[Row]], Iterable[Row]] = iter,
) -> tuple[tuple[Row, Item], ...]:
    """Every row with what it says; raises RefusedError that lists everything wrong with the file.

    `check` notes on the rows what is wrong once all are known. `watch` passes the rows on one by one, for a bar that a
    person sees.
    """
    sheet = parse_sheet(sheet_text(path), headings)
    items = [(row, read_row(row)) for row in watch(sheet.rows)]
    check(items)
    mistakes = [*sheet.mistakes, *(mistake for row in sheet.rows for mistake in row.mistakes)]
    if mistakes:
        raise sheet_refused(path, mistakes)
    return tuple(items)


def sheet_refused(path: Path, mistakes: Iterable[Mistake]) -> RefusedError:
    """All mistakes of a sheet, in one error; nothing was imported."""
    listed = sorted(mistakes, key=lambda mistake: mistake.line)
    count = len(listed)
    head = Text(vi=f"{path}: {count} chỗ sai, chưa nhập gì", en=f"{path}: {count} mistakes, nothing was imported")

    def in_(language: Language) -> str:
        return "\n".join([head.in_(language), *(f"  {mistake.in_(language)}" for mistake in listed)])

    return RefusedError(Text(vi=in_(Language.VI), en=in_(Language.EN)))


def sheet_text(path: Path) -> str:
    """The text of a CSV file: UTF-8 with or without a byte order mark, or the "Unicode text" of Excel (UTF-16)."""
    with path.open("rb") as file:
        raw = file.read(MOST_OCTETS + 1)
    if len(raw) > MOST_OCTETS:
        raise RefusedError(Text(vi=f"{path}: lớn hơn 64 MiB", en=f"{path}: is larger than 64 MiB"))
    if raw.startswith(WORKBOOK):
        raise RefusedError(
            Text(
                vi=f"{path} là tệp Excel; hãy lưu lại dạng «CSV UTF-8 (phân cách bằng dấu phẩy)» rồi nhập",
                en=f"{path} is an Excel workbook; save it as “CSV UTF-8 (comma delimited)” and import that",
            )
        )
    try:
        return raw.decode("utf-16" if raw.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise RefusedError(
            Text(
                vi=f"{path}: dòng {line} không phải UTF-8; hãy lưu lại dạng «CSV UTF-8»",
                en=f"{path}: line {line} is not UTF-8; save the sheet as “CSV UTF-8”",
            )
        ) from error


def parse_sheet(text: str, headings: Sequence[Heading]) -> Sheet:
    """The rows behind the heading line. Never fails: whatever cannot be a row is a mistake."""
    records = _records(text)
    line, cells = next(records, (1, []))
    if isinstance(cells, Mistake):
        return Sheet(rows=(), mistakes=(cells,))
    names = _names(cells, headings)
    mistakes = list(_heading_mistakes(line, cells, names, headings))
    if mistakes:
        return Sheet(rows=(), mistakes=tuple(mistakes))
    written = {name: _shown(cell) for name, cell in zip(names, cells, strict=True) if name}
    rows: list[Row] = []
    for number, found in records:
        if isinstance(found, Mistake):
            mistakes.append(found)
        elif any(cell.strip() for cell in found[len(names) :]):
            text_ = Text(vi=f"có nhiều hơn {len(names)} ô", en=f"has more than {len(names)} cells")
            mistakes.append(Mistake(line=number, column="", text=text_))
        elif any(cell.strip() for cell in found):
            padded = [*found, *[""] * len(names)]
            values = {name: cell for name, cell in zip(names, padded, strict=False) if name}
            rows.append(Row(values, line=number, written=written))
    return Sheet(rows=tuple(rows), mistakes=tuple(mistakes))


def _records(text: str) -> Iterator[tuple[int, list[str] | Mistake]]:
    """Every record with the line it begins on. A broken one is a mistake, and reading goes on behind it."""
    separator, body, line = _separator(text)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
    while True:
        first = line + reader.line_num
        try:
            yield first, next(reader)
        except StopIteration:
            return
        except csv.Error:
            wrong = Text(
                vi="dấu ngoặc kép không khép đúng chỗ, hoặc một ô quá dài",
                en="has a quotation mark that does not close where it should, or a cell that is too long",
            )
            yield first, Mistake(line=first, column="", text=wrong)


def _separator(text: str) -> tuple[str, str, int]:
    """The separator, the text behind a line `sep=;` (by which spreadsheet programs tell it), and the first line's number."""
    first, newline, rest = text.partition("\n")
    told = first.strip().removeprefix("sep=")
    if told != first.strip() and told in SEPARATORS and newline:
        return told or "\t", rest, 2
    # Where the comma is the decimal mark, spreadsheet programs separate by semicolons.
    return max(SEPARATORS, key=first.count), text, 1


def _names(cells: Sequence[str], headings: Sequence[Heading]) -> list[str]:
    """The key of each column; empty for an unknown one, and for a nameless one that a spreadsheet program left over."""
    known = {fold(name): heading.key for heading in headings for name in (heading.key, *heading.also)}
    return [known.get(fold(plain(cell)), "") for cell in cells]


def _heading_mistakes(line: int, cells: Sequence[str], names: Sequence[str], headings: Sequence[Heading]) -> Iterator[Mistake]:
    listed = ", ".join(heading.key for heading in headings)
    for cell, name in zip(cells, names, strict=True):
        if not name and plain(cell):
            strange = Text(vi=f"cột lạ; các cột: {listed}", en=f"unknown; columns are: {listed}")
            yield Mistake(line=line, column=_shown(cell), text=strange)
    for heading in headings:
        if names.count(heading.key) > 1:
            yield Mistake(line=line, column=heading.key, text=Text(vi="có hai lần", en="stands there twice"))
        if heading.required and heading.key not in names:
            yield Mistake(
                line=line, column=heading.key, text=Text(vi=f"thiếu; các cột: {listed}", en=f"is missing; columns are: {listed}")
            )


def _shown(cell: str) -> str:
    """A heading as a message quotes it."""
    return printable(" ".join(plain(cell).split()))[:LONGEST_NAME]
