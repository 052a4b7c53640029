"""The fetching job: which addresses are to be asked, when, and what becomes of what they say.

Addresses come from certificates that an authority of ours has signed, never from a file whose path is not proved, and only
hosts that the operator lists are asked. A list is looked for at an interval and before it runs out; a responder is asked about
a certificate only while no list of its issuer is there. An address that fails is left alone for twice as long each time.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from mailhub.clock import Clock
from mailhub.revocation.addresses import (
    FetchFailedError,
    http_address,
)
from mailhub.revocation.asking import MEDIA_TYPE, question, require_answer
from mailhub.revocation.authorities import Authorities, certificate_of
from mailhub.revocation.consequences import Taken
from mailhub.revocation.coverage import addresses_in, covering
from mailhub.revocation.downloads import Downloads
from mailhub.revocation.store import RevocationStore
from mailhub.revocation.verifying import Find, UnusableDataError
from mailhub.revocation.watching import note_trusted
from storage import revocation
from storage.database import Database, Transaction
from storage.records import FetchSource, RevocationItem, RevocationKind, RevocationSource, WatchedCertificate

log = logging.getLogger(__name__)

PLANNING: Final = timedelta(seconds=30)
FIRST_PAUSE: Final = timedelta(minutes=2)
ANSWERS: Final = timedelta(days=30)
"""How long after it was last seen a certificate's responder is asked about it."""

SOONEST: Final = timedelta(minutes=5)
"""No address that works is asked more often, however soon its list runs out."""

Wanted = tuple[RevocationKind, str, str]
"""What to fetch: its kind, the address, and the issuer's key or the certificate's SHA-256."""


