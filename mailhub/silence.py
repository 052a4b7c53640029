"""When a door's silence is worth an alarm, and how much mail is usual. Pure: counts by the hour and the calendar are given.

The rule. Silence is measured in office time: nights, weekends and holidays do not count, for nobody sends then and nobody
would look. It is an alarm when it lasts

- longer than one and a half times the second longest pause between two mails of the last eight weeks (the longest one may
  have been an outage, which must not hide the next), and
- longer than a floor that the office sets (two hours by default),

and only where there is enough to compare with: ten working days since the first mail, and twenty hours in which mail came.
A door that rarely takes mail therefore never raises the alarm, and a new hub does not either.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from mailhub.working_days import WorkingDays
from storage.records import DoorCounts

MARGIN: Final = 1.5
DAYS_NEEDED: Final = 10
HOURS_NEEDED: Final = 20
WEEKS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """How long no mail has come, in office time. `limit` is None while there is not enough to compare with.

    Without any mail so far `lasts` is None too.
    """

    lasts: timedelta | None
    limit: timedelta | None

    @property
    def is_alarm(self) -> bool:
        """Whether nothing came for unusually long."""
        return self.lasts is not None and self.limit is not None and self.lasts > self.limit


def silence(counts: Sequence[DoorCounts], now: datetime, days: WorkingDays, floor: timedelta) -> Silence:
    """Judge the silence of one door; `counts` are its hours of the last eight weeks, oldest first."""
    spans = [(count.first_mail_at, count.last_mail_at) for count in counts if count.first_mail_at and count.last_mail_at]
    if not spans:
        return Silence(lasts=None, limit=None)
    lasts = days.office_time(spans[-1][1], now)
    if len(spans) < HOURS_NEEDED or days.between(spans[0][0], now) < DAYS_NEEDED:
        return Silence(lasts=lasts, limit=None)
    pauses = sorted(days.office_time(before[1], after[0]) for before, after in pairwise(spans))
    return Silence(lasts=lasts, limit=max(floor, pauses[-2] * MARGIN))


def usual(counts: Sequence[DoorCounts], now: datetime, days: WorkingDays) -> float | None:
    """How many mails come on average in an hour like this: this hour of this weekday, on days that were worked as today is.

    None while there was no such day since the first mail.
    """
    mails = {count.hour: count.mails for count in counts}
    if not mails:
        return None
    first = min(mails)
    found = [mails.get(hour, 0) for hour in _hours_like(now, days) if hour >= first]
    return sum(found) / len(found) if found else None


def mails_between(counts: Sequence[DoorCounts], since: datetime, until: datetime) -> int:
    """How many mails came in the hours that begin in this span."""
    return sum(count.mails for count in counts if since <= count.hour < until)


def hour_of(moment: datetime) -> datetime:
    """The hour that a moment lies in, as counts name it."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _hours_like(now: datetime, days: WorkingDays) -> Iterator[datetime]:
    """The same hour of the same weekday, a week back and so on, where that day was worked as today is."""
    local = now.astimezone(days.zone)
    worked = days.is_working(local.date())
    for week in range(1, WEEKS + 1):
        then = local - timedelta(weeks=week)
        if days.is_working(then.date()) == worked:
            yield hour_of(then.astimezone(now.tzinfo))
