"""Reports: figures over exact periods, frozen once they were reported, and the records behind each figure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from mailhub import codec
from mailhub.documents import SHEET
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.policy.reasons import ReasonCode
from mailhub.reports.periods import Period, before, slices, year_before
from mailhub.reports.sheet import Against, Comparison, Figures, Report, ReportKind, ReturnTally, Slice
from storage import directory, documents, events, figures, sheets
from storage.database import Database, Transaction
from storage.errors import NotFoundError
from storage.records import Actor, Entry, EventDraft, Letter, Moment, Sheet, SheetDraft, Span, Unit

FROZEN = "sheet-frozen"
WITHDRAWN = "sheet-withdrawn"
MEDIAN = 0.5
SLOW = 0.9
MOST_SHEETS = 10_000


class Figure(StrEnum):
    """A figure that can be looked behind."""

    ELECTRONIC = "electronic"
    PAPER = "paper"
    VOIDED = "voided"
    UNANSWERED = "unanswered"
    RETURNS = "returns"
    UNDECIDED = "undecided"


LETTER_FIGURES = frozenset({Figure.RETURNS, Figure.UNDECIDED})
"""Behind these are letters, behind the others entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOrder:
    """What is to be reported: a kind of sheet, its period, and which moment of an entry counts."""

    kind: ReportKind
    period: Period
    moment: Moment = Moment.FILED
    against: Against | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """Who took a frozen sheet back, when and why."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenReport:
    """A frozen sheet: its number, what it says, and its withdrawal if there is one."""

    sheet: Sheet
    report: Report
    withdrawal: Withdrawal | None


@dataclass(frozen=True, slots=True)
class Reports:
    """Counts, freezes, lists."""

    database: Database

    def make(self, unit_id: int, order: ReportOrder) -> Report:
        """Count a period, all of it from one snapshot."""
        with self.database.reading() as tx:
            return self._count(tx, directory.unit(tx, unit_id), order)

    def freeze(self, actor: Actor, unit_id: int, order: ReportOrder) -> FrozenReport:
        """Keep a sheet as it was reported; raises RefusedError for a period that is not over or that is frozen already."""
        # Counted before the transaction: a year's figures take seconds, in which nobody could write.
        report = self.make(unit_id, order)
        if not report.finished:
            raise not_over(report)
        with self.database.transaction() as tx:
            self._require_not_frozen(tx, unit_id, order)
            document_id = documents.add(tx, SHEET.kind, SHEET.version, codec.encode(report))
            draft = SheetDraft(
                unit_id=unit_id,
                kind=report.kind.value,
                from_at=report.from_,
                to_at=report.to,
                document_id=document_id,
                made_by=actor.name,
            )
            sheet = sheets.add(tx, draft)
            events.append(tx, [frozen_event(actor, sheet, report)])
        return FrozenReport(sheet=sheet, report=report, withdrawal=None)

    def withdraw(self, actor: Actor, unit_id: int, sheet_id: int, *, reason: str) -> FrozenReport:
        """Take a frozen sheet back; it stays in the list with the reason, and the period can be frozen again."""
        with self.database.transaction() as tx:
            frozen = self._frozen(tx, sheet_of(tx, unit_id, sheet_id))
            if frozen.withdrawal is not None:
                raise withdrawn_before(sheet_id, frozen.withdrawal)
            data: dict[str, object] = {"kind": frozen.sheet.draft.kind}
            draft = EventDraft(kind=WITHDRAWN, subject=subject(sheet_id), actor=actor, data=data, reason=reason)
            (event,) = events.append(tx, [draft])
        return replace(frozen, withdrawal=Withdrawal(by=actor.name, at=event.at, reason=reason))

    def list_(self, unit_id: int, *, limit: int, before_id: int | None = None) -> tuple[FrozenReport, ...]:
        """Frozen sheets, newest first."""
        with self.database.reading() as tx:
            return tuple(self._frozen(tx, sheet) for sheet in sheets.list_(tx, unit_id, limit=limit, before_id=before_id))

    def show(self, unit_id: int, sheet_id: int) -> tuple[FrozenReport, Report]:
        """A frozen sheet, and the same period counted now."""
        with self.database.reading() as tx:
            frozen = self._frozen(tx, sheet_of(tx, unit_id, sheet_id))
            return frozen, self._count(tx, directory.unit(tx, unit_id), order_of(frozen.report))

    def entries_behind(
        self, unit_id: int, order: ReportOrder, figure: Figure, *, limit: int, before_id: int | None = None
    ) -> Sequence[Entry]:
        """The entries that a figure counts, newest first."""
        span = span_of(unit_id, order.period, order.moment)
        with self.database.reading() as tx:
            match figure:
                case Figure.VOIDED:
                    return figures.entries_voided(tx, span, limit=limit, before_id=before_id)
                case Figure.UNANSWERED:
                    return figures.entries_unanswered(tx, span, limit=limit, before_id=before_id)
                case _:
                    on_paper = figure is Figure.PAPER
                    return figures.entries_by_channel(tx, span, on_paper=on_paper, limit=limit, before_id=before_id)

    def letters_behind(
        self, unit_id: int, order: ReportOrder, figure: Figure, *, limit: int, before_id: int | None = None
    ) -> Sequence[Letter]:
        """The letters that a figure counts, newest first."""
        span = span_of(unit_id, order.period, order.moment)
        with self.database.reading() as tx:
            if figure is Figure.RETURNS:
                return figures.letters_returned(tx, span, limit=limit, before_id=before_id)
            return figures.letters_undecided(tx, span, limit=limit, before_id=before_id)

    def _count(self, tx: Transaction, unit: Unit, order: ReportOrder) -> Report:
        require_forward(order.period)
        comparison = None
        if order.against is not None:
            other = before(order.period) if order.against is Against.BEFORE else year_before(order.period)
            counted = figures_of(tx, unit.id, other, order.moment)
            comparison = Comparison(against=order.against, from_=other.from_, to=other.to, figures=counted)
        return Report(
            kind=order.kind,
            unit_code=unit.code,
            unit_name=unit.name,
            time_zone=unit.time_zone,
            from_=order.period.from_,
            to=order.period.to,
            moment=order.moment,
            made_at=tx.now(),
            figures=figures_of(tx, unit.id, order.period, order.moment),
            comparison=comparison,
        )

    def _require_not_frozen(self, tx: Transaction, unit_id: int, order: ReportOrder) -> None:
        for sheet in sheets.list_(tx, unit_id, kind=order.kind.value, limit=MOST_SHEETS):
            if (sheet.draft.from_at, sheet.draft.to_at) == (order.period.from_, order.period.to):
                frozen = self._frozen(tx, sheet)
                if frozen.withdrawal is None and frozen.report.moment is order.moment:
                    raise frozen_before(sheet)

    def _frozen(self, tx: Transaction, sheet: Sheet) -> FrozenReport:
        report = codec.decode(documents.get(tx, sheet.draft.document_id).body, Report)
        withdrawal = None
        for event in events.list_(tx, subject=subject(sheet.id), limit=10):
            if event.kind == WITHDRAWN:
                withdrawal = withdrawal_of(event.body, event.at)
        return FrozenReport(sheet=sheet, report=report, withdrawal=withdrawal)


def figures_of(tx: Transaction, unit_id: int, period: Period, moment: Moment) -> Figures:
    """Count everything that a sheet shows."""
    span = span_of(unit_id, period, moment)
    returns: Counter[tuple[str, ...]] = Counter()
    for reasons, number in figures.returns_by_reasons(tx, span).items():
        # Paper has no decision with reasons of its own: it is returned for want of its e-copy alone.
        returns[reasons or (ReasonCode.NO_E_COPY.value,)] += number
    return Figures(
        tally=figures.tally(tx, span),
        both_copies=figures.with_both_copies(tx, span),
        exceptions=figures.paper_by_exception(tx, span),
        signatures=figures.electronic_by_legal_value(tx, span),
        agencies=tuple(figures.by_agency(tx, span)),
        series=tuple(figures.by_series(tx, span)),
        slices=tuple(slice_of(tx, unit_id, part, moment) for part in slices(period)),
        returns=tuple(ReturnTally(reasons=reasons, letters=number) for reasons, number in sorted(returns.items())),
        repeats=figures.repeats(tx, span),
        paper=figures.paper(tx, span),
        undecided=figures.undecided(tx, span),
        unanswered=figures.unanswered(tx, span),
        median_seconds=figures.seconds_to_file(tx, span, MEDIAN),
        slow_seconds=figures.seconds_to_file(tx, span, SLOW),
    )


def slice_of(tx: Transaction, unit_id: int, part: Period, moment: Moment) -> Slice:
    """Count one day or month."""
    tally = figures.tally(tx, span_of(unit_id, part, moment))
    return Slice(from_=part.from_, to=part.to, electronic=tally.electronic, paper=tally.paper)


def span_of(unit_id: int, period: Period, moment: Moment) -> Span:
    """A unit's period as the registry counts it."""
    return Span(unit_id=unit_id, from_=period.from_, to=period.to, moment=moment)


