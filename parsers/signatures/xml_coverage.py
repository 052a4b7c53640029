"""How much of a document a signature is over, told from what its references resolved to.

A signature is over the whole only where nothing else is left to be read: its element is the root, or every part of the root is
signed or bears signatures only, or the content is inside the signature or in another file. Who moves the signed element aside and
puts another in its place leaves something uncovered.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from parsers.signatures.xades import qualifying_properties, signed_properties
from parsers.signatures.xml_reader import (
    Element,
    comments_around,
    ds,
    elements,
    has_text,
    is_inside,
    local_name,
    namespace_of,
    path_of,
    split_texts,
)
from parsers.signatures.xml_references import Resolution
from parsers.signatures.xml_signature import SignatureParts

SHELF = "DSCKS"
PLACES = frozenset({"NBan", "NMua", "NNT", "CQT", "TTCQT", "CCKSKhac"})
"""Where those documents keep their signatures: the list (danh sách chữ ký số), and in it a place for each kind of signer.
Elements of other names could be taken for content, though they are empty."""

NUMBERS = frozenset({"STBao", "MCCQT"})
"""Parts that the office adds between the signature of its head and its own: number and date, the authority's code."""

MAX_NAMED = 20
"""Uncovered parts named in a report."""

DATA_PREFIX = "DL"
"""Vietnamese tax documents sign the part that is called like the root with this in front (dữ liệu): `TBao/DLTBao`,
`HDon/DLHDon`. So the signed part tells the root's name too, which nothing signs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What of the document stands inside the signature and what outside, as paths; nothing outside means the whole.

    `but_numbers` means that nothing stands outside but what the office adds before it seals.
    """

    covered: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()
    but_numbers: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing is left to be read that is not signed."""
        return not self.uncovered


def cover_of(root: Element, parts: SignatureParts, resolutions: Iterable[Resolution]) -> Cover:
    """Judge the resolutions of one signature, all of them intact."""
    found = list(resolutions)
    whole = dict.fromkeys(one.element for one in found if one.element is not None and one.covers(one.element))
    subject = [element for element in whole if is_subject(element, parts)]
    files = any(resolution.file is not None for resolution in found)
    uncovered = list(islice(outside(root, set(whole), subject), MAX_NAMED))
    uncovered += [path_of(holder) for holder in parts.objects if not holds_nothing_unsigned(holder, found, parts)]
    uncovered += [f"{path_of(one.element)}/@MimeType" for one in found if one.mislabelled and one.element is not None]
    if not any(one.around and not one.only_text for one in found):
        uncovered += [f"<?{instruction.target}?>" for instruction in instructions_around(root)]
    elif not files:
        # The name of a stylesheet is signed, but not what it says.
        styles = (one for one in instructions_around(root) if one.target == "xml-stylesheet")
        uncovered += [f"<?{one.target}?>" for one in styles if not str(one.get("href", "")).startswith("#")]
    if subject:
        uncovered += [f"{path_of(cut)}/comment()" for cut in islice(split_texts(root), MAX_NAMED)]
        uncovered += ["<!-- -->" for _ in islice(comments_around(root), 1)]
    if root not in whole and root is not parts.element and any(is_inside(element, [parts.element]) for element in subject):
        # Around an enveloping signature there is nothing to say; a root with a name of its own says something.
        uncovered.append("/" + local_name(root))
    if not subject and not files:
        uncovered.append("/")
    named = tuple(dict.fromkeys(uncovered))[:MAX_NAMED]
    added = {path_of(part) for part in elements(root) if local_name(part) in NUMBERS} if names_its_root(root, subject) else set()
    return Cover(
        covered=tuple(path_of(element) for element in subject[:MAX_NAMED]), uncovered=named, but_numbers=added.issuperset(named)
    )


def is_subject(element: Element, parts: SignatureParts) -> bool:
    """Whether a covered element is content, and not only something the signature says of itself."""
    if element is parts.element or not is_inside(element, [parts.element]):
        return bool(element.tag != ds("SignatureValue"))
    holder = next((one for one in parts.objects if is_inside(element, [one])), None)
    return holder is not None and not is_about_signature(holder)


def is_about_signature(holder: Element) -> bool:
    """Whether an object holds properties of the signature, and nothing else."""
    inner = elements(holder)
    names = {"QualifyingProperties", "SignatureProperties", "QualifyingPropertiesReference"}
    return bool(inner) and all(local_name(child) in names for child in inner) and not has_text(holder)


def holds_nothing_unsigned(holder: Element, resolutions: Iterable[Resolution], parts: SignatureParts) -> bool:
    """Whether an object of the signature is signed, or holds only what is evidence by itself.

    An object inside a signed document is not: the document was signed without its signature.
    """

    def is_signed(element: Element) -> bool:
        return any(one.covers(element) for one in resolutions)

    if is_signed(holder):
        return True
    inner = elements(holder)
    if has_text(holder) or next(holder.iterchildren(etree.ProcessingInstruction), None) is not None:
        return False
    if all(map(is_signed, inner)):
        return True
    if not is_about_signature(holder):
        return False
    own = signed_properties(parts.element)
    claims = own is not None and is_inside(own, [holder]) and not is_signed(own)
    return not claims and qualifying_properties(parts.element) in inner


def outside(root: Element, covered: set[Element], subject: list[Element]) -> Iterator[str]:
    """Paths of everything between the root and what is covered that could be read as content."""
    bearing = {ancestor for element in subject for ancestor in element.iterancestors()}
    spine = bearing | {ancestor for signature in root.iter(ds("Signature")) for ancestor in signature.iterancestors()}
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element in covered or element.tag == ds("Signature"):
            continue
        if element not in spine and not is_empty_place(element):
            yield path_of(element)
            continue
        names_root = element is root and names_its_root(root, subject)
        # Around signatures alone names do not matter: what those are over stands in other files.
        if not (names_root if element in bearing else is_place(element) or not bearing):
            yield path_of(element)
        yield from own_content(element)
        waiting += reversed(elements(element))


def is_place(element: Element) -> bool:
    """Whether an element is the list of signatures of a Vietnamese tax document, or a place in it."""
    parent = element.getparent()
    if parent is None or namespace_of(element) != namespace_of(parent):
        return False
    if local_name(element) == SHELF:
        return parent.getparent() is None
    return local_name(element) in PLACES and local_name(parent) == SHELF and is_place(parent)


def is_empty_place(element: Element) -> bool:
    """Whether this is a place for a signature that nobody has filled."""
    return is_place(element) and len(element) == 0 and not element.attrib and not has_text(element)


def names_its_root(root: Element, subject: list[Element]) -> bool:
    """Whether the signed parts stand right below the root, and one of them is called after it."""
    below = [element for element in subject if element.getparent() is root]
    return any(
        local_name(element) == DATA_PREFIX + local_name(root) and namespace_of(element) == namespace_of(root) for element in below
    )


def own_content(element: Element) -> Iterator[str]:
    """What an element around others holds by itself: attributes but its identifier, text, processing instructions."""
    path = path_of(element)
    for name in element.attrib:
        if etree.QName(name).localname.casefold() != "id":
            yield f"{path}/@{etree.QName(name).localname}"
    if has_text(element):
        yield f"{path}/text()"
    for instruction in element.iterchildren(etree.ProcessingInstruction):
        yield f"{path}/<?{instruction.target}?>"


def instructions_around(root: Element) -> Iterator[Element]:
    """Processing instructions beside the root; a stylesheet among them decides how the document looks."""
    for preceding in (True, False):
        yield from root.itersiblings(etree.ProcessingInstruction, preceding=preceding)
