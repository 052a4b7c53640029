"""Reader children as forks of a process that has imported what they need; what they then run is the product's own.

A crash test starts a hub dozens of times, and the imports of its first reader would take most of the time.
"""

import os
import signal
import subprocess
import time
from datetime import timedelta
from types import SimpleNamespace

from mailhub import worker
from mailhub.checking import child, process
from mailhub.checking.process import ReaderLimits
from mailhub.hub import ground

SPARES: "list[Spare]" = []
POLL_SECONDS = 0.01
START_SECONDS = 5.0
JOB_SECONDS = 15.0
AGAIN = timedelta(seconds=0.2)


class Spare:
    """A fork that waits for the command line of a reader."""

    def __init__(self) -> None:
        orders, requests, answers, words = os.pipe(), os.pipe(), os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                for target, source in enumerate((requests[0], answers[1], words[1], orders[0])):
                    os.dup2(source, target)
                # Locks and sockets of the hub must not live on in its reader.
                os.closerange(4, os.sysconf("SC_OPEN_MAX"))
                with os.fdopen(3) as told:
                    arguments = told.readline().split()
                if arguments:
                    child.main(arguments)
            finally:
                os._exit(0)
        for theirs in (orders[0], requests[0], answers[1], words[1]):
            os.close(theirs)
        self.orders, self.pipes = orders[1], (requests[1], answers[0], words[0])

    def begin(self, arguments: list[str]) -> None:
        os.write(self.orders, f"{' '.join(arguments)}\n".encode())
        os.close(self.orders)


class ForkedReader:
    """As much of `subprocess.Popen` as a reader's supervisor uses."""

    def __init__(self, command: list[str], **_: object) -> None:
        spare = SPARES.pop() if SPARES else Spare()
        spare.begin(command[command.index(child.__name__) + 1 :])
        self.returncode: int | None = None
        self.pid = spare.pid
        requests, answers, words = spare.pipes
        self.stdin = os.fdopen(requests, "wb", buffering=0)
        self.stdout = os.fdopen(answers, "rb", buffering=0)
        self.stderr = os.fdopen(words, "rb", buffering=0)

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        deadline = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("reader", timeout or 0)
            time.sleep(POLL_SECONDS)
        return status

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


def soon_given_up(*, memory_octets: int, seconds: float) -> ReaderLimits:
    """Limits under which a reader that does not move is soon ended.

    Forking a process with threads may leave the fork a lock that nobody will ever release; started as programs, as the
    product starts them, readers cannot meet that.
    """
    return ReaderLimits(memory_octets=memory_octets, seconds=min(seconds, JOB_SECONDS), start_seconds=START_SECONDS)


def fork_readers() -> None:
    """Let this process start its readers so from now on; the first ones are born before it has threads."""
    SPARES.extend(Spare() for _ in range(2))
    vars(ground)["ReaderLimits"] = soon_given_up
    vars(worker)["NOT_NOW"] = AGAIN
    names = {"PIPE": subprocess.PIPE, "TimeoutExpired": subprocess.TimeoutExpired}
    vars(process)["subprocess"] = SimpleNamespace(Popen=ForkedReader, **names)
