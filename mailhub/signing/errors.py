"""What goes wrong when the hub signs. Each error says what is wrong and what to do."""

from mailhub.errors import RefusedError, TryLaterError


class KeyUnusableError(RefusedError):
    """A key cannot sign now: its file or token, its password, its certificate."""


class DocumentNotSignableError(RefusedError):
    """A document cannot take a signature."""


class TimestampMissingError(TryLaterError):
    """The timestamping authority gave no token that holds."""
