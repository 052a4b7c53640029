"""How reading a mail can fail. Each blames one mail only, and says by what evidence."""

from dataclasses import dataclass

from mailhub.errors import MailhubError, TryLaterError


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was seen of a failed reader: exit status (negative: killed by that signal) and its last words."""

    exit_status: int | None
    last_line: str


class ReaderFailedError(MailhubError):
    """A reader did not come back with a result for this job."""

    def __init__(self, message: str, evidence: Evidence) -> None:
        super().__init__(message)
        self.evidence = evidence


class ReaderDiedError(ReaderFailedError):
    """The child ended, or answered nonsense, in the middle of the job."""


class ReaderTimeoutError(ReaderFailedError):
    """The job took longer than the wall clock allows; the child was killed."""


class ReaderMemoryError(ReaderFailedError):
    """The job wanted more memory than it may have."""


class ReaderRefusedError(ReaderFailedError):
    """The reader itself says that the bytes are not what it reads."""


class ReadersUnavailableError(TryLaterError):
    """No reader could be started: a fault of the installation, never of a mail."""
