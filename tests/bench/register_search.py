"""How long a search among 200,000 register entries takes, as a ratio to reading the same entries by their primary keys.

The floor is that read: no search can be faster than fetching what it finds. The aim is at most 15 for what a clerk types for
one letter (a few milliseconds) and 25 for words that thousands of entries hold. A LIKE scan over reference and subject is
printed beside it.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from storage import directory, letters, registry, searching, tables
from storage.database import Database, Transaction
from storage.folding import tokens
from storage.records import EntryDraft, EntryState, Series, Unit, UnitDraft
from storage.rows import values_of
from tests import known_week

ENTRIES = 200_000
CHUNK = 10_000
ROUNDS = 25
LIMIT = 50
START = datetime(2024, 1, 2, 1, tzinfo=UTC)
MATTERS = ("quyết toán ngân sách", "phòng chống bão", "kế hoạch đầu tư công", "tuyển dụng viên chức", "cấp phép xây dựng")
PLACES = tuple(f"huyện {name}" for name in ("Tân Lạc", "Đà Bắc", "Mai Châu", "Kim Bôi", "Lạc Sơn", "Lương Sơn", "Cao Phong"))
TYPED = {"by reference": "166666/stc", "by number": "UBND 123456", "half typed": "166666/st", "two rare words": "166666 kim bo"}
COMMON = {"a word of every fifth entry": "quyet toan", "a word of every entry": "sở tài chính"}


def main() -> None:
    """Print each search with its floor, its ratio and the scan that it replaces."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{Path(folder) / 'bench.db'}", lock_file=None)
        database.upgrade()
        unit = fill(database)
        with database.reading() as tx:
            for aim, asked in ((15, TYPED), (25, COMMON)):
                for name, text in asked.items():
                    measure(tx, unit, name, text, aim)
        database.close()


def measure(tx: Transaction, unit: Unit, name: str, text: str, aim: int) -> None:
    """Time one search, the read of what it found, and a scan."""
    found = registry.search(tx, unit.id, text, LIMIT)
    assert found, text
    ids = [entry.id for entry in found]
    search = seconds(lambda: registry.search(tx, unit.id, text, LIMIT))
    floor = seconds(lambda: registry.with_ids(tx, ids))
    scan = seconds(lambda: like(tx, unit.id, text), rounds=3)
    print(
        f"{name} {text!r}: {len(found)} found, {search * 1000:.2f} ms, primary keys {floor * 1000:.2f} ms, "
        f"ratio {search / floor:.1f} (aim {aim}); LIKE scan {scan * 1000:.0f} ms"
    )


def seconds(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median time of an act."""

    def once() -> float:
        started = time.perf_counter()
        act()
        return time.perf_counter() - started

    return statistics.median(once() for _ in range(rounds))


def like(tx: Transaction, unit_id: int, text: str) -> object:
    """What a search would be without an index: every entry is looked at, tone marks and all."""
    rows = tables.entries.c
    holds = [sa.or_(rows.reference.ilike(f"%{word}%"), rows.subject.ilike(f"%{word}%")) for word in text.split()]
    found = sa.select(rows.id).where(rows.unit_id == unit_id, *holds).order_by(rows.id.desc()).limit(LIMIT)
    return tx.connection.execute(found).all()


def fill(database: Database) -> Unit:
    """A register of 200,000 entries with their words in the index."""
    with database.transaction() as tx:
        draft = UnitDraft(code="V", name="V", time_zone="Asia/Ho_Chi_Minh", register="UBND", addresses=("a@b.example",))
        unit = directory.add_unit(tx, draft)
        registry.open_register(tx, unit.id, "UBND", year=2024)
        series = registry.next_in_series(tx, registry.lock_register(tx, unit.id, "UBND"), 2024)
    for first in range(1, ENTRIES + 1, CHUNK):
        with database.transaction() as tx:
            add_at_once(tx, unit, series, range(first, first + CHUNK))
    return unit


def add_at_once(tx: Transaction, unit: Unit, series: Series, numbers: range) -> None:
    """The rows that filing would write."""
    rows = [letters._values(known_week.letter_draft(unit, number, START, None)) for number in numbers]
    tx.execute(
        sa.insert(tables.letters), [row | {"id": n, "version": 1, "decided_by": ""} for n, row in zip(numbers, rows, strict=True)]
    )
    drafts = dict(zip(numbers, entry_drafts(unit, numbers), strict=True))
    tx.execute(
        sa.insert(tables.entries),
        [
            values_of(draft)
            | {"id": number, "series_id": series.id, "number": number, "state": EntryState.REGISTERED}
            | {"arrival_date": START.date(), "filed_at": START + timedelta(minutes=number)}
            for number, draft in drafts.items()
        ],
    )
    words = [
        {"rowid": number, "words": " ".join([searching._unit_word(unit.id), *words_of(series, draft, number)])}
        for number, draft in drafts.items()
    ]
    tx.execute(sa.insert(searching._index), words)


def words_of(series: Series, draft: EntryDraft, number: int) -> Iterator[str]:
    """The words that filing would index."""
    yield from dict.fromkeys(word for text in registry._searchable(series, draft, number) for word in tokens(text))


def entry_drafts(unit: Unit, numbers: range) -> Iterator[EntryDraft]:
    """Entries about a few matters at a few places."""
    for number in numbers:
        subject = f"V/v {MATTERS[number % len(MATTERS)]} {PLACES[number % len(PLACES)]} năm {2000 + number % 25}"
        yield EntryDraft(
            unit_id=unit.id,
            letter_id=number,
            document_key=f"k{number}",
            content_digest=f"{number:064}",
            agency_id=None,
            issuer="Sở Tài chính",
            reference=f"{number}/STC-NS",
            issued_on=START.date(),
            document_type="công văn",
            subject=subject,
            legal_value="full",
            channel="electronic",
            urgency="normal",
            received_at=START,
            tracking_code=f"K{number:07}",
            evidence_id=None,
            search_text=f"{number}/STC-NS Sở Tài chính {subject} công văn",
        )


if __name__ == "__main__":
    main()
