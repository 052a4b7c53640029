"""The trust set: certificates that this hub trusts, the same for all its processes, with every version of the set.

Nothing is ever deleted: a row says in which version of the set it came in and in which it went out, so that what an old decision
rested on can be shown, and two versions compared.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from storage import hub
from storage.database import Transaction
from storage.errors import NotFoundError
from storage.records import TrustCertificate, TrustPurpose
from storage.rows import draft_of, values_of
from storage.tables import trust_certificates

_VERSION = "trust-set"

_TRUSTED = trust_certificates.c.removed_in.is_(None)

Trusted = tuple[str, TrustPurpose]
"""SHA-256 (hex) of a certificate and what it is trusted for."""


def change(tx: Transaction, *, add: Sequence[TrustCertificate] = (), remove: Sequence[Trusted] = ()) -> int:
    """Make a new version of the set and give its number; the number of the last one where nothing changes.

    A certificate that is there for its purpose stays as it is. Raises NotFoundError for one to remove that is not there.
    """
    for sha256, purpose in remove:
        if not _is_trusted(tx, sha256, purpose):
            raise NotFoundError(f"certificate {sha256!r} is not trusted as {purpose}")
    new = {(item.sha256, item.purpose): item for item in add if not _is_trusted(tx, item.sha256, item.purpose)}
    if not (new or remove):
        return set_version(tx)
    # Whoever changes the set at the same moment waits here.
    version = hub.raise_version(tx, _VERSION)
    for item in new.values():
        tx.execute(tx.insert_new(trust_certificates).values(**values_of(item), added_in=version))
    for sha256, purpose in remove:
        mine = (trust_certificates.c.sha256 == sha256, trust_certificates.c.purpose == purpose, _TRUSTED)
        tx.execute(sa.update(trust_certificates).where(*mine).values(removed_in=version, removed_at=tx.now()))
    return version


def add(tx: Transaction, certificates: Sequence[TrustCertificate]) -> int:
    """Add certificates and tell how many are new."""
    before = len(list_(tx))
    change(tx, add=certificates)
    return len(list_(tx)) - before


def remove(tx: Transaction, sha256: str, purpose: TrustPurpose) -> None:
    """Take a certificate out of the trust set for this purpose."""
    change(tx, remove=[(sha256, purpose)])


def list_(tx: Transaction, version: int | None = None) -> list[TrustCertificate]:
    """List the trust set in a fixed order, as it is now or as it was in a version."""
    table = trust_certificates.c
    there: sa.ColumnElement[bool] = _TRUSTED
    if version is not None:
        there = sa.and_(table.added_in <= version, sa.or_(table.removed_in.is_(None), table.removed_in > version))
    rows = tx.connection.execute(sa.select(trust_certificates).where(there).order_by(table.purpose, table.sha256)).mappings()
    return [draft_of(TrustCertificate, row) for row in rows]


def is_any(tx: Transaction, purpose: TrustPurpose) -> bool:
    """Tell whether any certificate is trusted for this purpose."""
    mine = (trust_certificates.c.purpose == purpose, _TRUSTED)
    return tx.connection.execute(sa.select(trust_certificates.c.sha256).where(*mine).limit(1)).first() is not None


def set_version(tx: Transaction) -> int:
    """Read the number of the version in use, 0 before the first: a snapshot of the set is current while it stays the same."""
    return hub.version(tx, _VERSION)


def _is_trusted(tx: Transaction, sha256: str, purpose: TrustPurpose) -> bool:
    mine = (trust_certificates.c.sha256 == sha256, trust_certificates.c.purpose == purpose, _TRUSTED)
    return tx.connection.execute(sa.select(trust_certificates.c.sha256).where(*mine)).first() is not None
