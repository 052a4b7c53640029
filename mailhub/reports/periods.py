"""Periods of reports: half-open [from, to) in the unit's zone, exact to the moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOST_DAYS = 62
"""Up to so many days a sheet counts day by day, beyond that month by month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `from_` on and before `to`; both are aware. Arithmetic on days is that of the calendar, not of 24 hours."""

    from_: datetime
    to: datetime


def week_until(now: datetime, zone: ZoneInfo) -> Period:
    """The week that ends now, as an office reports it: from midnight seven days ago until this minute."""
    to = now.astimezone(zone).replace(second=0, microsecond=0)
    return Period(from_=midnight(to.date() - timedelta(days=7), zone), to=to)


def week_of(day: date, zone: ZoneInfo) -> Period:
    """The calendar week, Monday to Sunday, that holds the day."""
    monday = day - timedelta(days=day.weekday())
    return Period(from_=midnight(monday, zone), to=midnight(monday + timedelta(days=7), zone))


def before(period: Period) -> Period:
    """The period of the same length that ends where this one begins: the months, the days or the hours before."""
    from_, to = period.from_, period.to
    months = (to.year - from_.year) * 12 + to.month - from_.month
    if months > 0 and is_first(from_) and is_first(to):
        return Period(from_=months_later(from_, -months), to=from_)
    if is_midnight(from_) and is_midnight(to):
        return Period(from_=from_ - (to.date() - from_.date()), to=from_)
    length = to.astimezone(UTC) - from_.astimezone(UTC)
    return Period(from_=(from_.astimezone(UTC) - length).astimezone(from_.tzinfo), to=from_)


def year_before(period: Period) -> Period:
    """The same days and hours one year earlier; 29 February becomes the 28th."""
    return Period(from_=months_later(period.from_, -12), to=months_later(period.to, -12))


def slices(period: Period) -> Iterator[Period]:
    """The days of a period, or its months where it is long; the first and the last may be cut short."""
    by_month = period.to - period.from_ > timedelta(days=MOST_DAYS)
    start = period.from_
    while start < period.to:
        day = datetime.combine(start.date(), time.min, start.tzinfo)
        follow = months_later(day.replace(day=1), 1) if by_month else day + timedelta(days=1)
        end = min(follow, period.to)
        yield Period(from_=start, to=end)
        start = end


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The beginning of a day in the zone."""
    return datetime.combine(day, time.min, zone)


def is_midnight(moment: datetime) -> bool:
    """Whether a day begins here."""
    return moment.time() == time.min


def is_first(moment: datetime) -> bool:
    """Whether a month begins here."""
    return moment.day == 1 and is_midnight(moment)


def months_later(moment: datetime, months: int) -> datetime:
    """The same day and time some months later or earlier; a day that the month does not have is its last."""
    years, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    for day in range(moment.day, moment.day - 4, -1):
        try:
            return moment.replace(year=years, month=month + 1, day=day)
        except ValueError:
            continue
    raise ValueError(f"no month has day {moment.day}")
