"""What the sender of paper is told: by mail to its registered address, and by SMS where the directory has a mobile of it.

Each method writes its intentions into the caller's transaction. An SMS never shows a subject.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from mailhub import codec
from mailhub.answering import MAIL, NOT_KNOWN_YET, new_message_id
from mailhub.deposit_codes import deposit_code
from mailhub.documents import NOTICE
from mailhub.notices.context import Addressee, ApologyContext, Circumstances, Contact, LetterName, Original, PaperReturnContext
from mailhub.notices.kinds import kind_of
from mailhub.policy.agencies import AgencyKind
from mailhub.profiles.vn.paper import return_texts
from mailhub.settings import Settings
from mailhub.texting import intend_text
from sms.errors import InvalidNumberError
from sms.numbers import parse_number
from sms.text import fitting
from storage import directory, documents, outbox
from storage.database import Transaction
from storage.records import Agency, Deposit, DispatchDraft, Unit

PAPER_RETURN = "paper-return"
"""The kind of the notice, and of the text, that announce a return."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What the notice of a return says beside the deposit itself."""

    waited_until: datetime
    pick_up_before: date


@dataclass(frozen=True, slots=True)
class PaperNotices:
    """Intends notices about paper."""

    settings: Settings

    def announce(self, tx: Transaction, deposit: Deposit, announcement: Announcement) -> int:
        """Ask for the e-copy and say where the paper lies; tells how many messages were intended, 0 where nobody is known."""
        agency = agency_of(tx, deposit)
        if agency is None:
            return 0
        unit = directory.unit(tx, deposit.draft.unit_id)
        return self._mail(tx, deposit, unit, agency, announcement) + self._texts(tx, deposit, unit, agency)

    def apologise(self, tx: Transaction, deposit: Deposit) -> None:
        """Tell the sender that the return was announced by mistake."""
        agency = agency_of(tx, deposit)
        if agency is None or not agency.addresses:
            return
        unit = directory.unit(tx, deposit.draft.unit_id)
        context = ApologyContext(about=self._about(unit, agency, deposit), letter=name_of(deposit))
        self._intend(tx, deposit, agency, context)

    def _mail(self, tx: Transaction, deposit: Deposit, unit: Unit, agency: Agency, announcement: Announcement) -> int:
        if not agency.addresses:
            return 0
        context = PaperReturnContext(
            about=self._about(unit, agency, deposit),
            letter=name_of(deposit),
            received_on=deposit.draft.deposited_at.astimezone(ZoneInfo(unit.time_zone)).date(),
            waited_until=announcement.waited_until,
            pick_up_before=announcement.pick_up_before,
            legal_basis=self.settings.returns.legal_basis,
        )
        self._intend(tx, deposit, agency, context)
        return 1

    def _texts(self, tx: Transaction, deposit: Deposit, unit: Unit, agency: Agency) -> int:
        if self.settings.sms.gateway == "none":
            return 0
        numbers = mobiles(agency)
        text = self._text(deposit, unit)
        for number in numbers:
            intend_text(
                tx,
                unit_id=unit.id,
                kind=PAPER_RETURN,
                revision=deposit.version,
                number=number,
                text=text,
                due_at=tx.now(),
                expires_at=tx.now() + timedelta(days=self.settings.outbox.give_up_days),
                letter_id=deposit.draft.letter_id,
                deposit_id=deposit.id,
            )
        return len(numbers)

    def _text(self, deposit: Deposit, unit: Unit) -> str:
        """The longest wording that still is one text."""
        received_at = deposit.draft.deposited_at.astimezone(ZoneInfo(unit.time_zone))
        asked = (unit.addresses[0], deposit_code(deposit.id))
        contact = f"{self.settings.contact.name} {self.settings.contact.phone}".strip()
        wordings = return_texts((unit.name, unit.code), deposit.draft.reference, received_at, asked, contact)
        texts = [fitting(wording) for wording in wordings]
        return next((text for text in texts if text.segments == 1), texts[-1]).text

    def _about(self, unit: Unit, agency: Agency, deposit: Deposit) -> Circumstances:
        person = agency.kind == AgencyKind.CITIZEN.value
        return Circumstances(
            addressee=Addressee(address=agency.addresses[0], name=agency.name, agency=not person),
            unit_name=unit.name,
            unit_address=unit.addresses[0],
            time_zone=unit.time_zone,
            contact=Contact(name=self.settings.contact.name, phone=self.settings.contact.phone),
            original=Original(),
            tracking_code=deposit_code(deposit.id),
            received_at=deposit.draft.deposited_at,
            chain=NOT_KNOWN_YET,
        )

    def _intend(self, tx: Transaction, deposit: Deposit, agency: Agency, context: PaperReturnContext | ApologyContext) -> None:
        kind, now = kind_of(context), tx.now()
        outbox.add(
            tx,
            DispatchDraft(
                unit_id=deposit.draft.unit_id,
                letter_id=deposit.draft.letter_id,
                submission_id=None,
                kind=kind,
                revision=deposit.version,
                channel=MAIL,
                recipient=agency.addresses[0],
                message_id=new_message_id(kind, self.settings.mail.domain),
                context_id=documents.add(tx, NOTICE.kind, NOTICE.version, codec.encode(context)),
                due_at=now,
                expires_at=now + timedelta(days=self.settings.outbox.give_up_days),
                deposit_id=deposit.id,
            ),
        )


def agency_of(tx: Transaction, deposit: Deposit) -> Agency | None:
    """The agency that handed the paper in, where the directory knows it."""
    draft = deposit.draft
    return directory.agency(tx, draft.unit_id, draft.agency_id) if draft.agency_id is not None else None


def name_of(deposit: Deposit) -> LetterName:
    """How the paper calls itself; its subject is nothing for a notice that others may read over somebody's shoulder."""
    return LetterName(reference=deposit.draft.reference, issued_on=deposit.draft.issued_on)


def mobiles(agency: Agency) -> tuple[str, ...]:
    """Those telephones of an agency that can take an SMS, in E.164; its fixed lines are passed over."""
    found: dict[str, None] = {}
    for phone in agency.phones:
        try:
            found[parse_number(phone)] = None
        except InvalidNumberError:
            continue
    return tuple(found)
