"""Working days of an office: when one has passed, and how many lie between two moments.

Weekends and the country's public holidays are days off; holidays with their substitutes and swapped Saturdays come as a
table per year, the office's own days stand before that. Pure: table, days and hours are given, the time is an argument.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
SATURDAY = 5
DECEMBER = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicYear:
    """The country's table of one year.

    `days_off` are public holidays with their substitutes, `working_days` weekend days that are worked instead of another
    day. `announced` is False while swap days of the year are not known, so that the table may still change.
    """

    days_off: frozenset[date]
    working_days: frozenset[date]
    announced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays:
    """The office's calendar in its zone. Hours are local; a day that is worked is worked from `opens` to `closes`.

    `confirmed_years` are those whose list of days off the office has compared with the announcement.
    """

    zone: ZoneInfo
    opens: time
    closes: time
    public: Callable[[int], PublicYear]
    days_off: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()
    confirmed_years: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether the office works on a day; its own days stand before the country's table, that before the weekend."""
        if day in self.days_off or day in self.working_days:
            return day in self.working_days
        year = self.public(day.year)
        if day in year.days_off:
            return False
        return day.weekday() < SATURDAY or day in year.working_days

    def opening(self, moment: datetime) -> datetime:
        """The moment itself while the office is open, else the next opening; aware, in UTC."""
        local = moment.astimezone(self.zone)
        if self.is_working(local.date()) and self.opens <= local.time() <= self.closes:
            return moment.astimezone(UTC)
        later = local.time() > self.closes
        return self._at(self._working_from(local.date() + ONE_DAY * later), self.opens)

    def add(self, moment: datetime, days: int) -> datetime:
        """The same time so many working days later, in UTC; what comes outside the hours counts from the next opening."""
        if days < 0:
            raise ValueError(f"working days are counted forward: {days}")
        local = self.opening(moment).astimezone(self.zone)
        day = local.date()
        for _ in range(days):
            day = self._working_from(day + ONE_DAY)
        return self._at(day, local.time())

    def between(self, first: datetime, last: datetime) -> int:
        """How many working days lie after the day of `first` up to and with the day of `last`; 0 where it is no later.

        The day of something that comes outside the hours is that of the next opening, as in `add`.
        """
        day, end = self.opening(first).astimezone(self.zone).date(), last.astimezone(self.zone).date()
        return sum(self.is_working(day + ONE_DAY * step) for step in range(1, (end - day).days + 1))

    def office_time(self, first: datetime, last: datetime) -> timedelta:
        """How long the office was open from one moment to another; nothing where the second is not later."""
        day, end = first.astimezone(self.zone).date(), last.astimezone(self.zone).date()
        total = timedelta(0)
        while day <= end:
            if self.is_working(day):
                opening, closing = max(first, self._at(day, self.opens)), min(last, self._at(day, self.closes))
                total += max(closing - opening, timedelta(0))
            day += ONE_DAY
        return total

    def unsettled_years(self, now: datetime) -> tuple[int, ...]:
        """Years that matter now and whose days off may still change: this one, and from 1 December on the next."""
        today = now.astimezone(self.zone).date()
        years = (today.year, today.year + 1) if today.month == DECEMBER else (today.year,)
        return tuple(year for year in years if not self._settled(year))

    def _settled(self, year: int) -> bool:
        return year in self.confirmed_years or self.public(year).announced

    def _working_from(self, day: date) -> date:
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)
