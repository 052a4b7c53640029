"""The wait at the doors is known in every process, and forgotten when it is over."""

import os
import subprocess
import sys

import pytest

from mailhub.doors import waits
from mailhub.doors.waits import DoorWaits

NOTE_IN_SLOT_1 = """
import sys
from mailhub.doors import waits
waits.time.monotonic = lambda: 100.0
waits.DoorWaits(int(sys.argv[1]), slot=1).note(0.25)
"""


@pytest.fixture
def now(monkeypatch):
    """Seconds that stand still until they are moved."""
    moments = [100.0]
    monkeypatch.setattr(waits.time, "monotonic", lambda: moments[-1])
    return moments


@pytest.fixture
def shared():
    shared = DoorWaits.for_processes(2)
    yield shared
    shared.close()
    shared.close()


def test_nobody_has_waited_at_a_new_door(shared):
    assert shared.longest() == 0.0


def test_the_longest_wait_of_the_last_second_counts(shared, now):
    for seconds in (0.01, 0.3, 0.02):
        shared.note(seconds)
    assert shared.longest() == 0.3
    now.append(101.1)
    assert shared.longest() == 0.0
    shared.note(0.005)
    assert shared.longest() == 0.005


def test_another_process_tells_of_its_door_through_the_descriptor_it_inherited(shared, now):
    shared.note(0.1)
    command = [sys.executable, "-c", NOTE_IN_SLOT_1, str(shared.descriptor)]
    subprocess.run(command, pass_fds=[shared.descriptor], check=True)
    assert shared.longest() == 0.25


def test_closing_gives_the_descriptor_back():
    shared = DoorWaits.for_processes(1)
    shared.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(shared.descriptor)
