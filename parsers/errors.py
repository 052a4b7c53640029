"""Errors of the parsers; what a document says wrongly is a finding, never an exception."""


class ParseError(Exception):
    """The bytes are not what the parser reads."""


class LimitExceededError(ParseError):
    """The bytes ask for more work or memory than the limits allow."""