@dataclass(slots=True, kw_only=True)
class Fetching:
    """Asks one address after the other; any number may run in any number of processes. `interval` is for lists that work."""

    store: RevocationStore
    downloads: Downloads
    clock: Clock
    interval: timedelta
    planned_at: datetime | None = field(default=None, init=False)
    trusted: tuple[bytes, ...] | None = field(default=None, init=False)

    @property
    def database(self) -> Database:
        """The registry."""
        return self.store.database

    def run_once(self) -> bool:
        """Plan where it is time, and ask one address that is due; False where there was none."""
        self._plan()
        source = self._claimed()
        if source is None:
            return False
        self.fetch(source)
        return True

    def fetch_now(self) -> list[tuple[FetchSource, str]]:
        """Ask every address at once, whenever it is due; gives each with what went wrong, empty where nothing did."""
        self.plan()
        with self.database.reading() as tx:
            found = revocation.sources(tx)
        return [(source, self.fetch(source)) for source in found]

    def plan(self) -> None:
        """Keep the addresses that are to be asked, and forget those that are not any more."""
        self._note_trusted()
        with self.database.reading() as tx:
            wanted, known = set(self._wanted(tx)), revocation.sources(tx)
        gone = [source.id for source in known if (source.kind, source.address, source.subject) not in wanted]
        new = wanted - {(source.kind, source.address, source.subject) for source in known}
        if gone or new:
            with self.database.transaction() as tx:
                revocation.drop_sources(tx, gone)
                revocation.want(tx, sorted(new))

    def fetch(self, source: FetchSource) -> str:
        """Ask one address and store what it says; gives what went wrong, empty where nothing did."""
        error, taken, due_at = "", Taken(), self.clock() + self.interval
        try:
            taken = self._fetched(source)
        except (FetchFailedError, UnusableDataError) as failure:
            error = str(failure)
            due_at = self.clock() + pause(source.failures, self.interval)
            log.warning("revocation data not fetched", extra={"address": source.address, "error": error})
        with self.database.transaction() as tx:
            if not error:
                due_at = min([due_at, *(renewal(item, tx.now()) for item in self._current(tx, source))])
            revocation.keep_attempt(tx, source, due_at=due_at, error=error)
        if taken.new:
            log.info("revocation data fetched", extra={"address": source.address, "woken": taken.woken, "ordered": taken.ordered})
        return error

    def _fetched(self, source: FetchSource) -> Taken:
        authorities = self.store.authorities()
        is_list = source.kind is RevocationKind.CRL
        content = self.downloads.get(source.address) if is_list else self._answer(source, authorities)
        find = Find(content=content, source=RevocationSource.FETCHED, place=source.address, at=self.clock())
        return self.store.keep(find, authorities)

    def _answer(self, source: FetchSource, authorities: Authorities) -> bytes:
        with self.database.reading() as tx:
            watched = revocation.watched_one(tx, source.subject)
        certificate = certificate_of(watched.der) if watched is not None else None
        issuer = authorities.issuer_of(certificate) if certificate is not None else None
        if certificate is None or issuer is None:
            raise FetchFailedError("the certificate is not watched any more")
        request, nonce = question(certificate, issuer)
        content = self.downloads.post(source.address, request, MEDIA_TYPE)
        require_answer(content, certificate, nonce)
        return content

    def _claimed(self) -> FetchSource | None:
        """The address that has been due for longest, taken for as long as asking it may take."""
        with self.database.reading() as tx:
            now = tx.now()
            due = sorted((one for one in revocation.sources(tx) if one.due_at <= now), key=lambda one: one.due_at)
        for source in due:
            with self.database.transaction() as tx:
                if revocation.claim_source(tx, source, tx.now() + timedelta(seconds=2 * self.downloads.seconds)):
                    return source
        return None

    def _note_trusted(self) -> None:
        intermediates = self.store.trust.certificates().intermediates
        if self.trusted != intermediates:
            with self.database.transaction() as tx:
                note_trusted(tx)
            self.trusted = intermediates

    def _plan(self) -> None:
        now = self.clock()
        if self.planned_at is None or not timedelta(0) <= now - self.planned_at < PLANNING:
            self.planned_at = now
            self.plan()

    def _wanted(self, tx: Transaction) -> Iterator[Wanted]:
        now = tx.now()
        living = [certificate for certificate in revocation.watched(tx) if certificate.not_after >= now]
        lists = [item for item in revocation.current(tx) if item.kind is RevocationKind.CRL and lasts(item, now)]
        for certificate in living:
            unanswered = now - certificate.seen_at < ANSWERS and not any(covering(lists, certificate))
            yield from self._allowed(wanted_of(certificate, ask=unanswered))

    def _allowed(self, wanted: Iterable[Wanted]) -> Iterator[Wanted]:
        for kind, address, subject in wanted:
            if http_address(address).name in self.downloads.permission.hosts:
                yield kind, address, subject

    def _current(self, tx: Transaction, source: FetchSource) -> list[RevocationItem]:
        if source.kind is RevocationKind.CRL:
            return [item for item in revocation.current(tx, issuer_keys=[source.subject]) if item.kind is RevocationKind.CRL]
        watched = revocation.watched_one(tx, source.subject)
        if watched is None:
            return []
        found = revocation.current(tx, issuer_keys=[watched.issuer_key])
        return [item for item in found if item.serial == watched.serial]


def wanted_of(certificate: WatchedCertificate, *, ask: bool) -> Iterator[Wanted]:
    """What would say whether one certificate is revoked: a list, and a responder too where one is to be asked."""
    lists, responders = addresses_in(certificate.der)
    for address in lists:
        yield RevocationKind.CRL, address, certificate.issuer_key
    for address in responders if ask else ():
        yield RevocationKind.OCSP, address, certificate.sha256


def lasts(item: RevocationItem, now: datetime) -> bool:
    """Whether data say themselves that they are still good."""
    return item.next_update is not None and item.next_update > now


def renewal(item: RevocationItem, now: datetime) -> datetime:
    """When data are to be asked for anew so that they do not run out: after nine tenths of their time, and not too soon."""
    if item.next_update is None:
        return datetime.max.replace(tzinfo=now.tzinfo)
    return max(item.this_update + (item.next_update - item.this_update) * 0.9, now + SOONEST)


def pause(failures: int, longest: timedelta) -> timedelta:
    """How long an address is left alone after one more failure: twice as long each time."""
    return min(FIRST_PAUSE * (1 << min(failures, 20)), longest)
