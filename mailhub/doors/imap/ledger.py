"""What is known of the mails in one folder: read once while the account is held, and kept up with every write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from mailhub.doors.imap.hub_side import AccountLease
from storage import mailboxes
from storage.records import MailboxFolder, MailboxMessage, MailboxOutcome, MailboxPlace, MailboxState


class Ledger:
    """The mails of one folder in one life of its UIDs. Every write is one transaction under the lease."""

    def __init__(self, lease: AccountLease, name: str, uidvalidity: int) -> None:
        self.folder = MailboxFolder(account_id=lease.account_id, name=name, uidvalidity=uidvalidity)
        self._lease = lease
        with lease.transaction() as tx:
            mailboxes.adopt(tx, self.folder)
            self._known = {message.uid: message for message in mailboxes.messages(tx, self.folder)}

    def open(self, uids: Iterable[int]) -> list[int]:
        """Those mails that have no outcome yet."""
        return [uid for uid in uids if uid not in self._known or self._known[uid].state is MailboxState.FOUND]

    def attempts(self, uid: int) -> int:
        """How often a mail was tried in vain."""
        return self._known[uid].attempts if uid in self._known else 0

    def settled(self, state: MailboxState, *, also_put_away: bool) -> list[int]:
        """Mails that ended so and are still to be put away; those that were put away too where they may lie there again."""
        return [uid for uid, message in self._known.items() if message.state is state and (also_put_away or not message.put_away)]

    def attempt(self, uids: Sequence[int]) -> None:
        """Count an attempt before it is made."""
        with self._lease.transaction() as tx:
            mailboxes.attempt(tx, self.folder, uids)
        self._count(uids, 1)

    def uncount(self, uids: Sequence[int]) -> None:
        """Take an attempt back."""
        with self._lease.transaction() as tx:
            mailboxes.uncount(tx, self.folder, uids)
        self._count(uids, -1)

    def record(self, outcomes: Sequence[MailboxOutcome]) -> None:
        """Write how mails ended."""
        if outcomes:
            with self._lease.transaction() as tx:
                mailboxes.record(tx, self.folder, outcomes)
        for outcome in outcomes:
            self._known[outcome.uid] = replace(self._known[outcome.uid], state=outcome.state)

    def put_away(self, places: Mapping[int, MailboxPlace | None]) -> None:
        """Write where mails went; None for those that stay flagged or have vanished."""
        if places:
            with self._lease.transaction() as tx:
                mailboxes.put_away(tx, self.folder, places)
        for uid in places:
            self._known[uid] = replace(self._known[uid], put_away=True)

    def _count(self, uids: Sequence[int], step: int) -> None:
        for uid in uids:
            known = self._known.get(uid, MailboxMessage(uid=uid, state=MailboxState.FOUND, attempts=0, put_away=False))
            self._known[uid] = replace(known, attempts=known.attempts + step)
