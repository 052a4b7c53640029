"""The SMTP door: listens on its own thread and event loop, counts its sessions, stops without losing a message."""

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import gettempdir

from mailhub.clock import Clock
from mailhub.doors import smtp_replies as replies
from mailhub.doors.addresses import AddressBook
from mailhub.doors.attendance import Attendance
from mailhub.doors.budget import InFlightBudget
from mailhub.doors.doorway import Doorway, MailTaker
from mailhub.doors.free_space import FreeSpace
from mailhub.doors.listening import ACCEPTED_AT_ONCE, BACKLOG, RELEASE_SECONDS, Listening
from mailhub.doors.smtp_auth import LoginCheck, LoginDesk
from mailhub.doors.smtp_body import Room
from mailhub.doors.smtp_protocol import SmtpSession
from mailhub.doors.smtp_settings import SmtpDoorSettings
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.refusals import RefusalNoter, Refused

__all__ = ["DoorMeans", "SmtpDoor", "SmtpDoorSettings"]

LOOK_SECONDS = 0.02
"""How often a stopping door looks whether its last session is over."""


class Forgetful:
    """Notes nothing."""

    def note(self, refused: Refused, /) -> None:
        """See `RefusalNoter.note`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorMeans:
    """What a door may have besides an intake. `folder` takes large messages while they come; without `logins` no AUTH.

    `listening` are sockets that another process has bound; without them the door binds its own.
    """

    tls: ssl.SSLContext | None = None
    refusals: RefusalNoter = field(default_factory=Forgetful)
    logins: LoginCheck | None = None
    listening: Listening | None = None
    space: FreeSpace = field(default_factory=FreeSpace)
    folder: Path = field(default_factory=lambda: Path(gettempdir()))


def in_flight_budget(settings: SmtpDoorSettings) -> InFlightBudget:
    """What the settings allow, but at least one of the largest messages; half of it for one network."""
    octets = max(settings.in_flight_octets, settings.message_octets)
    return InFlightBudget(octets, share=max(octets // 2, settings.message_octets))


class SmtpDoor:
    """`start` returns once the port is open; `stop` lets messages that are being taken come to their end."""

    def __init__(
        self, settings: SmtpDoorSettings, book: AddressBook, intake: MailTaker, clock: Clock, means: DoorMeans | None = None
    ) -> None:
        self._settings = settings
        self._count = Attendance(settings)
        means = means or DoorMeans()
        self._doorway = Doorway(
            settings=settings,
            book=book,
            intake=intake,
            clock=clock,
            attendance=self._count,
            refusals=means.refusals,
            room=Room(
                budget=in_flight_budget(settings),
                space=means.space,
                folder=means.folder,
            ),
            tls=means.tls,
            logins=LoginDesk(means.logins, settings) if means.logins else None,
        )
        self._listening = means.listening
        self._opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._serve, name="smtp-door", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._drain_seconds = 0.0

    @property
    def listening(self) -> Listening:
        """The sockets of the door once it is open."""
        assert self._listening is not None, "the door is not open yet"  # noqa: S101  a mistake of the program
        return self._listening

    @property
    def port(self) -> int:
        """The port that is open, which the system chose where the settings say 0."""
        return self.listening.ports[0]

    @property
    def implicit_tls_port(self) -> int:
        """The port that begins with TLS; 0 where there is none."""
        return self.listening.ports[1]

    def start(self) -> None:
        """Open the port."""
        # aiosmtpd logs every command with its addresses at INFO, and at WARNING what it takes for an unknown command:
        # a password, where a client has lost count of what it was asked.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        try:
            self._listening = self._listening or self._bind()
            self._thread.start()
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

    def _bind(self) -> Listening:
        settings = self._settings
        tls_port = settings.implicit_tls_port if self._doorway.tls is not None else None
        # Door processes of a hub that was killed hold its port for a moment longer.
        patience = RELEASE_SECONDS if settings.processes > 1 else 0.0
        return Listening.bind(settings.host, settings.port, tls_port, patience=patience)

    def _serve(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        self._loop = loop = asyncio.get_running_loop()
        try:
            servers = await self._open(loop)
        except OSError as error:
            self._opened.set_exception(error)
            return
        self._opened.set_result(None)
        await self._stopping.wait()
        for server in servers:
            server.close()
        await self._drain(loop)

    async def _open(self, loop: asyncio.AbstractEventLoop) -> list[asyncio.Server]:
        session = partial(SmtpSession, self._doorway, loop)
        servers = [await self._serve_at(loop, self.listening.plain, session)]
        if self.listening.implicit_tls is not None:
            begun = partial(session, implicit_tls=True)
            servers.append(await self._serve_at(loop, self.listening.implicit_tls, begun))
        return servers

    async def _serve_at(
        self, loop: asyncio.AbstractEventLoop, listener: socket.socket, session: Callable[[], SmtpSession]
    ) -> asyncio.Server:
        alone = self._settings.processes == 1
        server = await loop.create_server(session, sock=listener, backlog=BACKLOG if alone else ACCEPTED_AT_ONCE)
        # The number is also the length of the kernel's queue, which stays long.
        listener.listen(BACKLOG)
        return server

    async def _drain(self, loop: asyncio.AbstractEventLoop) -> None:
        deadline = loop.time() + self._drain_seconds
        for session in list(self._count.sessions):
            session.ask_to_leave(replies.STOPPING)
        while self._count.sessions and loop.time() < deadline:  # noqa: ASYNC110  an event would be set by every session
            await asyncio.sleep(LOOK_SECONDS)
        for session in list(self._count.sessions):
            session.hang_up()
        await asyncio.sleep(0)
