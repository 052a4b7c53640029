"""Which points of death one run of the suite takes.

Killing a hub at every point takes longer than a suite may; what dies between the beginning and the end of a transaction is
rolled back wherever that is, so the suite takes some of each kind, and `make crashes` every one.
"""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

EVERY = bool(os.environ.get("MAILHUB_EVERY_POINT"))
SELDOM, OFTEN = (1, 1) if EVERY else (27, 3)

Place = TypeVar("Place")


def taken(points: Sequence[Place], kind: Callable[[Place], str], *, often: frozenset[str] = frozenset()) -> list[Place]:
    """The first of each kind and every 27th after it; every third of the kinds that are to be taken often."""
    seen: Counter[str] = Counter()
    chosen = []
    for point in points:
        name = kind(point)
        if seen[name] % (OFTEN if name in often else SELDOM) == 0:
            chosen.append(point)
        seen[name] += 1
    return chosen
