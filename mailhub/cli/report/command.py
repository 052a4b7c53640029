"""`mailhub report`: the sheets of figures, frozen once they were reported."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce
from typing import TYPE_CHECKING, TypedDict, Unpack
from zoneinfo import ZoneInfo

import click

from mailhub.cli.bilingual import Callback, Group, option
from mailhub.cli.options import limit_option, pages, reason_option
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import Choice, Day, Moment, When, choice_of
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.reports.periods import Period, midnight, week_of, week_until
from mailhub.reports.sheet import Against, ReportKind
from storage.records import Moment as Counted

if TYPE_CHECKING:
    from mailhub.reports.reports import FrozenReport, ReportOrder
    from storage.records import Entry, Letter

SHEET = re.compile(r"b?(\d{1,12})", re.IGNORECASE)
FIGURES = ("electronic", "paper", "voided", "unanswered", "returns", "undecided")
NOTHING = Text(vi="Không có gì trong kỳ này.", en="There is nothing in this period.")


class Asked(TypedDict):
    """What every sheet can be asked."""

    first: When | None
    last: When | None
    by: str
    behind: str | None
    freeze: bool
    limit: int


SHEET_OPTIONS = (
    option(
        "--from",
        "first",
        type=Moment(),
        default=None,
        about=Text(vi="Từ lúc này: 01/8/2024 hay '08/8/2024 11:00'.", en="From this moment: 2024-08-01 or 2024-08-08T11:00."),
    ),
    option(
        "--to",
        "last",
        type=Moment(),
        default=None,
        about=Text(
            vi="Đến trước lúc này; chỉ có ngày thì đến hết ngày ấy.",
            en="Until before this moment; a day alone lasts until its end.",
        ),
    ),
    option(
        "--by",
        type=choice_of(Counted),
        default=Counted.FILED.value,
        about=Text(vi="Tính theo lúc vào sổ (filed) hay lúc nhận (received).", en="Count by filing or by reception."),
    ),
    option(
        "--list",
        "behind",
        type=Choice(FIGURES),
        metavar="FIGURE",
        default=None,
        about=Text(
            vi=f"Liệt kê văn bản đứng sau một con số: {', '.join(FIGURES)}.",
            en=f"List the documents behind a figure: {', '.join(FIGURES)}.",
        ),
    ),
    option(
        "--freeze",
        is_flag=True,
        about=Text(vi="Chốt: giữ nguyên số liệu đã báo cáo lên.", en="Freeze the figures as they are reported."),
    ),
    limit_option(100),
)


def sheet_options(command: Callback) -> Callback:
    """The options that both kinds of sheets take."""
    return reduce(lambda done, decorate: decorate(done), reversed(SHEET_OPTIONS), command)


@click.group(
    cls=Group, about=Text(vi="Báo cáo số liệu; chốt khi đã báo cáo.", en="Sheets of figures, frozen once they are reported.")
)
def report() -> None:
    """The noun alone; its verbs follow."""


@report.command(
    "week",
    about=Text(
        vi="Báo cáo tuần: từ 00:00 bảy ngày trước đến lúc này; hoặc cả tuần có một ngày (--of), hoặc đúng giờ nêu ra.",
        en="The week's sheet: since midnight seven days ago; or the whole week of a day (--of), or exact times.",
    ),
    examples=(
        "mailhub report week",
        "mailhub report week --of 05/8/2024 --xlsx tuan.xlsx",
        "mailhub report week --from 01/8/2024 --to '08/8/2024 11:00' --freeze",
        "mailhub report week --list returns",
    ),
    needs="home unit clerk table",
)
@option(
    "--of",
    "day",
    type=Day(),
    default=None,
    about=Text(vi="Tuần (thứ hai đến chủ nhật) có ngày này.", en="The week, Monday to Sunday, that has this day."),
)
@sheet_options
@pass_session
def week(session: Session, /, day: date | None, **asked: Unpack[Asked]) -> None:
    run(session, ReportKind.WEEK, week_period(session, day, asked), asked)


@report.command(
    "period",
    about=Text(
        vi="Báo cáo một kỳ bất kỳ, đúng đến từng phút, có thể so với kỳ trước hay cùng kỳ năm trước.",
        en="The sheet of any period, exact to the minute; it can be compared with the one before or last year's.",
    ),
    examples=(
        "mailhub report period --from 01/7/2024 --to 31/7/2024 --against last-year",
        "mailhub report period --from 2024-01-01 --to 2024-06-30 --xlsx 6-thang.xlsx",
    ),
    needs="home unit clerk table",
)
@option(
    "--against",
    type=choice_of(Against),
    default=None,
    about=Text(
        vi="So với kỳ trước (before) hay cùng kỳ năm trước (last-year).", en="Compare with the period before or last year's."
    ),
)
@sheet_options
@pass_session
def period(session: Session, /, against: str | None, **asked: Unpack[Asked]) -> None:
    first = asked["first"]
    if first is None:
        raise RefusedError(
            Text(vi="kỳ báo cáo cần --from, ví dụ --from 01/7/2024", en="a period needs --from, as in --from 2024-07-01")
        )
    zone = ZoneInfo(session.unit.time_zone)
    to = asked["last"].ends(zone) if asked["last"] else week_until(session.hub.clock(), zone).to
    run(session, ReportKind.PERIOD, Period(from_=first.starts(zone), to=to), asked, Against(against) if against else None)


@report.command(
    "list",
    about=Text(vi="Các báo cáo đã chốt, mới nhất trước.", en="The frozen sheets, newest first."),
    examples=("mailhub report list",),
    needs="home unit table",
)
@limit_option(50)
@pass_session
def list_(session: Session, limit: int) -> None:
    from mailhub.cli.report.views import FROZEN_LINE

    def fetch(count: int, last_id: int | None) -> "Sequence[FrozenReport]":
        return session.hub.reports.list_(session.unit.id, limit=count, before_id=last_id)

    found = pages(fetch, lambda frozen: frozen.sheet.id, limit)
    session.unit_output.table(FROZEN_LINE, found, empty=Text(vi="Chưa chốt báo cáo nào.", en="No sheet is frozen yet."))


@report.command(
    "show",
    about=Text(
        vi="Một báo cáo đã chốt: số liệu giữ nguyên, những gì đổi từ đó đứng bên cạnh là điều chỉnh.",
        en="A frozen sheet: its figures stay, what has changed since stands beside them as an adjustment.",
    ),
    examples=("mailhub report show b12",),
    needs="home unit table",
)
@click.argument("number")
@pass_session
def show(session: Session, number: str) -> None:
    from mailhub.cli.report.views import show_frozen

    frozen, now = session.hub.reports.show(session.unit.id, sheet_id(number))
    show_frozen(session.unit_output, frozen, now)


@report.command(
    "withdraw",
    about=Text(
        vi="Rút một báo cáo đã chốt, có lý do; nó vẫn nằm trong danh sách, và kỳ ấy chốt lại được.",
        en="Withdraw a frozen sheet with a reason; it stays in the list, and its period can be frozen again.",
    ),
    examples=('mailhub report withdraw b12 --reason "chốt nhầm giờ"',),
    needs="home unit clerk json",
)
@click.argument("number")
@reason_option
@pass_session
def withdraw(session: Session, number: str, reason: str) -> None:
    from mailhub.cli.report.views import FROZEN_LINE

    frozen = session.hub.reports.withdraw(session.actor, session.unit.id, sheet_id(number), reason=reason)
    session.unit_output.record(FROZEN_LINE, frozen)


def week_period(session: Session, day: date | None, asked: Asked) -> Period:
    """The week that was asked for: that of a day, the one that ends at a moment, or exact times."""
    zone, first, last = ZoneInfo(session.unit.time_zone), asked["first"], asked["last"]
    if day is not None:
        if first or last:
            raise RefusedError(Text(vi="chọn --of, hoặc --from và --to", en="choose --of, or --from and --to"))
        return week_of(day, zone)
    until_now = week_until(session.hub.clock(), zone)
    to = last.ends(zone) if last else until_now.to
    return Period(from_=first.starts(zone) if first else midnight(to.date() - timedelta(days=7), zone), to=to)


def run(session: Session, kind: ReportKind, period: Period, asked: Asked, against: Against | None = None) -> None:
    """Make the sheet, freeze it, or list what is behind one of its figures."""
    from mailhub.cli.report.views import show_frozen, show_report
    from mailhub.reports.reports import ReportOrder

    order = ReportOrder(kind=kind, period=period, moment=Counted(asked["by"]), against=against)
    reports, unit_id = session.hub.reports, session.unit.id
    if asked["behind"]:
        list_behind(session, order, asked["behind"], asked["limit"])
    elif asked["freeze"]:
        frozen = reports.freeze(session.actor, unit_id, order)
        show_frozen(session.unit_output, frozen, frozen.report)
    else:
        show_report(session.unit_output, reports.make(unit_id, order))


def list_behind(session: Session, order: "ReportOrder", behind: str, limit: int) -> None:
    """The entries or letters that a figure counts."""
    from mailhub.cli.lines import ENTRY_LINE
    from mailhub.cli.report.views import LETTER_BEHIND
    from mailhub.reports.reports import LETTER_FIGURES, Figure

    figure, reports, unit_id = Figure(behind), session.hub.reports, session.unit.id

    def letters(count: int, last_id: int | None) -> "Sequence[Letter]":
        return reports.letters_behind(unit_id, order, figure, limit=count, before_id=last_id)

    def entries(count: int, last_id: int | None) -> "Sequence[Entry]":
        return reports.entries_behind(unit_id, order, figure, limit=count, before_id=last_id)

    if figure in LETTER_FIGURES:
        session.unit_output.table(LETTER_BEHIND, pages(letters, lambda letter: letter.id, limit), empty=NOTHING)
    else:
        session.unit_output.table(ENTRY_LINE, pages(entries, lambda entry: entry.id, limit), empty=NOTHING)


def sheet_id(text: str) -> int:
    """The number of a frozen sheet: b12, or 12."""
    match = SHEET.fullmatch(text)
    if match is None:
        raise RefusedError(Text(vi=f"{text!r}: cần số báo cáo như b12", en=f"{text!r}: expected a sheet's number such as b12"))
    return int(match[1])
