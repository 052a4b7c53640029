"""Tables as an XLSX workbook: typed cells, a heading that stays in sight, no cell that a spreadsheet would run.

Rows are written as they come and never kept, so that memory stays bounded however long a table is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mailhub.cli.output import Cell, Percent

MOST_ROWS = 1 << 20
LONGEST_TEXT = 32767
LONGEST_TITLE = 31
WIDEST = 60
NARROWEST = 6
EXACT = 10**15
# Before its first March, Excel's calendar has a day that never was.
FIRST_YEAR = 1901
_NO_TITLE = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The heading of a column; `grouped` counts are shown with a separator between thousands."""

    text: str
    grouped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart beside a table: the column of names, the columns of values, and which rows of the table it shows."""

    title: str
    kind: str
    names: int
    values: tuple[int, ...]
    rows: int


class Workbook:
    """One file that is being written. It appears under its name only when it is whole."""

    def __init__(self, path: Path, zone: tzinfo | None) -> None:
        from xlsxwriter import Workbook as Book

        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        # The library would report a folder that cannot be written to only at the very end.
        self._part.touch()
        self._book: Any = Book(self._part, {"constant_memory": True})
        self.zone = zone
        self.formats = _formats(self._book)
        self._titles: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            # Also after a failure: closing is what removes the library's own temporary files.
            self._book.close()
            if kind is None:
                self._part.replace(self._path)
        finally:
            self._part.unlink(missing_ok=True)

    def table(self, title: str, headings: Sequence[Heading], *, preface: Sequence[str] = ()) -> "Table":
        """Begin a table on a worksheet of its own, with lines of text above it."""
        return Table(book=self, title=title, headings=tuple(headings), preface=tuple(preface))

    def worksheet(self, title: str) -> Any:  # noqa: ANN401  the library has no types
        """A new worksheet; its title is made to fit and kept apart from the others."""
        base = _NO_TITLE.sub(" ", title).strip("' ")[: LONGEST_TITLE - 5] or "1"
        name, number = base, 1
        while name.casefold() in self._titles:
            number += 1
            name = f"{base} ({number})"
        self._titles.add(name.casefold())
        return self._book.add_worksheet(name)

    def chart(self, kind: str) -> Any:  # noqa: ANN401  the library has no types
        """A new chart."""
        return self._book.add_chart({"type": kind})


@dataclass(kw_only=True)
class Table:
    """A table that grows by rows; beyond the rows that a worksheet has it goes on upon the next."""

    book: Workbook
    title: str
    headings: tuple[Heading, ...]
    preface: tuple[str, ...] = ()
    _sheet: Any = field(init=False)
    _row: int = field(init=False)
    _widths: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._begin(self.preface)

    def add(self, cells: Sequence[Cell]) -> None:
        """Write the next row."""
        if self._row == MOST_ROWS:
            self.finish()
            self._begin(())
        for column, cell in enumerate(cells):
            width = self._write(self._row, column, cell)
            self._widths[column] = max(self._widths[column], width)
        self._row += 1

    def finish(self, chart: Chart | None = None) -> None:
        """Give the columns their widths, and put the chart beside them."""
        for column, width in enumerate(self._widths):
            self._sheet.set_column(column, column, min(max(width, NARROWEST), WIDEST) + 2)
        if self._row > self._head + 1:
            self._sheet.autofilter(self._head, 0, self._row - 1, len(self.headings) - 1)
        if chart is not None:
            self._sheet.insert_chart(self._head, len(self.headings) + 1, self._drawn(chart))

    def _begin(self, preface: Sequence[str]) -> None:
        self._sheet = self.book.worksheet(self.title)
        for row, line in enumerate(preface):
            self._sheet.write_string(row, 0, line[:LONGEST_TEXT])
        self._head = len(preface) + 1 if preface else 0
        for column, heading in enumerate(self.headings):
            self._sheet.write_string(self._head, column, heading.text, self.book.formats["heading"])
        self._sheet.freeze_panes(self._head + 1, 0)
        self._sheet.repeat_rows(self._head)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
        self._row = self._head + 1
        self._widths = [len(heading.text) + 2 for heading in self.headings]

    def _write(self, row: int, column: int, cell: Cell) -> int:
        """Write one cell by its type; give the width that it asks for."""
        sheet, formats = self._sheet, self.book.formats
        match cell:
            case None:
                return 0
            case bool():
                sheet.write_boolean(row, column, cell)
            case Percent():
                sheet.write_number(row, column, cell.whole / 100, formats["percent"])
            case int() | float() if abs(cell) < EXACT:
                sheet.write_number(row, column, cell, formats["grouped" if self.headings[column].grouped else "number"])
            case datetime() if cell.year >= FIRST_YEAR:
                # Excel knows no zones: the unit's clock is what people read.
                sheet.write_datetime(row, column, cell.astimezone(self.book.zone).replace(tzinfo=None), formats["moment"])
                return 16
            case date() if cell.year >= FIRST_YEAR:
                sheet.write_datetime(row, column, cell, formats["day"])
                return 10
            case _:
                text = str(cell)[:LONGEST_TEXT]
                # As a string by its very type: no text becomes a formula or a link (CWE-1236).
                sheet.write_string(row, column, text, formats["text"])
                return max(map(len, text.split("\n")), default=0)
        return len(str(cell))

    def _drawn(self, chart: Chart) -> Any:  # noqa: ANN401  the library has no types
        drawn, name = self.book.chart(chart.kind), self._sheet.get_name()
        first, last = self._head + 1, self._head + chart.rows
        for column in chart.values:
            drawn.add_series(
                {
                    "name": [name, self._head, column],
                    "categories": [name, first, chart.names, last, chart.names],
                    "values": [name, first, column, last, column],
                    "data_labels": {"percentage": True} if chart.kind == "doughnut" else {},
                }
            )
        drawn.set_title({"name": chart.title})
        return drawn


def _formats(book: Any) -> dict[str, Any]:  # noqa: ANN401  the library has no types
    top: dict[str, object] = {"valign": "top"}
    return {
        "heading": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter", "bg_color": "#E8EDF3"}),
        "text": book.add_format({**top, "text_wrap": True}),
        "number": book.add_format(top),
        "grouped": book.add_format({**top, "num_format": "#,##0"}),
        "percent": book.add_format({**top, "num_format": "0%"}),
        "day": book.add_format({**top, "num_format": "dd/mm/yyyy"}),
        "moment": book.add_format({**top, "num_format": "dd/mm/yyyy hh:mm"}),
    }
