"""The qualifying properties of an XAdES signature (ETSI EN 319 132-1): what it says of itself, and what was added later.

Of the signed properties only those count that the signature really covers: `signed_properties` leaves that to whoever
resolved the references. Everything unsigned is evidence that proves itself: a timestamp by its authority's signature, a
revocation list by its issuer's.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, x509

from parsers.signatures.engine import Imprint
from parsers.signatures.model import Reason
from parsers.signatures.xml_algorithms import Canonicalization, canonical_element, canonicalization, decoded, digest_of
from parsers.signatures.xml_certificates import MAX_CERTIFICATES, octets_of
from parsers.signatures.xml_reader import (
    READING_FAULTS,
    Element,
    MalformedError,
    NotCheckedError,
    algorithm_of,
    children,
    ds,
    elements,
    local_name,
    namespace_of,
    only,
    text_of,
)

NAMESPACES = frozenset(
    {
        "http://uri.etsi.org/01903/v1.1.1#",
        "http://uri.etsi.org/01903/v1.2.2#",
        "http://uri.etsi.org/01903/v1.3.2#",
        "http://uri.etsi.org/01903/v1.4.1#",
    }
)
ARCHIVE = frozenset({"ArchiveTimeStamp", "ArchiveTimeStampV2"})

MAX_COUNTERS = 100
"""Countersignatures told as such of one signature."""

MAX_STAMPS = 4
"""Timestamp elements read from one signature; each may hold several tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateDigest:
    """How a signature names a certificate: by its digest."""

    algorithm: str
    value: bytes

    def names(self, certificate: x509.Certificate) -> bool:
        """Whether this is the certificate's digest."""
        return hashlib.new(self.algorithm, certificate.dump(), usedforsecurity=False).digest() == self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedClaims:
    """Signed properties in use. `signing_time` is the text as it stands; `certificates` is None where none is named.

    Of several digests the first is the signer's, further ones are of its path (EN 319 132-1, 5.2.2).
    """

    signing_time: str = ""
    certificates: tuple[CertificateDigest, ...] | None = None

    def names(self, certificate: x509.Certificate) -> bool:
        """Whether the signature names this certificate as its signer's."""
        return self.certificates is not None and any(digest.names(certificate) for digest in self.certificates[:1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Timestamp tokens over one canonical form of the signature value."""

    method: Canonicalization
    tokens: tuple[cms.SignedData, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedProperties:
    """Unsigned properties in use. Certificates, lists and answers are DER; `archived` means that archive timestamps are there.

    `unread` counts timestamps over the signature value that could not be read.
    """

    stamps: tuple[Stamp, ...] = ()
    unread: int = 0
    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    countersignatures: tuple[Element, ...] = ()
    archived: bool = False


def is_xades(element: Element, name: str) -> bool:
    """Whether an element is one of XAdES by that name, in any of its versions."""
    return local_name(element) == name and namespace_of(element) in NAMESPACES


def xades_children(parent: Element | None, name: str) -> list[Element]:
    """The child elements of XAdES by that name."""
    return [] if parent is None else [child for child in elements(parent) if is_xades(child, name)]


def xades_child(parent: Element | None, name: str) -> Element | None:
    """The child of XAdES by that name, or None; MalformedError if there are several."""
    found = xades_children(parent, name)
    if len(found) > 1:
        raise MalformedError(f"{len(found)} {name}")
    return found[0] if found else None


def qualifying_properties(signature: Element) -> Element | None:
    """The properties in the signature's own objects.

    There may be one (EN 319 132-1, 4.4); NotCheckedError for several, for anybody can add unsigned ones.
    """
    found = [child for holder in children(signature, ds("Object")) for child in xades_children(holder, "QualifyingProperties")]
    if len(found) > 1:
        raise NotCheckedError(Reason.AMBIGUOUS_REFERENCE, f"{len(found)} QualifyingProperties")
    return found[0] if found else None


def signed_properties(signature: Element) -> Element | None:
    """The SignedProperties of a signature, covered or not."""
    return xades_child(qualifying_properties(signature), "SignedProperties")


def signed_claims(properties: Element) -> SignedClaims:
    """Read signed properties; MalformedError or NotCheckedError where one of those that matter cannot be read."""
    of_signature = xades_child(properties, "SignedSignatureProperties")
    time = xades_child(of_signature, "SigningTime")
    references: tuple[CertificateDigest, ...] | None = None
    for name in ("SigningCertificateV2", "SigningCertificate"):
        naming = xades_child(of_signature, name)
        if naming is not None and references is None:
            references = tuple(certificate_digest(entry) for entry in xades_children(naming, "Cert")[:MAX_CERTIFICATES])
    return SignedClaims(signing_time="" if time is None else text_of(time).strip(), certificates=references)


def certificate_digest(entry: Element) -> CertificateDigest:
    """One named certificate."""
    holder = xades_child(entry, "CertDigest")
    if holder is None:
        raise MalformedError("a named certificate without a digest")
    digest = digest_of(algorithm_of(holder, ds("DigestMethod")))
    return CertificateDigest(algorithm=digest.name, value=decoded(text_of(only(holder, ds("DigestValue")))))


def added_properties(signature: Element) -> AddedProperties:
    """Read the unsigned properties; what cannot be read is left out, for it would only have helped the signature."""
    added = xades_child(xades_child(qualifying_properties(signature), "UnsignedProperties"), "UnsignedSignatureProperties")
    if added is None:
        return AddedProperties()
    holders = xades_children(added, "SignatureTimeStamp")
    stamps = [stamp for stamp in map(read_stamp, holders[:MAX_STAMPS]) if stamp is not None]
    counters = [child for holder in xades_children(added, "CounterSignature") for child in children(holder, ds("Signature"))]
    return AddedProperties(
        stamps=tuple(stamps),
        unread=len(holders) - len(stamps),
        certificates=tuple(values_of(added, "EncapsulatedX509Certificate")),
        crls=tuple(values_of(added, "EncapsulatedCRLValue")),
        ocsps=tuple(values_of(added, "EncapsulatedOCSPValue")),
        countersignatures=tuple(counters[:MAX_COUNTERS]),
        archived=any(local_name(child) in ARCHIVE for child in elements(added)),
    )


def values_of(added: Element, name: str) -> list[bytes]:
    """Encapsulated values of one kind, those that came with archive timestamps too."""
    return octets_of([element for element in added.iter(f"{{*}}{name}") if is_xades(element, name)][:MAX_CERTIFICATES])


def read_stamp(holder: Element) -> Stamp | None:
    """One timestamp property, or None where no token in it can be read."""
    try:
        methods = children(holder, ds("CanonicalizationMethod"))
        method = canonicalization(methods[0]) if methods else Canonicalization()
        tokens = tuple(read_tokens(xades_children(holder, "EncapsulatedTimeStamp")))
    except READING_FAULTS:
        return None
    return Stamp(method=method, tokens=tokens) if tokens else None


def read_tokens(holders: Iterable[Element]) -> Iterator[cms.SignedData]:
    """The RFC 3161 tokens in some elements."""
    for octets in octets_of(holders):
        message = cms.ContentInfo.load(octets)
        if message["content_type"].native == "signed_data":
            yield message["content"]


def stamp_imprint(signature_value: Element, method: Canonicalization) -> Imprint:
    """What a signature timestamp covers: the canonical SignatureValue element (EN 319 132-1, 5.3)."""
    octets = canonical_element(signature_value, method)

    def imprint(algorithm: str) -> bytes:
        return hashlib.new(algorithm, octets, usedforsecurity=False).digest()

    return imprint


def claimed_time(text: str) -> datetime | None:
    """A signing time with a zone; None for one without, which names no moment, and for what is no time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
