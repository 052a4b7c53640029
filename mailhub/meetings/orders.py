"""What a clerk orders: to convene, to move, to send other papers. Names of people are as they were typed."""

from dataclasses import dataclass
from datetime import datetime

from mailhub.meetings.signed import LetterFile
from mailhub.notices.context import Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Convocation:
    """A meeting to convene. With the signed `letter` its subject is the title where none is given.

    `number` is needed only where another system numbers invitations and the letter is not signed yet. `urgent_reason` says
    why the notice is short.
    """

    starts_at: datetime
    place: str
    invite: tuple[str, ...]
    title: str = ""
    ends_at: datetime | None = None
    chair: str = ""
    agenda: str = ""
    requirements: str = ""
    contact: Contact | None = None
    papers: tuple[LetterFile, ...] = ()
    letter: LetterFile | None = None
    register: str = ""
    number: int | None = None
    urgent_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """What is new about a meeting; None keeps what was. `note` is told to those who are invited, `reason` only to the log."""

    reason: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str | None = None
    title: str | None = None
    agenda: str | None = None
    chair: str | None = None
    requirements: str | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    papers: tuple[LetterFile, ...] = ()
    letter: LetterFile | None = None
    note: str = ""
    urgent_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperChange:
    """Papers that are new or take the place of those of the same name; the signed letter in place of its draft."""

    reason: str = ""
    papers: tuple[LetterFile, ...] = ()
    letter: LetterFile | None = None
