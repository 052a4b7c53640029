"""The watch over the doors of a served hub: refusals and how the doors fare, written in batches, and old lines swept."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mailhub.hub import Hub
from mailhub.serving.loops import Loops
from storage.errors import StorageError

log = logging.getLogger(__name__)

SWEEPING: Final = timedelta(hours=1)


@dataclass
class Watch:
    """Writes what the doors of this process have told. `commit_wait` is in seconds."""

    hub: Hub
    commit_wait: Callable[[], float]
    swept_at: datetime | None = None

    def start(self, process: str, loops: Loops) -> None:
        """Start writing, in the name of this process."""
        self.hub.door_health.process = process
        loops.run_now_and_then("watch", self.write)

    def write(self) -> bool:
        """Write what is new; never asks for another round at once."""
        self.hub.refusal_book.write()
        self.hub.door_health.write(commit_wait_seconds=self.commit_wait(), readers_busy=self.hub.readers.busy)
        self._sweep()
        return False

    def close(self) -> None:
        """Write the last, when the doors are closed; a registry that does not answer then holds up no stop."""
        try:
            self.hub.refusal_book.write()
            self.hub.door_health.close()
        except StorageError:
            log.exception("the last counts of the doors are lost")

    def _sweep(self) -> None:
        now = self.hub.clock()
        if self.swept_at is None or now - self.swept_at >= SWEEPING:
            self.swept_at = now
            self.hub.refusals.sweep()
            self.hub.door_health.sweep()
