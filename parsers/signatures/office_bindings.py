"""Fields of a text that show what lies in data outside it: bound content controls (ISO/IEC 29500-1, 17.5.2.6).

Word replaces the text of such a field by the data whenever it opens the document. A signature over the text is worth nothing
there where the data are not signed too, and Office signs custom data only in part and properties never.
"""

import re
from collections.abc import Iterator

from parsers.signatures.office_coverage import (
    CORE_PROPERTIES,
    CUSTOM_DATA,
    CUSTOM_DATA_PROPERTIES,
    EXTENDED_PROPERTIES,
    Covered,
    Outside,
    Standing,
)
from parsers.signatures.office_names import ROOT
from parsers.signatures.office_package import Package, refusing
from parsers.signatures.xml_reader import Element, local_name, read_xml

_BINDING = re.compile(rb"d\x00?a\x00?t\x00?a\x00?B\x00?i\x00?n\x00?d\x00?i\x00?n\x00?g")
_PROPERTIES = {
    "{6C3C8BC8-F283-45AE-878A-BAB7291924A1}": CORE_PROPERTIES,
    "{6668398D-A668-4E3E-A5EB-62B293D839F1}": EXTENDED_PROPERTIES,
}
"""The stores under which Word offers the properties of a document to its fields."""


def note_bound_data(package: Package, covered: Covered, found: Outside) -> None:
    """Note the data outside a signature that a field shows."""
    texts = [key for key in found.reached if key in package.entries and package.types.of(key).endswith("xml")]
    stores = {store for key in texts for store in _stores_named(package.content(key))}
    if not stores:
        return
    named = _custom_stores(package, found)
    for store in stores:
        for part in _parts_of(package, found, store, named):
            if part not in covered.parts:
                found.note(package.name(part), Standing.UNCLEAR)


def _stores_named(content: bytes) -> Iterator[str]:
    """The stores that the fields of a part show; empty for one that takes the first that fits."""
    if not _BINDING.search(content):
        return
    with refusing("bound fields"):
        root = read_xml(content)
    for element in root.iter():
        if local_name(element) == "dataBinding":
            yield _attribute(element, "storeItemID")


def _custom_stores(package: Package, found: Outside) -> dict[str, set[str]]:
    """Each store of custom data by its identifier: the parts with the data, and those that name the store."""
    stores: dict[str, set[str]] = {}
    for data in _of_types(package, found, CUSTOM_DATA):
        for relationship in package.relationships(data):
            target = relationship.leads_to
            if relationship.type in CUSTOM_DATA_PROPERTIES and target in package.entries:
                with refusing("properties of custom data"):
                    root = read_xml(package.content(target))
                stores.setdefault(_attribute(root, "itemID"), set()).update({data, target})
    return stores


def _parts_of(package: Package, found: Outside, store: str, named: dict[str, set[str]]) -> set[str]:
    """The parts whose data a field shows; where its store is not there, any custom data may do."""
    if store in _PROPERTIES:
        return _of_types(package, found, _PROPERTIES[store])
    return (named.get(store) if store else None) or _of_types(package, found, CUSTOM_DATA)


def _of_types(package: Package, found: Outside, types: frozenset[str]) -> set[str]:
    """The parts that are there and that relationships of some types lead to, from anywhere."""
    relationships = (one for source in (ROOT, *found.reached) for one in package.relationships(source))
    return {one.leads_to for one in relationships if one.type in types and one.leads_to in package.entries}


def _attribute(element: Element, name: str) -> str:
    """An attribute in whatever namespace, in capitals: identifiers are written in either case."""
    return next((str(value).upper() for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")
