"""What a reader child holds between its jobs: the trust snapshot, which may weigh more than all mails of a day.

The parent knows what its child holds and sends it again only when it has changed; every job says what it needs.
"""

import msgspec

from mailhub.checking.protocol import Holding
from parsers.signatures.trust import TrustSnapshot


def holding_of(trust: TrustSnapshot) -> Holding:
    """A snapshot as jobs name it and a child is sent it."""
    return Holding(identity=trust.identity, content=lambda: msgspec.msgpack.encode(trust))


class Held:
    """The one thing a child holds. A new one takes the place of the old."""

    def __init__(self) -> None:
        self._identity = ""
        self._snapshot: TrustSnapshot | None = None
        self._needed = False

    def take(self, holding: Holding | None) -> None:
        """Hold what the next job needs; RuntimeError where the parent believes that it is held and it is not."""
        self._needed = holding is not None
        if holding is None or holding.identity == self._identity:
            return
        content = holding.content()
        if not content:
            raise RuntimeError(f"the job needs {holding.identity}, and {self._identity or 'nothing'} is held")
        # The old one goes first: two large ones need not fit into the child together.
        self._identity, self._snapshot = "", None
        self._snapshot = msgspec.msgpack.decode(content, type=TrustSnapshot)
        self._identity = holding.identity

    @property
    def trust(self) -> TrustSnapshot | None:
        """The snapshot that this job is to judge by; None where the job brings its own."""
        return self._snapshot if self._needed else None


HELD = Held()
"""What this process holds; a reader child runs one job at a time."""
