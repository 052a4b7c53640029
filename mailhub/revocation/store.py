"""The store of revocation data: filled from files and by fetching, listed, and swept of what nobody needs any more."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mailhub.clock import Clock
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.revocation.authorities import Authorities, authorities_of
from mailhub.revocation.consequences import Taken, note_revoked, take
from mailhub.revocation.lookups import revocations
from mailhub.revocation.verifying import Find, verified
from mailhub.revocation.watching import note_trusted
from mailhub.trust.store import TrustStore, certificates_in
from storage import events, revocation
from storage.database import Database
from storage.records import Actor, EventDraft, FetchSource, RevocationItem, RevocationSource

SUFFIXES = frozenset({".crl", ".pem", ".der", ".ocsp", ".ors"})
"""What is looked at in a folder; a file that is named is looked at whatever it is called."""

LARGEST = 256 << 20
"""Octets of a file; the largest lists of the world have some tens of megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of one file: data that are new, data that the store has as new or newer, or why it was refused."""

    place: str
    new: int = 0
    known: int = 0
    refused: Text | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationStore:
    """Keeps revocation data. `kept_for` is how long superseded ones stay; what verdicts rest on is kept with the letters."""

    database: Database
    trust: TrustStore
    clock: Clock
    kept_for: timedelta

    def list_(self) -> tuple[RevocationItem, ...]:
        """What counts now."""
        with self.database.reading() as tx:
            return tuple(revocation.current(tx))

    def sources(self) -> tuple[FetchSource, ...]:
        """Where data are fetched from, and how that goes."""
        with self.database.reading() as tx:
            return tuple(revocation.sources(tx))

    def authorities(self) -> Authorities:
        """Whose data may be stored."""
        with self.database.reading() as tx:
            return authorities_of(certificates_in(tx), revocation.authorities(tx))

    def keep(self, find: Find, authorities: Authorities) -> Taken:
        """Store what was found and draw the consequences; raises UnusableDataError."""
        drafts = verified(find, authorities)
        with self.database.transaction() as tx:
            return take(tx, drafts)

    def import_(self, actor: Actor, paths: Iterable[Path], reason: str = "") -> tuple[Imported, ...]:
        """Store the data in files and folders; one file that cannot be used does not keep the others out."""
        now, authorities = self.clock(), self.authorities()
        return tuple(self._import_one(actor, path, now, authorities, reason) for path in files_of(paths))

    def review(self) -> int:
        """Look up every certificate once more; tells how many letters are ordered to be checked again.

        What the data say is read before the transaction that writes it: lists may be large, and mail waits for its turn.
        """
        with self.database.transaction() as tx:
            note_trusted(tx)
        with self.database.reading() as tx:
            certificates = revocation.watched(tx)
            told = revocations(tx, certificates, revocation.current(tx))
        with self.database.transaction() as tx:
            return note_revoked(tx, certificates, told)

    def sweep(self) -> int:
        """Forget what was superseded long ago; tells how many pieces."""
        with self.database.transaction() as tx:
            return revocation.sweep(tx, tx.now() - self.kept_for)

    def _import_one(self, actor: Actor, path: Path, now: datetime, authorities: Authorities, reason: str) -> Imported:
        try:
            content = content_of(path)
            drafts = verified(Find(content=content, source=RevocationSource.FILE, place=path.name, at=now), authorities)
        except RefusedError as refusal:
            return Imported(place=str(path), refused=refusal.message)
        with self.database.transaction() as tx:
            taken = take(tx, drafts)
            if taken.new:
                data: dict[str, object] = {"file": path.name, "sha256": [draft.sha256 for draft in taken.new]}
                told = EventDraft(kind="revocation-imported", subject="trust", actor=actor, data=data, reason=reason)
                events.append(tx, [told])
        return Imported(place=str(path), new=len(taken.new), known=len(drafts) - len(taken.new))


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that are named, and those of the folders that are named."""
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file())
        else:
            yield path


def content_of(path: Path) -> bytes:
    """The bytes of a file; raises RefusedError where it cannot be read or is too large."""
    try:
        if path.stat().st_size > LARGEST:
            raise RefusedError(Text(vi="tệp quá lớn", en="the file is too large"))
        return path.read_bytes()
    except OSError as error:
        raise RefusedError(
            Text(vi=f"không đọc được {path}: {error.strerror}", en=f"{path} cannot be read: {error.strerror}")
        ) from error
