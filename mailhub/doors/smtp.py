"""The SMTP door: listens on its own thread and event loop, counts its sessions, stops without losing a message."""

import asyncio
import ipaddress
import logging
import ssl
import threading
from collections import Counter
from concurrent.futures import Future

from mailhub.clock import Clock
from mailhub.doors import smtp_replies as replies
from mailhub.doors.addresses import AddressBook
from mailhub.doors.smtp_protocol import Doorway, MailTaker, SmtpSession
from mailhub.doors.smtp_settings import SmtpDoorSettings
from mailhub.errors import RefusedError
from mailhub.language import Text

__all__ = ["SmtpDoor", "SmtpDoorSettings"]

BACKLOG = 512
LOOK_SECONDS = 0.02
"""How often a stopping door looks whether its last session is over."""


class SessionCount:
    """Who is connected. Touched only from the door's loop."""

    def __init__(self, settings: SmtpDoorSettings) -> None:
        self._settings = settings
        self._peers: Counter[str] = Counter()
        self.sessions: dict[SmtpSession, str] = {}

    def admit(self, session: SmtpSession, peer: str) -> bool:
        """Count a session in, unless there are too many."""
        if len(self.sessions) >= self._settings.connections:
            return False
        if self._peers[peer] >= self._settings.connections_per_peer and not self._exempt(peer):
            return False
        self.sessions[session] = peer
        self._peers[peer] += 1
        return True

    def dismiss(self, session: SmtpSession) -> None:
        """Count a session out; harmless when repeated."""
        peer = self.sessions.pop(session, None)
        if peer is not None:
            self._peers[peer] -= 1
            if not self._peers[peer]:
                del self._peers[peer]

    def _exempt(self, peer: str) -> bool:
        return self._settings.loopback_exempt and bool(peer) and ipaddress.ip_address(peer.partition("%")[0]).is_loopback


class SmtpDoor:
    """`start` returns once the port is open; `stop` lets messages that are being taken come to their end."""

    def __init__(
        self, settings: SmtpDoorSettings, book: AddressBook, intake: MailTaker, clock: Clock, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self._settings = settings
        self._count = SessionCount(settings)
        self._doorway = Doorway(settings=settings, book=book, intake=intake, clock=clock, attendance=self._count, tls=tls)
        self._opened: Future[int] = Future()
        self._thread = threading.Thread(target=self._serve, name="smtp-door", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._drain_seconds = 0.0

    @property
    def port(self) -> int:
        """The port that is open, which the system chose where the settings say 0."""
        return self._opened.result(timeout=0)

    def start(self) -> None:
        """Open the port."""
        # aiosmtpd logs every command with its addresses at INFO, and message lines at DEBUG.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self._thread.start()
        try:
            self._opened.result()
        except OSError as error:
            where = f"{self._settings.host}:{self._settings.port}"
            raise RefusedError(
                Text(
                    vi=f"cửa SMTP không lắng nghe được ở {where}: {error.strerror}; xem mục [smtp] trong mailhub.toml",
                    en=f"the SMTP door cannot listen on {where}: {error.strerror}; see [smtp] in mailhub.toml",
                )
            ) from error

    def stop(self, drain_seconds: float) -> None:
        """Close the port, send idle clients away, wait for the others, then hang up."""
        if self._loop is None or not self._thread.is_alive():
            return
        self._drain_seconds = drain_seconds
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        self._loop = loop = asyncio.get_running_loop()
        settings = self._settings
        try:
            server = await loop.create_server(
                lambda: SmtpSession(self._doorway, loop), settings.host, settings.port, backlog=BACKLOG
            )
        except OSError as error:
            self._opened.set_exception(error)
            return
        self._opened.set_result(server.sockets[0].getsockname()[1])
        await self._stopping.wait()
        server.close()
        await self._drain(loop)

    async def _drain(self, loop: asyncio.AbstractEventLoop) -> None:
        deadline = loop.time() + self._drain_seconds
        for session in list(self._count.sessions):
            session.ask_to_leave(replies.STOPPING)
        while self._count.sessions and loop.time() < deadline:  # noqa: ASYNC110  an event would be set by every session
            await asyncio.sleep(LOOK_SECONDS)
        for session in list(self._count.sessions):
            session.hang_up()
        await asyncio.sleep(0)
