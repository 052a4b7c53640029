"""Durable intake: bytes and capture row of many mails in one flush and one transaction, before any door says yes."""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from mailhub.errors import TryLaterError
from mailhub.wakeups import together
from storage import captures
from storage.bodies import Body, SpilledBody, held, sha256_of, size_of
from storage.database import Transaction
from storage.errors import StorageUnavailableError
from storage.records import CaptureDraft, Recipient
from storage.writing import Writing

GROUP_MAILS: Final = 64
GROUP_BYTES: Final = 64 * 1024 * 1024
"""A group ends at the mail that reaches one of these: one flush for many, but no one waits for an endless group."""

AWAY_AFTER: Final = 3
"""So many mails that fail alone, one after the other, because the store does not answer: then it is away."""

PREPARED_OCTETS: Final = 4 * 1024 * 1024
"""The rows of a group up to this size are prepared while the disk takes its bytes; for a larger one other writers would wait."""

GATHER_SECONDS_A_MAIL: Final = 0.0006
GATHER_SECONDS: Final = 0.003
"""How long a group waits for company where the last one had some: a commit costs as much for one mail as for ten.

Measured with ten senders: a third less CPU for each mail, and no mail less in a second. A mail that comes alone never waits.
"""

SENDERS_WAIT: Final = frozenset({"smtp"})
"""Doors at which a sender waits for the answer; a mailbox or a folder that is emptied can wait itself."""

RECENT_WAITS: Final = 500
RECENT_SECONDS: Final = 10.0
"""What `commit_wait_p99` looks back on: a door that has been quiet for longer holds nobody back."""


class BlobWriter(Protocol):
    """The part of a blob store that intake needs."""

    def writing(self, bodies: Sequence[Body], /) -> AbstractContextManager[Writing]:
        """Store with one flush, which may be waited for in the middle of the block."""
        ...


class CaptureDatabase(Protocol):
    """The part of the registry that intake needs."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """One write transaction."""
        ...


class ArrivalTally(Protocol):
    """Who counts what has come; never waits and never fails."""

    def took(self, door: str, door_keys: Sequence[str], /) -> None:
        """These mails of one door, by its own keys, are durable."""
        ...


class WaitListener(Protocol):
    """Who is told how long mails wait; never waits and never fails."""

    def note(self, seconds: float, /) -> None:
        """A mail was durable so long after it was submitted."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMail:
    """One mail as a door took it. `door_key` is unique within `door`: the same key again is the same mail again.

    `raw` belongs to the intake from `submit` on, which gives a spilled file back when it is done. `mail_from` is empty for the
    null reverse-path. `priority` 0 is ordinary, higher is read first.
    """

    raw: Body
    door: str
    door_key: str
    peer: str
    helo: str
    tls: str
    auth: str
    mail_from: str
    recipients: tuple[Recipient, ...]
    received_at: datetime
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The mail is durable. `repeated` says that this door had brought it before, under the same capture."""

    capture_id: int
    repeated: bool


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A mail in the queue, and whoever waits for it."""

    mail: IncomingMail
    since: float
    accepted: "Future[Accepted]" = field(default_factory=Future)


