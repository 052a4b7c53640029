"""The SMTP door: listens on its own thread and event loop, counts its sessions, stops without losing a message."""

import asyncio
import logging
import ssl
import threading
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
from mailhub.doors.smtp_auth import LoginCheck, LoginDesk
from mailhub.doors.smtp_body import Room
from mailhub.doors.smtp_protocol import SmtpSession
from mailhub.doors.smtp_settings import SmtpDoorSettings
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.refusals import RefusalNoter, Refused

__all__ = ["DoorMeans", "SmtpDoor", "SmtpDoorSettings"]

BACKLOG = 512
LOOK_SECONDS = 0.02
"""How often a stopping door looks whether its last session is over."""


class Forgetful:
    """Notes nothing."""

    def note(self, refused: Refused, /) -> None:
        """See `RefusalNoter.note`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorMeans:
    """What a door may have besides an intake. `folder` takes large messages while they come; without `logins` no AUTH."""

    tls: ssl.SSLContext | None = None
    refusals: RefusalNoter = field(default_factory=Forgetful)
    logins: LoginCheck | None = None
    space: FreeSpace = field(default_factory=FreeSpace)
    folder: Path = field(default_factory=lambda: Path(gettempdir()))


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
                budget=InFlightBudget(max(settings.in_flight_octets, settings.message_octets)),
                space=means.space,
                folder=means.folder,
            ),
            tls=means.tls,
            logins=LoginDesk(means.logins, settings) if means.logins else None,
        )
        self._opened: Future[tuple[int, int]] = Future()
        self._thread = threading.Thread(target=self._serve, name="smtp-door", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._drain_seconds = 0.0

    @property
    def port(self) -> int:
        """The port that is open, which the system chose where the settings say 0."""
        return self._opened.result(timeout=0)[0]

    @property
    def implicit_tls_port(self) -> int:
        """The port that begins with TLS; 0 where there is none."""
        return self._opened.result(timeout=0)[1]

    def start(self) -> None:
        """Open the port."""
        # aiosmtpd logs every command with its addresses at INFO, and at WARNING what it takes for an unknown command:
        # a password, where a client has lost count of what it was asked.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
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
        try:
            servers = await self._open(loop)
        except OSError as error:
            self._opened.set_exception(error)
            return
        ports = [server.sockets[0].getsockname()[1] for server in servers]
        self._opened.set_result((ports[0], ports[1] if len(ports) > 1 else 0))
        await self._stopping.wait()
        for server in servers:
            server.close()
        await self._drain(loop)

    async def _open(self, loop: asyncio.AbstractEventLoop) -> list[asyncio.Server]:
        settings = self._settings
        servers = [
            await loop.create_server(lambda: SmtpSession(self._doorway, loop), settings.host, settings.port, backlog=BACKLOG)
        ]
        if settings.implicit_tls_port is not None and self._doorway.tls is not None:
            begun = partial(SmtpSession, self._doorway, loop, implicit_tls=True)
            try:
                servers.append(await loop.create_server(begun, settings.host, settings.implicit_tls_port, backlog=BACKLOG))
            except OSError:
                servers[0].close()
                raise
        return servers

    async def _drain(self, loop: asyncio.AbstractEventLoop) -> None:
        deadline = loop.time() + self._drain_seconds
        for session in list(self._count.sessions):
            session.ask_to_leave(replies.STOPPING)
        while self._count.sessions and loop.time() < deadline:  # noqa: ASYNC110  an event would be set by every session
            await asyncio.sleep(LOOK_SECONDS)
        for session in list(self._count.sessions):
            session.hang_up()
        await asyncio.sleep(0)
