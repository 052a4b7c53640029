"""The keys that the SMTP door gives to what it takes: each once, and in the order in which they were given."""

import os
import secrets
from dataclasses import dataclass, field
from itertools import count


@dataclass(frozen=True, slots=True)
class DoorKeys:
    """Random by door and process, then counted: rows of one process lie side by side in the index, and cost few pages."""

    _door: str = field(default_factory=lambda: secrets.token_hex(12))
    _numbers: "count[int]" = field(default_factory=count)

    def new(self) -> str:
        """Make a key. The process is named because a forked one would go on counting as its parent does."""
        return f"{self._door}-{os.getpid()}-{next(self._numbers):08x}"
