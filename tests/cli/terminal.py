"""The real program on a pseudo terminal: keys go in, frames come out."""

import codecs
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from fcntl import ioctl
from pathlib import Path

PROGRAM = "import sys; sys.argv[0] = {name!r}; from mailhub.__main__ import main; main()"
ROOT = Path(__file__).parents[2]
END_OF_FRAME = ("\x1b[J", "\x1b[J\a")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A program on a terminal of its own size; `presses` counts the keys."""

    def __init__(self, *arguments, environ, columns=80, rows=24, name="mh"):
        self.presses = 0
        self.ended = False
        self.received = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            # Here, since the program must not begin on a terminal that has no size yet.
            ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.chdir(ROOT)
            line = [sys.executable, "-c", PROGRAM.format(name=name), *map(str, arguments)]
            os.execve(sys.executable, line, {**os.environ, "TERM": "xterm", **environ})

    def press(self, keys):
        """Type keys, one press each."""
        for key in keys:
            self.presses += 1
            os.write(self.file, key.encode())

    def until(self, text, seconds=60.0):
        """Read until the current frame has come whole and holds the text; gives the frame."""
        deadline = time.monotonic() + seconds
        while text not in self.frame or not self.received.endswith(END_OF_FRAME):
            assert time.monotonic() < deadline, f"{text!r} never came; last frame:\n{self.frame}"
            self._read(0.1)
        return self.frame

    def end(self, seconds=60.0):
        """Read to the program's end; gives its exit code."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self._read(0.1):
                break
        return self._reap()

    def close(self):
        """End the program, however it stands."""
        if not self.ended:
            os.kill(self.pid, signal.SIGKILL)
            self._reap()

    def _reap(self):
        _, status = os.waitpid(self.pid, 0)
        os.close(self.file)
        self.ended = True
        return os.waitstatus_to_exitcode(status)

    @property
    def frame(self):
        """What is on the screen: the last frame, without the codes that steer the terminal."""
        return CONTROL.sub("", self.received.rpartition("\x1b[H")[2]).replace("\r", "")

    def _read(self, seconds):
        if not select.select([self.file], [], [], seconds)[0]:
            return True
        try:
            octets = os.read(self.file, 65536)
        except OSError:
            # Linux says so when the other side of the terminal has closed.
            return False
        self.received += self._decoder.decode(octets)
        return bool(octets)
