"""What is waiting: the counts that every status line shows, so that no mail is forgotten (design, promise 5)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailhub.intake_status import DoorStatus, IntakeStatus
from mailhub.working_days import WorkingDays
from storage import captures, cases, deposits, letters, outbox, registry, submissions
from storage.database import Database
from storage.records import DepositState, DispatchState, LetterState, Series, SubmissionState, Unit

LAST_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStatus:
    """One unit now. `unread` mails are stored and not read yet; `series` are those of the latest year of each register.

    `unreadable` mails no reader survived, `letterless` ones hold no letter and wait to be looked at or dismissed.
    `unsettled_years` are those whose days off may still change, so that deadlines may move. `alarms` are the hub's doors
    with which something is wrong. `cases` about letters that were decided already wait for a clerk. `unsigned` mails of the
    last day should have borne the office's own signature, and no key could make it.
    """

    unit: Unit
    unread: int
    oldest_unread: datetime | None
    unreadable: int
    letterless: int
    letters: dict[LetterState, int]
    dispatches: dict[DispatchState, int]
    series: tuple[Series, ...]
    deposits: dict[DepositState, int]
    unsettled_years: tuple[int, ...]
    cases: int
    unsigned: int
    alarms: tuple[DoorStatus, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """Counts what is waiting."""

    database: Database
    working_days: Callable[[str], WorkingDays]
    intake_status: IntakeStatus

    def of(self, unit: Unit) -> UnitStatus:
        """The status of one unit, all of it from one snapshot."""
        alarms = self.intake_status.look().worrying
        with self.database.reading() as tx:
            unread = captures.pending_count(tx, unit.id)
            latest = [registry.list_series(tx, register)[:1] for register in registry.list_registers(tx, unit.id)]
            bare = submissions.letterless_counts(tx, unit.id)
            return UnitStatus(
                unit=unit,
                unread=unread,
                oldest_unread=captures.oldest_pending(tx) if unread else None,
                unreadable=bare.get(SubmissionState.UNREADABLE, 0),
                letterless=bare.get(SubmissionState.READ, 0),
                letters=letters.counts(tx, unit.id),
                dispatches=outbox.counts(tx, unit.id),
                series=tuple(series for found in latest for series in found),
                deposits=deposits.counts(tx, unit.id),
                unsettled_years=self.working_days(unit.time_zone).unsettled_years(tx.now()),
                cases=cases.open_count(tx, unit.id),
                unsigned=outbox.unsigned_since(tx, unit.id, tx.now() - LAST_DAY),
                alarms=alarms,
            )
