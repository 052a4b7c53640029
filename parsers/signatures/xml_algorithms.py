"""Canonical XML, digests and signature values by the identifiers that XML-DSig gives them.

The identifiers are those that signxml knows, except HMAC: a secret shared by two is nobody's signature, and a verifier that
takes it can be made to use a public key as the secret. What is weak is computed all the same, so that a changed document is
still told from one that was signed with old means.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from asn1crypto import algos
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import HashAlgorithm
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod, digest_algorithm_implementations

from parsers.signatures.model import Reason
from parsers.signatures.xml_reader import XML, Element, MalformedError, NotCheckedError, children, parser, tag

CANONICAL_XML = CanonicalizationMethod.CANONICAL_XML_1_0.value
"""What applies where a signature names no method (XML-DSig 1.1, 4.4.3.2)."""

CANONICAL_METHODS = frozenset(method.value for method in CanonicalizationMethod)
DIGESTS = {method.value: method for method in DigestAlgorithm}
SIGNATURES = {method.value: method for method in SignatureMethod if not method.name.startswith("HMAC_")}
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
VERSION_1_1 = "http://www.w3.org/2006/12/xml-c14n11"
COMMENTED = "#WithComments"
DEFAULT_PREFIX = "#default"
"""Stands for the namespace without a prefix in a list of prefixes (Exclusive XML Canonicalization 1.0, 2.4)."""

WEAK_HASHES = frozenset({"sha1"})

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | dsa.DSAPublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Canonicalization:
    """A method of canonical XML; `prefixes` are the inclusive ones of the exclusive method, `#default` among them."""

    uri: str = CANONICAL_XML
    prefixes: tuple[str, ...] = ()

    @property
    def exclusive(self) -> bool:
        """Whether namespaces that are not used stay out."""
        return self.uri.startswith(EXCLUSIVE)

    @property
    def commented(self) -> bool:
        """Whether comments stay in."""
        return self.uri.endswith(COMMENTED)

    def without_comments(self) -> "Canonicalization":
        """A reference into the own document never selects comments, whatever method follows (XML-DSig 1.1, 4.4.3.3)."""
        return replace(self, uri=self.uri.removesuffix("WithComments") if self.exclusive else self.uri.removesuffix(COMMENTED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A digest algorithm; `name` is the one that hashlib has for it. `weak` means that collisions can be made."""

    name: str
    weak: bool

    def of(self, octets: bytes) -> bytes:
        """The digest of some bytes."""
        return hashlib.new(self.name, octets, usedforsecurity=False).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueAlgorithm:
    """A signature algorithm; `name` is the one that certificates use, `kind` is `rsa`, `pss`, `ecdsa` or `dsa`."""

    name: str
    kind: str
    implementation: type[HashAlgorithm]
    weak: bool


def canonicalization(element: Element) -> Canonicalization:
    """What a CanonicalizationMethod or a Transform element asks for; NotCheckedError for anything else."""
    uri = str(element.get("Algorithm", ""))
    if uri not in CANONICAL_METHODS:
        raise NotCheckedError(Reason.ALGORITHM, f"canonicalisation {uri!r}"[:200])
    found = Canonicalization(uri=uri)
    named = children(element, tag(EXCLUSIVE, "InclusiveNamespaces")) if found.exclusive else []
    if len(named) > 1:
        raise MalformedError("several lists of inclusive prefixes")
    return replace(found, prefixes=tuple(str(named[0].get("PrefixList", "")).split())) if named else found


def digest_of(uri: str) -> Digest:
    """The digest algorithm of that identifier; NotCheckedError where it is not known."""
    method = DIGESTS.get(uri)
    if method is None:
        raise NotCheckedError(Reason.ALGORITHM, f"digest {uri!r}"[:200])
    name = method.name.lower()
    return Digest(name=name, weak=name in WEAK_HASHES)


