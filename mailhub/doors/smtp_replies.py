"""Every reply the SMTP door gives, by name. What we did not foresee is 451, never 5xx (design, promise 1)."""

import re
from typing import Final, Self

from storage.records import RefusedBecause as Because

CLOSING: Final = "421"
"""The code that ends a session."""

GOODBYE: Final = "502 5.5.1 Too many unrecognized commands, goodbye."
"""What aiosmtpd says before it hangs up."""


HAS_STATUS: Final = re.compile(r"[245]\d\d[ -][245]\.\d{1,3}\.\d{1,3} ")
CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]")
DEFAULT_STATUS: Final = {"2": "2.0.0", "4": "4.0.0", "5": "5.5.1", "501": "5.5.4"}
WITHOUT_STATUS: Final = frozenset({"220", "334", "354"})


def with_status(line: str) -> str:
    """Give an enhanced status code to a reply line of aiosmtpd, which has few (RFC 2034 demands them once advertised)."""
    code = line[:3]
    if code in WITHOUT_STATUS or HAS_STATUS.match(line):
        return line
    status = DEFAULT_STATUS.get(code) or DEFAULT_STATUS.get(code[:1])
    return f"{code}{line[3:4]}{status} {line[4:]}" if status else line


class Reply(str):
    """A line: reply code, enhanced status code (RFC 3463) and a text without anything that the client sent.

    `because` is set where the reply refuses mail, or a client that would bring some: then the office should hear of it.
    """

    __slots__ = ("because",)
    because: Because | None

    def __new__(cls, code: int, status: str, text: str, because: Because | None = None) -> Self:
        """Make a line of its three parts."""
        return cls._of(f"{code} {status} {text}", because)

    @classmethod
    def parse(cls, line: str) -> Self:
        """Take a line of aiosmtpd, which has few enhanced status codes (RFC 2034 demands them once advertised).

        It repeats unknown commands: a CR in one would end the reply there and let the client's words look like another.
        """
        return cls._of(with_status(CONTROLS.sub("?", line)), Because.TOO_MANY_ERRORS if line == GOODBYE else None)

    @classmethod
    def _of(cls, line: str, because: Because | None) -> Self:
        reply = super().__new__(cls, line)
        reply.because = because
        return reply


SEND: Final = Reply.parse("354 End data with <CR><LF>.<CR><LF>")
SENDER_TAKEN: Final = Reply(250, "2.1.0", "Sender taken")
RECIPIENT_TAKEN: Final = Reply(250, "2.1.5", "Recipient taken")
DONE: Final = Reply(250, "2.0.0", "OK")
LOGGED_IN: Final = Reply(235, "2.7.0", "Logged in")
CANNOT_VERIFY: Final = Reply(252, "2.5.0", "Send some mail, and we will see")
HELP: Final = Reply(214, "2.0.0", "RFC 5321 says it all")

TOO_MANY_CONNECTIONS: Final = Reply(421, "4.7.0", "Too many connections, try again later", Because.TOO_MANY_SESSIONS)
TOO_MANY_FROM_NETWORK: Final = Reply(
    421, "4.7.0", "Too many connections from your network, try again later", Because.TOO_MANY_FROM_NETWORK
)
TOO_MANY_ERRORS: Final = Reply(421, "4.7.0", "Too many errors, come again with better commands", Because.TOO_MANY_ERRORS)
TOO_MANY_IDLE: Final = Reply(421, "4.7.0", "Too many commands and no mail, come again with some", Because.TOO_MANY_ERRORS)
TOO_SLOW: Final = Reply(421, "4.4.2", "The message comes too slowly, try again later", Because.TOO_SLOW)
STOPPING: Final = Reply(421, "4.3.2", "The hub is stopping, try again later")
SESSION_OVER: Final = Reply(421, "4.4.2", "This session has lasted too long, come again", Because.SESSION_TOO_LONG)
IDLE: Final = Reply(421, "4.4.2", "Nothing came for too long, come again", Because.SILENT)
CLOSED: Final = Reply(421, "4.4.2", "Connection lost")
BAD_PROXY: Final = Reply(421, "4.7.0", "Expected a PROXY header of a known kind", Because.BAD_PROXY_HEADER)

