"""One SMTP session: aiosmtpd for commands and STARTTLS, everything that decides about mail of our own.

What stock aiosmtpd 1.4.6 does that must not happen here: 500 with the exception's text for an error of ours, `<>` as an
address of two characters, a store cancelled because the client is gone, unlimited recipients, DATA line by line.
"""

import asyncio
import logging
import ssl
import uuid
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol

from aiosmtpd.smtp import SMTP, TLSSetupException

from mailhub.clock import Clock
from mailhub.doors import smtp_replies as replies
from mailhub.doors.addresses import AddressBook
from mailhub.doors.smtp_data import LINE_LIMIT, STEP, DataBody, read_data
from mailhub.doors.smtp_replies import Reply
from mailhub.doors.smtp_settings import SmtpDoorSettings
from mailhub.doors.smtp_transaction import SmtpTransaction
from mailhub.doors.urgency import priority_of
from mailhub.intake import Accepted, IncomingMail

logger = logging.getLogger(__name__)

COMMAND_OCTETS: Final = 512
PATH_COMMAND_OCTETS: Final = 2048
"""RFC 5321 4.5.3.1.4 asks for 512; parameters and UTF-8 addresses need more."""

HELO_CHARACTERS: Final = 255


class MailTaker(Protocol):
    """The part of intake that a door needs."""

    def submit(self, mail: IncomingMail, /) -> "Future[Accepted]":
        """Queue a mail; the future resolves once it is durable."""
        ...


