"""What keeps revocation known while a hub is served: fetching, where hosts are listed, and checking filed letters again."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mailhub.hub import Hub
from mailhub.presence import Presence
from mailhub.serving.loops import Loops

log = logging.getLogger(__name__)

LOOKING: Final = timedelta(hours=1)
REVIEWING: Final = timedelta(hours=24)


@dataclass(slots=True)
class RevocationWatch:
    """Says when data run out, looks every certificate up once a day, and sweeps what was replaced."""

    hub: Hub
    looked_at: datetime | None = None
    reviewed_at: datetime | None = None

    def look(self) -> bool:
        """Do what is due; never asks for another round at once."""
        now = self.hub.clock()
        if is_due(self.looked_at, now, LOOKING):
            self.looked_at = now
            self._warn()
        if is_due(self.reviewed_at, now, REVIEWING):
            self.reviewed_at = now
            self.hub.revocation.review()
            self.hub.revocation.sweep()
        return False

    def _warn(self) -> None:
        for issuer in self.hub.revocation_standing.lacking():
            log.warning("revocation data lacking", extra={"issuer": issuer.issuer, "supply": issuer.supply.value})


def is_due(last: datetime | None, now: datetime, after: timedelta) -> bool:
    """Whether it is time again; a clock that was set back counts as time."""
    return last is None or not timedelta(0) <= now - last < after


def start_revocation(hub: Hub, presence: Presence, loops: Loops) -> None:
    """Start the loops."""
    settings = hub.settings.revocation
    loops.run_now_and_then("revocation", RevocationWatch(hub).look)
    if settings.hosts:
        fetching: Callable[[], bool] = hub.fetching().run_once
        loops.run_now_and_then("fetching", fetching)
    if settings.recheck:
        loops.run_now_and_then("rechecking", hub.rechecking(presence.owner("rechecking")).run_once)
