"""Loops: work done over and over on threads of their own until the hub is told to stop."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.2
"""How long a loop rests when it found nothing to do."""

HOUSEKEEPING_SECONDS = 2.0
"""How long a loop rests whose work nobody waits for."""

AFTER_ERROR_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Loop:
    """One piece of work over and over, on a thread of its own. The only place that catches broadly."""

    name: str
    work: Callable[[], bool]
    rest: float
    stopping: threading.Event

    def run(self) -> None:
        """Work until told to stop; what fails is logged and tried again after a rest."""
        while not self.stopping.is_set():
            try:
                busy = self.work()
            except Exception:
                log.exception("loop failed", extra={"loop": self.name})
                self.stopping.wait(AFTER_ERROR_SECONDS)
                continue
            if not busy:
                self.stopping.wait(self.rest)


@dataclass(frozen=True, slots=True)
class Loops:
    """The loops of one server."""

    stopping: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def run_eagerly(self, name: str, work: Callable[[], bool]) -> None:
        """Start a loop whose work somebody waits for; `work` says whether it found something to do."""
        self._run(name, work, IDLE_SECONDS)

    def run_now_and_then(self, name: str, work: Callable[[], bool]) -> None:
        """Start a loop whose work nobody waits for."""
        self._run(name, work, HOUSEKEEPING_SECONDS)

    def stop(self, drain_seconds: float) -> bool:
        """Tell all to stop and wait for them, no longer than this for all together; False where one still works."""
        self.stopping.set()
        deadline = time.monotonic() + drain_seconds
        for thread in self.threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self.threads)

    def _run(self, name: str, work: Callable[[], bool], rest: float) -> None:
        thread = threading.Thread(target=Loop(name, work, rest, self.stopping).run, name=name, daemon=True)
        self.threads.append(thread)
        thread.start()