def order_of(report: Report) -> ReportOrder:
    """The order that makes the same sheet again, without its comparison."""
    zone = ZoneInfo(report.time_zone)
    period = Period(from_=report.from_.astimezone(zone), to=report.to.astimezone(zone))
    return ReportOrder(kind=report.kind, period=period, moment=report.moment)


def sheet_of(tx: Transaction, unit_id: int, sheet_id: int) -> Sheet:
    """A frozen sheet of the unit, or the sentence that there is none."""
    try:
        return sheets.get(tx, unit_id, sheet_id)
    except NotFoundError as error:
        raise RefusedError(
            Text(
                vi=f"không có báo cáo b{sheet_id}; xem `mailhub report list`",
                en=f"no report b{sheet_id}; see `mailhub report list`",
            )
        ) from error


def subject(sheet_id: int) -> str:
    """The sheet as the log of events names it."""
    return f"sheet/{sheet_id}"


def frozen_event(actor: Actor, sheet: Sheet, report: Report) -> EventDraft:
    """The fact that figures were reported, with the figures that matter most."""
    tally = report.figures.tally
    data: dict[str, object] = {
        "kind": report.kind.value,
        "from": report.from_.isoformat(),
        "to": report.to.isoformat(),
        "moment": report.moment.value,
        "electronic": tally.electronic,
        "paper": tally.paper,
        "voided": tally.voided,
        "returned": report.figures.returned,
    }
    return EventDraft(kind=FROZEN, subject=subject(sheet.id), actor=actor, data=data)


