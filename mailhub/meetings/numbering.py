"""The number of a giấy mời: taken for a draft, or the one that a signed document bears, never twice."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mailhub.errors import RefusedError
from mailhub.issuing import INVITATIONS, IssueOrder, issue, peek_number
from mailhub.language import Text
from mailhub.meetings.content import Invitation, Paper
from mailhub.meetings.signed import SignedLetter
from storage.database import Transaction
from storage.records import RegisterMode, Unit

DOCUMENT_TYPE = "Giấy mời"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """What a giấy mời is numbered for: `letter` with its stored `paper` where it is signed."""

    unit: Unit
    symbol: str
    title: str
    register: str = ""
    number: int | None = None
    letter: SignedLetter | None = None
    paper: Paper | None = None


def draft_invitation(tx: Transaction, wanted: Numbered) -> Invitation:
    """Take the next number for a draft."""
    entry = issue(tx, issue_order(wanted, wanted.number))
    return Invitation(reference=entry.draft.reference, number=entry.number, issued_on=entry.arrival_date)


def signed_invitation(tx: Transaction, wanted: Numbered, draft: Invitation | None, now: datetime) -> Invitation:
    """The signed document: it bears the number of its draft, or one that is taken up now."""
    letter = wanted.letter
    if letter is None or wanted.paper is None:
        raise ValueError("a signed invitation needs its letter")
    issued_on = letter.issued_on or now.astimezone(ZoneInfo(wanted.unit.time_zone)).date()
    if draft is None or draft.number != letter.number:
        require_own_number(draft, letter)
        issue(tx, issue_order(wanted, letter.number))
    return Invitation(reference=letter.reference, number=letter.number, issued_on=issued_on, paper=wanted.paper)


def require_own_number(draft: Invitation | None, letter: SignedLetter) -> None:
    """The signed form of a draft bears the draft's number; only a later document has a number of its own."""
    if draft is not None and not draft.signed:
        raise RefusedError(
            Text(
                vi=f"{letter.file.name} mang số {letter.reference}, còn giấy mời của cuộc họp này là {draft.reference}; "
                "ký đúng bản mang số đã cấp",
                en=f"{letter.file.name} bears {letter.reference}, but this meeting's invitation is {draft.reference}; "
                "sign the one with the number that was given",
            )
        )


def issue_order(wanted: Numbered, number: int | None) -> IssueOrder:
    """The line of the outgoing register."""
    letter = wanted.letter
    return IssueOrder(
        unit=wanted.unit,
        kind=INVITATIONS,
        symbol=wanted.symbol,
        document_type=DOCUMENT_TYPE,
        subject=wanted.title,
        register=wanted.register,
        number=number,
        reference=letter.reference if letter else "",
        issued_on=letter.issued_on if letter else None,
        content_digest=letter.file.sha256 if letter else "",
    )


def foreseen(tx: Transaction, wanted: Numbered, now: datetime) -> Invitation:
    """The invitation as it would be numbered now; takes nothing. Raises RefusedError as numbering would."""
    day = now.astimezone(ZoneInfo(wanted.unit.time_zone)).date()
    letter = wanted.letter
    if letter is not None:
        issued_on = letter.issued_on or day
        return Invitation(reference=letter.reference, number=letter.number, issued_on=issued_on, paper=wanted.paper)
    series = peek_number(tx, wanted.unit, INVITATIONS, wanted.register)
    number = wanted.number
    if series is not None and series.register.mode is RegisterMode.OWN:
        number = series.next_number
    number = 1 if series is None and number is None else number
    reference = f"{number:02}/{wanted.symbol}" if number is not None else f"…/{wanted.symbol}"
    return Invitation(reference=reference, number=number, issued_on=day)
