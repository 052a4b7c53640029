"""XML from strangers: read without DTD, entities or network, and within bounds of size and depth.

A document type declaration is refused whatever it holds: entities make one text look like another, and attribute defaults
put content into a document that nobody signed. Depth, text length and what entities may expand to while the declaration is
still being looked at are bounded by libxml2 itself, as long as nobody asks it for huge trees.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeAlias

from lxml import etree

from parsers.signatures.engine import ENGINE_FAULTS
from parsers.signatures.model import Reason

Element: TypeAlias = etree._Element  # noqa: SLF001 - the library has no public name for the type of an element.

DS = "http://www.w3.org/2000/09/xmldsig#"
XML = "http://www.w3.org/XML/1998/namespace"

DOCUMENT_BYTES = 20 << 20
"""A longer document is not read: an official letter with its annexes inside is far shorter."""

MARKUP = 1_000_000
"""Angle brackets and equals signs of one document: each element and each attribute costs a hundred times its length."""

PREFIX = re.compile(rb"xmlns:([^\s=]+)")
PREFIXES = 500
"""Prefixes of namespaces in one document: canonicalising takes time by the square of them."""

XML_FAULTS: tuple[type[Exception], ...] = (etree.LxmlError, *ENGINE_FAULTS)
"""What lxml, and what reads the values inside a document, was seen to raise on hostile and on broken files."""

ENCODING = re.compile(r"(?:UTF-(?:8|16(?:LE|BE)?)|(?:US-)?ASCII|ISO-8859-\d+|WINDOWS-125\d)\Z", re.IGNORECASE)
"""Encodings in which all readers find the same tags. In others, such as UTF-7, one's comment is another's content."""

LIMIT_ERRORS = frozenset({"ERR_RESOURCE_LIMIT", "ERR_ENTITY_LOOP", "ERR_NAME_TOO_LONG"})


IDENTIFIERS = etree.XPath("//@*[translate(local-name(), 'ID', 'id') = 'id']")

MAX_COUNTED = 1000
"""Siblings of the same name that are counted for a path."""


class NotCheckedError(Exception):
    """Something about a signature that nobody here evaluates; `reason` goes into the report, the text into its detail."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class MalformedError(Exception):
    """A signature that is none: parts missing, twice, or in the wrong order (XML-DSig 1.1, 4.1)."""


READING_FAULTS: tuple[type[Exception], ...] = (MalformedError, NotCheckedError, *XML_FAULTS)
"""All that reading one value inside a signature can end in."""


def read_xml(content: bytes, most: int = DOCUMENT_BYTES) -> Element:
    """The root element; NotCheckedError where the document is refused or cannot be read."""
    if len(content) > most:
        raise NotCheckedError(Reason.LIMIT, f"an XML document of more than {most} bytes")
    if markup_in(content) > MARKUP:
        raise NotCheckedError(Reason.LIMIT, "too many elements and attributes")
    # In UTF-8 no byte is zero, and in UTF-16 that of a prefix is plain again without them.
    if len(set(PREFIX.findall(content.replace(b"\x00", b"")))) > PREFIXES:
        raise NotCheckedError(Reason.LIMIT, "too many prefixes")
    try:
        root = etree.fromstring(content, parser())
    except etree.XMLSyntaxError as error:
        kinds = {entry.type_name for entry in error.error_log}
        reason = Reason.LIMIT if kinds & LIMIT_ERRORS else Reason.UNREADABLE
        raise NotCheckedError(reason, f"XML: {error.msg}"[:200]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotCheckedError(Reason.FORMAT_NOT_CHECKED, "a document type declaration")
    expect_one_reading(root)
    return root


def expect_one_reading(root: Element) -> None:
    """NotCheckedError for a document that other readers would not take, or take for another: canonical XML knows 1.0 alone."""
    about = root.getroottree().docinfo
    if about.encoding is not None and not ENCODING.match(about.encoding):
        raise NotCheckedError(Reason.FORMAT_NOT_CHECKED, f"the encoding {about.encoding}"[:200])
    if about.xml_version not in {None, "1.0"}:
        raise NotCheckedError(Reason.FORMAT_NOT_CHECKED, f"XML {about.xml_version}"[:200])


def markup_in(content: bytes) -> int:
    """How many tags and attributes a document may have at the most."""
    return content.count(b"<") + content.count(b"=")


def parser() -> etree.XMLParser:
    """A parser that fetches nothing, expands nothing and keeps to the library's bounds; one for each document."""
    return etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, dtd_validation=False, huge_tree=False, collect_ids=False
    )


