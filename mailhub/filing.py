"""Filing: the only place where an arrival number is given (design, promise 6).

One short transaction: the register's row is locked first, only then is the clock read; number, entry, the letter's state,
the receipt's dispatch row and the events follow, and the chain's head is locked last.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from mailhub import codec
from mailhub.answering import Answering
from mailhub.documents import DECISION
from mailhub.errors import RefusedError
from mailhub.facts import decided, text_of
from mailhub.language import Text
from mailhub.pairing import Pairing
from mailhub.policy.case import Action
from mailhub.policy.covering import signing_files
from mailhub.policy.record import DecisionRecord
from mailhub.registers import locked, require_running
from mailhub.settling import settle
from storage import directory, documents, events, letters, registry, submissions
from storage.database import Database, Transaction
from storage.errors import NotFoundError
from storage.records import Actor, Entry, EntryDraft, EventDraft, Letter, LetterState, Register, RegisterMode, Series, Unit

FILEABLE = frozenset({LetterState.WAITING, LetterState.PROPOSED, LetterState.HELD, LetterState.RETURN_DUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingOrder:
    """What is to be filed: the letter as it was decided on, and the decision with its inputs.

    `letter` carries the version the decision was made for; a letter that has moved on since is not filed. `number` is given
    only where another system numbers the register.
    """

    letter: Letter
    record: DecisionRecord
    register: str
    number: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOrder:
    """Paper that is to be filed without an e-copy: its letter, and the code of the exception that lets it come alone.

    `code` is the deposit's own, which the register's search finds it by.
    """

    letter: Letter
    register: str
    exception: str
    code: str
    number: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Filing:
    """Gives arrival numbers."""

    database: Database
    answering: Answering
    pairing: Pairing

    def file(self, actor: Actor, order: FilingOrder) -> Entry:
        """File one letter; the entry carries its number.

        Raises storage.errors.ConflictError when another letter holds the document key or this one has moved on: the caller
        decides again. Raises RefusedError where the register gives no numbers.
        """
        with self.database.transaction() as tx:
            return self._file(tx, actor, order)

    def _file(self, tx: Transaction, actor: Actor, order: FilingOrder) -> Entry:
        letter = order.letter
        register = locked(tx, letter.draft.unit_id, order.register)
        require_open(register, order.number)
        require_fileable(letter)
        unit = directory.unit(tx, letter.draft.unit_id)
        entry = self._enter(tx, register, unit, entry_draft(tx, order), order.number)
        entry, paired = self.pairing.close_waits(tx, actor, entry)
        decision_id = documents.add(
            tx, DECISION.kind, DECISION.version, codec.encode(order.record), submission_id=letter.draft.submission_id
        )
        draft = decided(letter.draft, order.record.decision, state=LetterState.FILED, decision_id=decision_id)
        letters.update(tx, letter, draft, decided_by=actor.name)
        settle(tx, letter)
        self.answering.receipt(tx, entry=entry, letter=letter, record=order.record)
        events.append(tx, [filed_event(actor, entry, order), *paired])
        return entry

    def file_paper(self, tx: Transaction, actor: Actor, order: PaperOrder) -> tuple[Entry, EventDraft]:
        """Give paper the next arrival number in the caller's transaction, by a clerk's act; the event is the caller's to append.

        Raises storage.errors.ConflictError when the document has a number, RefusedError where the register gives none.
        """
        row = order.letter.draft
        register = locked(tx, row.unit_id, order.register)
        require_open(register, order.number, command="paper receive")
        entry = self._enter(tx, register, directory.unit(tx, row.unit_id), paper_draft(order), order.number)
        filed = replace(row, state=LetterState.FILED, action=Action.FILE.value, due_at=None)
        letters.update(tx, order.letter, filed, decided_by=actor.name)
        return entry, paper_event(actor, entry, order)

    def _enter(self, tx: Transaction, register: Register, unit: Unit, draft: EntryDraft, number: int | None) -> Entry:
        arrival = registry.arrival_moment(tx, register, ZoneInfo(unit.time_zone))
        series = registry.next_in_series(tx, register, arrival.date.year)
        if number is not None:
            require_free(tx, series, number)
        return registry.add_entry(tx, series, draft, arrival_date=arrival.date, filed_at=arrival.filed_at, number=number)


def require_open(register: Register, number: int | None, *, command: str = "letter file") -> None:
    """Refuse while the next number is not confirmed after a restore, and a number from the wrong side."""
    require_running(register)
    code = register.code
    if register.mode is RegisterMode.EXTERNAL and number is None:
        raise RefusedError(
            Text(
                vi=f"sổ {code!r} lấy số từ hệ thống khác: nhập số đã cấp, `mailhub {command} --number SỐ`",
                en=f"register {code!r} takes its numbers from another system: enter that one, `mailhub {command} --number N`",
            )
        )
    if register.mode is RegisterMode.OWN and number is not None:
        raise RefusedError(
            Text(
                vi=f"sổ {code!r} tự cấp số; bỏ --number",
                en=f"register {code!r} gives its own numbers; leave --number out",
            )
        )


def require_free(tx: Transaction, series: Series, number: int) -> None:
    """Refuse a number of another system that is no number, or that stands in the register already."""
    code, year = series.register.code, series.year
    taken = number < 1
    with suppress(NotFoundError):
        registry.get_entry(tx, series.register.unit_id, register=code, year=year, number=number)
        taken = True
    if taken:
        raise RefusedError(
            Text(
                vi=f"sổ {code!r} năm {year}: số {number} đã dùng hoặc không hợp lệ; nhập đúng số mà hệ thống kia đã cấp",
                en=f"register {code!r} of {year}: number {number} is used already or is none; enter the one that was given",
            )
        )


def require_fileable(letter: Letter) -> None:
    """Refuse a letter that has been answered already."""
    if letter.draft.state not in FILEABLE:
        state = letter.draft.state.value
        raise RefusedError(
            Text(
                vi=f"h{letter.id} đang ở trạng thái {state}; chỉ vào sổ được văn bản chưa có trả lời",
                en=f"h{letter.id} is {state}; only a letter that is not answered yet can be filed",
            )
        )


def entry_draft(tx: Transaction, order: FilingOrder) -> EntryDraft:
    """The register's line for a letter, without its number."""
    row, facts = order.letter.draft, order.record.facts
    fields = facts.letter.fields
    tracking = submissions.get(tx, row.unit_id, row.submission_id).draft.tracking_code if row.submission_id is not None else ""
    names = " ".join(file.name for file in (*facts.files, *signing_files(facts)))
    people = " ".join(text_of(value) for value in (fields.signer, fields.signer_position))
    return EntryDraft(
        unit_id=row.unit_id,
        letter_id=order.letter.id,
        document_key=row.document_key,
        content_digest=row.content_digest,
        agency_id=row.agency_id,
        issuer=row.issuer,
        reference=row.reference,
        issued_on=row.issued_on,
        document_type=row.document_type,
        subject=row.subject,
        legal_value=order.record.decision.legal_value,
        channel="electronic",
        urgency=row.urgency,
        received_at=row.received_at,
        tracking_code=tracking,
        evidence_id=row.facts_id,
        search_text=f"{row.reference} {row.issuer} {row.subject} {row.document_type} {tracking} {names} {people}",
    )