class Attendance(Protocol):
    """Who keeps count of the sessions."""

    def admit(self, session: "SmtpSession", peer: str) -> bool:
        """Count a session in, unless there are too many."""
        ...

    def dismiss(self, session: "SmtpSession") -> None:
        """Count a session out; harmless when repeated."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorway:
    """What every session of a door shares."""

    settings: SmtpDoorSettings
    book: AddressBook
    intake: MailTaker
    clock: Clock
    attendance: Attendance
    tls: ssl.SSLContext | None = None


class SmtpSession(SMTP):
    """A client's session."""

    line_length_limit = STEP
    """aiosmtpd takes the stream reader's limit from here; the length of lines is our own matter."""

    def __init__(self, doorway: Doorway, loop: asyncio.AbstractEventLoop) -> None:
        settings = doorway.settings
        super().__init__(
            handler=None,
            data_size_limit=settings.message_octets,
            enable_SMTPUTF8=True,
            # Without a name aiosmtpd asks the DNS for one, once per connection, and everybody waits.
            hostname=settings.hostname,
            ident="ESMTP mailhub",
            tls_context=doorway.tls,
            timeout=settings.command_seconds,
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            loop=loop,
        )
        self.command_size_limits = defaultdict(lambda: COMMAND_OCTETS, MAIL=PATH_COMMAND_OCTETS, RCPT=PATH_COMMAND_OCTETS)
        self._doorway = doorway
        self._settings = settings
        self._peer = ""
        self._admitted = False
        self._busy = False
        self._farewell: Reply | None = None
        self._life: asyncio.TimerHandle | None = None
        self._transaction = SmtpTransaction(settings, doorway.book)

    def __dir__(self) -> Iterable[str]:
        """Name the commands only: aiosmtpd looks for them among all attributes, three times at every connection."""
        return _command_names(type(self))

    # --- connection --------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Admit or turn away; called once more on the same connection after STARTTLS."""
        if not self._admitted:
            self._peer = _peer_host(transport)
            self._admitted = self._doorway.attendance.admit(self, self._peer)
            if not self._admitted:
                _say_and_close(transport, replies.TOO_MANY_CONNECTIONS)
                return
            self._life = self.loop.call_later(self._settings.session_seconds, self.ask_to_leave, replies.SESSION_OVER)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Count the session out. A store that has begun goes on."""
        if not self._admitted:
            return
        if self._life is not None:
            self._life.cancel()
        self._doorway.attendance.dismiss(self)
        super().connection_lost(error)

    def eof_received(self) -> bool | None:
        """Let the commands that came before the end of input be answered; stock cancels them, even while storing."""
        if not self._admitted:
            return False
        keep_open = asyncio.StreamReaderProtocol.eof_received(self)
        return False if self._tls_protocol is not None else keep_open

    def ask_to_leave(self, reply: Reply) -> None:
        """End the session now, or after the message that is being taken."""
        self._farewell = reply
        if not self._busy and self.transport is not None:
            _say_and_close(self.transport, reply)

    def hang_up(self) -> None:
        """Drop the connection now."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def _timeout_cb(self) -> None:
        if self.transport is not None:
            _say_and_close(self.transport, replies.IDLE)

    # --- replies -----------------------------------------------------------------------------------------------------

    async def push(self, status: str | bytes | Reply) -> None:
        """Send a reply, with an enhanced status code also where aiosmtpd has none. Bytes are sent as they are."""
        await super().push(status if isinstance(status, bytes) else replies.with_status(str(status)).encode())

    async def handle_exception(self, error: Exception) -> str:
        """Answer an error: what we did not foresee is temporary, and its text is nobody's business."""
        if isinstance(error, (asyncio.IncompleteReadError, ConnectionError, TLSSetupException)):
            if self.transport is not None:
                self.transport.close()
            return str(replies.CLOSED)
        logger.error("smtp session failed", exc_info=error, extra={"peer": self._peer})
        return str(replies.LOCAL_ERROR)

    # --- commands ----------------------------------------------------------------------------------------------------

    async def smtp_EHLO(self, hostname: str | None) -> None:
        """Greet, and say what is offered (RFC 1869, 1870, 2034, 2920, 3207, 6152, 6531)."""
        if not hostname:
            await self.push(replies.BAD_HELO)
            return
        self._greeted(hostname, extended=True)
        offers = [f"SIZE {self._settings.message_octets}", "8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES", "HELP"]
        if self.tls_context and not self._tls_protocol:
            offers.insert(0, "STARTTLS")
        lines = [f"250-{self.hostname}", *(f"250-{offer}" for offer in offers[:-1]), f"250 {offers[-1]}"]
        await self.push("\r\n".join(lines).encode("ascii"))

    async def smtp_HELO(self, hostname: str | None) -> None:
        """Greet a client of the old kind."""
        if not hostname:
            await self.push(replies.BAD_HELO)
            return
        self._greeted(hostname, extended=False)
        await self.push(f"250 {self.hostname}".encode("ascii"))

    def _greeted(self, hostname: str, *, extended: bool) -> None:
        assert self.session is not None  # noqa: S101  set by connection_made
        self._set_post_data_state()
        self.session.extended_smtp = extended
        self.session.host_name = _printable(hostname)

    async def smtp_VRFY(self, arg: str | None) -> None:
        """Neither confirm nor deny (RFC 5321, 7.3)."""
        await self.push(replies.CANNOT_VERIFY)

    async def smtp_HELP(self, arg: str | None) -> None:
        """Point to the standard."""
        await self.push(replies.HELP)

    async def smtp_AUTH(self, arg: str | None) -> None:
        """Refuse: nobody has an account at this door."""
        await self.push(replies.NO_AUTH)

    async def smtp_MAIL(self, arg: str | None) -> None:
        """Begin a transaction."""
        await self.push(self._transaction.begin(arg) if self._is_greeted() else replies.GREET_FIRST)

    async def smtp_RCPT(self, arg: str | None) -> None:
        """Add a recipient."""
        await self.push(self._transaction.add_recipient(arg) if self._is_greeted() else replies.GREET_FIRST)

    async def smtp_DATA(self, arg: str | None) -> None:
        """Take the message; 250 only once it is durable."""
        refusal = self._transaction.data_refusal(arg) if self._is_greeted() else replies.GREET_FIRST
        if refusal is not None:
            await self.push(refusal)
            return
        self._busy = True
        try:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            self._reset_timeout(self._settings.data_seconds)
            body = await read_data(self._reader, self._settings.message_octets)
            self._reset_timeout(self._settings.store_seconds + self._settings.command_seconds)
            await self.push(await self._take(body))
        finally:
            self._busy = False
            self._set_post_data_state()
            if self._farewell is not None:
                self.ask_to_leave(self._farewell)

    def _is_greeted(self) -> bool:
        return self.session is not None and bool(self.session.host_name)

    def _set_post_data_state(self) -> None:
        """Forget the transaction; aiosmtpd calls this for EHLO, RSET, STARTTLS and after DATA."""
        super()._set_post_data_state()  # type: ignore[no-untyped-call]
        self._transaction = SmtpTransaction(self._settings, self._doorway.book)

    # --- storing -----------------------------------------------------------------------------------------------------

    async def _take(self, body: DataBody) -> Reply:
        if body.content is None:
            return replies.too_large(body.size, self._settings.message_octets)
        if body.line_too_long:
            return replies.line_too_long(LINE_LIMIT)
        stored = asyncio.wrap_future(self._doorway.intake.submit(self._mail(body.content)), loop=self.loop)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.store_seconds):
                # RFC 1047: a client that is gone will send again; a second copy is better than none.
                accepted = await asyncio.shield(stored)
            logger.info("mail taken", extra={"capture": accepted.capture_id, "peer": self._peer, "octets": body.size})
            return replies.stored(accepted.capture_id)
        logger.error("storing takes too long", extra={"peer": self._peer, "octets": body.size})
        return replies.STORE_STUCK

    def _mail(self, content: bytes) -> IncomingMail:
        assert self.session is not None  # noqa: S101  set by connection_made
        return IncomingMail(
            raw=content,
            door="smtp",
            door_key=uuid.uuid4().hex,
            peer=self._peer,
            helo=self.session.host_name or "",
            tls=self._tls_words(),
            auth="",
            mail_from=self._transaction.mail_from or "",
            recipients=self._transaction.recipients,
            received_at=self._doorway.clock(),
            priority=priority_of(content),
        )

    def _tls_words(self) -> str:
        """Protocol and cipher, empty for a connection in the clear."""
        cipher = self.transport.get_extra_info("cipher") if self.transport is not None else None
        return f"{cipher[1]} {cipher[0]}" if cipher else ""


@cache
def _command_names(session: type) -> list[str]:
    return [name for name in dir(session) if name.startswith(("smtp_", "auth_"))]


def _say_and_close(transport: asyncio.BaseTransport, reply: Reply) -> None:
    if isinstance(transport, asyncio.WriteTransport) and not transport.is_closing():
        transport.write(f"{reply}\r\n".encode("ascii"))
    transport.close()


def _peer_host(transport: asyncio.BaseTransport) -> str:
    """The client's address; an IPv4 client on a socket of both families is the same client."""
    peer = transport.get_extra_info("peername")
    return str(peer[0]).removeprefix("::ffff:") if peer else ""


def _printable(hostname: str) -> str:
    """What a client calls itself goes into a record, so no controls and no half characters."""
    cleaned = hostname.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(character if character.isprintable() else "?" for character in cleaned)[:HELO_CHARACTERS]
