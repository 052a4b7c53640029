"""Which authorities lead to an anchor of the hub: only they speak of revocation, and only their certificates name addresses."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from parsers.signatures.trust import TrustSnapshot

CERTIFICATE_FAULTS = (
    *(ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature),
    *(x509.DuplicateExtension, x509.UnsupportedGeneralNameType, x509.InvalidVersion),
)
"""What the library raises on certificates that are broken, or of a kind it does not know."""


@dataclass(frozen=True, slots=True)
class Authorities:
    """Certificates of authorities, each an anchor or issued, by its signature, by another one of them."""

    certificates: tuple[x509.Certificate, ...]

    def issuer_of(self, certificate: x509.Certificate) -> x509.Certificate | None:
        """The authority that has signed this certificate; None where no authority of ours has."""
        return next((issuer for issuer in self.named(certificate.issuer) if has_issued(issuer, certificate)), None)

    def named(self, name: x509.Name) -> tuple[x509.Certificate, ...]:
        """The authorities of a name: an authority that has changed its key has several certificates."""
        return tuple(item for item in self.certificates if item.subject == name)


def authorities_of(trust: TrustSnapshot, known: Iterable[bytes] = ()) -> Authorities:
    """The anchors, and what they lead to among the intermediates and other certificates that are known."""
    return _authorities((*trust.signer_anchors, *trust.tsa_anchors), (*trust.intermediates, *known))


@lru_cache(maxsize=4)
def _authorities(anchors: tuple[bytes, ...], others: tuple[bytes, ...]) -> Authorities:
    found = list(certificates_of(anchors))
    pending = [certificate for certificate in certificates_of(others) if is_authority(certificate)]
    growing = True
    while growing:
        reached = [item for item in pending if any(item.issuer == one.subject and has_issued(one, item) for one in found)]
        pending = [item for item in pending if item not in reached]
        found += reached
        growing = bool(reached)
    return Authorities(tuple(dict.fromkeys(found)))


def certificates_of(items: Iterable[bytes]) -> tuple[x509.Certificate, ...]:
    """The certificates that can be read."""
    return tuple(found for found in map(certificate_of, items) if found is not None)


def certificate_of(der: bytes) -> x509.Certificate | None:
    """A certificate with readable extensions, or None."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        certificate.extensions  # noqa: B018  parsing is lazy; this is where a damaged one shows
        certificate.public_key()
    except CERTIFICATE_FAULTS:
        return None
    return certificate


def has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether this authority's key has signed the certificate."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except CERTIFICATE_FAULTS:
        return False
    return True


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether the certificate may issue others (RFC 5280, 4.2.1.9)."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, *CERTIFICATE_FAULTS):
        return False


def may_sign_lists(certificate: x509.Certificate) -> bool:
    """Whether key usage, where there is any, allows signing revocation lists (RFC 5280, 4.2.1.3)."""
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def key_of(certificate: x509.Certificate) -> str:
    """SHA-256 (hex) of the public key: what an authority is known by, also when its certificate is made anew."""
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(key).hexdigest()


def der_of(certificate: x509.Certificate) -> bytes:
    """The bytes of a certificate."""
    return certificate.public_bytes(Encoding.DER)


def digest_of(certificate: x509.Certificate) -> str:
    """SHA-256 (hex) of a certificate's bytes."""
    return hashlib.sha256(der_of(certificate)).hexdigest()
