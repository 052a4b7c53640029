"""Every reply the SMTP door gives, by name. What we did not foresee is 451, never 5xx (design, promise 1)."""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply code, an enhanced status code (RFC 3463) and a text without anything that the client sent."""

    code: int
    status: str
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.status} {self.text}"


SENDER_TAKEN: Final = Reply(250, "2.1.0", "Sender taken")
RECIPIENT_TAKEN: Final = Reply(250, "2.1.5", "Recipient taken")
CANNOT_VERIFY: Final = Reply(252, "2.5.0", "Send some mail, and we will see")
HELP: Final = Reply(214, "2.0.0", "RFC 5321 says it all")

TOO_MANY_CONNECTIONS: Final = Reply(421, "4.7.0", "Too many connections, try again later")
STOPPING: Final = Reply(421, "4.3.2", "The hub is stopping, try again later")
SESSION_OVER: Final = Reply(421, "4.4.2", "This session has lasted too long, come again")
IDLE: Final = Reply(421, "4.4.2", "Nothing came for too long, come again")
CLOSED: Final = Reply(421, "4.4.2", "Connection lost")

LOCAL_ERROR: Final = Reply(451, "4.3.0", "Local error, your mail is not taken yet, try again later")
STORE_STUCK: Final = Reply(451, "4.3.0", "Storing takes too long, try again later")
TOO_MANY_RECIPIENTS: Final = Reply(452, "4.5.3", "Too many recipients, send the rest in another transaction")

BAD_SENDER: Final = Reply(501, "5.1.7", "Malformed sender address")
BAD_RECIPIENT: Final = Reply(501, "5.1.3", "Malformed recipient address")
BAD_MAIL: Final = Reply(501, "5.5.4", "Syntax: MAIL FROM:<address> [SIZE=n] [BODY=7BIT|8BITMIME] [SMTPUTF8]")
BAD_RCPT: Final = Reply(501, "5.5.4", "Syntax: RCPT TO:<address>")
BAD_HELO: Final = Reply(501, "5.5.4", "Syntax: EHLO host name")
BAD_DATA: Final = Reply(501, "5.5.4", "Syntax: DATA")
NO_AUTH: Final = Reply(502, "5.5.1", "AUTH is not offered here")
GREET_FIRST: Final = Reply(503, "5.5.1", "Send EHLO first")
NESTED_MAIL: Final = Reply(503, "5.5.1", "A transaction is open already, send RSET first")
MAIL_FIRST: Final = Reply(503, "5.5.1", "Send MAIL first")
RCPT_FIRST: Final = Reply(503, "5.5.1", "Send RCPT first")
UNKNOWN_ADDRESS: Final = Reply(550, "5.1.1", "No such address here")
UNKNOWN_PARAMETER: Final = Reply(555, "5.5.4", "Parameter not offered here")


def stored(capture_id: int) -> Reply:
    """Say that the mail is durable."""
    return Reply(250, "2.6.0", f"Stored as capture {capture_id}")


def too_large(size: int, limit: int) -> Reply:
    """Name the limit and the size, so that the sender knows what to leave out."""
    return Reply(552, "5.3.4", f"Message of {size} octets exceeds the limit of {limit} octets")


def line_too_long(limit: int) -> Reply:
    """Refuse a line that no mail program makes."""
    return Reply(554, "5.6.0", f"A line of the message is longer than {limit} octets")


HAS_STATUS: Final = re.compile(r"[245]\d\d[ -][245]\.\d{1,3}\.\d{1,3} ")
DEFAULT_STATUS: Final = {"2": "2.0.0", "4": "4.0.0", "5": "5.5.1", "501": "5.5.4"}
WITHOUT_STATUS: Final = frozenset({"220", "334", "354"})


def with_status(line: str) -> str:
    """Give an enhanced status code to a reply line of aiosmtpd, which has few (RFC 2034 demands them once advertised)."""
    code = line[:3]
    if code in WITHOUT_STATUS or HAS_STATUS.match(line):
        return line
    status = DEFAULT_STATUS.get(code) or DEFAULT_STATUS.get(code[:1])
    return f"{code}{line[3:4]}{status} {line[4:]}" if status else line
