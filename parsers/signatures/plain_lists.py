"""Revocation lists of the snapshot as sets of serial numbers, read once a process.

The engine reads a list entry by entry for every certificate and checks its signature each time. Here a list is read once, and
for a certificate that a plain list does not name the answer is known at once. A plain list is complete, from the certificate's
own issuer, signed with its key by a strong algorithm, and has no extension that narrows what it speaks of. Everything else,
and every list that names the certificate, is left to the engine.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from asn1crypto import keys, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pyhanko_certvalidator.revinfo.archival import CRLContainer

STRONG_HASHES: dict[str, HashAlgorithm] = {"sha256": SHA256(), "sha384": SHA384(), "sha512": SHA512()}
SMALLEST_RSA_KEY = 2048
"""Bits; the engine's rules refuse shorter ones."""

HARMLESS_EXTENSIONS = frozenset({"authority_key_identifier", "crl_number"})
INTEGER, SEQUENCE = 0x02, 0x30


class Word(Enum):
    """What one list says of a certificate by itself."""

    NOT_NAMED = auto()
    IRRELEVANT = auto()
    UNCLEAR = auto()


@dataclass(slots=True)
class PlainList:
    """One list. `verified` remembers by public key (DER) whether the list's signature is right."""

    container: CRLContainer
    issuer: str
    this_update: datetime
    next_update: datetime | None
    serials: frozenset[int] | None
    verified: dict[bytes, bool] = field(default_factory=dict)

    def word_on(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Word:
        """What the list says of a certificate whose issuer is known."""
        if self.serials is None:
            return Word.UNCLEAR
        if certificate.issuer.hashable != self.issuer:
            return Word.IRRELEVANT
        if certificate.serial_number in self.serials or has_narrow_points(certificate) or not may_sign_lists(issuer):
            return Word.UNCLEAR
        return Word.NOT_NAMED if issuer.subject.hashable == self.issuer and self.is_signed_by(issuer) else Word.UNCLEAR

    def is_signed_by(self, issuer: x509.Certificate) -> bool:
        """Whether the issuer's key made the list's signature; found out once for each key."""
        key = issuer.public_key.dump()
        if key not in self.verified:
            data = self.container.crl_data
            algorithm = data["signature_algorithm"]["algorithm"].native
            self.verified[key] = is_signed(issuer.public_key, algorithm, data["signature"].native, data["tbs_cert_list"].dump())
        return self.verified[key]


class ListIndex:
    """The lists of one snapshot, each read when it is first asked for."""

    def __init__(self, containers: Iterable[CRLContainer]) -> None:
        self.known = {id(container): container for container in containers}
        self.lists: dict[int, PlainList | None] = {}

    def word(self, container: CRLContainer, certificate: x509.Certificate, issuer: x509.Certificate | None) -> Word:
        """What a list says; of one that a file brought, or that cannot be read, nothing is known here."""
        number = id(container)
        if issuer is None or self.known.get(number) is not container:
            return Word.UNCLEAR
        if number not in self.lists:
            self.lists[number] = read_list(container)
        found = self.lists[number]
        try:
            return Word.UNCLEAR if found is None else found.word_on(certificate, issuer)
        except (ValueError, TypeError, KeyError):
            return Word.UNCLEAR


def read_list(container: CRLContainer) -> PlainList | None:
    """A list with its serial numbers; without them where it is not plain, None where it cannot be read."""
    try:
        body = container.crl_data["tbs_cert_list"]
        extensions = {extension["extn_id"].native for extension in body["crl_extensions"] or ()}
        plain = extensions <= HARMLESS_EXTENSIONS
        return PlainList(
            container=container,
            issuer=container.crl_data.issuer.hashable,
            this_update=body["this_update"].native,
            next_update=body["next_update"].native,
            serials=frozenset(serials_in(body["revoked_certificates"].contents or b"")) if plain else None,
        )
    except (ValueError, TypeError, KeyError):
        return None


def serials_in(entries: bytes) -> Iterator[int]:
    """The serial numbers of revoked certificates, which begin each entry (RFC 5280, 5.1); ValueError where they do not."""
    position = 0
    while position < len(entries):
        start, end = element(entries, position, SEQUENCE)
        serial, serial_end = element(entries, start, INTEGER)
        if not serial < serial_end <= end <= len(entries):
            raise ValueError("an entry without serial number")
        yield int.from_bytes(entries[serial:serial_end], signed=True)
        position = end


def element(data: bytes, position: int, tag: int) -> tuple[int, int]:
    """Where the content of a DER element begins and ends (X.690, 8.1); ValueError if it is another element."""
    if len(data) < position + 2 or data[position] != tag:
        raise ValueError(f"no element {tag:#x}")
    length = data[position + 1]
    start = position + 2
    if length < 0x80:
        return start, start + length
    octets = length & 0x7F
    if not 0 < octets <= 4:
        raise ValueError("an element of unknown length")
    return start + octets, start + octets + int.from_bytes(data[start : start + octets])


def has_narrow_points(certificate: x509.Certificate) -> bool:
    """Whether the certificate's distribution points speak of single reasons or of other issuers of lists."""
    points = certificate.crl_distribution_points_value or ()
    return any(point["reasons"].native is not None or point["crl_issuer"].native is not None for point in points)


def may_sign_lists(issuer: x509.Certificate) -> bool:
    """Whether the key usage allows signing lists (RFC 5280, 4.2.1.3)."""
    usage = issuer.key_usage_value
    return usage is None or "crl_sign" in usage.native


def is_signed(key: keys.PublicKeyInfo, algorithm: str, signature: bytes, data: bytes) -> bool:
    """Whether a signature by a strong algorithm is right; False also for an algorithm or key that is not known here."""
    name, _, kind = algorithm.partition("_")
    try:
        return name in STRONG_HASHES and signature_is_right(load_der_public_key(key.dump()), kind, signature, data, name)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False


def signature_is_right(key: PublicKeyTypes, kind: str, signature: bytes, data: bytes, name: str) -> bool:
    """RSA (PKCS#1 v1.5) or ECDSA; InvalidSignature if it is wrong."""
    if kind == "rsa" and isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_RSA_KEY:
        key.verify(signature, data, padding.PKCS1v15(), STRONG_HASHES[name])
        return True
    if kind == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, data, ec.ECDSA(STRONG_HASHES[name]))
        return True
    return False
