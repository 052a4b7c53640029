"""Officials: found as a clerk names them, phoned at the number of the day, invited in the group's order."""

from datetime import UTC, date, datetime

import pytest

from storage import people
from storage.errors import ConflictError, NotFoundError
from storage.records import OfficialPhone
from tests.storage.builders import SteppingClock, add_official, add_unit, in_threads, official_draft


def codes(officials):
    return [official.code for official in officials]


def test_an_official_comes_back_as_it_was_given(database):
    phones = (
        OfficialPhone(number="+84901234567", valid_until=date(2026, 6, 1)),
        OfficialPhone(number="+84907654321", valid_from=date(2026, 6, 1)),
    )
    with database.transaction() as tx:
        unit = add_unit(tx)
        given = official_draft(phones=phones, addresses=("a@x", "b@x"), assistant_codes=("TL-1",))
        new = people.add_official(tx, unit.id, given)
        assert people.official(tx, unit.id, " gd-syt ") == people.official(tx, unit.id, new.id) == new
        assert (new.code, new.phones, new.addresses, new.assistant_codes) == ("GD-SYT", phones, ("a@x", "b@x"), ("TL-1",))
        assert new.closed_on is None
        for unknown in ("GD", new.id + 1):
            with pytest.raises(NotFoundError):
                people.official(tx, unit.id, unknown)


def test_a_code_is_one_officials_in_a_unit_however_it_is_written(database):
    with database.transaction() as tx:
        unit, other = add_unit(tx), add_unit(tx, "H62")
        add_official(tx, unit)
        with pytest.raises(ConflictError, match="belongs to another official"):
            add_official(tx, unit, "gđ-syt")
        second = add_official(tx, unit, "PGD-SYT")
        with pytest.raises(ConflictError):
            people.update_official(tx, unit.id, second.id, official_draft("Gd-SyT"))
        assert people.official(tx, unit.id, second.id) == second
        add_official(tx, other)
        with pytest.raises(NotFoundError):
            people.official(tx, other.id, "PGD-SYT")


def test_writers_at_once_add_a_code_once(database):
    with database.transaction() as tx:
        unit = add_unit(tx)

    def add(_: int) -> None:
        with database.transaction() as tx:
            add_official(tx, unit)

    failures = in_threads(range(4), add)
    assert [type(failure) for failure in failures] == [ConflictError] * 3


