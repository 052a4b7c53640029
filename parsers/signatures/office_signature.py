"""One signature part of a package ([MS-OFFCRYPTO] 2.5.2): a ds:Signature whose objects hold the manifest and what Office says.

The value is over the objects of the signature, one of them holds the manifest, and that is over the parts. Whatever stands
beside this chain of digests is not signed and not looked at: a manifest elsewhere, the picture of a signature line, the time
that Office writes down for its own window.
"""

from dataclasses import dataclass

from asn1crypto import x509

from parsers.signatures.engine import certificates_of
from parsers.signatures.model import Reason
from parsers.signatures.office_manifest import PartReference, read_manifest
from parsers.signatures.xades import AddedProperties, SignedClaims, added_properties, signed_claims, signed_properties
from parsers.signatures.xml_algorithms import CANONICAL_METHODS, Canonicalization, canonical_element
from parsers.signatures.xml_coverage import holds_nothing_unsigned
from parsers.signatures.xml_reader import (
    Element,
    MalformedError,
    NotCheckedError,
    children,
    ds,
    elements,
    only,
    path_of,
    read_xml,
    tag,
    text_of,
)
from parsers.signatures.xml_references import Reference, Resolution, resolve
from parsers.signatures.xml_signature import SignatureParts, SignedInfo, Signer, read_parts, read_signed_info, signer_of
from parsers.signatures.xml_transforms import Surroundings

PACKAGE_OBJECT = "idPackageObject"
_MDSSI = "http://schemas.openxmlformats.org/package/2006/digital-signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSignature:
    """A signature part as it was read.

    `intact` says whether its own objects are as they were signed, `weak` whether a digest of them or the value is by an
    algorithm that no longer counts. `time` is what the signer's clock said, as text; `unsigned` names objects of the signature
    that nobody signed, such as another picture for its line.
    """

    parts: SignatureParts
    info: SignedInfo
    references: tuple[PartReference, ...]
    intact: bool
    weak: bool
    claims: SignedClaims
    time: str
    added: AddedProperties
    unsigned: tuple[str, ...] = ()

    @property
    def added_certificates(self) -> tuple[x509.Certificate, ...]:
        """Certificates among the unsigned properties."""
        return tuple(certificates_of(self.added.certificates))

    def signer(self, more: tuple[x509.Certificate, ...]) -> Signer:
        """Whose key made the value; `more` are certificates that the package holds beside the signature."""
        return signer_of(self.parts, self.info, self.claims, (*self.added_certificates, *more))


def read_package_signature(content: bytes, most: int) -> PackageSignature:
    """Read a signature part with a manifest of `most` parts at the most; ends as `xml_reader.READING_FAULTS` says."""
    root = read_xml(content)
    if root.tag != ds("Signature"):
        raise MalformedError("another root than a signature")
    parts = read_parts(root)
    info = read_signed_info(parts.signed_info)
    around = Surroundings(root=root, size=len(content))
    twice = [identifier for identifier, bearers in around.ids.items() if len(bearers) > 1]
    if twice:
        raise MalformedError(f"two elements {twice[0]!r}"[:200])
    resolutions = [_resolved(reference, root, around) for reference in info.references]
    package_object = _package_object(parts, resolutions)
    claims, time = _claims(root, package_object, resolutions)
    return PackageSignature(
        parts=parts,
        info=info,
        references=read_manifest(only(package_object, ds("Manifest")), most),
        intact=all(resolution.intact for resolution in resolutions),
        weak=info.algorithm.weak or any(resolution.weak for resolution in resolutions),
        claims=claims,
        time=time,
        added=added_properties(root),
        unsigned=tuple(path_of(one) for one in parts.objects if not holds_nothing_unsigned(one, resolutions, parts)),
    )


def _resolved(reference: Reference, root: Element, around: Surroundings) -> Resolution:
    """What a reference of the signature is over: one of its own elements, in canonical form."""
    if not (reference.uri or "").startswith("#"):
        raise MalformedError(f"a reference to {reference.uri!r}"[:200])
    if any(transform.get("Algorithm") not in CANONICAL_METHODS for transform in reference.transforms):
        raise MalformedError("transforms that a package does not know")
    found = resolve(reference, root, around)
    if found.obstacle is Reason.CONTENT_MISSING or found.element is root:
        raise MalformedError(f"a reference to {reference.uri!r}"[:200])
    if found.obstacle is not None:
        raise NotCheckedError(found.obstacle, found.detail)
    return found


def _package_object(parts: SignatureParts, resolutions: list[Resolution]) -> Element:
    """The object with the manifest, as it was digested; no other manifest may stand anywhere."""
    objects = [holder for holder in parts.objects if holder.get("Id") == PACKAGE_OBJECT]
    signed = [resolution for resolution in resolutions if resolution.element in objects]
    manifests = list(parts.element.iter(ds("Manifest")))
    if len(objects) != 1 or len(signed) != 1 or [manifest.getparent() for manifest in manifests] != objects:
        raise MalformedError("no manifest in a signed object, or another beside it")
    found = _as_signed(objects[0])
    if [element.tag for element in elements(found)] not in ([ds("Manifest")], [ds("Manifest"), ds("SignatureProperties")]):
        raise MalformedError("something else beside the manifest")
    return found


def _as_signed(element: Element) -> Element:
    """An element read from its canonical form, so that nothing is looked at that was not digested."""
    return read_xml(canonical_element(element, Canonicalization()))


def _claims(root: Element, package_object: Element, resolutions: list[Resolution]) -> tuple[SignedClaims, str]:
    """What the signature says of its signer and its time, as far as it is signed; XAdES goes before Office's own property."""
    properties = signed_properties(root)
    signed = [resolution for resolution in resolutions if properties is not None and resolution.element is properties]
    claims = signed_claims(_as_signed(properties)) if signed and properties is not None else SignedClaims()
    times = [
        text_of(value).strip()
        for time in package_object.iter(tag(_MDSSI, "SignatureTime"))
        for value in children(time, tag(_MDSSI, "Value"))
    ]
    return claims, claims.signing_time or (times[0] if times else "")
