"""Outgoing numbers: without gaps, never twice, also when several clerks convene at once."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailhub.errors import RefusedError
from mailhub.issuing import IssueOrder, issue
from mailhub.registers import RegisterOrder
from storage import registry
from storage.records import RegisterMode
from tests.meetings.conftest import CLERK


def order(office, **changes):
    given = IssueOrder(unit=office.unit, kind="GM", symbol="GM-VPUB", document_type="Giấy mời", subject="Họp")
    return replace(given, **changes)


def issued(office, **changes):
    with office.hub.database.transaction() as tx:
        return issue(tx, order(office, **changes))


def entries(office):
    with office.hub.database.reading() as tx:
        return registry.list_(tx, office.unit.id, direction="out", limit=99)


def test_numbers_follow_each_other_and_bear_their_symbol(office):
    assert [issued(office).draft.reference for _ in range(2)] == ["226/GM-VPUB", "227/GM-VPUB"]


def test_a_number_below_ten_has_two_digits(office):
    order_ = RegisterOrder(code="TB", direction="out", kind="TB", next_number=7)
    office.hub.registers.open(CLERK, office.unit.id, order_)
    assert issued(office, kind="TB", symbol="TB-VPUB").draft.reference == "07/TB-VPUB"


def test_a_refused_convocation_gives_its_number_back(office):
    with pytest.raises(RefusedError):
        office.convene(starts_at=office.clock())
    office.convene()
    assert [entry.number for entry in entries(office)] == [226]


def test_several_clerks_at_once_get_different_numbers_without_a_gap(office):
    def convene():
        for _ in range(3):
            office.convene(invite=("SNV-GD",))

    clerks = [threading.Thread(target=convene) for _ in range(3)]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    assert sorted(entry.number for entry in entries(office)) == list(range(226, 235))


def test_a_new_year_begins_at_one_and_a_clock_set_back_stays_in_it(office):
    issued(office)
    office.clock.now = datetime(2025, 1, 2, tzinfo=UTC)
    assert (issued(office).year, issued(office).number) == (2025, 2)
    office.clock.now = datetime(2024, 12, 31, 10, tzinfo=UTC)
    late = issued(office)
    assert (late.year, late.number, late.arrival_date.year) == (2025, 3, 2025)


def test_a_restored_register_waits_for_its_next_number(office):
    with office.hub.database.transaction() as tx:
        registry.suspend_all(tx)
    with pytest.raises(RefusedError, match="register resume GM --next N"):
        issued(office)
    office.hub.registers.resume(CLERK, office.unit.id, "GM", 240, "đã đối chiếu sổ giấy")
    assert issued(office).number == 240


def test_of_several_registers_one_must_be_chosen(office):
    office.hub.registers.open(CLERK, office.unit.id, RegisterOrder(code="GM2", direction="out", kind="GM"))
    with pytest.raises(RefusedError, match="GM, GM2"):
        issued(office)
    assert issued(office, register="GM2").number == 1


def test_a_register_of_another_system_needs_its_number(office):
    external = RegisterOrder(code="TB", direction="out", kind="TB", mode=RegisterMode.EXTERNAL)
    office.hub.registers.open(CLERK, office.unit.id, external)
    with pytest.raises(RefusedError, match="--number"):
        issued(office, kind="TB")
    assert issued(office, kind="TB", number=12).number == 12
    with pytest.raises(RefusedError, match="another document's already"):
        issued(office, kind="TB", number=12)


def test_our_own_numbers_are_no_incoming_documents(office):
    issued(office)
    assert office.hub.registers.list_(office.unit.id) == ()
