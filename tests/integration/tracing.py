"""Killing a process at a chosen system call of a chosen thread.

The killer is strace, attached to one thread of a running `mailhub serve`: it counts that thread's calls from then on and
sends SIGKILL to the process as the n-th begins. Nothing in the product knows of it. Threads go by their names, which the
forks of `tests.servers.preloaded` tell the system.
"""

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.processes import threads_of
from tests.servers.waiting import until


@dataclass(frozen=True)
class Point:
    """Where to kill: at the n-th call of this name in a thread."""

    call: str
    thread: str
    number: int


@dataclass(frozen=True)
class Call:
    """A point, and what strace printed of the call's arguments."""

    point: Point
    said: str


ON_THE_WAY = ("main", "smtp-door", "intake", "worker-0", "counter", "dispatcher", "texting", "following")
"""Threads whose calls one mail or one act causes; the others go by the clock, and their calls need not come again."""


def threads(pid: int) -> dict[str, int]:
    """The threads of a process by their names; returns when each has one of its own: it tells it as the first thing it does."""

    def named() -> dict[int, str]:
        names = threads_of(pid)
        process = names.pop(pid, "")
        return {} if process in names.values() else {**names, pid: "main"}

    return {name: number for number, name in until(named, "every thread to have its name").items()}


@contextmanager
def killing_at(pid: int, point: Point) -> Iterator[None]:
    """Kill the process where the point comes while the block runs."""
    inject = f"inject={point.call}:signal=KILL:when={point.number}"
    with _strace(["-p", str(threads(pid)[point.thread]), "-e", f"trace={point.call}", "-e", inject, "-o", os.devnull]):
        yield


@contextmanager
def listing(pid: int, names: Sequence[str], file: Path) -> Iterator[list[Call]]:
    """Gives a list that holds, once the block has ended, the calls of these names on the way, thread by thread."""
    known = {number: name for name, number in threads(pid).items() if name in ON_THE_WAY}
    calls: list[Call] = []
    with _strace(["-f", "-s", "64", "-p", str(pid), "-e", f"trace={','.join(names)}", "-o", str(file)]):
        yield calls
    seen: Counter[tuple[str, str]] = Counter()
    for line in file.read_text().splitlines():
        match = re.match(r"(\d+) +(\w+)\((.*)", line)
        if match is None or int(match[1]) not in known:
            continue
        thread, name = known[int(match[1])], match[2]
        seen[thread, name] += 1
        calls.append(Call(Point(call=name, thread=thread, number=seen[thread, name]), said=match[3]))
    calls.sort(key=lambda call: (ON_THE_WAY.index(call.point.thread), call.point.call, call.point.number))


@contextmanager
def _strace(options: Sequence[str]) -> Iterator[None]:
    if shutil.which("strace") is None:
        pytest.fail("strace is not installed; make test installs it, or: apt-get install strace")
    with subprocess.Popen(["strace", *options], stderr=subprocess.PIPE, text=True) as tracer:
        try:
            assert tracer.stderr
            assert "attached" in (said := tracer.stderr.readline()), said
            yield
        finally:
            # It lets go of what it traces when told to end.
            tracer.terminate()
