"""What a revision of a PDF shows and does, page by page, in digests that can be compared with a later revision.

The engine's difference analysis knows which updates are usual; it accepts form filling that redraws a field and says nothing
of what a reader sees. This fingerprint answers the other question: would the signer still see what was signed?
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pyhanko.pdf_utils import generic

from parsers.signatures.pdf_objects import (
    ObjectDigests,
    SharedDigests,
    TooManyObjectsError,
    View,
    entry,
    items_of,
    key_of,
    raw,
    resolved,
    text_entry,
)
from parsers.signatures.pdf_stamps import covering, is_drawn, largest_stamp, share

SHOWN = ("/Contents", "/CropBox", "/UserUnit", "/Group", "/AA", "/ArtBox", "/BleedBox", "/TrimBox")
INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
ACTING = ("/OCProperties", "/OpenAction", "/AA", "/Collection", "/Requirements")
LINKS_UP = frozenset({"/P", "/Parent", "/Kids", "/StructParent", "/Popup", "/M", "/NM"})
"""Entries of annotations and fields that lead back or only administrate."""
SEAL_SHOWN = ("/AP", "/AS", "/Rect", "/F", "/MK", "/OC", "/AA", "/A")

MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class PagePrint:
    """One page: everything but form fields, then the widgets of ordinary fields and of signature fields by field name.

    `shares` are what the stamps take of the page, with that of the largest that may be there as 1.
    """

    body: bytes
    widgets: Mapping[str, bytes]
    seals: Mapping[str, bytes]
    shares: Mapping[str, float] = field(default_factory=dict)


REMOTE = PagePrint(b"", {}, {})
"""A page that is the same in all revisions: where it stands in the tree is the same too."""


@dataclass(frozen=True, slots=True)
class DocumentPrint:
    """One revision: its pages, its scripts and layers, and its form fields by name. `signed` are the filled signature fields."""

    pages: tuple[PagePrint, ...]
    behaviour: bytes
    fields: Mapping[str, bytes]
    signed: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What differs between a signed revision and a later one; pages count from 1.

    `stamps` are fields that draw something in the name of a signature which is not known to be intact, or over much of a page.
    """

    pages: tuple[int, ...] = ()
    behaviour: bool = False
    fields: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()

    @property
    def visible(self) -> bool:
        """Whether the document shows or does something else than what was signed."""
        return bool(self.pages) or self.behaviour


@dataclass(slots=True)
class Form:
    """The field tree of one revision: values by name, filled signature fields, and kind and name by object."""

    fields: dict[str, bytes] = field(default_factory=dict)
    signed: set[str] = field(default_factory=set)
    owners: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)


class Fingerprints:
    """Fingerprints of the revisions of one file; equal pages are digested once, `remote` ones not at all."""

    def __init__(self, changed: frozenset[int], max_pages: int) -> None:
        self.shared = SharedDigests(changed=changed)
        self.max_pages = max_pages
        self.remote: frozenset[tuple[int, int]] = frozenset()

    def of(self, view: View, root: generic.DictionaryObject) -> DocumentPrint:
        """The fingerprint of the revision that `view` shows."""
        digests = ObjectDigests(view, self.shared)
        nodes = list(self.page_nodes(root))
        digests.pages = {key: number for number, (key, _page, _inherited) in enumerate(nodes, 1) if key is not None}
        form = read_form(root, digests)
        pages = tuple(
            REMOTE if key in self.remote else page_print(page, inherited, digests, form) for key, page, inherited in nodes
        )
        return DocumentPrint(pages, behaviour(root, digests), form.fields, frozenset(form.signed))

    def page_nodes(
        self, root: generic.DictionaryObject
    ) -> Iterator[tuple[tuple[int, int] | None, generic.DictionaryObject, dict[str, object]]]:
        """Pages in order with their keys and what they inherit (ISO 32000-2, 7.7.3.4)."""
        stack: list[tuple[object, dict[str, object]]] = [(raw(root, "/Pages"), {})]
        seen: set[tuple[int, int]] = set()
        count = 0
        while stack:
            pointer, inherited = stack.pop()
            key = key_of(pointer)
            if key is not None:
                if key in seen:
                    raise TooManyObjectsError("a page stands twice in the page tree")
                seen.add(key)
            if key in self.remote:
                count = self.counted(count)
                yield key, generic.DictionaryObject(), {}
                continue
            node = resolved(pointer)
            if not isinstance(node, generic.DictionaryObject):
                continue
            own = {**inherited, **{name: raw(node, name) for name in INHERITED if name in node}}
            if "/Kids" in node:
                stack.extend((kid, own) for kid in reversed(items_of(entry(node, "/Kids"))))
                continue
            count = self.counted(count)
            yield key, node, own

    def counted(self, pages: int) -> int:
        """One page more, if there may be one."""
        if pages >= self.max_pages:
            raise TooManyObjectsError(f"more than {self.max_pages} pages")
        return pages + 1