class Intake:
    """The group committer. One thread writes; any number of threads and event loops wait for it.

    Bytes come before rows: bytes without a row are litter that a sweep removes, a row without bytes would be a loss. Where
    several processes take mail, each waits for its `turn` before it closes a group: what comes while another one commits joins
    it, and a commit costs as much for one mail as for ten.
    """

    def __init__(
        self,
        blobs: BlobWriter,
        database: CaptureDatabase,
        tally: ArrivalTally | None = None,
        listener: WaitListener | None = None,
        turn: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._blobs = blobs
        self._database = database
        self._tally = tally
        self._listener = listener
        self._turn = turn
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._company = 0
        self._waits: deque[tuple[float, float]] = deque(maxlen=RECENT_WAITS)
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self._thread.start()

    def accept(self, mail: IncomingMail) -> Accepted:
        """Block until the mail is durable, or raise what prevented it."""
        return self.submit(mail).result()

    def submit(self, mail: IncomingMail) -> "Future[Accepted]":
        """Queue the mail; the future cannot be cancelled, for the store must not depend on who still waits."""
        waiting = _Waiting(mail, time.monotonic())
        waiting.accepted.set_running_or_notify_cancel()
        with self._gate:
            if self._closed:
                raise TryLaterError("the hub is stopping and takes no more mail")
            self._queue.put(waiting)
        return waiting.accepted

    def commit_wait_p99(self) -> float:
        """Seconds from submission to durable, 99th percentile of the last mails; 0.0 when none came lately."""
        horizon = time.monotonic() - RECENT_SECONDS
        waits = sorted(wait for at, wait in list(self._waits) if at >= horizon)
        return waits[min(len(waits) - 1, len(waits) * 99 // 100)] if waits else 0.0

    def close(self) -> None:
        """Store what is queued, then stop."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_ = True
        while open_ and (first := self._queue.get()) is not None:
            if self._company > 1:
                time.sleep(min(GATHER_SECONDS, self._company * GATHER_SECONDS_A_MAIL))
            open_ = self._take_turn(first)

    def _take_turn(self, first: _Waiting) -> bool:
        """Commit a group when it is this process's turn; False after the last one. Without a turn nothing is stored."""
        try:
            with self._turn():
                group, open_ = self._group_of(first)
                self._company = len(group)
                self._commit(group)
        except StorageUnavailableError as error:
            self._settle(first, error)
            return True
        return open_

    def _group_of(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        """A mail and everything that is queued behind it now, within the group's limits; the flag is False after the last one."""
        group: list[_Waiting] = []
        size = 0
        item: _Waiting | None = first
        while item is not None:
            group.append(item)
            size += size_of(item.mail.raw)
            if len(group) >= GROUP_MAILS or size >= GROUP_BYTES:
                return group, True
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _commit(self, group: list[_Waiting]) -> Exception | None:
        """Store a group; a failed group is tried again one by one, so that an error reaches only its own caller.

        Gives what failed, where the group is one mail.
        """
        try:
            accepted = self._store([waiting.mail for waiting in group])
        except Exception as error:  # noqa: BLE001  the committer must outlive whatever one mail causes
            if len(group) > 1:
                self._one_by_one(group)
                return None
            self._settle(group[0], error)
            return error
        with together():
            for waiting, answer in zip(group, accepted, strict=True):
                self._settle(waiting, answer)
        self._count(group, accepted)
        return None

    def _one_by_one(self, group: list[_Waiting]) -> None:
        """Try each mail alone; a store that answers none of the first few is away, and the rest need not wait to hear it.

        With a bucket that does not answer every attempt costs its whole time limit, and no client waits for sixty of them.
        """
        away = 0
        for position, waiting in enumerate(group):
            error = self._commit([waiting])
            away = away + 1 if isinstance(error, StorageUnavailableError) else 0
            if error is not None and away >= AWAY_AFTER:
                for other in group[position + 1 :]:
                    self._settle(other, error)
                return

    def _store(self, mails: list[IncomingMail]) -> list[Accepted]:
        bodies = [held(mail.raw) for mail in mails]
        with self._blobs.writing(bodies) as written:
            if sum(map(size_of, bodies)) > PREPARED_OCTETS:
                written.flush()
            drafts = [_draft(mail, body, ref) for mail, body, ref in zip(mails, bodies, written.refs, strict=True)]
            with self._database.transaction() as tx:
                added = captures.add_new(tx, drafts)
                # No row is committed before the bytes that it names are on the disk.
                written.flush()
        return [Accepted(capture_id=capture_id, repeated=not new) for capture_id, new in added]

    def _count(self, group: list[_Waiting], accepted: list[Accepted]) -> None:
        """Count the mails that had not come before, after those who wait for them were told."""
        new: dict[str, list[str]] = {}
        for waiting, answer in zip(group, accepted, strict=True):
            if not answer.repeated:
                new.setdefault(waiting.mail.door, []).append(waiting.mail.door_key)
        if self._tally is not None:
            for door, keys in new.items():
                self._tally.took(door, keys)

    def _settle(self, waiting: _Waiting, outcome: Accepted | Exception) -> None:
        if isinstance(waiting.mail.raw, SpilledBody):
            waiting.mail.raw.close()
        now = time.monotonic()
        self._waits.append((now, now - waiting.since))
        if self._listener is not None and waiting.mail.door in SENDERS_WAIT:
            self._listener.note(now - waiting.since)
        if isinstance(outcome, Accepted):
            waiting.accepted.set_result(outcome)
        else:
            waiting.accepted.set_exception(outcome)


def _draft(mail: IncomingMail, body: Body, blob: str) -> CaptureDraft:
    return CaptureDraft(
        door=mail.door,
        door_key=mail.door_key,
        blob=blob,
        sha256=sha256_of(body),
        size=size_of(body),
        peer=mail.peer,
        helo=mail.helo,
        tls=mail.tls,
        auth=mail.auth,
        mail_from=mail.mail_from,
        recipients=mail.recipients,
        received_at=mail.received_at,
        priority=mail.priority,
    )
