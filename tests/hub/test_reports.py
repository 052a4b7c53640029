"""The week that was told to the press, counted from a register; and sheets that stay as they were reported."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailhub.errors import RefusedError
from mailhub.reports.periods import Period
from mailhub.reports.reports import Figure, ReportOrder
from mailhub.reports.sheet import Against, ReportKind, expected, shares
from storage import events, letters, registry
from storage.records import EntryState, LetterState, Moment
from tests import known_week
from tests.hub.conftest import CLERK

KNOWN = Period(from_=known_week.FROM, to=known_week.TO)
WEEK = ReportOrder(kind=ReportKind.WEEK, period=KNOWN)


@pytest.fixture
def office(desk):
    """A hub whose register holds the known week; it is noon of its last day."""
    known_week.tell(desk.hub.database, desk.unit)
    desk.clock.now = known_week.TO + timedelta(hours=1)
    return desk


def void(desk, number):
    with desk.hub.database.transaction() as tx:
        entry = registry.get_entry(tx, desk.unit.id, register="UBND", year=2024, number=number)
        registry.set_state(tx, entry.id, EntryState.VOIDED)


def behind(desk, figure, limit=5000):
    return desk.hub.reports.entries_behind(desk.unit.id, WEEK, figure, limit=limit)


def test_the_known_week_is_77_percent_electronic_and_23_percent_obligatory_paper(office):
    report = office.hub.reports.make(office.unit.id, WEEK)
    figures = report.figures
    assert (figures.received, figures.tally.electronic, figures.tally.paper) == (2321, 1787, 534)
    assert shares((figures.tally.electronic, figures.tally.paper)) == (77, 23)
    assert figures.exceptions == known_week.EXCEPTIONS
    (register,) = figures.series
    assert (register.first, register.last, register.voided) == (4, 2328, 4)
    assert expected(register) == register.standing == figures.received
    assert sum(one.electronic + one.paper for one in figures.agencies) == figures.received
    assert sum(day.electronic + day.paper for day in figures.slices) == figures.received
    assert [(day.from_.day, day.to.hour) for day in figures.slices] == [*((day, 0) for day in range(1, 8)), (8, 11)]
    assert figures.median_seconds == pytest.approx(1800, abs=0.01)
    assert {figure: len(behind(office, figure)) for figure in (Figure.ELECTRONIC, Figure.PAPER, Figure.VOIDED)} == {
        Figure.ELECTRONIC: 1787,
        Figure.PAPER: 534,
        Figure.VOIDED: 4,
    }
    a_later_void_changes_no_frozen_sheet(office)
    a_frozen_period_is_withdrawn_before_it_is_frozen_again(office)


def a_later_void_changes_no_frozen_sheet(office):
    frozen = office.hub.reports.freeze(CLERK, office.unit.id, WEEK)
    void(office, 5)
    kept, now = office.hub.reports.show(office.unit.id, frozen.sheet.id)
    assert kept.report == frozen.report
    assert kept.report.figures.received == 2321
    assert now.figures.received == 2320
    (register,) = now.figures.series
    assert expected(register) == register.standing == 2320
    with office.hub.database.reading() as tx:
        (event,) = events.list_(tx, subject=f"sheet/{frozen.sheet.id}", limit=9)
    assert event.kind == "sheet-frozen"
    assert b'"electronic":1787' in event.body


def a_frozen_period_is_withdrawn_before_it_is_frozen_again(office):
    reports, unit = office.hub.reports, office.unit.id
    with pytest.raises(RefusedError, match="frozen as b1"):
        reports.freeze(CLERK, unit, WEEK)
    assert reports.freeze(CLERK, unit, replace(WEEK, moment=Moment.RECEIVED)).sheet.id == 2
    withdrawn = reports.withdraw(CLERK, unit, 1, reason="wrong hour")
    assert withdrawn.withdrawal.reason == "wrong hour"
    with pytest.raises(RefusedError, match="withdrawn by lan"):
        reports.withdraw(CLERK, unit, 1, reason="again")
    assert reports.freeze(CLERK, unit, WEEK).report.figures.received == 2320
    assert [(one.sheet.id, one.withdrawal is not None) for one in reports.list_(unit, limit=9)] == [
        (3, False),
        (2, False),
        (1, True),
    ]
    assert [one.sheet.id for one in reports.list_(unit, limit=9, before_id=3)] == [2, 1]


def test_a_period_that_is_not_over_is_shown_and_not_frozen(desk):
    desk.hub.registers.series(desk.unit.id)
    desk.clock.now = known_week.TO - timedelta(hours=1)
    report = desk.hub.reports.make(desk.unit.id, WEEK)
    assert not report.finished
    assert report.figures.received == 0
    with pytest.raises(RefusedError, match="not over"):
        desk.hub.reports.freeze(CLERK, desk.unit.id, WEEK)


def test_a_period_must_begin_before_it_ends(desk):
    order = replace(WEEK, period=Period(from_=known_week.TO, to=known_week.TO))
    with pytest.raises(RefusedError, match="must begin before"):
        desk.hub.reports.make(desk.unit.id, order)


def test_a_sheet_that_is_not_there_is_a_sentence(desk):
    with pytest.raises(RefusedError, match="no report b7"):
        desk.hub.reports.show(desk.unit.id, 7)


@pytest.mark.parametrize(
    ("against", "from_", "to"),
    [
        (Against.BEFORE, known_week.FROM - timedelta(days=7, hours=11), known_week.FROM),
        (Against.LAST_YEAR, known_week.FROM.replace(year=2023), known_week.TO.replace(year=2023)),
    ],
)
def test_a_period_is_compared_with_another_one(desk, against, from_, to):
    report = desk.hub.reports.make(desk.unit.id, replace(WEEK, against=against))
    assert (report.comparison.from_, report.comparison.to) == (from_, to)
    assert report.comparison.figures.received == 0


def test_paper_is_returned_for_want_of_its_e_copy(desk):
    desk.clock.now = known_week.FROM
    with desk.hub.database.transaction() as tx:
        draft = known_week.letter_draft(desk.unit, 1, known_week.FROM, None)
        letter = letters.get(tx, desk.unit.id, letters.add(tx, draft, []))
        letters.update(tx, letter, replace(draft, state=LetterState.RETURNED, reasons=()), decided_by="lan")
    desk.clock.now = known_week.TO
    figures = desk.hub.reports.make(desk.unit.id, WEEK).figures
    assert [(one.reasons, one.letters) for one in figures.returns] == [(("no-e-copy",), 1)]
    assert figures.paper.announced == 1
    (behind_it,) = desk.hub.reports.letters_behind(desk.unit.id, WEEK, Figure.RETURNS, limit=9)
    assert behind_it.id == letter.id
