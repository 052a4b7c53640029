"""Drafts with every field filled; a test names only what it is about."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa

from storage import captures, deposits, directory, documents, letters, meetings, outbox, people, registry, submissions
from storage.database import Transaction
from storage.records import (
    Agency,
    AgencyDraft,
    CaptureDraft,
    Deposit,
    DepositDraft,
    DepositKind,
    DepositState,
    DispatchDraft,
    EntryDraft,
    LetterDraft,
    LetterState,
    Meeting,
    MeetingChange,
    MeetingDraft,
    MeetingState,
    Official,
    OfficialDraft,
    OfficialPhone,
    Recipient,
    RevisionDraft,
    SubmissionDraft,
    SubmissionState,
    Unit,
    UnitDraft,
)
from storage.tables import documents as document_rows

Item = TypeVar("Item")
MOMENT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


class SteppingClock:
    """A clock that a test sets."""

    def __init__(self, moment: datetime = MOMENT) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def step(self, **lengths: float) -> None:
        self.moment += timedelta(**lengths)


def add_unit(tx: Transaction, code: str = "H61") -> Unit:
    draft = UnitDraft(
        code=code,
        name="Văn phòng UBND tỉnh",
        time_zone="Asia/Ho_Chi_Minh",
        register="den",
        addresses=(f"vanthu@{code}.example",),
    )
    unit = directory.add_unit(tx, draft)
    registry.open_register(tx, unit.id, "den", year=2026)
    return unit


def add_agency(tx: Transaction, unit: Unit, draft: AgencyDraft) -> Agency:
    (added,) = directory.add_agencies(tx, unit.id, [draft])
    return added


def capture_draft(**changes: object) -> CaptureDraft:
    draft = CaptureDraft(
        door="smtp",
        door_key="1",
        blob="blob",
        sha256="0" * 64,
        size=1000,
        peer="192.0.2.1",
        helo="mx.example",
        tls="TLSv1.3",
        auth="",
        mail_from="sender@stc.example",
        recipients=(),
        received_at=MOMENT,
    )
    return replace(draft, **changes)


def add_capture(tx: Transaction, unit: Unit, door_key: str = "1", **changes: object) -> int:
    recipients = (Recipient(address=unit.addresses[0], unit_id=unit.id),)
    return captures.add_many(tx, [capture_draft(door_key=door_key, recipients=recipients, **changes)])[0]


def submission_draft(unit: Unit, capture_id: int, identity: str = "content-1", **changes: object) -> SubmissionDraft:
    draft = SubmissionDraft(
        unit_id=unit.id,
        identity=identity,
        tracking_code=f"TC-{identity}",
        state=SubmissionState.READ,
        capture_id=capture_id,
        reading_id=None,
        sender_address="sender@stc.example",
        sender_name="Sở Tài chính",
        agency_id=None,
        message_id=f"<{identity}@stc.example>",
        subject="Báo cáo",
        received_at=MOMENT,
    )
    return replace(draft, **changes)


def destroy_document(tx: Transaction, document_id: int) -> None:
    """A document whose mail was purged."""
    tx.execute(sa.update(document_rows).where(document_rows.c.id == document_id).values(body=b"", destroyed=True))


def add_submission(tx: Transaction, unit: Unit, identity: str = "content-1") -> int:
    return submissions.add(tx, submission_draft(unit, add_capture(tx, unit, identity), identity))


def letter_draft(unit: Unit, **changes: object) -> LetterDraft:
    draft = LetterDraft(
        unit_id=unit.id,
        submission_id=None,
        position=0,
        state=LetterState.PROPOSED,
        document_key="",
        content_digest="",
        agency_id=None,
        issuer="Sở Tài chính",
        reference="226/STC-NS",
        issued_on=None,
        document_type="công văn",
        subject="V/v quyết toán ngân sách",
        urgency="",
        facts_id=None,
        decision_id=None,
        action="file",
        reasons=(),
        signatures_seen=2,
        signatures_valid=2,
        enclosures_declared=0,
        enclosures_found=0,
        due_at=None,
        received_at=MOMENT,
    )
    return replace(draft, **changes)


def add_letter(tx: Transaction, unit: Unit, **changes: object) -> int:
    return letters.add(tx, letter_draft(unit, **changes), [])


def entry_draft(unit: Unit, letter_id: int, document_key: str = "", **changes: object) -> EntryDraft:
    draft = EntryDraft(
        unit_id=unit.id,
        letter_id=letter_id,
        document_key=document_key,
        content_digest="",
        agency_id=None,
        issuer="Sở Tài chính",
        reference="226/STC-NS",
        issued_on=None,
        document_type="công văn",
        subject="V/v quyết toán ngân sách",
        legal_value="full",
        channel="electronic",
        urgency="",
        received_at=MOMENT,
        tracking_code="",
        evidence_id=None,
        search_text="",
    )
    return replace(draft, **changes)


def dispatch_draft(tx: Transaction, unit: Unit, **changes: object) -> DispatchDraft:
    draft = DispatchDraft(
        unit_id=unit.id,
        letter_id=None,
        submission_id=None,
        kind="receipt",
        revision=0,
        channel="mail",
        recipient="sender@stc.example",
        message_id="<receipt-1@hub.example>",
        context_id=documents.add(tx, "context", 1, b"{}"),
        due_at=MOMENT,
        expires_at=MOMENT + timedelta(days=5),
    )
    return replace(draft, **changes)


def add_dispatch(tx: Transaction, unit: Unit, **changes: object) -> int:
    new = outbox.add(tx, dispatch_draft(tx, unit, **changes))
    assert new is not None
    return new


def official_draft(code: str = "GD-SYT", **changes: object) -> OfficialDraft:
    draft = OfficialDraft(
        code=code,
        name="Trần Thị Bé",
        position="Giám đốc",
        organisation="Sở Y tế",
        agency_id=None,
        addresses=("be@syt.example",),
        phones=(OfficialPhone(number="+84901234567"),),
    )
    return replace(draft, **changes)


def add_official(tx: Transaction, unit: Unit, code: str = "GD-SYT", **changes: object) -> Official:
    return people.add_official(tx, unit.id, official_draft(code, **changes))


def deposit_draft(unit: Unit, **changes: object) -> DepositDraft:
    draft = DepositDraft(
        unit_id=unit.id,
        kind=DepositKind.DOCUMENT,
        state=DepositState.WAITING,
        letter_id=None,
        agency_id=None,
        sender="Sở Y tế",
        document_key="syt|118/syt-kh|2026",
        reference="118/SYT-KH",
        issued_on=MOMENT.date(),
        document_type="công văn",
        subject="V/v mua sắm thiết bị",
        pages=3,
        exception="",
        deposited_at=MOMENT,
        due_at=MOMENT + timedelta(days=1),
        received_by="van-thu",
    )
    return replace(draft, **changes)


def add_deposit(tx: Transaction, unit: Unit, **changes: object) -> Deposit:
    return deposits.add(tx, deposit_draft(unit, **changes))


def revision_draft(tx: Transaction, **changes: object) -> RevisionDraft:
    draft = RevisionDraft(
        change=MeetingChange.CONVENE,
        sequence=0,
        starts_at=MOMENT + timedelta(days=4),
        ends_at=MOMENT + timedelta(days=4, hours=2),
        place="Phòng họp số 1",
        document_id=documents.add(tx, "meeting", 1, b"{}"),
        letter_blob=None,
        letter_sha256="",
        letter_reference="12/GM-UBND",
        made_by="van-thu",
        reason="",
        release_at=MOMENT + timedelta(minutes=3),
    )
    return replace(draft, **changes)


def add_meeting(tx: Transaction, unit: Unit, *officials: Official, **changes: object) -> Meeting:
    draft = MeetingDraft(unit_id=unit.id, uid="m1@hub.example", title="Họp giao ban tuần", state=MeetingState.PLANNED)
    return meetings.add(tx, replace(draft, **changes), revision_draft(tx), [official.id for official in officials])


def in_threads(items: Iterable[Item], work: Callable[[Item], object]) -> list[BaseException]:
    """Do the work for every item at once, in a thread each; give what they raised."""
    failures: list[BaseException] = []

    def run(item: Item) -> None:
        try:
            work(item)
        except BaseException as error:  # noqa: BLE001  (the test must see what a thread raised)
            failures.append(error)

    threads = [threading.Thread(target=run, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(50)
    return failures
