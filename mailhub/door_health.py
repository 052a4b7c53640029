"""How the doors fare: told by the doors in passing, written in batches, read by `mailhub intake status`.

A door is named with the account it works for (a mailbox), which is empty where it has none. Mails are counted by the hour;
eight weeks of hours are kept, which is what the silence alarm looks back on (`mailhub.silence`).
"""

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from mailhub.clock import Clock
from storage import door_health, mailboxes
from storage.database import Transaction
from storage.errors import StorageError
from storage.records import DoorCounts, DoorState, ServingProcess

HEARTBEAT: Final = timedelta(seconds=15)
"""How often a process says that its doors are open."""

DEAD: Final = timedelta(days=1)
"""A process that has said nothing for so long is forgotten."""

UNSEEN: Final = 4 * HEARTBEAT
"""A door of which no process has said for so long that it is open is closed."""

KEPT: Final = timedelta(weeks=8)
"""How long counts by the hour are kept."""

MOST_ERROR: Final = 500
"""What is kept of an error's sentence."""

Door = tuple[str, str]


class DoorWatch(Protocol):
    """Whom a door tells how it fares; never waits for anything and never fails."""

    def opened(self, door: str, account: str = "") -> None:
        """The door is open from now on."""
        ...

    def succeeded(self, door: str, account: str = "") -> None:
        """The door has worked just now: a mailbox was looked through, also where it held nothing."""
        ...

    def failed(self, door: str, account: str, error_text: str) -> None:
        """The door could not work just now; the sentence says why, without secrets."""
        ...

    def closed(self, door: str, account: str = "") -> None:
        """The door is not kept open by this process any longer; another one may keep it open."""
        ...


