"""How results are shown: tables on a terminal, aligned text in a pipe, JSON for programs. Data goes to stdout, talk to stderr.

One list of columns serves all three: `key` names the value in JSON and never changes, `heading` and `show` are for people.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any, Generic, TypeVar

import click

from mailhub.clock import Clock, system_clock
from mailhub.language import Language, Text

NOTHING = "–"

Row = TypeVar("Row")
Outer = TypeVar("Outer")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Percent:
    """A share in whole percents."""

    whole: int


Cell = str | int | float | bool | date | datetime | Percent | None
Value = Cell | StrEnum | Sequence[object] | dict[str, object]


class Fit(StrEnum):
    """What happens to a column that the terminal has no room for: it keeps its width, is cut, or goes on below."""

    WHOLE = "whole"
    CUT = "cut"
    FOLD = "fold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Row]):
    """One value of a row.

    Without a `heading` it is for programs only. `show` gives a person's wording where the value itself is not it. A `brief`
    moment is the time today, or the day.
    """

    key: str
    heading: Text | None = None
    value: Callable[[Row], Value]
    show: Callable[[Row], str | Text] | None = None
    right: bool = False
    fit: Fit = Fit.WHOLE
    brief: bool = False

    def within(self, get: Callable[[Outer], Row]) -> "Column[Outer]":
        """The same column for something that holds such a row."""
        show = self.show
        return Column(
            key=self.key,
            heading=self.heading,
            value=lambda outer: self.value(get(outer)),
            show=None if show is None else lambda outer: show(get(outer)),
            right=self.right,
            fit=self.fit,
            brief=self.brief,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A file that takes a command's table instead of the terminal: a workbook, or CSV; `-` is stdout."""

    path: str
    workbook: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A table that belongs to one shown record: its values for programs, its cells for people."""

    key: str
    title: Text
    values: tuple[dict[str, Value], ...]
    headed: "tuple[Column[Any], ...]"
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """How one command shows its result; without a zone, times are those of this machine."""

    language: Language
    json: bool
    zone: tzinfo | None = None
    clock: Clock = system_clock
    export: Export | None = None

    def say(self, text: Text) -> None:
        """Talk to the person at the keyboard."""
        click.echo(text.in_(self.language), err=True)

    def line(self, text: Text) -> None:
        """One line of result."""
        click.echo(text.in_(self.language))

    def raw(self, value: object) -> None:
        """A value as JSON, as it is."""
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())

    def table(self, columns: Sequence[Column[Row]], rows: Iterable[Row], *, empty: Text) -> None:
        """A list of records; `empty` is said where there are none. Into a file they go one by one, as they come."""
        if self.export is not None:
            self._write(self.export, columns, rows)
            return
        part = self.part("", empty, columns, rows)
        if self.json:
            self.raw(part.values)
        elif part.cells:
            self._print(part)
        else:
            self.say(empty)

    def record(self, columns: Sequence[Column[Row]], row: Row, parts: Sequence[Part] = ()) -> None:
        """One record with the tables that belong to it."""
        if self.json:
            values: dict[str, Value] = {column.key: column.value(row) for column in columns}
            self.raw(values | {part.key: part.values for part in parts})
            return
        fields = [(column.heading.in_(self.language), self._cell(column, row)) for column in columns if column.heading]
        self._fields([(label, value) for label, value in fields if value != NOTHING])
        for part in parts:
            self.show_part(part)

    def show_part(self, part: Part) -> None:
        """A table under its title; one without rows is left out."""
        if part.cells:
            click.echo(f"\n{part.title.in_(self.language)}")
            self._print(part)

    def part(self, key: str, title: Text, columns: Sequence[Column[Row]], rows: Iterable[Row]) -> Part:
        """A table to be shown with a record."""
        kept = tuple(rows)
        headed = tuple(column for column in columns if column.heading)
        return Part(
            key=key,
            title=title,
            values=tuple({column.key: column.value(row) for column in columns} for row in kept) if self.json else (),
            headed=headed,
            cells=tuple(tuple(self._cell(column, row) for column in headed) for row in kept) if not self.json else (),
        )

    def words(self, value: object) -> str:
        """A value for people: local times, yes and no, a dash for nothing."""
        match value:
            case Text():
                text = value.in_(self.language)
            case bool():
                text = Text(vi="có" if value else "không", en="yes" if value else "no").in_(self.language)
            case datetime():
                text = self.moment(value)
            case date():
                text = self.day(value)
            case Percent():
                text = f"{value.whole} %"
            case list() | tuple():
                text = ", ".join(self.words(item) for item in value)
            case None:
                text = ""
            case _:
                text = str(value)
        return printable(text) or NOTHING

    def moment(self, value: datetime) -> str:
        """A moment in the unit's zone."""
        local = value.astimezone(self.zone)
        return f"{self.day(local.date())} {local:%H:%M}"

    def time(self, value: datetime) -> str:
        """A moment in a narrow column: the time today, else the day."""
        local, today = value.astimezone(self.zone), self.clock().astimezone(self.zone)
        if local.date() == today.date():
            return f"{local:%H:%M}"
        return f"{local:%d/%m}" if local.year == today.year else f"{local:%d/%m/%y}"

    def day(self, value: date) -> str:
        """A day; Vietnamese papers write 09/8/2024, with a zero only before days under 10 and months 1 and 2."""
        if self.language is Language.EN:
            return value.isoformat()
        month = f"{value.month:02}" if value.month < 3 else str(value.month)
        return f"{value.day:02}/{month}/{value.year}"

    def progress(self, items: Iterable[Item], length: int, title: Text) -> Iterator[Item]:
        """The items one by one, with a bar on stderr where a person watches a longer run."""
        if length < 3 or not sys.stderr.isatty():
            yield from items
            return
        with click.progressbar(items, length=length, label=title.in_(self.language), file=sys.stderr) as bar:
            yield from bar

    def written(self, export: Export, count: int) -> None:
        """Tell where the table went; a table on stdout is not talked into."""
        if export.path != "-":
            rows = grouped(count)
            self.say(
                Text(
                    vi=f"Đã ghi {rows.vi} dòng vào {export.path}",
                    en=f"Wrote {rows.en} {'row' if count == 1 else 'rows'} to {export.path}",
                )
            )

    def _write(self, export: Export, columns: Sequence[Column[Row]], rows: Iterable[Row]) -> None:
        from mailhub.cli.exports import Layout, open_tables

        context = click.get_current_context(silent=True)
        title = context.command_path.partition(" ")[2] if context else ""
        count = 0
        with open_tables(self, export) as tables, tables.table(columns, Layout(title=title or "mailhub")) as add:
            for row in rows:
                add(row)
                count += 1
        self.written(export, count)

    def _cell(self, column: Column[Row], row: Row) -> str:
        value = column.show(row) if column.show else column.value(row)
        return self.time(value) if column.brief and isinstance(value, datetime) else self.words(value)

    def _fields(self, fields: Sequence[tuple[str, str]]) -> None:
        from mailhub.cli.tables import fields_text

        click.echo(fields_text(fields))

    def _print(self, part: Part) -> None:
        from mailhub.cli.tables import ColumnForm, table_text

        forms = [
            ColumnForm(
                heading=column.heading.in_(self.language) if column.heading else "",
                right=column.right,
                fit=column.fit,
            )
            for column in part.headed
        ]
        click.echo(table_text(forms, part.cells))


def printable(text: str) -> str:
    """Text from outside without the characters that could steer a terminal or turn its direction of writing."""
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)


def grouped(number: int) -> Text:
    """A count with its thousands apart: 2.321 in Vietnamese, 2,321 in English."""
    return Text(vi=f"{number:,}".replace(",", "."), en=f"{number:,}")
