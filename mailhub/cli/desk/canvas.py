"""The terminal's screen while the desk is open, and the questions that are asked on it."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from mailhub.cli.desk.keys import Keyboard
from mailhub.cli.desk.layout import Line, Tone, clean, cut
from mailhub.language import Language, Text

OPEN: Final = "\x1b[?1049h\x1b[?25l"
CLOSE: Final = "\x1b[?25h\x1b[?1049l"
HOME: Final = "\x1b[H"
REST_OF_LINE: Final = "\x1b[K"
REST_OF_SCREEN: Final = "\x1b[J"
PLAIN: Final = "\x1b[0m"
LOOKS: Final = {Tone.PLAIN: "", Tone.TITLE: "\x1b[1m", Tone.ALARM: "\x1b[1m", Tone.FAINT: ""}
COLOURS: Final = {Tone.ALARM: "\x1b[1;31m", Tone.FAINT: "\x1b[2m"}
SELECTED: Final = "\x1b[7m"
YES: Final = frozenset({"y", "Y", "c", "C"})
NO: Final = frozenset({"n", "N", "k", "K", "q", "escape"})
FORWARD: Final = {"down": 1, "j": 1, "up": -1, "k": -1}
SMALLEST: Final = (20, 6)


@dataclass(slots=True)
class Canvas:
    """What is seen and typed; the terminal is as it was afterwards. Without colours bold and reverse remain."""

    keyboard: Keyboard
    language: Language
    colours: bool

    def __enter__(self) -> Self:
        self._write(OPEN)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._write(CLOSE)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines."""
        columns, lines = shutil.get_terminal_size()
        return max(columns, SMALLEST[0]), max(lines, SMALLEST[1])

    def paint(self, lines: Sequence[Line], selected: int | None = None) -> None:
        """Show these lines, the selected one in reverse and with a mark in front."""
        columns, rows = self.size
        shown = [self._painted(line, columns, marked=position == selected) for position, line in enumerate(lines[:rows])]
        self._write(HOME + f"{REST_OF_LINE}\n".join(shown) + REST_OF_LINE + REST_OF_SCREEN)

    def ring(self) -> None:
        """Sound the bell."""
        self._write("\a")

    def ask(self, question: Text) -> bool:
        """Yes or no, by one key."""
        words = self.say(question)
        more = self.say(Text(vi="c = có, n = không", en="y = yes, n = no"))
        self.paint([*(Line(text=line) for line in words.split("\n")), Line(text=""), Line(text=more, tone=Tone.TITLE)])
        while True:
            key = self.keyboard.read()
            if key in YES:
                return True
            if key in NO:
                return False

    def choose(self, title: Text, options: Sequence[str]) -> int | None:
        """One of up to nine options by its digit; None for Esc."""
        lines = [Line(text=self.say(title), tone=Tone.TITLE), Line(text="")]
        lines += [Line(text=f" {number}  {option}") for number, option in enumerate(options[:9], start=1)]
        self.paint([*lines, Line(text=""), Line(text=self.say(Text(vi="Esc = thôi", en="Esc = leave it")))])
        while True:
            key = self.keyboard.read()
            if key in {"escape", "q"}:
                return None
            if key.isdigit() and 1 <= int(key) <= len(options[:9]):
                return int(key) - 1

    def type(self, prompt: Text) -> str:
        """A line of text; empty for Esc."""
        typed = ""
        more = self.say(Text(vi="Enter = xong, Esc = thôi", en="Enter = done, Esc = leave it"))
        while True:
            self.paint([Line(text=self.say(prompt), tone=Tone.TITLE), Line(text=f"> {typed}_"), Line(text=""), Line(text=more)])
            key = self.keyboard.read()
            if key == "enter":
                return typed.strip()
            if key == "escape":
                return ""
            if key == "backspace":
                typed = typed[:-1]
            elif len(key) == 1 and key.isprintable():
                typed += key

    def show(self, text: str, keys: Mapping[str, str]) -> str:
        """A text to read, page by page; ends with the key that was pressed, one of `keys` or `escape`."""
        top = 0
        while True:
            columns, rows = self.size
            lines = [part for line in text.split("\n") for part in wrapped(line, columns)]
            last = max(0, len(lines) - (rows - 1))
            top = min(max(0, top), last)
            help_ = "  ".join(f"{key}={word}" for key, word in keys.items())
            more = self.say(Text(vi="↑↓ cuộn, Esc = về bàn", en="↑↓ scroll, Esc = back"))
            page = [Line(text=line) for line in lines[top : top + rows - 1]]
            self.paint([*page, Line(text=cut(f"─ {more}  {help_}", columns), tone=Tone.TITLE)])
            key = self.keyboard.read()
            if key in keys:
                return key
            if key in {"escape", "q", "enter"}:
                return "escape"
            step = {" ": rows - 2, "page-down": rows - 2, "page-up": 2 - rows, "home": -len(lines), "end": len(lines)}
            top += step.get(key, FORWARD.get(key, 0))

    def say(self, text: Text) -> str:
        """In the clerk's language."""
        return text.in_(self.language)

    def _painted(self, line: Line, columns: int, *, marked: bool) -> str:
        text = cut(f">{line.text[1:]}" if marked else line.text, columns)
        look = SELECTED if marked else (COLOURS.get(line.tone) if self.colours else None) or LOOKS[line.tone]
        return f"{look}{text}{PLAIN}" if look else text

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


def wrapped(line: str, columns: int) -> list[str]:
    """A line in pieces that fit, broken between words where that is possible; its indent is kept."""
    from rich.cells import cell_len

    if cell_len(line) <= columns:
        return [line]
    indent = " " * min(len(line) - len(line.lstrip()), columns // 2)
    pieces, current = [], indent
    for word in line.split():
        if current.strip() and cell_len(current) + 1 + cell_len(word) > columns:
            pieces.append(current)
            current = indent
        current = f"{current} {word}" if current.strip() else f"{current}{word}"
        while cell_len(current) > columns:
            head = cut(current, columns + 1)[:-1] or current[:1]
            pieces.append(head)
            current = indent + current[len(head) :]
    return [*pieces, clean(current) if not indent else current]
