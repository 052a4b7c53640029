"""What stored data say of certificates: a quick look, which orders a thorough one and decides nothing by itself."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.x509 import ocsp

from storage import revocation
from storage.database import Transaction
from storage.records import RevocationItem, RevocationKind, WatchedCertificate


def revocations(
    tx: Transaction, certificates: Sequence[WatchedCertificate], items: Iterable[RevocationItem]
) -> dict[str, datetime | None]:
    """The moment of revocation by certificate, the earliest that current data of its issuer name; None where none does.

    Each list is read once for all certificates: it may be large.
    """
    found: dict[str, datetime | None] = {certificate.sha256: None for certificate in certificates}
    by_issuer: dict[str, list[WatchedCertificate]] = {}
    for certificate in certificates:
        by_issuer.setdefault(certificate.issuer_key, []).append(certificate)
    for item in items:
        asked = by_issuer.get(item.issuer_key, [])
        asked = [one for one in asked if item.serial in {"", one.serial}]
        if not asked:
            continue
        said = reader_of(item.kind, revocation.bytes_of(tx, item.sha256) or b"")
        for certificate in asked:
            found[certificate.sha256] = earliest(found[certificate.sha256], said(int(certificate.serial, 16)))
    return found


def reader_of(kind: RevocationKind, der: bytes) -> Callable[[int], datetime | None]:
    """How data are asked about a serial number."""
    if kind is RevocationKind.OCSP:
        answer = next(ocsp.load_der_ocsp_response(der).responses)
        return lambda _: answer.revocation_time_utc
    listed = x509.load_der_x509_crl(der)

    def entry(serial: int) -> datetime | None:
        named = listed.get_revoked_certificate_by_serial_number(serial)
        return named.revocation_date_utc if named is not None else None

    return entry


def earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of two moments that may be missing."""
    return min((moment for moment in (one, other) if moment is not None), default=None)