def behaviour(root: generic.DictionaryObject, digests: ObjectDigests) -> bytes:
    """Layers, actions and scripts of the whole document, and forms that draw themselves (XFA)."""
    names, form = dictionary_entry(root, "/Names"), dictionary_entry(root, "/AcroForm")
    parts = (digests.entries(root, ACTING), digests.entries(names, ("/JavaScript",)), digests.entries(form, ("/XFA", "/CO")))
    return hashlib.sha256(b"".join(parts)).digest()


def dictionary_entry(mapping: Mapping[str, object], key: str) -> Mapping[str, object]:
    """A dictionary below another one; empty where there is none."""
    found = entry(mapping, key)
    return found if isinstance(found, generic.DictionaryObject) else {}


def page_print(page: generic.DictionaryObject, inherited: Mapping[str, object], digests: ObjectDigests, form: Form) -> PagePrint:
    """Digest one page; annotations that are no form fields belong to its body, in their order."""
    body = hashlib.sha256(digests.entries(page, SHOWN) + digests.entries(inherited, INHERITED))
    widgets: dict[str, bytes] = {}
    seals: dict[str, bytes] = {}
    shares: dict[str, float] = {}
    most = largest_stamp(page, inherited)
    for pointer in items_of(entry(page, "/Annots")):
        annotation = resolved(pointer)
        if not isinstance(annotation, generic.DictionaryObject):
            continue
        kind, name = field_of(annotation, form.owners.get(key_of(pointer) or (0, 0)))
        if kind == "/Sig":
            put(seals, name, digests.entries(annotation, SEAL_SHOWN) if is_drawn(annotation) else b"")
            if is_drawn(annotation):
                shares[name] = shares.get(name, 0) + share(annotation, most)
        elif kind:
            put(widgets, name, digests.dictionary(annotation, LINKS_UP))
        else:
            body.update(digests.dictionary(annotation, LINKS_UP))
    return PagePrint(body.digest(), widgets, seals, shares)


def put(found: dict[str, bytes], name: str, digest: bytes) -> None:
    """Add a widget; several of one field count together, in order."""
    found[name] = hashlib.sha256(found.get(name, b"") + digest).digest() if digest else found.get(name, b"")


def field_of(annotation: generic.DictionaryObject, owner: tuple[str, str] | None) -> tuple[str, str]:
    """Field type and full name of a widget; no type means no field.

    The form decides; a widget that the form does not reach is asked for its parents (ISO 32000-2, 12.7.4.1).
    """
    if text_entry(annotation, "/Subtype") != "/Widget":
        return "", ""
    return owner if owner is not None else field_by_parents(annotation)


def field_by_parents(widget: generic.DictionaryObject) -> tuple[str, str]:
    """Field type and full name by following `/Parent`."""
    kind = ""
    parts: list[str] = []
    node: object = widget
    for _depth in range(MAX_DEPTH):
        if not isinstance(node, generic.DictionaryObject):
            break
        kind = kind or text_entry(node, "/FT")
        if title := text_entry(node, "/T"):
            parts.append(title)
        node = entry(node, "/Parent")
    return kind, ".".join(reversed(parts))