def paper_draft(order: PaperOrder) -> EntryDraft:
    """The register's line for paper without an e-copy; it was received when it was handed in."""
    row = order.letter.draft
    return EntryDraft(
        unit_id=row.unit_id,
        letter_id=order.letter.id,
        document_key=row.document_key,
        content_digest="",
        agency_id=row.agency_id,
        issuer=row.issuer,
        reference=row.reference,
        issued_on=row.issued_on,
        document_type=row.document_type,
        subject=row.subject,
        legal_value="",
        channel="paper",
        urgency=row.urgency,
        received_at=row.received_at,
        tracking_code="",
        evidence_id=None,
        search_text=f"{row.reference} {row.issuer} {row.subject} {row.document_type} {order.code}",
        exception=order.exception,
        paper_at=row.received_at,
    )


def paper_event(actor: Actor, entry: Entry, order: PaperOrder) -> EventDraft:
    """The fact of filing paper, for the chain."""
    data: dict[str, object] = {
        "entry": entry.id,
        "register": entry.register,
        "year": entry.year,
        "number": entry.number,
        "arrival_date": entry.arrival_date.isoformat(),
        "reference": entry.draft.reference,
        "channel": entry.draft.channel,
        "exception": order.exception,
        "deposit": order.code,
    }
    return EventDraft(kind="entry-filed", subject=f"letter/{order.letter.id}", actor=actor, data=data, reason=order.reason)


def filed_event(actor: Actor, entry: Entry, order: FilingOrder) -> EventDraft:
    """The fact of filing, for the chain."""
    return EventDraft(
        kind="entry-filed",
        subject=f"letter/{order.letter.id}",
        actor=actor,
        data={
            "entry": entry.id,
            "register": entry.register,
            "year": entry.year,
            "number": entry.number,
            "arrival_date": entry.arrival_date.isoformat(),
            "reference": entry.draft.reference,
            "content": entry.draft.content_digest,
            "reasons": [reason.value for reason in order.record.decision.reasons],
        },
        reason=order.reason,
    )
