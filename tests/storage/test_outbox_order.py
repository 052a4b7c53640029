"""What a meeting says to somebody leaves in order of revision, and what is out of date does not leave at all."""

import threading
import time
from collections import defaultdict
from datetime import timedelta

import pytest

from storage import outbox
from storage.errors import ConflictError
from storage.records import DispatchState
from tests.storage.builders import (
    MOMENT,
    SteppingClock,
    add_deposit,
    add_dispatch,
    add_meeting,
    add_official,
    add_unit,
    dispatch_draft,
    in_threads,
)

LEASE = timedelta(minutes=5)
NUMBER = "+84901234567"


@pytest.fixture
def clock():
    return SteppingClock()


@pytest.fixture
def timed(open_database, clock):
    return open_database(clock)


@pytest.fixture
def said(timed):
    """The ids of what two revisions of a meeting say to one number, the first one first."""
    with timed.transaction() as tx:
        unit = add_unit(tx)
        meeting = add_meeting(tx, unit)
        return unit, meeting, [add_text(tx, unit, meeting, revision) for revision in (1, 2)]


def add_text(tx, unit, meeting, revision, **changes):
    about = {"meeting_id": meeting.id, "revision": revision, "channel": "sms", "recipient": NUMBER, "kind": "meeting"}
    return add_dispatch(tx, unit, **{**about, **changes})


def claim(tx, limit=9):
    return outbox.claim(tx, owner="w", lease=LEASE, limit=limit, channels=["sms", "mail"])


def claimed(tx):
    return [dispatch.id for _, dispatch in claim(tx)]


def test_a_later_revision_waits_until_the_earlier_one_has_left(timed, said):
    _, _, (first, second) = said
    with timed.transaction() as tx:
        ((held, dispatch),) = claim(tx)
        assert dispatch.id == first
    with timed.transaction() as tx:
        assert claimed(tx) == []
        assert not outbox.any_due(tx, ["sms"])
        outbox.sent(tx, held, MOMENT)
        assert outbox.any_due(tx, ["sms"])
        assert claimed(tx) == [second]


