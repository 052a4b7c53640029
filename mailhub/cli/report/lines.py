"""The figures of a report as tables, with a column for each kind of number."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from mailhub.cli.output import Column, Fit, Output, Percent, grouped
from mailhub.cli.report.words import (
    UNKNOWN_AGENCY,
    check_words,
    duration,
    exception_words,
    line_name,
    ordered,
    register_name,
    return_words,
    signed,
)
from mailhub.cli.words import LEGAL_VALUES
from mailhub.language import Text, word
from mailhub.reports.sheet import Adjustment, Comparison, Figures, Report, Slice, by_leading_reason, shares
from storage.records import AgencyTally, SeriesTally

Item = TypeVar("Item")

MOST_AGENCIES = 20
"""So many agencies are named on a terminal; files hold all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure for people: its name, the number, and its share of the group where that means something."""

    name: Text
    value: int | None
    share: int | None = None
    text: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Figures that belong together."""

    title: Text
    rows: tuple[Row, ...]


def number(key: str, heading: Text, value: Callable[[Item], int | None], show: Callable[[int], Text] = grouped) -> Column[Item]:
    """A column of counts."""

    def shown(item: Item) -> Text:
        count = value(item)
        return Text(vi="", en="") if count is None else show(count)

    return Column(key=key, heading=heading, value=value, show=shown, right=True)


def electronic_share(one: AgencyTally | Slice) -> Percent | None:
    """The electronic share of an agency or a day."""
    return Percent(shares((one.electronic, one.paper))[0]) if one.electronic + one.paper else None


