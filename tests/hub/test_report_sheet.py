from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub import codec
from mailhub.reports.sheet import (
    Figures,
    Report,
    ReportKind,
    ReturnTally,
    adjustments,
    by_leading_reason,
    expected,
    gapless,
    lines,
    shares,
)
from storage.records import AgencyTally, Moment, PaperTally, SeriesTally, Tally

FIGURES = Figures(
    tally=Tally(electronic=1787, paper=534, voided=1),
    both_copies=7,
    exceptions={"law": 500, "": 34},
    signatures={"full": 1787},
    agencies=(AgencyTally(agency_id=3, name="Sở Y tế", electronic=5, paper=1, returned=2),),
    series=(
        SeriesTally(
            register="UBND", direction="in", kind="ordinary", year=2024, first=4, last=9, standing=5, voided=1, voids=(7,)
        ),
    ),
    slices=(),
    returns=(ReturnTally(reasons=("unsigned", "no-letter"), letters=2), ReturnTally(reasons=("unsigned",), letters=1)),
    repeats=3,
    paper=PaperTally(announced=1, secret=2),
    undecided=4,
    unanswered=5,
    median_seconds=61.4,
    slow_seconds=None,
)


@given(st.lists(st.integers(min_value=0, max_value=10**7), max_size=9))
def test_shares_add_up_to_a_hundred_and_are_off_by_less_than_one(counts):
    found, total = shares(counts), sum(counts)
    assert sum(found) == (100 if total else 0)
    assert all(abs(share - count * 100 / total) < 1 for share, count in zip(found, counts, strict=True) if total)


@pytest.mark.parametrize(
    ("counts", "percents"),
    [((1787, 534), (77, 23)), ((1, 1, 1), (34, 33, 33)), ((0, 0), (0, 0)), ((), ()), ((5, 0), (100, 0)), ((1, 999), (0, 100))],
)
def test_shares_are_whole_percents(counts, percents):
    assert shares(counts) == percents


def test_the_count_of_a_register_is_what_its_numbers_say():
    series = FIGURES.series[0]
    assert expected(series) == 5
    assert gapless(series)
    assert not gapless(replace(series, standing=4))


def test_returns_add_up_by_the_reason_that_decided():
    returns = (*FIGURES.returns, ReturnTally(reasons=("no-letter",), letters=9), ReturnTally(reasons=(), letters=1))
    assert by_leading_reason(returns) == {"no-letter": 9, "unsigned": 3, "": 1}


def test_every_line_has_a_name_of_its_own():
    names = [(line.section, line.key, line.figure) for line in lines(FIGURES)]
    assert len(set(names)) == len(names)
    assert {line.section for line in lines(FIGURES)} >= {"entries", "exceptions", "registers", "agencies", "counter", "seconds"}


def test_an_unchanged_registry_has_no_adjustments():
    assert adjustments(FIGURES, FIGURES) == ()


def test_what_changed_later_stands_beside_the_frozen_figure():
    now = replace(FIGURES, tally=Tally(electronic=1786, paper=534, voided=2), exceptions={"law": 534})
    found = {(one.line.section, one.line.key): (one.frozen, one.now, one.difference) for one in adjustments(FIGURES, now)}
    assert found == {
        ("entries", "received"): (2321, 2320, -1),
        ("entries", "electronic"): (1787, 1786, -1),
        ("entries", "voided"): (1, 2, 1),
        ("exceptions", "law"): (500, 534, 34),
        ("exceptions", ""): (34, None, -34),
    }


def test_work_that_goes_on_is_no_adjustment():
    assert adjustments(FIGURES, replace(FIGURES, undecided=0, unanswered=0, paper=PaperTally(), median_seconds=None)) == ()


def test_a_sheet_survives_being_stored():
    report = Report(
        kind=ReportKind.WEEK,
        unit_code="VPUB",
        unit_name="Văn phòng",
        time_zone="Asia/Ho_Chi_Minh",
        from_=datetime(2024, 8, 1, tzinfo=UTC),
        to=datetime(2024, 8, 8, tzinfo=UTC),
        moment=Moment.FILED,
        made_at=datetime(2024, 8, 8, tzinfo=UTC),
        figures=FIGURES,
    )
    assert codec.decode(codec.encode(report), Report) == report
    assert report.finished
