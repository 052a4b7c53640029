"""The transforms of a reference, from a part of the document to the bytes that are digested (XML-DSig 1.1, 6.6).

XPath and XSLT are not evaluated: an expression chosen by a stranger may leave out anything, and cost anything. The exceptions
are three expressions that mean nothing but "without the signatures", with which several people sign the same document, and the
two by which the recommendations themselves spell "without this signature".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from parsers.signatures.beside import Beside
from parsers.signatures.model import Reason
from parsers.signatures.xml_algorithms import (
    CANONICAL_METHODS,
    Canonicalization,
    canonical_document,
    canonical_element,
    canonicalization,
    decoded,
)
from parsers.signatures.xml_reader import (
    DOCUMENT_BYTES,
    DS,
    Element,
    NotCheckedError,
    ds,
    elements,
    identified,
    markup_in,
    read_xml,
    tag,
    text_of,
)

ENVELOPED = f"{DS}enveloped-signature"
BASE64 = f"{DS}base64"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
FILTER = "http://www.w3.org/2002/06/xmldsig-filter2"

ALL = {XPATH: ("not(ancestor-or-self::ds:Signature)",), FILTER: ("/descendant::ds:Signature", "//ds:Signature")}
"""Expressions that leave out every signature, and nothing else."""

OWN = {
    XPATH: ("count(ancestor-or-self::ds:Signature|here()/ancestor::ds:Signature[1])>count(ancestor-or-self::ds:Signature)",),
    FILTER: ("here()/ancestor::ds:Signature[1]",),
}
"""Expressions that leave out the signature that they stand in, and nothing else (XML-DSig 1.1, 6.6.4; XPath Filter 2.0, 3)."""

WORK_BYTES = 10 * DOCUMENT_BYTES
"""Bytes canonicalised or digested for all signatures of one document."""

TAG_WORK = 30
"""A tag or an attribute takes as long as so many bytes of text."""

MAX_REFERENCES = 100
"""References of one signature that are followed, unless an office says otherwise."""


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """The document that signatures stand in, the files that came along, and how much work may still be done.

    `references` of one signature are followed, those of its manifests included.
    """

    root: Element
    size: int
    markup: int = 0
    beside: Sequence[Beside] = ()
    room: int = WORK_BYTES
    references: int = MAX_REFERENCES
    ids: dict[str, list[Element]] = field(default_factory=dict)
    signatures: list[Element] = field(default_factory=list)
    written: tuple[object, bytes] | None = None
    """The last canonical form with what it was made of: several people sign the same part."""

    def __post_init__(self) -> None:
        self.ids = identified(self.root)
        self.signatures = list(self.root.iter(ds("Signature")))

    def spend(self, octets: int) -> None:
        """Count work; NotCheckedError where it is enough."""
        self.room -= octets
        if self.room < 0:
            raise NotCheckedError(Reason.LIMIT, f"more than {WORK_BYTES} bytes to digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What transforms work on: a part of the document, or bytes once `octets` is there."""

    element: Element | None = None
    left_out: tuple[Element, ...] = ()
    around: bool = False
    only_text: bool = False
    octets: bytes | None = None


def transformed(selected: Selection, transform: Element, signature: Element, around: Surroundings) -> Selection:
    """One transform (XML-DSig 1.1, 6.6)."""
    uri = uri_of(transform)
    if uri in CANONICAL_METHODS:
        return replace(selected, octets=canonical_octets(selected, canonicalization(transform), around))
    if uri == BASE64:
        return without_base64(selected, around)
    if selected.octets is None and selected.element is not None:
        if uri == ENVELOPED or says(transform, OWN.get(uri, ())):
            return without(selected, [signature])
        if says(transform, ALL.get(uri, ())):
            return without(selected, around.signatures)
    raise NotCheckedError(Reason.TRANSFORM, f"transform {uri!r}"[:200])


def uri_of(transform: Element) -> str:
    """What a transform is called."""
    return str(transform.get("Algorithm", ""))


def without(selected: Selection, signatures: list[Element]) -> Selection:
    """A selection without some signatures; those that stand elsewhere are not in it anyway."""
    apex = selected.element
    if apex in signatures:
        raise NotCheckedError(Reason.TRANSFORM, "a signature taken out of itself")
    known = set(selected.left_out)
    kept = [
        signature
        for signature in signatures
        if signature not in known and apex in (ancestors := list(signature.iterancestors())) and known.isdisjoint(ancestors)
    ]
    outermost = {*kept, *known}
    return replace(
        selected,
        left_out=tuple(one for one in (*selected.left_out, *kept) if outermost.isdisjoint(one.iterancestors())),
    )


def says(transform: Element, expressions: tuple[str, ...]) -> bool:
    """Whether a filter is one of some expressions, white space and the prefix of XML-DSig apart.

    Filters of the second kind may also intersect, or be several: none of ours are.
    """
    uri, inner = uri_of(transform), elements(transform)
    if len(inner) != 1 or inner[0].tag != (ds("XPath") if uri == XPATH else tag(FILTER, "XPath")):
        return False
    if uri == FILTER and inner[0].get("Filter") != "subtract":
        return False
    said = "".join(text_of(inner[0]).split())
    prefixes = [prefix for prefix, namespace in inner[0].nsmap.items() if prefix and namespace == DS]
    return any(said == expression.replace("ds:", f"{prefix}:") for expression in expressions for prefix in prefixes)


def without_base64(selected: Selection, around: Surroundings) -> Selection:
    """What a base64 text holds. Of an element that is its text alone, so it must not hold elements."""
    if selected.octets is not None:
        return replace(selected, octets=decoded(selected.octets.decode("ascii", "strict")))
    if selected.element is None or selected.left_out:
        raise NotCheckedError(Reason.TRANSFORM, "base64 of a part")
    text = text_of(selected.element)
    around.spend(len(text))
    return replace(selected, octets=decoded(text), only_text=True)


def octets_of(selected: Selection, around: Surroundings) -> bytes:
    """The bytes to digest: those that transforms made, else the canonical form (XML-DSig 1.1, 4.4.3.2)."""
    return canonical_octets(selected, Canonicalization(), around) if selected.octets is None else selected.octets


def canonical_octets(selected: Selection, method: Canonicalization, around: Surroundings) -> bytes:
    """The canonical form of a selection; bytes are read as a document first."""
    if selected.octets is not None:
        around.spend(len(selected.octets) + TAG_WORK * markup_in(selected.octets))
        return canonical_document(read_xml(selected.octets), method)
    if selected.element is None:
        raise NotCheckedError(Reason.TRANSFORM, "nothing to canonicalise")
    plain = method.without_comments()
    asked = (selected, plain)
    if around.written is not None and around.written[0] == asked:
        return around.written[1]
    # Copying costs as much as what is copied, though the result may be short.
    around.spend(around.size + TAG_WORK * around.markup if selected.around or selected.left_out else 0)
    if selected.around:
        octets = canonical_document(selected.element, plain, selected.left_out)
    else:
        octets = canonical_element(selected.element, plain, selected.left_out)
    around.spend(len(octets) + TAG_WORK * markup_in(octets))
    around.written = (asked, octets)
    return octets
