"""What became of a message: looked up by one at a time, counted honestly, and sent again only when it is known to be missing."""

from datetime import timedelta

import pytest

from storage import outbox
from storage.errors import StaleClaimError
from storage.records import DispatchState
from tests.storage.builders import MOMENT, SteppingClock, add_dispatch, add_meeting, add_unit, in_threads

LEASE = timedelta(minutes=5)
SOON = MOMENT + timedelta(minutes=1)


@pytest.fixture
def clock():
    return SteppingClock()


@pytest.fixture
def timed(open_database, clock):
    return open_database(clock)


def follow(tx, **changes):
    return outbox.claim_following(tx, **{"owner": "f@host", "lease": LEASE, "limit": 9, "channels": ["sms"], **changes})


def claim(tx):
    return outbox.claim(tx, owner="w", lease=LEASE, limit=9, channels=["sms"])


def send(tx, unit, end, **changes):
    """Intend, claim and end one message; give its id."""
    new = add_dispatch(tx, unit, channel="sms", recipient="+84901234567", **changes)
    (held,) = [held for held, dispatch in claim(tx) if dispatch.id == new]
    end(held)
    return new


@pytest.fixture
def unsure(timed):
    """The id of a message whose outcome is unknown and is to be looked up in a minute."""
    with timed.transaction() as tx:
        return send(tx, add_unit(tx), lambda held: outbox.uncertain(tx, held, "time-out", gateway="twilio", follow_at=SOON))


@pytest.fixture
def taken(timed):
    """The id of a message that the gateway has taken and whose status is to be looked up in a minute."""
    with timed.transaction() as tx:
        unit = add_unit(tx)
        return send(tx, unit, lambda held: outbox.sent(tx, held, MOMENT, sid="SM1", gateway="twilio", follow_at=SOON))


def test_what_was_sent_is_followed_when_its_time_has_come_and_by_one_only(timed, clock, taken):
    with timed.transaction() as tx:
        sent = outbox.get(tx, None, taken)
        assert (sent.state, sent.sid, sent.gateway, sent.followed) == (DispatchState.SENT, "SM1", "twilio", 0)
        assert follow(tx) == []
        clock.step(minutes=1)
        assert follow(tx, channels=["mail"]) == []
        ((held, dispatch),) = follow(tx)
        assert (held.id, dispatch.id, dispatch.state, dispatch.attempts, held.attempts) == (taken, taken, sent.state, 1, 1)
        assert follow(tx) == claim(tx) == []
        clock.step(minutes=5)
        ((again, _),) = follow(tx)
        with pytest.raises(StaleClaimError):
            outbox.delivered(tx, held, clock.moment)
        outbox.delivered(tx, again, clock.moment)
        done = outbox.get(tx, None, taken)
        assert (done.state, done.delivered_at, done.sent_at) == (DispatchState.DELIVERED, clock.moment, MOMENT)
        clock.step(days=9)
        assert follow(tx) == []


