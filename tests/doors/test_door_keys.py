"""Keys of the SMTP door are never given twice."""

import os

from mailhub.doors.door_keys import DoorKeys


def test_keys_of_a_door_rise_and_those_of_two_doors_never_meet():
    keys, others = DoorKeys(), DoorKeys()
    given = [keys.new() for _ in range(300)]
    assert sorted(set(given)) == given
    assert not set(given) & {others.new() for _ in range(300)}


def test_a_forked_process_gives_other_keys(monkeypatch):
    keys = DoorKeys()
    number = keys.new().rpartition("-")[2]
    monkeypatch.setattr(os, "getpid", lambda: 7)
    assert keys.new().split("-")[1] == "7"
    assert number == "00000000"
