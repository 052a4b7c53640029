"""Bodies on their way into a store: their rows may be prepared meanwhile, but not committed before the bodies are durable."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Writing:
    """Bodies that a store has taken, under references in their order. Without `make_durable` they are durable already."""

    refs: list[str]
    make_durable: Callable[[], None] | None = None
    _flushed: bool = field(default=False, init=False)

    def flush(self) -> None:
        """Wait until the bodies are durable; harmless when repeated. Raises what the store raises when they cannot be."""
        if self.make_durable is not None and not self._flushed:
            self.make_durable()
        self._flushed = True
