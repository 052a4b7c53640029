"""What the system tells of processes (proc(5)), and stopping one where it is in nobody's way.

Any of them may end while it is looked at: then it is told as one that is gone.
"""

import fcntl
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mailhub.hub.opening import LOCK_FILE
from mailhub.serving.doors import TURN_FILE
from tests.servers.waiting import until

GONE = (FileNotFoundError, ProcessLookupError, PermissionError)
"""What reading says of one that has just ended: its files are gone, or belong to the system."""
LOCK_FILES = [f"{name}{queue}" for name in (TURN_FILE, LOCK_FILE) for queue in (".door", "")]


def exists(pid: int) -> bool:
    """Whether there is such a process; one that ended and was not waited for still is."""
    return Path(f"/proc/{pid}").exists()


def alive(pid: int) -> bool:
    """Whether a process has not ended yet. While one of its threads still waits for the disk it holds what it held."""
    fields = _stat(Path(f"/proc/{pid}/stat"))
    return bool(fields) and (fields[0] != "Z" or int(fields[17]) > 1)


def state_of(pid: int) -> str:
    """The state of a process as one letter; empty when it is gone."""
    fields = _stat(Path(f"/proc/{pid}/stat"))
    return fields[0] if fields else ""


def children(pid: int) -> list[int]:
    """The processes whose parent this one is, also those that ended and were not waited for."""
    found = {int(file.parent.name): _stat(file) for file in Path("/proc").glob("[0-9]*/stat")}
    return [child for child, fields in found.items() if fields and int(fields[1]) == pid]


def ticks_of(pid: int) -> int:
    """Processor time in user mode, in clock ticks; 0 when it is gone."""
    fields = _stat(Path(f"/proc/{pid}/stat"))
    return int(fields[11]) if fields else 0


def command_of(pid: int) -> str:
    """The command line; empty for a process that has ended."""
    return _content(Path(f"/proc/{pid}/cmdline")).replace("\0", " ")


def sockets_of(pid: int) -> int:
    """How many sockets a process has open."""
    try:
        return sum(_target(link).startswith("socket:") for link in Path(f"/proc/{pid}/fd").iterdir())
    except GONE:
        return 0


def threads_of(pid: int) -> dict[int, str]:
    """The threads of a process by their numbers, with the names that the system knows."""
    named = ((int(task.name), _content(task / "comm").rstrip("\n")) for task in Path(f"/proc/{pid}/task").iterdir())
    return {number: name for number, name in named if name}


def signal_to(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process; one that has ended in the meantime needs none."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


@contextmanager
def stopped(pid: int, home: Path, also: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Stop a process of a hub for the block, at a moment when it holds no lock of this home that others wait for.

    `also` is asked while it is stopped: whether that is so elsewhere too.
    """
    until(lambda: _stops_without_a_lock(pid, home, also), "the process to hold no lock")
    try:
        yield
    finally:
        signal_to(pid, signal.SIGCONT)


def _stops_without_a_lock(pid: int, home: Path, also: Callable[[], bool]) -> bool:
    os.kill(pid, signal.SIGSTOP)
    # One that waits for the disk stops when it is done with that.
    until(lambda: all(state == "T" for state in _thread_states(pid)), "the process to stop")
    free = all(_is_free(home / name) for name in LOCK_FILES) and also()
    if not free:
        os.kill(pid, signal.SIGCONT)
    return free


def _is_free(lock_file: Path) -> bool:
    with lock_file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _thread_states(pid: int) -> list[str]:
    stats = map(_stat, Path(f"/proc/{pid}/task").glob("*/stat"))
    return [fields[0] for fields in stats if fields]


def _stat(file: Path) -> list[str]:
    """The fields behind the name of the program, from the state on."""
    return _content(file).rpartition(")")[2].split()


def _content(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except GONE:
        return ""


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except GONE:
        return ""
