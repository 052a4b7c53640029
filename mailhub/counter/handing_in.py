"""Handing in: what a clerk enters about paper at the counter, checked, as rows of the registry."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailhub.deposit_codes import deposit_code
from mailhub.directory.directory import unknown_agency
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.pairing import issuer_of
from mailhub.policy.agencies import AgencyKind
from mailhub.policy.paper import PaperException
from mailhub.policy.verdict import EXEMPT
from parsers.letter import document_key
from storage import deposits, directory, registry
from storage.database import Transaction
from storage.errors import NotFoundError
from storage.records import Agency, Deposit, DepositDraft, DepositKind, DepositState, LetterDraft, LetterState

CLOCK_TOLERANCE = timedelta(minutes=5)

GONE = frozenset({DepositState.CANCELLED, DepositState.RETURNED})
"""States of paper that is not in the house: the same document may be handed in again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositOrder:
    """Paper as the clerk enters it.

    Either `agency` (a code of the directory) or `sender` (a name) is given. `deposited_at` is None for now; `number` is given
    only where another system numbers the register, an empty `register` is the unit's own.
    """

    kind: DepositKind = DepositKind.DOCUMENT
    agency: str = ""
    sender: str = ""
    reference: str = ""
    issued_on: date | None = None
    document_type: str = ""
    subject: str = ""
    pages: int | None = None
    exception: PaperException | None = None
    deposited_at: datetime | None = None
    note: str = ""
    register: str = ""
    number: int | None = None


def agency_for(tx: Transaction, unit_id: int, order: DepositOrder) -> Agency | None:
    """The agency that hands the paper in: by code, else by a name that the directory knows; None for anybody else."""
    if not order.agency:
        return directory.find_by_name(tx, unit_id, order.sender)
    try:
        return directory.agency(tx, unit_id, order.agency)
    except NotFoundError as error:
        raise unknown_agency(order.agency) from error


def kind_of(order: DepositOrder) -> DepositKind:
    """What was handed in: a document under the exception for secrets is secret paper."""
    return DepositKind.SECRET if order.exception is PaperException.SECRET else order.kind


def exception_of(order: DepositOrder, agency: Agency | None) -> PaperException | None:
    """The rule that lets the paper come alone: as entered, or because its sender is not bound to send an e-copy."""
    if order.exception is None and agency is not None and AgencyKind(agency.kind) in EXEMPT:
        return PaperException.EXEMPT_SENDER
    return order.exception


def require_complete(order: DepositOrder) -> None:
    """Refuse an order that says too little of a document, or anything at all of secret paper or an unopened envelope."""
    if not (order.agency or order.sender.strip()):
        raise RefusedError(
            Text(vi="ai nộp? nêu --agency MÃ hoặc --sender TÊN", en="who hands it in? Give --agency CODE or --sender NAME")
        )
    kind = kind_of(order)
    if kind is DepositKind.SECRET and any((order.reference, order.subject, order.document_type, order.issued_on, order.note)):
        raise RefusedError(
            Text(
                vi="văn bản mật chỉ đếm: bỏ --reference, --date, --type, --subject, --note",
                en="secret paper is only counted: leave out --reference, --date, --type, --subject and --note",
            )
        )
    if kind is DepositKind.ENVELOPE and any((order.subject, order.document_type, order.exception)):
        raise RefusedError(
            Text(
                vi="bì gửi đích danh không mở nên không có trích yếu, loại, ngoại lệ; tên người nhận ghi ở --note",
                en="an envelope addressed to a person is not opened: no subject, type or exception; its addressee goes to --note",
            )
        )


def require_identity(order: DepositOrder, exception: PaperException | None) -> None:
    """Refuse a document of an agency without number and date: nothing could be paired with it."""
    if exception is PaperException.EXEMPT_SENDER or (order.reference and order.issued_on):
        return
    raise RefusedError(
        Text(
            vi="cần số ký hiệu và ngày văn bản (--reference, --date) để ghép với bản điện tử",
            en="number and date of the document (--reference, --date) are needed to pair it with its e-copy",
        )
    )


def moment_of(order: DepositOrder, now: datetime) -> datetime:
    """When the paper was handed in; a moment to come is refused."""
    moment = order.deposited_at or now
    if moment > now + CLOCK_TOLERANCE:
        raise RefusedError(
            Text(vi="giờ nộp còn ở phía trước; xem lại --at", en="that moment is still to come; look at --at again")
        )
    return min(moment, now)


def refuse_second(tx: Transaction, unit_id: int, key: str) -> None:
    """Refuse paper that is in the house already, naming the first."""
    for first in deposits.with_key(tx, unit_id, key):
        if first.draft.state not in GONE:
            raise second_refused(tx, first)


def second_refused(tx: Transaction, first: Deposit) -> RefusedError:
    """The same paper was handed in before."""
    code, reference = deposit_code(first.id), first.draft.reference
    entry = registry.with_ids(tx, [first.entry_id])[0] if first.entry_id is not None else None
    number = Text(vi=f", số đến {entry.number}", en=f", arrival number {entry.number}") if entry else Text(vi="", en="")
    return RefusedError(
        Text(
            vi=f"{reference} đã nhận bản giấy: {code}{number.vi}; xem `mailhub paper show {code}`",
            en=f"{reference} was handed in on paper already: {code}{number.en}; see `mailhub paper show {code}`",
        )
    )


def deposit_draft(unit_id: int, order: DepositOrder, agency: Agency | None, moment: datetime, received_by: str) -> DepositDraft:
    """The row of a deposit that waits for nothing yet and has no letter yet."""
    kind, sender = kind_of(order), agency.name if agency else order.sender.strip()
    exception = exception_of(order, agency) if kind is not DepositKind.ENVELOPE else None
    return DepositDraft(
        unit_id=unit_id,
        kind=kind,
        state=DepositState.WAITING if kind is DepositKind.DOCUMENT else DepositState.COUNTED,
        letter_id=None,
        agency_id=agency.id if agency else None,
        sender=sender,
        document_key=key_of(order, agency, sender) if kind is DepositKind.DOCUMENT else "",
        reference=order.reference.strip(),
        issued_on=order.issued_on,
        document_type=order.document_type.strip(),
        subject=order.subject.strip(),
        pages=order.pages,
        exception=exception.value if exception else "",
        deposited_at=moment,
        due_at=None,
        received_by=received_by,
        note=order.note.strip(),
    )


def key_of(order: DepositOrder, agency: Agency | None, sender: str) -> str:
    """The document key, the same as that of letters (`mailhub.facts.key_of`); empty while number or date are unknown."""
    if not order.reference or order.issued_on is None:
        return ""
    return document_key(issuer_of(agency.id if agency else None, sender), order.reference, order.issued_on.year)


def letter_draft(draft: DepositDraft) -> LetterDraft:
    """The letter of a deposit: no mail, no files, no facts; it was received when it was handed in."""
    return LetterDraft(
        unit_id=draft.unit_id,
        submission_id=None,
        position=0,
        state=LetterState.AT_COUNTER,
        document_key=draft.document_key,
        content_digest="",
        agency_id=draft.agency_id,
        issuer=draft.sender,
        reference=draft.reference,
        issued_on=draft.issued_on,
        document_type=draft.document_type,
        subject=draft.subject,
        urgency="normal",
        facts_id=None,
        decision_id=None,
        action="",
        reasons=(),
        signatures_seen=0,
        signatures_valid=0,
        enclosures_declared=0,
        enclosures_found=0,
        due_at=None,
        received_at=draft.deposited_at,
    )
