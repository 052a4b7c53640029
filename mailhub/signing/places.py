"""Where signatures stand on a PDF's pages, and what they forbid."""

from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation import read_certification_data

from mailhub.language import Text
from mailhub.signing.errors import DocumentNotSignableError
from mailhub.signing.look import Sheet
from parsers.signatures.engine import ENGINE_FAULTS

MOST_PAGES = 2000
MOST_PARENTS = 64
DEFAULT_BOX = (0.0, 0.0, 595.0, 842.0)
"""A4, for a page that names no size."""

Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a signature shows: its page from 0, how that page lies, and its rectangle; None for an invisible one."""

    page: int
    sheet: Sheet
    rectangle: Rectangle | None


class SignablePdf:
    """A PDF that is to be signed, as far as that needs looking into it. Raises DocumentNotSignableError where it cannot."""

    def __init__(self, content: bytes) -> None:
        try:
            self.reader = PdfFileReader(BytesIO(content), strict=False)
            self.pages = list(pages_of(self.reader))
        except ENGINE_FAULTS as error:
            raise unreadable(error) from error
        if not self.pages:
            raise unreadable(ValueError("no pages"))

    def forbids_changes(self) -> bool:
        """Whether an earlier signature certified the document with "no changes allowed" (DocMDP, P=1)."""
        try:
            certification = read_certification_data(self.reader)
            if certification is not None and certification.permission is MDPPerm.NO_CHANGES:
                return True
            return any(embedded.docmdp_level is MDPPerm.NO_CHANGES for embedded in self.reader.embedded_regular_signatures)
        except ENGINE_FAULTS as error:
            raise unreadable(error) from error

    def place_of(self, field: str) -> Place:
        """Where the signature of a field shows; a field that no page shows counts as invisible on the first."""
        try:
            return self._place_of(field)
        except ENGINE_FAULTS as error:
            raise unreadable(error) from error

    def sheet(self, page: int) -> Sheet:
        """How a page (from 0) lies."""
        try:
            return sheet_of(self.pages[page].get_object())
        except ENGINE_FAULTS as error:
            raise unreadable(error) from error

    def _place_of(self, field: str) -> Place:
        for name, _value, reference in enumerate_sig_fields(self.reader, filled_status=True):
            if name != field:
                continue
            widgets = [reference, *reference.get_object().get("/Kids", ())]
            for number, page in enumerate(self.pages):
                shown = {item.idnum for item in annotations_of(page.get_object())}
                for widget in widgets:
                    own = getattr(widget, "idnum", None)
                    if own is not None and own in shown:
                        return Place(page=number, sheet=self.sheet(number), rectangle=rectangle_of(widget.get_object()))
        return Place(page=0, sheet=self.sheet(0), rectangle=None)


def pages_of(reader: PdfFileReader) -> list[generic.IndirectObject]:
    """The pages in order."""
    found: list[generic.IndirectObject] = []
    seen: set[int] = set()
    stack = [reader.root.raw_get("/Pages")]
    while stack and len(found) < MOST_PAGES:
        pointer = stack.pop()
        if not isinstance(pointer, generic.IndirectObject) or pointer.idnum in seen:
            continue
        seen.add(pointer.idnum)
        node = pointer.get_object()
        if "/Kids" in node:
            stack.extend(reversed([node["/Kids"].raw_get(index) for index in range(len(node["/Kids"]))]))
        else:
            found.append(pointer)
    return found


def annotations_of(page: generic.DictionaryObject) -> list[generic.IndirectObject]:
    """What stands on a page beside its content."""
    annotations = page.get("/Annots", ())
    found = [annotations.raw_get(index) for index in range(len(annotations))] if annotations else []
    return [item for item in found if isinstance(item, generic.IndirectObject)]


def rectangle_of(widget: generic.DictionaryObject) -> Rectangle | None:
    """The rectangle of a field on its page; None where it has no area."""
    corners = tuple(float(corner) for corner in widget.get("/Rect", ()) if isinstance(corner, int | float | Decimal))
    if len(corners) != 4 or corners[0] == corners[2] or corners[1] == corners[3]:
        return None
    left, bottom, right, top = corners
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def sheet_of(page: generic.DictionaryObject) -> Sheet:
    """A page's visible box and turn, which may be inherited (ISO 32000-2, 7.7.3.4)."""
    media = numbers(inherited(page, "/MediaBox")) or DEFAULT_BOX
    crop = numbers(inherited(page, "/CropBox")) or media
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    if right <= left or top <= bottom:
        left, bottom, right, top = media
    turn = inherited(page, "/Rotate")
    return Sheet(left=left, bottom=bottom, right=right, top=top, turn=int(turn) % 360 // 90 * 90 if isinstance(turn, int) else 0)


def inherited(page: generic.DictionaryObject, key: str) -> object:
    """An entry of the page or of the nearest node above it."""
    node: object = page
    for _ in range(MOST_PARENTS):
        if not isinstance(node, generic.DictionaryObject):
            break
        if key in node:
            found: object = node[key]
            return found
        node = node.get("/Parent")
    return None


def numbers(value: object) -> Rectangle | None:
    """A rectangle with its corners in order."""
    if not isinstance(value, list) or len(value) != 4:
        return None
    corners = tuple(float(item.get_object() if isinstance(item, generic.IndirectObject) else item) for item in value)
    return min(corners[0], corners[2]), min(corners[1], corners[3]), max(corners[0], corners[2]), max(corners[1], corners[3])


def unreadable(error: Exception) -> DocumentNotSignableError:
    """The file is no PDF that could be signed."""
    return DocumentNotSignableError(
        Text(
            vi=f"không ký được: tệp không phải PDF đọc được ({type(error).__name__})",
            en=f"cannot be signed: it is no readable PDF ({type(error).__name__})",
        )
    )
