"""What a package shows beyond what its signature covers, judged by what a reader comes to from the root.

Office leaves some parts unsigned by design: properties, the thumbnail, the state of the view, custom data. Whatever else can
be reached, or lies where the content lies, was put there after signing or was kept out of the signature; a reader shows it
either way.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from parsers.signatures.office_names import CONTENT_TYPES, ROOT, relationships_of, source_of
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
CUSTOM_DATA = _office("customXml")
CUSTOM_DATA_PROPERTIES = _office("customXmlProps")

_BY_DESIGN = frozenset(
    {
        *SIGNATURE_TYPES,
        *CORE_PROPERTIES,
        *EXTENDED_PROPERTIES,
        *CUSTOM_DATA,
        *CUSTOM_DATA_PROPERTIES,
        *_office("custom-properties", "customProperties", "viewProps", "presProps"),
        f"{_PACKAGE}metadata/thumbnail",
        "http://schemas.microsoft.com/office/2020/02/relationships/classificationlabels",
    }
)
"""Types of relationships that Office does not sign, in all versions or in some ([MS-OFFCRYPTO] 2.5.2 names those it signs)."""
_LATER = re.compile(r"http://schemas\.microsoft\.com/office/(?:20(?:1[1-9]|[2-9]\d)/|2006/relationships/vbaProjectSignature\Z)")
"""Types that came after that list was made, such as answers to comments, and signatures of macros, which may be added later:
nothing says whether they are to be signed."""
_FETCHED = _office("image", "aFChunk", "subDocument", "frame", "audio", "video", "media")
"""Types whose content is shown out of another file where they lead outside."""

_CONTENT_FOLDERS = ("/word/", "/xl/", "/ppt/")
_MAX_LISTED = 200


class Standing(IntEnum):
    """What it means that something is outside a signature, the gravest last."""

    BY_DESIGN = 0
    UNCLEAR = 1
    CONTENT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What a manifest holds: the keys of parts, and the Ids of relationships by the part that they lead from."""

    parts: frozenset[str]
    relationships: dict[str, frozenset[str]]

    def has(self, source: str, relationship: Relationship) -> bool:
        """Whether the signature covers this relationship."""
        return relationship.id in self.relationships.get(source, frozenset())


@dataclass(slots=True)
class Outside:
    """What lies outside a signature, by name, with what it means; `reached` are the parts that a reader comes to."""

    named: dict[str, Standing] = field(default_factory=dict)
    reached: dict[str, Standing] = field(default_factory=dict)

    @property
    def worst(self) -> Standing:
        """What the gravest of it means."""
        return max(self.named.values(), default=Standing.BY_DESIGN)

    @property
    def listed(self) -> tuple[str, ...]:
        """All of it for the report, the gravest first, up to a cap."""
        names = sorted(self.named, key=lambda name: -self.named[name])
        return tuple(names) if len(names) <= _MAX_LISTED else (*names[:_MAX_LISTED], f"… ({len(names)})")

    def note(self, name: str, standing: Standing) -> None:
        """Add something under a name."""
        self.named[name] = max(standing, self.named.get(name, standing))


def outside(package: Package, covered: Covered) -> Outside:
    """Follow every relationship from the root, and say what of it the signature leaves out."""
    found = Outside()
    of_signature: set[str] = set()
    for source, relationship in _walk(package):
        standing = _standing(package, source, relationship)
        target = relationship.leads_to
        if target is not None:
            found.reached[target] = max(standing, found.reached.get(target, standing))
        if relationship.type in SIGNATURE_TYPES:
            of_signature.add(target or "")
        elif not covered.has(source, relationship):
            found.note(_label(package, source, relationship), standing)
        elif relationship.external and relationship.type in _FETCHED:
            found.note(_label(package, source, relationship), Standing.UNCLEAR)
    folders = _content_folders(package)
    for key in package.entries:
        standing = _standing_of_part(key, found, folders)
        if key in covered.parts or _is_judged_by_relationships(key, found):
            continue
        if key not in of_signature or standing > Standing.BY_DESIGN:
            found.note(package.name(key), standing)
    return found


def _walk(package: Package) -> Iterator[tuple[str, Relationship]]:
    """Every relationship that can be reached from the root, with the part that it leads from."""
    seen, waiting = {ROOT}, [ROOT]
    while waiting:
        source = waiting.pop()
        for relationship in package.relationships(source):
            yield source, relationship
            target = relationship.leads_to
            if target in package.entries and target not in seen:
                seen.add(target)
                waiting.append(target)


def _standing(package: Package, source: str, relationship: Relationship) -> Standing:
    """What it would mean that a relationship, or the part behind it, is not signed.

    A part that refers to a relationship by its Id shows what is behind it, whatever its type says: ink is custom data.
    """
    if _LATER.match(relationship.type) and relationship.type not in _BY_DESIGN:
        return Standing.UNCLEAR
    if relationship.external or relationship.type not in _BY_DESIGN:
        return Standing.CONTENT
    # A signature names Ids, too: those of the relationships that it signs.
    shown = source != ROOT and package.types.of(source) != SIGNATURE_PART and _refers(package.content(source), relationship.id)
    return Standing.CONTENT if shown else Standing.BY_DESIGN


def _standing_of_part(key: str, found: Outside, folders: tuple[str, ...]) -> Standing:
    """The same of a part: by how it is reached, else by where it lies."""
    if key == CONTENT_TYPES:
        # What it says of each part is compared with what was signed.
        return Standing.BY_DESIGN
    by_place = Standing.CONTENT if key.startswith(folders) else Standing.BY_DESIGN
    return found.reached.get(key, by_place)


def _refers(content: bytes, identifier: str) -> bool:
    """Whether an Id stands in a part as the value of an attribute, or in a binary part at all."""
    if content.lstrip()[:1] == b"<" or content[:2] in {b"\xff\xfe", b"\xfe\xff", b"\xef\xbb"}:
        quoted = [f"{quote}{identifier}{quote}" for quote in ("'", '"')]
        return any(text.encode(code) in content for text in quoted for code in ("utf-8", "utf-16-le", "utf-16-be"))
    return any(identifier.encode(code) in content for code in ("utf-8", "utf-16-le"))


def _label(package: Package, source: str, relationship: Relationship) -> str:
    """A relationship for people: where it is written, its Id, its kind, and the address where it leads outside."""
    where = f" -> {relationship.target[:200]}" if relationship.external else ""
    return f"{package.name(relationships_of(source))}#{relationship.id} ({relationship.kind}){where}"


def _content_folders(package: Package) -> tuple[str, ...]:
    """Where the content lies by its name: the folders of the three programs, and that of the document itself."""
    documents = [one.leads_to for one in package.relationships(ROOT) if one.type in DOCUMENT and one.leads_to]
    return (*_CONTENT_FOLDERS, *(document.rpartition("/")[0] + "/" for document in documents))


def _is_judged_by_relationships(key: str, found: Outside) -> bool:
    """Whether a part holds relationships that were looked at one by one."""
    source = source_of(key)
    return source == ROOT or source in found.reached
