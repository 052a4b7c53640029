"""Revocation data: their store, where they are fetched, and what they turn up about filed letters."""

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from mailhub.hub.ground import Ground

if TYPE_CHECKING:
    from mailhub.revocation.cases import Cases
    from mailhub.revocation.fetching import Fetching
    from mailhub.revocation.rechecking import Rechecking
    from mailhub.revocation.standing import RevocationStanding
    from mailhub.revocation.store import RevocationStore


class RevocationRoom(Ground):
    """What is known of revocation."""

    @cached_property
    def revocation(self) -> "RevocationStore":
        """The store."""
        from mailhub.revocation.store import RevocationStore

        kept_for = timedelta(days=self.settings.revocation.keep_days)
        return RevocationStore(database=self.database, trust=self.trust, clock=self.clock, kept_for=kept_for)

    @cached_property
    def revocation_standing(self) -> "RevocationStanding":
        """How the store stands."""
        from mailhub.revocation.standing import RevocationStanding

        return RevocationStanding(self.database, self.settings.revocation.freshness)

    @cached_property
    def cases(self) -> "Cases":
        """What a clerk has to decide about letters that were decided already."""
        from mailhub.revocation.cases import Cases

        return Cases(self.database)

    def fetching(self) -> "Fetching":
        """The fetching job."""
        from mailhub.revocation.addresses import Permission
        from mailhub.revocation.downloads import Downloads
        from mailhub.revocation.fetching import Fetching

        settings = self.settings.revocation
        downloads = Downloads(
            permission=Permission.of(settings.hosts, settings.private_networks),
            seconds=float(settings.timeout_seconds),
            octets=settings.size_limit_mib << 20,
        )
        interval = timedelta(minutes=settings.interval_minutes)
        return Fetching(store=self.revocation, downloads=downloads, clock=self.clock, interval=interval)

    def rechecking(self, name: str) -> "Rechecking":
        """The job that checks filed letters again."""
        from mailhub.revocation.rechecking import Rechecking

        return Rechecking(
            name=name,
            database=self.database,
            blobs=self.blobs,
            readers=self.readers,
            trust=self.trust,
            clock=self.clock,
            lease=timedelta(seconds=self.settings.worker.lease_seconds),
            at_once=self.settings.revocation.rechecks_at_once,
            signatures=self.signature_limits,
            limits=self.settings.reader.limits,
        )
