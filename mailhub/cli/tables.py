"""Tables as text: drawn by rich for a terminal, plainly aligned for a pipe."""

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text as RichText

from mailhub.cli.output import Fit

GAP = 2
NARROWEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnForm:
    """How one column looks."""

    heading: str
    right: bool
    fit: Fit


def table_text(forms: Sequence[ColumnForm], cells: Sequence[Sequence[str]]) -> str:
    """A table as text, without a newline at its end."""
    if not sys.stdout.isatty():
        return _aligned(forms, cells)
    console = Console()
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0), header_style="bold")
    for form, width in zip(forms, column_widths(forms, cells, console.width), strict=True):
        table.add_column(
            form.heading,
            justify="right" if form.right else "left",
            width=width,
            no_wrap=form.fit is not Fit.FOLD,
            overflow="fold" if form.fit is Fit.FOLD else "ellipsis",
        )
    for row in cells:
        table.add_row(*(RichText(cell) for cell in row))
    return _drawn(table, console.width)


def column_widths(forms: Sequence[ColumnForm], cells: Sequence[Sequence[str]], room: int) -> list[int]:
    """The width of each column: what it needs, and the widest that may shrink give way until all fits."""
    rows = [[form.heading for form in forms], *cells]
    widths = [max(cell_len(line) for row in rows for line in row[column].split("\n")) for column in range(len(forms))]
    shrinking = [column for column, form in enumerate(forms) if form.fit is not Fit.WHOLE]
    excess = sum(widths) + GAP * (len(widths) - 1) - room
    while excess > 0 and shrinking:
        widest = max(shrinking, key=lambda column: widths[column])
        if widths[widest] <= NARROWEST:
            break
        widths[widest] -= 1
        excess -= 1
    return widths


def fields_text(fields: Sequence[tuple[str, str]]) -> str:
    """Labels and values under each other."""
    width = max(cell_len(label) for label, _ in fields)
    if not sys.stdout.isatty():
        margin = "\n" + " " * (width + GAP)
        return "\n".join(f"{_padded(label, width)}  {value.replace(chr(10), margin)}" for label, value in fields)
    grid = Table.grid(padding=(0, GAP))
    grid.add_column(no_wrap=True, style="bold", min_width=width)
    grid.add_column(overflow="fold")
    for label, value in fields:
        grid.add_row(label, RichText(value))
    return _drawn(grid, Console().width)


def _drawn(table: Table, width: int) -> str:
    buffer = io.StringIO()
    # Headings and labels are bold on a terminal that can; colour is never the only sign.
    Console(file=buffer, force_terminal=True, width=width).print(table)
    return "\n".join(line.rstrip() for line in buffer.getvalue().rstrip("\n").splitlines())


def _aligned(forms: Sequence[ColumnForm], cells: Sequence[Sequence[str]]) -> str:
    """Two spaces between columns, nothing cut: what goes into a pipe is read by programs too."""
    rows = [[form.heading for form in forms], *([" ".join(cell.split()) for cell in row] for row in cells)]
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(forms))]
    lines = (
        (" " * GAP).join(
            _padded(cell, width, to_the_right=form.right) for cell, width, form in zip(row, widths, forms, strict=True)
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _padded(text: str, width: int, *, to_the_right: bool = False) -> str:
    room = " " * (width - cell_len(text))
    return room + text if to_the_right else text + room
