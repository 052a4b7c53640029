"""The IMAP door: one account polled by one process, round after round, with IDLE between the rounds where there is IDLE."""

import logging
import random
import threading
import time
from typing import Final

from mailhub.doors.imap.account import ImapAccount
from mailhub.doors.imap.clearing import Clearing
from mailhub.doors.imap.faults import ImapFault, fault_text
from mailhub.doors.imap.hub_side import LEASE, AccountLease, HubSide
from mailhub.doors.imap.ledger import Ledger
from mailhub.doors.imap.originals import Originals
from mailhub.doors.imap.session import ImapSession
from mailhub.doors.imap.taking import Suspects, Taking, hub_fault, no_unit
from mailhub.errors import TryLaterError
from mailhub.language import Text
from storage import mailboxes
from storage.errors import StaleClaimError, StorageError
from storage.records import Actor

logger = logging.getLogger(__name__)

FIRST_PAUSE: Final = 2.0
LONGEST_PAUSE: Final = 15 * 60.0
STANDBY_SECONDS: Final = 10.0
"""How often a process asks for an account that another one polls."""

ORIGINALS_SECONDS: Final = 15 * 60.0
"""When originals that could not be deleted are looked for again."""

KEEP_SECONDS: Final = LEASE.total_seconds() / 5


class ImapDoor:
    """Polls one account. `run_once` is one round; it waits by itself, until `stopping` is set."""

    def __init__(self, account: ImapAccount, hub: HubSide, stopping: threading.Event) -> None:
        self._account = account
        self._hub = hub
        self._stopping = stopping
        self._lease = AccountLease(hub.database, account, hub.owner)
        self._session: ImapSession | None = None
        self._ledgers: dict[str, Ledger] = {}
        self._suspects = Suspects()
        self._failures = 0
        self._kept_at = 0.0
        self._originals_left: Text | None = None
        self._originals_at = 0.0

    def run_once(self) -> bool:
        """One round, and the wait after it; False where another process polls this account."""
        if not self._lease.hold():
            self._stopping.wait(STANDBY_SECONDS)
            return False
        try:
            if not self.look():
                self._wait_for_mail()
        except StaleClaimError:
            logger.warning("account lost to another poller", extra={"account": self._account.name})
            self._hang_up()
            self._lease.forget()
            return False
        except ImapFault as fault:
            self._fail(fault)
        except (StorageError, TryLaterError) as error:
            logger.warning("the hub does not answer its door", exc_info=error, extra={"account": self._account.name})
            self._fail(hub_fault())
        except BaseException:
            self._hang_up()
            raise
        if self._stopping.is_set():
            self.close()
        return True

    def look(self) -> bool:
        """Look through the account once; False where there was nothing to do. The lease must be held."""
        session = self._connected()
        actor = Actor(unit_id=None, name="mailhub", via=self._hub.owner)
        hindrance = self._delete_originals(session, actor)
        if self._hub.book.resolve(self._account.recipient) is None:
            raise no_unit(self._account)
        done, unopened = 0, None
        # The first folder comes last: it stays selected, and is the one that IDLE watches.
        for name in reversed(self._account.folders):
            try:
                count, obstacle = self._look_into(session, session.path(name))
            except ImapFault as fault:
                if not fault.refused:
                    raise
                # The mail of the other folders comes in all the same.
                unopened = fault
                continue
            done += count
            hindrance = obstacle or hindrance
        if unopened is not None:
            raise unopened
        self._failures = 0
        self._hub.health.succeeded(mailboxes.DOOR, self._account.name)
        if hindrance is not None:
            self._tell(hindrance)
        return done > 0

    def close(self) -> None:
        """Hang up and let another process poll."""
        self._hang_up()
        self._lease.release()

    def _delete_originals(self, session: ImapSession, actor: Actor) -> Text | None:
        """Carry out what purges have ordered; what the server cannot do is not tried again at every look."""
        if time.monotonic() < self._originals_at:
            return self._originals_left
        # Set before: a folder that cannot be searched may end every connection, and mail must come in all the same.
        self._originals_at = time.monotonic() + ORIGINALS_SECONDS
        try:
            self._originals_left = Originals(self._account, session, self._lease, actor).carry_out()
        except ImapFault as fault:
            self._originals_left = fault_text(fault)
            raise
        if self._originals_left is None:
            self._originals_at = 0.0
        return self._originals_left

    def _look_into(self, session: ImapSession, name: str) -> tuple[int, Text | None]:
        selected = session.select(name)
        ledger = self._ledgers.get(name)
        if ledger is None or ledger.folder.uidvalidity != selected.uidvalidity:
            ledger = self._ledgers[name] = Ledger(self._lease, name, selected.uidvalidity)
        uids = session.uids(self._account.since)
        taken = Taking(self._account, self._hub, session, self._suspects).take(ledger, uids)
        cleared, hindrance = Clearing(self._account, session).clear(ledger, selected, uids)
        return taken + cleared, hindrance

    def _connected(self) -> ImapSession:
        if self._session is None:
            self._ledgers = {}
            try:
                self._session = ImapSession.open(self._account)
            except ImapFault:
                self._suspects.acquit()
                raise
            self._suspects.clear()
        return self._session

    def _wait_for_mail(self) -> None:
        session, seconds = self._session, self._account.poll_seconds
        if session is not None and self._account.idle and session.can_idle:
            session.idle(seconds, self._go_on)
        else:
            self._rest(seconds)

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while self._go_on() and (left := until - time.monotonic()) > 0:
            self._stopping.wait(min(left, 1.0))

    def _go_on(self) -> bool:
        """Whether to wait on; the lease is kept meanwhile."""
        if time.monotonic() - self._kept_at > KEEP_SECONDS:
            self._lease.keep()
            self._kept_at = time.monotonic()
        return not self._stopping.is_set()

    def _fail(self, fault: ImapFault) -> None:
        """Tell, and stay away for a while: twice as long after each failure, never shorter than the server asks."""
        self._hang_up()
        self._failures += 1
        logger.warning("account cannot be polled", extra={"account": self._account.name, "fault": str(fault)})
        self._hub.health.failed(mailboxes.DOOR, self._account.name, fault.in_(self._hub.language))
        grown = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self._failures - 1, 20))
        share = random.uniform(0.5, 1.0)  # noqa: S311  spreading load needs no secrecy
        pause = max(fault.pause, grown * share)
        try:
            self._rest(pause)
        except StaleClaimError:
            self._lease.forget()
        except StorageError:
            self._stopping.wait(pause)
        if fault.local:
            # Another host may reach the server.
            self._lease.release()

    def _tell(self, text: Text) -> None:
        self._hub.health.failed(mailboxes.DOOR, self._account.name, text.in_(self._hub.language))

    def _hang_up(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()
