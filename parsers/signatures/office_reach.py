"""What a reader comes to from the root of a package, and what it would mean that the one or the other is not signed.

Office leaves some parts unsigned by design: properties, the thumbnail, the state of the view, custom data. Whatever else can
be reached, or lies where content lies, was put there after signing or was kept out of the signature; a reader shows it either
way.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from parsers.signatures.office_names import CONTENT_TYPES, ROOT, source_of
from parsers.signatures.office_package import Package
from parsers.signatures.office_relationships import Relationship

_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships/"
_OFFICE = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/",
)
"""Transitional and strict documents name their relationships differently."""


def _office(*words: str) -> frozenset[str]:
    return frozenset(f"{prefix}{word}" for prefix in _OFFICE for word in words)


SIGNATURE_ORIGIN = f"{_PACKAGE}digital-signature/origin"
SIGNATURE = f"{_PACKAGE}digital-signature/signature"
SIGNATURE_CERTIFICATE = f"{_PACKAGE}digital-signature/certificate"
SIGNATURE_TYPES = frozenset({SIGNATURE_ORIGIN, SIGNATURE, SIGNATURE_CERTIFICATE})
SIGNATURE_PART = "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"

DOCUMENT = _office("officeDocument")
CORE_PROPERTIES = frozenset(
    {
        f"{_PACKAGE}metadata/core-properties",
        "http://schemas.openxmlformats.org/officedocument/2006/relationships/metadata/core-properties",
    }
)
EXTENDED_PROPERTIES = _office("extended-properties", "extendedProperties")
CUSTOM_PROPERTIES = _office("custom-properties", "customProperties")
CUSTOM_DATA = _office("customXml")
CUSTOM_DATA_PROPERTIES = _office("customXmlProps")
PRESENTATION_PROPERTIES = _office("presProps")

_BY_DESIGN = frozenset(
    {
        *SIGNATURE_TYPES,
        *CORE_PROPERTIES,
        *EXTENDED_PROPERTIES,
        *CUSTOM_PROPERTIES,
        *CUSTOM_DATA,
        *CUSTOM_DATA_PROPERTIES,
        *PRESENTATION_PROPERTIES,
        *_office("viewProps"),
        f"{_PACKAGE}metadata/thumbnail",
        "http://schemas.microsoft.com/office/2020/02/relationships/classificationlabels",
    }
)
"""Types of relationships that Office does not sign, in all versions or in some ([MS-OFFCRYPTO] 2.5.2 names those it signs)."""
_LATER = re.compile(r"http://schemas\.microsoft\.com/office/(?:20(?:1[1-9]|[2-9]\d)/|2006/relationships/vbaProjectSignature\Z)")
"""Types that came after that list was made, such as answers to comments, and signatures of macros, which may be added later:
nothing says whether they are to be signed."""

_DATA_TYPE = re.compile(
    r"\.(?:extended|custom)-properties\+xml\Z|\.customXmlProperties\+xml\Z|\.(?:view|pres)Props\+xml\Z|labels\+xml\Z"
)
_OFFICE_TYPE = re.compile(r"application/vnd\.(?:openxmlformats-officedocument|ms-[a-z]+)\.", re.IGNORECASE)
"""Content types of parts that Office shows; some programs look for the document by its type rather than by relationships."""

_CONTENT_FOLDERS = ("/word/", "/xl/", "/ppt/", "/meta-inf/", "/mimetype")
"""Where content lies by its name, and what makes another kind of document of a package in the eyes of some programs."""
_DATA_FOLDERS = ("/docprops/", "/customxml/", "/docmetadata/", "/[trash]/", "/_xmlsignatures/")

_VALUE = re.compile(rb"""=\s*(?:"([^"<]*)"|'([^'<]*)')""")
"""The value of an attribute; no tag can be read across, for a value holds no `<`."""


