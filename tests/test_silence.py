"""When a door's silence is an alarm: compared with its own history, in office time."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailhub.profiles.vn.days_off import public_year
from mailhub.silence import HOURS_NEEDED, silence, usual
from mailhub.working_days import PublicYear, WorkingDays
from storage.records import DoorCounts

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DAYS = WorkingDays(zone=HANOI, opens=time(7, 30), closes=time(17, 0), public=public_year)
FLOOR = timedelta(hours=2)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=HANOI).astimezone(UTC)


def counted(moments):
    """The counts by the hour that mails at these moments leave."""
    hours = {}
    for moment in sorted(moments):
        hours.setdefault(moment.replace(minute=0, second=0, microsecond=0), []).append(moment)
    return [
        DoorCounts(door="smtp", account="", hour=hour, mails=len(mails), first_mail_at=mails[0], last_mail_at=mails[-1])
        for hour, mails in hours.items()
    ]


def weeks_of_mail(first, weeks, *local_times):
    """Mails at these times of every working day."""
    days = [at(f"{first}T00:00") + timedelta(days=day) for day in range(weeks * 7)]
    local = [day.astimezone(HANOI).date() for day in days]
    return [
        datetime.combine(day, time.fromisoformat(clock), HANOI).astimezone(UTC)
        for day in local
        if DAYS.is_working(day)
        for clock in local_times
    ]


STEADY = weeks_of_mail("2026-09-07", 8, "08:00", "09:30", "11:00", "13:30", "15:00", "16:30")
"""Mail every hour and a half, up to Friday 30 October 2026."""


def alarm(mails, now):
    return silence(counted(mails), at(now), DAYS, FLOOR).is_alarm


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-10-30T17:00", False),
        ("2026-10-30T23:00", False),  # the night
        ("2026-11-01T12:00", False),  # the weekend
        ("2026-11-02T07:30", False),  # Monday's opening: half an hour of office time since Friday
        ("2026-11-02T10:30", False),  # three and a half hours
        ("2026-11-02T11:30", True),  # four and a half: more than one and a half times two and a half
    ],
)
def test_silence_is_measured_in_office_time(now, expected):
    assert alarm(STEADY, now) is expected


def test_holidays_are_no_silence():
    mails = weeks_of_mail("2027-01-04", 8, "08:00", "10:00", "12:00", "14:00", "16:30")
    before_tet = [mail for mail in mails if mail < at("2027-02-08T00:00")]
    back = DAYS.opening(at("2027-02-08T12:00"))
    assert back - before_tet[-1] > timedelta(days=5)
    assert not silence(counted(before_tet), back + timedelta(minutes=15), DAYS, FLOOR).is_alarm


def test_one_outage_does_not_hide_the_next():
    outage = [mail for mail in STEADY if not at("2026-09-21T00:00") <= mail < at("2026-09-25T00:00")]
    assert alarm(outage, "2026-11-02T11:30")


def test_a_new_hub_has_nothing_to_compare_with():
    week = weeks_of_mail("2026-10-19", 1, "08:00", "09:00", "10:00", "11:00", "14:00", "16:00")
    assert silence([], at("2026-11-02T11:30"), DAYS, FLOOR).lasts is None
    judged = silence(counted(week), at("2026-10-27T11:30"), DAYS, FLOOR)
    assert (judged.limit, judged.is_alarm) == (None, False)
    assert judged.lasts > timedelta(hours=13)


def test_a_door_that_rarely_takes_mail_raises_no_alarm():
    rare = weeks_of_mail("2026-09-07", 8, "09:00")[::3]
    assert len(counted(rare)) < HOURS_NEEDED
    assert not alarm(rare, "2026-11-20T16:00")


def test_a_busy_door_is_judged_by_the_floor():
    busy = weeks_of_mail("2026-09-07", 8, *(f"{hour:02}:{minute:02}" for hour in range(7, 18) for minute in (31, 51)))
    judged = silence(counted(busy), at("2026-11-02T09:29"), DAYS, FLOOR)
    assert (judged.limit, judged.is_alarm) == (FLOOR, False)
    assert alarm(busy, "2026-11-02T09:31")


def test_the_usual_rate_is_that_of_the_hour_and_weekday_on_days_worked_alike():
    mondays = weeks_of_mail("2026-09-07", 8, "09:10", "09:20")
    assert usual(counted(mondays), at("2026-11-02T09:45"), DAYS) == 2.0
    assert usual(counted(mondays), at("2026-11-02T10:45"), DAYS) == 0.0
    assert usual(counted(mondays), at("2026-11-01T09:45"), DAYS) == 0.0
    assert usual([], at("2026-11-02T09:45"), DAYS) is None
    # The week of a holiday is no measure: 2 September 2026 was a Wednesday.
    wednesdays = weeks_of_mail("2026-08-24", 2, "09:10")
    assert usual(counted(wednesdays), at("2026-09-09T09:45"), DAYS) == 1.0


MINUTES = st.lists(st.integers(0, 56 * 24 * 60), max_size=300).map(sorted)
START = at("2026-09-07T00:00")
ALWAYS = PublicYear(days_off=frozenset(), working_days=frozenset(), announced=True)


@given(minutes=MINUTES, later=st.integers(0, 20 * 24 * 60), more=st.integers(0, 5 * 24 * 60))
@settings(max_examples=60, deadline=None)
def test_an_alarm_stays_until_mail_comes_and_is_never_raised_right_after_mail(minutes, later, more):
    days = WorkingDays(zone=HANOI, opens=time(7, 30), closes=time(17, 0), public=lambda _: ALWAYS)
    mails = [START + timedelta(minutes=minute) for minute in minutes]
    counts = counted(mails)
    now = (mails[-1] if mails else START) + timedelta(minutes=later)
    first = silence(counts, now, days, FLOOR)
    then = silence(counts, now + timedelta(minutes=more), days, FLOOR)
    if first.is_alarm:
        assert then.is_alarm
        assert first.lasts > FLOOR
    if mails:
        assert not silence(counts, mails[-1] + FLOOR, days, FLOOR).is_alarm


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10_000))
def test_office_time_adds_up(first, second, third):
    one, two, three = (START + timedelta(minutes=minute) for minute in sorted((first, second, third)))
    assert DAYS.office_time(one, two) + DAYS.office_time(two, three) == DAYS.office_time(one, three)
    assert DAYS.office_time(three, one) == timedelta(0)
