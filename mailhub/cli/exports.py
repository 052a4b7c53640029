"""Tables in files: CSV for programs, with the keys and values of --json; XLSX for people, with their words."""

import csv
import json
import sys
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO, TypeVar

from mailhub.cli.cells import safe_cell
from mailhub.cli.output import Cell, Column, Export, Output, Percent, printable

if TYPE_CHECKING:
    from mailhub.cli.workbook import Chart, Workbook

Row = TypeVar("Row")
STDOUT = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a table looks in a workbook: its title, lines above it, whether its counts are grouped, a chart beside it."""

    title: str
    preface: tuple[str, ...] = ()
    grouped: bool = False
    chart: "Chart | None" = None


class Tables(Protocol):
    """A file of tables that is being written."""

    @abstractmethod
    @contextmanager
    def table(self, columns: Sequence[Column[Row]], layout: Layout) -> Iterator[Callable[[Row], None]]:
        """A table: what is given takes its rows one by one."""


@dataclass(frozen=True, slots=True)
class CsvTables:
    """One table as CSV (RFC 4180): the first one; a CSV file holds no second."""

    output: Output
    file: TextIO

    @contextmanager
    def table(self, columns: Sequence[Column[Row]], layout: Layout) -> Iterator[Callable[[Row], None]]:
        """A heading line of keys, then the rows."""
        writer = csv.writer(self.file, lineterminator="\r\n")
        writer.writerow([column.key for column in columns])
        yield lambda row: writer.writerow([self._text(column.value(row)) for column in columns])

    def _text(self, value: object) -> str:
        match value:
            case datetime():
                text = value.astimezone(self.output.zone).isoformat(timespec="seconds")
            case date():
                text = value.isoformat()
            case bool():
                text = str(value).lower()
            case None | int() | float():
                text = "" if value is None else str(value)
            case Percent():
                text = str(value.whole)
            case list() | tuple():
                text = safe_cell("; ".join(self._text(item) for item in value))
            case dict():
                text = json.dumps(value, ensure_ascii=False)
            case _:
                text = safe_cell(printable(str(value)))
        return text


@dataclass(frozen=True, slots=True)
class XlsxTables:
    """Tables as the worksheets of one workbook."""

    output: Output
    book: "Workbook"

    @contextmanager
    def table(self, columns: Sequence[Column[Row]], layout: Layout) -> Iterator[Callable[[Row], None]]:
        """The columns that people see, under their headings."""
        from mailhub.cli.workbook import Heading

        headed = [column for column in columns if column.heading]
        headings = [Heading(text=self.output.words(column.heading), grouped=layout.grouped and column.right) for column in headed]
        table = self.book.table(layout.title, headings, preface=layout.preface)
        yield lambda row: table.add([self._cell(column, row) for column in headed])
        table.finish(layout.chart)

    def _cell(self, column: Column[Row], row: Row) -> Cell:
        value = column.value(row)
        if value is None or isinstance(value, bool | int | float | date | Percent):
            return value
        words = self.output.words(column.show(row) if column.show else value)
        return "" if words == self.output.words(None) else words


@contextmanager
def open_tables(output: Output, export: Export) -> Iterator[Tables]:
    """The file that a command was asked for; it appears under its name only when it is whole."""
    if export.workbook:
        from mailhub.cli.workbook import Workbook

        with Workbook(Path(export.path), output.zone) as book:
            yield XlsxTables(output, book)
    elif export.path == STDOUT:
        yield CsvTables(output, sys.stdout)
    else:
        path = Path(export.path)
        part = path.with_name(f".{path.name}.part")
        try:
            # The mark of byte order in front lets Excel see that this is UTF-8.
            with part.open("w", encoding="utf-8-sig", newline="") as file:
                yield CsvTables(output, file)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
