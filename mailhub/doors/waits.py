"""How long mail waits at the doors for its commit, told across processes through a few octets of shared memory.

Workers ask before they claim: a sender who waits is more urgent than a mail that is safe already.
"""

import mmap
import os
import struct
import time
from typing import Final, Self

RECENT_SECONDS: Final = 1.0
"""A wait that is older says nothing about now."""

_SLOT: Final = struct.Struct("=dd")


class DoorWaits:
    """One slot for each process with a door: the longest wait of the last second, and when it was. Times are seconds."""

    def __init__(self, descriptor: int, slot: int = 0) -> None:
        self.descriptor = descriptor
        self._memory = mmap.mmap(descriptor, 0)
        self._slot = slot

    @classmethod
    def for_processes(cls, count: int) -> Self:
        """Shared memory for so many processes, whose descriptor they inherit. This one has the first slot."""
        descriptor = os.memfd_create("mailhub-door-waits")
        os.truncate(descriptor, count * _SLOT.size)
        return cls(descriptor)

    def note(self, seconds: float) -> None:
        """Tell how long a mail of this process has waited."""
        at, longest = _SLOT.unpack_from(self._memory, self._slot * _SLOT.size)
        now = time.monotonic()
        if seconds >= longest or now - at >= RECENT_SECONDS:
            _SLOT.pack_into(self._memory, self._slot * _SLOT.size, now, seconds)

    def longest(self) -> float:
        """The longest wait of the last second at any door."""
        earliest = time.monotonic() - RECENT_SECONDS
        return max((wait for at, wait in _SLOT.iter_unpack(self._memory[:]) if at > earliest), default=0.0)

    def close(self) -> None:
        """Give the memory back; harmless when repeated."""
        if not self._memory.closed:
            self._memory.close()
            os.close(self.descriptor)