def test_an_official_is_written_anew_with_all_its_parts(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        old = add_official(tx, unit)
        people.close_official(tx, unit.id, old.id, date(2027, 1, 1))
        changed = official_draft(name="Lê Văn Tám", position="Phó Giám đốc", phones=())
        new = people.update_official(tx, unit.id, old.id, changed)
        assert (new.name, new.phones, new.closed_on) == ("Lê Văn Tám", (), date(2027, 1, 1))
        assert codes(people.officials(tx, unit.id, search="le van tam")) == ["GD-SYT"]
        assert people.officials(tx, unit.id, search="Trần Thị Bé") == []
        with pytest.raises(NotFoundError):
            people.update_official(tx, unit.id + 1, old.id, changed)


@pytest.mark.parametrize(
    ("day", "numbers"),
    [
        (date(2026, 5, 31), ("+841",)),
        (date(2026, 6, 1), ("+842", "+843")),
        (date(2026, 8, 31), ("+842", "+843")),
        (date(2026, 9, 1), ("+843",)),
    ],
)
def test_a_phone_serves_from_its_first_day_and_before_its_last(database, day, numbers):
    phones = (
        OfficialPhone(number="+841", valid_until=date(2026, 6, 1)),
        OfficialPhone(number="+842", valid_from=date(2026, 6, 1), valid_until=date(2026, 9, 1)),
        OfficialPhone(number="+843", valid_from=date(2026, 6, 1)),
    )
    with database.transaction() as tx:
        official = add_official(tx, add_unit(tx), phones=phones)
    assert official.phones_on(day) == numbers


def test_a_number_that_is_given_twice_is_dialled_once(database):
    twice = (OfficialPhone(number="+841"), OfficialPhone(number="+841", valid_until=date(2030, 1, 1)))
    with database.transaction() as tx:
        assert add_official(tx, add_unit(tx), phones=twice).phones_on(date(2026, 6, 1)) == ("+841",)


def test_a_closed_official_is_found_no_more_from_that_day_on_where_the_unit_is(open_database):
    clock = SteppingClock(datetime(2026, 11, 21, 16, 59, tzinfo=UTC))
    with open_database(clock).transaction() as tx:
        unit = add_unit(tx)
        official = add_official(tx, unit)
        people.put_group(tx, unit.id, "GB", "Giao ban", [official.id])
        closed = people.close_official(tx, unit.id, official.id, date(2026, 11, 22))
        assert closed.closed_on == date(2026, 11, 22)
        assert codes(people.officials(tx, unit.id, search="gd-syt")) == ["GD-SYT"]
        clock.step(minutes=1)  # midnight in Ho Chi Minh City
        assert people.officials(tx, unit.id, search="gd-syt") == []
        assert people.officials(tx, unit.id) == people.officials(tx, unit.id, group="gb") == []
        assert people.officials(tx, unit.id, include_closed=True) == [closed]
        assert people.official(tx, unit.id, "GD-SYT") == closed
        again = people.close_official(tx, unit.id, official.id, None)
        assert people.officials(tx, unit.id, search="gd-syt") == [again]
        with pytest.raises(NotFoundError):
            people.close_official(tx, unit.id + 1, official.id, None)


def test_officials_are_listed_by_code_and_searched_by_any_words(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        add_official(tx, unit, "PGD-SYT", position="Phó Giám đốc", name="Đỗ 100%_\\")
        add_official(tx, unit)
        assert codes(people.officials(tx, unit.id)) == ["GD-SYT", "PGD-SYT"]
        assert codes(people.officials(tx, unit.id, limit=1)) == ["GD-SYT"]
        assert codes(people.officials(tx, unit.id, search="y te pho")) == ["PGD-SYT"]
        for text in ("100%", "%_", "_\\", "do 1"):
            assert codes(people.officials(tx, unit.id, search=text)) == ["PGD-SYT"]
        assert people.officials(tx, unit.id, search="g%t") == []


def test_a_group_keeps_the_order_that_was_given_and_is_put_anew(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        one, two, three = (add_official(tx, unit, code) for code in ("A", "B", "C"))
        put = people.put_group(tx, unit.id, "Giao-ban", "Giao ban tuần", [three.id, one.id, three.id, two.id])
        assert (put.code, put.name, put.member_ids) == ("Giao-ban", "Giao ban tuần", (three.id, one.id, two.id))
        assert people.group(tx, unit.id, "GIAO-BAN") == put
        assert codes(people.officials(tx, unit.id, group="giao-ban")) == ["C", "A", "B"]
        assert codes(people.officials(tx, unit.id, group="giao-ban", search="tran", limit=1)) == ["C"]
        again = people.put_group(tx, unit.id, "giao-ban", "Giao ban", [two.id])
        assert (again.id, again.name, again.member_ids) == (put.id, "Giao ban", (two.id,))
        people.put_group(tx, unit.id, "An-ninh", "Ban an ninh", [])
        assert [group.code for group in people.groups(tx, unit.id)] == ["An-ninh", "giao-ban"]
        people.remove_group(tx, unit.id, "giao-ban")
        assert [group.code for group in people.groups(tx, unit.id)] == ["An-ninh"]
        assert len(people.officials(tx, unit.id)) == 3


def test_a_group_is_of_one_unit_and_holds_its_officials_only(database):
    with database.transaction() as tx:
        unit, other = add_unit(tx), add_unit(tx, "H62")
        stranger = add_official(tx, other)
        with pytest.raises(NotFoundError, match="has no official"):
            people.put_group(tx, unit.id, "GB", "Giao ban", [stranger.id])
        people.put_group(tx, other.id, "GB", "Giao ban", [stranger.id])
        assert people.groups(tx, unit.id) == []
        for ask in (people.group, people.remove_group):
            with pytest.raises(NotFoundError, match="has no group"):
                ask(tx, unit.id, "GB")
        with pytest.raises(NotFoundError, match="has no group"):
            people.officials(tx, unit.id, group="GB")
