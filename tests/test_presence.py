"""Presence: the living are never taken for dead, whatever their numbers and names."""

import os
import socket
import subprocess
import sys

import pytest

from mailhub.presence import Presence, bury_dead

HOLD = """
import sys
from pathlib import Path
from mailhub.presence import Presence
print(Presence.begin(Path(sys.argv[1])).file.name, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "serving"


@pytest.fixture
def holder(folder):
    """Another process that is present, and its name."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process, process.stdout.readline().strip()
        process.kill()


def buried(folder):
    names = []
    bury_dead(folder, names.append)
    return names


def test_a_claim_is_held_in_the_name_of_a_part_of_the_process(folder):
    presence = Presence.begin(folder)
    part, name = presence.owner("worker-0").split("@")
    assert (part, name) == ("worker-0", presence.file.name)
    assert name.startswith(f"{socket.gethostname()}-{os.getpid()}-")


def test_the_living_are_left_alone(folder, holder):
    presence = Presence.begin(folder)
    assert buried(folder) == []
    assert {file.name for file in folder.iterdir()} == {presence.file.name, holder[1]}


def test_one_that_was_killed_is_buried_once(folder, holder):
    process, name = holder
    process.kill()
    process.wait()
    assert buried(folder) == [name]
    assert buried(folder) == []


def test_one_that_ended_in_order_leaves_nothing_behind(folder):
    Presence.begin(folder).end()
    assert list(folder.iterdir()) == []


def test_whose_claims_could_not_be_released_is_tried_again(folder, holder):
    process, name = holder
    process.kill()
    process.wait()

    def fail(name):
        raise OSError(name)

    with pytest.raises(OSError, match=name):
        bury_dead(folder, fail)
    assert buried(folder) == [name]


def test_another_host_is_never_judged(folder):
    folder.mkdir()
    (folder / f"{socket.gethostname()}x-1-aa").touch()
    (folder / f"{socket.gethostname()}-x-1-aa").touch()
    assert buried(folder) == []


def test_a_number_used_again_is_another_process(folder, monkeypatch):
    gone = Presence.begin(folder)
    os.close(gone.descriptor)
    again = Presence.begin(folder)
    assert buried(folder) == [gone.file.name]
    assert [file.name for file in folder.iterdir()] == [again.file.name]


def test_one_that_was_buried_before_it_had_its_lock_takes_another_name(folder, monkeypatch):
    import fcntl

    real, names = fcntl.flock, []

    def flock(descriptor, how):
        if not names:
            names.extend(file.name for file in folder.iterdir())
            (folder / names[0]).unlink()
        real(descriptor, how)

    monkeypatch.setattr("mailhub.presence.fcntl.flock", flock)
    presence = Presence.begin(folder)
    assert presence.file.exists()
    assert presence.file.name not in names
