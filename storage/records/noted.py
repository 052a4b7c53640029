"""Records of mail that was noted rather than worked on."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedMail:
    """What a mail was noted as, what it answers, and what followed. The words of the kinds are the application's.

    `tied_by` says how it is known which dispatch it answers, empty where none is known. `outcome` is what the mail says,
    `effect` what was changed because of it, `doubt` why nothing was. `sequence` and `stamp` order a calendar's answers.
    """

    submission_id: int
    unit_id: int
    kind: str
    at: datetime
    dispatch_id: int | None = None
    meeting_id: int | None = None
    official_id: int | None = None
    tied_by: str = ""
    outcome: str = ""
    effect: str = ""
    doubt: str = ""
    recipient: str = ""
    status: str = ""
    diagnostic: str = ""
    sequence: int = 0
    stamp: datetime | None = None
