"""How lines of the desk are laid out: columns for any width, measured in the cells that a terminal draws."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from rich.cells import cell_len, set_cell_size

from mailhub.cli.output import printable
from mailhub.desk import DeskView
from mailhub.language import Language, Text

WEEKDAYS = {
    Language.VI: ("T2", "T3", "T4", "T5", "T6", "T7", "CN"),
    Language.EN: ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
NARROW = 72
"""Below this many columns a letter's subject has no room."""

LEAST = 6
"""Columns that a shrinking cell keeps."""

GIVES_WAY = ((4, 14), (2, 12), (4, LEAST), (7, 14), (2, LEAST), (3, LEAST), (7, LEAST))
"""Which column of a letter's line gives way first, and down to how many cells: subject, sender, reason, reference."""

DAYS_BY_NAME = 6


class Tone(StrEnum):
    """How a line is set off; its words say the same."""

    PLAIN = "plain"
    TITLE = "title"
    ALARM = "alarm"
    FAINT = "faint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line; `target` is what is acted on while it is selected (`h128`, `G7-0312`), empty where nothing is."""

    text: str
    tone: Tone = Tone.PLAIN
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the lines are drawn for."""

    clerk: str
    gateway: str
    language: Language
    width: int
    expanded: bool = False

    def say(self, text: Text) -> str:
        """In the clerk's language."""
        return text.in_(self.language)


def short_moment(moment: datetime, view: DeskView, frame: Frame) -> str:
    """The time today, the weekday within the last days, else the date."""
    zone = ZoneInfo(view.unit.time_zone)
    local, today = moment.astimezone(zone), view.at.astimezone(zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    if 0 < (today - local.date()).days <= DAYS_BY_NAME:
        return WEEKDAYS[frame.language][local.weekday()]
    return f"{local:%d/%m}"


def heading(text: Text, frame: Frame, right: Text | None = None, target: str = "", tone: Tone = Tone.TITLE) -> Line:
    """A section's first line."""
    left = f"─ {clean(frame.say(text))} "
    end = f" {frame.say(right)}" if right else ""
    if cell_len(left) + cell_len(end) > frame.width and cell_len(end) * 2 > frame.width:
        end = ""
    room = frame.width - cell_len(end)
    return Line(text=cut(left + "─" * max(0, room - cell_len(left)), room) + end, tone=tone, target=target)


def set_out(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Letters' cells under each other within the width; long cells give way, and the subject first of all."""
    if not rows:
        return []
    columns = [index for index in range(len(rows[0])) if index != 4 or width >= NARROW]
    kept = [[row[index] for index in columns] for row in rows]
    widths = [max(cell_len(row[column]) for row in kept) for column in range(len(columns))]
    excess = sum(widths) + len(widths) + 1 - width
    for index, least in GIVES_WAY:
        if index in columns:
            column = columns.index(index)
            given = max(0, min(excess, widths[column] - least))
            widths[column] -= given
            excess -= given
    lines = (" " + " ".join(set_cell_size(cut(cell, size), size) for cell, size in zip(row, widths, strict=True)) for row in kept)
    return [cut(line.rstrip(), width) for line in lines]


def spread(left: str, right: str, width: int) -> str:
    """Two texts at both ends of a line."""
    shown = cut(left, width - cell_len(right) - 1)
    return shown + " " * max(1, width - cell_len(shown) - cell_len(right)) + right


def cut(text: str, width: int) -> str:
    """The text in at most this many columns, with a sign where something was cut off."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…" if width > 0 else ""


def clean(text: str) -> str:
    """One line, composed (a terminal counts combining marks its own way), without anything that steers a terminal."""
    return " ".join(printable(unicodedata.normalize("NFC", text)).split())
