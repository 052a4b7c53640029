"""How many octets may be on their way in at once, over all sessions of a process."""

import threading
from collections import Counter
from typing import Final

STEP: Final = 256 * 1024
"""A message that did not declare its size reserves in steps of this."""


class InFlightBudget:
    """Octets of messages that are kept, in memory or spilled, and not yet stored. Safe for any thread.

    `share` is what one network may hold of it: SIZE promises cost a client nothing, and must not shut the door for others.
    """

    def __init__(self, octets: int, share: int | None = None) -> None:
        self.octets = octets
        self.share = octets if share is None else share
        self._used = 0
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def used(self) -> int:
        """Octets reserved now."""
        return self._used

    def reserve(self, octets: int, network: str = "") -> bool:
        """Take octets of the budget, or nothing where they do not fit; the share does not bind the empty network."""
        with self._lock:
            if self._used + octets > self.octets or (network and self._held[network] + octets > self.share):
                return False
            self._used += octets
            if network:
                self._held[network] += octets
            return True

    def release(self, octets: int, network: str = "") -> None:
        """Give octets back."""
        with self._lock:
            self._used -= octets
            if network:
                self._held[network] -= octets
                if not self._held[network]:
                    del self._held[network]


class Reservation:
    """What one message holds of the budget. Used by one thread at a time; `release` may come from another."""

    def __init__(self, budget: InFlightBudget, network: str = "") -> None:
        self._budget = budget
        self._network = network
        self.octets = 0

    def declare(self, octets: int) -> bool:
        """Reserve what a client says that it will send."""
        return self._grow(octets)

    def cover(self, octets: int) -> bool:
        """Have at least so many octets reserved."""
        return octets <= self.octets or self._grow(-(-octets // STEP) * STEP)

    def release(self) -> None:
        """Give everything back; harmless when repeated."""
        octets, self.octets = self.octets, 0
        if octets:
            self._budget.release(octets, self._network)

    def _grow(self, octets: int) -> bool:
        more = octets - self.octets
        if more > 0 and not self._budget.reserve(more, self._network):
            return False
        self.octets = max(octets, self.octets)
        return True
