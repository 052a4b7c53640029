"""IDLE with a watchdog (RFC 2177).

imapclient's `idle_check` answers an empty list at once, for ever, when the connection is dead, and leaves IDLE in disorder when
the server speaks before it says `+`. A connection that NAT forgot says nothing at all: that is why nobody idles long, and why
leaving IDLE, which demands an answer, is part of every wait.
"""

import imaplib
import time
from collections.abc import Callable
from typing import Final

from imapclient import IMAPClient

TICK_SECONDS: Final = 1.0
"""How often the caller is asked whether to go on."""

LONGEST_SECONDS: Final = 25 * 60.0
"""Servers may hang up on who idles for 30 minutes."""


def idle(client: IMAPClient, seconds: float, waiting: Callable[[], bool]) -> None:
    """Wait for new mail at most this long. Raises what imaplib raises when the connection turns out to be dead."""
    if not _begin(client):
        _wait(client, time.monotonic() + min(seconds, LONGEST_SECONDS), waiting)
    client.idle_done()


def _begin(client: IMAPClient) -> bool:
    """Begin to idle; True when the server told of new mail even before it agreed."""
    imap = client._imap  # noqa: SLF001
    tag = imap._command("IDLE")  # noqa: SLF001
    news = False
    while (line := imap._get_response()) is not None:  # noqa: SLF001
        if imap.tagged_commands.get(tag):
            raise imaplib.IMAP4.error(f"IDLE was refused: {line!r}")
        news |= line.endswith((b"EXISTS", b"RECENT"))
    client._idle_tag = tag  # noqa: SLF001
    return _read_along(client) or news


def _read_along(client: IMAPClient) -> bool:
    """Whether news came in one piece with the `+`: it lies in imaplib's buffer then, and the socket is watched in vain."""
    sock, news = client.socket(), False
    limit = sock.gettimeout()
    sock.settimeout(0.0)
    try:
        while True:
            news |= client._imap._get_line().endswith((b"EXISTS", b"RECENT"))  # noqa: SLF001
    except imaplib.IMAP4.abort as nothing:
        # The library's word for nothing, too; whether it is the end leaving IDLE shows.
        if "EOF" not in str(nothing):
            raise
    except OSError:
        return news
    finally:
        sock.settimeout(limit)
    return news


def _wait(client: IMAPClient, until: float, waiting: Callable[[], bool]) -> None:
    while waiting() and (left := until - time.monotonic()) > 0:
        asked, length = time.monotonic(), min(left, TICK_SECONDS)
        told = client.idle_check(length)
        if any(isinstance(line, tuple) and set(line) & {b"EXISTS", b"RECENT", b"BYE"} for line in told):
            return
        if not told and time.monotonic() - asked < length / 2:
            # Silence that came at once: the connection is dead, or TLS spoke to itself. Leaving IDLE shows which.
            return
