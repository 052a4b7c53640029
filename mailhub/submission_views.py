"""What came in, as lists show it. Listing needs nothing of what reads mails, so that it starts soon."""

from collections.abc import Iterable
from dataclasses import dataclass

from mailhub.tracking import beginning
from storage import captures, submissions
from storage.database import Database
from storage.records import Submission, SubmissionState


@dataclass(frozen=True, slots=True)
class SubmissionViews:
    """Looks submissions up."""

    database: Database

    def list_(
        self, unit_id: int, *, states: Iterable[SubmissionState] | None = None, limit: int = 100, before_id: int | None = None
    ) -> tuple[Submission, ...]:
        """Submissions, newest first."""
        with self.database.reading() as tx:
            return tuple(submissions.list_(tx, unit_id, states=states, limit=limit, before_id=before_id))

    def waiting_captures(self, unit_id: int) -> int:
        """How many mails are stored and not read yet."""
        with self.database.reading() as tx:
            return captures.pending_count(tx, unit_id)

    def named(self, unit_id: int, text: str, limit: int = 10) -> tuple[Submission, ...]:
        """The submissions whose tracking code begins as it was read out or typed; none where no code does."""
        begun = beginning(text)
        if begun is None:
            return ()
        with self.database.reading() as tx:
            return tuple(submissions.by_code_beginning(tx, unit_id, begun, limit))
