"""The trust set: certificates that this hub trusts, the same for all its processes."""

import sqlalchemy as sa

from storage import hub
from storage.database import Transaction
from storage.errors import NotFoundError
from storage.records import TrustCertificate, TrustPurpose
from storage.rows import draft_of, values_of
from storage.tables import trust_certificates

_VERSION = "trust-set"


def add(tx: Transaction, certificates: list[TrustCertificate]) -> int:
    """Add certificates and tell how many are new; one that is there for its purpose stays as it is."""
    new = 0
    for certificate in certificates:
        insert = tx.insert_new(trust_certificates).values(**values_of(certificate))
        new += len(tx.connection.execute(insert.returning(trust_certificates.c.sha256)).all())
    if new:
        hub.raise_version(tx, _VERSION)
    return new


def list_(tx: Transaction) -> list[TrustCertificate]:
    """List the trust set in a fixed order."""
    order = (trust_certificates.c.purpose, trust_certificates.c.sha256)
    rows = tx.connection.execute(sa.select(trust_certificates).order_by(*order)).mappings()
    return [draft_of(TrustCertificate, row) for row in rows]


def remove(tx: Transaction, sha256: str, purpose: TrustPurpose) -> None:
    """Take a certificate out of the trust set for this purpose."""
    mine = (trust_certificates.c.sha256 == sha256, trust_certificates.c.purpose == purpose)
    if tx.execute(sa.delete(trust_certificates).where(*mine)).rowcount != 1:
        raise NotFoundError(f"certificate {sha256!r} is not trusted as {purpose}")
    hub.raise_version(tx, _VERSION)


def set_version(tx: Transaction) -> int:
    """Read the number of changes so far: a snapshot of the set is current while it stays the same."""
    return hub.version(tx, _VERSION)
