"""A report for programs and spreadsheets: JSON with stable keys, CSV with a line for each figure, a workbook with charts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from mailhub.cli.exports import Layout, Tables, open_tables
from mailhub.cli.output import Column, Export, Output
from mailhub.cli.report.lines import ADJUSTMENT, AGENCY, CHANGE, ROW, SERIES, Row, changes, sections, slice_columns, slices_title
from mailhub.cli.report.words import COMPARED, MOMENTS, headline, interval, line_name, ordered
from mailhub.cli.workbook import Chart
from mailhub.language import Text
from mailhub.reports.sheet import (
    Adjustment,
    Comparison,
    Figures,
    Line,
    Report,
    by_leading_reason,
    expected,
    gapless,
    lines,
    shares,
)

if TYPE_CHECKING:
    from mailhub.reports.reports import FrozenReport

Item = TypeVar("Item")

SUMMARY_TITLE = Text(vi="Tổng hợp", en="Summary")
AGENCIES_TITLE = Text(vi="Theo cơ quan", en="By agency")
REGISTERS_TITLE = Text(vi="Theo sổ", en="By register")
ADJUSTMENTS_TITLE = Text(vi="Điều chỉnh", en="Adjustments")
COMPARISON_TITLE = Text(vi="So sánh", en="Comparison")

LINE: Sequence[Column[Line]] = (
    Column(key="section", value=lambda line: line.section),
    Column(key="key", value=lambda line: line.key),
    Column(key="name", value=lambda line: line.name),
    Column(key="figure", value=lambda line: line.figure),
    Column(key="value", value=lambda line: line.value),
)


def row_of(item: tuple[Text, Row]) -> Row:
    """The figure beside the title of its section."""
    return item[1]


SUMMARY: Sequence[Column[tuple[Text, Row]]] = (
    Column(key="section", heading=Text(vi="Phần", en="Part"), value=lambda item: item[0].en, show=lambda item: item[0]),
    *(column.within(row_of) for column in ROW),
)


def report_data(report: Report) -> dict[str, object]:
    """A sheet as JSON; moments carry the unit's offset."""
    zone = ZoneInfo(report.time_zone)
    data: dict[str, object] = {
        "kind": report.kind,
        "unit": report.unit_code,
        "unit_name": report.unit_name,
        "time_zone": report.time_zone,
        "from": report.from_.astimezone(zone),
        "to": report.to.astimezone(zone),
        "by": report.moment,
        "made_at": report.made_at,
        "finished": report.finished,
        **figures_data(report.figures),
    }
    if report.comparison is not None:
        data["comparison"] = comparison_data(report.comparison, zone)
    return data


def comparison_data(comparison: Comparison, zone: ZoneInfo) -> dict[str, object]:
    """The period that a report is compared with."""
    ends = {"from": comparison.from_.astimezone(zone), "to": comparison.to.astimezone(zone)}
    return {"against": comparison.against, **ends, **figures_data(comparison.figures)}


def figures_data(figures: Figures) -> dict[str, object]:
    """Every figure under its key."""
    tally = figures.tally
    electronic, paper = shares((tally.electronic, tally.paper))
    return {
        "received": figures.received,
        "electronic": tally.electronic,
        "electronic_percent": electronic,
        "paper": tally.paper,
        "paper_percent": paper,
        "voided": tally.voided,
        "both_copies": figures.both_copies,
        "exceptions": counts_data("exception", figures.exceptions),
        "signatures": counts_data("legal_value", figures.signatures),
        "returned": figures.returned,
        "returns": counts_data("reason", by_leading_reason(figures.returns)),
        "counter": figures.paper,
        "repeats": figures.repeats,
        "undecided": figures.undecided,
        "unanswered": figures.unanswered,
        "median_seconds": figures.median_seconds,
        "slow_seconds": figures.slow_seconds,
        "registers": [series_data(figures, place) for place in range(len(figures.series))],
        "agencies": figures.agencies,
        "slices": figures.slices,
    }


