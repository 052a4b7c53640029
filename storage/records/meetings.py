"""Records of meetings: what was said to whom at which revision, and who was reached."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MeetingChange(StrEnum):
    """What a revision does."""

    CONVENE = "convene"
    MOVE = "move"
    POSTPONE = "postpone"
    CANCEL = "cancel"
    PAPERS = "papers"


class MeetingState(StrEnum):
    """Whether a meeting takes place."""

    PLANNED = "planned"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionDraft:
    """One change of a meeting before it has its number; a stored revision is never written anew.

    `document_id` is the stored document with the whole content. `letter_blob` holds the bytes of the signed invitation,
    `letter_sha256` their digest, `letter_reference` its number and symbol. `sequence` is that of the calendar part.
    `starts_at` and `ends_at` are empty while there is no new time. Nothing leaves before `release_at`.
    """

    change: MeetingChange
    sequence: int
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    document_id: int
    letter_blob: str | None
    letter_sha256: str
    letter_reference: str
    made_by: str
    reason: str
    release_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A stored revision; the first one has number 1."""

    meeting_id: int
    number: int
    made_at: datetime
    draft: RevisionDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingDraft:
    """A meeting before it has an id. `uid` is its name in every calendar, for ever and unique among all units."""

    unit_id: int
    uid: str
    title: str
    state: MeetingState


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A stored meeting. `version` fences two changes at once; number, sequence, time and place are the last revision's."""

    id: int
    version: int
    draft: MeetingDraft
    revision: int
    sequence: int
    starts_at: datetime | None
    ends_at: datetime | None
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """An official invited from revision `since_revision` on and before `until_revision`; `position` is the order."""

    meeting_id: int
    official_id: int
    position: int
    since_revision: int
    until_revision: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachNoteDraft:
    """What somebody noted about reaching an official with a revision. Channel and outcome are the application's words."""

    meeting_id: int
    revision: int
    official_id: int
    channel: str
    outcome: str
    at: datetime
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachNote:
    """A stored note; a later one stands beside it, never in its place."""

    id: int
    meeting_id: int
    revision: int
    official_id: int
    channel: str
    outcome: str
    at: datetime
    by: str
    note: str
