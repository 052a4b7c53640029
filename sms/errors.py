"""Errors of the SMS package. The class says whether trying again can help."""

from enum import StrEnum


class SmsError(Exception):
    """Base of everything sms raises."""


class NumberFault(StrEnum):
    """Why a text names no number that may get an SMS."""

    UNREADABLE = "unreadable"
    SEVERAL = "several"
    INVALID = "invalid"
    NOT_MOBILE = "not-mobile"
    COUNTRY = "country"


class InvalidNumberError(SmsError):
    """The text names no telephone number that can take an SMS; `fault` says why not."""

    def __init__(self, message: str, fault: NumberFault) -> None:
        super().__init__(message)
        self.fault = fault


class TextTooLongError(SmsError):
    """The text takes more segments than are allowed."""

    def __init__(self, segments: int, most: int) -> None:
        super().__init__(f"the text takes {segments} segments, at most {most} are allowed")
        self.segments = segments
        self.most = most
