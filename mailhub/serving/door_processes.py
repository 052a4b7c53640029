"""Further processes at the SMTP door: started with the hub, started again when one dies, ended with it."""

import logging
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

log = logging.getLogger(__name__)

FIRST_REST_SECONDS: Final = 0.5
LONGEST_REST_SECONDS: Final = 30.0
SOUND_SECONDS: Final = 60.0
"""A process that has lived for so long was sound: when it dies, the next one need not wait."""


@dataclass
class _Place:
    """One process of several; what runs there now, and when the next may be started."""

    slot: int
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    rest: float = 0.0
    not_before: float = 0.0


@dataclass
class DoorProcesses:
    """`command` makes the command line of the process in a slot; `inherited` are the descriptors it needs."""

    count: int
    command: Callable[[int], Sequence[str]]
    inherited: Sequence[int]
    clock: Callable[[], float] = time.monotonic
    places: list[_Place] = field(default_factory=list)

    def start(self) -> None:
        """Start all of them."""
        # The first slot is that of the process which starts the others.
        self.places = [_Place(slot) for slot in range(1, self.count + 1)]
        self.look()

    def look(self) -> bool:
        """Start what is not running; after each early death the rest is longer. Never asks for another round at once."""
        for place in self.places:
            if place.process is not None and place.process.poll() is not None:
                self._bury(place, place.process.returncode)
            if place.process is None and self.clock() >= place.not_before:
                place.process = subprocess.Popen(self.command(place.slot), pass_fds=self.inherited)
                place.started_at = self.clock()
        return False

    def stop(self, drain_seconds: float) -> None:
        """Let mails that are being taken come to their end, then end what is left."""
        running = [place.process for place in self.places if place.process is not None]
        self.places = []
        for process in running:
            process.terminate()
        deadline = self.clock() + drain_seconds
        for process in running:
            try:
                process.wait(max(0.0, deadline - self.clock()))
            except subprocess.TimeoutExpired:
                log.error("door process does not end", extra={"pid": process.pid})  # noqa: TRY400  its frames say nothing
                process.kill()
                process.wait()

    def _bury(self, place: _Place, status: int) -> None:
        lived = self.clock() - place.started_at
        place.rest = 0.0 if lived >= SOUND_SECONDS else min(LONGEST_REST_SECONDS, place.rest * 2 or FIRST_REST_SECONDS)
        place.not_before = self.clock() + place.rest
        place.process = None
        log.error("door process died", extra={"slot": place.slot, "status": status, "again_in": place.rest})
