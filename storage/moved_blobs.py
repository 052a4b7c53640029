"""Blobs of a hub that has moved to another store: new ones go there, those from before are read where they are."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from storage.blobs import StoredBlob, SweptStore
from storage.bodies import Body
from storage.segments import BadRange
from storage.writing import Writing


class MovedBlobs:
    """Writes into one store, reads from the one whose reference it is."""

    def __init__(self, now: SweptStore, before: SweptStore) -> None:
        self._now = now
        self._before = before

    def put_many(self, bodies: Sequence[Body], /) -> list[str]:
        """Store durably, in the store of today."""
        return self._now.put_many(bodies)

    def writing(self, bodies: Sequence[Body], /) -> AbstractContextManager[Writing]:
        """Store while rows are prepared, in the store of today."""
        return self._now.writing(bodies)

    def get(self, ref: str) -> bytes:
        """Read the bytes where they are."""
        return self._of(ref).get(ref)

    def overwrite(self, ref: str) -> None:
        """Destroy the bytes where they are."""
        self._of(ref).overwrite(ref)

    def stored(self, before: datetime) -> Iterator[StoredBlob | BadRange]:
        """List what either store holds."""
        yield from self._now.stored(before)
        yield from self._before.stored(before)

    def knows(self, ref: str) -> bool:
        """Whether the reference is of either store's form."""
        return self._now.knows(ref) or self._before.knows(ref)

    def close(self) -> None:
        """Close both."""
        self._now.close()
        self._before.close()

    def _of(self, ref: str) -> SweptStore:
        return self._before if self._before.knows(ref) else self._now
