"""Entries of revocation lists that clear nobody: of changes only, of other points, with what nobody knows.

Such a list says nothing of a certificate that it does not name (RFC 5280, 5.2). Where it names one, its issuer has said with
its own key that the certificate is revoked, and silence elsewhere is no answer to that.
"""

from dataclasses import dataclass
from datetime import datetime

from asn1crypto import crl, x509
from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator.sig_validate import DEFAULT_SIGNATURE_VALIDATOR

from parsers.signatures.plain_lists import may_sign_lists, serials_in


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedEntry:
    """Since when a certificate is revoked, or only on hold (RFC 5280, 5.3.1)."""

    revoked_at: datetime
    on_hold: bool


def entry_on(revocations: crl.CertificateList, certificate: x509.Certificate, issuer: x509.Certificate) -> RevokedEntry | None:
    """The word of a list that its issuer signed itself; None where it does not name the certificate. Engine faults."""
    body = revocations["tbs_cert_list"]
    point = revocations.issuing_distribution_point_value
    is_of_others = point is not None and point["indirect_crl"].native
    if is_of_others or revocations.issuer != certificate.issuer or issuer.subject != certificate.issuer:
        return None
    if certificate.serial_number not in serials_in(body["revoked_certificates"].contents or b""):
        return None
    if not may_sign_lists(issuer) or not is_signed_by(revocations, issuer):
        return None
    for entry in body["revoked_certificates"]:
        if entry["user_certificate"].native == certificate.serial_number:
            return read_entry(entry)
    return None


def is_signed_by(revocations: crl.CertificateList, issuer: x509.Certificate) -> bool:
    """Whether the issuer's key made the signature of a list."""
    method, value, body = revocations["signature_algorithm"], revocations["signature"].native, revocations["tbs_cert_list"]
    try:
        DEFAULT_SIGNATURE_VALIDATOR.validate_signature(value, body.dump(), issuer.public_key, method)
    except InvalidSignature:
        return False
    return True


def read_entry(entry: crl.RevokedCertificate) -> RevokedEntry | None:
    """What an entry says; None where it takes a hold back."""
    reason = entry.crl_reason_value
    word = "" if reason is None else reason.native
    if word == "remove_from_crl":
        return None
    return RevokedEntry(revoked_at=entry["revocation_date"].native, on_hold=word == "certificate_hold")
