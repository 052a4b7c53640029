"""Returns: nobody's letter is sent back without somebody being told, and nobody is told what is not so any more (promise 9)."""

from dataclasses import replace

import pytest

from mailhub.errors import RefusedError
from mailhub.policy.reasons import ReasonCode
from storage.records import DispatchState, LetterState
from tests.hub.conftest import CLERK, edit_agency, reading_of
from tests.policy import builders

BROKEN = builders.signed_by(builders.by_person(*builders.BROKEN), builders.by_organisation())
STRANGER = replace(builders.MAIL, from_=(replace(builders.MAIL.from_[0], address="x@example.org"),))


def only(desk):
    (view,) = desk.hub.letters.list_(desk.unit.id)
    return view.letter


def notices(desk):
    return {item.draft.kind: item.state for item in desk.hub.outbox.list_(desk.unit.id)}


def returned(desk):
    desk.receive(b"mail one", reading_of(files=(BROKEN,)))
    desk.clock.move(minutes=11)
    desk.work()
    assert only(desk).draft.state is LetterState.RETURNED
    return only(desk)


def test_a_letter_whose_sender_cannot_be_told_is_not_returned(desk):
    desk.receive(b"mail one", reading_of(mail=STRANGER))
    with pytest.raises(RefusedError, match="unknown-sender"):
        desk.hub.letters.return_(CLERK, desk.unit.id, only(desk).id, reasons=(ReasonCode.UNSIGNED,))
    assert only(desk).draft.state is LetterState.HELD


def test_a_return_whose_sender_left_the_directory_meanwhile_is_held(desk):
    desk.receive(b"mail one", reading_of(files=(BROKEN,)))
    edit_agency(desk.hub, desk.unit.id, addresses=("new@tinh.gov.vn",))
    desk.clock.move(minutes=11)
    desk.work()
    assert only(desk).draft.state is LetterState.HELD
    assert notices(desk) == {}


def test_reopening_before_the_notice_has_left_takes_it_back_and_needs_no_apology(desk):
    letter = returned(desk)
    desk.hub.letters.reopen(CLERK, desk.unit.id, letter.id, reason="our mistake")
    assert notices(desk) == {"return": DispatchState.CANCELLED}


def test_reopening_after_the_notice_has_left_apologises(desk):
    letter = returned(desk)
    desk.hub.dispatcher("d").run_once()
    desk.hub.letters.reopen(CLERK, desk.unit.id, letter.id, reason="our mistake")
    assert notices(desk) == {"return": DispatchState.SENT, "apology": DispatchState.DUE}


def test_a_clerk_s_return_is_still_the_clerk_s_after_it_has_left(desk):
    desk.receive(b"mail one", reading_of(files=(builders.signed_by(builders.by_person()),)))
    desk.hub.letters.return_(CLERK, desk.unit.id, only(desk).id, reasons=(ReasonCode.UNSIGNED,))
    desk.clock.move(minutes=11)
    desk.work()
    assert only(desk).decided_by == CLERK.name
    assert desk.hub.letters.explain(desk.unit.id, only(desk).id).reproduced
