"""One ds:Signature element: its parts, what its value was made over, and whose key made it."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from asn1crypto import x509

from parsers.signatures.model import Reason
from parsers.signatures.xades import NAMESPACES, SignedClaims
from parsers.signatures.xml_algorithms import (
    EXCLUSIVE,
    PublicKey,
    ValueAlgorithm,
    canonical_element,
    canonicalization,
    decoded,
    is_value_right,
    value_algorithm_of,
)
from parsers.signatures.xml_certificates import DS11, KeyFinding, KeyMaterial, find_signer, key_material
from parsers.signatures.xml_reader import (
    DS,
    Element,
    MalformedError,
    NotCheckedError,
    algorithm_of,
    children,
    ds,
    elements,
    namespace_of,
    only,
    pieces,
    read_xml,
    tag,
    text_of,
)
from parsers.signatures.xml_references import Reference, read_references

OWN_NAMESPACES = frozenset({DS, DS11, EXCLUSIVE, "urn:ietf:params:xml:ns:ers", *NAMESPACES})
"""Of what may stand in a signature without being signed: names of keys and certificates, evidence."""

XHTML = "http://www.w3.org/1999/xhtml"
BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
SHORTEST_LINE = 40
"""Letters of a line of base64 at the least; signers write 64 or 76."""

MAX_OBJECTS = 100
"""Objects of one signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureParts:
    """The parts of a signature element (XML-DSig 1.1, 4.1)."""

    element: Element
    signed_info: Element
    value_element: Element
    value: bytes
    keys: KeyMaterial
    objects: tuple[Element, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInfo:
    """What the value was made over: `octets` are its canonical form, and everything else was read from them again."""

    octets: bytes
    algorithm: ValueAlgorithm
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Whose key made the value. `certificate` is named by the signature, right or not; `problem` says why it does not count."""

    right: bool | None = None
    certificate: x509.Certificate | None = None
    problem: Reason | None = None


def read_parts(signature: Element) -> SignatureParts:
    """The parts in the one order that the schema allows; MalformedError for anything else, NotCheckedError for too many."""
    found = elements(signature)
    names = [element.tag for element in found]
    head, rest = names[:2], names[2:]
    if rest[:1] == [ds("KeyInfo")]:
        rest = rest[1:]
    if head != [ds("SignedInfo"), ds("SignatureValue")] or any(name != ds("Object") for name in rest):
        raise MalformedError("not the parts of a signature")
    if "".join(pieces(signature)).strip():
        raise MalformedError("a text among the parts of a signature")
    if len(rest) > MAX_OBJECTS:
        raise NotCheckedError(Reason.LIMIT, f"{len(rest)} objects in a signature")
    key_info = children(signature, ds("KeyInfo"))
    return SignatureParts(
        element=signature,
        signed_info=found[0],
        value_element=found[1],
        value=decoded(text_of(found[1])),
        keys=key_material(key_info[0] if key_info else None),
        objects=tuple(children(signature, ds("Object"))),
    )


def shown_by_nobody(signature: Element, signed: Iterable[Element]) -> Iterator[Element]:
    """Foreign elements and texts in the key and in the objects outside what is signed of them.

    Browsers follow a style or a script wherever it stands in a document, and where a page is in it they show every text as well.
    What stands in a signature inside another one is found with the outer one.
    """
    known = set(signed)
    waiting = [] if next(signature.iterancestors(ds("Signature")), None) is not None else elements(signature)[2:]
    is_page = bool(waiting) and next(signature.getroottree().getroot().iter(tag(XHTML, "*")), None) is not None
    while waiting:
        element = waiting.pop()
        if element in known:
            continue
        is_mixed = len(element) and "".join(pieces(element)).strip()
        if namespace_of(element) not in OWN_NAMESPACES or is_mixed or (is_page and not holds_octets(element)):
            yield element
        waiting += elements(element)


def holds_octets(element: Element) -> bool:
    """Whether the text of an element is nothing that could be read: base64 in long lines."""
    words = "".join(pieces(element)).split()
    return BASE64.fullmatch("".join(words)) is not None and all(len(word) >= SHORTEST_LINE for word in words[:-1])


def read_signed_info(signed_info: Element) -> SignedInfo:
    """Canonicalise, then read what was signed from the canonical form alone; MalformedError or NotCheckedError."""
    octets = canonical_element(signed_info, canonicalization(only(signed_info, ds("CanonicalizationMethod"))))
    signed = read_xml(octets)
    algorithm = value_algorithm_of(algorithm_of(signed, ds("SignatureMethod")))
    return SignedInfo(octets=octets, algorithm=algorithm, references=read_references(signed))


def signer_of(parts: SignatureParts, info: SignedInfo, claims: SignedClaims, added: Iterable[x509.Certificate]) -> Signer:
    """The signer's certificate: one of KeyInfo, else one among those added whose digest the signature names.

    A certificate that the signature does not bind, or beside which another key stands, could be anybody's with the same key
    (EN 319 102-1, 5.2.3).
    """
    candidates = parts.keys.certificates or tuple(one for one in added if claims.names(one))

    def is_right(key: PublicKey) -> bool:
        return is_value_right(key, info.algorithm, parts.value, info.octets)

    found: KeyFinding = find_signer(parts.keys, candidates, claims.names, is_right)
    unbound = found.claimed is not None and claims.certificates is not None and not claims.names(found.claimed)
    problem = Reason.CERTIFICATE_MISMATCH if unbound or found.contradicting else None
    return Signer(right=found.right, certificate=found.claimed, problem=problem)


def property_time(parts: SignatureParts, is_signed: Callable[[Element], bool]) -> str:
    """The signing time among the signature's own properties, as Vietnamese tax documents have it; nothing if it is not signed.

    Its namespace differs from maker to maker. Two different ones are none.
    """
    found = {
        text_of(time).strip()
        for holder in parts.objects
        for time in holder.iterfind("{*}SignatureProperties/{*}SignatureProperty/{*}SigningTime")
        if is_signed(time)
    }
    return found.pop() if len(found) == 1 else ""
