"""Which pages of a PDF cannot have been touched by its later revisions, found by following references.

A page is remote when it has no annotations, and neither it nor anything that it leads to was written anew, belongs to the
form, or is a changed page. Such a page is the same in every revision looked at, so it need not be digested or compared: that
keeps the cost of an update in proportion to what it changes.
"""

from collections import defaultdict
from collections.abc import Iterable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from parsers.signatures.pdf_objects import MAX_VISITS, TooManyObjectsError, entry, items_of, key_of, raw, resolved

Key = tuple[int, int]

NO_PAGES: frozenset[Key] = frozenset()


def remote_pages(reader: PdfFileReader, changed: frozenset[int]) -> frozenset[Key]:
    """The remote pages of the last revision, none where the page tree itself was written anew or is unusual.

    `changed` are the numbers of the objects written since the oldest revision looked at.
    """
    pages, nodes = page_tree(reader)
    if not pages or any(number in changed for number, _generation in nodes):
        return NO_PAGES
    graph = References(reader, {number for number, _generation in pages}, changed)
    own = graph.closure([raw(reader.root, "/AcroForm")]) if "/AcroForm" in reader.root else set()
    # What stands in a node of the tree is inherited by the pages.
    inherited = graph.closure(
        raw(node, name) for node in map(resolved_node, nodes.values()) for name in node if name not in {"/Kids", "/Parent"}
    )
    touched = graph.leading_to(changed | own | {number for number, _generation in nodes}, pages)
    return NO_PAGES if inherited & (touched | changed) else frozenset(page for page in pages if page[0] not in touched)


def resolved_node(pointer: generic.IndirectObject) -> generic.DictionaryObject:
    """A node of the page tree."""
    found = resolved(pointer)
    return found if isinstance(found, generic.DictionaryObject) else generic.DictionaryObject()


def page_tree(reader: PdfFileReader) -> tuple[dict[Key, generic.IndirectObject], dict[Key, generic.IndirectObject]]:
    """Pages and inner nodes by their keys; nothing where one of them stands twice, or not by itself."""
    pages: dict[Key, generic.IndirectObject] = {}
    nodes: dict[Key, generic.IndirectObject] = {}
    stack: list[object] = [raw(reader.root, "/Pages")]
    while stack:
        pointer = stack.pop()
        key = key_of(pointer)
        if not isinstance(pointer, generic.IndirectObject) or key is None or key in pages or key in nodes:
            return {}, {}
        node = resolved(pointer)
        if not isinstance(node, generic.DictionaryObject):
            return {}, {}
        (nodes if "/Kids" in node else pages)[key] = pointer
        stack.extend(items_of(entry(node, "/Kids")))
    return pages, nodes


class References:
    """References between objects. Pages are named, not entered.

    `unusual` are pages with annotations and objects with the annotation of a form field in them.
    """

    def __init__(self, reader: PdfFileReader, pages: set[int], changed: frozenset[int]) -> None:
        self.reader = reader
        self.pages = pages
        self.changed = changed
        self.known: dict[int, list[generic.IndirectObject]] = {}
        self.unusual: set[int] = set()

    def closure(self, values: Iterable[object]) -> set[int]:
        """Numbers of all objects that some values lead to."""
        found: set[int] = set()
        waiting = [pointer for value in values for pointer in pointers_in(value)[0]]
        while waiting:
            pointer = waiting.pop()
            if pointer.idnum not in found:
                found.add(pointer.idnum)
                if pointer.idnum not in self.pages:
                    waiting.extend(self.entered(pointer))
        return found

    def leading_to(self, targets: set[int] | frozenset[int], pages: dict[Key, generic.IndirectObject]) -> set[int]:
        """Numbers of the objects below the pages, and of the pages, that are targets or lead to one."""
        back: dict[int, set[int]] = defaultdict(set)
        waiting = [*pages.values()]
        seen: set[int] = set()
        while waiting:
            pointer = waiting.pop()
            if pointer.idnum in seen:
                continue
            seen.add(pointer.idnum)
            for found in self.entered(pointer):
                if found.idnum in self.pages and found.idnum not in self.changed:
                    continue
                back[found.idnum].add(pointer.idnum)
                if found.idnum not in self.pages:
                    waiting.append(found)
        return reached(targets | self.unusual, back)

    def entered(self, pointer: generic.IndirectObject) -> list[generic.IndirectObject]:
        """The references in an object. The way up to a parent is not followed, neither here nor by the engine."""
        if pointer.idnum in self.known:
            return self.known[pointer.idnum]
        if len(self.known) > MAX_VISITS:
            raise TooManyObjectsError(f"more than {MAX_VISITS} objects visited")
        value = self.reader.get_object(pointer.reference, transparent_decrypt=False)
        found, is_widget = pointers_in(value)
        self.known[pointer.idnum] = found
        if is_widget or (pointer.idnum in self.pages and not is_plain_page(value)):
            self.unusual.add(pointer.idnum)
        return found


def reached(targets: Iterable[int], back: dict[int, set[int]]) -> set[int]:
    """The targets and everything from which a way leads to them."""
    found = set(targets)
    waiting = [*found]
    while waiting:
        for number in back.get(waiting.pop(), ()):
            if number not in found:
                found.add(number)
                waiting.append(number)
    return found


def is_plain_page(value: object) -> bool:
    """Whether an object says that it is a page, and has no annotations."""
    if isinstance(value, generic.DecryptedObjectProxy):
        value = value.raw_object
    return isinstance(value, generic.DictionaryObject) and dict.get(value, "/Type") == "/Page" and "/Annots" not in value


def pointers_in(value: object) -> tuple[list[generic.IndirectObject], bool]:
    """All references in a value but those to parents, and whether an annotation of a form field is in it."""
    found: list[generic.IndirectObject] = []
    is_widget = False
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, generic.DecryptedObjectProxy):
            item = item.raw_object
        if isinstance(item, generic.IndirectObject):
            found.append(item)
        elif isinstance(item, generic.DictionaryObject):
            kind = dict.get(item, "/Subtype")
            # A kind that stands elsewhere may be anything.
            is_widget = is_widget or kind == "/Widget" or isinstance(kind, generic.IndirectObject)
            waiting.extend(inner for key, inner in item.items() if key != "/Parent")
        elif isinstance(item, generic.ArrayObject):
            waiting.extend(list.__iter__(item))
    return found, is_widget


def pages_of(root: generic.DictionaryObject) -> Key | None:
    """The key of the page tree of one revision."""
    return key_of(raw(root, "/Pages"))
