"""A number given by mistake: it keeps its place, the letter comes back, and nobody is left with a wrong receipt."""

import json
from dataclasses import replace
from datetime import date

import pytest

from mailhub.counter.handing_in import DepositOrder
from mailhub.errors import RefusedError
from mailhub.policy.case import Mode
from mailhub.policy.reasons import ReasonCode
from mailhub.undoing import Undo
from storage.records import Actor, DepositState, DispatchState, EntryState, LetterState
from tests.hub.conftest import CLERK, reading_of


@pytest.fixture
def lan(desk):
    return Actor(unit_id=desk.unit.id, name="lan", via="cli")


@pytest.fixture
def letter(desk):
    """A complete letter that the machine only proposes."""
    desk.hub.directory.set_mode(CLERK, desk.unit.id, "H29.11", Mode.PROPOSE)
    return desk.receive(b"one", reading_of())[0].letter


def receipts(desk):
    return {item.draft.kind: item.state for item in desk.hub.outbox.list_(desk.unit.id)}


def test_a_void_number_keeps_its_place_and_the_letter_gets_the_next_one(desk, lan, letter):
    entry = desk.hub.letters.file(lan, desk.unit.id, letter.id)
    voided = desk.hub.voiding.void(lan, entry, reason="nhầm văn bản")
    assert (voided.number, voided.state) == (entry.number, EntryState.VOIDED)
    view = desk.hub.letters.show(desk.unit.id, letter.id)
    assert (view.letter.draft.state, view.letter.draft.reasons) == (LetterState.HELD, ("held-by-clerk",))
    again = desk.hub.letters.file(lan, desk.unit.id, letter.id)
    assert again.number == entry.number + 1
    assert [item.number for item in desk.hub.registers.list_(desk.unit.id)] == [again.number, entry.number]


def test_a_receipt_that_has_not_left_is_cancelled_and_nothing_is_sent(desk, lan, letter):
    entry = desk.hub.letters.file(lan, desk.unit.id, letter.id)
    desk.hub.voiding.void(lan, entry, reason="nhầm")
    assert receipts(desk) == {"receipt": DispatchState.CANCELLED}


def test_who_was_told_the_number_is_told_that_it_is_void(desk, lan, letter):
    entry = desk.hub.letters.file(lan, desk.unit.id, letter.id)
    dispatcher = desk.hub.dispatcher("d")
    assert dispatcher.run_once()
    desk.hub.voiding.void(lan, entry, reason="nhầm")
    assert receipts(desk) == {"receipt": DispatchState.SENT, "void": DispatchState.DUE}
    assert dispatcher.run_once()
    assert receipts(desk) == {"receipt": DispatchState.SENT, "void": DispatchState.SENT}


def test_a_void_number_is_not_voided_twice_and_the_event_says_who_and_why(desk, lan, letter):
    entry = desk.hub.letters.file(lan, desk.unit.id, letter.id)
    desk.hub.voiding.void(lan, entry, reason="nhầm văn bản")
    with pytest.raises(RefusedError):
        desk.hub.voiding.void(lan, entry, reason="nữa")
    event = desk.hub.audit.show(subject=f"letter/{letter.id}")[-1]
    told = json.loads(event.body)
    assert (event.kind, told["reason"], told["actor"]["name"]) == ("entry-voided", "nhầm văn bản", "lan")
    assert told["data"]["number"] == entry.number


def test_the_last_act_is_undone_and_then_the_one_before_it(desk, lan, letter):
    undoing, letters = desk.hub.undoing, desk.hub.letters
    letters.hold(lan, desk.unit.id, letter.id, reason="chờ điện thoại")
    desk.clock.move(minutes=1)
    letters.return_(lan, desk.unit.id, letter.id, reasons=(ReasonCode.ENCLOSURES_MISSING,))
    first = undoing.last(lan, desk.unit.id)
    assert first.undo is Undo.WITHDRAW
    assert not first.asks
    undoing.undo(lan, first, reason="z")
    second = undoing.last(lan, desk.unit.id)
    assert second.undo is Undo.RELEASE
    undoing.undo(lan, second, reason="z")
    desk.work()
    assert desk.hub.letters.show(desk.unit.id, letter.id).letter.draft.state is LetterState.PROPOSED
    assert undoing.last(lan, desk.unit.id) is None


