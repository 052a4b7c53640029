"""What the IMAP door needs of the hub."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Protocol

from mailhub.clock import Clock
from mailhub.door_health import DoorWatch
from mailhub.doors.addresses import AddressBook
from mailhub.doors.free_space import FreeSpace
from mailhub.doors.imap.account import ImapAccount
from mailhub.intake import Accepted, IncomingMail
from mailhub.language import Language
from mailhub.refusals import RefusalNoter
from storage import mailboxes
from storage.database import Database, Transaction
from storage.records import Claim

LEASE: Final = timedelta(minutes=5)


class MailSubmitter(Protocol):
    """The part of intake that this door needs."""

    def submit(self, mail: IncomingMail, /) -> "Future[Accepted]":
        """Queue a mail; the future says when it is durable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSide:
    """The hub as the door sees it. `owner` names this process in leases, `language` is that of faults.

    `heavy` lets one large batch be in memory at a time; `space` says whether the disk has room for more.
    """

    database: Database
    intake: MailSubmitter
    book: AddressBook
    refusals: RefusalNoter
    health: DoorWatch
    clock: Clock
    owner: str
    language: Language = Language.VI
    heavy: threading.Lock = field(default_factory=threading.Lock)
    space: FreeSpace = field(default_factory=FreeSpace)


class AccountLease:
    """Being the one poller of an account, across processes and hosts."""

    def __init__(self, database: Database, account: ImapAccount, owner: str) -> None:
        self._database = database
        self._account = account.key
        self._owner = owner
        self._claim: Claim | None = None

    @property
    def account_id(self) -> int:
        """The account's row, while the lease is held."""
        return self._held().id

    def hold(self) -> bool:
        """Be the poller, or find that another one is."""
        if self._claim is None:
            with self._database.transaction() as tx:
                self._claim = mailboxes.hold(tx, self._account, owner=self._owner, lease=LEASE)
        return self._claim is not None

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction of the poller; StaleClaimError when another one polls by now."""
        with self._database.transaction() as tx:
            mailboxes.renew(tx, self._held(), LEASE)
            yield tx

    def keep(self) -> None:
        """Go on holding."""
        with self.transaction():
            return

    def release(self) -> None:
        """Let another one poll."""
        claim, self._claim = self._claim, None
        if claim is not None:
            with self._database.transaction() as tx:
                mailboxes.release(tx, claim)

    def forget(self) -> None:
        """It was lost."""
        self._claim = None

    def _held(self) -> Claim:
        if self._claim is None:
            raise RuntimeError("the account is not held")
        return self._claim
