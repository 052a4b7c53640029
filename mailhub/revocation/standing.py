"""How the store stands: which issuers have data, how old they are, and what is missing for certificates seen lately."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mailhub.revocation.coverage import covering
from storage import revocation
from storage.database import Database, Transaction
from storage.records import FetchSource, RevocationItem, WatchedCertificate


class Supply(StrEnum):
    """What there is about an issuer: current data, data that have run out, or none."""

    CURRENT = "current"
    STALE = "stale"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerStanding:
    """One issuer. `certificates` of it were seen, `covered` of them are spoken of by current data; `until` is when these end.

    `failing` are the addresses that did not work the last time.
    """

    issuer: str
    issuer_key: str
    supply: Supply
    certificates: int
    covered: int
    revoked: int
    this_update: datetime | None
    until: datetime | None
    seen_at: datetime
    failing: tuple[FetchSource, ...]


@dataclass(frozen=True, slots=True)
class RevocationStanding:
    """Looks at the store. Data count until the date they bear, and for at least `freshness` after their issue."""

    database: Database
    freshness: timedelta

    def look(self, *, seen_within: timedelta | None = None) -> tuple[IssuerStanding, ...]:
        """Every issuer of certificates that were seen, or of those seen lately."""
        with self.database.reading() as tx:
            return tuple(self._issuers(tx, seen_within))

    def lacking(self, *, seen_within: timedelta = timedelta(days=30)) -> tuple[IssuerStanding, ...]:
        """The issuers of certificates seen lately whose data have run out, or were never there."""
        return tuple(item for item in self.look(seen_within=seen_within) if item.supply is not Supply.CURRENT)

    def _issuers(self, tx: Transaction, seen_within: timedelta | None) -> Iterator[IssuerStanding]:
        now = tx.now()
        sources = [source for source in revocation.sources(tx) if source.failures]
        by_issuer: dict[str, list[WatchedCertificate]] = {}
        for certificate in revocation.watched(tx, seen_since=now - seen_within if seen_within is not None else None):
            if certificate.not_after >= now:
                by_issuer.setdefault(certificate.issuer_key, []).append(certificate)
        for key, certificates in by_issuer.items():
            subjects = {key, *(certificate.sha256 for certificate in certificates)}
            failing = tuple(source for source in sources if source.subject in subjects)
            yield self._issuer(certificates, revocation.current(tx, issuer_keys=[key]), failing, now)

    def _issuer(
        self,
        certificates: Sequence[WatchedCertificate],
        items: Sequence[RevocationItem],
        failing: tuple[FetchSource, ...],
        now: datetime,
    ) -> IssuerStanding:
        alive = [item for item in items if self.until(item) >= now]
        covered = sum(any(covering(alive, certificate)) for certificate in certificates)
        supply = Supply.MISSING if not items else Supply.CURRENT if covered == len(certificates) else Supply.STALE
        counted = alive or list(items)
        return IssuerStanding(
            issuer=certificates[0].issuer,
            issuer_key=certificates[0].issuer_key,
            supply=supply,
            certificates=len(certificates),
            covered=covered,
            revoked=sum(certificate.revoked_at is not None for certificate in certificates),
            this_update=max((item.this_update for item in counted), default=None),
            until=max((self.until(item) for item in counted), default=None),
            seen_at=max(certificate.seen_at for certificate in certificates),
            failing=failing,
        )

    def until(self, item: RevocationItem) -> datetime:
        """How long data count."""
        return max(item.next_update or item.this_update, item.this_update + self.freshness)
