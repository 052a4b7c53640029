"""How a report is shown: its sentence, its tables, and what has changed since it was frozen."""

import sys
from collections.abc import Iterator, Sequence

from mailhub.cli.letter.lines import all_reasons, reason_words, subject_of
from mailhub.cli.output import Column, Fit, Output, Part
from mailhub.cli.report.files import frozen_data, report_data, write_report
from mailhub.cli.report.lines import (
    ADJUSTMENT,
    AGENCY,
    CHANGE,
    ROW,
    SERIES,
    changes,
    sections,
    shortened,
    slice_columns,
    slices_title,
)
from mailhub.cli.report.words import COMPARED, MOMENTS, headline, interval
from mailhub.cli.words import LETTER_STATES
from mailhub.language import Text
from mailhub.reports.reports import FrozenReport
from mailhub.reports.sheet import Adjustment, Report, adjustments, shares
from storage.records import Letter, LetterState

BAR = 50

KINDS = {"week": Text(vi="tuần", en="week"), "period": Text(vi="kỳ", en="period")}
FROZEN_LINE: Sequence[Column[FrozenReport]] = (
    Column(key="number", heading=Text(vi="Số", en="No."), value=lambda one: f"b{one.sheet.id}"),
    Column(
        key="kind",
        heading=Text(vi="Loại", en="Kind"),
        value=lambda one: one.report.kind,
        show=lambda one: KINDS[one.report.kind],
    ),
    Column(key="from", heading=Text(vi="Từ", en="From"), value=lambda one: one.report.from_),
    Column(key="to", heading=Text(vi="Đến trước", en="Until before"), value=lambda one: one.report.to),
    Column(key="by", value=lambda one: one.report.moment),
    Column(key="received", heading=Text(vi="Nhận", en="Received"), value=lambda one: one.report.figures.received, right=True),
    Column(
        key="electronic",
        heading=Text(vi="Điện tử", en="Electronic"),
        value=lambda one: one.report.figures.tally.electronic,
        right=True,
    ),
    Column(key="paper", heading=Text(vi="Giấy", en="Paper"), value=lambda one: one.report.figures.tally.paper, right=True),
    Column(key="frozen_by", heading=Text(vi="Người chốt", en="Frozen by"), value=lambda one: one.sheet.draft.made_by),
    Column(key="frozen_at", heading=Text(vi="Chốt lúc", en="Frozen"), value=lambda one: one.sheet.made_at),
    Column(key="withdrawn_by", value=lambda one: one.withdrawal.by if one.withdrawal else None),
    Column(
        key="withdrawn_at",
        heading=Text(vi="Rút lúc", en="Withdrawn"),
        value=lambda one: one.withdrawal.at if one.withdrawal else None,
    ),
    Column(
        key="reason",
        heading=Text(vi="Lý do rút", en="Why"),
        value=lambda one: one.withdrawal.reason if one.withdrawal else "",
        fit=Fit.CUT,
    ),
)


def returned(letter: Letter) -> bool:
    """Paper is returned without reasons of its own: only for want of its e-copy."""
    return letter.draft.state is LetterState.RETURNED


LETTER_BEHIND: Sequence[Column[Letter]] = (
    Column(key="id", heading=Text(vi="Số", en="No."), value=lambda letter: f"h{letter.id}"),
    Column(key="issuer", heading=Text(vi="Tác giả", en="Issuer"), value=lambda letter: letter.draft.issuer, fit=Fit.CUT),
    Column(key="reference", heading=Text(vi="Số, ký hiệu", en="Reference"), value=lambda letter: letter.draft.reference),
    Column(
        key="subject",
        heading=Text(vi="Trích yếu", en="Subject"),
        value=lambda letter: letter.draft.subject,
        show=subject_of,
        fit=Fit.CUT,
    ),
    Column(
        key="state",
        heading=Text(vi="Trạng thái", en="State"),
        value=lambda letter: letter.draft.state,
        show=lambda letter: LETTER_STATES[letter.draft.state],
    ),
    Column(key="received_at", heading=Text(vi="Nhận", en="Received"), value=lambda letter: letter.draft.received_at),
    Column(key="decided_at", heading=Text(vi="Quyết lúc", en="Decided"), value=lambda letter: letter.decided_at),
    Column(
        key="reasons",
        heading=Text(vi="Lý do", en="Reasons"),
        value=lambda letter: letter.draft.reasons,
        show=lambda letter: all_reasons(letter) if letter.draft.reasons or not returned(letter) else reason_words("no-e-copy"),
        fit=Fit.FOLD,
    ),
)


