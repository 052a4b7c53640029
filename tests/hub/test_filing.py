"""Numbers: without gaps, never twice, whatever the clock and the other clerks do (design, promise 6)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailhub.errors import RefusedError
from mailhub.policy.case import Mode
from mailhub.registers import RegisterOrder
from storage.records import LetterState, RegisterMode
from tests.hub.conftest import CLERK, reading_of
from tests.policy import builders


def propose(desk, number, *, reference=None, content=None):
    """Bring in a letter that waits for a clerk; gives its id."""
    file = builders.a_file(path=content or f"c{number}", signed=builders.SIGNED)
    letter = replace(builders.letter(reference=builders.text(reference or f"{number}/STC-NS")), main=file.path)
    desk.bring(f"mail {number}".encode(), reading_of(letter, identity=f"i{number}", files=(file,)))
    desk.work()
    return desk.hub.letters.list_(desk.unit.id, limit=1)[0].letter.id


@pytest.fixture
def proposing(desk):
    desk.hub.directory.set_mode(CLERK, desk.unit.id, "H29.11", Mode.PROPOSE)
    return desk


def numbers(desk):
    return sorted((entry.year, entry.number) for entry in desk.hub.registers.list_(desk.unit.id, limit=1000))


def test_eight_clerks_at_once_leave_no_gap_and_no_number_twice(proposing):
    ids = [propose(proposing, number) for number in range(1, 25)]

    def file(letter_id):
        return proposing.hub.letters.file(CLERK, proposing.unit.id, letter_id).number

    with ThreadPoolExecutor(8) as clerks:
        given = list(clerks.map(file, ids))
    assert sorted(given) == list(range(1, 25))
    assert numbers(proposing) == [(2024, number) for number in range(1, 25)]


def test_two_clerks_on_one_letter_give_one_number(proposing):
    letter_id = propose(proposing, 1)

    def file(_):
        try:
            return proposing.hub.letters.file(CLERK, proposing.unit.id, letter_id).number
        except RefusedError:
            return None

    with ThreadPoolExecutor(8) as clerks:
        given = [number for number in clerks.map(file, range(8)) if number is not None]
    assert given == [1]
    assert numbers(proposing) == [(2024, 1)]


def test_of_two_letters_with_one_document_key_only_one_is_filed(proposing):
    ids = [propose(proposing, number, reference="226/STC-NS") for number in (1, 2, 3)]

    def file(letter_id):
        try:
            return proposing.hub.letters.file(CLERK, proposing.unit.id, letter_id).number
        except RefusedError:
            return None

    with ThreadPoolExecutor(3) as clerks:
        given = [number for number in clerks.map(file, ids) if number is not None]
    assert given == [1]
    assert numbers(proposing) == [(2024, 1)]


def test_two_workers_that_find_the_same_key_never_file_both(desk):
    for number in (1, 2):
        file = builders.a_file(path=f"c{number}", signed=builders.SIGNED)
        letter = replace(builders.LETTER, main=file.path)
        desk.bring(f"mail {number}".encode(), reading_of(letter, identity=f"i{number}", files=(file,)))
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(desk.work, ["a", "b"]))
    found = sorted(view.letter.draft.state for view in desk.hub.letters.list_(desk.unit.id))
    # Each may have seen the other one waiting: then a clerk looks at both, side by side.
    assert found in ([LetterState.FILED, LetterState.HELD], [LetterState.HELD, LetterState.HELD])


def test_the_year_changes_at_midnight_of_the_unit_and_not_of_greenwich(proposing):
    ids = [propose(proposing, number) for number in (1, 2, 3)]
    proposing.clock.now = datetime(2024, 12, 31, 16, 59, 59, tzinfo=UTC)
    before = proposing.hub.letters.file(CLERK, proposing.unit.id, ids[0])
    proposing.clock.now = datetime(2024, 12, 31, 17, 0, 0, tzinfo=UTC)
    after = proposing.hub.letters.file(CLERK, proposing.unit.id, ids[1])
    assert (before.year, before.number, before.arrival_date.isoformat()) == (2024, 1, "2024-12-31")
    assert (after.year, after.number, after.arrival_date.isoformat()) == (2025, 1, "2025-01-01")


def test_a_clock_set_back_reopens_no_year_and_no_day(proposing):
    ids = [propose(proposing, number) for number in (1, 2)]
    proposing.clock.now = datetime(2025, 1, 2, 3, 0, tzinfo=UTC)
    proposing.hub.letters.file(CLERK, proposing.unit.id, ids[0])
    proposing.clock.now = datetime(2024, 12, 30, 3, 0, tzinfo=UTC)
    entry = proposing.hub.letters.file(CLERK, proposing.unit.id, ids[1])
    assert (entry.year, entry.number, entry.arrival_date.isoformat()) == (2025, 2, "2025-01-02")


def test_a_register_opened_from_4818_gives_4818_first(proposing):
    proposing.hub.registers.open(CLERK, proposing.unit.id, RegisterOrder(code="UBND", next_number=4818))
    entry = proposing.hub.letters.file(CLERK, proposing.unit.id, propose(proposing, 1))
    assert entry.number == 4818


def test_a_register_with_entries_is_not_opened_from_another_number(proposing):
    proposing.hub.letters.file(CLERK, proposing.unit.id, propose(proposing, 1))
    with pytest.raises(RefusedError):
        proposing.hub.registers.open(CLERK, proposing.unit.id, RegisterOrder(code="UBND", next_number=4818))


def test_a_register_that_another_system_numbers_takes_only_its_numbers(proposing):
    proposing.hub.registers.open(CLERK, proposing.unit.id, RegisterOrder(code="UBND", mode=RegisterMode.EXTERNAL))
    letter_id = propose(proposing, 1)
    with pytest.raises(RefusedError, match="--number"):
        proposing.hub.letters.file(CLERK, proposing.unit.id, letter_id)
    entry = proposing.hub.letters.file(CLERK, proposing.unit.id, letter_id, number=77)
    assert entry.number == 77


def test_a_suspended_register_files_nothing_until_it_is_resumed(proposing):
    from storage import registry

    letter_id = propose(proposing, 1)
    with proposing.hub.database.transaction() as tx:
        register = registry.lock_register(tx, proposing.unit.id, "UBND")
        registry.set_suspended(tx, register.id, suspended=True)
    with pytest.raises(RefusedError, match="register resume"):
        proposing.hub.letters.file(CLERK, proposing.unit.id, letter_id)
    proposing.hub.registers.resume(CLERK, proposing.unit.id, "UBND", 12, "checked against the book")
    assert proposing.hub.letters.file(CLERK, proposing.unit.id, letter_id).number == 12
