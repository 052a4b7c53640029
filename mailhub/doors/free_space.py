"""Free space of the disks that a mail is stored on: a door refuses for a while before they are full."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

LOOK_SECONDS: Final = 1.0
"""How long an answer of the system is good for."""


class FreeSpace:
    """The least free space among some folders, held against a floor (octets). No folders: there is always room."""

    def __init__(self, folders: Sequence[Path] = (), floor: int = 0, *, free: Callable[[Path], int] | None = None) -> None:
        self._folders = folders
        self._floor = floor
        self._free = free or free_octets
        self._looked_at = float("-inf")
        self._room = 0

    def has_room(self, octets: int = 0) -> bool:
        """Whether the floor stays free after so many octets more."""
        if not self._folders:
            return True
        now = time.monotonic()
        if now - self._looked_at >= LOOK_SECONDS:
            self._looked_at = now
            self._room = min(self._free(folder) for folder in self._folders) - self._floor
        return octets <= self._room


def free_octets(folder: Path) -> int:
    """Octets that this process may still write where a folder is, or will be made."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize
