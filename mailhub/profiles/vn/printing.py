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
