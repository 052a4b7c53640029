"""Answering: which notice a sender is owed, intended in the transaction of the fact that it tells (design, promises 4 and 10).

Here is decided who gets what; the words are the profile's, and the mail is rendered later, once, by the dispatcher.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailhub import codec
from mailhub.directory.standing import sender_of
from mailhub.documents import NOTICE
from mailhub.language import Text
from mailhub.notices.addressing import Answer, Delivery, Unanswered, answer_to, delivery_of, proof_of
from mailhub.notices.context import (
    Addressee,
    ApologyContext,
    Circumstances,
    Contact,
    EntryName,
    HeldContext,
    Original,
    ReceiptContext,
    RepeatContext,
    ReturnContext,
    VoidContext,
)
from mailhub.notices.kinds import CONTEXTS, NoticeContext, kind_of
from mailhub.notices.wording import file_lines, letter_name, reason_lines, told_missing
from mailhub.policy.agencies import AgencyKind
from mailhub.policy.case import Action, KnownAgency, LetterFacts
from mailhub.policy.record import DecisionRecord
from mailhub.profiles.vn.reasons import reason_text
from mailhub.settings import Settings
from parsers.mail.authentication import Proof
from storage import directory, documents, outbox, submissions
from storage.database import Transaction
from storage.records import ChainHead, DispatchDraft, Entry, Letter, Unit

MAIL = "mail"
DIGEST = "digest"

SPARED = frozenset({AgencyKind.SUPERIOR, AgencyKind.PARTY})
"""Bodies that a machine does not write to about what is wrong with their letters (design, promise 9)."""

NOT_KNOWN_YET = ChainHead(number=0, hash="0" * 64)
"""The audit chain's head is put in when the notice is rendered: by then the fact that it tells is in the chain."""

