"""When a working day has passed: over weekends, holidays with substitutes, swapped Saturdays and closed hours."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.profiles.vn.days_off import public_year
from mailhub.working_days import PublicYear, WorkingDays

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOTHING = PublicYear(days_off=frozenset(), working_days=frozenset(), announced=False)


def calendar(**changes):
    given_ = {"zone": HANOI, "opens": time(7, 30), "closes": time(17, 0), "public": public_year, **changes}
    return WorkingDays(**given_)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


def local(moment):
    return f"{moment.astimezone(HANOI):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2024-08-07T09:20", 1, "2024-08-08 09:20"),  # Wednesday to Thursday
        ("2024-08-09T16:00", 1, "2024-08-12 16:00"),  # over the weekend
        ("2024-08-09T18:00", 1, "2024-08-13 07:30"),  # after hours: from Monday's opening
        ("2024-08-08T06:00", 1, "2024-08-09 07:30"),  # before hours: from the same morning's opening
        ("2024-08-10T10:00", 1, "2024-08-13 07:30"),  # on a Saturday
        ("2024-08-10T23:00", 0, "2024-08-12 07:30"),
        ("2024-08-07T09:20", 0, "2024-08-07 09:20"),
        ("2024-04-26T10:00", 1, "2024-05-02 10:00"),  # 29 April was swapped for 4 May
        ("2024-05-03T10:00", 1, "2024-05-04 10:00"),  # that Saturday was worked
        ("2026-04-24T10:00", 1, "2026-04-28 10:00"),  # Giỗ Tổ on a Sunday, its substitute on Monday
        ("2024-02-07T15:00", 1, "2024-02-15 15:00"),  # Tết
        ("2024-12-31T15:00", 1, "2025-01-02 15:00"),
    ],
)
def test_one_working_day_is_the_same_time_of_the_next_one(start, days, end):
    assert local(calendar().add(at(start), days)) == end


def test_the_office_s_own_days_stand_before_the_country_s():
    own = calendar(days_off=frozenset({date(2024, 8, 8)}), working_days=frozenset({date(2024, 8, 10), date(2024, 9, 2)}))
    assert local(own.add(at("2024-08-07T09:00"), 1)) == "2024-08-09 09:00"
    assert local(own.add(at("2024-08-09T09:00"), 1)) == "2024-08-10 09:00"
    assert own.is_working(date(2024, 9, 2))


def test_a_moment_of_another_zone_is_the_same_moment():
    start = at("2024-08-07T09:20")
    assert calendar().add(start.astimezone(UTC), 1) == calendar().add(start, 1)


def test_days_between_are_counted_as_invitations_count_them():
    days = calendar()
    assert days.between(at("2024-08-05T10:00"), at("2024-08-08T08:00")) == 3
    assert days.between(at("2024-08-08T10:00"), at("2024-08-12T08:00")) == 2
    assert days.between(at("2024-08-09T18:00"), at("2024-08-13T08:00")) == 1  # sent after hours: counts from Monday
    assert days.between(at("2024-08-09T10:00"), at("2024-08-09T11:00")) == 0
    assert days.between(at("2024-08-09T10:00"), at("2024-08-01T11:00")) == 0


def test_working_days_are_not_counted_backwards():
    with pytest.raises(ValueError, match="forward"):
        calendar().add(at("2024-08-07T09:20"), -1)


def test_next_year_s_table_is_asked_for_from_the_first_of_december():
    days = calendar(public=lambda year: PublicYear(days_off=frozenset(), working_days=frozenset(), announced=year < 2027))
    assert days.unsettled_years(at("2026-11-30T23:59")) == ()
    assert days.unsettled_years(at("2026-12-01T00:00")) == (2027,)
    assert days.unsettled_years(at("2027-01-05T00:00")) == (2027,)
    assert calendar(public=days.public, confirmed_years=frozenset({2027})).unsettled_years(at("2026-12-01T00:00")) == ()


def test_a_year_counts_as_announced_when_its_swap_days_are_known():
    assert public_year(2026).announced
    assert public_year(2026).working_days == {date(2026, 8, 22)}
    assert not public_year(2098).announced
    assert public_year(2150) == NOTHING


MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  the zone is added
OWN = st.sets(st.dates(date(2010, 1, 1), date(2060, 1, 1)), max_size=20).map(frozenset)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=30)), st.integers(0, 9), OWN, OWN)
def test_a_later_deposit_never_ends_earlier(start, later, days, off, on):
    office = calendar(days_off=off - on, working_days=on)
    assert office.add(start, days) <= office.add(start + later, days)


@given(MOMENTS, st.integers(0, 9), OWN, OWN)
def test_a_wait_never_ends_on_a_day_off_nor_outside_the_hours(start, days, off, on):
    office = calendar(days_off=off - on, working_days=on)
    end = office.add(start, days).astimezone(HANOI)
    assert office.is_working(end.date())
    assert office.opens <= end.time() <= office.closes
    assert end >= start


@given(MOMENTS, st.integers(0, 9), OWN, OWN)
def test_what_was_added_lies_between(start, days, off, on):
    office = calendar(days_off=off - on, working_days=on)
    assert office.between(start, office.add(start, days)) == days
    assert office.add(office.add(start, days), 1) > office.add(start, days)
