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

POLL_SECONDS = 0.01
START_SECONDS = 5.0
JOB_SECONDS = 15.0
AGAIN = timedelta(seconds=0.2)


class ForkedReader:
    """As much of `subprocess.Popen` as a reader's supervisor uses."""

    def __init__(self, command: list[str], **_: object) -> None:
        requests, answers, words = os.pipe(), os.pipe(), os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            try:
                for target, source in enumerate((requests[0], answers[1], words[1])):
                    os.dup2(source, target)
                # Locks and sockets of the hub must not live on in its reader.
                os.closerange(3, os.sysconf("SC_OPEN_MAX"))
                child.main(command[command.index(child.__name__) + 1 :])
            finally:
                os._exit(0)
        for theirs in (requests[0], answers[1], words[1]):
            os.close(theirs)
        self.stdin = os.fdopen(requests[1], "wb", buffering=0)
        self.stdout = os.fdopen(answers[0], "rb", buffering=0)
        self.stderr = os.fdopen(words[0], "rb", buffering=0)

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
    """Let this process start its readers so from now on; one that hangs from birth is replaced at once."""
    vars(ground)["ReaderLimits"] = soon_given_up
    vars(worker)["NOT_NOW"] = AGAIN
    names = {"PIPE": subprocess.PIPE, "TimeoutExpired": subprocess.TimeoutExpired}
    vars(process)["subprocess"] = SimpleNamespace(Popen=ForkedReader, **names)
