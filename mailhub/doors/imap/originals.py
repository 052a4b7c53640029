"""Originals of purged mails: deleted from every folder of the account, as the registry has ordered.

A mail is deleted where the registry knows that it lies (UID under its UIDVALIDITY), and wherever else its very octets are
found. Another mail under the same Message-ID is not it: the sender chooses that.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mailhub.doors.imap.account import ImapAccount
from mailhub.doors.imap.hub_side import AccountLease
from mailhub.doors.imap.session import ImapSession
from mailhub.language import Text
from storage import events, mailboxes
from storage.records import Actor, EventDraft, OriginalDeletion

logger = logging.getLogger(__name__)

MOST_PASSES: Final = 4
"""A server may move what is deleted into its trash, which is searched too: until nothing is found any more."""

MOST_LIKE_IT: Final = 200


@dataclass(frozen=True, slots=True)
class Originals:
    """Carries out the orders of one account."""

    account: ImapAccount
    session: ImapSession
    lease: AccountLease
    actor: Actor

    def carry_out(self) -> Text | None:
        """Carry out every order; gives why one could not be."""
        with self.lease.transaction() as tx:
            orders = mailboxes.pending_deletions(tx, self.account.key)
        hindrance = None
        for order in orders:
            hindrance = self._carry_out(order) or hindrance
        return hindrance

    def _carry_out(self, order: OriginalDeletion) -> Text | None:
        removed, left = 0, 0
        for _ in range(MOST_PASSES):
            found, left = self._pass(order)
            removed += found - left
            if found == left:
                break
        if left:
            error = Text(
                vi=f"{left} bản gốc của thư đã tiêu hủy còn trong hộp thư {self.account.name}; xóa tay rồi dọn thùng rác",
                en=f"{left} originals of purged mail are left in mailbox {self.account.name}; delete them and empty the trash",
            )
            with self.lease.transaction() as tx:
                mailboxes.not_deleted(tx, order, error.en)
            return error
        data: dict[str, object] = {"capture": order.capture_id, "account": self.account.name, "copies": removed}
        event = EventDraft(kind="original-deleted", subject=f"capture/{order.capture_id}", actor=self.actor, data=data, reason="")
        with self.lease.transaction() as tx:
            mailboxes.deleted(tx, order, removed)
            events.append(tx, [event])
        logger.info("originals deleted", extra={"account": self.account.name, "copies": removed})
        return None

    def _pass(self, order: OriginalDeletion) -> tuple[int, int]:
        """Look through every folder once: how many originals there were, and how many of them are left."""
        found = left = 0
        known = {(place.folder, place.uidvalidity): place.uid for place in order.places}
        for folder in self.session.folders():
            selected = self.session.select(folder)
            uids = self._originals(order, known.get((folder, selected.uidvalidity), 0))
            found += len(uids)
            if uids and (selected.read_only or not self.session.delete(uids)):
                left += len(uids)
        return found, left

    def _originals(self, order: OriginalDeletion, known: int) -> list[int]:
        there = set(self.session.uids()) if known else set()
        certain = [known] if known in there else []
        alike = [uid for uid in self.session.alike(order.message_id, order.size) if uid != known][:MOST_LIKE_IT]
        return certain + [uid for uid in alike if self._is(order, uid)]

    def _is(self, order: OriginalDeletion, uid: int) -> bool:
        sizes: Sequence[int] = list(self.session.sizes([uid]).values())
        if not sizes or sizes[0] > self.account.largest:
            return False
        octets = self.session.bodies([uid]).get(uid, b"")
        return hashlib.sha256(octets).hexdigest() == order.sha256