def counts_data(key: str, counts: Mapping[str, int]) -> list[dict[str, object]]:
    """Counts with their shares, the most frequent first."""
    found = ordered(counts)
    percents = shares([count for _, count in found])
    return [{key: code, "count": count, "percent": share} for (code, count), share in zip(found, percents, strict=True)]


def series_data(figures: Figures, place: int) -> dict[str, object]:
    """One register with its check: last − first + 1 − void."""
    one = figures.series[place]
    return {
        "register": one.register,
        "direction": one.direction,
        "kind": one.kind,
        "year": one.year,
        "first": one.first,
        "last": one.last,
        "voided": one.voided,
        "voids": one.voids,
        "count": one.standing,
        "expected": expected(one),
        "complete": gapless(one),
    }


def frozen_data(frozen: "FrozenReport") -> dict[str, object]:
    """A frozen sheet's number and what became of it."""
    withdrawal = frozen.withdrawal
    return {
        "number": f"b{frozen.sheet.id}",
        "frozen_by": frozen.sheet.draft.made_by,
        "frozen_at": frozen.sheet.made_at,
        "withdrawn_by": withdrawal.by if withdrawal else None,
        "withdrawn_at": withdrawal.at if withdrawal else None,
        "withdrawal_reason": withdrawal.reason if withdrawal else None,
    }


def write_report(output: Output, export: Export, report: Report, changed: Sequence[Adjustment] = ()) -> None:
    """A report into the file that was asked for, a workbook with what has changed since it was frozen."""
    if not export.workbook:
        rows = [line_in(output, line) for line in lines(report.figures)]
        output.table(LINE, rows, empty=Text(vi="", en=""))
        return
    write_workbook(output, export, report, changed)
    output.say(Text(vi=f"Đã ghi báo cáo vào {export.path}", en=f"Wrote the report to {export.path}"))


def line_in(output: Output, line: Line) -> Line:
    """A line with its name in the language of the run."""
    return Line(
        section=line.section,
        key=line.key,
        figure=line.figure,
        value=line.value,
        name=line_name(line).in_(output.language),
    )


def write_workbook(output: Output, export: Export, report: Report, changed: Sequence[Adjustment]) -> None:
    """A worksheet for each table; the shares and the days are drawn as well."""
    figures, words = report.figures, output.words
    about = (words(headline(output, report)), words(MOMENTS[report.moment]))
    named = [(section.title, row) for section in sections(figures) for row in section.rows]
    shares_ = Chart(
        title=words(Text(vi="Điện tử và giấy", en="Electronic and paper")), kind="doughnut", names=1, values=(2,), rows=2
    )
    days = Chart(title=words(slices_title(report)), kind="column", names=0, values=(2, 3), rows=len(figures.slices))
    with open_tables(output, export) as tables:
        fill(tables, SUMMARY, named, Layout(title=words(SUMMARY_TITLE), preface=about, grouped=True, chart=shares_))
        fill(
            tables,
            slice_columns(output, report),
            figures.slices,
            Layout(title=words(slices_title(report)), grouped=True, chart=days),
        )
        fill(tables, AGENCY, figures.agencies, Layout(title=words(AGENCIES_TITLE), grouped=True))
        fill(tables, SERIES, figures.series, Layout(title=words(REGISTERS_TITLE)))
        if changed:
            fill(tables, ADJUSTMENT, changed, Layout(title=words(ADJUSTMENTS_TITLE), grouped=True))
        if report.comparison is not None:
            other = f"{words(COMPARED[report.comparison.against])}: {words(interval(output, report.comparison))}"
            layout = Layout(title=words(COMPARISON_TITLE), preface=(other,), grouped=True)
            fill(tables, CHANGE, changes(report, report.comparison), layout)


def fill(tables: Tables, columns: Sequence[Column[Item]], rows: Iterable[Item], layout: Layout) -> None:
    """One table of a file."""
    with tables.table(columns, layout) as add:
        for row in rows:
            add(row)
