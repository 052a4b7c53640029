from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.reports.periods import Period, before, months_later, slices, week_of, week_until, year_before

HCM = ZoneInfo("Asia/Ho_Chi_Minh")


def at(*parts):
    return datetime(*parts, tzinfo=HCM)


def test_the_week_that_ends_now_is_the_known_week():
    now = datetime(2024, 8, 8, 4, 0, 30, tzinfo=UTC)
    assert week_until(now, HCM) == Period(from_=at(2024, 8, 1), to=at(2024, 8, 8, 11))


def test_the_week_of_a_day_goes_from_monday_to_sunday():
    week = Period(from_=at(2024, 7, 29), to=at(2024, 8, 5))
    assert {week_of(date(2024, 7, day), HCM) for day in (29, 30, 31)} == {week}
    assert week_of(date(2024, 8, 4), HCM) == week
    assert week_of(date(2024, 8, 5), HCM) != week


@pytest.mark.parametrize(
    ("from_", "to", "start"),
    [
        (at(2024, 8, 1), at(2024, 9, 1), at(2024, 7, 1)),
        (at(2024, 1, 1), at(2024, 7, 1), at(2023, 7, 1)),
        (at(2024, 8, 5), at(2024, 8, 12), at(2024, 7, 29)),
        (at(2024, 8, 1), at(2024, 8, 8, 11), at(2024, 7, 24, 13)),
    ],
)
def test_the_period_before_is_as_long_and_ends_where_this_one_begins(from_, to, start):
    assert before(Period(from_=from_, to=to)) == Period(from_=start, to=from_)


def test_the_same_period_last_year_keeps_days_and_hours():
    period = Period(from_=at(2024, 2, 29), to=at(2024, 8, 8, 11))
    assert year_before(period) == Period(from_=at(2023, 2, 28), to=at(2023, 8, 8, 11))


def test_days_of_a_week_are_cut_at_its_ends():
    days = list(slices(Period(from_=at(2024, 8, 1, 8), to=at(2024, 8, 3, 11))))
    assert [(day.from_, day.to) for day in days] == [
        (at(2024, 8, 1, 8), at(2024, 8, 2)),
        (at(2024, 8, 2), at(2024, 8, 3)),
        (at(2024, 8, 3), at(2024, 8, 3, 11)),
    ]


def test_a_year_is_counted_by_months():
    months = list(slices(Period(from_=at(2024, 1, 1), to=at(2025, 1, 1))))
    assert [month.from_.month for month in months] == list(range(1, 13))


MOMENTS = st.datetimes(min_value=datetime(2000, 3, 1), max_value=datetime(2050, 1, 1), timezones=st.just(HCM))  # noqa: DTZ001


@given(MOMENTS, st.integers(min_value=1, max_value=900 * 24 * 60))
def test_slices_cover_a_period_without_gap_or_overlap(start, minutes):
    period = Period(from_=start, to=start + timedelta(minutes=minutes))
    parts = list(slices(period))
    assert parts[0].from_ == period.from_
    assert parts[-1].to == period.to
    assert all(part.from_ < part.to for part in parts)
    assert all(first.to == second.from_ for first, second in pairwise(parts))


@given(MOMENTS, st.integers(min_value=-240, max_value=240))
def test_a_month_later_stays_in_its_month(moment, months):
    later = months_later(moment, months)
    assert later.year * 12 + later.month == moment.year * 12 + moment.month + months
    assert later.day == moment.day or later.day >= 28