class Standing(IntEnum):
    """What it means that something is outside a signature, the gravest last."""

    BY_DESIGN = 0
    UNCLEAR = 1
    CONTENT = 2


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship that a reader comes to, with the part that it leads from."""

    source: str
    relationship: Relationship
    standing: Standing


@dataclass(slots=True)
class Reach:
    """Everything that a reader comes to; `parts` are the targets, there or not, `of_signature` those of signatures."""

    links: list[Link] = field(default_factory=list)
    parts: dict[str, Standing] = field(default_factory=dict)
    of_signature: set[str] = field(default_factory=set)
    folders: tuple[str, ...] = _CONTENT_FOLDERS

    def leads(self, types: frozenset[str]) -> set[str]:
        """The parts that relationships of some types lead to, from anywhere."""
        return {one.relationship.leads_to for one in self.links if one.relationship.type in types and one.relationship.leads_to}


def reach_of(package: Package) -> Reach:
    """Follow every relationship from the root."""
    found = Reach()
    seen, waiting = {ROOT}, [ROOT]
    while waiting:
        source = waiting.pop()
        for link in _links_from(package, source):
            found.links.append(link)
            target = link.relationship.leads_to
            if target is None:
                continue
            found.parts[target] = max(link.standing, found.parts.get(target, link.standing))
            if link.relationship.type in SIGNATURE_TYPES:
                found.of_signature.add(target)
            if target in package.entries and target not in seen:
                seen.add(target)
                waiting.append(target)
    documents = (one.leads_to for one in package.relationships(ROOT) if one.type in DOCUMENT and one.leads_to)
    found.folders = (*_CONTENT_FOLDERS, *(document.rpartition("/")[0] + "/" for document in documents))
    return found


def standing_of_part(package: Package, reach: Reach, key: str) -> Standing:
    """What it would mean that a part is not signed: by what it is, else by how it is reached, else by where it lies."""
    content_type = package.types.of(key)
    reached = reach.parts.get(key)
    if _OFFICE_TYPE.search(content_type) and not _DATA_TYPE.search(content_type):
        return Standing.UNCLEAR if reached is Standing.UNCLEAR else Standing.CONTENT
    if reached is not None:
        return reached
    # What the list of types says of each part is compared with what was signed.
    if key.startswith(_DATA_FOLDERS) or key == CONTENT_TYPES:
        return Standing.BY_DESIGN
    return Standing.CONTENT if key.startswith(reach.folders) else Standing.UNCLEAR


def is_judged_by_links(reach: Reach, key: str) -> bool:
    """Whether a part holds relationships that are looked at one by one."""
    source = source_of(key)
    return source == ROOT or source in reach.parts


def _links_from(package: Package, source: str) -> Iterator[Link]:
    """The relationships of a part.

    A part that refers to a relationship by its Id shows what is behind it, whatever its type says: ink is custom data.
    """
    relationships = package.relationships(source)
    by_design = {one.id for one in relationships if one.type in _BY_DESIGN}
    # The package itself refers to nothing; a signature names Ids, too: those of the relationships that it signs.
    plain = source == ROOT or package.types.of(source) == SIGNATURE_PART or not by_design
    shown = set() if plain else _referred(package.content(source), by_design)
    for one in relationships:
        standing = Standing.CONTENT
        if not one.external and one.type in _BY_DESIGN:
            # Add-ins refer to their data, too: nobody has to have put it there later.
            standing = Standing.UNCLEAR if one.id in shown else Standing.BY_DESIGN
        elif not one.external and one.type not in _BY_DESIGN and _LATER.match(one.type):
            standing = Standing.UNCLEAR
        yield Link(source, one, standing)


def _referred(content: bytes, identifiers: Iterable[str]) -> set[str]:
    """Which of some Ids stand in a part: as the value of an attribute, or in a binary part at all."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        content = content.decode("utf-16", "replace").encode()
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        values = {found[1] or found[2] for found in _VALUE.finditer(content)}
        return {identifier for identifier in identifiers if identifier.encode() in values}
    return {one for one in identifiers if any(one.encode(code) in content for code in ("utf-8", "utf-16-le"))}
