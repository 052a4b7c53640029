"""Deposits: changed by one clerk at a time, found by their document, and due when their wait is over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storage import deposits
from storage.errors import ConflictError, NotFoundError
from storage.records import DepositKind, DepositState
from tests.storage.builders import (
    MOMENT,
    SteppingClock,
    add_deposit,
    add_letter,
    add_unit,
    deposit_draft,
    in_threads,
)


def ids(found):
    return [deposit.id for deposit in found]


def test_a_deposit_comes_back_as_it_was_given(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        draft = deposit_draft(unit, letter_id=add_letter(tx, unit), note="bì rách")
        new = deposits.add(tx, draft)
        assert (new.draft, new.version) == (draft, 1)
        assert (new.entry_id, new.partner_letter_id, new.handed_to, new.handed_at) == (None, None, "", None)
        assert deposits.get(tx, unit.id, new.id) == new
        assert deposits.of_letter(tx, draft.letter_id) == new
        assert deposits.of_letter(tx, draft.letter_id + 1) is None
        with pytest.raises(NotFoundError):
            deposits.get(tx, unit.id + 1, new.id)


def test_secret_paper_is_counted_without_letter_key_and_subject(database):
    nothing = {"letter_id": None, "document_key": "", "reference": "", "subject": "", "pages": None, "due_at": None}
    with database.transaction() as tx:
        unit = add_unit(tx)
        new = add_deposit(tx, unit, kind=DepositKind.SECRET, state=DepositState.COUNTED, issued_on=None, **nothing)
        add_deposit(tx, unit, kind=DepositKind.ENVELOPE, state=DepositState.COUNTED, **nothing)
        assert new.draft.pages is None
        assert deposits.with_key(tx, unit.id, "") == []
        assert deposits.counts(tx, unit.id) == {DepositState.COUNTED: 2}


def test_an_outcome_that_is_not_named_stays(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        partner = add_letter(tx, unit)
        old = add_deposit(tx, unit)
        paired = deposits.update(tx, old, replace(old.draft, state=DepositState.PAIRED), partner_letter_id=partner)
        noted = deposits.update(tx, paired, replace(paired.draft, note="x"), handed_to="Bà Lan", handed_at=MOMENT)
        assert (noted.version, noted.partner_letter_id, noted.handed_to, noted.handed_at) == (3, partner, "Bà Lan", MOMENT)
        assert (noted.draft.state, noted.draft.note) == (DepositState.PAIRED, "x")
        alone = deposits.update(tx, noted, noted.draft, partner_letter_id=None)
        assert (alone.partner_letter_id, alone.handed_to) == (None, "Bà Lan")


def test_two_clerks_cannot_both_change_what_they_read(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        read = add_deposit(tx, unit)

    def decide(state: DepositState) -> None:
        with database.transaction() as tx:
            deposits.update(tx, read, replace(read.draft, state=state))

    failures = in_threads([DepositState.ACCEPTED, DepositState.RETURN_DUE, DepositState.PAIRED], decide)
    assert [type(failure) for failure in failures] == [ConflictError] * 2
    with database.reading() as tx:
        assert deposits.get(tx, unit.id, read.id).version == 2


def test_deposits_of_a_document_are_found_and_only_open_ones_wait_for_its_copy(database):
    with database.transaction() as tx:
        unit, other = add_unit(tx), add_unit(tx, "H62")
        made = {state: add_deposit(tx, unit, state=state) for state in DepositState}
        add_deposit(tx, unit, document_key="another")
        add_deposit(tx, other)
        key = made[DepositState.WAITING].draft.document_key
        assert ids(deposits.with_key(tx, unit.id, key)) == ids(made.values())
        waiting = {deposit.draft.state for deposit in deposits.waiting_with_key(tx, unit.id, key)}
        assert waiting == {DepositState.WAITING, DepositState.OVERDUE, DepositState.RETURN_DUE, DepositState.ANNOUNCED}
        assert deposits.waiting_with_key(tx, unit.id, "") == []


def test_only_what_waits_or_goes_back_is_ever_due(open_database):
    clock = SteppingClock()
    with open_database(clock).transaction() as tx:
        unit = add_unit(tx)
        made = {state: add_deposit(tx, unit, state=state, due_at=MOMENT + timedelta(hours=2)) for state in DepositState}
        early = add_deposit(tx, unit, due_at=MOMENT + timedelta(hours=1))
        add_deposit(tx, unit, due_at=None)
        clock.step(hours=1)
        assert deposits.due(tx, limit=9) == [(unit.id, early.id)]
        clock.step(hours=1)
        timed = [made[DepositState.WAITING].id, made[DepositState.RETURN_DUE].id]
        assert deposits.due(tx, limit=9) == [(unit.id, id_) for id_ in [early.id, *timed]]
        assert deposits.due(tx, limit=1) == [(unit.id, early.id)]


def test_deposits_are_listed_newest_first_and_counted(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        first, second, third = (add_deposit(tx, unit) for _ in range(3))
        deposits.update(tx, second, replace(second.draft, state=DepositState.PAIRED))
        assert ids(deposits.list_(tx, unit.id, limit=9)) == [third.id, second.id, first.id]
        assert ids(deposits.list_(tx, unit.id, limit=1, before_id=third.id)) == [second.id]
        assert ids(deposits.list_(tx, unit.id, states=[DepositState.WAITING], limit=9)) == [third.id, first.id]
        assert deposits.counts(tx, unit.id) == {DepositState.WAITING: 2, DepositState.PAIRED: 1}
        assert deposits.counts(tx, unit.id + 1) == {}


@pytest.mark.parametrize("text", ["118/syt", "so y te", "MUA SẮM", "thiet bi 118", "50%_"])
def test_a_deposit_is_found_by_words_of_reference_sender_and_subject(database, text):
    with database.transaction() as tx:
        unit = add_unit(tx)
        wanted = add_deposit(tx, unit, subject="V/v mua sắm thiết bị 50%_")
        add_deposit(tx, unit, reference="7/STC", sender="Sở Tài chính", subject="500 x")
        add_deposit(tx, add_unit(tx, "H62"), subject="50%_")
        assert ids(deposits.search(tx, unit.id, text, 9)) == [wanted.id]


def test_a_search_for_nothing_finds_nothing_and_a_change_is_found(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        old = add_deposit(tx, unit)
        for text in ("", "  ", "syt stc"):
            assert deposits.search(tx, unit.id, text, 9) == []
        deposits.update(tx, old, replace(old.draft, reference="119/STC"))
        assert deposits.search(tx, unit.id, "118", 9) == []
        assert ids(deposits.search(tx, unit.id, "119/stc", 9)) == [old.id]
        newer = add_deposit(tx, unit)
        assert ids(deposits.search(tx, unit.id, "so y te", 9)) == [newer.id, old.id]
        assert ids(deposits.search(tx, unit.id, "so y te", 1)) == [newer.id]
