"""Why paper may come without an e-copy: the closed list of exceptions. Their words are data of the profile."""

from enum import StrEnum


class PaperException(StrEnum):
    """The rule that lets paper come alone. Codes are never translated and never reused."""

    SECRET = "secret"  # noqa: S105  (a kind of paper)
    LAW = "law"
    UNDIGITISED = "undigitised"
    ORGANISATION = "organisation"
    EXEMPT_SENDER = "exempt-sender"
