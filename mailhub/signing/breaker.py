"""A breaker: what failed is left alone for a while, so that a dead authority does not slow down every receipt."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

FIRST_PAUSE = 60.0
LONGEST_PAUSE = 15 * 60.0
"""Seconds. The pause doubles with each trial that fails, up to the longest."""


@dataclass(kw_only=True)
class Breaker:
    """Lets calls through until one fails; then one trial after each pause, until one succeeds."""

    monotonic: Callable[[], float] = time.monotonic
    failures: int = 0
    _closed_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def pause(self) -> float:
        """How long the pause after the failures so far is (seconds)."""
        doubled: float = min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(max(self.failures - 1, 0), 10)))
        return doubled

    @property
    def resting(self) -> bool:
        """Whether a call would not be let through now; asking is no trial."""
        with self._lock:
            return self.failures > 0 and self.monotonic() < self._closed_until

    def lets_through(self) -> bool:
        """Whether a call may be made now; after a pause one caller at a time makes the trial."""
        with self._lock:
            if self.failures == 0:
                return True
            now = self.monotonic()
            if now < self._closed_until:
                return False
            self._closed_until = now + self.pause
            return True

    def succeeded(self) -> None:
        """Let everything through again."""
        with self._lock:
            self.failures = 0

    def failed(self) -> None:
        """Begin a pause, longer than the last one."""
        with self._lock:
            self.failures += 1
            self._closed_until = self.monotonic() + self.pause