def read_form(root: generic.DictionaryObject, digests: ObjectDigests) -> Form:
    """Values of ordinary fields by full name, and the names of filled signature fields."""
    form = Form()
    acroform = dictionary_entry(root, "/AcroForm")
    read_fields(entry(acroform, "/Fields"), ("", ""), digests, form, 0)
    if any(kind in {"/Tx", "/Btn", "/Ch"} for kind, _name in form.owners.values()):
        # Viewers that draw fields themselves take fonts and defaults from the form.
        put(form.fields, "AcroForm", digests.entries(acroform, ("/DR", "/DA", "/Q", "/NeedAppearances")))
    return form


def read_fields(fields: object, parent: tuple[str, str], digests: ObjectDigests, form: Form, depth: int) -> None:
    """Walk one level of the field tree; `parent` is the name so far and the inherited type."""
    if depth > MAX_DEPTH:
        raise TooManyObjectsError("the field tree is too deep")
    for pointer in items_of(fields):
        digests.shared.count_visit()
        node = resolved(pointer)
        if not isinstance(node, generic.DictionaryObject):
            continue
        name = ".".join(part for part in (parent[0], text_entry(node, "/T")) if part)
        kind = text_entry(node, "/FT", parent[1])
        key = key_of(pointer)
        if key is not None:
            form.owners[key] = (kind, name)
        if kind != "/Sig":
            put(form.fields, name, digests.dictionary(node, LINKS_UP))
        elif entry(node, "/V") is not None:
            form.signed.add(name)
        read_fields(entry(node, "/Kids"), (name, kind), digests, form, depth + 1)


def compare(signed: DocumentPrint, later: DocumentPrint, sealed_fields: frozenset[str]) -> Changes:
    """What changed. `sealed_fields` are the fields of intact signatures: their stamps may appear."""
    fields = {name for name in {*signed.fields, *later.fields} if signed.fields.get(name) != later.fields.get(name)}
    stamps: set[str] = set()
    pages: list[int] = []
    moved = len(signed.pages) != len(later.pages)
    for number, (old, new) in enumerate(() if moved else zip(signed.pages, later.pages, strict=True), 1):
        fields |= {name for name in old.widgets if name in new.widgets and old.widgets[name] != new.widgets[name]}
        redrawn = {name for name in {*old.seals, *new.seals} if old.seals.get(name, b"") != new.seals.get(name, b"")}
        # A frame for a signature still to come is a change of the form, a stamp needs its signature to be intact.
        frames = {name for name in redrawn if name not in old.seals and name not in later.signed}
        signings = {name for name in redrawn if name in new.seals and name in later.signed - signed.signed}
        fields |= frames
        stamps |= (signings - sealed_fields) | covering(new.shares, signings)
        if not same_page(old, new) or redrawn - frames - signings:
            pages.append(number)
    return Changes(
        pages=tuple(moved_pages(signed.pages, later.pages) if moved else pages),
        behaviour=signed.behaviour != later.behaviour,
        fields=tuple(sorted(fields)),
        stamps=tuple(sorted(stamps)),
    )


def same_page(old: PagePrint, new: PagePrint) -> bool:
    """Same body and the same set of fields: a field that appears on a page covers what was there."""
    return old.body == new.body and old.widgets.keys() == new.widgets.keys()


def moved_pages(before: tuple[PagePrint, ...], after: tuple[PagePrint, ...]) -> list[int]:
    """Pages between the common start and the common end: their numbers now, or as signed where pages were only taken out."""
    start = 0
    while start < min(len(before), len(after)) and same_page(before[start], after[start]):
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and same_page(before[-1 - end], after[-1 - end]):
        end += 1
    last = len(after) - end if len(after) > len(before) else len(before) - end
    return list(range(start + 1, max(last, start + 1) + 1))
