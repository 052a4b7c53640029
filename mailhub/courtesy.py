"""Courtesy: workers let the doors go first while senders wait, but not for ever."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

LONG_WAIT_SECONDS: Final = 0.02
"""A commit that a sender waits for longer than this has somebody in its way."""

PATIENCE_SECONDS: Final = 5.0
"""After so long a worker takes one mail all the same: under a lasting flood, or on a slow disk, reading must go on."""


@dataclass
class Courtesy:
    """The manners of one worker. `longest_wait` gives the recent wait at the doors, in seconds."""

    longest_wait: Callable[[], float]
    clock: Callable[[], float] = time.monotonic
    waiting_since: float | None = None

    def gives_way(self) -> bool:
        """Whether to leave the work alone this time."""
        if self.longest_wait() <= LONG_WAIT_SECONDS:
            self.waiting_since = None
            return False
        now = self.clock()
        if self.waiting_since is None:
            self.waiting_since = now
        if now - self.waiting_since < PATIENCE_SECONDS:
            return True
        self.waiting_since = now
        return False