def tag(namespace: str, name: str) -> str:
    """A qualified name as the library writes it."""
    return f"{{{namespace}}}{name}"


def ds(name: str) -> str:
    """A name of XML-DSig."""
    return tag(DS, name)


def local_name(element: Element) -> str:
    """The name without its namespace; nothing for a comment or a processing instruction."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def namespace_of(element: Element) -> str:
    """The namespace; nothing where there is none."""
    return (etree.QName(element).namespace or "") if isinstance(element.tag, str) else ""


def elements(parent: Element) -> list[Element]:
    """The child elements, without comments and processing instructions."""
    return [child for child in parent if isinstance(child.tag, str)]


def children(parent: Element, name: str) -> list[Element]:
    """The child elements of that qualified name."""
    return [child for child in parent if child.tag == name]


def only(parent: Element, name: str) -> Element:
    """The one child of that name; MalformedError if there is none, or more than one."""
    found = children(parent, name)
    if len(found) != 1:
        raise MalformedError(f"{len(found)} {etree.QName(name).localname} in {local_name(parent)}")
    return found[0]


def text_of(element: Element) -> str:
    """The text of an element that holds text alone, read across comments, as its canonical form has it."""
    if any(child.tag is not etree.Comment for child in element):
        raise MalformedError(f"more than text inside {local_name(element)}")
    return "".join(pieces(element))


def pieces(element: Element) -> Iterator[str]:
    """The texts directly inside an element."""
    yield element.text or ""
    for child in element:
        yield child.tail or ""


def has_text(element: Element) -> bool:
    """Whether text other than white space stands directly inside an element."""
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)


def algorithm_of(parent: Element, name: str) -> str:
    """The Algorithm attribute of the one child of that name."""
    uri = only(parent, name).get("Algorithm")
    if uri is None:
        raise MalformedError(f"{etree.QName(name).localname} without an algorithm")
    return str(uri)


def identified(root: Element) -> dict[str, list[Element]]:
    """Elements by what may be their identifiers, two at the most of each: more is as unclear as two.

    Without a DTD nothing says which attribute is one, so every attribute called id counts, however written and in whatever
    namespace: two readers that disagree about it would look at two different elements.
    """
    found: dict[str, list[Element]] = {}
    for value in IDENTIFIERS(root):
        holders = found.setdefault(str(value), [])
        if len(holders) < 2 and (holder := value.getparent()) not in holders:
            holders.append(holder)
    return found


def path_of(element: Element) -> str:
    """Where an element stands, for people: `/TBao/DSCKS/CQT/Signature`, with a number where siblings are called alike."""
    steps = [step_of(element), *(step_of(ancestor) for ancestor in element.iterancestors())]
    return "/" + "/".join(reversed(steps))


def step_of(element: Element) -> str:
    """One step of a path. Only near siblings are counted: there may be a million."""
    name = local_name(element)
    before = sum(1 for _ in islice(element.itersiblings(f"{{*}}{name}", preceding=True), MAX_COUNTED))
    if not before and next(element.itersiblings(f"{{*}}{name}"), None) is None:
        return name
    return f"{name}[{before + 1 if before < MAX_COUNTED else '…'}]"


def is_inside(element: Element, others: Iterable[Element]) -> bool:
    """Whether an element is one of the others or stands inside one."""
    wanted = set(others)
    return element in wanted or any(ancestor in wanted for ancestor in element.iterancestors())


def split_texts(element: Element) -> Iterator[Element]:
    """Elements whose text a comment cuts in two, and those with a comment that is none for a browser.

    Comments are in no canonical form that references have, so anyone can put one in, and readers were seen to take the text
    in front of it for the whole.
    """
    for comment in element.iter(etree.Comment):
        parent, before = comment.getparent(), comment.getprevious()
        if parent is None:
            continue
        front = (parent.text if before is None else before.tail) or ""
        is_code = local_name(parent).casefold() in {"script", "style"}
        if is_code or is_shown(comment) or front.strip() or (comment.tail or "").strip():
            yield parent


def comments_around(root: Element) -> Iterator[Element]:
    """Comments beside the root that are none for a browser."""
    for preceding in (True, False):
        yield from filter(is_shown, root.itersiblings(etree.Comment, preceding=preceding))


def is_shown(comment: Element) -> bool:
    """Whether a browser may show what stands in a comment: in HTML one that begins with `>` ends at once."""
    return (comment.text or "").startswith((">", "->", "[if"))
