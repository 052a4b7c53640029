"""Which points of death one run of the suite takes.

Killing a hub at every point takes longer than a suite may; what dies between the beginning and the end of a transaction is
rolled back wherever that is, so the suite takes some of each kind, and `make crashes` every one.
"""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

STEP = 1 if os.environ.get("MAILHUB_EVERY_POINT") else 3

Place = TypeVar("Place")


def taken(points: Sequence[Place], kind: Callable[[Place], str], *, whole: frozenset[str] = frozenset()) -> list[Place]:
    """The first of each kind and every third after it; all of the kinds that are to be taken whole."""
    seen: Counter[str] = Counter()
    chosen = []
    for point in points:
        name = kind(point)
        if name in whole or seen[name] % STEP == 0:
            chosen.append(point)
        seen[name] += 1
    return chosen
