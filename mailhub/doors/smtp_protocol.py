"""The commands of an SMTP session: everything that decides about mail is our own, aiosmtpd reads the lines.

What stock aiosmtpd 1.4.6 does that must not happen here: `<>` as an address of two characters, unlimited recipients, DATA line
by line and wholly in memory, passwords checked on the event loop.
"""

import asyncio
import binascii
import logging
from base64 import b64decode
from contextlib import suppress
from typing import Final

from aiosmtpd.smtp import LoginPassword

from mailhub.doors import smtp_replies as replies
from mailhub.doors.budget import Reservation
from mailhub.doors.doorway import Doorway
from mailhub.doors.networks import network_of
from mailhub.doors.smtp_auth import plain_login
from mailhub.doors.smtp_body import BodyTaking
from mailhub.doors.smtp_connection import SmtpConnection
from mailhub.doors.smtp_replies import Reply
from mailhub.doors.smtp_transaction import SmtpTransaction
from mailhub.doors.urgency import priority_of
from mailhub.errors import TryLaterError
from mailhub.intake import IncomingMail
from mailhub.refusals import Refused, RefusedBecause
from storage.bodies import Body, SpilledBody, head_of, size_of

logger = logging.getLogger(__name__)

HELO_CHARACTERS: Final = 255
MOST_DRAINED: Final = 4
"""How many times the largest message of one that is not kept is read in the hope of its end: it might never come."""

MECHANISMS: Final = ("LOGIN", "PLAIN")


