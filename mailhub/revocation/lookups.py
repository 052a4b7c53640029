"""What stored data say of certificates: a quick look, which orders a thorough one and decides nothing by itself."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.x509 import ocsp

from storage import revocation
from storage.database import Transaction
from storage.records import RevocationItem, RevocationKind, WatchedCertificate

FEW = 12
"""Certificates that are looked up one by one: for each the library goes through the list, thirteen times as fast as we do."""


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
        said = said_by(item.kind, revocation.bytes_of(tx, item.sha256) or b"", {int(one.serial, 16) for one in asked})
        for certificate in asked:
            found[certificate.sha256] = earliest(found[certificate.sha256], said.get(int(certificate.serial, 16)))
    return found


def said_by(kind: RevocationKind, der: bytes, serials: Collection[int]) -> dict[int, datetime]:
    """When the certificates of these serial numbers were revoked, those that the data name as that."""
    if kind is RevocationKind.OCSP:
        moment = next(ocsp.load_der_ocsp_response(der).responses).revocation_time_utc
        return dict.fromkeys(serials, moment) if moment is not None else {}
    listed = x509.load_der_x509_crl(der)
    if len(serials) > FEW:
        return earliest_of((entry.serial_number, entry.revocation_date_utc) for entry in listed if entry.serial_number in serials)
    named = (listed.get_revoked_certificate_by_serial_number(serial) for serial in serials)
    return {entry.serial_number: entry.revocation_date_utc for entry in named if entry is not None}


def earliest_of(entries: Iterable[tuple[int, datetime]]) -> dict[int, datetime]:
    """The earliest moment by serial number."""
    found: dict[int, datetime] = {}
    for serial, moment in entries:
        found[serial] = min(moment, found.get(serial, moment))
    return found


def earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of two moments that may be missing."""
    return min((moment for moment in (one, other) if moment is not None), default=None)
