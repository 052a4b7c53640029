"""Whose key an XML signature names: the certificates and keys in KeyInfo, and which of them signed.

A key counts only as that of a certificate. A bare key, whether it fits or not, says nothing about who holds it; it serves to
tell a broken signature from one without a certificate.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from signxml.processor import XMLSignatureProcessor

from parsers.signatures.engine import certificates_of
from parsers.signatures.xml_algorithms import PublicKey, decoded
from parsers.signatures.xml_reader import READING_FAULTS, Element, MalformedError, children, ds, only, tag, text_of

DS11 = "http://www.w3.org/2009/xmldsig11#"

MAX_CERTIFICATES = 100
"""Certificates and revocation lists read from one signature."""

KINDS = (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, dsa.DSAPublicKey)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMaterial:
    """What KeyInfo holds. `keys` are those that stand there by themselves, `crls` are DER."""

    certificates: tuple[x509.Certificate, ...] = ()
    keys: tuple[PublicKey, ...] = ()
    crls: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFinding:
    """Whose key made a signature value.

    `right` is None where there was no key to try it with. `claimed` is the certificate that the signature names, right or
    not. `contradicting` means that a key stands beside the certificate that is not the certificate's.
    """

    right: bool | None = None
    claimed: x509.Certificate | None = None
    contradicting: bool = False


@dataclass(slots=True)
class Found:
    """What was read so far, as bytes."""

    certificates: list[bytes] = field(default_factory=list)
    crls: list[bytes] = field(default_factory=list)
    keys: list[PublicKey] = field(default_factory=list)


def key_material(key_info: Element | None) -> KeyMaterial:
    """Certificates, lists and keys of a KeyInfo; what cannot be read is left out, for it can prove nothing."""
    found = Found()
    for child in () if key_info is None else key_info[:MAX_CERTIFICATES]:
        try:
            read_key(child, found)
        except READING_FAULTS:
            continue
    certificates = {certificate.sha256: certificate for certificate in certificates_of(found.certificates[:MAX_CERTIFICATES])}
    return KeyMaterial(
        certificates=tuple(certificates.values()), keys=tuple(found.keys), crls=tuple(found.crls[:MAX_CERTIFICATES])
    )


def read_key(child: Element, found: Found) -> None:
    """One way of naming a key (XML-DSig 1.1, 4.5). Key names and retrieval methods lead to nothing that is in the file."""
    if child.tag == ds("X509Data"):
        found.certificates += octets_of(children(child, ds("X509Certificate")))
        found.crls += octets_of(children(child, ds("X509CRL")))
    elif child.tag == ds("KeyValue"):
        found.keys.append(key_value(child))
    elif child.tag == tag(DS11, "DEREncodedKeyValue"):
        found.keys.append(known_kind(load_der_public_key(decoded(text_of(child)))))


def octets_of(values: Iterable[Element]) -> list[bytes]:
    """The readable ones among base64 values."""
    found = []
    for element in values:
        try:
            found.append(decoded(text_of(element)))
        except MalformedError:
            continue
    return found


def key_value(element: Element) -> PublicKey:
    """A key by its numbers (XML-DSig 1.1, 4.5.2)."""
    for value in element:
        if value.tag == ds("RSAKeyValue"):
            return rsa.RSAPublicNumbers(number(value, "Exponent"), number(value, "Modulus")).public_key()
        if value.tag == ds("DSAKeyValue"):
            group = dsa.DSAParameterNumbers(number(value, "P"), number(value, "Q"), number(value, "G"))
            return dsa.DSAPublicNumbers(number(value, "Y"), group).public_key()
        if value.tag == tag(DS11, "ECKeyValue"):
            curve = XMLSignatureProcessor.known_ecdsa_curves[str(only(value, tag(DS11, "NamedCurve")).get("URI"))]
            return ec.EllipticCurvePublicKey.from_encoded_point(curve, decoded(text_of(only(value, tag(DS11, "PublicKey")))))
    raise MalformedError("a key value without a known key")


def number(parent: Element, name: str) -> int:
    """A number as XML-DSig writes it (1.1, 4.1.1)."""
    return int.from_bytes(decoded(text_of(only(parent, ds(name)))))


def known_kind(key: object) -> PublicKey:
    """A key that documents are signed with."""
    if not isinstance(key, KINDS):
        raise MalformedError("another kind of key")
    return key


def public_key(certificate: x509.Certificate) -> PublicKey:
    """The key of a certificate; MalformedError or a fault of a library where it is none to sign documents with."""
    return known_kind(load_der_public_key(certificate.public_key.dump()))


def same_key(one: PublicKey, other: PublicKey) -> bool:
    """Whether two keys are the same."""
    return encoded(one) == encoded(other)


def encoded(key: PublicKey) -> bytes:
    """A key as certificates hold it."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def find_signer(
    material: KeyMaterial,
    candidates: Iterable[x509.Certificate],
    is_named: Callable[[x509.Certificate], bool],
    is_right: Callable[[PublicKey], bool],
) -> KeyFinding:
    """The certificate whose key made the value.

    `candidates` are all certificates that may be it, `is_named` says which the signature itself names as its signer's,
    `is_right` tries a key. Among several with the right key (a renewed certificate) the named one counts.
    """
    claimed: x509.Certificate | None = None
    fitting: list[tuple[x509.Certificate, PublicKey]] = []
    for certificate in candidates:
        try:
            key = public_key(certificate)
        except READING_FAULTS:
            continue
        if claimed is None or (is_named(certificate) and not is_named(claimed)):
            claimed = certificate
        if is_right(key):
            fitting.append((certificate, key))
    if fitting:
        signer, key = next((pair for pair in fitting if is_named(pair[0])), fitting[0])
        stray = any(not same_key(other, key) for other in material.keys)
        return KeyFinding(right=True, claimed=signer, contradicting=stray)
    if claimed is not None:
        return KeyFinding(right=False, claimed=claimed)
    tried = [is_right(key) for key in material.keys]
    return KeyFinding(right=any(tried) if tried else None)
