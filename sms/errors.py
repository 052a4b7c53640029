"""Errors of the SMS package. The class says whether trying again can help."""


class SmsError(Exception):
    """Base of everything sms raises."""


class InvalidNumberError(SmsError):
    """The text names no telephone number that can take an SMS."""
