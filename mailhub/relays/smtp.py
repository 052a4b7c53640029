"""The smarthost relay: hands mail to the office's mail server over a connection that is kept."""

import smtplib
import ssl
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from mailhub.relays.relay import Outcome, OutcomeKind

REPLY_CHARACTERS: Final = 400
IDLE_SECONDS: Final = 60.0
"""A connection that rested longer is not tried again: servers hang up, and firewalls forget without a word."""

OUR_OWN_FAULT: Final = frozenset({530, 534, 535, 538})
"""RFC 4954: the server wants a login or another one. That is a setting of ours, no property of the mail."""


class StartTls(StrEnum):
    """Whether the way to the server is encrypted; where it is, the certificate is checked."""

    REQUIRED = "required"
    IF_OFFERED = "if-offered"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpRelaySettings:
    """Where and how. `seconds` bounds one attempt as a whole; `hello` is our name in EHLO; no `user`, no login."""

    host: str
    port: int
    hello: str
    starttls: StartTls = StartTls.REQUIRED
    ca_file: Path | None = None
    user: str = ""
    password: str = field(default="", repr=False)
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class _Envelope:
    """One attempt as it goes over the wire; `octets` is the size without what the transport adds (RFC 1870, 3)."""

    mail_from: str
    recipient: str
    octets: int
    data: bytes

    @property
    def needs_utf8(self) -> bool:
        return not (self.mail_from.isascii() and self.recipient.isascii())


class _RefusedHereError(Exception):
    """The mail cannot be handed to this server, and never will."""


class _StaleError(Exception):
    """The kept connection had gone before anything of this mail was said."""