def withdrawal_of(body: bytes, at: datetime) -> Withdrawal:
    """Who withdrew a sheet, from the event's own bytes."""
    event = codec.decode(body, WithdrawalEvent)
    return Withdrawal(by=event.actor.name, at=at, reason=event.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalEvent:
    """What is read of the event of a withdrawal."""

    actor: Actor
    reason: str


def require_forward(period: Period) -> None:
    """Refuse a period that ends before it begins."""
    if period.from_ >= period.to:
        raise RefusedError(
            Text(
                vi=f"kỳ báo cáo phải có đầu trước cuối: từ {period.from_:%H:%M %d/%m/%Y} đến trước {period.to:%H:%M %d/%m/%Y}",
                en=f"a period must begin before it ends: from {period.from_:%Y-%m-%d %H:%M} until {period.to:%Y-%m-%d %H:%M}",
            )
        )


def not_over(report: Report) -> RefusedError:
    """Figures that still grow cannot be frozen."""
    return RefusedError(
        Text(
            vi=f"kỳ báo cáo đến {report.to:%H:%M %d/%m/%Y} chưa kết thúc; chốt sau giờ ấy, hoặc dùng --to sớm hơn",
            en=f"the period lasts until {report.to:%Y-%m-%d %H:%M} and is not over; freeze it then, or give an earlier --to",
        )
    )


def frozen_before(sheet: Sheet) -> RefusedError:
    """A period is reported once."""
    return RefusedError(
        Text(
            vi=f"kỳ này đã chốt là b{sheet.id}; xem `mailhub report show b{sheet.id}`, hoặc rút nó trước khi chốt lại",
            en=f"this period is frozen as b{sheet.id}; see `mailhub report show b{sheet.id}`, or withdraw it to freeze again",
        )
    )


def withdrawn_before(sheet_id: int, withdrawal: Withdrawal) -> RefusedError:
    """A sheet is withdrawn once."""
    return RefusedError(
        Text(vi=f"b{sheet_id} đã được {withdrawal.by} rút rồi", en=f"b{sheet_id} was withdrawn by {withdrawal.by} already")
    )
