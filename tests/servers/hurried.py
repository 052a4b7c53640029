"""A served hub and a clerk's commands as processes that never wait long, from one that has imported the program.

Run as a program: each line on stdin is a JSON object with the arguments of `mailhub`, the files for what it says and whether
it halts before its first line; it is answered by the process id. What it says ends with its exit code. A gateway's list is asked
at once, where a hub waits a minute.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.servers.preloaded import IDLE_SECONDS, PR_SET_PDEATHSIG, import_late, name_threads
from tests.servers.serving import environment
from tests.servers.starter import ROOT

HOUSEKEEPING_SECONDS = 0.1
BETWEEN_SEARCHES = timedelta(seconds=0.1)


@dataclass(frozen=True)
class Hurried:
    """The process that all others are forked from."""

    process: "subprocess.Popen[str]"

    def start(self, arguments: Sequence[str], said: Path, log: Path, *, halted: bool = False) -> int:
        """Start `mailhub` with these arguments and give the process id; a halted one begins with SIGCONT."""
        order = {"arguments": list(arguments), "said": str(said), "log": str(log), "halted": halted}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def running_hurried() -> Iterator[Hurried]:
    """While the block runs, processes can be started; they end with it."""
    command = [sys.executable, "-m", "tests.servers.hurried"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            yield Hurried(process)
        finally:
            process.kill()


def main() -> None:
    """Fork for every line."""
    name_threads()
    import_late()
    import mailhub.cli.logs
    import mailhub.cli.running
    from mailhub import texting
    from mailhub.cli.app import mailhub
    from mailhub.serving import loops

    loops.IDLE_SECONDS, loops.HOUSEKEEPING_SECONDS = IDLE_SECONDS, HOUSEKEEPING_SECONDS
    texting.BETWEEN_SEARCHES, texting.FIRST_LOOK = BETWEEN_SEARCHES, timedelta(0)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            begin(order["said"], order["log"], halted=order["halted"])
            print(f"\n{mailhub.run(order['arguments'], {})}", flush=True)
            os._exit(0)
        print(child, flush=True)


def begin(said: str, log: str, *, halted: bool) -> None:
    """Become a process of its own, which ends with its parent, so that an aborted test leaves nothing behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
    if halted:
        os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    main()
