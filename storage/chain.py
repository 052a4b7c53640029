"""Checks the chain of events: which rows were altered, removed or put elsewhere since they were written.

A chain that was cut at its end, or written anew as a whole, is sound in itself. Only heads that were kept elsewhere
(receipts, the append-only file) show that; they are the anchors.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from storage.columns import clean, shorten
from storage.records import ChainHead, Event

_ORIGIN = ChainHead(number=0, hash="0" * 64)


class Fault(StrEnum):
    """What is wrong with a place of the chain."""

    ALTERED = "altered"
    REMOVED = "removed"
    REORDERED = "reordered"
    CUT_TAIL = "cut-tail"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFault:
    """A fault at an event's number; `detail` says it in words."""

    number: int
    fault: Fault
    detail: str


def hash_of(previous_hash: str, body: bytes) -> str:
    """Hash an event: hex SHA-256 over the previous hash (as hex text) and the body."""
    return hashlib.sha256(previous_hash.encode("ascii", "replace") + body).hexdigest()


def faults(chain: Iterable[Event], head: ChainHead, anchors: Iterable[ChainHead]) -> Iterator[ChainFault]:
    """Read the whole chain in the order of its numbers and name every fault; a sound chain gives none."""
    known: dict[int, set[str]] = {}
    for anchor in anchors:
        known.setdefault(anchor.number, set()).add(anchor.hash)
    last, moved = _ORIGIN, False
    for event in chain:
        yield from _gap(last, event)
        if not moved:
            yield from _link(last, event)
        yield from _own(event)
        yield from _anchored(known, event)
        last, moved = ChainHead(number=event.number, hash=event.hash), _is_moved(event)
    yield from _end(last, head, known)


def _gap(last: ChainHead, event: Event) -> Iterator[ChainFault]:
    missing = event.number - last.number - 1
    if missing:
        first, final = last.number + 1, event.number - 1
        which = f"event {first} is" if missing == 1 else f"events {first} to {final} are"
        yield ChainFault(number=first, fault=Fault.REMOVED, detail=f"{which} missing")


def _link(last: ChainHead, event: Event) -> Iterator[ChainFault]:
    """Compare with the predecessor, where it is there and neither of the two was moved."""
    follows = event.number == last.number + 1
    if follows and event.previous_hash != last.hash and not _is_moved(event):
        detail = f"event {event.number} was written behind another event {last.number} than the one that stands there"
        yield ChainFault(number=max(last.number, 1), fault=Fault.ALTERED, detail=detail)


def _own(event: Event) -> Iterator[ChainFault]:
    if hash_of(event.previous_hash, event.body) != event.hash:
        detail = f"event {event.number} does not match its hash"
        yield ChainFault(number=event.number, fault=Fault.ALTERED, detail=detail)
    elif _is_moved(event):
        detail = f"event {_number_in(event)} stands in the place of event {event.number}"
        yield ChainFault(number=event.number, fault=Fault.REORDERED, detail=detail)
    elif not _columns_agree(event):
        detail = f"the columns of event {event.number} say something else than what was hashed"
        yield ChainFault(number=event.number, fault=Fault.ALTERED, detail=detail)


def _anchored(known: dict[int, set[str]], event: Event) -> Iterator[ChainFault]:
    if known.get(event.number, {event.hash}) != {event.hash}:
        detail = f"event {event.number} has another hash than the one that was kept elsewhere"
        yield ChainFault(number=event.number, fault=Fault.REWRITTEN, detail=detail)


def _end(last: ChainHead, head: ChainHead, known: dict[int, set[str]]) -> Iterator[ChainFault]:
    furthest = max([head.number, *known])
    if furthest > last.number:
        detail = f"the chain ends with event {last.number}, but event {furthest} was written"
        yield ChainFault(number=last.number + 1, fault=Fault.CUT_TAIL, detail=detail)
    elif head != last:
        detail = f"the chain ends with event {last.number}, but its head names event {head.number} or another hash"
        yield ChainFault(number=last.number, fault=Fault.REWRITTEN, detail=detail)


def _is_moved(event: Event) -> bool:
    return _number_in(event) not in (None, event.number)


def _number_in(event: Event) -> int | None:
    number = _read(event).get("number")
    return number if isinstance(number, int) else None


def _columns_agree(event: Event) -> bool:
    read = _read(event)
    said = (clean(str(read.get("kind"))), shorten(clean(str(read.get("subject")))), read.get("at"))
    return said == (event.kind, event.subject, event.at.isoformat())


def _read(event: Event) -> dict[str, object]:
    try:
        read = json.loads(event.body)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
