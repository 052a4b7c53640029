"""Errors of the registry and the blob store. The class says whether trying again can help."""

import errno
from typing import Final

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG})


class StorageError(Exception):
    """Base of everything storage raises."""


class StorageUnavailableError(StorageError):
    """The database or the disk did not answer; try again later."""


class StorageFullError(StorageUnavailableError):
    """The disk is full, over its quota or read-only; try again once somebody has made room."""


class SchemaVersionError(StorageError):
    """The database has another schema than this program; run `mailhub upgrade`."""


class NotFoundError(StorageError):
    """No such row in this unit."""


class ConflictError(StorageError):
    """A unique claim (document key, number, name) is held by another row, or a state moved on meanwhile."""


class StaleClaimError(StorageError):
    """The lease was lost: another worker has claimed the row since."""


class DamagedBlobError(StorageError):
    """The bytes of a blob do not match their recorded checksum."""


class RegisterClosedError(StorageError):
    """The register gives no number now: it waits for its next number to be confirmed, or another system numbers."""


def disk_error(what: str, error: OSError) -> StorageUnavailableError:
    """What a failed system call means to a caller: no room, or no answer."""
    kind = StorageFullError if error.errno in _FULL else StorageUnavailableError
    return kind(f"{what}: {error.strerror}")
