"""Single keys from a terminal, without waiting for Enter."""

import codecs
import os
import select
import sys
import termios
import tty
from types import TracebackType
from typing import Final, Self

ESCAPE: Final = "\x1b"
SEQUENCE_SECONDS: Final = 0.05
"""How long the rest of a key's sequence may take behind its escape; over a slow line a lone Esc waits as long."""

SEQUENCES: Final = {
    "[A": "up",
    "OA": "up",
    "[B": "down",
    "OB": "down",
    "[5~": "page-up",
    "[6~": "page-down",
    "[H": "home",
    "[1~": "home",
    "OH": "home",
    "[F": "end",
    "[4~": "end",
    "OF": "end",
}
PLAIN: Final = {"\r": "enter", "\n": "enter", "\x7f": "backspace", "\x08": "backspace", "\t": "tab", "\x04": "q"}


class Keyboard:
    """The keys of standard input while it is open; the terminal is as it was afterwards."""

    def __enter__(self) -> Self:
        self._file = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._file)
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        tty.setcbreak(self._file)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        termios.tcsetattr(self._file, termios.TCSADRAIN, self._before)

    def read(self, seconds: float | None = None) -> str:
        """The next key: a character, or a name such as `up`; empty when none came in time, `q` at the input's end."""
        character = self._character(seconds)
        if character == ESCAPE:
            return self._sequence()
        return PLAIN.get(character, character)

    def _sequence(self) -> str:
        """A key that sends several characters; `escape` when nothing follows, empty for one that means nothing here."""
        typed = ""
        while character := self._character(SEQUENCE_SECONDS):
            typed += character
            if typed in SEQUENCES:
                return SEQUENCES[typed]
            if len(typed) > 1 and (character.isalpha() or character == "~"):
                return ""
        return "" if typed else "escape"

    def _character(self, seconds: float | None) -> str:
        while select.select([self._file], [], [], seconds)[0]:
            octet = os.read(self._file, 1)
            if not octet:
                return "\x04"
            if character := self._decoder.decode(octet):
                return character
        return ""
