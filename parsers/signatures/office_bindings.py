"""What shows data that lie outside it: bound content controls, fields with properties, and how a presentation is shown.

Word replaces the text of a control by the data when it opens the document, that of a field in a margin when it prints and that of
any field when the settings ask for it (ISO/IEC 29500-1, 17.5.2.6 and 17.16.5); LibreOffice shows the properties at once, wherever
the field stands. Relative addresses begin where a property says, and a slide show may be told to leave slides out.
A signature over the text is worth nothing there where the data are not signed too, and Office signs custom data only in part
and properties never.
"""

import re
from collections.abc import Iterator

from parsers.signatures.office_package import Package, refusing
from parsers.signatures.office_reach import (
    CORE_PROPERTIES,
    CUSTOM_DATA,
    CUSTOM_DATA_PROPERTIES,
    CUSTOM_PROPERTIES,
    EXTENDED_PROPERTIES,
    PRESENTATION_PROPERTIES,
    Reach,
)
from parsers.signatures.xml_reader import Element, local_name, read_xml, text_of

_WORDS = re.compile(rb"dataBinding|instrText|fldSimple")
_TEXT = re.compile(r"word.*\+xml\Z", re.IGNORECASE)
"""Content types of the parts of a text; sheets and slides have no such fields."""
_PROPERTY = re.compile(
    r"^[^\S\n]*(?:TITLE|SUBJECT|AUTHOR|KEYWORDS|COMMENTS|LASTSAVEDBY|INFO|DOCPROPERTY|TEMPLATE|REVNUM|CREATEDATE|SAVEDATE|PRINTDATE|EDITTIME)\b",
    re.IGNORECASE | re.MULTILINE,
)
_SOME_SLIDES = re.compile(rb"sldRg|custShow")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|#")
_PROPERTY_STORES = {
    "{6C3C8BC8-F283-45AE-878A-BAB7291924A1}": CORE_PROPERTIES,
    "{6668398D-A668-4E3E-A5EB-62B293D839F1}": EXTENDED_PROPERTIES,
}
"""The stores under which Word offers the properties of a document to its content controls."""


def bound_parts(package: Package, reach: Reach) -> frozenset[str]:
    """The parts whose data the text of a document shows."""
    stores: set[str] = set()
    properties = False
    for key in reach.parts:
        content_type = package.types.of(key) if key in package.entries else ""
        if not _TEXT.search(content_type):
            continue
        root = _read_fields(package.content(key))
        if root is not None:
            stores.update(_stores_named(root))
            properties = properties or _shows_properties(root)
    found = reach.leads(CORE_PROPERTIES | EXTENDED_PROPERTIES | CUSTOM_PROPERTIES) if properties else set()
    if stores:
        named = _custom_stores(package, reach)
        found = found.union(*(_parts_of(reach, store, named) for store in stores))
    return frozenset(found | _bases(package, reach) | _partial_shows(package, reach))


def _bases(package: Package, reach: Reach) -> set[str]:
    """The properties that say where relative addresses of the document begin (ISO/IEC 29500-1, 22.2.2.10), where it has such."""
    external = [one.relationship.target for one in reach.links if one.relationship.external]
    if all(_ABSOLUTE.match(target) for target in external):
        return set()
    properties = (key for key in reach.leads(EXTENDED_PROPERTIES) if key in package.entries)
    return {key for key in properties if b"HyperlinkBase" in package.content(key).replace(b"\0", b"")}


def _partial_shows(package: Package, reach: Reach) -> set[str]:
    """Properties of a presentation that name the slides to show (ISO/IEC 29500-1, 19.2.1.30); Office 2007 did not sign them."""
    properties = (key for key in reach.leads(PRESENTATION_PROPERTIES) if key in package.entries)
    return {key for key in properties if _SOME_SLIDES.search(package.content(key).replace(b"\0", b""))}


def _read_fields(content: bytes) -> Element | None:
    """The root of a part that holds fields at all; most hold none and are not read."""
    plain = content.replace(b"\0", b"") if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else content
    if not _WORDS.search(plain):
        return None
    with refusing("fields"):
        return read_xml(content)


def _stores_named(root: Element) -> Iterator[str]:
    """The stores that content controls show; empty for one that takes the first that fits."""
    for element in root.iter():
        if local_name(element) == "dataBinding":
            yield _attribute(element, "storeItemID").upper()


def _shows_properties(root: Element) -> bool:
    """Whether a field shows a property. Its instruction may be cut into pieces, which end where the next mark stands."""
    instructions = []
    for element in root.iter():
        name = local_name(element)
        if name == "instrText":
            instructions.append(text_of(element).replace("\n", " "))
        elif name in {"fldSimple", "fldChar"}:
            instructions.append(f"\n{_attribute(element, 'instr')}\n")
    return _PROPERTY.search("".join(instructions)) is not None


def _custom_stores(package: Package, reach: Reach) -> dict[str, set[str]]:
    """Each store of custom data by its identifier: the parts with the data, and those that name the store."""
    stores: dict[str, set[str]] = {}
    for data in reach.leads(CUSTOM_DATA):
        for relationship in package.relationships(data):
            target = relationship.leads_to
            if relationship.type in CUSTOM_DATA_PROPERTIES and target in package.entries:
                with refusing("properties of custom data"):
                    root = read_xml(package.content(target))
                stores.setdefault(_attribute(root, "itemID").upper(), set()).update({data, target})
    return stores


def _parts_of(reach: Reach, store: str, named: dict[str, set[str]]) -> set[str]:
    """The parts whose data a content control shows; where its store is not there, any custom data may do."""
    if store in _PROPERTY_STORES:
        return reach.leads(_PROPERTY_STORES[store])
    return (named.get(store) if store else None) or reach.leads(CUSTOM_DATA)


def _attribute(element: Element, name: str) -> str:
    """An attribute in whatever namespace; nothing where there is none."""
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")
