"""Errors of the application. The class says whether trying again can help, and with it the exit code of a command."""

from mailhub.language import Language, Text


class MailhubError(Exception):
    """Base of everything mailhub raises on purpose.

    The message is a sentence that shows the value and what was expected, without secrets. A `Text` speaks to the clerk in
    the clerk's language; a plain string is shown as it is.
    """

    def __init__(self, message: Text | str) -> None:
        super().__init__(message)
        self.message = message

    def in_(self, language: Language) -> str:
        """Give the sentence in one language."""
        return self.message.in_(language) if isinstance(self.message, Text) else self.message

    def __str__(self) -> str:
        return str(self.message)


class RefusedError(MailhubError):
    """The request is invalid or not allowed now; the sentence says why and what to do (exit code 1)."""


class TryLaterError(MailhubError):
    """The same request may succeed later: something that is needed did not answer (exit code 75)."""


class DamagedDocumentError(MailhubError):
    """A stored document does not have the form its kind and version promise."""
