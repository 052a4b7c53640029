"""The known week: 2,321 documents from 1 August 2024 00:00 to 8 August 11:00, as an office told the press; and its borders."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from storage import directory, letters, registry, tables
from storage.database import Database, Transaction
from storage.records import AgencyCode, AgencyDraft, EntryDraft, EntryState, LetterDraft, LetterState, Series, Unit
from storage.rows import values_of

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FROM = datetime(2024, 8, 1, tzinfo=ZONE)
TO = datetime(2024, 8, 8, 11, tzinfo=ZONE)
MICROSECOND = timedelta(microseconds=1)
RECEIVED, ELECTRONIC, PAPER, VOIDED = 2321, 1787, 534, 4
EXCEPTIONS = {"organisation": 331, "law": 120, "undigitised": 83}
AGENCIES = ("Sở Tài chính", "Sở Y tế", "Sở Xây dựng", "UBND huyện Tân Lạc")

Filed = tuple[int, datetime, EntryState, int, str | None]
"""An entry of the week: its number, when it was filed, its state, its agency, and its exception if it came on paper."""


def tell(database: Database, unit: Unit) -> None:
    """File the week: numbers 1 to 3 before it, 4 to 2328 in it, four of them void, three more after it.

    What lies at the borders is filed as the hub files; the many between go in at once.
    """
    filed = [(number, *rest) for number, rest in enumerate(moments(), 1)]
    with database.transaction() as tx:
        registry.open_register(tx, unit.id, unit.register, year=2024)
        agencies = [
            added.id for added in directory.add_agencies(tx, unit.id, [agency(name, code) for code, name in enumerate(AGENCIES)])
        ]
        drafts = [(number, at, state, agencies[number % len(agencies)], exception) for number, at, exception, state in filed]
        for chosen in (drafts[:4], drafts[4:-4], drafts[-4:]):
            register = registry.lock_register(tx, unit.id, unit.register)
            series = registry.next_in_series(tx, register, 2024)
            assert series.next_number == chosen[0][0]
            if len(chosen) > 4:
                add_at_once(tx, unit, series, chosen)
            else:
                for number, at, _, agency_id, exception in chosen:
                    letter = letters.add(tx, letter_draft(unit, number, at, agency_id), [])
                    draft = entry_draft(unit, number, letter, at, agency_id, exception)
                    registry.add_entry(tx, series, draft, arrival_date=at.date(), filed_at=at)


def add_at_once(tx: Transaction, unit: Unit, series: Series, chosen: list[Filed]) -> None:
    """File many: the rows that `registry.add_entry` would write, without the words of the search."""
    rows = [letters._values(letter_draft(unit, number, at, agency_id)) for number, at, _, agency_id, _ in chosen]
    insert = sa.insert(tables.letters).returning(tables.letters.c.id, sort_by_parameter_order=True)
    ids = tx.connection.execute(insert, [row | {"version": 1, "decided_by": ""} for row in rows]).scalars().all()
    entries = []
    for (number, at, state, agency_id, exception), letter in zip(chosen, ids, strict=True):
        values = values_of(entry_draft(unit, number, letter, at, agency_id, exception))
        values |= {"series_id": series.id, "number": number, "state": state, "arrival_date": at.date(), "filed_at": at}
        entries.append(values)
    tx.execute(sa.insert(tables.entries), entries)
    registry.set_next_number(tx, series, chosen[-1][0] + 1)


def moments() -> Iterator[tuple[datetime, str | None, EntryState]]:
    """When each entry was filed, the exception of those on paper, and whether it stands."""
    for at in (FROM - timedelta(hours=3), FROM - timedelta(minutes=1), FROM - MICROSECOND):
        yield at, None, EntryState.REGISTERED
    papers = [code for code, count in EXCEPTIONS.items() for _ in range(count)]
    inside = RECEIVED + VOIDED
    step = (TO - FROM - MICROSECOND) / (inside - 1)
    for place in range(inside):
        at = TO - MICROSECOND if place == inside - 1 else FROM + place * step
        state = EntryState.VOIDED if place in {700, 701, 1200, 2000} else EntryState.REGISTERED
        on_paper = state is EntryState.REGISTERED and place % 4 == 3 and papers
        yield at, papers.pop() if on_paper else None, state
    assert not papers
    for at in (TO, TO + MICROSECOND, TO + timedelta(hours=2)):
        yield at, "law", EntryState.REGISTERED


def agency(name: str, code: int) -> AgencyDraft:
    return AgencyDraft(codes=(AgencyCode(code=f"K{code}"),), name=name, kind="state", mode="propose")


def letter_draft(unit: Unit, number: int, at: datetime, agency_id: int) -> LetterDraft:
    return LetterDraft(
        unit_id=unit.id,
        submission_id=None,
        position=0,
        state=LetterState.FILED,
        document_key="",
        content_digest=f"{number:064}",
        agency_id=agency_id,
        issuer=AGENCIES[number % len(AGENCIES)],
        reference=f"{number}/STC-NS",
        issued_on=at.date(),
        document_type="công văn",
        subject=f"V/v việc thứ {number}",
        urgency="",
        facts_id=None,
        decision_id=None,
        action="file",
        reasons=("complete",),
        signatures_seen=2,
        signatures_valid=2,
        enclosures_declared=0,
        enclosures_found=0,
        due_at=None,
        received_at=at - timedelta(minutes=30),
    )


def entry_draft(unit: Unit, number: int, letter: int, at: datetime, agency_id: int, exception: str | None) -> EntryDraft:
    return EntryDraft(
        unit_id=unit.id,
        letter_id=letter,
        document_key=f"k{number}",
        content_digest=f"{number:064}",
        agency_id=agency_id,
        issuer=AGENCIES[number % len(AGENCIES)],
        reference=f"{number}/STC-NS",
        issued_on=at.date(),
        document_type="công văn",
        subject=f"V/v việc thứ {number}",
        legal_value="" if exception else "full",
        channel="paper" if exception else "electronic",
        urgency="",
        received_at=at - timedelta(minutes=30),
        tracking_code="",
        evidence_id=None,
        search_text="",
        exception=exception or "",
        paper_at=at - timedelta(minutes=30) if exception else None,
    )
