"""Digests of PDF objects by what they contain, so that two revisions of a file can be compared part by part."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pyhanko.pdf_utils import generic

NOTHING: frozenset[str] = frozenset()

MAX_VISITS = 200_000
"""Objects visited for all revisions of one file. Mutual references can make a walk exponential; no real file comes near."""


class TooManyObjectsError(RuntimeError):
    """The walk through a file's objects does not end within bounds."""


class View(Protocol):
    """One revision of a file: resolves references as of that revision."""

    def get_object(self, ref: generic.Reference) -> generic.PdfObject:
        """The object behind a reference."""
        ...


@dataclass(slots=True)
class SharedDigests:
    """What the views of one file have in common. `changed` are the object numbers written anew since the oldest of them."""

    changed: frozenset[int]
    digests: dict[tuple[int, int], bytes] = field(default_factory=dict)
    visits: int = 0

    def count_visit(self) -> None:
        """Stop a walk that has become too long."""
        self.visits += 1
        if self.visits > MAX_VISITS:
            raise TooManyObjectsError(f"more than {MAX_VISITS} objects visited")


class ObjectDigests:
    """Digests within one view.

    An indirect object is digested once. Those whose whole closure is untouched since the oldest revision of interest are
    kept in `shared`, which all views of one file use, so that a view costs only what changed in it.
    """

    def __init__(self, view: View, shared: SharedDigests) -> None:
        self.view = view
        self.shared = shared
        self.own: dict[tuple[int, int], bytes] = {}
        self.pages: dict[tuple[int, int], int] = {}
        self.open: dict[tuple[int, int], int] = {}
        self.dirty = False
        self.cut = 0

    def of(self, value: object) -> bytes:
        """The digest of any object, following references."""
        return hashlib.sha256(self.spell(value)).digest()

    def entries(self, mapping: Mapping[str, object], keys: Iterable[str]) -> bytes:
        """One digest over the named entries of a dictionary, absent ones left out."""
        total = hashlib.sha256()
        for key in keys:
            if key in mapping:
                total.update(key.encode("utf-8", "surrogateescape") + b"=" + self.of(raw(mapping, key)))
        return total.digest()

    def spell(self, value: object) -> bytes:
        """Type-tagged bytes of a value; references stand for the digest of what they point to."""
        if isinstance(value, generic.DecryptedObjectProxy):
            value = value.decrypted
        match value:
            case generic.IndirectObject():
                return b"r" + self.behind(value)
            case generic.StreamObject():
                return b"s" + self.dictionary(value) + hashlib.sha256(value.encoded_data or b"").digest()
            case generic.DictionaryObject():
                return self.dictionary(value)
            case generic.ArrayObject():
                items = [self.spell(item) for item in list.__iter__(value)]
                return b"[%d:" % len(items) + b",".join(b"%d:" % len(item) + item for item in items) + b"]"
            case _:
                return primitive(value)

    def dictionary(self, value: Mapping[str, object], without: frozenset[str] = NOTHING) -> bytes:
        """A dictionary by its sorted entries; `/Length` only repeats what the stream's bytes say."""
        total = hashlib.sha256()
        for key in sorted(value):
            if key in without or key == "/Length":
                continue
            item = self.spell(raw(value, key))
            total.update(b"%d:%d:" % (len(key), len(item)) + key.encode("utf-8", "surrogateescape") + item)
        return b"d" + total.digest()

    def behind(self, pointer: generic.IndirectObject) -> bytes:
        """The digest of an indirect object. A page is named by its number, a cycle by how far it leads back."""
        key = (pointer.idnum, pointer.generation)
        if key in self.pages:
            return b"page %d" % self.pages[key]
        known = self.shared.digests.get(key)
        if known is not None:
            return known
        if key in self.own:
            self.dirty = True
            return self.own[key]
        if key in self.open:
            self.cut = min(self.cut, self.open[key])
            return b"up %d" % (len(self.open) - self.open[key])
        return self.visit(key, pointer)

    def visit(self, key: tuple[int, int], pointer: generic.IndirectObject) -> bytes:
        """Digest an object for the first time and remember it where that is sound."""
        self.shared.count_visit()
        outer_dirty, outer_cut = self.dirty, self.cut
        depth = len(self.open)
        self.open[key] = depth
        self.dirty, self.cut = key[0] in self.shared.changed, depth + 1
        try:
            found = self.of(self.view.get_object(generic.Reference(key[0], key[1], pdf=self.view)))
        finally:
            del self.open[key]
        # A digest that leads back above this object depends on where the walk came from, so it is not kept.
        if self.cut >= depth:
            (self.own if self.dirty else self.shared.digests)[key] = found
        self.dirty, self.cut = outer_dirty or self.dirty, min(outer_cut, self.cut)
        return found


def primitive(value: object) -> bytes:
    """Type-tagged bytes of a string, name, number, boolean or null."""
    match value:
        case generic.TextStringObject() | generic.ByteStringObject():
            return b"t" + hashlib.sha256(value.original_bytes).digest()
        case generic.NullObject():
            return b"z"
        case generic.BooleanObject():
            return b"b1" if value.value else b"b0"
        case generic.NameObject() | generic.NumberObject() | generic.FloatObject():
            return b"v" + f"{type(value).__name__}:{value}".encode("utf-8", "surrogateescape")
        case _:
            raise TypeError(f"no digest for {type(value).__name__}")


def raw(mapping: Mapping[str, object], key: str) -> object:
    """An entry as it stands in the file, reference unresolved."""
    if isinstance(mapping, generic.DictionaryObject):
        return mapping.raw_get(key)
    return mapping[key]


def entry(mapping: Mapping[str, object], key: str) -> object:
    """An entry with references resolved; None where it is absent or null. The engine's own `get` resolves nothing."""
    try:
        return resolved(mapping[key])
    except KeyError:
        return None


def text_entry(mapping: Mapping[str, object], key: str, default: str = "") -> str:
    """An entry as text, for names and field titles."""
    found = entry(mapping, key)
    return default if found is None else str(found)


def items_of(value: object) -> tuple[object, ...]:
    """The items of an array as they stand, references unresolved; nothing for any other value."""
    return tuple(list.__iter__(value)) if isinstance(value, generic.ArrayObject) else ()


def resolved(pointer: object) -> object:
    """The object itself, behind a reference or not."""
    if isinstance(pointer, generic.IndirectObject):
        pointer = pointer.get_object()
    return pointer.decrypted if isinstance(pointer, generic.DecryptedObjectProxy) else pointer


def key_of(pointer: object) -> tuple[int, int] | None:
    """Object and generation number of a reference."""
    return (pointer.idnum, pointer.generation) if isinstance(pointer, generic.IndirectObject) else None