def test_an_urgent_later_revision_does_not_overtake(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        meeting = add_meeting(tx, unit)
        first = add_text(tx, unit, meeting, 1)
        add_text(tx, unit, meeting, 2, priority=9, due_at=MOMENT - timedelta(hours=1))
        assert claimed(tx) == [first]


def test_an_earlier_revision_that_waits_for_its_next_try_still_goes_first(timed, said, clock):
    _, _, (first, _) = said
    with timed.transaction() as tx:
        ((held, _),) = claim(tx)
        outbox.retry(tx, held, MOMENT + timedelta(minutes=1), "busy")
        assert claimed(tx) == []
        clock.step(minutes=1)
        assert claimed(tx) == [first]


def test_a_send_that_was_lost_is_taken_again_before_the_later_revision(timed, said, clock):
    _, _, (first, _) = said
    with timed.transaction() as tx:
        claim(tx)
        clock.step(minutes=5)
        ((_, dispatch),) = claim(tx)
        assert (dispatch.id, dispatch.state) == (first, DispatchState.SENDING)


@pytest.mark.parametrize(
    "end",
    [
        lambda tx, held: outbox.uncertain(tx, held, "no answer", follow_at=MOMENT + timedelta(minutes=1)),
        lambda tx, held: outbox.failed(tx, held, "unknown number"),
        outbox.expired,
    ],
    ids=["uncertain", "failed", "expired"],
)
def test_what_has_ended_or_nobody_knows_holds_nothing_up(timed, said, end):
    _, _, (_, second) = said
    with timed.transaction() as tx:
        ((held, _),) = claim(tx)
        end(tx, held)
        assert claimed(tx) == [second]


def test_only_the_same_meeting_recipient_and_channel_wait_for_each_other(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        meeting, other = add_meeting(tx, unit), add_meeting(tx, unit, uid="m2@hub.example")
        first = add_text(tx, unit, meeting, 1)
        add_text(tx, unit, meeting, 2)
        beside = [
            add_text(tx, unit, other, 2),
            add_text(tx, unit, meeting, 2, recipient="+84907654321"),
            add_text(tx, unit, meeting, 2, channel="mail"),
            add_text(tx, unit, meeting, 2, meeting_id=None),
        ]
        assert claimed(tx) == [first, *beside]


def test_two_revisions_to_one_number_for_two_officials_stay_in_order(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        meeting = add_meeting(tx, unit)
        one, two = add_official(tx, unit, "A"), add_official(tx, unit, "B")
        first = [add_text(tx, unit, meeting, 1, official_id=official.id) for official in (one, two)]
        add_text(tx, unit, meeting, 2, official_id=one.id)
        assert claimed(tx) == first


def test_many_senders_at_once_keep_the_order_of_every_recipient(database):
    numbers, revisions = [f"+8490000000{digit}" for digit in range(4)], range(1, 6)
    with database.transaction() as tx:
        unit = add_unit(tx)
        meeting = add_meeting(tx, unit)
        for revision in reversed(revisions):
            for number in numbers:
                add_text(tx, unit, meeting, revision, recipient=number)
    begun: dict[str, list[int]] = defaultdict(list)
    leaving: dict[str, int] = defaultdict(int)
    lock = threading.Lock()
    deadline = time.monotonic() + 40

    def send(number: int) -> None:
        while sum(map(len, begun.values())) < len(numbers) * len(revisions) and time.monotonic() < deadline:
            with database.transaction() as tx:
                taken = claim(tx, limit=3)
            for held, dispatch in taken:
                with lock:
                    begun[dispatch.draft.recipient].append(dispatch.draft.revision)
                    leaving[dispatch.draft.recipient] += 1
                    assert leaving[dispatch.draft.recipient] == 1
                time.sleep(0.001)
                with lock:
                    leaving[dispatch.draft.recipient] -= 1
                with database.transaction() as tx:
                    outbox.sent(tx, held, MOMENT)

    assert in_threads(range(6), send) == []
    assert begun == {number: list(revisions) for number in numbers}


def test_what_earlier_revisions_would_still_say_is_cancelled_and_what_leaves_is_not(timed, said):
    unit, meeting, (first, second) = said
    with timed.transaction() as tx:
        held = add_text(tx, unit, meeting, 1, recipient="+84907654321")
        outbox.hold_by_clerk(tx, unit.id, held)
        other = add_text(tx, unit, add_meeting(tx, unit, uid="m2@hub.example"), 1)
        claim(tx, limit=1)
        third = add_text(tx, unit, meeting, 3)
        assert outbox.cancel_for_meeting(tx, meeting.id, before_revision=3) == 2
        states = {dispatch.id: dispatch.state for dispatch in outbox.of_meeting(tx, meeting.id)}
        assert list(states) == [first, second, held, third]
        assert list(states.values()) == [
            DispatchState.SENDING,
            DispatchState.CANCELLED,
            DispatchState.CANCELLED,
            DispatchState.DUE,
        ]
        assert outbox.get(tx, None, other).state is DispatchState.DUE


def test_a_clerk_cannot_send_what_a_later_revision_has_overtaken(timed, said):
    unit, _, (first, second) = said
    with timed.transaction() as tx:
        ((held, _),) = claim(tx)
        outbox.failed(tx, held, "busy")
        with pytest.raises(ConflictError, match="out of date"):
            outbox.retry_by_clerk(tx, unit.id, first, MOMENT)
        ((later, _),) = claim(tx)
        outbox.failed(tx, later, "busy")
        assert outbox.retry_by_clerk(tx, unit.id, second, MOMENT).state is DispatchState.DUE


def test_an_overtaken_one_can_be_sent_when_the_later_revision_was_called_off(timed, said):
    unit, meeting, (first, second) = said
    with timed.transaction() as tx:
        ((held, _),) = claim(tx)
        outbox.failed(tx, held, "busy")
        assert outbox.cancel_for_meeting(tx, meeting.id, before_revision=3) == 1
        assert outbox.get(tx, None, second).state is DispatchState.CANCELLED
        assert outbox.retry_by_clerk(tx, unit.id, first, MOMENT).state is DispatchState.DUE


def test_a_notice_about_a_meeting_or_a_deposit_is_intended_once(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        meeting, official, deposit = add_meeting(tx, unit), add_official(tx, unit), add_deposit(tx, unit)
        about = {"meeting_id": meeting.id, "official_id": official.id}
        draft = dispatch_draft(tx, unit, **about)
        new = outbox.add(tx, draft)
        assert outbox.add(tx, draft) is None
        assert outbox.get(tx, unit.id, new).draft == draft
        other = add_official(tx, unit, "B")
        for changes in ({"official_id": other.id}, {"meeting_id": None}, {"official_id": None}, {"deposit_id": deposit.id}):
            again = dispatch_draft(tx, unit, **{**about, **changes})
            assert outbox.add(tx, again) is not None
            assert outbox.add(tx, again) is None


def test_a_deposits_notices_are_cancelled_by_kind_before_they_leave(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        deposit, other = add_deposit(tx, unit), add_deposit(tx, unit)
        mine = [add_dispatch(tx, unit, deposit_id=deposit.id, kind=kind) for kind in ("paper-return", "paper-received")]
        add_dispatch(tx, unit, deposit_id=other.id, kind="paper-return")
        assert outbox.cancel_for_deposit(tx, deposit.id, ["paper-return"]) == 1
        assert [dispatch.id for dispatch in outbox.of_deposit(tx, deposit.id)] == mine
        assert outbox.cancel_for_deposit(tx, deposit.id) == 1
        assert {dispatch.state for dispatch in outbox.of_deposit(tx, deposit.id)} == {DispatchState.CANCELLED}
        assert {dispatch.state for dispatch in outbox.of_deposit(tx, other.id)} == {DispatchState.DUE}
