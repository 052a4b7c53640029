"""What a list says of certificates is the same however many are asked about: one by one, or in one way through the list."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from mailhub.revocation import lookups
from storage.records import RevocationKind

MOMENT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def revoked(serial: int, moment: datetime) -> x509.RevokedCertificate:
    return x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment).build()


def a_list() -> bytes:
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CA")]),
        last_update=MOMENT,
        next_update=MOMENT + timedelta(days=1),
        revoked_certificates=[revoked(serial, MOMENT - timedelta(days=serial)) for serial in range(1, 40)],
    )
    return builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize("few", [0, 1000])
def test_certificates_are_found_in_a_list_in_either_way(monkeypatch, few: int):
    monkeypatch.setattr(lookups, "FEW", few)
    said = lookups.said_by(RevocationKind.CRL, a_list(), {3, 39, 40, 1 << 70})
    assert said == {serial: MOMENT - timedelta(days=serial) for serial in (3, 39)}


def test_an_entry_that_stands_twice_counts_with_its_earlier_moment():
    later = MOMENT + timedelta(days=1)
    assert lookups.earliest_of([(1, later), (1, MOMENT), (2, later), (1, later)]) == {1: MOMENT, 2: later}
