"""From a folder into the hub: sizes first, then octets in bounded batches, and word of each mail only once it is durable."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Final

from mailhub.doors.imap.account import ImapAccount
from mailhub.doors.imap.envelope import Envelope, envelope_of, recipient_of
from mailhub.doors.imap.faults import ImapFault
from mailhub.doors.imap.hub_side import HubSide
from mailhub.doors.imap.ledger import Ledger
from mailhub.doors.imap.session import ImapSession
from mailhub.doors.urgency import priority_of
from mailhub.errors import TryLaterError
from mailhub.intake import Accepted, IncomingMail
from mailhub.language import Text
from mailhub.refusals import Refused, RefusedBecause
from storage import mailboxes
from storage.errors import StorageUnavailableError
from storage.records import MailboxOutcome, MailboxState, Recipient

logger = logging.getLogger(__name__)

CHUNK_MAILS: Final = 500
BATCH_MAILS: Final = 50
BATCH_OCTETS: Final = 8 * 1024 * 1024
"""A batch ends at the mail that would reach one of these; a larger mail is a batch of its own, one at a time in the process."""

MOST_ATTEMPTS: Final = 5
"""A mail that failed so often, the last times alone, is set aside. The first failure may be that of a whole batch."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails that are fetched together, with their sizes in octets."""

    sizes: Mapping[int, int]

    @property
    def uids(self) -> list[int]:
        """The mails in their order."""
        return list(self.sizes)

    @property
    def octets(self) -> int:
        """All of them together."""
        return sum(self.sizes.values())


@dataclass
class Suspects:
    """The mails whose octets are on their way: when the connection ends now, one of them may be why."""

    ledger: Ledger | None = None
    uids: list[int] = field(default_factory=list)

    def begin(self, ledger: Ledger, uids: list[int]) -> None:
        """Count the attempt before it is made."""
        ledger.attempt(uids)
        self.ledger, self.uids = ledger, uids

    def clear(self) -> None:
        """They came, or their count stands."""
        self.ledger, self.uids = None, []

    def acquit(self) -> None:
        """The server cannot be reached at all, so that no mail was to blame."""
        if self.ledger is not None:
            self.ledger.uncount(self.uids)
        self.clear()


