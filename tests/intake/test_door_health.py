"""How the doors fare: told in passing, written in batches, counted by the hour."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from mailhub.door_health import HEARTBEAT, KEPT, DoorHealth
from storage import door_health
from storage.errors import StorageUnavailableError
from tests.storage.builders import MOMENT, add_capture, add_unit

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now

    def move(self, **how):
        self.now += timedelta(**how)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def registry(open_database, clock):
    return open_database(clock)


@pytest.fixture
def health(registry, clock):
    return DoorHealth(registry, clock, process="here")


def states(registry):
    with registry.reading() as tx:
        return {(state.door, state.account): state for state in door_health.states(tx)}


def counts(registry, since=NOON - timedelta(days=1)):
    with registry.reading() as tx:
        return door_health.counts(tx, since)


def test_mails_are_counted_by_the_hour_and_by_the_mailbox(health, registry, clock):
    health.took("smtp", ["a", "b"])
    health.took("imap", ["office/INBOX/1/7", "counter/INBOX/1/1"])
    clock.move(minutes=59)
    health.took("smtp", ["c"])
    health.write()
    clock.move(minutes=1)
    health.took("smtp", ["d"])
    health.write()
    assert [(one.door, one.account, one.hour, one.mails) for one in sorted(counts(registry), key=str)] == [
        ("imap", "counter", NOON, 1),
        ("imap", "office", NOON, 1),
        ("smtp", "", NOON, 3),
        ("smtp", "", NOON + timedelta(hours=1), 1),
    ]
    (first, _) = [one for one in counts(registry) if one.door == "smtp"]
    assert (first.first_mail_at, first.last_mail_at) == (NOON, NOON + timedelta(minutes=59))


def test_two_processes_add_to_the_same_hour(health, registry, clock):
    other = DoorHealth(registry, clock, process="there")
    health.failed("imap", "office", "no answer")
    health.write()
    clock.move(minutes=5)
    other.took("imap", ["office/INBOX/1/7"])
    other.write()
    health.took("imap", ["office/INBOX/1/8"])
    health.failed("imap", "office", "no answer")
    clock.move(minutes=5)
    health.took("imap", ["office/INBOX/1/9"])
    health.write()
    (hour,) = counts(registry)
    assert (hour.mails, hour.failures) == (3, 2)
    assert (hour.first_mail_at, hour.last_mail_at) == (NOON + timedelta(minutes=5), NOON + timedelta(minutes=10))


def test_a_failing_door_says_why_until_it_works_again(health, registry, clock):
    health.succeeded("imap", "office")
    health.write()
    for _ in range(3):
        clock.move(minutes=1)
        health.failed("imap", "office", "the server\r\n  refused the login" + "!" * 5000)
    health.write()
    state = states(registry)["imap", "office"]
    assert state.last_error.startswith("the server refused the login!")
    assert (len(state.last_error), state.failures) == (500, 3)
    assert (state.last_success_at, state.last_attempt_at) == (NOON, NOON + timedelta(minutes=3))
    clock.move(minutes=1)
    health.succeeded("imap", "office")
    health.write()
    state = states(registry)["imap", "office"]
    assert (state.last_error, state.failures, state.last_success_at) == ("", 0, NOON + timedelta(minutes=4))


def test_an_open_door_is_seen_at_every_heartbeat_and_closed_in_order(health, registry, clock):
    health.opened("smtp")
    health.write(commit_wait_seconds=0.0042, readers_busy=1)
    clock.move(seconds=5)
    health.succeeded("folder")
    health.write()
    assert states(registry)["smtp", ""].seen_at == NOON
    clock.now = NOON + HEARTBEAT
    health.write(commit_wait_seconds=0.0042, readers_busy=1)
    assert states(registry)["smtp", ""].seen_at == NOON + HEARTBEAT
    with registry.reading() as tx:
        (process,) = door_health.processes(tx)
    assert (process.name, process.commit_wait_ms, process.readers_busy) == ("here", 4, 1)
    health.close()
    assert states(registry)["smtp", ""].seen_at is None
    with registry.reading() as tx:
        assert door_health.processes(tx) == []


def test_a_door_stays_open_while_another_process_serves(health, registry, clock):
    other = DoorHealth(registry, clock, process="there")
    for one in (health, other):
        one.opened("smtp")
        one.write()
    other.close()
    assert states(registry)["smtp", ""].seen_at == NOON
    clock.move(minutes=5)
    health.close()
    assert states(registry)["smtp", ""].seen_at is None


def test_what_nobody_has_told_anew_writes_nothing(registry, clock):
    class Counting:
        written = 0

        @contextmanager
        def transaction(self):
            self.written += 1
            with registry.transaction() as tx:
                yield tx

    counting = Counting()
    health = DoorHealth(counting, clock, process="here")
    health.opened("smtp")
    for _ in range(10):
        health.write()
        clock.move(seconds=1)
    assert counting.written == 1


def test_what_could_not_be_written_is_written_later(registry, clock):
    class Breaking:
        broken = True

        @contextmanager
        def transaction(self):
            if self.broken:
                raise StorageUnavailableError("the disk does not answer")
            with registry.transaction() as tx:
                yield tx

    breaking = Breaking()
    health = DoorHealth(breaking, clock, process="here")
    health.took("smtp", ["a"])
    with pytest.raises(StorageUnavailableError):
        health.write()
    health.took("smtp", ["b"])
    breaking.broken = False
    health.write()
    assert [one.mails for one in counts(registry)] == [2]
    assert states(registry)["smtp", ""].last_success_at == NOON


def test_old_hours_and_dead_processes_are_forgotten(health, registry, clock):
    health.took("smtp", ["a"])
    health.write()
    clock.move(days=KEPT.days + 1)
    health.sweep()
    assert counts(registry, NOON - timedelta(days=1)) == []
    with registry.reading() as tx:
        assert door_health.processes(tx) == []


def test_what_waits_to_be_read_is_counted_by_door_and_mailbox(registry):
    with registry.transaction() as tx:
        unit = add_unit(tx)
        add_capture(tx, unit)
        add_capture(tx, unit, "office@0a1b2c3d/INBOX/Công văn/7/1", door="imap")
        add_capture(tx, unit, "office@99999999/INBOX/7/2", door="imap", received_at=MOMENT - timedelta(hours=1))
        add_capture(tx, unit, "counter@0a1b2c3d/INBOX/7/2", door="imap")
    with registry.reading() as tx:
        assert door_health.unread(tx) == {
            ("smtp", ""): (1, 1000, MOMENT),
            ("imap", "office"): (2, 2000, MOMENT - timedelta(hours=1)),
            ("imap", "counter"): (1, 1000, MOMENT),
        }
