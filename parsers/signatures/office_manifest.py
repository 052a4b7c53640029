"""The manifest of a package signature: which parts and relationships it holds, and whether they still are what was signed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from parsers.errors import ParseError
from parsers.signatures.model import Reason
from parsers.signatures.office_coverage import Covered
from parsers.signatures.office_names import part_key, source_of
from parsers.signatures.office_package import Package, refusing
from parsers.signatures.office_relationships import CONTENT_TYPE, RELATIONSHIP_TRANSFORM, Relationship, transformed
from parsers.signatures.xml_algorithms import Canonicalization, Digest, canonical_document, canonicalization, decoded, digest_of
from parsers.signatures.xml_reader import (
    Element,
    MalformedError,
    NotCheckedError,
    algorithm_of,
    children,
    ds,
    elements,
    only,
    read_xml,
    split_texts,
    tag,
    text_of,
)

_MDSSI = "http://schemas.openxmlformats.org/package/2006/digital-signature"
_SELECTIONS = {tag(_MDSSI, "RelationshipReference"): "SourceId", tag(_MDSSI, "RelationshipsGroupReference"): "SourceType"}
_TYPE_QUERY = "ContentType="


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which relationships of a part are signed: those with one of some Ids or of some types."""

    ids: frozenset[str]
    types: frozenset[str]

    def of(self, relationships: Iterable[Relationship]) -> tuple[Relationship, ...]:
        """The relationships that are meant."""
        return tuple(one for one in relationships if one.id in self.ids or one.type in self.types)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartReference:
    """One part as a manifest holds it. Without `selection` and `method` its bytes are signed as they are.

    `name` is as it was signed: a program for which `A.xml` and `a.xml` are two would not find a part that was renamed.
    """

    key: str
    name: str
    content_type: str
    digest: Digest
    value: bytes
    selection: Selection | None = None
    method: Canonicalization | None = None


@dataclass(slots=True)
class Digests:
    """Digests over the parts of a package, each computed once however many signatures are over it."""

    package: Package
    known: dict[tuple[object, ...], bytes] = field(default_factory=dict)

    def of(self, reference: PartReference) -> bytes:
        """The digest of a part that is there, as the reference asks for it."""
        asked = (reference.key, reference.digest, reference.selection, reference.method)
        if asked not in self.known:
            self.known[asked] = reference.digest.of(self._octets(reference))
        return self.known[asked]

    def _octets(self, reference: PartReference) -> bytes:
        source = source_of(reference.key)
        if reference.selection is not None and source is not None:
            # After the transform every canonical form is the same.
            return transformed(reference.selection.of(self.package.relationships(source)))
        content = self.package.content(reference.key)
        if reference.method is None:
            return content
        with refusing(self.package.name(reference.key)):
            root = read_xml(content)
            if not reference.method.commented and next(split_texts(root), None) is not None:
                raise ParseError("a comment that is not signed cuts a text in two")
            return canonical_document(root, reference.method)


@dataclass(slots=True)
class Holding:
    """A manifest against its package: what it covers, and what is not as it was signed; `weak` as in `Digest`."""

    parts: set[str] = field(default_factory=set)
    relationships: dict[str, frozenset[str]] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    weak: bool = False

    @property
    def covered(self) -> Covered:
        """What the signature vouches for."""
        return Covered(parts=frozenset(self.parts), relationships=self.relationships)


def read_manifest(manifest: Element, most: int) -> tuple[PartReference, ...]:
    """The references of a manifest; NotCheckedError beyond `most`, MalformedError for one that a package cannot have."""
    references = children(manifest, ds("Reference"))
    if len(references) > most:
        raise NotCheckedError(Reason.LIMIT, f"more than {most} parts in a manifest")
    if not references or len(references) != len(elements(manifest)):
        raise MalformedError("a manifest of something else than parts")
    found = tuple(map(_read_reference, references))
    if len({reference.key for reference in found}) != len(found):
        # Of relationships that would be two choices out of one part (ISO/IEC 29500-2, 10.5.8).
        raise MalformedError("a part that is twice in a manifest")
    return found


def compare(references: Iterable[PartReference], digests: Digests) -> Holding:
    """Hold every reference against the package; PackageError where a part of it cannot be read.

    What was changed is held all the same: the signature vouches for other content there, it does not leave the place open.
    """
    found, package = Holding(), digests.package
    for reference in references:
        found.weak = found.weak or reference.digest.weak
        if not is_there(package, reference) or digests.of(reference) != reference.value:
            found.changed.append(reference.name)
        if reference.selection is None:
            found.parts.add(reference.key)
        source = source_of(reference.key)
        if source is not None:
            present = package.relationships(source)
            chosen = present if reference.selection is None else reference.selection.of(present)
            found.relationships[source] = frozenset(one.id for one in chosen)
    return found


def is_there(package: Package, reference: PartReference) -> bool:
    """Whether a part is there under the name and with the content type that were signed."""
    if reference.key not in package.entries:
        return False
    name, content_type = package.name(reference.key), package.types.of(reference.key)
    return (unquote(name), content_type) == (unquote(reference.name), reference.content_type)


def _read_reference(reference: Element) -> PartReference:
    """One reference (ISO/IEC 29500-2, 10.5.7): a part, its content type, how it is digested."""
    path, mark, query = str(reference.get("URI", "")).partition("?")
    if not path.startswith("/") or not mark or not query.startswith(_TYPE_QUERY) or "#" in query:
        raise MalformedError("a reference to something else than a part")
    try:
        key = part_key(path[1:])
    except ParseError as error:
        raise MalformedError(str(error)) from error
    content_type = unquote(query.removeprefix(_TYPE_QUERY))
    selection, method = _read_transforms(reference)
    if selection is not None and (source_of(key) is None or content_type != CONTENT_TYPE):
        raise MalformedError("relationships chosen from another part")
    return PartReference(
        key=key,
        name=path,
        content_type=content_type,
        digest=digest_of(algorithm_of(reference, ds("DigestMethod"))),
        value=decoded(text_of(only(reference, ds("DigestValue")))),
        selection=selection,
        method=method,
    )


def _read_transforms(reference: Element) -> tuple[Selection | None, Canonicalization | None]:
    """The two transforms that a package knows: a choice of relationships, which has to be canonicalised, or that alone."""
    if not children(reference, ds("Transforms")):
        return None, None
    transforms = elements(only(reference, ds("Transforms")))
    chosen = transforms[0].get("Algorithm") == RELATIONSHIP_TRANSFORM if transforms else False
    if len(transforms) != 1 + chosen or any(transform.tag != ds("Transform") for transform in transforms):
        raise MalformedError("transforms that a package does not know")
    return _read_selection(transforms[0]) if chosen else None, canonicalization(transforms[-1])


def _read_selection(transform: Element) -> Selection:
    named: dict[str, set[str]] = {"SourceId": set(), "SourceType": set()}
    for choice in elements(transform):
        attribute = _SELECTIONS.get(str(choice.tag))
        value = choice.get(attribute) if attribute else None
        if attribute is None or value is None:
            raise MalformedError("an unknown choice of relationships")
        named[attribute].add(str(value))
    return Selection(ids=frozenset(named["SourceId"]), types=frozenset(named["SourceType"]))