def value_algorithm_of(uri: str) -> ValueAlgorithm:
    """The signature algorithm of that identifier; NotCheckedError for HMAC and for what is not known."""
    method = SIGNATURES.get(uri)
    if method is None:
        raise NotCheckedError(Reason.ALGORITHM, f"signature algorithm {uri!r}"[:200])
    implementation = digest_algorithm_implementations[method]
    if method.name.endswith("_RSA_MGF1"):
        kind, digest = "pss", method.name.removesuffix("_RSA_MGF1").lower()
        name = "rsassa_pss"
    else:
        family, _, rest = method.name.partition("_")
        kind, digest = family.lower(), rest.lower()
        name = f"{digest}_{kind}"
    return ValueAlgorithm(name=name, kind=kind, implementation=implementation, weak=digest in WEAK_HASHES)


def is_value_right(key: PublicKey, algorithm: ValueAlgorithm, value: bytes, octets: bytes) -> bool:
    """Whether a signature value is that of the key over the bytes. A key of another kind has signed nothing.

    NotCheckedError for a value that is the key's, but written as other formats have it.
    """
    try:
        verify(key, algorithm, value, octets)
    except (InvalidSignature, ValueError):
        if is_right_elsewhere(key, algorithm, value, octets):
            raise NotCheckedError(Reason.ALGORITHM, f"{algorithm.name}: not the form that XML has") from None
        return False
    except UnsupportedAlgorithm as error:
        raise NotCheckedError(Reason.ALGORITHM, f"{algorithm.name}: {error}"[:200]) from error
    return True


def is_right_elsewhere(key: PublicKey, algorithm: ValueAlgorithm, value: bytes, octets: bytes) -> bool:
    """Whether a value would be right in CMS: two numbers as DER, or a salt of another length. Some signers mix them up."""
    chosen = algorithm.implementation()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and algorithm.kind == "ecdsa":
            key.verify(value, octets, ec.ECDSA(chosen))
        elif isinstance(key, dsa.DSAPublicKey) and algorithm.kind == "dsa":
            key.verify(value, octets, chosen)
        elif isinstance(key, rsa.RSAPublicKey) and algorithm.kind == "pss":
            key.verify(value, octets, padding.PSS(padding.MGF1(chosen), padding.PSS.AUTO), chosen)
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True


