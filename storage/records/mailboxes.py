"""Records of the IMAP door: mails as they lie in somebody's mailbox."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MailboxState(StrEnum):
    """What became of a mail in a mailbox. `found` says that it was tried and has not been stored yet."""

    FOUND = "found"
    TAKEN = "taken"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxFolder:
    """One folder of an account in one life of its UIDs: another UIDVALIDITY, and every UID means another mail."""

    account_id: int
    name: str
    uidvalidity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxOutcome:
    """How one mail ended. `capture_id` is set where it was stored, `reason` where it was not; `size` in octets."""

    uid: int
    state: MailboxState
    size: int
    capture_id: int | None = None
    message_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxPlace:
    """Where a mail lies: a UID of 0 says that the server did not tell."""

    folder: str
    uidvalidity: int = 0
    uid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxMessage:
    """What is known of one mail in a folder. `put_away` says that it was moved or flagged by its outcome, or had vanished."""

    uid: int
    state: MailboxState
    attempts: int
    put_away: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalDeletion:
    """An order to delete the original of a purged mail in every folder. `places` are those that are known."""

    id: int
    capture_id: int
    account: str
    sha256: str
    size: int
    message_id: str
    places: tuple[MailboxPlace, ...]
    ordered_at: datetime
    last_error: str
