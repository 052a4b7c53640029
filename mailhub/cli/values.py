"""Kinds of values on the command line, with refusals in the language of the run."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

import click

from mailhub.cli.bilingual import language_of
from mailhub.language import Language, Text

CLOCK = re.compile(r"(\d{1,2})(?::(\d\d)|[hH](\d\d)?)", re.ASCII)


def refuse(text: Text, parameter: click.Parameter | None, ctx: click.Context | None) -> click.BadParameter:
    """The usage error for a value."""
    return click.BadParameter(text.in_(language_of(ctx) if ctx else Language.VI), ctx=ctx, param=parameter)


def read_day(text: str) -> date | None:
    """A day, as 2024-08-09 or 09/8/2024; None for anything else."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    return None


@dataclass(frozen=True, slots=True)
class When:
    """A day with a time, or the day alone; its zone is the unit's."""

    day: date
    time: time | None

    def starts(self, zone: tzinfo) -> datetime:
        """The moment as a beginning: a day alone begins at midnight."""
        return datetime.combine(self.day, self.time or time.min, zone)

    def ends(self, zone: tzinfo) -> datetime:
        """The moment as an end: a day alone lasts until the next midnight."""
        day = self.day + timedelta(days=1) if self.time is None else self.day
        return datetime.combine(day, self.time or time.min, zone)


def read_when(text: str) -> When | None:
    """A moment, as 2024-08-08T11:00, 08/8/2024 11:00 or 11h00 08/8/2024, or a day alone; None for anything else."""
    words = text.strip().replace("T", " ").replace(",", " ").split()
    days = [day for day in map(read_day, words) if day is not None]
    times = [clock for clock in map(read_time, words) if clock is not None]
    if len(days) != 1 or len(times) > 1 or len(days) + len(times) != len(words):
        return None
    return When(days[0], times[0] if times else None)


def read_time(text: str) -> time | None:
    """A time of day, as 11:00, 11h00 or 11h; None for anything else."""
    match = CLOCK.fullmatch(text)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or match[3] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


class Choice(click.ParamType[str]):
    """One of a few words; upper and lower case are the same."""

    name = "choice"

    def __init__(self, choices: Iterable[str]) -> None:
        self.choices = tuple(str(choice) for choice in choices)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """The words themselves while they are few."""
        return f"[{'|'.join(self.choices)}]"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word as it is declared."""
        for choice in self.choices:
            if choice.casefold() == value.casefold():
                return choice
        listed = ", ".join(self.choices)
        raise refuse(Text(vi=f"{value!r}: cần một trong {listed}", en=f"{value!r}: expected one of {listed}"), param, ctx)


class Number(click.ParamType[int]):
    """A whole number from a least value up."""

    name = "number"

    def __init__(self, least: int = 1) -> None:
        self.least = least

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """As usage lines show it."""
        return "N"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number."""
        try:
            number = int(value)
        except ValueError:
            number = self.least - 1
        if number >= self.least:
            return number
        text = Text(
            vi=f"{value!r}: cần một số nguyên từ {self.least}", en=f"{value!r}: expected a whole number from {self.least} up"
        )
        raise refuse(text, param, ctx)


class Day(click.ParamType[date]):
    """A day, as 2024-08-09 or 09/8/2024."""

    name = "day"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """As usage lines show it."""
        return "DAY"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day."""
        day = value if isinstance(value, date) else read_day(value)
        if day is not None:
            return day
        text = Text(
            vi=f"{value!r}: cần một ngày như 09/8/2024 hoặc 2024-08-09",
            en=f"{value!r}: expected a day such as 2024-08-09 or 09/8/2024",
        )
        raise refuse(text, param, ctx)


class Moment(click.ParamType[When]):
    """A day, or a day with a time."""

    name = "moment"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """As usage lines show it."""
        return "WHEN"

    def convert(self, value: str | When, param: click.Parameter | None, ctx: click.Context | None) -> When:
        """The moment; its zone is given later."""
        moment = value if isinstance(value, When) else read_when(value)
        if moment is not None:
            return moment
        text = Text(
            vi=f"{value!r}: cần một lúc như '08/8/2024 11:00' hoặc 2024-08-08T11:00, hay một ngày",
            en=f"{value!r}: expected a moment such as 2024-08-08T11:00 or '08/8/2024 11:00', or a day",
        )
        raise refuse(text, param, ctx)


def choice_of(words: type[StrEnum]) -> Choice:
    """One of the words of an enumeration."""
    return Choice(word.value for word in words)