def verify(key: PublicKey, algorithm: ValueAlgorithm, value: bytes, octets: bytes) -> None:
    """InvalidSignature or ValueError unless the value is right."""
    chosen = algorithm.implementation()
    if isinstance(key, rsa.RSAPublicKey) and algorithm.kind == "rsa":
        try:
            key.verify(value, octets, padding.PKCS1v15(), chosen)
        except InvalidSignature:
            verify_without_parameters(key, chosen, value, octets)
    elif isinstance(key, rsa.RSAPublicKey) and algorithm.kind == "pss":
        # RFC 6931, 2.3.10: the salt is as long as the digest, and the mask is made with the same one.
        key.verify(value, octets, padding.PSS(padding.MGF1(chosen), chosen.digest_size), chosen)
    elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm.kind == "ecdsa":
        key.verify(two_integers(value, (key.key_size + 7) // 8), octets, ec.ECDSA(chosen))
    elif isinstance(key, dsa.DSAPublicKey) and algorithm.kind == "dsa":
        size = (key.public_numbers().parameter_numbers.q.bit_length() + 7) // 8
        key.verify(two_integers(value, size), octets, chosen)
    else:
        raise ValueError(f"{algorithm.name} with another kind of key")


def verify_without_parameters(key: rsa.RSAPublicKey, chosen: HashAlgorithm, value: bytes, octets: bytes) -> None:
    """InvalidSignature unless the value is right but for the NULL that belongs behind the name of the digest.

    Some signers leave it out, some verifiers take that (RFC 8017, 8.2.2, in its note). Compared is the
    whole encoding, so that nothing else may differ.
    """
    name = chosen.name.replace("-", "_")
    digest = hashlib.new(name, octets, usedforsecurity=False).digest()
    identifier = algos.DigestAlgorithmId(name).dump()
    bare = bytes((0x30, len(identifier))) + identifier + bytes((0x04, len(digest))) + digest
    expected = bytes((0x30, len(bare))) + bare
    if key.recover_data_from_signature(value, padding.PKCS1v15(), None) != expected:
        raise InvalidSignature


def two_integers(value: bytes, size: int) -> bytes:
    """The two numbers of a signature, side by side in XML-DSig (1.1, 6.4.3), as the DER that libraries take."""
    if len(value) != 2 * size:
        raise ValueError(f"{len(value)} bytes where {2 * size} belong")
    return utils.encode_dss_signature(int.from_bytes(value[:size]), int.from_bytes(value[size:]))


def decoded(text: str) -> bytes:
    """Base64 as XML has it, with white space anywhere; MalformedError for any other character."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError("no base64") from error


def canonical_document(root: Element, method: Canonicalization, leave_out: Iterable[Element] = ()) -> bytes:
    """The canonical form of the whole document, processing instructions around the root included."""
    omitted = [steps_to(element, root) for element in leave_out]
    if not omitted:
        return canonical(root.getroottree(), method)
    copy = etree.fromstring(etree.tostring(root.getroottree(), encoding="utf-8"), parser())
    remove(copy, omitted)
    return canonical(copy.getroottree(), method)


def canonical_element(element: Element, method: Canonicalization, leave_out: Iterable[Element] = ()) -> bytes:
    """The canonical form of one element with all that is inside, but for elements inside it that are left out.

    The element is written and read again first: canonicalised in place, lxml was seen to take namespaces of its parents for
    undeclared ones. What the element inherits goes with it.
    """
    omitted = [steps_to(inside, element) for inside in leave_out]
    copy = etree.fromstring(etree.tostring(element, encoding="utf-8", with_tail=False), parser())
    if not method.exclusive:
        inherit(element, copy, method)
    remove(copy, omitted)
    return canonical(copy, method)


def canonical(selected: Element, method: Canonicalization) -> bytes:
    """What the library writes for a root element or a whole tree."""
    if DEFAULT_PREFIX in method.prefixes:
        # The library leaves out prefixes that no document has held yet, and this one never stands in any.
        etree.fromstring(f'<a xmlns:a="{DEFAULT_PREFIX}"/>', parser())
    options = {"inclusive_ns_prefixes": list(method.prefixes)} if method.prefixes else {}
    written = etree.tostring(selected, method="c14n", exclusive=method.exclusive, with_comments=method.commented, **options)
    return bytes(written)


def inherit(element: Element, copy: Element, method: Canonicalization) -> None:
    """Attributes of the xml namespace that an element takes over from those around it (Canonical XML 1.0, 2.4; 1.1, 2.4)."""
    newer = method.uri.startswith(VERSION_1_1)
    for ancestor in element.iterancestors():
        for name, value in ancestor.attrib.items():
            if not name.startswith(f"{{{XML}}}"):
                continue
            if newer and name == tag(XML, "base"):
                raise NotCheckedError(Reason.ALGORITHM, "Canonical XML 1.1 below an xml:base")
            if name not in copy.attrib and not (newer and name == tag(XML, "id")):
                copy.set(name, value)


def steps_to(element: Element, ancestor: Element) -> list[int]:
    """The positions that lead from an ancestor down to an element."""
    found: list[int] = []
    while element is not ancestor:
        parent = element.getparent()
        if parent is None:
            raise ValueError("an element that is not inside")
        found.append(parent.index(element))
        element = parent
    return found[::-1]


def remove(root: Element, omitted: list[list[int]]) -> None:
    """Take elements out; the text behind each stays where it was. Later ones go first, so that positions stay right."""
    for steps in sorted(omitted, reverse=True):
        element = root
        for position in steps:
            element = element[position]
        parent, before = element.getparent(), element.getprevious()
        if parent is None:
            raise NotCheckedError(Reason.FORMAT_NOT_CHECKED, "a signature left out of itself")
        if before is not None:
            before.tail = (before.tail or "") + (element.tail or "")
        else:
            parent.text = (parent.text or "") + (element.tail or "")
        parent.remove(element)
