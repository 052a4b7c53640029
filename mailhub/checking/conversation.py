"""Talking with a child over its three pipes at once, until a deadline."""

import selectors
import subprocess
import time
from typing import IO, Final

CHUNK: Final = 256 * 1024
LAST_WORDS: Final = 8192
"""Octets of standard error that are kept."""


class ClosedPipeError(Exception):
    """The child has closed its end."""


class TimeUpError(Exception):
    """The deadline has passed."""


class Conversation:
    """Writes a request while it reads the answer and drains standard error, so that neither side waits for the other.

    The pipes must be non-blocking. `deadline` is on the monotonic clock.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", request: bytes, deadline: float) -> None:
        self._process = process
        self._request = memoryview(request)
        self._deadline = deadline
        self._answer = bytearray()
        self._words = b""
        self._selector = selectors.DefaultSelector()
        self._watch(process.stdin, selectors.EVENT_WRITE)
        self._watch(process.stdout, selectors.EVENT_READ)
        self._watch(process.stderr, selectors.EVENT_READ)

    def read(self, octets: int) -> bytes:
        """The next octets of the answer; raises ClosedPipeError or TimeUpError where they do not come."""
        while len(self._answer) < octets:
            self._step()
        taken = bytes(self._answer[:octets])
        del self._answer[:octets]
        return taken

    def close(self) -> bytes:
        """Stop watching; gives the last octets that came on standard error."""
        self._selector.close()
        return self._words

    def _watch(self, pipe: IO[bytes] | None, events: int) -> None:
        if pipe is not None:
            self._selector.register(pipe, events)

    def _step(self) -> None:
        ready = self._selector.select(max(0.0, self._deadline - time.monotonic()))
        if not ready and time.monotonic() >= self._deadline:
            raise TimeUpError
        for key, _ in ready:
            if key.fileobj is self._process.stdin:
                self._write()
            elif key.fileobj is self._process.stderr:
                self._listen()
            else:
                self._hear()

    def _write(self) -> None:
        pipe = self._process.stdin
        if pipe is None:
            return
        try:
            written = pipe.write(self._request[:CHUNK]) if self._request else 0
        except BrokenPipeError:
            # The end of the answer will say the same, and let us read what was said before.
            written = len(self._request)
        self._request = self._request[written or 0 :]
        if not self._request:
            self._selector.unregister(pipe)

    def _listen(self) -> None:
        words = read_available(self._process.stderr)
        if not words and self._process.stderr is not None:
            self._selector.unregister(self._process.stderr)
        self._words = (self._words + words)[-LAST_WORDS:]

    def _hear(self) -> None:
        octets = read_available(self._process.stdout)
        if not octets:
            raise ClosedPipeError
        self._answer += octets


def read_available(pipe: IO[bytes] | None) -> bytes:
    """What can be read without waiting; empty at the end."""
    return (pipe.read(CHUNK) or b"") if pipe is not None else b""
