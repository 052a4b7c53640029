"""Further processes at the SMTP door: started with the hub, started again when one dies, ended with it."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from mailhub.doors.listening import Listening
from mailhub.doors.waits import DoorWaits
from mailhub.hub import Hub
from mailhub.serving.door_post import DoorPost

log = logging.getLogger(__name__)

FIRST_REST_SECONDS: Final = 0.5
LONGEST_REST_SECONDS: Final = 30.0
SOUND_SECONDS: Final = 60.0
"""A process that has lived for so long was sound: when it dies, the next one need not wait."""


@dataclass
class _Place:
    """One process of several: what runs there now, and when the next may be started."""

    slot: int
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    rest: float = 0.0
    not_before: float = 0.0


@dataclass
class DoorProcesses:
    """`command` makes the command line of the process in a slot; `inherited` are the descriptors it needs.

    Slot 0 is that of the process which starts the others.
    """

    count: int
    command: Callable[[int], Sequence[str]]
    inherited: Sequence[int] = ()
    clock: Callable[[], float] = time.monotonic
    _places: list[_Place] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Start all of them."""
        self._places = [_Place(slot) for slot in range(1, self.count + 1)]
        self.look()

    @property
    def pids(self) -> list[int]:
        """The processes that run, as far as is known."""
        return [place.process.pid for place in self._places if place.process is not None]

    def look(self) -> bool:
        """Start what is not running; after each early death the rest is longer. Never asks for another round at once."""
        with self._lock:
            for place in self._places:
                if place.process is not None and place.process.poll() is not None:
                    self._bury(place, place.process.returncode)
                if place.process is None and self.clock() >= place.not_before:
                    place.process = subprocess.Popen(self.command(place.slot), pass_fds=self.inherited)
                    place.started_at = self.clock()
        return False

    def dismiss(self) -> "Dismissed":
        """Tell all to let mails that are being taken come to their end and to stop; none is started again."""
        with self._lock:
            running = [place.process for place in self._places if place.process is not None]
            self._places = []
        for process in running:
            process.terminate()
        return Dismissed(running, self.clock)

    def _bury(self, place: _Place, status: int) -> None:
        lived = self.clock() - place.started_at
        place.rest = 0.0 if lived >= SOUND_SECONDS else min(LONGEST_REST_SECONDS, place.rest * 2 or FIRST_REST_SECONDS)
        place.not_before = self.clock() + place.rest
        place.process = None
        log.error("door process died", extra={"slot": place.slot, "status": status, "again_in": place.rest})


@dataclass(frozen=True, slots=True)
class Dismissed:
    """Processes that were told to stop."""

    processes: Sequence[subprocess.Popen[bytes]]
    clock: Callable[[], float] = time.monotonic

    def wait(self, seconds: float) -> None:
        """Wait for their end, and bring it about for those that take longer."""
        deadline = self.clock() + seconds
        for process in self.processes:
            try:
                process.wait(max(0.0, deadline - self.clock()))
            except subprocess.TimeoutExpired:
                log.error("door process does not end", extra={"pid": process.pid})  # noqa: TRY400  its frames say nothing
                process.kill()
                process.wait()


def door_processes(hub: Hub, listening: Listening, waits: DoorWaits) -> DoorProcesses:
    """The processes that the settings want beside this one, not yet started."""

    def command(slot: int) -> list[str]:
        post = DoorPost(
            home=str(hub.home), parent=os.getpid(), slot=slot, waits=waits.descriptor, sockets=list(listening.descriptors)
        )
        # Not through the entry point: what it starts with is a person's command line.
        return [sys.executable, "-m", "mailhub.cli.door_process", post.words()]

    return DoorProcesses(hub.settings.smtp.processes - 1, command, [*listening.descriptors, waits.descriptor])
