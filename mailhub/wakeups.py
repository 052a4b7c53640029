"""One wake-up for many answers: a thread that tells a group of waiters wakes each of their event loops once, at the end.

A wake-up in the middle lets the event loop run between two answers, and both threads then wait for each other at every one.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_OWN: Final = threading.local()


@contextmanager
def together() -> Iterator[None]:
    """Hold back the wake-ups of this thread until the block ends; each is done once then."""
    held: dict[Callable[[], None], None] = {}
    _OWN.held = held
    try:
        yield
    finally:
        _OWN.held = None
        for wake in held:
            wake()


def wake_once(wake: Callable[[], None]) -> None:
    """Wake a waiter: at the end of the block where this thread is in one, else now."""
    held: dict[Callable[[], None], None] | None = getattr(_OWN, "held", None)
    if held is None:
        wake()
    else:
        held[wake] = None
