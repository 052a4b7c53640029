"""One reader child as its parent sees it: start, one exchange within a time, evidence, end."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import IO, Final, Self

from mailhub.checking.child import ChildOrders
from mailhub.checking.conversation import ClosedPipeError, Conversation, TimeUpError, read_available
from mailhub.checking.failures import (
    Evidence,
    ReaderDiedError,
    ReaderMemoryError,
    ReaderRefusedError,
    ReadersUnavailableError,
    ReaderTimeoutError,
)
from mailhub.checking.protocol import PREFIX, AnswerHead, FrameError, Outcome, ReadJob, frame_lengths, job_frame, parse_answer

LINE_CHARACTERS: Final = 400
GRACE_SECONDS: Final = 2.0
"""For a child whose pipe has broken to finish dying by itself, so that its own exit status is seen, not our signal."""

ENVIRONMENT: Final = ("PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR")
"""What a child inherits, and LC_*: the hub's environment holds secrets, and the child reads hostile bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderLimits:
    """What one job may take. `memory_octets` is address space beyond what the child's imports have taken."""

    seconds: float = 60.0
    memory_octets: int = 1024 * 1024 * 1024
    result_octets: int = 64 * 1024 * 1024
    jobs_per_child: int = 200
    start_seconds: float = 120.0


class ReaderProcess:
    """A running child. Used by one thread at a time; it remembers what its child was told to hold."""

    def __init__(self, process: subprocess.Popen[bytes], limits: ReaderLimits) -> None:
        self._process = process
        self._limits = limits
        self._last_words = b""
        self._holds = ""
        self.jobs_done = 0

    @classmethod
    def start(cls, limits: ReaderLimits, jobs_module: str) -> Self:
        """Start a child and wait until its imports are done and its limits are set."""
        orders = ChildOrders(jobs_module=jobs_module, memory_octets=limits.memory_octets, parent=os.getpid())
        process = subprocess.Popen(
            # -P: what lies in the working directory is no code of ours.
            [sys.executable, "-P", "-m", "mailhub.checking.child", *orders.arguments()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
        )
        reader = cls(process, limits)
        for pipe in reader._pipes():
            os.set_blocking(pipe.fileno(), False)
        reader._wait_until_ready()
        return reader

    def is_alive(self) -> bool:
        """Whether the child still runs."""
        return self._process.poll() is None

    def run(self, job: ReadJob) -> bytes:
        """Exchange one job for its result. After any error but ReaderRefusedError the child is of no further use."""
        self._last_words = b""
        self.jobs_done += 1
        try:
            head, result = self._exchange(job_frame(job, held=self._holds), self._limits.seconds)
        except TimeUpError:
            self._process.kill()
            seconds = self._limits.seconds
            raise ReaderTimeoutError(f"the reader took longer than {seconds:g} s and was killed", self._evidence()) from None
        except (ClosedPipeError, FrameError) as error:
            evidence = self._evidence()
            raise ReaderDiedError(f"the reader died: {_cause(evidence)}", evidence) from error
        if job.holding is not None:
            self._holds = job.holding.identity
        return self._result(head, result)

    def end(self) -> None:
        """Kill the child and leave nothing of it behind."""
        self._process.kill()
        self._process.wait()
        for pipe in self._pipes():
            pipe.close()

    def _result(self, head: AnswerHead, result: bytes) -> bytes:
        match head.outcome:
            case Outcome.DONE:
                return result
            case Outcome.REFUSED:
                raise ReaderRefusedError(head.reason, Evidence(exit_status=None, last_line=head.reason))
            case Outcome.OUT_OF_MEMORY:
                octets = self._limits.memory_octets
                raise ReaderMemoryError(f"the reader wanted more than {octets} octets of memory", self._evidence())
            case Outcome.READY:
                raise ReaderDiedError("the reader answered out of turn", self._evidence())

    def _wait_until_ready(self) -> None:
        try:
            head, _ = self._exchange(b"", self._limits.start_seconds)
        except (TimeUpError, ClosedPipeError, FrameError) as error:
            evidence = self._evidence()
            self.end()
            raise ReadersUnavailableError(f"no reader could be started: {_cause(evidence)}") from error
        if head.outcome is not Outcome.READY:
            self.end()
            raise ReadersUnavailableError(f"no reader could be started: it said {head.outcome}")

    def _exchange(self, request: bytes, seconds: float) -> tuple[AnswerHead, bytes]:
        """Write the request and read one frame, whichever pipe is ready; standard error is drained beside."""
        pipes = Conversation(self._process, request, time.monotonic() + seconds)
        try:
            prefix = pipes.read(PREFIX.size)
            head_octets, body_octets = frame_lengths(prefix, self._limits.result_octets)
            head = parse_answer(pipes.read(head_octets))
            return head, pipes.read(body_octets)
        finally:
            self._last_words = pipes.close()

    def _evidence(self) -> Evidence:
        """Exit status and last line, once the child is gone; one that lingers is killed."""
        try:
            status = self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        words = self._last_words + read_available(self._process.stderr)
        lines = words.decode("utf-8", "replace").strip().splitlines()
        return Evidence(exit_status=status, last_line=lines[-1][:LINE_CHARACTERS] if lines else "")

    def _pipes(self) -> list[IO[bytes]]:
        return [pipe for pipe in (self._process.stdin, self._process.stdout, self._process.stderr) if pipe is not None]


def _cause(evidence: Evidence) -> str:
    """A few words for the record."""
    status = evidence.exit_status
    end = f"killed by {signal.Signals(-status).name}" if status is not None and status < 0 else f"exit status {status}"
    return f"{end}; last line: {evidence.last_line}" if evidence.last_line else end


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ENVIRONMENT or name.startswith("LC_")}
    installed = (sys.prefix, sys.base_prefix)
    path = [entry for entry in sys.path if entry and not entry.startswith(installed)]
    return {**kept, "PYTHONPATH": os.pathsep.join(path), "PYTHONDONTWRITEBYTECODE": "1"}
