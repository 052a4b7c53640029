"""Slips for paper: what the registry holds of a deposit, as it is printed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mailhub.clock import Clock
from mailhub.counter.counter import DepositView
from mailhub.counter.printing import Slip, SlipKind, print_slip
from mailhub.language import Text
from mailhub.policy.paper import PaperException
from mailhub.profiles.vn.paper import EXCEPTIONS, NO_E_COPY
from mailhub.profiles.vn.printing import printed_date, printed_moment
from mailhub.settings import Settings
from mailhub.working_days import WorkingDays
from storage.records import DepositKind, DepositState, Entry, Unit

if TYPE_CHECKING:
    from mailhub.signing.system import SystemSignature

GOING_BACK = frozenset({DepositState.OVERDUE, DepositState.RETURN_DUE, DepositState.ANNOUNCED, DepositState.RETURNED})
FETCHED = frozenset({DepositState.ANNOUNCED, DepositState.RETURNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedSlip:
    """A slip as PDF/A.

    `signature` is the level of the hub's own signature in it, empty for an office that has none; `obstacle` says why it could
    not be signed.
    """

    content: bytes
    signature: str = ""
    obstacle: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSlips:
    """Prints slips; the clerk who prints one signs it on paper, the system certificate as a file."""

    settings: Settings
    working_days: Callable[[str], WorkingDays]
    clock: Clock
    system: "SystemSignature | None" = None

    def print(self, view: DepositView, unit: Unit, clerk: str, which: SlipKind | None = None) -> PrintedSlip:
        """The slip that belongs to the deposit's state, or the one that was asked for; unsigned rather than not at all."""
        going_back = view.deposit.draft.state in GOING_BACK
        chosen = which or (SlipKind.RETURN if going_back else SlipKind.RECEIVING)
        now = self.clock()
        pdf = print_slip(chosen, self.slip(view, unit, clerk), now)
        if self.system is None:
            return PrintedSlip(content=pdf)
        signed = self.system.sign(pdf, now)
        return PrintedSlip(content=signed.content, signature=signed.level, obstacle=signed.obstacle)

    def slip(self, view: DepositView, unit: Unit, clerk: str) -> Slip:
        """What stands on the slip."""
        draft, days, now = view.deposit.draft, self.working_days(unit.time_zone), self.clock()
        document = draft.kind is DepositKind.DOCUMENT
        # A clerk may decide a return before the wait is over: the slip then says until when it was really waited.
        waited_until = min(days.add(draft.deposited_at, self.settings.counter.wait_working_days), now)
        deadline = draft.due_at if draft.state is DepositState.WAITING else None
        fetch_before = draft.due_at if draft.state in FETCHED else None
        fetch_before = fetch_before or days.add(now, self.settings.counter.pick_up_working_days)
        contact = self.settings.contact
        return Slip(
            code=view.code,
            kind=draft.kind.value,
            state=draft.state.value,
            unit_name=unit.name,
            address=unit.addresses[0],
            contact=f"Văn thư: {contact.name}, {contact.phone}" if contact.name else "",
            sender=draft.sender,
            reference=draft.reference,
            issued_on=printed_date(draft.issued_on) if draft.issued_on else "",
            document_type=draft.document_type,
            subject=draft.subject,
            pages=str(draft.pages or ""),
            deposited_at=moment(draft.deposited_at, unit),
            received_by=draft.received_by,
            deadline=moment(deadline or waited_until, unit) if document else "",
            number=number_of(view.entry) if view.entry else "",
            exception=EXCEPTIONS[PaperException(draft.exception)].vi if draft.exception and document else "",
            legal_basis=self.settings.returns.legal_basis,
            note=draft.note,
            reason=NO_E_COPY.vi,
            pick_up_before=printed_date(fetch_before.astimezone(days.zone).date()),
            handed_to=view.deposit.handed_to,
            clerk=clerk,
        )


def moment(value: datetime, unit: Unit) -> str:
    """A moment by the unit's clocks."""
    return printed_moment(value.astimezone(ZoneInfo(unit.time_zone)))


def number_of(entry: Entry) -> str:
    """An arrival number with its place."""
    return f"{entry.number}, sổ {entry.register}, ngày {printed_date(entry.arrival_date)}"
