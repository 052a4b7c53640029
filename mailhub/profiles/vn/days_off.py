"""Public holidays of Viet Nam with substitutes and swapped working days (Labour Code 45/2019/QH14, art. 111 and 112).

The dates come from the `holidays` library. Swap days are announced late in the year before and reach the library with a
release; the office's own settings take them earlier.
"""

from functools import cache

from mailhub.working_days import PublicYear


@cache
def public_year(year: int) -> PublicYear:
    """The table of one year; outside the library's lunar calendar (1901 to 2099) it is empty and not announced."""
    import holidays  # noqa: PLC0415  a fifth of a second that only working days cost

    table = holidays.country_holidays("VN", years=year, language="vi")
    # The library lists swapped days of other years beside those that were asked for.
    swapped = frozenset(day for day in table.weekend_workdays if day.year == year)
    return PublicYear(
        days_off=frozenset(day for day in table if day.year == year),
        working_days=swapped,
        announced=bool(swapped),
    )
