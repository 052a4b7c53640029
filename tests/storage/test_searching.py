"""The same search finds the same entries in FTS5 and in PostgreSQL."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from storage import registry, searching
from storage.database import Database
from storage.folding import tokens
from storage.records import Unit
from tests.storage.builders import MOMENT, add_letter, add_unit, entry_draft

CORPUS = [
    {"reference": "226/STC-NS", "subject": "V/v quyết toán ngân sách năm 2025", "tracking_code": "K7QM-2HXD-9W3P"},
    {"reference": "2260/STC-NS", "subject": "Quyết định về thanh toán", "tracking_code": "AAAA-BBBB-CCCC"},
    {"reference": "45-CV/VPTU", "subject": "Mời họp Ban Thường vụ", "issuer": "Văn phòng Tỉnh ủy"},
    {"reference": "07/2026/NĐ-CP", "subject": "Nghị định của Chính phủ", "issuer": "Chính phủ"},
    {"reference": "7/BC-SYT", "subject": "Báo cáo dịch bệnh", "search_text": "phu_luc.xlsx Nguyễn Thị Đào"},
    {"reference": "", "subject": "北京 министерство 'quoted' \"double\" & | ! : * () \\", "issuer": "ΟΔΟΣ"},
    {"reference": "12e5/A", "subject": "a.b@example.com http://example.com/x?y=9 -5 +3 9.5", "issuer": "x" * 300},
]
WORDS = sorted({word for row in CORPUS for text in row.values() for word in [*text.split(), *tokens(text)]})


def fill(database: Database) -> Unit:
    with database.transaction() as tx:
        unit, other = add_unit(tx), add_unit(tx, "H62")
        for row in CORPUS:
            for owner in (unit, other):
                register = registry.lock_register(tx, owner.id, "den")
                series = registry.next_in_series(tx, register, 2026)
                draft = entry_draft(owner, add_letter(tx, owner), **row)
                registry.add_entry(tx, series, draft, arrival_date=MOMENT.date(), filed_at=MOMENT)
        return unit


def found(database: Database, unit: Unit, text: str) -> list[int]:
    """The numbers of the corpus rows that were found, counted from 1."""
    with database.reading() as tx:
        return [entry.number for entry in registry.search(tx, unit.id, text, 50)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("226/stc", [1]),
        ("226 STC NS", [1]),
        ("quyet toan", [2, 1]),
        ("quyết toán ngân", [1]),
        ("QUYẾT", [2, 1]),
        ("thuong vu", [3]),
        ("nghi dinh", [4]),
        ("07/2026/nd-cp", [4]),
        ("7/2026", [7, 5, 4]),
        ("7/BC", [5]),
        ("k7qm-2hxd-9w3p", [1]),
        ("K7QM2HXD9W3P", [1]),
        ("k7qm2h", [1]),
        ("dao", [5]),
        ("phu luc", [5]),
        ("минис", [6]),
        ("οδος", [6]),
        ("den 6", [6]),
        ("unit", []),
        ("001", [1]),
        ("khong co", []),
        ("", []),
        ("/ - & | '", []),
        ("x" * 500, [7]),
    ],
)
def test_a_search_finds(database, text, numbers):
    unit = fill(database)
    assert found(database, unit, text) == numbers


def test_an_entry_taken_out_of_the_index_is_not_found(database):
    unit = fill(database)
    with database.transaction() as tx:
        (entry,) = registry.search(tx, unit.id, "226/stc", 5)
        searching.remove(tx, entry.id)
    assert found(database, unit, "226/stc") == []


def test_the_newest_entries_come_first_and_no_more_than_asked(database):
    unit = fill(database)
    with database.reading() as tx:
        assert [entry.number for entry in registry.search(tx, unit.id, "den", 2)] == [7, 6]


@pytest.fixture(scope="module")
def both(sqlite_template: Path, postgresql_cluster, tmp_path_factory):
    """The same corpus in both engines."""
    path = tmp_path_factory.mktemp("search") / "mailhub.db"
    path.write_bytes(sqlite_template.read_bytes())
    name = postgresql_cluster.create(template="template_mailhub")
    with ExitStack() as stack:
        databases = [Database.open(url, lock_file=None) for url in (f"sqlite:///{path}", postgresql_cluster.url(name))]
        for database in databases:
            stack.callback(database.close)
        yield [(database, fill(database)) for database in databases]


cut_words = st.sampled_from(WORDS).flatmap(lambda word: st.integers(1, len(word)).map(lambda length: word[:length]))
queries = st.lists(cut_words | st.text(max_size=6), min_size=1, max_size=4).map(" ".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(queries)
@example("001")
@example("NEAR AND OR NOT")
@example("\0 \ud800")
def test_both_engines_find_the_same(both, text):
    sqlite, postgresql = (found(database, unit, text) for database, unit in both)
    assert sqlite == postgresql


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.sampled_from(range(len(CORPUS))), st.data())
def test_every_word_of_an_entry_finds_it(both, row, data):
    words = [word for text in CORPUS[row].values() for word in tokens(text)]
    word = data.draw(st.sampled_from(words))
    for database, unit in both:
        assert row + 1 in found(database, unit, word)