class SmtpRelay:
    """One connection, one mail at a time. What goes wrong before the final dot can be sent again without doubt."""

    def __init__(self, settings: SmtpRelaySettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._client: smtplib.SMTP | None = None
        self._used_at = 0.0
        self._deadline = 0.0

    def send(self, mail_from: str, recipient: str, data: bytes) -> Outcome:
        """See `Relay.send`."""
        with self._lock:
            self._deadline = time.monotonic() + self._settings.seconds
            try:
                envelope = _Envelope(_wire_address(mail_from), _wire_address(recipient), len(data), _wire_data(data))
                try:
                    return self._attempt(envelope)
                except _StaleError:
                    return self._attempt(envelope)
            except _RefusedHereError as error:
                return Outcome(kind=OutcomeKind.PERMANENT, reply=str(error))
            except (smtplib.SMTPException, OSError, UnicodeError) as error:
                self._drop()
                return Outcome(kind=OutcomeKind.TEMPORARY, reply=_words(error))

    def close(self) -> None:
        """Say goodbye to the server."""
        with self._lock:
            client, self._client = self._client, None
            if client is not None:
                try:
                    client.quit()
                except (smtplib.SMTPException, OSError):
                    client.close()

    def _attempt(self, envelope: _Envelope) -> Outcome:
        """Raise whatever prevents the final dot; after it there are only outcomes."""
        if self._client is not None and time.monotonic() - self._used_at > IDLE_SECONDS:
            self._drop()
        kept = self._client is not None
        client = self._client = self._client or self._connected()
        outcome = self._open(client, envelope, kept=kept) or self._recipient(client, envelope)
        if outcome is None:
            outcome = self._data(client, envelope)
        self._used_at = time.monotonic()
        return outcome

    # --- the steps of a transaction ----------------------------------------------------------------------------------

    def _open(self, client: smtplib.SMTP, envelope: _Envelope, *, kept: bool) -> Outcome | None:
        options = _options(client, envelope)
        try:
            code, text = self._command(client, "MAIL", f"FROM:<{envelope.mail_from}>{options}")
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            if kept:
                raise _StaleError from error
            raise
        if code == 421 and kept:
            self._drop()
            raise _StaleError
        return self._unless_done(code, text)

    def _recipient(self, client: smtplib.SMTP, envelope: _Envelope) -> Outcome | None:
        code, text = self._command(client, "RCPT", f"TO:<{envelope.recipient}>{_report_wanted(client, envelope)}")
        return self._unless_done(code, text)

    def _data(self, client: smtplib.SMTP, envelope: _Envelope) -> Outcome:
        code, text = self._command(client, "DATA", "")
        if code != 354:
            return self._refused(code, text)
        self._limit(client)
        # An error here leaves the final dot unsent, for it is the last that goes out: the server has no complete mail.
        client.send(envelope.data)
        try:
            self._limit(client)
            code, text = client.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Outcome(kind=OutcomeKind.UNCERTAIN, reply=f"no answer after the final dot: {_words(error)}")
        return self._unless_done(code, text) or Outcome(kind=OutcomeKind.SENT, reply=_line(code, text))

    def _unless_done(self, code: int, text: bytes) -> Outcome | None:
        return None if 200 <= code <= 299 else self._refused(code, text)

    def _refused(self, code: int, text: bytes) -> Outcome:
        """What a refusing reply means for the mail; the connection is made ready for the next one."""
        permanent = 500 <= code <= 599 and code not in OUR_OWN_FAULT
        self._clear(code)
        return Outcome(kind=OutcomeKind.PERMANENT if permanent else OutcomeKind.TEMPORARY, reply=_line(code, text))

    def _clear(self, code: int) -> None:
        """Make the connection ready for the next mail, or drop it (421: the server is leaving)."""
        client = self._client
        try:
            ready = client is not None and 400 <= code <= 599 and code != 421 and self._command(client, "RSET", "")[0] == 250
        except (smtplib.SMTPException, OSError):
            ready = False
        if not ready:
            self._drop()

    # --- connection --------------------------------------------------------------------------------------------------

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        client = smtplib.SMTP(settings.host, settings.port, local_hostname=settings.hello, timeout=self._remaining())
        try:
            client.ehlo_or_helo_if_needed()
            self._encrypt(client)
            if settings.user:
                self._limit(client)
                client.login(settings.user, settings.password)
        except BaseException:
            client.close()
            raise
        return client

    def _encrypt(self, client: smtplib.SMTP) -> None:
        settings = self._settings
        offered = client.has_extn("starttls")
        if settings.starttls is StartTls.NEVER or (settings.starttls is StartTls.IF_OFFERED and not offered):
            return
        if not offered:
            raise smtplib.SMTPNotSupportedError("the mail server offers no STARTTLS, which [outbox] starttls requires")
        self._limit(client)
        client.starttls(context=ssl.create_default_context(cafile=settings.ca_file))
        client.ehlo()

    def _command(self, client: smtplib.SMTP, verb: str, argument: str) -> tuple[int, bytes]:
        self._limit(client)
        return client.docmd(verb, argument)

    def _limit(self, client: smtplib.SMTP) -> None:
        """Let the next step take no more than what is left of the attempt."""
        if client.sock is not None:
            client.sock.settimeout(self._remaining())

    def _remaining(self) -> float:
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError(f"the attempt took longer than {self._settings.seconds:g} s")
        return remaining

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _options(client: smtplib.SMTP, envelope: _Envelope) -> str:
    """Parameters of MAIL; refuses here what the server has announced that it cannot take."""
    options = ""
    if client.has_extn("size"):
        announced = client.esmtp_features["size"].split()
        if announced and announced[0].isdigit() and 0 < int(announced[0]) < envelope.octets:
            raise _RefusedHereError(f"the mail of {envelope.octets} octets exceeds the mail server's limit of {announced[0]}")
        options += f" SIZE={envelope.octets}"
    if not envelope.data.isascii():
        if not client.has_extn("8bitmime"):
            raise _RefusedHereError("the mail holds 8-bit octets and the mail server does not offer 8BITMIME")
        options += " BODY=8BITMIME"
    if client.has_extn("dsn"):
        # The papers of a meeting need not come back with the news that they did not arrive (RFC 3461, 4.3).
        options += " RET=HDRS"
    if envelope.needs_utf8:
        if not client.has_extn("smtputf8"):
            raise _RefusedHereError("the address is not ASCII and the mail server does not offer SMTPUTF8")
        client.command_encoding = "utf-8"
        options += " SMTPUTF8"
    return options


def _report_wanted(client: smtplib.SMTP, envelope: _Envelope) -> str:
    """Parameters of RCPT: what is to be reported, and under which address (RFC 3461, 4.1 and 4.2)."""
    if not client.has_extn("dsn"):
        return ""
    wanted = " NOTIFY=FAILURE,DELAY"
    if not envelope.recipient.isascii():
        return wanted
    xtext = "".join(f"+{ord(sign):02X}" if sign in "+=" or not "!" <= sign <= "~" else sign for sign in envelope.recipient)
    return f"{wanted} ORCPT=rfc822;{xtext}"


def _wire_address(address: str) -> str:
    """Domain as A-labels; refuses what could end the command early (RFC 5321, 4.1.2)."""
    if not address.isprintable() or "<" in address or ">" in address:
        raise _RefusedHereError(f"no address: {address!r}")
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise _RefusedHereError(f"no domain: {domain!r}") from error


def _wire_data(data: bytes) -> bytes:
    """Dot-stuffed, with the final dot. Bare CR and LF are refused: others read them as line ends (SMTP smuggling)."""
    ends = data.count(b"\r\n")
    if data.count(b"\n") != ends or data.count(b"\r") != ends:
        raise _RefusedHereError("the mail holds bare CR or LF")
    stuffed = (b"\r\n" + data).replace(b"\r\n.", b"\r\n..")[2:]
    return stuffed + (b".\r\n" if not data or data.endswith(b"\r\n") else b"\r\n.\r\n")


def _words(error: Exception) -> str:
    match error:
        case smtplib.SMTPResponseException():
            text = error.smtp_error
            return _line(error.smtp_code, text if isinstance(text, bytes) else text.encode())
        case _:
            return f"{type(error).__name__}: {error}"[:REPLY_CHARACTERS]


def _line(code: int, text: bytes) -> str:
    words = " ".join(text.decode("utf-8", "replace").split())
    return f"{code} {''.join(character for character in words if character.isprintable())}"[:REPLY_CHARACTERS]
