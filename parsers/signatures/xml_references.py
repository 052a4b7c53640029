"""What a reference of an XML signature is really over: resolved, transformed, digested (XML-DSig 1.1, 4.4.3).

Resolved are references into the own document, by its root or by one identifier that only one element has, and to files that
came along. Other pointers than to the document or to an identifier, and whatever has to be fetched, are not evaluated.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from lxml import etree

from parsers.files.filetype import identify
from parsers.signatures.beside import Beside, by_digest, is_page, last_part
from parsers.signatures.model import Reason
from parsers.signatures.xml_algorithms import (
    CANONICAL_METHODS,
    Canonicalization,
    Digest,
    canonical_document,
    canonicalization,
    decoded,
    digest_of,
)
from parsers.signatures.xml_reader import (
    READING_FAULTS,
    Element,
    MalformedError,
    NotCheckedError,
    algorithm_of,
    children,
    ds,
    elements,
    is_inside,
    markup_in,
    only,
    read_xml,
    split_texts,
    text_of,
)
from parsers.signatures.xml_transforms import (
    BASE64,
    TAG_WORK,
    Selection,
    Surroundings,
    octets_of,
    transformed,
    uri_of,
)

MAX_LISTED = 10_000
"""References that are read in one list; how many are followed is for `Surroundings` to say."""

POINTER = re.compile(r"""xpointer\((?:(?P<root>/)|id\((?P<quote>['"])(?P<id>[^'"()\s]+)(?P=quote)\))\)""")
"""The two pointers that programs which sign should know."""

MAX_TRANSFORMS = 8

TYPES_OF_NOTHING = frozenset({"", "application/octet-stream"})
XML_TYPES = {"text/xml": "application/xml"}
"""Names of one type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One reference as it was signed; `uri` is None where it names nothing."""

    uri: str | None
    kind: str
    transforms: tuple[Element, ...]
    digest: Digest
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What came of one reference.

    `intact` is None where it was not evaluated, for the reason in `obstacle`. `element` is the element of the document that
    it is over, with all inside except `left_out`; `file` is the file. `around` means the processing instructions around the
    root as well, `only_text` the text without the element's own name and attributes: then `content` is the SHA-256 (hex) of what
    the text held, and `mislabelled` says that the element calls that something which it is not. `octets` are the digested ones.
    """

    intact: bool | None = None
    obstacle: Reason | None = None
    detail: str = ""
    weak: bool = False
    element: Element | None = None
    left_out: tuple[Element, ...] = ()
    around: bool = False
    only_text: bool = False
    file: Beside | None = None
    content: str = ""
    mislabelled: bool = False
    octets: bytes = b""

    def covers(self, inner: Element) -> bool:
        """Whether an element is signed by this: it is the one, or inside it and not inside what was left out."""
        if not self.intact or self.element is None or (self.only_text and inner.tag != ds("Object")):
            return False
        return is_inside(inner, [self.element]) and not is_inside(inner, self.left_out)


def read_references(parent: Element) -> tuple[Reference, ...]:
    """The references in a SignedInfo or a Manifest; MalformedError or NotCheckedError where one cannot be read."""
    found = children(parent, ds("Reference"))
    if not found:
        raise MalformedError("no reference")
    if len(found) > MAX_LISTED:
        raise NotCheckedError(Reason.LIMIT, f"{len(found)} references")
    return tuple(map(read_reference, found))


def read_reference(element: Element) -> Reference:
    """One reference."""
    lists = children(element, ds("Transforms"))
    if len(lists) > 1:
        raise MalformedError("several lists of transforms")
    transforms = elements(lists[0]) if lists else []
    if any(transform.tag != ds("Transform") for transform in transforms):
        raise MalformedError("something else among the transforms")
    if len(transforms) > MAX_TRANSFORMS:
        raise NotCheckedError(Reason.LIMIT, f"{len(transforms)} transforms")
    return Reference(
        uri=element.get("URI"),
        kind=str(element.get("Type", "")),
        transforms=tuple(transforms),
        digest=digest_of(algorithm_of(element, ds("DigestMethod"))),
        value=decoded(text_of(only(element, ds("DigestValue")))),
    )


def resolve_all(references: Iterable[Reference], signature: Element, around: Surroundings) -> tuple[Resolution, ...]:
    """Every reference of a signature, and those of the manifests among them (XML-DSig 1.1, 5.1), without their bytes."""
    found: list[Resolution] = []
    waiting = list(references)
    seen: set[Element] = set()
    while waiting:
        if len(found) >= around.references:
            return (*found, Resolution(obstacle=Reason.LIMIT, detail=f"more than {around.references} references"))
        reference = waiting.pop(0)
        # A hundred references may be over twenty megabytes each.
        resolution = replace(resolve(reference, signature, around), octets=b"")
        found.append(resolution)
        for manifest in manifests_in(resolution):
            if manifest in seen:
                continue
            seen.add(manifest)
            try:
                waiting += read_references(manifest)
            except READING_FAULTS as error:
                found.append(unresolved(error))
    return tuple(found)


def manifests_in(resolution: Resolution) -> list[Element]:
    """The manifest that a reference is over: it is one, or an object that holds one."""
    element = resolution.element
    if element is None or not resolution.intact:
        return []
    if element.tag == ds("Manifest"):
        return [element]
    return children(element, ds("Manifest")) if element.tag == ds("Object") else []


def resolve(reference: Reference, signature: Element, around: Surroundings) -> Resolution:
    """One reference; whatever stands in the way is said of this one only."""
    try:
        if reference.uri is not None and (not reference.uri or reference.uri.startswith("#")):
            return replace(resolve_inside(reference, signature, around), weak=reference.digest.weak)
        return replace(resolve_file(reference, around), weak=reference.digest.weak)
    except READING_FAULTS as error:
        return unresolved(error)


def unresolved(error: Exception) -> Resolution:
    """A reference that was not evaluated, and why."""
    reason = error.reason if isinstance(error, NotCheckedError) else Reason.UNREADABLE
    return Resolution(obstacle=reason, detail=str(error)[:200])


def resolve_inside(reference: Reference, signature: Element, around: Surroundings) -> Resolution:
    """A reference into the own document."""
    uri = reference.uri or ""
    selected = selection(uri, reference, around)
    for transform in reference.transforms:
        selected = transformed(selected, transform, signature, around)
    octets = octets_of(selected, around)
    intact = reference.digest.of(octets) == reference.value
    return Resolution(
        intact=intact,
        detail="" if intact else f"{uri or 'the document'} is not what was signed"[:200],
        element=selected.element,
        left_out=selected.left_out,
        around=selected.around,
        only_text=selected.only_text,
        content=hashlib.sha256(octets).hexdigest() if selected.only_text else "",
        mislabelled=selected.only_text and selected.element is not None and is_mislabelled(selected.element, octets),
        octets=octets,
    )


def is_mislabelled(holder: Element, octets: bytes) -> bool:
    """Whether an object says that the bytes in it are of another type than they are.

    Nothing signs what it says where only its text is signed, and programs go by it.
    """
    told = str(holder.get("MimeType", "")).partition(";")[0].strip().casefold()
    if told in TYPES_OF_NOTHING:
        return False
    found = identify(octets, name="", declared_type="", place="").media_type
    return XML_TYPES.get(told, told) != XML_TYPES.get(found, found)


def selection(uri: str, reference: Reference, around: Surroundings) -> Selection:
    """The document, or the one element that a reference names.

    Two pointers mean the same as no fragment and as an identifier, but that they select comments too (XML-DSig 1.1, 4.4.3.2).
    """
    pointer = POINTER.fullmatch(uri[1:])
    if pointer is not None and any("WithComments" in uri_of(transform) for transform in reference.transforms):
        raise NotCheckedError(Reason.TRANSFORM, f"comments by {uri}"[:200])
    if not uri or (pointer is not None and pointer["root"]):
        return Selection(element=around.root, around=True)
    return Selection(element=target(uri[1:] if pointer is None else pointer["id"], around))


def target(identifier: str, around: Surroundings) -> Element:
    """The one element of that identifier. Two of them are two answers to the question what was signed."""
    if identifier.startswith("xpointer(") or not identifier:
        raise NotCheckedError(Reason.TRANSFORM, f"the fragment #{identifier}"[:200])
    found = around.ids.get(identifier, [])
    if not found:
        raise NotCheckedError(Reason.CONTENT_MISSING, f"nothing is called #{identifier}"[:200])
    if len(found) > 1:
        raise NotCheckedError(Reason.AMBIGUOUS_REFERENCE, f"several elements are called #{identifier}"[:200])
    return found[0]


def resolve_file(reference: Reference, around: Surroundings) -> Resolution:
    """A reference to something outside the document, looked for among the files that came along; nothing is fetched.

    The digest says which file is meant. Only where none has it the name counts: a file of that name is the one that changed.
    """
    named = named_files(reference.uri, around.beside)
    if not reference.transforms:
        around.spend(0 if reference.digest.name == "sha256" else sum(len(file.content) for file in around.beside))
        file = by_digest(around.beside, reference.digest.name, reference.value)
        if file is not None:
            return Resolution(intact=True, file=file)
        tried = named
    else:
        tried = []
        for file in around.beside:
            octets = file_octets(file, reference, around)
            if octets is not None and reference.digest.of(octets) == reference.value:
                return Resolution(intact=True, file=file)
            if octets is not None and file in named:
                tried.append(file)
    if len({file.sha256 for file in tried}) == 1:
        return Resolution(intact=False, file=tried[0], detail=f"{tried[0].name} is not what was signed"[:200])
    raise NotCheckedError(Reason.CONTENT_MISSING, f"no file {reference.uri!r}"[:200])


def file_octets(file: Beside, reference: Reference, around: Surroundings) -> bytes | None:
    """A file after the transforms; None where they do not apply to it."""
    for uri in map(uri_of, reference.transforms):
        if uri != BASE64 and uri not in CANONICAL_METHODS:
            raise NotCheckedError(Reason.TRANSFORM, f"transform {uri!r}"[:200])
    if is_page(file.name, file.declared_type):
        return None
    octets = file.content
    around.spend((len(octets) + TAG_WORK * markup_in(octets)) * len(reference.transforms))
    try:
        for transform in reference.transforms:
            if uri_of(transform) == BASE64:
                octets = decoded(octets.decode("ascii"))
            else:
                octets = canonical_file(read_xml(octets), canonicalization(transform))
    except (NotCheckedError, MalformedError, etree.LxmlError, UnicodeError):
        return None
    return octets


def canonical_file(root: Element, method: Canonicalization) -> bytes:
    """The canonical form of a document beside; MalformedError where a comment that is not in it cuts a text in two."""
    if not method.commented and next(split_texts(root), None) is not None:
        raise MalformedError("a comment inside a text")
    return canonical_document(root, method)


def named_files(uri: str | None, beside: Sequence[Beside]) -> list[Beside]:
    """The files that a relative address names; an address on the network names none of them."""
    if not uri:
        return []
    parts = urlsplit(uri)
    if parts.fragment:
        raise NotCheckedError(Reason.TRANSFORM, f"a part of another file: {uri!r}"[:200])
    if parts.scheme or parts.netloc:
        return []
    wanted = last_part(unquote(parts.path))
    return [file for file in beside if wanted and last_part(file.name) == wanted]
