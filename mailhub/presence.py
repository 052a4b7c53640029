"""Presence: which processes serve this home, and which have died without letting go of their claims.

Each holds a lock on a file of its own in one folder. The kernel gives a lock back the moment its holder dies, however it
dies, so that a number used again, another container or a start after a power cut can mislead nobody.
"""

import fcntl
import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Presence:
    """A process that serves; claims are held in its name."""

    file: Path
    descriptor: int

    @classmethod
    def begin(cls, folder: Path) -> Self:
        """Be present from now on; raises OSError where the folder cannot be written."""
        folder.mkdir(mode=0o700, exist_ok=True)
        while True:
            file = folder / f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink:
                return cls(file, descriptor)
            # Somebody has found the file between its making and its locking, and taken it for a dead one's.
            os.close(descriptor)

    def owner(self, role: str) -> str:
        """Who holds a claim: a part of this process."""
        return f"{role}@{self.file.name}"

    def end(self) -> None:
        """Be gone in order, with no claim left."""
        self.file.unlink(missing_ok=True)
        os.close(self.descriptor)


def bury_dead(folder: Path, release: Callable[[str], None]) -> None:
    """Call `release` with the name of every process of this host that is dead, and forget it.

    The living are left alone, and so is who cannot be judged: those of other hosts, which may share the folder.
    """
    for file in sorted(folder.iterdir()):
        if file.name.rsplit("-", 2)[0] == socket.gethostname():
            _bury(file, release)


def _bury(file: Path, release: Callable[[str], None]) -> None:
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        release(file.name)
        file.unlink(missing_ok=True)
    except BlockingIOError:
        return
    finally:
        os.close(descriptor)
