"""Who may answer for an authority: the authority itself, or a responder that it has certified for that (RFC 6960, 4.2.2.2)."""

from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, SignatureAlgorithmOID

from mailhub.revocation.authorities import Authorities, has_issued

Kind = TypeVar("Kind", bound=x509.ExtensionType)


def issuer_asked(answer: ocsp.OCSPSingleResponse, authorities: Authorities) -> x509.Certificate | None:
    """The authority that an answer speaks of, by the digests of its name and of its key."""
    for issuer in authorities.certificates:
        if names_issuer(answer, issuer):
            return issuer
    return None


def names_issuer(answer: ocsp.OCSPSingleResponse, issuer: x509.Certificate) -> bool:
    """Whether an answer speaks of certificates of this authority (RFC 6960, 4.1.1)."""
    algorithm = answer.hash_algorithm
    if answer.issuer_key_hash != digest(algorithm, key_bits(issuer)):
        return False
    return answer.issuer_name_hash == digest(algorithm, issuer.subject.public_bytes())


def digest(algorithm: hashes.HashAlgorithm, content: bytes) -> bytes:
    """A digest by the algorithm that the answer names."""
    hasher = hashes.Hash(algorithm)
    hasher.update(content)
    return hasher.finalize()


def key_bits(certificate: x509.Certificate) -> bytes:
    """The bits of the public key without what says of which kind it is."""
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        return key.public_bytes_raw()
    return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)


def is_authentic(found: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
    """Whether the authority, or a responder that it has certified for this, has signed the answer."""
    responders = (one for one in found.certificates if may_answer(one, issuer, found))
    return is_signed_by(found, issuer) or any(is_signed_by(found, one) for one in responders)


def may_answer(responder: x509.Certificate, issuer: x509.Certificate, found: ocsp.OCSPResponse) -> bool:
    """Whether the authority has certified the responder for answering, for that time, and once for all.

    A responder whose certificate may itself be revoked would need somebody else's answer first; such a one is not believed.
    """
    purposes = extension(responder, x509.ExtendedKeyUsage)
    certified = purposes is not None and ExtendedKeyUsageOID.OCSP_SIGNING in purposes
    in_time = responder.not_valid_before_utc <= found.produced_at_utc <= responder.not_valid_after_utc
    return certified and in_time and extension(responder, x509.OCSPNoCheck) is not None and has_issued(issuer, responder)


def extension(certificate: x509.Certificate, kind: type[Kind]) -> Kind | None:
    """One extension of a certificate."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def is_signed_by(found: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    """Whether this certificate's key has signed the answer; RSA with PSS is not known here."""
    key, signature, signed, algorithm = (
        signer.public_key(),
        found.signature,
        found.tbs_response_bytes,
        found.signature_hash_algorithm,
    )
    try:
        match key:
            case rsa.RSAPublicKey() if algorithm and found.signature_algorithm_oid != SignatureAlgorithmOID.RSASSA_PSS:
                key.verify(signature, signed, padding.PKCS1v15(), algorithm)
            case ec.EllipticCurvePublicKey() if algorithm:
                key.verify(signature, signed, ec.ECDSA(algorithm))
            case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey():
                key.verify(signature, signed)
            case _:
                return False
    except InvalidSignature:
        return False
    return True
