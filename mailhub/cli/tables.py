"""Tables as text: drawn by rich for a terminal, plainly aligned for a pipe."""

import io
import sys
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text as RichText

Cells = Sequence[Sequence[str]]


def table_text(headings: Sequence[str], cells: Cells, *, right: Sequence[bool], wide: Sequence[bool]) -> str:
    """A table as text, without a newline at its end."""
    if not sys.stdout.isatty():
        return _aligned(headings, cells, right)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for heading, to_the_right, takes_room in zip(headings, right, wide, strict=True):
        table.add_column(
            heading,
            justify="right" if to_the_right else "left",
            ratio=1 if takes_room else None,
            no_wrap=not takes_room,
            overflow="fold" if takes_room else "ellipsis",
        )
    for row in cells:
        table.add_row(*(RichText(cell) for cell in row))
    return _drawn(table)


def fields_text(fields: Sequence[tuple[str, str]]) -> str:
    """Labels and values under each other."""
    width = max(cell_len(label) for label, _ in fields)
    if not sys.stdout.isatty():
        return "\n".join(f"{_padded(label, width)}  {value}" for label, value in fields)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="bold", min_width=width)
    grid.add_column(overflow="fold")
    for label, value in fields:
        grid.add_row(label, RichText(value))
    return _drawn(grid)


def _drawn(table: Table) -> str:
    buffer = io.StringIO()
    Console(file=buffer, force_terminal=True, width=Console().width).print(table)
    return "\n".join(line.rstrip() for line in buffer.getvalue().rstrip("\n").splitlines())


def _aligned(headings: Sequence[str], cells: Cells, right: Sequence[bool]) -> str:
    """Two spaces between columns, nothing cut: what goes into a pipe is read by programs too."""
    rows = [headings, *([" ".join(cell.split()) for cell in row] for row in cells)]
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(headings))]
    lines = (
        "  ".join(_padded(cell, width, to_the_right=side) for cell, width, side in zip(row, widths, right, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _padded(text: str, width: int, *, to_the_right: bool = False) -> str:
    room = " " * (width - cell_len(text))
    return room + text if to_the_right else text + room
