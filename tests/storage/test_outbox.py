"""The outbox: intended once, sent by one, and honest about what nobody knows."""

from datetime import timedelta

import pytest

from storage import outbox
from storage.errors import ConflictError, NotFoundError, StaleClaimError
from storage.records import DispatchState
from tests.storage.builders import MOMENT, SteppingClock, add_dispatch, add_letter, add_unit, dispatch_draft, in_threads

LEASE = timedelta(minutes=5)


@pytest.fixture
def clock():
    return SteppingClock()


@pytest.fixture
def timed(open_database, clock):
    return open_database(clock)


def claim(tx, **changes):
    return outbox.claim(tx, **{"owner": "w", "lease": LEASE, "limit": 9, "channels": ["mail"], **changes})


def test_a_dispatch_is_intended_once(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        letter_id = add_letter(tx, unit)
        draft = dispatch_draft(tx, unit, letter_id=letter_id)
        new = outbox.add(tx, draft)
        assert outbox.add(tx, draft) is None
        assert outbox.get(tx, unit.id, new).draft == draft
        assert outbox.get(tx, None, new).state is DispatchState.DUE
        for changes in ({"kind": "return"}, {"recipient": "x@y"}, {"channel": "sms"}, {"revision": 1}, {"letter_id": None}):
            assert outbox.add(tx, dispatch_draft(tx, unit, **{"letter_id": letter_id, **changes})) is not None
        with pytest.raises(NotFoundError):
            outbox.get(tx, unit.id + 1, new)


def test_writers_at_once_intend_it_once(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        draft = dispatch_draft(tx, unit)
    made: list[int | None] = []

    def intend(_: int) -> None:
        with database.transaction() as tx:
            made.append(outbox.add(tx, draft))

    assert in_threads(range(6), intend) == []
    assert len([new for new in made if new is not None]) == 1


def test_what_is_due_on_the_channel_is_claimed_urgent_first(timed, clock):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        add_dispatch(tx, unit, revision=1, due_at=MOMENT + timedelta(minutes=10))
        add_dispatch(tx, unit, revision=2, channel="sms")
        ordinary = add_dispatch(tx, unit, revision=3, due_at=MOMENT - timedelta(minutes=1))
        urgent = add_dispatch(tx, unit, revision=4, priority=1)
        claimed = claim(tx)
        assert [dispatch.id for _, dispatch in claimed] == [urgent, ordinary]
        assert [claim_.id for claim_, _ in claimed] == [urgent, ordinary]
        assert {dispatch.state for _, dispatch in claimed} == {DispatchState.DUE}
        assert outbox.get(tx, None, urgent).state is DispatchState.SENDING
        assert claim(tx) == []


def test_what_a_dead_process_was_sending_is_taken_at_once_with_its_outcome_unknown(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        dispatches = [add_dispatch(tx, unit, revision=number) for number in range(3)]
        ((lost, _),) = claim(tx, owner="dispatcher@h-7-aa", limit=1)
        ((gone, _),) = claim(tx, owner="dispatcher@h-7-aa", limit=1)
        outbox.sent(tx, gone, MOMENT)
        claim(tx, owner="dispatcher@h-8-bb", limit=1)
        assert outbox.release_dead(tx, "h-7-aa") == 1
        ((held, dispatch),) = claim(tx)
        assert (dispatch.id, dispatch.state, held.attempts) == (dispatches[0], DispatchState.SENDING, 2)
        with pytest.raises(StaleClaimError):
            outbox.sent(tx, lost, MOMENT)


def test_a_lost_outcome_shows_in_the_next_claim_and_the_loser_completes_nothing(timed, clock):
    with timed.transaction() as tx:
        add_dispatch(tx, add_unit(tx))
        ((lost, _),) = claim(tx)
        outbox.set_rendered(tx, lost, "blob-1")
        clock.step(minutes=5)
        ((held, dispatch),) = claim(tx)
        assert (dispatch.state, dispatch.blob, held.attempts) == (DispatchState.SENDING, "blob-1", 2)
        outbox.mark_repeated(tx, held)
        for late in (
            lambda: outbox.sent(tx, lost, clock.moment),
            lambda: outbox.retry(tx, lost, clock.moment, "late"),
            lambda: outbox.failed(tx, lost, "late"),
            lambda: outbox.expired(tx, lost),
            lambda: outbox.uncertain(tx, lost, "late"),
            lambda: outbox.set_rendered(tx, lost, "late"),
            lambda: outbox.mark_repeated(tx, lost),
        ):
            with pytest.raises(StaleClaimError):
                late()
        outbox.sent(tx, held, clock.moment)
        done = outbox.get(tx, None, held.id)
        assert (done.state, done.repeated, done.sent_at, done.blob) == (DispatchState.SENT, 1, clock.moment, "blob-1")
        assert claim(tx) == []


def test_a_retry_waits_until_it_is_due(timed, clock):
    with timed.transaction() as tx:
        add_dispatch(tx, add_unit(tx))
        ((held, _),) = claim(tx)
        outbox.retry(tx, held, clock.moment + timedelta(minutes=1), "451 later")
        assert claim(tx) == []
        clock.step(minutes=1)
        ((_, dispatch),) = claim(tx)
        assert (dispatch.state, dispatch.last_error, dispatch.attempts) == (DispatchState.DUE, "451 later", 1)


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (lambda tx, held: outbox.failed(tx, held, "550"), DispatchState.FAILED),
        (outbox.expired, DispatchState.EXPIRED),
        (lambda tx, held: outbox.uncertain(tx, held, "no answer"), DispatchState.UNCERTAIN),
    ],
)
def test_a_stopped_dispatch_lives_again_when_a_clerk_says_so(timed, clock, end, state):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        new = add_dispatch(tx, unit)
        ((held, _),) = claim(tx)
        end(tx, held)
        assert outbox.get(tx, None, new).state is state
        clock.step(days=30)
        again = outbox.retry_by_clerk(tx, unit.id, new, clock.moment)
        assert (again.state, again.attempts) == (DispatchState.DUE, 0)
        assert again.draft.expires_at == clock.moment + timedelta(days=5)
        assert len(claim(tx)) == 1


def test_a_held_dispatch_does_not_leave_until_it_is_retried(timed, clock):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        new = add_dispatch(tx, unit)
        assert outbox.hold_by_clerk(tx, unit.id, new).state is DispatchState.HELD
        assert claim(tx) == []
        with pytest.raises(ConflictError, match="is held"):
            outbox.hold_by_clerk(tx, unit.id, new)
        outbox.retry_by_clerk(tx, unit.id, new, clock.moment)
        claim(tx)
        with pytest.raises(ConflictError, match="is sending"):
            outbox.hold_by_clerk(tx, unit.id, new)
        with pytest.raises(ConflictError, match="is sending"):
            outbox.retry_by_clerk(tx, unit.id, new, clock.moment)


def test_what_has_not_begun_to_leave_can_be_cancelled(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        letter_id = add_letter(tx, unit)
        leaving = add_dispatch(tx, unit, letter_id=letter_id, kind="return")
        claim(tx)
        waiting = add_dispatch(tx, unit, letter_id=letter_id, kind="return", recipient="b@c")
        other = add_dispatch(tx, unit, letter_id=letter_id, kind="receipt")
        assert outbox.cancel_for_letter(tx, letter_id, ["return"]) == 1
        states = {dispatch.id: dispatch.state for dispatch in outbox.of_letter(tx, letter_id)}
        assert states == {leaving: DispatchState.SENDING, waiting: DispatchState.CANCELLED, other: DispatchState.DUE}


def test_dispatches_are_listed_counted_and_found_by_message_id(timed, clock):
    with timed.transaction() as tx:
        unit, other = add_unit(tx), add_unit(tx, "H62")
        first = add_dispatch(tx, unit, message_id="<1@hub>")
        clock.step(hours=2)
        second = add_dispatch(tx, unit, revision=1, message_id="<2@hub>")
        add_dispatch(tx, other, revision=2, message_id="<1@hub>")
        assert [dispatch.id for dispatch in outbox.list_(tx, unit.id, limit=9)] == [second, first]
        assert [dispatch.id for dispatch in outbox.list_(tx, unit.id, limit=1, before_id=second)] == [first]
        assert outbox.list_(tx, unit.id, states=[DispatchState.SENT], limit=9) == []
        assert outbox.counts(tx, unit.id) == {DispatchState.DUE: 2}
        found = outbox.find_by_message_ids(tx, unit.id, ["<0@hub>", "", *["<x@y>"] * 300, "<1@hub>"])
        assert [dispatch.id for dispatch in found] == [first]
        assert outbox.find_by_message_ids(tx, unit.id, [""]) == []
        recent = MOMENT + timedelta(hours=1)
        assert outbox.count_recent(tx, unit.id, "sender@stc.example", recent, ["receipt"]) == 1
        assert outbox.count_recent(tx, unit.id, "sender@stc.example", MOMENT, ["receipt", "return"]) == 2
        assert outbox.count_recent(tx, unit.id, "sender@stc.example", MOMENT, ["return"]) == 0