def test_filing_is_undone_by_voiding_and_is_asked_first(desk, lan, letter):
    entry = desk.hub.letters.file(lan, desk.unit.id, letter.id)
    act = desk.hub.undoing.last(lan, desk.unit.id)
    assert (act.undo, act.asks, act.entry.number) == (Undo.VOID, True, entry.number)
    assert str(entry.number) in desk.hub.undoing.undo(lan, act, reason="z").vi
    assert desk.hub.undoing.last(lan, desk.unit.id) is None


def test_a_returned_letter_is_reopened(desk, lan, letter):
    desk.hub.letters.return_(lan, desk.unit.id, letter.id, reasons=(ReasonCode.ENCLOSURES_MISSING,))
    desk.clock.move(minutes=11)
    desk.work()
    act = desk.hub.undoing.last(lan, desk.unit.id)
    assert (act.undo, act.asks) == (Undo.REOPEN, True)
    desk.hub.undoing.undo(lan, act, reason="z")
    assert desk.hub.letters.show(desk.unit.id, letter.id).letter.draft.state is LetterState.HELD


def test_nobody_undoes_what_another_clerk_did_or_what_was_done_yesterday(desk, lan, letter):
    desk.hub.letters.hold(lan, desk.unit.id, letter.id, reason="chờ")
    hoa = replace(lan, name="hoa")
    assert desk.hub.undoing.last(hoa, desk.unit.id) is None
    desk.clock.move(days=1)
    assert desk.hub.undoing.last(lan, desk.unit.id) is None


def test_an_act_that_somebody_else_has_gone_on_from_is_left_alone(desk, lan, letter):
    desk.hub.letters.hold(lan, desk.unit.id, letter.id, reason="chờ")
    desk.hub.letters.file(replace(lan, name="hoa"), desk.unit.id, letter.id)
    assert desk.hub.undoing.last(lan, desk.unit.id) is None


def test_what_was_done_at_the_counter_is_undone_too(desk, lan):
    counter, undoing = desk.hub.counter, desk.hub.undoing
    order = DepositOrder(agency="H29.11", reference="226/STC-NS", issued_on=date(2024, 8, 8), subject="quyết toán", pages=4)
    paper = counter.receive(lan, desk.unit.id, order).deposit
    desk.clock.move(minutes=1)
    counter.return_(lan, desk.unit.id, paper.id)
    desk.clock.move(minutes=1)
    first = undoing.last(lan, desk.unit.id)
    assert (first.undo, first.asks) == (Undo.WITHDRAW_PAPER, False)
    undoing.undo(lan, first, reason="z")
    assert counter.show(desk.unit.id, paper.id).deposit.draft.state is DepositState.OVERDUE
    assert undoing.last(lan, desk.unit.id) is None, "the paper has gone on since it was received"


def test_paper_that_was_received_by_mistake_is_cancelled_after_a_question(desk, lan):
    order = DepositOrder(agency="H29.11", reference="226/STC-NS", issued_on=date(2024, 8, 8), subject="quyết toán", pages=4)
    paper = desk.hub.counter.receive(lan, desk.unit.id, order).deposit
    act = desk.hub.undoing.last(lan, desk.unit.id)
    assert (act.undo, act.asks) == (Undo.CANCEL_PAPER, True)
    desk.hub.undoing.undo(lan, act, reason="z")
    assert desk.hub.counter.show(desk.unit.id, paper.id).deposit.draft.state is DepositState.CANCELLED


def test_a_filing_that_closed_the_wait_of_paper_is_undone_as_a_filing(desk, lan, letter):
    order = DepositOrder(agency="H29.11", reference="226/STC-NS", issued_on=date(2024, 8, 8), subject="quyết toán", pages=4)
    paper = desk.hub.counter.receive(replace(lan, name="hoa"), desk.unit.id, order).deposit
    desk.hub.letters.file(lan, desk.unit.id, letter.id)
    assert desk.hub.counter.show(desk.unit.id, paper.id).deposit.draft.state is DepositState.PAIRED
    act = desk.hub.undoing.last(lan, desk.unit.id)
    assert act.undo is Undo.VOID
    desk.hub.undoing.undo(lan, act, reason="z")
    again = desk.hub.letters.file(lan, desk.unit.id, letter.id)
    view = desk.hub.counter.show(desk.unit.id, paper.id)
    assert (view.deposit.draft.state, view.entry.number) == (DepositState.PAIRED, again.number)
