"""What the IMAP door knows of one account: where it is, who logs in, which mail is taken for whom, and where it goes then."""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Final

from mailhub.doors.imap.credentials import Credentials

LARGEST: Final = 50 * 1024 * 1024


class Encryption(StrEnum):
    """How the way to the server is encrypted; where it is, the certificate is checked."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


class Mode(StrEnum):
    """What happens to a mail that was stored: it is moved, or stays where people read it and gets a keyword."""

    MOVE = "move"
    FLAG = "flag"


@dataclass(frozen=True, kw_only=True)
class ImapAccount:
    """One account. `folders` are looked through in their order; `recipient` is the address of the unit that gets its mail.

    `recipient_header` names a field that the account's own server writes at delivery (Delivered-To, X-Original-To); its
    topmost value wins over `recipient` where it is an address of ours. `since` leaves older mail alone. `seconds` bounds each
    wait for the server, `poll_seconds` the time between two looks; `largest` is in octets.
    """

    name: str
    host: str
    port: int
    encryption: Encryption
    user: str
    credentials: Credentials
    recipient: str
    ca_file: Path | None = None
    folders: tuple[str, ...] = ("INBOX",)
    recipient_header: str = ""
    mode: Mode = Mode.MOVE
    taken: str = "Đã tiếp nhận"
    rejected: str = "Không tiếp nhận"
    since: date | None = None
    idle: bool = True
    poll_seconds: float = 60.0
    seconds: float = 60.0
    largest: int = LARGEST

    @cached_property
    def key(self) -> str:
        """The account in door keys: its name and a mark of the mailbox behind it.

        Without the mark a name that moves on to another server would bring UIDs that seem to be known.
        """
        mailbox = f"{self.user.lower()}\n{self.host.lower()}".encode()
        return f"{self.name}@{hashlib.sha256(mailbox).hexdigest()[:8]}"
