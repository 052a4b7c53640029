"""The house of a served hub: claims of the dead let go, papers that are due, the audit's head, what must be shredded."""

import logging
from dataclasses import dataclass
from datetime import date, timedelta

from mailhub.hub import Hub
from mailhub.presence import Presence, bury_dead
from mailhub.trust.review import review
from storage import captures, mailboxes, outbox
from storage.records import Actor

log = logging.getLogger(__name__)


@dataclass
class Housekeeping:
    """What must be done now and then while a hub is served."""

    hub: Hub
    presence: Presence
    calendar_watched: date | None = None
    key_watched: date | None = None
    trust_watched: date | None = None

    def begin(self) -> None:
        """Clean up after a crash."""
        self.release_dead()
        self.hub.sealing.shred()

    def keep_house(self) -> bool:
        """Do what is due; never asks for another round at once."""
        self.begin()
        self.hub.audit.keep_head()
        self.watch_calendar()
        self.watch_key()
        self.watch_trust()
        return False

    def release_dead(self) -> None:
        """Let go of what processes held that have died."""

        def release(holder: str) -> None:
            log.warning("claims of a dead process released", extra={"holder": holder, "claims": self._let_go(holder)})

        bury_dead(self.presence.file.parent, release)

    def end(self) -> None:
        """Let go of what a loop that failed has left claimed, and be gone; where that fails, the next to serve does it."""
        self._let_go(self.presence.file.name)
        self.presence.end()

    def _let_go(self, holder: str) -> int:
        with self.hub.database.transaction() as tx:
            return sum(part.release_dead(tx, holder) for part in (captures, outbox, mailboxes))

    def act_on_paper(self) -> bool:
        """Remind of a paper or return it where its time has come; True where there was one."""
        actor = Actor(unit_id=None, name="mailhub", via=self.presence.owner("counter"))
        return self.hub.counter.act_on_due(actor)

    def watch_key(self) -> None:
        """Say once a day that the system certificate cannot sign, or soon cannot: receipts then leave without their sheet."""
        now, key = self.hub.clock(), self.hub.system_key
        if key is None or self.key_watched == now.date():
            return
        self.key_watched = now.date()
        # The signing engine is loaded only where there is a key.
        from mailhub.signing.trial import try_key  # noqa: PLC0415

        trial = try_key(key, now, timedelta(days=self.hub.settings.signing.expiry_warning_days))
        for text in (*trial.problems, *trial.warnings):
            log.warning("system certificate", extra={"key": trial.place, "problem": str(text)})

    def watch_trust(self) -> None:
        """Say once a day what the trust set lacks and what of it runs out."""
        now = self.hub.clock()
        if self.trust_watched == now.date():
            return
        self.trust_watched = now.date()
        for remark in review(self.hub.trust.list_(), now, timedelta(days=self.hub.settings.trust.expiry_warning_days)):
            log.warning("trust set", extra={"remark": remark.code, "certificate": remark.sha256, "said": str(remark.text)})

    def watch_calendar(self) -> None:
        """Say once a day that the days off of a year that matters now may still change."""
        now = self.hub.clock()
        if self.calendar_watched == now.date():
            return
        self.calendar_watched = now.date()
        zones = {unit.time_zone for unit in self.hub.directory.units()}
        years = {year for zone in zones for year in self.hub.working_days(zone).unsettled_years(now)}
        if years:
            log.warning("days off not confirmed", extra={"years": sorted(years)})
