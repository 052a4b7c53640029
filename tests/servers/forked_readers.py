"""Reader children as forks of a process that has imported what they need; what they then run is the product's own.

A crash test starts a hub dozens of times, and the imports of its first reader would take most of the time.
"""

import os
import signal
import subprocess
import time
import traceback
from types import SimpleNamespace

from mailhub.checking import child, process

SPARES: "list[Spare]" = []
POLL_SECONDS = 0.01


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
                os._exit(0)
            finally:
                # Its supervisor tells what a dead child said last.
                traceback.print_exc()
                os._exit(1)
        for theirs in (orders[0], requests[0], answers[1], words[1]):
            os.close(theirs)
        self.orders, self.pipes = orders[1], (requests[1], answers[0], words[0])

    def begin(self, arguments: list[str]) -> None:
        os.write(self.orders, f"{' '.join(arguments)}\n".encode())
        os.close(self.orders)


class ForkedReader:
    """As much of `subprocess.Popen` as a reader's supervisor uses."""

    def __init__(self, command: list[str]) -> None:
        spare = SPARES.pop()
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


def new_reader(command: list[str], **pipes: int) -> "ForkedReader | subprocess.Popen[bytes]":
    """A spare, and where none is left a program: a fork from among threads might wait for ever for a lock that nobody has."""
    return ForkedReader(command) if SPARES else subprocess.Popen(command, **pipes)  # type: ignore[call-overload, no-any-return]


def fork_readers(count: int) -> None:
    """Let this process take for its first readers forks that are born before it has threads."""
    SPARES.extend(Spare() for _ in range(count))
    names = {"PIPE": subprocess.PIPE, "TimeoutExpired": subprocess.TimeoutExpired}
    vars(process)["subprocess"] = SimpleNamespace(Popen=new_reader, **names)