LOCAL_ERROR: Final = Reply(451, "4.3.0", "Local error, your mail is not taken yet, try again later", Because.NOT_STORED)
STORE_STUCK: Final = Reply(451, "4.3.0", "Storing takes too long, try again later", Because.NOT_STORED)
NO_ROOM: Final = Reply(452, "4.3.1", "Too much mail at once, try again later", Because.NO_MEMORY)
DISK_FULL: Final = Reply(452, "4.3.1", "No room on the disk, try again later", Because.DISK_FULL)
TOO_MANY_RECIPIENTS: Final = Reply(
    452, "4.5.3", "Too many recipients, send the rest in another transaction", Because.TOO_MANY_RECIPIENTS
)
NO_TLS: Final = Reply(454, "4.7.0", "TLS is not available")
LOGIN_LATER: Final = Reply(454, "4.7.0", "Logins cannot be checked now, try again later", Because.LOGIN_FAILED)
TOO_MANY_LOGINS: Final = Reply(454, "4.7.0", "Too many wrong logins from your network, try again later", Because.LOGIN_FAILED)

LONG_RESPONSE: Final = Reply(500, "5.5.6", "The response is too long")
BAD_RESPONSE: Final = Reply(501, "5.5.2", "The response is no base64 of a name and a password")
BAD_SENDER: Final = Reply(501, "5.1.7", "Malformed sender address", Because.BAD_SENDER)
BAD_RECIPIENT: Final = Reply(501, "5.1.3", "Malformed recipient address", Because.BAD_RECIPIENT)
BAD_MAIL: Final = Reply(501, "5.5.4", "Syntax: MAIL FROM:<address> [SIZE=n] [BODY=7BIT|8BITMIME] [SMTPUTF8] [AUTH=<>]")
BAD_RCPT: Final = Reply(501, "5.5.4", "Syntax: RCPT TO:<address>")
BAD_HELO: Final = Reply(501, "5.5.4", "Syntax: EHLO host name")
BAD_DATA: Final = Reply(501, "5.5.4", "Syntax: DATA")
BAD_AUTH: Final = Reply(501, "5.5.4", "Syntax: AUTH PLAIN|LOGIN [initial response]")
BAD_RSET: Final = Reply(501, "5.5.4", "Syntax: RSET")
NO_AUTH: Final = Reply(502, "5.5.1", "AUTH is not offered here")
GREET_FIRST: Final = Reply(503, "5.5.1", "Send EHLO first")
NESTED_MAIL: Final = Reply(503, "5.5.1", "A transaction is open already, send RSET first")
MAIL_FIRST: Final = Reply(503, "5.5.1", "Send MAIL first")
RCPT_FIRST: Final = Reply(503, "5.5.1", "Send RCPT first")
AUTH_AGAIN: Final = Reply(503, "5.5.1", "You are logged in already")
AUTH_INSIDE: Final = Reply(503, "5.5.1", "No AUTH inside a transaction, send RSET first")
TLS_AGAIN: Final = Reply(503, "5.5.1", "TLS is active already")
UNKNOWN_MECHANISM: Final = Reply(504, "5.5.4", "Only AUTH PLAIN and AUTH LOGIN are offered here")
WRONG_LOGIN: Final = Reply(535, "5.7.8", "Wrong name or password", Because.LOGIN_FAILED)
TLS_FIRST: Final = Reply(538, "5.7.11", "AUTH only under TLS, send STARTTLS first")
UNKNOWN_ADDRESS: Final = Reply(550, "5.1.1", "No such address here", Because.UNKNOWN_ADDRESS)
FOREIGN_PROXY: Final = Reply(550, "5.7.1", "PROXY is not taken from your address", Because.BAD_PROXY_HEADER)
UNKNOWN_PARAMETER: Final = Reply(555, "5.5.4", "Parameter not offered here")


def stored(capture_id: int) -> Reply:
    """Say that the mail is durable."""
    return Reply(250, "2.6.0", f"Stored as capture {capture_id}")


def too_large(size: int, limit: int) -> Reply:
    """Name the limit and the size, so that the sender knows what to leave out."""
    return Reply(552, "5.3.4", f"Message of {size} octets exceeds the limit of {limit} octets", Because.TOO_LARGE)


def line_too_long(limit: int) -> Reply:
    """Refuse a line that no mail program makes."""
    return Reply(554, "5.6.0", f"A line of the message is longer than {limit} octets", Because.LINE_TOO_LONG)
