"""The octets of DATA, read in bulk and un-stuffed piece by piece.

aiosmtpd reads line by line, 1,250 times for a mail of 100 kB, and that is most of its time. Here the reader's buffer is
searched for the end of the message at C speed, in steps, so that a large body is never held whole.
"""

import asyncio
from typing import Final

STEP: Final = 256 * 1024
"""Limit of the stream reader: at most twice as many octets wait in memory before the transport is paused."""

LINE_LIMIT: Final = 64 * 1024
"""Octets of a line without its CRLF. RFC 5321 4.5.3.1.6 lets a server stop at 998; scanners and Exchange do not."""

DOTS: Final = 100
"""So many dots are looked at one by one, which costs a fortieth of a search for two octets where there are few of them.

Nearly every mail has few: base64 has none. Measured on 100 kB: 2 µs without a dot, 150 µs for a search for CRLF and dot.
"""

CRLF: Final = b"\r\n"
LINE_DOT: Final = b"\r\n."
END: Final = b"\r\n.\r\n"


class Content:
    """Gives the content of a message as it comes over the wire, and watches its lines.

    RFC 5321 4.5.2 drops any leading dot, not only a doubled one. Bare LF, bare CR and NUL are content like any other octet:
    only CRLF.CRLF ends a message (RFC 5321, 4.1.1.4), and what is stored here is never relayed.
    """

    def __init__(self) -> None:
        # The wire begins with the CRLF that `begin` puts before it, which is no content.
        self._before = len(CRLF)
        self._held = b""
        self._open_line = 0
        self.line_too_long = False

    def take(self, piece: bytes) -> bytes:
        """Give the content of a piece, as far as it can be told by now; pieces may be cut anywhere."""
        wire = self._held + piece if self._held else piece
        # A dot after this CRLF may be the next octet to come.
        self._held = CRLF if wire.endswith(CRLF) else b"\r" if wire.endswith(b"\r") else b""
        return self._content(wire[: len(wire) - len(self._held)] if self._held else wire)

    def end(self, piece: bytes) -> bytes:
        """Give the rest of the content, from the piece that ends with the final dot."""
        return self._content(self._held + piece if self._held else piece, len(b".\r\n"))

    def _content(self, wire: bytes, behind: int = 0) -> bytes:
        stop = len(wire) - behind
        first = _find(wire, LINE_DOT, 0, stop)
        # No copy of the octets is made that is not needed: each costs as much as handling a command.
        if first < 0:
            dropped = min(self._before, stop)
            content = wire[dropped:stop] if dropped or behind else wire
        else:
            content = wire[:stop].replace(LINE_DOT, CRLF)
            dropped = min(self._before, len(content))
            content = content[dropped:] if dropped else content
        self._before -= dropped
        if self._open_line + len(content) > LINE_LIMIT:
            self._look_at_lines(content)
        last = content.rfind(CRLF)
        self._open_line = len(content) - last - len(CRLF) if last >= 0 else self._open_line + len(content)
        return content

    def _look_at_lines(self, content: bytes) -> None:
        """Leap from line end to line end, each time the last one that a line of the limit may have."""
        start = -self._open_line
        while len(content) - start > LINE_LIMIT:
            end = content.rfind(CRLF, max(start, 0), max(start + LINE_LIMIT + len(CRLF), 0))
            if end < 0:
                self.line_too_long = True
                return
            start = end + len(CRLF)


def begin(reader: asyncio.StreamReader) -> None:
    """Put a CRLF before what is buffered: a dot on the very first line then looks like any other."""
    reader._buffer[:0] = CRLF  # type: ignore[attr-defined]  # noqa: SLF001  StreamReader has no public way


async def next_piece(reader: asyncio.StreamReader) -> tuple[bytes, bool]:
    """Either the rest with the final dot (and True), or octets in which the final dot cannot begin.

    Raises IncompleteReadError when the client leaves before it.
    """
    buffer: bytearray = reader._buffer  # type: ignore[attr-defined]  # noqa: SLF001  StreamReader has no public way
    searched = 0
    while True:
        end = _find(buffer, END, searched, len(buffer))
        if end >= 0:
            return _taken(reader, end + len(END)), True
        searched = max(0, len(buffer) - len(END) + 1)
        if searched > STEP:
            return _taken(reader, searched), False
        error = reader.exception()
        if error is not None:
            raise error
        if reader._eof:  # type: ignore[attr-defined]  # noqa: SLF001
            raise asyncio.IncompleteReadError(_taken(reader, len(buffer)), None)
        await reader._wait_for_data("next_piece")  # type: ignore[attr-defined]  # noqa: SLF001


def _taken(reader: asyncio.StreamReader, count: int) -> bytes:
    """Take octets out of the reader, with one copy of them."""
    buffer: bytearray = reader._buffer  # type: ignore[attr-defined]  # noqa: SLF001
    with memoryview(buffer) as octets:
        piece = bytes(octets[:count])
    del buffer[:count]
    reader._maybe_resume_transport()  # type: ignore[attr-defined]  # noqa: SLF001
    return piece


def _find(octets: bytes | bytearray, mark: bytes, start: int, stop: int) -> int:
    """`octets.find`, for a mark of CRLF, a dot and perhaps more."""
    before, behind = len(CRLF), len(mark) - len(CRLF)
    dot = start + before - 1
    for _ in range(DOTS):
        dot = octets.find(b".", dot + 1, stop)
        if dot < 0 or dot + behind > stop:
            return -1
        if octets[dot - before : dot + behind] == mark:
            return dot - before
    return octets.find(mark, dot - 1, stop)
