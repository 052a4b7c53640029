"""The sheet of a report: its figures, and what follows from them by arithmetic alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.records import AgencyTally, Moment, PaperTally, SeriesTally, Tally


class ReportKind(StrEnum):
    """A week, or any other period."""

    WEEK = "week"
    PERIOD = "period"


class Against(StrEnum):
    """What a period is compared with: the one before it, or the same days last year."""

    BEFORE = "before"
    LAST_YEAR = "last-year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The entries of one day, or of one month of a long period."""

    from_: datetime
    to: datetime
    electronic: int
    paper: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnTally:
    """Letters that were returned for the same reasons; the first one decided."""

    reasons: tuple[str, ...]
    letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was counted.

    `exceptions` counts paper by the code of its exception, `signatures` electronic entries by their legal value; times from
    reception to filing are in seconds, None where nothing was filed. `agencies` has one line of id None for all senders
    that the directory does not know.
    """

    tally: Tally
    both_copies: int
    exceptions: dict[str, int]
    signatures: dict[str, int]
    agencies: tuple[AgencyTally, ...]
    series: tuple[SeriesTally, ...]
    slices: tuple[Slice, ...]
    returns: tuple[ReturnTally, ...]
    repeats: int
    paper: PaperTally
    undecided: int
    unanswered: int
    median_seconds: float | None
    slow_seconds: float | None

    @property
    def received(self) -> int:
        """All incoming entries that stand."""
        return self.tally.electronic + self.tally.paper

    @property
    def returned(self) -> int:
        """All letters that were returned."""
        return sum(one.letters for one in self.returns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The figures of the period that this one is compared with."""

    against: Against
    from_: datetime
    to: datetime
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A sheet over the half-open interval from `from_` to `to`, as it was counted at `made_at`."""

    kind: ReportKind
    unit_code: str
    unit_name: str
    time_zone: str
    from_: datetime
    to: datetime
    moment: Moment
    made_at: datetime
    figures: Figures
    comparison: Comparison | None = None

    @property
    def finished(self) -> bool:
        """Whether the period was over when it was counted."""
        return self.to <= self.made_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure of a sheet under its stable name, such as (`exceptions`, `law`, `paper`)."""

    section: str
    key: str
    figure: str
    value: int | None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A figure that is no longer what a frozen sheet says; None where it is not there any more or was not yet."""

    line: Line
    frozen: int | None
    now: int | None

    @property
    def difference(self) -> int:
        """By how much it has changed."""
        return (self.now or 0) - (self.frozen or 0)


def shares(counts: Sequence[int]) -> tuple[int, ...]:
    """Whole percents that add up to 100 (largest remainder; of equal ones the larger count, then the first, is raised)."""
    total = sum(counts)
    if not total:
        return (0,) * len(counts)
    whole = [count * 100 // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda place: (-(counts[place] * 100 % total), -counts[place], place))
    for place in by_remainder[: 100 - sum(whole)]:
        whole[place] += 1
    return tuple(whole)


def expected(series: SeriesTally) -> int:
    """Last − first + 1 − void: what the count must be when no number is missing."""
    return series.last - series.first + 1 - series.voided


def gapless(series: SeriesTally) -> bool:
    """Whether the count is what the numbers say."""
    return expected(series) == series.standing


def by_leading_reason(returns: Sequence[ReturnTally]) -> dict[str, int]:
    """Returns by the reason that decided, most frequent first, so that they add up to all returns."""
    counts: dict[str, int] = {}
    for one in returns:
        leading = one.reasons[0] if one.reasons else ""
        counts[leading] = counts.get(leading, 0) + one.letters
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def lines(figures: Figures) -> Iterator[Line]:
    """Every figure by its stable name, for CSV and for comparing two sheets."""
    tally, paper = figures.tally, figures.paper
    yield from _section(
        "entries",
        {
            "received": figures.received,
            "electronic": tally.electronic,
            "paper": tally.paper,
            "voided": tally.voided,
            "both-copies": figures.both_copies,
        },
    )
    yield from _section("exceptions", figures.exceptions)
    yield from _section("signatures", figures.signatures)
    yield from _section("returns", {"": figures.returned} | by_leading_reason(figures.returns))
    yield from _section(
        "counter",
        {
            "announced": paper.announced,
            "handed-back": paper.handed_back,
            "waiting": paper.waiting,
            "secret": paper.secret,
            "envelopes": paper.envelopes,
        },
    )
    yield from _section("work", {"repeats": figures.repeats, "undecided": figures.undecided, "unanswered": figures.unanswered})
    times = {"median": figures.median_seconds, "slow": figures.slow_seconds}
    yield from _section("seconds", {key: None if value is None else round(value) for key, value in times.items()})
    yield from _series_lines(figures.series)
    yield from _agency_lines(figures.agencies)
    for one in figures.slices:
        yield from _row("slices", one.from_.isoformat(), "", {"electronic": one.electronic, "paper": one.paper})


def adjustments(frozen: Figures, now: Figures) -> tuple[Adjustment, ...]:
    """What has changed since a sheet was frozen. What goes on by itself after the period is no adjustment."""
    old = {(line.section, line.key, line.figure): line for line in lines(frozen) if line.section in LASTING}
    new = {(line.section, line.key, line.figure): line for line in lines(now) if line.section in LASTING}
    found = [
        Adjustment(
            line=new.get(name) or old[name],
            frozen=old[name].value if name in old else None,
            now=new[name].value if name in new else None,
        )
        for name in dict.fromkeys([*old, *new])
    ]
    return tuple(one for one in found if one.difference)


LASTING = frozenset({"entries", "exceptions", "signatures", "returns", "registers", "agencies", "slices"})
"""The sections that stand once a period is over; letters that were waiting are decided, receipts leave."""


def _section(name: str, counts: dict[str, int] | dict[str, int | None]) -> Iterator[Line]:
    for key, value in counts.items():
        yield Line(section=name, key=key, figure="count", value=value)


def _row(section: str, key: str, name: str, counts: dict[str, int]) -> Iterator[Line]:
    for figure, value in counts.items():
        yield Line(section=section, key=key, figure=figure, value=value, name=name)


def _series_lines(series: Sequence[SeriesTally]) -> Iterator[Line]:
    for one in series:
        counts = {"first": one.first, "last": one.last, "standing": one.standing, "voided": one.voided}
        yield from _row("registers", f"{one.direction}/{one.register}/{one.kind}/{one.year}", one.register, counts)


def _agency_lines(agencies: Sequence[AgencyTally]) -> Iterator[Line]:
    for one in agencies:
        counts = {"electronic": one.electronic, "paper": one.paper, "returned": one.returned}
        yield from _row("agencies", str(one.agency_id or ""), one.name, counts)
