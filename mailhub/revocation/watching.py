"""Which certificates matter: those of signatures in mail whose path leads to an anchor, by their authorities' signatures.

A reader child has read hostile bytes and is not believed: every certificate that it names is verified here once more.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from cryptography import x509

from mailhub.checking.reading import Reading
from mailhub.revocation.authorities import (
    CERTIFICATE_FAULTS,
    Authorities,
    authorities_of,
    certificates_of,
    der_of,
    digest_of,
    is_authority,
    key_of,
)
from mailhub.trust.store import certificates_in
from parsers.signatures.model import DocumentSignatures, MaterialKind
from parsers.signatures.trust import TrustSnapshot
from storage import revocation
from storage.database import Transaction
from storage.records import WatchedCertificate

HASTE = timedelta(minutes=5)
"""An address that was tried so recently is not tried again because of one more letter that waits."""

MOST = 200
"""Certificates of one mail that are looked at."""


def note(tx: Transaction, reading: Reading) -> None:
    """Watch the certificates of a mail that is stored in this transaction."""
    trust = certificates_in(tx)
    offered = certificates_of(brought(reading, trust))
    if not offered:
        return
    known = revocation.authorities(tx)
    authorities = authorities_of(trust, [*known, *(der_of(item) for item in offered if is_authority(item))])
    found = watched(offered, authorities, tx.now())
    revocation.watch(tx, found)
    if "revocation" in reading.pending:
        subjects = {text for item in found for text in (item.issuer_key, item.sha256)}
        revocation.hurry(tx, subjects=sorted(subjects), not_tried_since=tx.now() - HASTE)


def note_trusted(tx: Transaction) -> None:
    """Watch the authorities of the trust set itself: the roots say which of them are revoked."""
    trust = certificates_in(tx)
    revocation.watch(tx, watched(certificates_of(trust.intermediates), authorities_of(trust), tx.now()))


def watched(offered: Iterable[x509.Certificate], authorities: Authorities, now: datetime) -> tuple[WatchedCertificate, ...]:
    """The certificates that an authority of ours has issued; an anchor, which nobody above it can revoke, is left out."""
    found = []
    for certificate in offered:
        issuer = authorities.issuer_of(certificate)
        if issuer is None or certificate.issuer == certificate.subject:
            continue
        try:
            found.append(watched_certificate(certificate, issuer, now))
        except CERTIFICATE_FAULTS:
            continue
    return tuple(found)


def watched_certificate(certificate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> WatchedCertificate:
    """A certificate as it is stored."""
    return WatchedCertificate(
        sha256=digest_of(certificate),
        der=der_of(certificate),
        subject=certificate.subject.rfc4514_string(),
        issuer=issuer.subject.rfc4514_string(),
        issuer_key=key_of(issuer),
        serial=f"{certificate.serial_number:x}",
        is_authority=is_authority(certificate),
        not_after=certificate.not_valid_after_utc,
        seen_at=now,
    )


def brought(reading: Reading, trust: TrustSnapshot) -> tuple[bytes, ...]:
    """The bytes of every certificate on which a verdict of the reading rests, from the file or from the trust set."""
    own = {digest_of(item): der_of(item) for item in certificates_of(trust.intermediates)}
    found: dict[str, bytes] = {}
    for document in documents_of(reading):
        given = own | {item.sha256: item.der for item in document.material if item.kind is MaterialKind.CERTIFICATE}
        for report in document.signatures:
            wanted = (item.sha256 for item in report.material if item.kind is MaterialKind.CERTIFICATE)
            found |= {sha256: given[sha256] for sha256 in wanted if sha256 in given}
    return tuple(found.values())[:MOST]


def documents_of(reading: Reading) -> Iterator[DocumentSignatures]:
    """The signatures of every file that has any."""
    for file in reading.files:
        if file.signatures is not None and file.signatures.signatures:
            yield file.signatures