class SmtpSession(SmtpConnection):
    """A client's session."""

    def __init__(self, doorway: Doorway, loop: asyncio.AbstractEventLoop, *, implicit_tls: bool = False) -> None:
        super().__init__(doorway, loop, implicit_tls=implicit_tls)
        self._idle_commands = 0
        self._login = ""
        self._taking: BodyTaking | None = None
        self._received = 0
        self._transaction = self._new_transaction()

    def connection_lost(self, error: Exception | None) -> None:
        """Give back what the transaction has reserved; a message that is being stored keeps its own until it is."""
        self._transaction.reservation.release()
        super().connection_lost(error)

    # --- greeting ----------------------------------------------------------------------------------------------------

    async def smtp_EHLO(self, hostname: str | None) -> None:
        """Greet, and say what is offered (RFC 1869, 1870, 2034, 2920, 3207, 4954, 6152, 6531)."""
        if not hostname:
            await self.push(replies.BAD_HELO)
            return
        self._greeted(hostname, extended=True)
        offers = [f"SIZE {self._settings.message_octets}", "8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES", "HELP"]
        if self.encrypted and self._doorway.logins is not None:
            offers.insert(0, f"AUTH {' '.join(MECHANISMS)}")
        elif self.tls_context and not self.encrypted:
            offers.insert(0, "STARTTLS")
        lines = [f"250-{self.hostname}", *(f"250-{offer}" for offer in offers[:-1]), f"250 {offers[-1]}"]
        await self._push_idle("\r\n".join(lines).encode("ascii"))

    async def smtp_HELO(self, hostname: str | None) -> None:
        """Greet a client of the old kind."""
        if not hostname:
            await self.push(replies.BAD_HELO)
            return
        self._greeted(hostname, extended=False)
        await self._push_idle(f"250 {self.hostname}".encode("ascii"))

    def _greeted(self, hostname: str, *, extended: bool) -> None:
        assert self.session is not None  # noqa: S101  set by connection_made
        self._set_post_data_state()
        self.session.extended_smtp = extended
        self.session.host_name = _printable(hostname)

    def _is_greeted(self) -> bool:
        return self.session is not None and bool(self.session.host_name)

    # --- what brings no mail -----------------------------------------------------------------------------------------

    async def smtp_NOOP(self, arg: str | None) -> None:
        """Do nothing, for a while."""
        await self._push_idle(replies.DONE)

    async def smtp_RSET(self, arg: str | None) -> None:
        """Forget the transaction."""
        if arg:
            await self.push(replies.BAD_RSET)
            return
        self._set_post_data_state()
        await self._push_idle(replies.DONE)

    async def smtp_VRFY(self, arg: str | None) -> None:
        """Neither confirm nor deny (RFC 5321, 7.3)."""
        await self._push_idle(replies.CANNOT_VERIFY)

    async def smtp_HELP(self, arg: str | None) -> None:
        """Point to the standard."""
        await self._push_idle(replies.HELP)

    async def smtp_PROXY(self, arg: str | None) -> None:
        """Refuse to believe a client of no proxy network; aiosmtpd reads the headers of the others before the greeting."""
        await self.push(replies.FOREIGN_PROXY)
        self._dismiss(replies.BAD_PROXY)

    async def _push_idle(self, reply: str | bytes) -> None:
        """Answer a command that brings no mail; too many of those end the session."""
        self._idle_commands += 1
        await self.push(reply if self._idle_commands <= self._settings.idle_commands else replies.TOO_MANY_IDLE)

    # --- TLS and logins ----------------------------------------------------------------------------------------------

    async def smtp_STARTTLS(self, arg: str) -> None:
        """Begin TLS, once."""
        if self.encrypted:
            await self.push(replies.TLS_AGAIN)
        elif self.tls_context is None:
            await self.push(replies.NO_TLS)
        else:
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str | None) -> None:
        """Log an agency in (RFC 4954)."""
        words = arg.split() if arg else []
        refusal = self._auth_refusal(words)
        if refusal is not None:
            await self.push(refusal)
            return
        given = await self._collect(words)
        if given is not None and self._doorway.logins is not None:
            self._login, reply = await self._doorway.logins.log_in(given, self._peer)
            await self.push(reply)

    def _auth_refusal(self, words: list[str]) -> Reply | None:
        checks = (
            (self._doorway.logins is None, replies.NO_AUTH),
            (not self._is_greeted(), replies.GREET_FIRST),
            (not self.encrypted, replies.TLS_FIRST),
            (bool(self._login), replies.AUTH_AGAIN),
            (self._transaction.mail_from is not None, replies.AUTH_INSIDE),
            (len(words) not in {1, 2}, replies.BAD_AUTH),
            (bool(words) and words[0].upper() not in MECHANISMS, replies.UNKNOWN_MECHANISM),
        )
        return next((reply for wrong, reply in checks if wrong), None)

    async def _collect(self, words: list[str]) -> LoginPassword | None:
        """Name and password as aiosmtpd collects them; None where it has said already what was wrong."""
        try:
            if words[0].upper() == "PLAIN":
                return await self._collect_plain(words)
            result = await self.auth_LOGIN(self, words)
        except ValueError:
            # A response beyond the reader's limit.
            await self.push(replies.LONG_RESPONSE)
            return None
        given = result.auth_data if result.success else None
        return given if isinstance(given, LoginPassword) else None

    async def _collect_plain(self, words: list[str]) -> LoginPassword | None:
        """As aiosmtpd does, which passes over the name that a client asks to act for."""
        try:
            response = b64decode(words[1], validate=True) if len(words) > 1 else await self.challenge_auth("")
        except binascii.Error:
            await self.push(replies.BAD_RESPONSE)
            return None
        if not isinstance(response, bytes):
            return None
        given = plain_login(response)
        if given is None:
            await self.push(replies.BAD_RESPONSE)
        return given

    # --- mail --------------------------------------------------------------------------------------------------------

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
        taking = BodyTaking(self._doorway.room, self._settings.message_octets, self._transaction.reservation)
        try:
            await self.push(replies.SEND)
            self._begin_pace(taking)
            body = await taking.read(self._reader)
            self._reset_timeout(self._settings.store_seconds + self._settings.command_seconds)
            await self.push(await self._store(body) if body is not None else taking.refusal or replies.LOCAL_ERROR)
        except (asyncio.IncompleteReadError, asyncio.CancelledError):
            if not taking.ended and not self._dismissed:
                self._refused(RefusedBecause.INTERRUPTED)
            raise
        finally:
            taking.give_up()
            self._taking = None
            self._busy = False
            self._set_post_data_state()
            if self._farewell is not None:
                self.ask_to_leave(self._farewell)

    def _begin_pace(self, taking: BodyTaking) -> None:
        self._taking, self._received = taking, 0
        self._reset_timeout(self._settings.data_window_seconds)

    def _timeout_cb(self) -> None:
        """Look once a window whether enough of a message has come since the last look; waiting for us is not slow."""
        taking, reader = self._taking, self._reader
        if taking is None or taking.ended:
            super()._timeout_cb()
            return
        before, self._received = self._received, taking.octets + len(reader._buffer)  # type: ignore[attr-defined]  # noqa: SLF001
        held_up = taking.writing or reader._paused  # type: ignore[attr-defined]  # noqa: SLF001  no public way
        window = self._settings.data_window_seconds
        if taking.refusal is not None and taking.octets > MOST_DRAINED * self._settings.message_octets:
            self._dismiss(taking.refusal)
            return
        # One octet at least: who sends nothing at all is gone, whatever speed is asked for.
        if held_up or self._received - before >= max(1, self._settings.data_octets_per_second * window):
            self._reset_timeout(window)
        else:
            self._dismiss(replies.TOO_SLOW)

    def _set_post_data_state(self) -> None:
        """Forget the transaction; aiosmtpd calls this for EHLO, RSET, STARTTLS and after DATA."""
        super()._set_post_data_state()  # type: ignore[no-untyped-call]
        self._transaction.reservation.release()
        self._transaction = self._new_transaction()

    def _new_transaction(self) -> SmtpTransaction:
        doorway = self._doorway
        return SmtpTransaction(self._settings, doorway.book, self._new_reservation(), doorway.room.space)

    def _new_reservation(self) -> Reservation:
        exempt = not self._peer or self._settings.exempt_networks.holds(self._peer)
        return Reservation(self._doorway.room.budget, "" if exempt else network_of(self._peer))

    def _refused(self, reason: RefusedBecause, reply: str = "") -> None:
        """Keep what was refused, with what is known of the transaction."""
        transaction = self._transaction
        recipients = (transaction.refused,) if transaction.refused else tuple(one.address for one in transaction.recipients)
        size = self._taking.size if self._taking is not None else transaction.size
        self._doorway.refusals.note(
            Refused(
                door="smtp",
                peer=self._peer,
                reason=reason,
                reply=reply,
                at=self._doorway.clock(),
                sender=transaction.sender,
                recipients=recipients,
                size=size,
            )
        )

    # --- storing -----------------------------------------------------------------------------------------------------

    async def _store(self, body: Body) -> Reply:
        size = size_of(body)
        try:
            future = self._doorway.intake.submit(self._mail(body))
        except TryLaterError:
            if isinstance(body, SpilledBody):
                body.close()
            raise
        # What is stored is in flight until it is, whoever has left meanwhile.
        reservation, self._transaction.reservation = self._transaction.reservation, self._new_reservation()
        future.add_done_callback(lambda _: reservation.release())
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.store_seconds):
                # RFC 1047: a client that is gone will send again; a second copy is better than none.
                accepted = await self._doorway.answers.of(future)
            self._errors = self._idle_commands = 0
            logger.info("mail taken", extra={"capture": accepted.capture_id, "peer": self._peer, "octets": size})
            return replies.stored(accepted.capture_id)
        logger.error("storing takes too long", extra={"peer": self._peer, "octets": size})
        return replies.STORE_STUCK

    def _mail(self, body: Body) -> IncomingMail:
        assert self.session is not None  # noqa: S101  set by connection_made
        return IncomingMail(
            raw=body,
            door="smtp",
            door_key=self._doorway.keys.new(),
            peer=self._peer,
            helo=self.session.host_name or "",
            tls=self._tls_words(),
            auth=self._login,
            mail_from=self._transaction.mail_from or "",
            recipients=self._transaction.recipients,
            received_at=self._doorway.clock(),
            priority=priority_of(head_of(body)),
        )

    def _tls_words(self) -> str:
        """Protocol and cipher, empty for a connection in the clear."""
        cipher = self.transport.get_extra_info("cipher") if self.transport is not None else None
        return f"{cipher[1]} {cipher[0]}" if cipher else ""


def _printable(hostname: str) -> str:
    """What a client calls itself goes into a record, so no controls and no half characters."""
    cleaned = hostname.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(character if character.isprintable() else "?" for character in cleaned)[:HELO_CHARACTERS]
