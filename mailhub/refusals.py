"""Refusals: what the doors did not take, counted in memory and written in batches, so that a flood costs next to nothing.

One row stands for what one client was refused for one reason within one minute. Rows of a minute are limited; beyond that
a door's refusals of the minute become one row, `more`. So a flood costs a bounded number of rows, and memory for no more.
"""

import threading
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from storage import refusals
from storage.database import Database, Transaction
from storage.records import Refusal, RefusalDraft, RefusalFilter, RefusedBecause

__all__ = ["RefusalBook", "RefusalNoter", "Refusals", "Refused", "RefusedBecause"]

ROWS_A_MINUTE: Final = 200
"""How many rows one process writes for one minute, beside one `more` a door."""

MOST_WAITING: Final = 2000
"""How many rows are kept in memory while they cannot be written."""

MOST_KEPT: Final = 200_000
"""How many rows are kept at all: a flood that goes on for weeks costs no more."""

EXAMPLES: Final = 8
"""How many different senders and recipients a row names."""

TEXT_CHARACTERS: Final = 320
"""What is kept of an address, a client's name or a reply."""

FAMILIAR: Final = timedelta(minutes=2)
"""How long rows stay in memory after their minute, to be counted on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One refusal. `size` in octets where the client told or sent one, `reply` as it was sent, without line end."""

    door: str
    peer: str
    reason: RefusedBecause
    reply: str
    at: datetime
    sender: str = ""
    recipients: tuple[str, ...] = ()
    size: int | None = None


class RefusalNoter(Protocol):
    """Who keeps note of refusals."""

    def note(self, refused: Refused, /) -> None:
        """Note a refusal, after its reply; never waits for anything and never fails."""
        ...


class RefusalDatabase(Protocol):
    """The part of the registry that the book needs."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """One write transaction."""
        ...


@dataclass(slots=True)
class _Line:
    """A row in the making; `unwritten` of its refusals are not in the registry yet."""

    draft: RefusalDraft
    unwritten: int = 0

    def add(self, refused: Refused) -> None:
        """Count one more."""
        draft = self.draft
        sizes = [size for size in (draft.size, refused.size) if size is not None]
        self.draft = replace(
            draft,
            senders=_examples(draft.senders, (refused.sender,)),
            recipients=_examples(draft.recipients, refused.recipients),
            size=max(sizes, default=None),
            reply=_clipped(refused.reply),
            last_at=max(draft.last_at, refused.at),
        )
        self.unwritten += 1


@dataclass(frozen=True, slots=True)
class RefusalBook:
    """The refusals of one process, until they are written. Any thread may note; one loop writes."""

    database: RefusalDatabase
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _lines: dict[tuple[datetime, str, str, RefusedBecause], _Line] = field(default_factory=dict)
    _rows: Counter[datetime] = field(default_factory=Counter)

    def note(self, refused: Refused, /) -> None:
        """Count a refusal; it is written soon."""
        minute = refused.at.replace(second=0, microsecond=0)
        door, peer = _clipped(refused.door), _clipped(refused.peer)
        with self._lock:
            key = (minute, door, peer, refused.reason)
            if key not in self._lines and self._is_full(minute):
                key = (minute, door, "", RefusedBecause.MORE)
            line = self._lines.get(key)
            if line is None:
                line = self._lines[key] = _Line(_begun(key, refused))
                self._rows[minute] += 1
            line.add(refused)

    def write(self) -> bool:
        """Write what is new since the last time, in one transaction; never asks for another round at once.

        Raises what the database raises; then everything is still to be written.
        """
        with self._lock:
            due = {key: (replace(line.draft, count=line.unwritten)) for key, line in self._lines.items() if line.unwritten}
        if due:
            with self.database.transaction() as tx:
                refusals.add(tx, list(due.values()))
        with self._lock:
            for key, draft in due.items():
                self._lines[key].unwritten -= draft.count
            self._forget()
        return False

    def waiting(self) -> int:
        """How many rows are held in memory."""
        with self._lock:
            return len(self._lines)

    def _is_full(self, minute: datetime) -> bool:
        return self._rows[minute] >= ROWS_A_MINUTE or len(self._lines) >= MOST_WAITING

    def _forget(self) -> None:
        """Let go of written rows whose minute is over; those of the last minutes are still counted on."""
        latest = max(self._rows, default=None)
        for key in [key for key, line in self._lines.items() if not line.unwritten]:
            if latest is not None and key[0] < latest - FAMILIAR:
                del self._lines[key]
        left = {key[0] for key in self._lines}
        for minute in [minute for minute in self._rows if minute not in left]:
            del self._rows[minute]


@dataclass(frozen=True, slots=True)
class Refusals:
    """What was refused, for people."""

    database: Database
    kept_days: int

    def list_(self, chosen: RefusalFilter, *, limit: int, before_id: int | None = None) -> list[Refusal]:
        """Lines of refusals, newest first."""
        with self.database.reading() as tx:
            return refusals.list_(tx, chosen, limit=limit, before_id=before_id)

    def sweep(self) -> int:
        """Delete lines that are older than they are kept, and those that a long flood has made too many; tell how many."""
        with self.database.transaction() as tx:
            return refusals.sweep(tx, tx.now() - timedelta(days=self.kept_days), most=MOST_KEPT)


def _begun(key: tuple[datetime, str, str, RefusedBecause], refused: Refused) -> RefusalDraft:
    minute, door, peer, reason = key
    return RefusalDraft(
        door=door,
        peer=peer,
        reason=reason,
        minute=minute,
        count=0,
        senders=(),
        recipients=(),
        size=None,
        reply="",
        last_at=refused.at,
    )


def _examples(known: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """The known examples and the new ones that still have room, each once."""
    for text in more[:EXAMPLES]:
        if len(known) >= EXAMPLES:
            break
        clipped = _clipped(text)
        if clipped and clipped not in known:
            known = (*known, clipped)
    return known


def _clipped(text: str) -> str:
    """What came from outside goes into a list that people look at: no controls, and not too long."""
    return "".join(character if character.isprintable() else "?" for character in text[:TEXT_CHARACTERS])
