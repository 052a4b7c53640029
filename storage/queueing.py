"""The writers' queue of a SQLite registry: one writer at a time, and nobody waits for long behind a busy one."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import StorageUnavailableError


@contextmanager
def writers_turn(lock_file: Path) -> Iterator[None]:
    """Hold the lock file for the block; threads and processes alike wait in line.

    A file lock alone lets the one who has just released it take it again before a sleeper wakes. The door in front of it
    is held by the next in line while that one waits for the lock, so that the last holder must line up behind.
    """
    door = lock_file.with_name(lock_file.name + ".door")
    with _locked(door) as leave_door, _locked(lock_file):
        leave_door()
        yield


class _Unlock:
    """Gives the lock back once; a second call does nothing."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def __call__(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            # Unlocking by name of the act, not by closing alone: a forked child may hold a copy of the descriptor.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)


@contextmanager
def _locked(path: Path) -> Iterator[_Unlock]:
    # One open file per turn: the kernel grants a lock to the open file, so threads exclude each other too.
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageUnavailableError(f"the lock file {str(path)!r} cannot be opened: {error.strerror}") from error
    unlock = _Unlock(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield unlock
    finally:
        unlock()