def test_followers_at_once_take_every_message_once(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        for revision in range(20):
            send(tx, unit, lambda held: outbox.sent(tx, held, MOMENT, follow_at=MOMENT), revision=revision)
    looked: list[int] = []

    def look(_: int) -> None:
        while True:
            with database.transaction() as tx:
                held = follow(tx, limit=3)
            if not held:
                return
            looked.extend(dispatch.id for _, dispatch in held)

    assert in_threads(range(5), look) == []
    assert len(looked) == len(set(looked)) == 20


def test_what_is_sent_without_a_time_to_look_is_never_followed(timed, clock):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        send(tx, unit, lambda held: outbox.sent(tx, held, MOMENT))
        send(tx, unit, lambda held: outbox.uncertain(tx, held, "time-out"), revision=1)
        clock.step(days=9)
        assert follow(tx) == []


def test_every_answer_is_counted_and_silence_is_not(timed, clock, unsure):
    with timed.transaction() as tx:
        for counted, answered in ((1, True), (1, False), (2, True)):
            clock.step(minutes=1)
            ((held, _),) = follow(tx)
            outbox.follow_again(tx, held, clock.moment + timedelta(minutes=1), answered=answered)
            now = outbox.get(tx, None, unsure)
            assert (now.followed, now.state, now.last_error) == (counted, DispatchState.UNCERTAIN, "time-out")
        assert follow(tx) == []


def test_what_did_not_arrive_has_failed(timed, clock, taken):
    with timed.transaction() as tx:
        clock.step(minutes=1)
        ((held, _),) = follow(tx)
        outbox.undelivered(tx, held, "30003 unreachable")
        done = outbox.get(tx, None, taken)
        assert (done.state, done.last_error, done.delivered_at) == (DispatchState.FAILED, "30003 unreachable", None)


@pytest.mark.parametrize(("error", "said"), [(None, "time-out"), ("no trace of it", "no trace of it")])
def test_when_nothing_more_is_to_be_learnt_the_state_stays_and_a_clerk_decides(timed, clock, unsure, error, said):
    with timed.transaction() as tx:
        clock.step(minutes=1)
        ((held, dispatch),) = follow(tx)
        outbox.settled(tx, held, error)
        done = outbox.get(tx, None, unsure)
        assert (done.state, done.last_error, done.gateway) == (DispatchState.UNCERTAIN, said, "twilio")
        clock.step(days=1)
        assert follow(tx) == []
        again = outbox.retry_by_clerk(tx, dispatch.draft.unit_id, unsure, clock.moment)
        assert (again.state, again.followed) == (DispatchState.DUE, 0)


def test_an_uncertain_one_that_the_gateway_knows_was_sent_and_is_followed_on(timed, clock, unsure):
    with timed.transaction() as tx:
        clock.step(minutes=1)
        ((held, _),) = follow(tx)
        outbox.follow_again(tx, held, clock.moment)
        ((held, _),) = follow(tx)
        outbox.found_sent(tx, held, "SM7", MOMENT, clock.moment + timedelta(minutes=1))
        found = outbox.get(tx, None, unsure)
        assert (found.state, found.sid, found.sent_at, found.followed) == (DispatchState.SENT, "SM7", MOMENT, 0)
        assert found.last_error == ""
        clock.step(minutes=1)
        ((held, _),) = follow(tx)
        outbox.settled(tx, held)
        assert outbox.get(tx, None, unsure).state is DispatchState.SENT


def test_an_uncertain_one_that_the_gateway_never_saw_is_sent_again(timed, clock, unsure):
    with timed.transaction() as tx:
        clock.step(minutes=1)
        ((held, _),) = follow(tx)
        assert outbox.found_missing(tx, held, clock.moment + timedelta(minutes=1)) is DispatchState.DUE
        assert claim(tx) == follow(tx) == []
        clock.step(minutes=1)
        ((sending, dispatch),) = claim(tx)
        assert (dispatch.state, dispatch.attempts, sending.attempts) == (DispatchState.DUE, 1, 2)
        assert follow(tx) == []


def test_a_missing_one_is_not_sent_behind_a_later_revision(timed, clock):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        about = {"meeting_id": add_meeting(tx, unit).id, "kind": "meeting"}
        lost = send(tx, unit, lambda held: outbox.uncertain(tx, held, "time-out", follow_at=SOON), revision=1, **about)
        send(tx, unit, lambda held: outbox.sent(tx, held, MOMENT), revision=2, **about)
        clock.step(minutes=1)
        ((held, _),) = follow(tx)
        assert outbox.found_missing(tx, held, clock.moment) is DispatchState.CANCELLED
        assert outbox.get(tx, None, lost).state is DispatchState.CANCELLED
        assert claim(tx) == follow(tx) == []


def test_a_lost_look_up_completes_nothing(timed, clock, taken):
    with timed.transaction() as tx:
        clock.step(minutes=1)
        ((lost, _),) = follow(tx)
        clock.step(minutes=5)
        follow(tx)
        for late in (
            lambda: outbox.follow_again(tx, lost, MOMENT),
            lambda: outbox.undelivered(tx, lost, "late"),
            lambda: outbox.settled(tx, lost),
            lambda: outbox.found_sent(tx, lost, "SM7", MOMENT, None),
            lambda: outbox.found_missing(tx, lost, MOMENT),
        ):
            with pytest.raises(StaleClaimError):
                late()


def test_what_a_dead_process_was_looking_up_can_be_looked_up_at_once(timed, clock, taken):
    with timed.transaction() as tx:
        clock.step(minutes=1)
        ((lost, _),) = follow(tx, owner="following@host-7-dead")
        assert outbox.release_dead(tx, "host-7") == 0
        assert outbox.release_dead(tx, "host-7-dead") == 1
        with pytest.raises(StaleClaimError):
            outbox.settled(tx, lost)
        ((_, dispatch),) = follow(tx)
        assert (dispatch.state, dispatch.followed) == (DispatchState.SENT, 0)
