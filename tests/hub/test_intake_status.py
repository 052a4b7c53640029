"""How the way in fares: doors, rates, refusals, what waits, and alarms that monitoring can ask for."""

from datetime import UTC, datetime, timedelta

import pytest

from mailhub.door_health import HEARTBEAT
from mailhub.intake_status import DoorAlarm, IntakeStatus, Watching
from mailhub.refusals import Refused, RefusedBecause
from tests.hub.conftest import Desk

DOORS = (("smtp", ""), ("imap", "office"))


@pytest.fixture
def status(desk):
    watching = Watching(
        doors=DOORS,
        silence_alarm=True,
        silence_floor=timedelta(hours=2),
        unreachable=timedelta(minutes=30),
        readers=2,
    )
    return IntakeStatus(desk.hub.database, desk.hub.working_days, watching)


def door(status, name="smtp"):
    return next(one for one in status.look().doors if one.door == name)


def test_a_door_is_open_while_its_process_says_so(desk, status):
    assert door(status).alarms == (DoorAlarm.CLOSED,)
    assert status.look().worrying == ()
    desk.hub.door_health.opened("smtp")
    desk.hub.door_health.write()
    assert (door(status).is_open, door(status).alarms) == (True, ())
    desk.clock.move(seconds=HEARTBEAT.seconds * 5)
    assert door(status).alarms == (DoorAlarm.CLOSED,)
    assert [one.door for one in status.look().worrying] == ["smtp"]
    desk.hub.door_health.opened("smtp")
    desk.hub.door_health.write()
    desk.hub.door_health.close()
    assert not door(status).is_open


def test_a_mailbox_that_cannot_be_reached_is_an_alarm_after_a_while(desk, status):
    health = desk.hub.door_health
    health.opened("imap", "office")
    health.succeeded("imap", "office")
    desk.clock.move(minutes=20)
    health.failed("imap", "office", "no answer")
    health.write()
    assert door(status, "imap").alarms == ()
    desk.clock.move(minutes=20)
    health.failed("imap", "office", "no answer")
    health.write()
    found = door(status, "imap")
    assert (found.alarms, found.state.last_error) == ((DoorAlarm.FAILING,), "no answer")
    health.succeeded("imap", "office")
    health.write()
    assert door(status, "imap").alarms == ()


def test_mails_refusals_and_what_waits_are_counted(desk, status):
    desk.clock.now = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
    desk.hub.door_health.took("smtp", ["a", "b"])
    desk.clock.move(hours=1)
    desk.hub.door_health.took("smtp", ["c"])
    for number in range(3):
        refused = Refused(door="smtp", peer="p", reason=RefusedBecause.TOO_LARGE, reply="552", at=desk.clock.now, size=number)
        desk.hub.refusal_book.note(refused)
    desk.hub.refusal_book.write()
    desk.hub.door_health.write(commit_wait_seconds=0.015, readers_busy=1)
    found = door(status)
    assert (found.mails_today, found.last_hour, found.refused_today) == (3, 2, 3)
    assert (found.usual, found.silence.limit) == (None, None)
    assert found.last_mail_at == desk.clock.now
    desk.clock.move(days=7)
    assert (door(status).mails_today, door(status).usual, door(status).refused_today) == (0, 1.0, 0)


def test_a_silent_door_is_an_alarm(desk, status):
    desk.clock.now = datetime(2026, 9, 7, 1, 0, tzinfo=UTC)
    for _ in range(4 * 7 * 24):
        desk.clock.move(hours=1)
        desk.hub.door_health.took("smtp", ["a"])
    desk.hub.door_health.opened("smtp")
    desk.hub.door_health.write()
    assert door(status).alarms == ()
    desk.clock.now = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
    desk.hub.door_health.opened("smtp")
    desk.hub.door_health.write()
    assert door(status).alarms == (DoorAlarm.SILENT,)


def test_the_desk_and_the_status_show_the_alarm(desk: Desk):
    desk.hub.door_health.opened("smtp")
    desk.hub.door_health.write()
    assert desk.hub.desk.look(desk.unit).alarms == ()
    desk.clock.move(minutes=5)
    (alarmed,) = desk.hub.desk.look(desk.unit).alarms
    assert alarmed.alarms == (DoorAlarm.CLOSED,)
    assert desk.hub.status.of(desk.unit).alarms == desk.hub.desk.look(desk.unit).alarms
