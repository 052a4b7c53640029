"""Dates, times and subjects as Vietnamese offices print them."""

import re
from datetime import date, datetime

LEADING_ABOUT = re.compile(r"\s*(?:v/v|về việc|về)[\s:.]+", re.IGNORECASE)


def printed_date(value: date) -> str:
    """Days below ten and the months January and February take a leading zero (Decree 30/2020, appendix I): 09/8/2024."""
    month = f"{value.month:02}" if value.month < 3 else str(value.month)
    return f"{value.day:02}/{month}/{value.year}"


def printed_time(value: datetime) -> str:
    """The time of day, already in the unit's zone."""
    return value.strftime("%H:%M")


def printed_moment(value: datetime) -> str:
    """Time and date, already in the unit's zone."""
    return f"{printed_time(value)} ngày {printed_date(value.date())}"


def printed_matter(subject: str) -> str:
    """The subject without its own "V/v", for a sentence that says "về" itself."""
    return LEADING_ABOUT.sub("", subject, count=1)


def spoken_to_person(text: str) -> str:
    """The same words to a person instead of an agency."""
    return text.replace("Quý cơ quan", "Quý vị")


def printed_long_date(value: date) -> str:
    """The day as the head of a letter writes it: ngày 09 tháng 8 năm 2024."""
    month = f"{value.month:02}" if value.month < 3 else str(value.month)
    return f"ngày {value.day:02} tháng {month} năm {value.year}"


def printed_hour(value: datetime) -> str:
    """The time of day in an official text, already in the unit's zone: 8 giờ 00."""
    return f"{value.hour} giờ {value.minute:02}"


def printed_day_of_week(value: date) -> str:
    """The day of the week in words."""
    return ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")[value.weekday()]


def short_hour(value: datetime) -> str:
    """The time of day as a text message has room for it, already in the unit's zone: 8h00."""
    return f"{value.hour}h{value.minute:02}"


def short_day(value: date, today: date) -> str:
    """Weekday and day as a text message has room for it: T6 09/8; the year only where it is another one than today's."""
    week = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")[value.weekday()]
    full = printed_date(value)
    return f"{week} {full if value.year != today.year else full.rpartition('/')[0]}"


def printed_span(starts: datetime, ends: datetime | None) -> str:
    """Hours and day of a meeting in words, already in the unit's zone."""
    until = f" đến {printed_hour(ends)}" if ends else ""
    return f"{printed_hour(starts)}{until}, {printed_day_of_week(starts.date())}, {printed_long_date(starts.date())}"