@dataclass(frozen=True, slots=True)
class Taking:
    """Takes what lies in the selected folder of a session."""

    account: ImapAccount
    hub: HubSide
    session: ImapSession
    suspects: Suspects

    def take(self, ledger: Ledger, uids: Sequence[int]) -> int:
        """Store every mail that has no outcome yet; gives how many have one now. Raises ImapFault where it cannot go on."""
        waiting = ledger.open(uids)
        for start in range(0, len(waiting), CHUNK_MAILS):
            sizes = self.session.sizes(waiting[start : start + CHUNK_MAILS])
            hopeless = [uid for uid in sizes if ledger.attempts(uid) >= MOST_ATTEMPTS]
            too_large = [uid for uid, size in sizes.items() if size > self.account.largest and uid not in hopeless]
            self._reject(ledger, {uid: sizes[uid] for uid in hopeless}, {}, RefusedBecause.POISON)
            headers = self.session.headers(too_large)
            self._reject(ledger, {uid: sizes[uid] for uid in too_large}, headers, RefusedBecause.TOO_LARGE)
            for batch in batches(ledger, {uid: sizes[uid] for uid in ledger.open(sizes)}):
                self._take(ledger, batch)
        return len(waiting) - len(ledger.open(waiting))

    def _take(self, ledger: Ledger, batch: Batch) -> None:
        if not self.hub.space.has_room(batch.octets):
            raise no_room()
        self.suspects.begin(ledger, batch.uids)
        with self._alone_if_large(batch):
            bodies = self.session.bodies(batch.uids)
            self.suspects.clear()
            waiting = [(uid, body, envelope_of(body, self.account.recipient_header)) for uid, body in bodies.items()]
            try:
                futures = [self._submit(ledger, uid, body, envelope) for uid, body, envelope in waiting]
            except TryLaterError:
                # The hub is stopping. What went through before is found by its door's key.
                ledger.uncount(batch.uids)
                raise
            del bodies
            outcomes = []
            failed: dict[int, BaseException] = {}
            for (uid, body, envelope), future in zip(waiting, futures, strict=True):
                if (error := future.exception()) is not None:
                    failed[uid] = error
                    continue
                outcomes.append(
                    MailboxOutcome(
                        uid=uid,
                        state=MailboxState.TAKEN,
                        size=len(body),
                        capture_id=future.result().capture_id,
                        message_id=envelope.message_id,
                    )
                )
        ledger.record(outcomes)
        logger.info("mails taken", extra={"account": self.account.name, "mails": len(outcomes)})
        self._judge(ledger, failed, alone=len(batch.sizes) == 1, others_stored=bool(outcomes))

    def _alone_if_large(self, batch: Batch) -> AbstractContextManager[object]:
        return self.hub.heavy if batch.octets > BATCH_OCTETS else nullcontext()

    def _submit(self, ledger: Ledger, uid: int, body: bytes, envelope: Envelope) -> "Future[Accepted]":
        folder = ledger.folder
        return self.hub.intake.submit(
            IncomingMail(
                raw=body,
                door=mailboxes.DOOR,
                door_key=mailboxes.door_key(self.account.key, folder.name, folder.uidvalidity, uid),
                peer="",
                helo="",
                tls="",
                auth="",
                mail_from=envelope.sender,
                recipients=(self._recipient(envelope),),
                received_at=self.hub.clock(),
                priority=priority_of(body),
            )
        )

    def _recipient(self, envelope: Envelope) -> Recipient:
        recipient = recipient_of(self.account, envelope, self.hub.book)
        if recipient is None:
            raise no_unit(self.account)
        return recipient

    def _judge(self, ledger: Ledger, failed: Mapping[int, BaseException], *, alone: bool, others_stored: bool) -> None:
        """Whose fault it is that mails were not stored: the hub's where nothing was, a mail's own where others were."""
        if not failed:
            return
        error = next(iter(failed.values()))
        own = others_stored or (alone and not isinstance(error, TryLaterError | StorageUnavailableError | OSError))
        logger.warning("mails were not stored", exc_info=error, extra={"account": self.account.name, "mails": len(failed)})
        if not own:
            ledger.uncount(list(failed))
            raise hub_fault() from error

    def _reject(self, ledger: Ledger, sizes: Mapping[int, int], headers: Mapping[int, bytes], because: RefusedBecause) -> None:
        """Leave mails where they are, for people to see; they are put away like all others."""
        if not sizes:
            return
        unknown = [uid for uid in sizes if not ledger.attempts(uid)]
        if unknown:
            ledger.attempt(unknown)
        envelopes = {uid: envelope_of(headers.get(uid, b""), self.account.recipient_header) for uid in sizes}
        ledger.record(
            [
                MailboxOutcome(
                    uid=uid,
                    state=MailboxState.REJECTED,
                    size=size,
                    message_id=envelopes[uid].message_id,
                    reason=because.value,
                )
                for uid, size in sizes.items()
            ]
        )
        for uid, size in sizes.items():
            self.hub.refusals.note(self._refused(envelopes[uid], size, because))

    def _refused(self, envelope: Envelope, size: int, because: RefusedBecause) -> Refused:
        return Refused(
            door=mailboxes.DOOR,
            peer=self.account.name,
            sender=envelope.sender,
            recipients=(envelope.delivered_to or self.account.recipient,),
            size=size,
            reason=because,
            reply="",
            at=self.hub.clock(),
        )


def batches(ledger: Ledger, sizes: Mapping[int, int]) -> Iterator[Batch]:
    """Mails in their order, bounded by number and octets; a mail that failed before comes alone, after the others."""
    group: dict[int, int] = {}
    octets = 0
    tried = [uid for uid in sizes if not ledger.attempts(uid)]
    for uid in tried:
        size = sizes[uid]
        if group and (len(group) >= BATCH_MAILS or octets + size > BATCH_OCTETS):
            yield Batch(group)
            group, octets = {}, 0
        group[uid] = size
        octets += size
    if group:
        yield Batch(group)
    failed = [uid for uid in ledger.open(sizes) if ledger.attempts(uid) and uid not in tried]
    # Who failed least often first: a mail that ends every connection must not stand before those that it took with it.
    yield from (Batch({uid: sizes[uid]}) for uid in sorted(failed, key=ledger.attempts))


def no_unit(account: ImapAccount) -> ImapFault:
    """The account's mail is nobody's."""
    address = account.recipient
    return ImapFault(
        Text(
            vi=f"không đơn vị nào có địa chỉ {address}; sửa recipient, hoặc thêm địa chỉ cho đơn vị bằng mailhub unit edit",
            en=f"no unit has the address {address}; set recipient right, or give a unit this address by mailhub unit edit",
        )
    )


def hub_fault() -> ImapFault:
    """The hub itself is in trouble, so that nothing is taken."""
    return ImapFault(
        Text(
            vi="hệ thống chưa ghi được thư; kiểm tra đĩa và cơ sở dữ liệu; sẽ thử lại",
            en="the hub cannot store mail; check disk and database; will try again",
        )
    )


def no_room() -> ImapFault:
    """The disk is too full to take more mail."""
    return ImapFault(
        Text(
            vi="đĩa sắp đầy (smtp.free_disk_mib); thư nằm yên trong hộp thư; giải phóng đĩa thì hệ thống nhận tiếp",
            en="the disk is nearly full (smtp.free_disk_mib); mail stays in its mailbox; make room, and it is taken",
        )
    )
