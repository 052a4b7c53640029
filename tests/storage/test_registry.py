"""Numbers without gaps and entries without doubles, also when everybody files at once."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from storage import letters, registry
from storage.database import Database
from storage.errors import ConflictError, NotFoundError, RegisterClosedError
from storage.records import EntryState, RegisterMode
from tests.storage.builders import SteppingClock, add_letter, add_unit, entry_draft, in_threads

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WRITERS = 8
EACH = 12


def file(tx, unit, document_key="", *, letter_id=None, **changes):
    """File a letter as the service does: lock, read the time, take the series, add the entry."""
    letter_id = letter_id or add_letter(tx, unit)
    register = registry.lock_register(tx, unit.id, "den")
    arrival = registry.arrival_moment(tx, register, ZONE)
    series = registry.next_in_series(tx, register, arrival.date.year)
    draft = entry_draft(unit, letter_id, document_key, **changes)
    return registry.add_entry(tx, series, draft, arrival_date=arrival.date, filed_at=arrival.filed_at)


def file_many(url, unit, writer):
    """File as one of several writers; every third document is also filed by the neighbour, every fifth attempt fails."""
    database = Database.open(url, lock_file=None)
    for n in range(EACH):
        key = f"shared-{n}" if n % 3 == 0 else f"{writer}-{n}"
        try:
            with database.transaction() as tx:
                file(tx, unit, key)
                _interrupt(n % 5 == 4)
        except (ConflictError, InterruptedError):
            pass
    database.close()


def _interrupt(now):
    if now:
        raise InterruptedError


def file_as_two(url, unit, writer):
    """Be two of the writers in one process."""
    return in_threads((writer, writer + 1), partial(file_many, url, unit))


def assert_no_gap_no_double(database, unit):
    with database.reading() as tx:
        entries = registry.list_(tx, unit.id, limit=1000)
    numbers = sorted(entry.number for entry in entries)
    keys = [entry.draft.document_key for entry in entries]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(keys) == len(set(keys))
    shared = {f"shared-{n}" for n in range(0, EACH, 3) if n % 5 != 4}
    own = {f"{writer}-{n}" for writer in range(WRITERS) for n in range(EACH) if n % 3 and n % 5 != 4}
    assert set(keys) == shared | own


def test_eight_threads_file_without_gap_or_double(database, database_url):
    with database.transaction() as tx:
        unit = add_unit(tx)
    assert in_threads(range(WRITERS), partial(file_many, database_url, unit)) == []
    assert_no_gap_no_double(database, unit)


@pytest.mark.timeout(240)  # four interpreters start at once, on machines with two cores too
def test_eight_writers_in_four_processes_file_without_gap_or_double(database, database_url):
    with database.transaction() as tx:
        unit = add_unit(tx)
    with ProcessPoolExecutor(4, multiprocessing.get_context("spawn")) as pool:
        failures = list(pool.map(partial(file_as_two, database_url, unit), range(0, WRITERS, 2), timeout=200))
    assert failures == [[]] * 4
    assert_no_gap_no_double(database, unit)


def test_numbers_rise_with_filing_time(database, database_url):
    with database.transaction() as tx:
        unit = add_unit(tx)
    assert in_threads(range(WRITERS), partial(file_many, database_url, unit)) == []
    with database.reading() as tx:
        entries = sorted(registry.list_(tx, unit.id, limit=1000), key=lambda entry: entry.number)
    assert [entry.filed_at for entry in entries] == sorted(entry.filed_at for entry in entries)


def test_the_first_number_can_be_given(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        year = tx.now().astimezone(ZONE).year
        registry.open_register(tx, unit.id, "den", next_number=4818, year=year)
        assert [file(tx, unit).number, file(tx, unit).number] == [4818, 4819]


def test_a_register_with_entries_is_not_opened_again(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        file(tx, unit)
        with pytest.raises(ConflictError, match="has entries already"):
            registry.open_register(tx, unit.id, "den", next_number=4818, year=2026)
        with pytest.raises(ValueError, match="1 or more"):
            registry.open_register(tx, unit.id, "den", next_number=0, year=2026)


def test_a_new_year_starts_at_one_at_local_midnight(open_database):
    clock = SteppingClock(datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC))
    database = open_database(clock)
    with database.transaction() as tx:
        unit = add_unit(tx)
        old = [file(tx, unit), file(tx, unit)]
        clock.step(seconds=1)
        new = file(tx, unit)
    assert [(entry.year, entry.number) for entry in old] == [(2026, 1), (2026, 2)]
    assert (new.year, new.number, new.arrival_date) == (2027, 1, date(2027, 1, 1))


def test_a_clock_set_back_reopens_no_year_and_no_day(open_database):
    clock = SteppingClock(datetime(2027, 1, 2, 3, 0, tzinfo=UTC))
    database = open_database(clock)
    with database.transaction() as tx:
        unit = add_unit(tx)
        file(tx, unit)
        clock.step(days=-20)
        entry = file(tx, unit)
    assert (entry.year, entry.number, entry.arrival_date) == (2027, 2, date(2027, 1, 2))
    assert entry.filed_at == clock.moment


def test_an_arrival_date_before_the_last_one_is_refused(open_database):
    clock = SteppingClock()
    with open_database(clock).transaction() as tx:
        unit = add_unit(tx)
        first = file(tx, unit)
        series = registry.next_in_series(tx, registry.lock_register(tx, unit.id, "den"), 2026)
        draft = entry_draft(unit, add_letter(tx, unit))
        with pytest.raises(ConflictError, match="before the last one"):
            registry.add_entry(tx, series, draft, arrival_date=first.arrival_date - timedelta(days=1), filed_at=clock.moment)
        with pytest.raises(ValueError, match="not in the series of 2026"):
            registry.add_entry(tx, series, draft, arrival_date=date(2027, 1, 1), filed_at=clock.moment)
        assert file(tx, unit).number == 2


def test_rollback_gives_the_number_back(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
    with pytest.raises(InterruptedError), database.transaction() as tx:
        assert file(tx, unit).number == 1
        raise InterruptedError
    with database.transaction() as tx:
        assert file(tx, unit).number == 1


def test_a_document_key_is_held_once_and_a_conflict_takes_no_number(database):
    with database.transaction() as tx:
        unit, other = add_unit(tx), add_unit(tx, "H62")
        file(tx, unit, "stc/226/2026")
        with pytest.raises(ConflictError, match="stc/226/2026"):
            file(tx, unit, "stc/226/2026")
        assert file(tx, unit, "stc/227/2026").number == 2
        assert file(tx, other, "stc/226/2026").number == 1


def test_an_empty_document_key_conflicts_with_nothing(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        assert [file(tx, unit).number, file(tx, unit).number] == [1, 2]
        assert registry.entry_by_key(tx, unit.id, "") is None


def test_a_letter_is_numbered_once(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        letter_id = add_letter(tx, unit)
        file(tx, unit, letter_id=letter_id)
        with pytest.raises(ConflictError):
            file(tx, unit, letter_id=letter_id)


def test_a_voided_entry_keeps_its_number_and_frees_its_document(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        first = file(tx, unit, "stc/226/2026")
        registry.set_state(tx, first.id, EntryState.VOIDED)
        assert registry.entry_by_key(tx, unit.id, "stc/226/2026") is None
        second = file(tx, unit, "stc/226/2026")
        assert second.number == 2
        with pytest.raises(ConflictError):
            registry.set_state(tx, first.id, EntryState.REGISTERED)
        assert registry.entry_by_key(tx, unit.id, "stc/226/2026") == second


def test_a_suspended_register_gives_no_number_until_its_next_one_is_set(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        file(tx, unit)
        assert registry.suspend_all(tx) == 1
        with pytest.raises(RegisterClosedError):
            file(tx, unit)
        register = registry.lock_register(tx, unit.id, "den")
        series = registry.list_series(tx, register)[0]
        with pytest.raises(ConflictError):
            registry.set_next_number(tx, series, 1)
        registry.set_next_number(tx, series, 30)
        registry.set_suspended(tx, register.id, suspended=False)
        assert file(tx, unit).number == 30


def test_an_external_register_takes_numbers_and_gives_none(open_database):
    clock = SteppingClock()
    with open_database(clock).transaction() as tx:
        unit = add_unit(tx)
        register = registry.open_register(tx, unit.id, "truc", mode=RegisterMode.EXTERNAL, year=2026)
        series = registry.next_in_series(tx, register, 2026)
        add = partial(registry.add_entry, tx, series, arrival_date=clock.moment.date(), filed_at=clock.moment)
        with pytest.raises(RegisterClosedError):
            add(entry_draft(unit, add_letter(tx, unit)))
        assert [add(entry_draft(unit, add_letter(tx, unit)), number=number).number for number in (77, 12)] == [77, 12]
        with pytest.raises(ConflictError):
            add(entry_draft(unit, add_letter(tx, unit)), number=77)
        with pytest.raises(RegisterClosedError):
            home = registry.next_in_series(tx, registry.lock_register(tx, unit.id, "den"), 2026)
            registry.add_entry(
                tx,
                home,
                entry_draft(unit, add_letter(tx, unit)),
                arrival_date=clock.moment.date(),
                filed_at=clock.moment,
                number=5,
            )


def test_an_entry_is_found_by_number_letter_key_and_content(database):
    with database.transaction() as tx:
        unit, other = add_unit(tx), add_unit(tx, "H62")
        repeat = add_letter(tx, unit)
        entry = file(tx, unit, "stc/226/2026", content_digest="abc")
        registry.link_letter(tx, entry.id, repeat, "repeat")
        registry.link_letter(tx, entry.id, repeat, "repeat")
    with database.reading() as tx:
        found = registry.get_entry(tx, unit.id, register="den", year=entry.year, number=entry.number)
        assert found == entry
        assert registry.entry_of_letter(tx, entry.draft.letter_id) == entry
        assert registry.entry_of_letter(tx, repeat) == entry
        assert registry.entry_of_letter(tx, repeat + 1000) is None
        assert registry.entry_by_key(tx, unit.id, "stc/226/2026") == entry
        assert registry.entry_by_content(tx, unit.id, "abc") == entry
        assert registry.entry_by_key(tx, other.id, "stc/226/2026") is None
        with pytest.raises(NotFoundError):
            registry.get_entry(tx, other.id, register="den", year=entry.year, number=entry.number)


def test_a_sealed_entry_keeps_its_number_and_says_nothing(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        entry = file(tx, unit, "stc/226/2026", content_digest="abc", search_text="mật")
        blank = registry.blank(tx, entry.id)
        said = (blank.draft.issuer, blank.draft.reference, blank.draft.subject, blank.draft.search_text)
        assert said == ("", "", "", "")
        assert (blank.number, blank.arrival_date, blank.draft.content_digest) == (entry.number, entry.arrival_date, "abc")
        assert registry.search(tx, unit.id, "226/stc", 9) == registry.search(tx, unit.id, "mat", 9) == []
        assert registry.entry_by_key(tx, unit.id, "stc/226/2026") is None


def test_entries_are_listed_newest_first_by_page_and_by_time(open_database):
    clock = SteppingClock()
    with open_database(clock).transaction() as tx:
        unit = add_unit(tx)
        filed = []
        for _ in range(5):
            filed.append(file(tx, unit))
            clock.step(hours=1)
        listed = registry.list_(tx, unit.id, limit=2)
        assert listed == [filed[4], filed[3]]
        assert registry.list_(tx, unit.id, limit=9, before_id=listed[-1].id) == [filed[2], filed[1], filed[0]]
        between = registry.list_(tx, unit.id, from_=filed[1].filed_at, to=filed[3].filed_at, limit=9)
        assert between == [filed[2], filed[1]]
        assert registry.list_(tx, unit.id, register="other", limit=9) == []


def test_a_register_is_known_by_unit_code_direction_and_kind(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        outgoing = registry.open_register(tx, unit.id, "den", direction="out", year=2026)
        assert registry.lock_register(tx, unit.id, "den", "out") == outgoing
        assert registry.lock_register(tx, unit.id, "den") != outgoing
        assert len(registry.list_registers(tx, unit.id)) == 2
        with pytest.raises(NotFoundError):
            registry.lock_register(tx, unit.id, "other")


def test_letters_decided_twice_at_once_conflict(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        seen = letters.get(tx, unit.id, add_letter(tx, unit))
        letters.update(tx, seen, seen.draft, decided_by="one")
        with pytest.raises(ConflictError, match="somebody else"):
            letters.update(tx, seen, seen.draft, decided_by="two")
