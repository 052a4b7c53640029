"""How the way in fares: each door with its last success, its rate, what it refused and whether its silence is an alarm."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from mailhub.door_health import KEPT, UNSEEN
from mailhub.silence import Silence, hour_of, mails_between, silence, usual
from mailhub.working_days import WorkingDays
from storage import directory, door_health, refusals
from storage.database import Database, Transaction
from storage.records import DoorCounts, DoorState, ServingProcess

DEFAULT_ZONE: Final = "UTC"
"""Whose hours count in a hub without a unit."""


class DoorAlarm(StrEnum):
    """What is wrong with a door."""

    CLOSED = "closed"
    FAILING = "failing"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorStatus:
    """One door, or one mailbox of it.

    Mails are counted by full hours: those of `last_hour` came in the last full one. `usual` is the mean of this hour of this
    weekday, None while nothing is known of it. `was_open` says that the door was open at any time. `unread` mails of
    `unread_octets` octets wait for a worker.
    """

    door: str
    account: str
    is_open: bool
    was_open: bool
    state: DoorState
    last_mail_at: datetime | None
    mails_today: int
    last_hour: int
    usual: float | None
    silence: Silence
    refused_today: int
    unread: int
    unread_octets: int
    oldest_unread: datetime | None
    alarms: tuple[DoorAlarm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeState:
    """The way in as a whole. `readers` is how many children may read at once in each process."""

    at: datetime
    doors: tuple[DoorStatus, ...]
    processes: tuple[ServingProcess, ...]
    readers: int

    @property
    def alarmed(self) -> tuple[DoorStatus, ...]:
        """The doors with which something is wrong."""
        return tuple(door for door in self.doors if door.alarms)

    @property
    def worrying(self) -> tuple[DoorStatus, ...]:
        """Those of them that clerks should hear of: not the doors of a hub that was never served."""
        return tuple(door for door in self.alarmed if door.was_open)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """What the settings say about the watch. `doors` are those that should be open, each with its account."""

    doors: tuple[tuple[str, str], ...]
    silence_alarm: bool
    silence_floor: timedelta
    unreachable: timedelta
    readers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the registry tells."""

    states: Mapping[tuple[str, str], DoorState]
    counts: Mapping[tuple[str, str], Sequence[DoorCounts]]
    refused: Mapping[str, int]
    unread: Mapping[tuple[str, str], tuple[int, int, datetime]]


@dataclass(frozen=True, slots=True)
class IntakeStatus:
    """Looks at the doors; works also while the hub is not served."""

    database: Database
    working_days: Callable[[str], WorkingDays]
    watching: Watching

    def look(self) -> IntakeState:
        """Everything about the way in, from one snapshot."""
        with self.database.reading() as tx:
            now, zone = tx.now(), _zone(tx)
            found = self._found(tx, now, ZoneInfo(zone))
            processes = tuple(one for one in door_health.processes(tx) if now - one.seen_at <= UNSEEN)
        days = self.working_days(zone)
        doors = tuple(self._door(door, found, now, days) for door in self.watching.doors)
        return IntakeState(at=now, doors=doors, processes=processes, readers=self.watching.readers)

    def _found(self, tx: Transaction, now: datetime, zone: ZoneInfo) -> _Found:
        counts: dict[tuple[str, str], list[DoorCounts]] = {}
        for count in door_health.counts(tx, now - KEPT):
            counts.setdefault((count.door, count.account), []).append(count)
        return _Found(
            states={(state.door, state.account): state for state in door_health.states(tx)},
            counts=counts,
            refused=refusals.count_by_door(tx, _midnight(now, zone)),
            unread=door_health.unread(tx),
        )

    def _door(self, named: tuple[str, str], found: _Found, now: datetime, days: WorkingDays) -> DoorStatus:
        door, account = named
        state = found.states.get(named) or DoorState(door=door, account=account)
        counts = found.counts.get(named, ())
        unread, octets, oldest = found.unread.get(named, (0, 0, None))
        is_open = state.seen_at is not None and now - state.seen_at <= UNSEEN
        quiet = silence(counts, now, days, self.watching.silence_floor)
        hour = hour_of(now)
        return DoorStatus(
            door=door,
            account=account,
            is_open=is_open,
            was_open=named in found.states,
            state=state,
            last_mail_at=max((count.last_mail_at for count in counts if count.last_mail_at), default=None),
            mails_today=mails_between(counts, _midnight(now, days.zone), now),
            last_hour=mails_between(counts, hour - timedelta(hours=1), hour),
            usual=usual(counts, now, days),
            silence=quiet,
            refused_today=found.refused.get(door, 0),
            unread=unread,
            unread_octets=octets,
            oldest_unread=oldest,
            alarms=tuple(self._alarms(state, quiet, now, is_open=is_open)),
        )

    def _alarms(self, state: DoorState, quiet: Silence, now: datetime, *, is_open: bool) -> list[DoorAlarm]:
        alarms = [] if is_open else [DoorAlarm.CLOSED]
        worked = state.last_success_at
        if state.failures and (worked is None or now - worked > self.watching.unreachable):
            alarms.append(DoorAlarm.FAILING)
        if self.watching.silence_alarm and quiet.is_alarm:
            alarms.append(DoorAlarm.SILENT)
        return alarms


def _zone(tx: Transaction) -> str:
    """The zone of the hub's first unit: the doors serve all units, and a hub's offices keep the same hours."""
    units = directory.units(tx)
    return units[0].time_zone if units else DEFAULT_ZONE


def _midnight(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
