"""Certificates as no honest authority issues them, and keys that few have."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from tests.pki.authority import ALL_USAGES, SIGNING, YEARS, Authority, Identity, Wish, name_of, rsa_key

AUTHORITY = frozenset({"key_cert_sign", "crl_sign"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """A certificate whose every part can be chosen; `more` are further extensions, each critical or not."""

    subject: x509.Name
    key: Any
    years: tuple[datetime, datetime] = YEARS
    is_authority: bool = False
    path_length: int | None = None
    usage: frozenset[str] = SIGNING
    serial: int = field(default_factory=x509.random_serial_number)
    more: Sequence[tuple[x509.ExtensionType, bool]] = ()


def called(common_name: str) -> x509.Name:
    return name_of(Wish(common_name=common_name))


def issued(odd: Odd, issuer: x509.Name, issuer_key: Any) -> Identity:
    """The certificate, signed by any key under any issuer's name."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(odd.subject)
        .issuer_name(issuer)
        .public_key(odd.key.public_key())
        .serial_number(odd.serial)
        .not_valid_before(odd.years[0])
        .not_valid_after(odd.years[1])
        .add_extension(x509.BasicConstraints(ca=odd.is_authority, path_length=odd.path_length), critical=True)
        .add_extension(x509.KeyUsage(**{usage: usage in odd.usage for usage in ALL_USAGES}), critical=True)
    )
    for extension, critical in odd.more:
        builder = builder.add_extension(extension, critical=critical)
    digest = None if isinstance(issuer_key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return Identity(certificate=builder.sign(issuer_key, digest), key=odd.key)


def issued_by(authority: Authority, odd: Odd) -> Identity:
    return issued(odd, authority.identity.certificate.subject, authority.identity.key)


@cache
def curve_key(curve: type[ec.EllipticCurve]) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(curve())


@cache
def edwards_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


@cache
def exponent_three() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(3, 2048)


def with_other_key(identity: Identity, modulus: int, exponent: int) -> asn1_x509.Certificate:
    """A certificate in which another RSA key stands; its own signature is no longer right."""
    certificate = asn1_x509.Certificate.load(identity.der)
    key = asn1_keys.RSAPublicKey({"modulus": modulus, "public_exponent": exponent})
    certificate["tbs_certificate"]["subject_public_key_info"] = asn1_keys.PublicKeyInfo.wrap(key, "rsa")
    return asn1_x509.Certificate.load(certificate.dump(force=True))


def namesake(authority: Authority, number: int) -> Authority:
    """An authority that says it is another one, with its serial number too."""
    certificate, key = authority.identity.certificate, rsa_key(number)
    odd = Odd(subject=certificate.subject, key=key, is_authority=True, usage=AUTHORITY, serial=certificate.serial_number)
    return Authority(identity=issued(odd, certificate.issuer, key))
