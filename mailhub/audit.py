"""The audit log: proving the chain, against itself and against anchors that were kept elsewhere."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from mailhub.errors import RefusedError
from mailhub.language import Text
from storage import events
from storage.database import Database
from storage.events import ChainFault
from storage.records import ChainHead, Event

TAIL_OCTETS = 4096
"""Enough for the last lines of the anchor file, each a number and 64 hex digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What a verification found; no fault means that every event is as it was written."""

    head: ChainHead
    anchors: int
    faults: tuple[ChainFault, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """Proves the log. `anchor_file` is the append-only file beside the database that heads are copied to."""

    database: Database
    anchor_file: Path

    def verify(self, anchors: Iterable[ChainHead] = ()) -> AuditReport:
        """Walk the whole chain; faults name the first wrong row and everything an anchor contradicts."""
        known = tuple(anchors)
        with self.database.reading() as tx:
            return AuditReport(head=events.head(tx), anchors=len(known), faults=tuple(events.verify(tx, known)))

    def show(self, *, subject: str | None = None, after: int = 0, limit: int = 100) -> tuple[Event, ...]:
        """Events in their order."""
        with self.database.reading() as tx:
            return tuple(events.list_(tx, subject=subject, after=after, limit=limit))

    def own_anchors(self) -> tuple[ChainHead, ...]:
        """The heads kept beside the database; an empty tuple where none was kept yet."""
        return read_anchors(self.anchor_file) if self.anchor_file.exists() else ()

    def keep_head(self) -> bool:
        """Append the chain's head to the anchor file when it has moved; durable on return."""
        with self.database.reading() as tx:
            head = events.head(tx)
        tail = self._tail()
        kept = tuple(parse_anchors(tail))
        if head.number == 0 or (kept and kept[-1].number >= head.number):
            return False
        # A line that a crash cut short must not run into this one.
        begin = "" if not tail or tail.endswith("\n") else "\n"
        with self.anchor_file.open("a", encoding="ascii") as file:
            file.write(f"{begin}{head.number} {head.hash}\n")
            file.flush()
            os.fsync(file.fileno())
        return True

    def _tail(self) -> str:
        """The last lines of the anchor file, which grows over years."""
        if not self.anchor_file.exists():
            return ""
        with self.anchor_file.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL_OCTETS))
            return file.read().decode("ascii", "replace")


def read_anchors(path: Path) -> tuple[ChainHead, ...]:
    """Heads from an anchor file, one `number hash` a line, or from a receipt that carries one.

    Raises RefusedError when the file holds none.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise RefusedError(
            Text(vi=f"không đọc được {path}: {error.strerror}", en=f"{path} cannot be read: {error.strerror}")
        ) from error
    heads = tuple(parse_anchors(text))
    if not heads:
        raise RefusedError(
            Text(
                vi=f"{path} không có mốc nào dạng `số băm` (số sự kiện và 64 ký tự hex)",
                en=f"{path} holds no anchor of the form `number hash` (event number and 64 hex digits)",
            )
        )
    return heads


def parse_anchors(text: str) -> Iterator[ChainHead]:
    """Every pair of a number and 64 hex digits in a text."""
    words = text.replace("=\n", "").replace("/", " ").split()
    for number, digest in pairwise(words):
        if number.isascii() and number.isdigit() and len(digest) == 64 and set(digest) <= set("0123456789abcdef"):
            yield ChainHead(number=int(number), hash=digest)
