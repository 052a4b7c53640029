"""A reader child: runs one job after another, from one pipe to another, until its parent goes.

Everything a mail can do to us, it does here: the address space is limited, the network is shut, signals that stop the hub
are left to the hub, and the child dies with its parent whatever it is doing.
"""

import ctypes
import importlib
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from mailhub.checking.held import HELD
from mailhub.checking.protocol import PREFIX, AnswerHead, Outcome, ReadJob, frame, frame_lengths, parse_job
from parsers.errors import ParseError

PR_SET_PDEATHSIG: Final = 1
FRAME_LIMIT: Final = 2**31
NETWORK_EVENTS: Final = frozenset(
    {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}
    | {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
)

JobFunction = Callable[[bytes, bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildOrders:
    """What the parent asks for, as the child's command line carries it."""

    jobs_module: str
    memory_octets: int
    parent: int

    def arguments(self) -> list[str]:
        """Command line arguments."""
        return [self.jobs_module, str(self.memory_octets), str(self.parent)]

    @classmethod
    def parse(cls, arguments: list[str]) -> "ChildOrders":
        """Read the command line arguments back."""
        jobs_module, memory_octets, parent = arguments
        return cls(jobs_module=jobs_module, memory_octets=int(memory_octets), parent=int(parent))


def main(arguments: list[str]) -> None:
    """Serve jobs until the parent closes the pipe."""
    orders = ChildOrders.parse(arguments)
    die_with_parent(orders.parent)
    # A Ctrl-C or a service manager stops the whole group; whether a job may end is for the parent to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # What a library logs about a mail is no evidence and would fill the pipe that a dying child's last words go to.
    logging.disable()
    requests, answers = private_pipes()
    jobs = job_table(orders.jobs_module)
    limit_resources(orders.memory_octets)
    sys.addaudithook(forbid_network)
    send(answers, AnswerHead(outcome=Outcome.READY))
    while (job := next_job(requests)) is not None:
        if not run(jobs, job, answers):
            return


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill us with the parent, and make sure that it has not gone already (prctl(2))."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        sys.exit("the parent has gone")


def private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep standard input and output for the protocol alone: what a library prints goes to standard error."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return requests, answers


def job_table(module_name: str) -> dict[str, JobFunction]:
    """The functions of one module that a parent may ask for: those whose name ends in `_job`."""
    module = importlib.import_module(module_name)
    return {name: value for name, value in vars(module).items() if name.endswith("_job") and callable(value)}


def limit_resources(memory_octets: int) -> None:
    """Limit what jobs may add to the address space that the imports have taken; leave no core dump of a mail."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limit = address_space() + memory_octets
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def address_space() -> int:
    """Octets of address space of this process now (proc(5), statm)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def forbid_network(event: str, _arguments: tuple[object, ...]) -> None:
    """Audit hook: reading a mail asks nobody."""
    if event in NETWORK_EVENTS:
        raise PermissionError(f"a reader has no network: {event}")


def next_job(requests: BinaryIO) -> ReadJob | None:
    """The next request, or None when the parent has closed the pipe."""
    prefix = requests.read(PREFIX.size)
    if len(prefix) < PREFIX.size:
        return None
    head_octets, body_octets = frame_lengths(prefix, FRAME_LIMIT)
    head = requests.read(head_octets)
    body = requests.read(body_octets)
    return parse_job(head, body) if len(body) == body_octets else None


def run(jobs: dict[str, JobFunction], job: ReadJob, answers: BinaryIO) -> bool:
    """Run one job; False when the child should not be trusted with another.

    An error that nobody foresaw ends the child with its traceback on standard error: that is the evidence.
    """
    try:
        HELD.take(job.holding)
        result = jobs[job.function](job.header, job.body)
    except ParseError as error:
        send(answers, AnswerHead(outcome=Outcome.REFUSED, reason=f"{type(error).__name__}: {error}"))
        return True
    except MemoryError:
        send(answers, AnswerHead(outcome=Outcome.OUT_OF_MEMORY))
        return False
    send(answers, AnswerHead(outcome=Outcome.DONE), result)
    return True


def send(answers: BinaryIO, head: AnswerHead, result: bytes = b"") -> None:
    """Answer the parent."""
    answers.write(frame(head, result))
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
