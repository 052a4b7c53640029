"""`mailhub intake status` and `mailhub submission refused`."""

from datetime import UTC, datetime, timedelta

import pytest

from mailhub.cli.door_words import DOOR_ALARMS
from mailhub.cli.refused import REFUSED_BECAUSE
from mailhub.clock import system_clock
from mailhub.hub import open_hub
from mailhub.intake_status import DoorAlarm
from mailhub.refusals import Refused, RefusedBecause


@pytest.fixture
def hub(office):
    opened = open_hub(office.home)
    yield opened
    opened.close()


def refuse(hub, **changes):
    given = {
        "door": "smtp",
        "peer": "203.0.113.7",
        "sender": "a@tayninh.example",
        "recipients": ("vpub@hub.example",),
        "size": 60_000_000,
        "reason": RefusedBecause.TOO_LARGE,
        "reply": "552 5.3.4 Message too large",
        "at": datetime(2026, 11, 20, 2, 0, tzinfo=UTC),
    }
    hub.refusal_book.note(Refused(**(given | changes)))
    hub.refusal_book.write()


def test_every_reason_and_alarm_has_words():
    assert set(REFUSED_BECAUSE) == set(RefusedBecause)
    assert set(DOOR_ALARMS) == {alarm.value for alarm in DoorAlarm}


def test_what_was_refused_is_listed_with_sender_size_reason_and_reply(office, hub, tmp_path):
    refuse(hub)
    refuse(hub)
    refuse(hub, reason=RefusedBecause.UNKNOWN_ADDRESS, at=datetime(2026, 11, 21, 2, 0, tzinfo=UTC), size=None, peer="p")
    newest, oldest = office.json("submission", "refused")
    assert (oldest["senders"], oldest["recipients"]) == (["a@tayninh.example"], ["vpub@hub.example"])
    assert (oldest["size"], oldest["reason"], oldest["count"]) == (60_000_000, "too-large", 2)
    assert oldest["reply"].startswith("552")
    assert newest["size"] is None
    shown = office.done("submission", "refused")
    assert "mail too large" in shown
    assert "thư quá lớn" in office.done("submission", "refused", lang="vi")
    assert [line["peer"] for line in office.json("submission", "refused", "--since", "2026-11-21")] == ["p"]
    assert [line["peer"] for line in office.json("submission", "refused", "--until", "2026-11-20")] == ["203.0.113.7"]
    assert [line["peer"] for line in office.json("submission", "refused", "--reason", "unknown-address")] == ["p"]
    assert [line["peer"] for line in office.json("submission", "refused", "--peer", "p")] == ["p"]
    office.done("submission", "refused", "--csv", tmp_path / "refused.csv")
    assert len((tmp_path / "refused.csv").read_text().splitlines()) == 3


def test_nothing_refused_is_said(office):
    assert "Nothing was refused" in office.run("submission", "refused").err


def test_monitoring_learns_from_the_exit_code(office, hub):
    answer = office.run("intake", "status", "--check", "--json")
    assert answer.code == 1
    hub.door_health.opened("smtp")
    hub.door_health.write(commit_wait_seconds=0.003)
    assert office.run("intake", "status", "--check").code == 0
    status = office.json("intake", "status")
    (smtp,) = status["doors"]
    assert (smtp["door"], smtp["open"], smtp["alarms"], smtp["mails_today"]) == ("smtp", True, [], 0)
    assert status["alarm"] is False
    assert "fine" in office.done("intake", "status")


def test_an_alarm_shows_in_status_and_on_the_desk(office, hub, monkeypatch):
    hub.door_health.opened("smtp")
    hub.door_health.write()
    assert "CLOSED" not in office.done("status")
    later = system_clock() + timedelta(minutes=5)
    monkeypatch.setattr("storage.database.Transaction.now", lambda _: later)
    assert "door smtp CLOSED" in office.done("status")
    assert office.json("status")["alarms"] == ["smtp closed"]
    assert "cửa smtp ĐÓNG" in office.done("desk", "--once", lang="vi")
    assert office.json("desk")["door_alarms"] == [{"door": "smtp", "account": "", "alarms": ["closed"]}]


def test_a_sweep_lists_first_and_destroys_with_a_reason(office, hub, monkeypatch):
    (left,) = hub.blobs.put_many([b"bytes without a row"])
    later = system_clock() + timedelta(days=2)
    monkeypatch.setattr("storage.database.Transaction.now", lambda _: later)
    listed = office.json("intake", "sweep", "--dry-run")
    assert [blob["ref"] for blob in listed["litter"]] == [left]
    assert hub.blobs.get(left) == b"bytes without a row"
    assert "more than 0" in office.refused("intake", "sweep", "--most", "0")
    assert "Destroyed 1 blobs" in office.run("intake", "sweep", "--reason", "sau sự cố điện").err
    assert office.json("intake", "sweep", "--dry-run")["blobs"] == 0
