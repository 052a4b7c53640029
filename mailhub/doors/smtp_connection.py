"""One connection to the SMTP door, below the commands: who is there, PROXY, TLS, times, replies and refusals.

What stock aiosmtpd 1.4.6 does that must not happen here: 500 with the exception's text for an error of ours, a store cancelled
because the client is gone, AUTH refused over implicit TLS, a second STARTTLS inside the first, sessions without end.
"""

import asyncio
import logging
from asyncio import sslproto
from typing import Final

from aiosmtpd.proxy_protocol import V2_CMD, get_proxy
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, TLSSetupException

from mailhub.doors import smtp_replies as replies
from mailhub.doors.doorway import Doorway
from mailhub.doors.networks import address_of
from mailhub.doors.smtp_data import STEP
from mailhub.doors.smtp_machine import NoHandler, SmtpMachine
from mailhub.doors.smtp_replies import CLOSING, Reply
from mailhub.refusals import Refused, RefusedBecause
from storage.errors import StorageFullError

logger = logging.getLogger(__name__)

LINGER_SECONDS: Final = 10.0
"""How long a client has to read what was said to it last."""

_NO_HANDLER: Final = NoHandler()


class SmtpConnection(SmtpMachine):
    """A client's connection. `implicit_tls`: the client begins with TLS (RFC 8314)."""

    line_length_limit = STEP
    """aiosmtpd takes the stream reader's limit from here; the length of lines is our own matter."""

    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"

    def __init__(self, doorway: Doorway, loop: asyncio.AbstractEventLoop, *, implicit_tls: bool = False) -> None:
        settings = doorway.settings
        super().__init__(
            loop,
            handler=_NO_HANDLER,
            data_size_limit=settings.message_octets,
            enable_SMTPUTF8=True,
            # Without a name aiosmtpd asks the DNS for one, once per connection, and everybody waits.
            hostname=settings.hostname,
            ident="ESMTP mailhub",
            tls_context=doorway.tls,
            timeout=settings.command_seconds,
            authenticator=_collected,
        )
        self._doorway = doorway
        self._settings = settings
        self._implicit_tls = implicit_tls
        self._peer = ""
        self._proxied = False
        self._admitted = False
        self._busy = False
        self._dismissed = False
        self._farewell: Reply | None = None
        self._life: asyncio.TimerHandle | None = None
        self._errors = 0

    @property
    def encrypted(self) -> bool:
        """Whether what is said now is said under TLS."""
        return self.session is not None and self.session.ssl is not None

    @property
    def _handshaking(self) -> bool:
        return self._tls_protocol is not None and not self.encrypted

    # --- begin and end -----------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Admit or turn away; called once more on the same connection when TLS has begun."""
        if not self._admitted:
            self._peer = _peer_host(transport)
            self._proxied = self._settings.proxy_networks.holds(self._peer)
            refusal = self._admission()
            if refusal is not None:
                self._doorway.attendance.dismiss(self)
                if not self._implicit_tls:
                    _say(transport, refusal)
                transport.close()
                self._note(refusal)
                return
            self._admitted = True
            self._life = self.loop.call_later(self._settings.session_seconds, self.ask_to_leave, replies.SESSION_OVER)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Count the session out. A store that has begun goes on."""
        if not self._admitted:
            return
        self._admitted = False
        if self._life is not None:
            self._life.cancel()
        self._doorway.attendance.dismiss(self)
        super().connection_lost(error)

    def eof_received(self) -> bool | None:
        """Let the commands that came before the end of input be answered; stock cancels them, even while storing."""
        if not self._admitted:
            return False
        keep_open = asyncio.StreamReaderProtocol.eof_received(self)
        return False if self.encrypted else keep_open

    def ask_to_leave(self, reply: Reply) -> None:
        """End the session now, or after the message that is being taken."""
        self._farewell = reply
        if not self._busy:
            self._dismiss(reply)

    def hang_up(self) -> None:
        """Drop the connection now."""
        self._dismissed = True
        transport = self._original_transport if self._handshaking else self.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()
        if self._handshaking:
            # The TLS layer keeps it to itself that a connection has ended which it never handed up.
            self.connection_lost(None)

    def _admission(self) -> Reply | None:
        """A proxy is no client: its own network does not count, and the client's is known later."""
        refusal = self._doorway.attendance.admit(self)
        return refusal if refusal or self._proxied else self._doorway.attendance.place(self, self._peer)

    def _dismiss(self, reply: Reply) -> None:
        """Say a last word, close, and handle nothing more of what the client has sent already."""
        if self.transport is None:
            return
        if self._handshaking:
            self.hang_up()
            return
        self._dismissed = True
        _say(self.transport, reply)
        self.transport.close()
        # A client that reads nothing would keep its place until it had read the last word.
        self.loop.call_later(LINGER_SECONDS, self.hang_up)
        self._note(reply)
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()

    def _timeout_cb(self) -> None:
        self._dismiss(replies.IDLE)

    # --- before the greeting -----------------------------------------------------------------------------------------

    async def _handle_client(self) -> None:
        """Hear a proxy out, begin TLS where the port wants it, then greet."""
        try:
            if self._proxied and not await self._hear_proxy():
                return
            if self._implicit_tls:
                await self._begin_tls()
        except asyncio.IncompleteReadError:
            self.hang_up()
            return
        except TLSSetupException:
            self.hang_up()
            self._refused(RefusedBecause.TLS_FAILED)
            return
        await super()._handle_client()

    async def _hear_proxy(self) -> bool:
        header = await get_proxy(self._reader)
        if not header.valid:
            self._dismiss(replies.BAD_PROXY)
            return False
        source = address_of(str(header.src_addr))
        if source is None or header.command == V2_CMD.LOCAL:
            # The proxy itself, asking after our health; addresses in such a header mean nothing.
            return True
        self._peer = str(source)
        refusal = self._doorway.attendance.place(self, self._peer)
        if refusal is not None:
            self._dismiss(refusal)
        return refusal is None

    async def _begin_tls(self) -> None:
        """Put TLS under the session, as `SMTP.smtp_STARTTLS` does; what has come already belongs to the handshake."""
        early = bytes(self._reader._buffer)  # type: ignore[attr-defined]  # noqa: SLF001  StreamReader has no public way
        handshake: asyncio.Future[None] = self.loop.create_future()
        assert self.tls_context is not None  # noqa: S101  the door opens the port only with one
        assert isinstance(self.transport, asyncio.Transport)  # noqa: S101  set by connection_made
        tls = sslproto.SSLProtocol(self.loop, self, self.tls_context, handshake, server_side=True)
        self._tls_protocol = tls
        self._original_transport = self.transport
        self._original_transport.set_protocol(tls)
        self.transport = tls._app_transport  # noqa: SLF001  as aiosmtpd does
        tls.connection_made(self._original_transport)
        while early:
            space = tls.get_buffer(len(early))
            taken = min(len(space), len(early))
            space[:taken] = early[:taken]
            tls.buffer_updated(taken)
            early = early[taken:]
        try:
            await handshake
        except OSError as error:
            raise TLSSetupException from error

    # --- replies -----------------------------------------------------------------------------------------------------

    async def push(self, status: str | bytes) -> None:
        """Send a reply, with an enhanced status code also where aiosmtpd has none. Bytes are sent as they are.

        After 421, and after more errors than a session may make, the connection is closed.
        """
        if isinstance(status, bytes):
            await self._write(status)
            return
        reply = status if isinstance(status, Reply) else Reply.parse(status)
        if reply.startswith(CLOSING):
            await self._end(reply)
            return
        await self._write(reply.encode())
        self._note(reply)
        if reply.startswith("5"):
            self._errors += 1
            if self._errors > self._settings.errors:
                await self._end(replies.TOO_MANY_ERRORS)

    async def _write(self, line: bytes) -> None:
        self._writer.write(line + b"\r\n")
        await self._writer.drain()

    async def handle_exception(self, error: Exception) -> str:
        """Answer an error: what we did not foresee is temporary, and its text is nobody's business."""
        if isinstance(error, asyncio.IncompleteReadError | ConnectionError):
            if self.transport is not None:
                self.transport.close()
            return replies.CLOSED
        if isinstance(error, TLSSetupException):
            self._refused(RefusedBecause.TLS_FAILED)
            return replies.CLOSED
        logger.error("smtp session failed", exc_info=error, extra={"peer": self._peer})
        return replies.DISK_FULL if isinstance(error, StorageFullError) else replies.LOCAL_ERROR

    async def _end(self, reply: Reply) -> None:
        self._dismiss(reply)
        # The handler is this task: it ends here.
        await asyncio.sleep(0)

    def _note(self, reply: Reply) -> None:
        """Keep a refusal for the office to see; the reply has been written."""
        if reply.because is not None:
            self._refused(reply.because, reply)

    def _refused(self, reason: RefusedBecause, reply: str = "") -> None:
        """Keep what was refused; a session that knows more of it says so."""
        at = self._doorway.clock()
        self._doorway.refusals.note(Refused(door="smtp", peer=self._peer, reason=reason, reply=reply, at=at))


def _collected(_server: SMTP, _session: object, _envelope: object, _mechanism: str, given: LoginPassword) -> AuthResult:
    """Hand on what a client gave: aiosmtpd would have it checked on the event loop."""
    return AuthResult(success=True, auth_data=given)


def _say(transport: asyncio.BaseTransport, reply: Reply) -> None:
    if isinstance(transport, asyncio.WriteTransport) and not transport.is_closing():
        transport.write(f"{reply}\r\n".encode("ascii"))


def _peer_host(transport: asyncio.BaseTransport) -> str:
    """The client's address; an IPv4 client on a socket of both families is the same client."""
    peer = transport.get_extra_info("peername")
    return str(address_of(str(peer[0])) or peer[0]) if peer else ""
