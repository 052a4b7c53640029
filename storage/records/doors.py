"""Records of the doors: what they refused, and how they fare."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RefusedBecause(StrEnum):
    """Why a door did not take a mail, or did not talk to a client. Codes are never renamed: people filter by them."""

    TOO_MANY_SESSIONS = "too-many-sessions"
    TOO_MANY_FROM_NETWORK = "too-many-from-network"
    TOO_MANY_ERRORS = "too-many-errors"
    TOO_SLOW = "too-slow"
    SILENT = "silent"
    SESSION_TOO_LONG = "session-too-long"
    EARLY_TALK = "early-talk"
    STOPPING = "stopping"
    BAD_PROXY_HEADER = "bad-proxy-header"
    TLS_FAILED = "tls-failed"
    TLS_REQUIRED = "tls-required"
    LOGIN_FAILED = "login-failed"
    LOGIN_REQUIRED = "login-required"
    SENDER_NOT_ALLOWED = "sender-not-allowed"
    BAD_COMMAND = "bad-command"
    BAD_SENDER = "bad-sender"
    BAD_RECIPIENT = "bad-recipient"
    UNKNOWN_ADDRESS = "unknown-address"
    TOO_MANY_RECIPIENTS = "too-many-recipients"
    TOO_LARGE = "too-large"
    LINE_TOO_LONG = "line-too-long"
    BAD_CONTENT = "bad-content"
    NO_MEMORY = "no-memory"
    DISK_FULL = "disk-full"
    NOT_STORED = "not-stored"
    INTERRUPTED = "interrupted"
    POISON = "poison"
    MORE = "more"
    """The rest of a minute in which more was refused than rows are kept for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalDraft:
    """What one client was refused for one reason within one minute.

    `count` refusals; `senders` and `recipients` are the first few different ones, `size` the largest message in octets where
    one was told, `reply` the latest answer.
    """

    door: str
    peer: str
    reason: RefusedBecause
    minute: datetime
    count: int
    senders: tuple[str, ...]
    recipients: tuple[str, ...]
    size: int | None
    reply: str
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A stored line of refusals."""

    id: int
    draft: RefusalDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalFilter:
    """Which refusals: from `since` up to and without `until`; an empty tuple or text is any."""

    since: datetime | None = None
    until: datetime | None = None
    reasons: tuple[RefusedBecause, ...] = ()
    peer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorCounts:
    """What happened at one door, or one account of it, within one hour that begins at `hour`.

    `mails` were taken, the first and the last of them at `first_mail_at` and `last_mail_at`; `failures` are attempts that
    failed as a whole, such as a mailbox that could not be reached.
    """

    door: str
    account: str
    hour: datetime
    mails: int = 0
    failures: int = 0
    first_mail_at: datetime | None = None
    last_mail_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorState:
    """How a door, or one account of it, fares. `seen_at` is when a serving process last said that it is open.

    `last_error` is empty once an attempt after it has succeeded; `failures` counts those in a row.
    """

    door: str
    account: str
    seen_at: datetime | None = None
    last_success_at: datetime | None = None
    last_attempt_at: datetime | None = None
    last_error: str = ""
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingProcess:
    """A process that serves the hub, as it last said. Waits in milliseconds; `readers_busy` are its children that read a mail."""

    name: str
    seen_at: datetime
    commit_wait_ms: int
    readers_busy: int