ROW: Sequence[Column[Row]] = (
    Column(
        key="name",
        heading=Text(vi="Chỉ tiêu", en="Figure"),
        value=lambda row: row.name.en,
        show=lambda row: row.name,
        fit=Fit.FOLD,
    ),
    Column(
        key="value",
        heading=Text(vi="Số", en="Number"),
        value=lambda row: row.value if row.text is None else row.text.en,
        show=lambda row: row.text or grouped(row.value or 0),
        right=True,
    ),
    Column(
        key="share",
        heading=Text(vi="Tỷ lệ", en="Share"),
        value=lambda row: None if row.share is None else Percent(row.share),
        right=True,
    ),
)
AGENCY: Sequence[Column[AgencyTally]] = (
    Column(
        key="name",
        heading=Text(vi="Cơ quan", en="Agency"),
        value=lambda one: one.name,
        show=lambda one: one.name or UNKNOWN_AGENCY,
        fit=Fit.FOLD,
    ),
    number("received", Text(vi="Nhận", en="Received"), lambda one: one.electronic + one.paper),
    number("electronic", Text(vi="Điện tử", en="Electronic"), lambda one: one.electronic),
    number("paper", Text(vi="Giấy", en="Paper"), lambda one: one.paper),
    Column(key="share", heading=Text(vi="% điện tử", en="% electronic"), value=electronic_share, right=True),
    number("returned", Text(vi="Trả lại", en="Returned"), lambda one: one.returned),
)
SERIES: Sequence[Column[SeriesTally]] = (
    Column(key="register", heading=Text(vi="Sổ", en="Register"), value=lambda one: one.register, show=register_name),
    Column(key="year", heading=Text(vi="Năm", en="Year"), value=lambda one: one.year),
    Column(key="first", heading=Text(vi="Từ số", en="From"), value=lambda one: one.first, right=True),
    Column(key="last", heading=Text(vi="Đến số", en="To"), value=lambda one: one.last, right=True),
    number("voided", Text(vi="Hủy", en="Void"), lambda one: one.voided),
    number("standing", Text(vi="Còn lại", en="Count"), lambda one: one.standing),
    Column(key="check", heading=Text(vi="Đối chiếu", en="Check"), value=lambda one: check_words(one).en, show=check_words),
    Column(key="voids", heading=Text(vi="Số hủy", en="Void numbers"), value=lambda one: one.voids, fit=Fit.CUT),
)
ADJUSTMENT: Sequence[Column[Adjustment]] = (
    Column(
        key="name",
        heading=Text(vi="Chỉ tiêu", en="Figure"),
        value=lambda one: "/".join(part for part in (one.line.section, one.line.key, one.line.figure) if part),
        show=lambda one: line_name(one.line),
        fit=Fit.FOLD,
    ),
    number("frozen", Text(vi="Đã chốt", en="Frozen"), lambda one: one.frozen),
    number("now", Text(vi="Hiện nay", en="Now"), lambda one: one.now),
    number("difference", Text(vi="Điều chỉnh", en="Adjustment"), lambda one: one.difference, show=signed),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure in two periods."""

    name: Text
    now: int
    then: int

    @property
    def percent(self) -> str:
        """How much it grew; nothing where there was nothing."""
        return f"{(self.now - self.then) * 100 / self.then:+.0f} %".replace("-", "−") if self.then else ""


CHANGE: Sequence[Column[Change]] = (
    Column(key="name", heading=Text(vi="Chỉ tiêu", en="Figure"), value=lambda one: one.name.en, show=lambda one: one.name),
    number("now", Text(vi="Kỳ này", en="This"), lambda one: one.now),
    number("then", Text(vi="So với", en="Other"), lambda one: one.then),
    number("difference", Text(vi="Tăng giảm", en="Change"), lambda one: one.now - one.then, show=signed),
    Column(key="percent", heading=Text(vi="%", en="%"), value=lambda one: one.percent, right=True),
)


def slice_columns(output: Output, report: Report) -> Sequence[Column[Slice]]:
    """Days or months, named in the unit's zone."""
    zone, monthly = ZoneInfo(report.time_zone), by_month(report)

    def name(one: Slice) -> Text:
        start = one.from_.astimezone(zone)
        if monthly:
            return Text(vi=f"{start.month}/{start.year}", en=f"{start:%Y-%m}")
        day = output.day(start.date())
        return Text(vi=day, en=day)

    heading = Text(vi="Tháng", en="Month") if monthly else Text(vi="Ngày", en="Day")
    return (
        Column(
            key="from",
            heading=heading,
            value=lambda one: name(one).en if monthly else one.from_.astimezone(zone).date(),
            show=name,
        ),
        number("received", Text(vi="Nhận", en="Received"), lambda one: one.electronic + one.paper),
        number("electronic", Text(vi="Điện tử", en="Electronic"), lambda one: one.electronic),
        number("paper", Text(vi="Giấy", en="Paper"), lambda one: one.paper),
        Column(key="share", heading=Text(vi="% điện tử", en="% electronic"), value=electronic_share, right=True),
    )


def by_month(report: Report) -> bool:
    """Whether the slices of a sheet are months."""
    return any(one.to - one.from_ > timedelta(days=2) for one in report.figures.slices)


def slices_title(report: Report) -> Text:
    """What the slices of a sheet are."""
    return Text(vi="Theo tháng", en="By month") if by_month(report) else Text(vi="Theo ngày", en="By day")


def sections(figures: Figures) -> Iterator[Section]:
    """The figures of a sheet that are no table of their own."""
    tally = figures.tally
    parts = rows_of({Text(vi="điện tử", en="electronic"): tally.electronic, Text(vi="giấy", en="paper"): tally.paper})
    total = Row(name=Text(vi="Cộng", en="Total"), value=figures.received, share=100 if figures.received else None)
    beside = (
        Row(name=Text(vi="điện tử, có cả bản giấy", en="electronic, paper came too"), value=figures.both_copies),
        Row(name=Text(vi="số hủy (không tính ở trên)", en="void numbers (not counted above)"), value=tally.voided),
    )
    yield Section(title=Text(vi="Văn bản đến", en="Received"), rows=(*parts, total, *beside))
    yield Section(
        title=Text(vi="Bản giấy theo lý do", en="Paper by its reason"),
        rows=rows_of({exception_words(code): count for code, count in ordered(figures.exceptions)}),
    )
    yield Section(
        title=Text(vi="Chữ ký số của văn bản điện tử", en="Signatures of electronic documents"),
        rows=rows_of({word(LEGAL_VALUES, code): count for code, count in ordered(figures.signatures)}),
    )
    yield Section(
        title=Text(vi="Trả lại theo lý do chính", en="Returned, by the reason that decided"),
        rows=rows_of({return_words(code): count for code, count in by_leading_reason(figures.returns).items()}),
    )
    yield Section(title=Text(vi="Quầy văn thư", en="The counter"), rows=counter_rows(figures))
    yield Section(title=Text(vi="Xử lý", en="Work"), rows=work_rows(figures))


def shortened(agencies: Sequence[AgencyTally]) -> tuple[AgencyTally, ...]:
    """The agencies that send most; those behind them in one line."""
    first, rest = agencies[:MOST_AGENCIES], agencies[MOST_AGENCIES:]
    if len(rest) < 2:
        return tuple(agencies)
    others = AgencyTally(
        agency_id=None,
        name=f"(+ {len(rest)})",
        electronic=sum(one.electronic for one in rest),
        paper=sum(one.paper for one in rest),
        returned=sum(one.returned for one in rest),
    )
    return (*first, others)


def counter_rows(figures: Figures) -> tuple[Row, ...]:
    """What happened to paper that has no number."""
    paper = figures.paper
    named = (
        (Text(vi="báo trả vì chưa có bản điện tử", en="return announced for want of an e-copy"), paper.announced),
        (Text(vi="đã trả, có người ký nhận", en="handed back against a signature"), paper.handed_back),
        (Text(vi="đang chờ bản điện tử", en="waiting for an e-copy"), paper.waiting),
        (Text(vi="văn bản mật (chỉ đếm)", en="secret paper (only counted)"), paper.secret),
        (Text(vi="bì gửi đích danh", en="envelopes left unopened"), paper.envelopes),
    )
    return tuple(Row(name=name, value=value) for name, value in named)


def work_rows(figures: Figures) -> tuple[Row, ...]:
    """What is left to do, and how long filing took."""
    times = (
        (Text(vi="từ nhận đến vào sổ, trung vị", en="from reception to filing, median"), figures.median_seconds),
        (Text(vi="từ nhận đến vào sổ, 90 % trong vòng", en="from reception to filing, 90 % within"), figures.slow_seconds),
    )
    counts = (
        (Text(vi="chưa quyết lúc cuối kỳ", en="not decided at the end"), figures.undecided),
        (Text(vi="chưa báo nhận", en="without a receipt"), figures.unanswered),
        (Text(vi="gửi lặp lại", en="sent again"), figures.repeats),
    )
    return (
        *(Row(name=name, value=value) for name, value in counts),
        *(Row(name=name, value=None, text=duration(took)) for name, took in times),
    )


def rows_of(counts: Mapping[Text, int]) -> tuple[Row, ...]:
    """Figures with their shares, which add up to 100."""
    percents = shares(tuple(counts.values()))
    return tuple(Row(name=name, value=count, share=share) for (name, count), share in zip(counts.items(), percents, strict=True))


def changes(report: Report, comparison: Comparison) -> tuple[Change, ...]:
    """What a comparison shows."""
    now, then = report.figures, comparison.figures
    return (
        Change(name=Text(vi="nhận", en="received"), now=now.received, then=then.received),
        Change(name=Text(vi="điện tử", en="electronic"), now=now.tally.electronic, then=then.tally.electronic),
        Change(name=Text(vi="giấy", en="paper"), now=now.tally.paper, then=then.tally.paper),
        Change(name=Text(vi="trả lại", en="returned"), now=now.returned, then=then.returned),
        Change(name=Text(vi="gửi lặp lại", en="sent again"), now=now.repeats, then=then.repeats),
    )
