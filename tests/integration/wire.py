"""The wire between a hub and its PostgreSQL, on which every word of a transaction that may write is heard and counted.

A listener hears each word before the server does, and once more when the server has carried out a COMMIT but the hub has
not been told so; both say which change was the last of the transaction. What the listener wants to be lost it says by its answer.
"""

import contextlib
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WRITING = re.compile(rb"BEGIN .*READ WRITE")
ENDS = frozenset({b"COMMIT", b"ROLLBACK"})
CHANGES = ("INSERT", "UPDATE", "DELETE")
CHUNK = 1 << 16

Listener = Callable[[str], bool]
"""Hears a word; False loses it."""


@dataclass(frozen=True)
class Wire:
    """A PostgreSQL socket in front of another one."""

    folder: Path
    port: int
    server: Path
    listener: Listener

    @contextmanager
    def running(self) -> Iterator[None]:
        """Take connections while the block runs."""
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(self.folder / f".s.PGSQL.{self.port}"))
            door.listen(50)
            threading.Thread(target=self._take, args=(door,), daemon=True).start()
            try:
                yield
            finally:
                # Closing alone would not wake the thread that waits for a connection.
                door.shutdown(socket.SHUT_RDWR)

    def _take(self, door: socket.socket) -> None:
        while True:
            try:
                hub, _ = door.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self.server))
            threading.Thread(target=Line(hub, server, self.listener).carry, daemon=True).start()


class Line:
    """One connection: words up, answers down."""

    def __init__(self, hub: socket.socket, server: socket.socket, listener: Listener) -> None:
        self._hub, self._server, self._listener = hub, server, listener
        self._writing = self._committing = False
        self._change = "nothing"
        self._prepared: dict[bytes, bytes] = {}

    def carry(self) -> None:
        """Until either side ends."""
        threading.Thread(target=self._answers, daemon=True).start()
        with contextlib.suppress(OSError, EOFError), self._hub, self._hub.makefile("rb") as said:
            (length,) = struct.unpack(">I", opening := _exactly(said, 4))
            self._server.sendall(opening + _exactly(said, length - 4))
            word = b""
            while True:
                kind, (length,) = _exactly(said, 1), struct.unpack(">I", size := _exactly(said, 4))
                body = _exactly(said, length - 4)
                word += kind + size + body
                # A simple query, or the Sync after the parts of an extended one.
                if kind in b"QSX":
                    if not self._heard(word):
                        break
                    self._server.sendall(word)
                    word = b""
        _shut(self._server)

    def _heard(self, word: bytes) -> bool:
        text = self._text(word)
        self._writing = self._writing or WRITING.match(text) is not None
        if not self._writing:
            return True
        self._writing, self._committing = text not in ENDS, text == b"COMMIT"
        said = text.decode("utf-8", "replace")
        if WRITING.match(text):
            self._change = "nothing"
        elif said.startswith(CHANGES):
            self._change = " ".join(said.split()[:3])
        return self._listener(f"{said} after {self._change}" if self._committing else said)

    def _text(self, word: bytes) -> bytes:
        """The statement of a word, also of one that was prepared before."""
        first, second, *_ = *word[5:].split(b"\0"), b""
        match word[:1]:
            case b"P":
                self._prepared[first] = second
                return second.strip()
            case b"B":
                return self._prepared[second].strip()
            case _:
                return first.strip()

    def _answers(self) -> None:
        with contextlib.suppress(OSError), self._server:
            while answer := self._server.recv(CHUNK):
                if self._committing:
                    self._committing = False
                    if not self._listener(f"committed after {self._change}"):
                        break
                self._hub.sendall(answer)
        _shut(self._hub)


def _exactly(stream: "socket.SocketIO", octets: int) -> bytes:
    read = stream.read(octets)
    if len(read) < octets:
        raise EOFError
    return read


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