class HealthDatabase(Protocol):
    """The part of the registry that is needed here."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """One write transaction."""
        ...


@dataclass(slots=True)
class _Hour:
    """Counts that are not written yet."""

    mails: int = 0
    failures: int = 0
    first_mail_at: datetime | None = None
    last_mail_at: datetime | None = None

    def add_mail(self, at: datetime) -> None:
        """Count a mail."""
        self.add(_Hour(mails=1, first_mail_at=at, last_mail_at=at))

    def add(self, other: "_Hour") -> None:
        """Count what another one has counted."""
        self.mails += other.mails
        self.failures += other.failures
        self.first_mail_at = min((at for at in (self.first_mail_at, other.first_mail_at) if at), default=None)
        self.last_mail_at = max((at for at in (self.last_mail_at, other.last_mail_at) if at), default=None)

    def counts(self, hour: datetime, door: str, account: str) -> DoorCounts:
        """As they are written."""
        return DoorCounts(
            door=door,
            account=account,
            hour=hour,
            mails=self.mails,
            failures=self.failures,
            first_mail_at=self.first_mail_at,
            last_mail_at=self.last_mail_at,
        )


@dataclass(slots=True)
class DoorHealth:
    """What the doors of one process have told, until it is written. Any thread may tell; one loop writes."""

    database: HealthDatabase
    clock: Clock
    process: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _open: set[Door] = field(default_factory=set)
    _states: dict[Door, DoorState] = field(default_factory=dict)
    _told: set[Door] = field(default_factory=set)
    _hours: dict[tuple[datetime, str, str], _Hour] = field(default_factory=dict)
    _said_at: datetime | None = None

    def opened(self, door: str, account: str = "") -> None:
        """The door is open from now on."""
        with self._lock:
            self._open.add((door, account))
            # Said with the next writing, not only at the next heartbeat.
            self._said_at = None

    def closed(self, door: str, account: str = "") -> None:
        """The door is not kept open by this process any longer; another one may keep it open."""
        with self._lock:
            self._open.discard((door, account))

    def succeeded(self, door: str, account: str = "") -> None:
        """The door has worked just now; written at once where it had failed before, else with the next heartbeat."""
        now = self.clock()
        with self._lock:
            state = self._state((door, account))
            self._keep(_worked(state, now), urgent=bool(state.failures) or state.last_success_at is None)

    def failed(self, door: str, account: str, error_text: str) -> None:
        """The door could not work just now."""
        now = self.clock()
        with self._lock:
            state = self._state((door, account))
            sentence = " ".join(error_text.split())[:MOST_ERROR]
            self._keep(replace(state, last_attempt_at=now, last_error=sentence, failures=state.failures + 1), urgent=True)
            self._hour(door, account, now).failures += 1

    def took(self, door: str, door_keys: Sequence[str]) -> None:
        """A door has taken these mails, by its own keys, and they are durable."""
        now = self.clock()
        with self._lock:
            for account in (_account(door, key) for key in door_keys):
                self._keep(_worked(self._state((door, account)), now), urgent=True)
                self._hour(door, account, now).add_mail(now)

    def write(self, *, commit_wait_seconds: float = 0.0, readers_busy: int = 0) -> None:
        """Write what was told since the last time, and now and then that this process lives, in one transaction.

        Raises what the database raises; then everything is still to be written.
        """
        now = self.clock()
        with self._lock:
            beat = self._said_at is None or not timedelta(0) <= now - self._said_at < HEARTBEAT
            told, hours = self._told, self._hours
            if not beat and not told and not hours:
                return
            self._told, self._hours = set(), {}
            if beat:
                self._said_at = now
            states = [replace(self._state(door), seen_at=now) for door in sorted(self._open | told if beat else told)]
        wait = round(commit_wait_seconds * 1000)
        process = ServingProcess(name=self.process, seen_at=now, commit_wait_ms=wait, readers_busy=readers_busy) if beat else None
        try:
            self._write(states, [hour.counts(*key) for key, hour in hours.items()], process)
        except StorageError:
            self._take_back(told, hours)
            raise

    def close(self) -> None:
        """The doors of this process are closed, unless another one serves; raises what the database raises."""
        self.write()
        with self.database.transaction() as tx:
            door_health.drop_processes(tx, name=self.process)
            door_health.close(tx, sorted(self._open), unless_seen_since=self.clock() - UNSEEN)

    def sweep(self) -> None:
        """Forget the hours that nobody looks back on any more, and processes that have died."""
        with self.database.transaction() as tx:
            door_health.sweep(tx, tx.now() - KEPT)
            door_health.drop_processes(tx, before=tx.now() - DEAD)

    def _write(self, states: list[DoorState], counts: list[DoorCounts], process: ServingProcess | None) -> None:
        with self.database.transaction() as tx:
            door_health.keep_states(tx, states)
            door_health.add_counts(tx, counts)
            if process is not None and process.name:
                door_health.keep_process(tx, process)

    def _take_back(self, told: set[Door], hours: dict[tuple[datetime, str, str], _Hour]) -> None:
        with self._lock:
            self._said_at = None
            self._told |= told
            for key, hour in hours.items():
                known = self._hours.setdefault(key, hour)
                if known is not hour:
                    known.add(hour)

    def _state(self, door: Door) -> DoorState:
        known = self._states.get(door)
        if known is None:
            known = self._states[door] = DoorState(door=door[0], account=door[1])
        return known

    def _keep(self, state: DoorState, *, urgent: bool) -> None:
        door = (state.door, state.account)
        self._states[door] = state
        self._open.add(door)
        if urgent:
            self._told.add(door)

    def _hour(self, door: str, account: str, now: datetime) -> _Hour:
        return self._hours.setdefault((now.replace(minute=0, second=0, microsecond=0), door, account), _Hour())


def _worked(state: DoorState, now: datetime) -> DoorState:
    return replace(state, last_success_at=now, last_attempt_at=now, last_error="", failures=0)


def _account(door: str, door_key: str) -> str:
    return mailboxes.account_name(door_key) if door == mailboxes.DOOR else ""