FILED_BY_CLERK = Text(vi="Văn thư đã kiểm tra và tiếp nhận văn bản này.", en="A clerk has looked at this letter and taken it in.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A letter whose sender is owed a notice: the letter as stored, its facts, its unit, and where the answer goes."""

    letter: Letter
    facts: LetterFacts
    unit: Unit
    sender: KnownAgency | None
    answer: Answer


@dataclass(frozen=True, slots=True)
class Answering:
    """Intends notices; each method writes at most one dispatch row into the caller's transaction."""

    settings: Settings

    def receipt(self, tx: Transaction, *, entry: Entry, letter: Letter, record: DecisionRecord) -> None:
        """Tell the sender the arrival number."""
        owed = self._owed(tx, letter, record.facts)
        statement = FILED_BY_CLERK
        if record.decision.action is Action.FILE:
            statement = reason_text(record.decision.reasons[0]).sender
        declared = record.facts.letter.declared_enclosures
        context = ReceiptContext(
            about=self._about(tx, owed),
            letter=letter_name(record.facts.letter.fields),
            entry=entry_name(entry),
            statement=statement,
            files=file_lines(record.facts),
            files_expected=1 + len(declared) if declared else len(file_lines(record.facts)),
            paper_at=entry.draft.paper_at,
        )
        self._intend(tx, owed, context, revision=1)

    def repeat(self, tx: Transaction, *, entry: Entry, letter: Letter, record: DecisionRecord) -> None:
        """Tell the first number again."""
        owed = self._owed(tx, letter, record.facts)
        context = RepeatContext(
            about=self._about(tx, owed),
            letter=letter_name(record.facts.letter.fields),
            entry=entry_name(entry),
            files=file_lines(record.facts),
        )
        self._intend(tx, owed, context, revision=1)

    def held(self, tx: Transaction, *, letter: Letter, record: DecisionRecord) -> None:
        """Tell the sender that the letter has come and that a clerk looks at it; only where the office wants that.

        Nobody has looked yet, so this goes only where the sender is what it says, as far as senders are checked: else a
        forged address would make the hub write to the agency that it belongs to.
        """
        if not self.settings.notices.held:
            return
        owed = self._owed(tx, letter, record.facts)
        spared = owed.sender is not None and owed.sender.kind in SPARED
        if spared or proof_of(record.facts.mail, owed.sender) not in {Proof.PROVED, Proof.UNCHECKED}:
            return
        context = HeldContext(
            about=self._about(tx, owed),
            letter=letter_name(record.facts.letter.fields),
            reasons=reason_lines(record.decision, record.facts),
            missing=record.decision.missing,
            files=file_lines(record.facts),
        )
        self._intend(tx, owed, context, revision=1)

    def returned(self, tx: Transaction, *, letter: Letter, record: DecisionRecord) -> None:
        """Tell the sender why the letter comes back and what is asked for."""
        owed = self._owed(tx, letter, record.facts)
        context = ReturnContext(
            about=self._about(tx, owed),
            letter=letter_name(record.facts.letter.fields),
            reasons=reason_lines(record.decision, record.facts),
            legal_basis=self.settings.returns.legal_basis,
            missing=told_missing(record.decision),
            note=record.note,
            files=file_lines(record.facts),
        )
        self._intend(tx, owed, context, revision=letter.version)

    def apology(self, tx: Transaction, *, letter: Letter, record: DecisionRecord) -> None:
        """Tell the sender that the return was our mistake."""
        owed = self._owed(tx, letter, record.facts)
        context = ApologyContext(about=self._about(tx, owed), letter=letter_name(record.facts.letter.fields))
        self._intend(tx, owed, context, revision=letter.version)

    def voided(self, tx: Transaction, *, entry: Entry, letter: Letter, record: DecisionRecord) -> None:
        """Tell the sender that the arrival number was given by mistake."""
        owed = self._owed(tx, letter, record.facts)
        name = letter_name(record.facts.letter.fields)
        context = VoidContext(about=self._about(tx, owed), letter=name, entry=entry_name(entry))
        self._intend(tx, owed, context, revision=letter.version)

    def refusal(self, tx: Transaction, *, letter: Letter, facts: LetterFacts) -> Unanswered | None:
        """Why nobody would be told what becomes of the letter; None where its sender is."""
        return self._owed(tx, letter, facts).answer.refusal

    def _owed(self, tx: Transaction, letter: Letter, facts: LetterFacts) -> Owed:
        unit = directory.unit(tx, letter.draft.unit_id)
        sender = sender_of(tx, unit.id, facts.mail)
        own = directory.recipients(tx).keys()
        proved = facts.mail.authentication.proof is Proof.PROVED
        answer = answer_to(facts.mail, sender, authenticated=proved, own_addresses=own, loop_marks=facts.mail.loop_marks)
        return Owed(letter=letter, facts=facts, unit=unit, sender=sender, answer=answer)

    def _about(self, tx: Transaction, owed: Owed) -> Circumstances:
        mail, unit, submission_id = owed.facts.mail, owed.unit, owed.letter.draft.submission_id
        person = owed.sender is not None and owed.sender.kind is AgencyKind.CITIZEN
        return Circumstances(
            addressee=Addressee(address=owed.answer.address, name=owed.answer.name, agency=not person),
            unit_name=unit.name,
            unit_address=unit.addresses[0],
            time_zone=unit.time_zone,
            contact=Contact(name=self.settings.contact.name, phone=self.settings.contact.phone),
            original=Original(message_id=mail.message_id, references=mail.references, subject=mail.subject),
            tracking_code=submissions.tracking_code(tx, submission_id) if submission_id is not None else "",
            received_at=owed.facts.received_at,
            chain=NOT_KNOWN_YET,
        )

    def _intend(self, tx: Transaction, owed: Owed, context: NoticeContext, *, revision: int) -> None:
        """Intend the notice, at once or with the digest; a sender that is not answered is left out (promise 10)."""
        if owed.answer.refusal is not None:
            return
        now, row = tx.now(), owed.letter.draft
        gathered = self._gathers(tx, owed, since=midnight(now, owed.unit.time_zone))
        kind = kind_of(context)
        due = now
        if gathered:
            # What is gathering already sets the time, so that one digest holds them all.
            open_digest = outbox.next_due(tx, owed.unit.id, owed.answer.address, DIGEST)
            due = open_digest or now + self.settings.notices.digest_after
        body = codec.encode(context)
        draft = DispatchDraft(
            unit_id=owed.unit.id,
            letter_id=owed.letter.id,
            submission_id=row.submission_id,
            kind=kind,
            revision=revision,
            channel=DIGEST if gathered else MAIL,
            recipient=owed.answer.address,
            message_id=new_message_id(kind, self.settings.mail.domain),
            context_id=documents.add(tx, NOTICE.kind, NOTICE.version, body, submission_id=row.submission_id),
            due_at=due,
            expires_at=due + timedelta(days=self.settings.outbox.give_up_days),
            priority=row.priority,
        )
        outbox.add(tx, draft)

    def _gathers(self, tx: Transaction, owed: Owed, *, since: datetime) -> bool:
        """Whether the address, or its whole domain, has had its share of today: two robots may write from many addresses."""
        caps, address, kinds = self.settings.notices, owed.answer.address, tuple(CONTEXTS)
        sent = outbox.count_recent(tx, owed.unit.id, address, since=since, kinds=kinds)
        if delivery_of(sent, caps.daily_cap) is Delivery.DIGEST:
            return True
        in_domain = outbox.count_recent_to_domain(tx, owed.unit.id, outbox.domain_of(address), since=since, kinds=kinds)
        return delivery_of(in_domain, caps.domain_daily_cap) is Delivery.DIGEST


def entry_name(entry: Entry) -> EntryName:
    """A line of the register as notices name it."""
    return EntryName(number=entry.number, register=entry.register, arrival_date=entry.arrival_date, filed_at=entry.filed_at)


def midnight(moment: datetime, zone: str) -> datetime:
    """The beginning of the unit's day."""
    return moment.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def new_message_id(kind: str, domain: str) -> str:
    """A Message-ID that nobody else makes (RFC 5322, 3.6.4)."""
    return f"<{kind}.{secrets.token_hex(12)}@{domain}>"
