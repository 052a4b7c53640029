"""Issuing: the only place where an outgoing number is given (design, 2 and promise 6).

As in filing the register's row is locked first, only then is the clock read. The number is a line of the outgoing register
like any other: it belongs to a letter of our own, which came in no mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.registers import require_running
from storage import letters, registry
from storage.database import Transaction
from storage.errors import NotFoundError
from storage.records import Entry, EntryDraft, LetterDraft, LetterState, Register, RegisterMode, Series, Unit

OUT = "out"
INVITATIONS = "GM"
"""The kind of the register whose numbers giấy mời bear (Decree 30/2020/NĐ-CP, 7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueOrder:
    """A document of our own that gets a number: `symbol` stands behind it.

    `number` is what a signed document bears already: in a register of ours it must be the next one, elsewhere it is taken as
    it is. `register` is needed only where the unit has several of this kind.
    """

    unit: Unit
    kind: str
    symbol: str
    document_type: str
    subject: str
    register: str = ""
    number: int | None = None
    reference: str = ""
    issued_on: date | None = None
    content_digest: str = ""
    search_text: str = ""


def issue(tx: Transaction, order: IssueOrder) -> Entry:
    """Give the next number, or take up the one that a signed document bears. Events are the caller's."""
    register = outgoing_register(tx, order)
    require_running(register)
    moment = registry.arrival_moment(tx, register, ZoneInfo(order.unit.time_zone))
    series = registry.next_in_series(tx, register, moment.date.year)
    require_number(tx, series, order)
    number = order.number if order.number is not None else series.next_number
    reference = order.reference or f"{number:02}/{order.symbol}"
    draft = LetterDraft(
        unit_id=order.unit.id,
        submission_id=None,
        position=0,
        state=LetterState.FILED,
        document_key="",
        content_digest=order.content_digest,
        agency_id=None,
        issuer=order.unit.name,
        reference=reference,
        issued_on=order.issued_on or moment.date,
        document_type=order.document_type,
        subject=order.subject,
        urgency="normal",
        facts_id=None,
        decision_id=None,
        action="issue",
        reasons=(),
        signatures_seen=0,
        signatures_valid=0,
        enclosures_declared=0,
        enclosures_found=0,
        due_at=None,
        received_at=moment.filed_at,
    )
    letter_id = letters.add(tx, draft, [])
    given = number if register.mode is RegisterMode.EXTERNAL else None
    line = entry_draft(draft, letter_id, order.search_text)
    return registry.add_entry(tx, series, line, arrival_date=moment.date, filed_at=moment.filed_at, number=given)


def entry_draft(draft: LetterDraft, letter_id: int, search_text: str) -> EntryDraft:
    """The line of the outgoing register."""
    return EntryDraft(
        unit_id=draft.unit_id,
        letter_id=letter_id,
        document_key="",
        content_digest=draft.content_digest,
        agency_id=None,
        issuer=draft.issuer,
        reference=draft.reference,
        issued_on=draft.issued_on,
        document_type=draft.document_type,
        subject=draft.subject,
        legal_value="",
        channel="electronic",
        urgency=draft.urgency,
        received_at=draft.received_at,
        tracking_code="",
        evidence_id=None,
        search_text=f"{draft.reference} {draft.subject} {search_text}",
    )


def outgoing_register(tx: Transaction, order: IssueOrder) -> Register:
    """The unit's register of this kind, locked; raises RefusedError where there is none, or where the choice is open."""
    code = chosen_register(registry.list_registers(tx, order.unit.id), order.kind, order.register).code
    try:
        return registry.lock_register(tx, order.unit.id, code, OUT, order.kind)
    except NotFoundError as error:
        raise no_register(order.kind, code) from error


def chosen_register(registers: Sequence[Register], kind: str, code: str = "") -> Register:
    """The outgoing register of a kind: as named, or the only one."""
    found = [item for item in registers if item.direction == OUT and item.kind == kind and code in {"", item.code}]
    if not found:
        raise no_register(kind, code)
    if len(found) > 1:
        listed = ", ".join(item.code for item in found)
        raise RefusedError(
            Text(
                vi=f"có nhiều sổ {kind}: {listed}; chọn một bằng --register",
                en=f"there are several {kind} registers: {listed}; choose one with --register",
            )
        )
    return found[0]


def peek_number(tx: Transaction, unit: Unit, kind: str, code: str = "") -> Series | None:
    """The series that would give the next number now, without taking it; None while its year has not begun."""
    register = chosen_register(registry.list_registers(tx, unit.id), kind, code)
    year = tx.now().astimezone(ZoneInfo(unit.time_zone)).year
    return next((series for series in registry.list_series(tx, register) if series.year == year), None)


def no_register(kind: str, code: str) -> RefusedError:
    """Nothing can be numbered before a register is open."""
    command = f"mailhub register open {code or kind} --direction out --kind {kind} --from 1"
    return RefusedError(
        Text(
            vi=f"chưa có sổ văn bản đi loại {kind} để lấy số; mở bằng `{command}` (--from: số kế tiếp của sổ đang dùng)",
            en=f"there is no outgoing register of kind {kind} to number from; open it with `{command}` (--from: the next one)",
        )
    )


def require_number(tx: Transaction, series: Series, order: IssueOrder) -> None:
    """Refuse a number that the register cannot give or take."""
    code = series.register.code
    if series.register.mode is RegisterMode.EXTERNAL:
        if order.number is None:
            raise RefusedError(
                Text(
                    vi=f"sổ {code!r} lấy số từ hệ thống khác: nêu số đã cấp bằng --number, hoặc giấy mời đã ký bằng --letter",
                    en=f"register {code!r} takes numbers from another system: give it with --number, or the signed --letter",
                )
            )
        require_free(tx, series, order.number)
    elif order.number not in {None, series.next_number}:
        raise RefusedError(
            Text(
                vi=f"số {order.number} không phải số kế tiếp ({series.next_number}) của sổ {code!r}: triệu tập bằng bản dự thảo "
                f"để lấy số trước khi ký, hoặc mở sổ với --mode external nếu hệ thống khác cấp số",
                en=f"number {order.number} is not the next one ({series.next_number}) of register {code!r}: convene with a draft "
                f"to get a number before it is signed, or open the register with --mode external if another system numbers",
            )
        )


def require_free(tx: Transaction, series: Series, number: int) -> None:
    """Refuse a number of another system that stands in the register already."""
    register = series.register
    try:
        registry.get_entry(
            tx,
            register.unit_id,
            register=register.code,
            year=series.year,
            number=number,
            direction=register.direction,
            kind=register.kind,
        )
    except NotFoundError:
        return
    raise RefusedError(
        Text(
            vi=f"sổ {register.code!r} năm {series.year}: số {number} đã dùng cho văn bản khác",
            en=f"register {register.code!r} of {series.year}: number {number} is another document's already",
        )
    )