def show_report(output: Output, report: Report) -> None:
    """A sheet as it is now."""
    if output.export is not None:
        write_report(output, output.export, report)
    elif output.json:
        output.raw(report_data(report))
    else:
        say_report(output, report)


def show_frozen(output: Output, frozen: FrozenReport, now: Report) -> None:
    """A frozen sheet, with what has changed since."""
    changed = adjustments(frozen.report.figures, now.figures)
    if output.export is not None:
        write_report(output, output.export, frozen.report, changed)
        return
    if output.json:
        output.raw(frozen_data(frozen) | report_data(frozen.report) | {"adjustments": [adjustment_data(one) for one in changed]})
        return
    output.line(frozen_words(output, frozen))
    if changed:
        output.show_part(
            output.part("adjustments", Text(vi="Điều chỉnh sau khi chốt", en="Adjustments since"), ADJUSTMENT, changed)
        )
    else:
        output.line(Text(vi="Từ khi chốt đến nay không có điều chỉnh.", en="Nothing has changed since."))
    output.line(Text(vi="", en=""))
    say_report(output, frozen.report)


def say_report(output: Output, report: Report) -> None:
    """The sentence, then the tables."""
    output.line(headline(output, report))
    if sys.stdout.isatty():
        output.line(bar(report))
    output.line(MOMENTS[report.moment])
    if not report.finished:
        at = output.moment(report.made_at)
        output.line(Text(vi=f"Kỳ chưa kết thúc: số liệu lúc {at}.", en=f"The period is not over: figures of {at}."))
    for part in parts_of(output, report):
        output.show_part(part)


def parts_of(output: Output, report: Report) -> Iterator[Part]:
    """The tables of a sheet that have anything in them."""
    figures = report.figures
    if report.comparison is not None:
        other, when = COMPARED[report.comparison.against], interval(output, report.comparison)
        title = Text(vi=f"So với {other.vi} ({when.vi})", en=f"Against {other.en} ({when.en})")
        yield output.part("changes", title, CHANGE, changes(report, report.comparison))
    for section in sections(figures):
        if any(row.value or row.text for row in section.rows):
            yield output.part("", section.title, ROW, section.rows)
    registers = Text(vi="Theo sổ: số cuối − số đầu + 1 − số hủy = số văn bản", en="By register: last − first + 1 − void = count")
    yield output.part("registers", registers, SERIES, figures.series)
    yield output.part("agencies", Text(vi="Theo cơ quan", en="By agency"), AGENCY, shortened(figures.agencies))
    yield output.part("slices", slices_title(report), slice_columns(output, report), figures.slices)


def bar(report: Report) -> Text:
    """Both shares as a bar; the words beside it say the same."""
    tally = report.figures.tally
    electronic, paper = shares((tally.electronic, tally.paper))
    filled = round(electronic * BAR / 100)
    drawn = "█" * filled + "░" * (BAR - filled)
    return Text(vi=f"điện tử {electronic} % {drawn} giấy {paper} %", en=f"electronic {electronic} % {drawn} paper {paper} %")


def frozen_words(output: Output, frozen: FrozenReport) -> Text:
    """Who froze a sheet, and whether it still holds."""
    number, by, at = f"b{frozen.sheet.id}", frozen.sheet.draft.made_by, output.moment(frozen.sheet.made_at)
    if frozen.withdrawal is None:
        return Text(vi=f"Báo cáo {number}, {by} chốt lúc {at}.", en=f"Sheet {number}, frozen by {by} at {at}.")
    gone, reason = f"{frozen.withdrawal.by}, {output.moment(frozen.withdrawal.at)}", frozen.withdrawal.reason
    return Text(
        vi=f"Báo cáo {number}, {by} chốt lúc {at}; ĐÃ RÚT ({gone}): {reason}",
        en=f"Sheet {number}, frozen by {by} at {at}; WITHDRAWN ({gone}): {reason}",
    )


def adjustment_data(one: Adjustment) -> dict[str, object]:
    """An adjustment as JSON."""
    line = one.line
    return {
        "section": line.section,
        "key": line.key,
        "figure": line.figure,
        "frozen": one.frozen,
        "now": one.now,
        "difference": one.difference,
    }
