"""The letters of a PDF page with their places, each once and with its marks."""

import ctypes
import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import pypdfium2
import pypdfium2.raw as pdfium

from parsers.folding import clean

_BAND = 8.0
_MOST_MARKS = 3000
_LONGEST_CLUSTER = 8
# How far before the end of its letter the pen may stand for a mark, in letter heights.
_PEN_SLACK = 0.25


@dataclass(frozen=True, slots=True)
class Glyph:
    """One letter: left and right end and baseline in points from the top left corner, height, weight."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    origin: float = 0.0
    """Where the pen stood."""
    unseen: bool = False
    """Whether the letter is drawn without ink, as the text layer of a recognised scan is."""
    spaced: bool = False
    """Whether pdfium itself would put a blank behind this letter."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The visible box of a page in its own coordinates, with the clockwise rotation in which it is shown."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as shown."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.rotation in {90, 270} else (width, height)

    def shown(self, x: float, y: float) -> tuple[float, float]:
        """The point as seen on the screen, measured from the top left corner."""
        match self.rotation:
            case 90:
                return y - self.bottom, x - self.left
            case 180:
                return self.right - x, y - self.bottom
            case 270:
                return self.top - y, self.right - x
            case _:
                return x - self.left, self.top - y


def read_glyphs(page: pypdfium2.PdfPage, frame: Frame, limit: int) -> list[Glyph]:
    """The upright letters that a page shows, in drawing order, blanks included."""
    with closing(page.get_textpage()) as text_page:
        count = min(max(pdfium.FPDFText_CountChars(text_page.raw), 0), limit)
        reader = _GlyphReader(text_page.raw, frame)
        return _with_marks(list(reader.upright(range(count))), reader.marks[:_MOST_MARKS])


def is_recognised(glyphs: Sequence[Glyph]) -> bool:
    """Whether a page's text is the unseen layer of a recognised scan."""
    return 2 * sum(glyph.unseen for glyph in glyphs) > len(glyphs)


class _GlyphReader:
    """Reads one page's letters; weight and direction are asked for once per text object, for each question costs a call."""

    def __init__(self, text_page: object, frame: Frame) -> None:
        self.marks: list[Glyph] = []
        self._text_page = text_page
        self._frame = frame
        self._objects: dict[int, _Print | None] = {}

    def upright(self, indexes: range) -> Iterator[Glyph]:
        """Letters inside the visible box, blanks too; a mark joins the letter drawn before it or goes to `marks`."""
        pending: Glyph | None = None
        for index in indexes:
            letter = _letter(pdfium.FPDFText_GetUnicode(self._text_page, index))
            if not letter or self._is_generated(letter, index):
                pending = replace(pending, spaced=True) if pending and letter == " " else pending
                continue
            glyph = self._glyph(index, letter)
            joined = self._joined(pending, glyph, letter)
            if joined or unicodedata.combining(letter):
                pending = joined or pending
                continue
            if pending:
                yield pending
            pending = glyph if glyph and self._is_visible(glyph) else None
        if pending:
            yield pending

    def _is_generated(self, letter: str, index: int) -> bool:
        """Whether pdfium made the letter up; it makes up nothing but blanks and hyphens."""
        return (letter.isspace() or letter == "-") and pdfium.FPDFText_IsGenerated(self._text_page, index) == 1

    def _is_visible(self, glyph: Glyph) -> bool:
        width, height = self._frame.size
        return 0 <= glyph.left <= width and 0 <= glyph.baseline <= height

    def _joined(self, pending: Glyph | None, glyph: Glyph | None, letter: str) -> Glyph | None:
        """The letter before with what belongs to it: its mark, or its second half. Loose marks are set aside."""
        if unicodedata.combining(letter):
            if pending and len(pending.text) < _LONGEST_CLUSTER and (glyph is None or _follows(glyph, pending)):
                return replace(pending, text=pending.text + letter)
            if glyph:
                self.marks.append(glyph)
            return None
        if pending and glyph and printed_twice(pending, glyph) and _overlap_upright(pending, glyph):
            return _whole_letter(pending, glyph)
        return None

    def _glyph(self, index: int, letter: str) -> Glyph | None:
        """None for letters that do not stand upright on the screen (watermarks, vertical stamps) or have no place."""
        printed = self._print_of(index)
        box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
        if printed is None or not pdfium.FPDFText_GetLooseCharBox(self._text_page, index, box):
            return None
        if not pdfium.FPDFText_GetCharOrigin(self._text_page, index, x, y):
            return None
        first, second = self._frame.shown(box.left, box.bottom), self._frame.shown(box.right, box.top)
        pen = self._frame.shown(x.value, y.value)
        if not all(map(math.isfinite, (*first, *second, *pen))):
            return None
        return Glyph(
            text=letter,
            left=min(first[0], second[0]),
            right=max(first[0], second[0]),
            baseline=pen[1],
            size=_letter_height(printed.nominal, abs(first[1] - second[1])),
            bold=printed.bold,
            origin=pen[0],
            unseen=printed.unseen,
        )

    def _print_of(self, index: int) -> "_Print | None":
        """How the letter's text object is printed, None where it is not upright."""
        text_object = pdfium.FPDFText_GetTextObject(self._text_page, index)
        handle = ctypes.cast(text_object, ctypes.c_void_p).value or -1 - index
        if handle not in self._objects:
            angle = math.degrees(pdfium.FPDFText_GetCharAngle(self._text_page, index)) + self._frame.rotation
            nominal = float(pdfium.FPDFText_GetFontSize(self._text_page, index))
            upright = abs((angle + 180) % 360 - 180) <= 10
            mode = pdfium.FPDFTextObj_GetTextRenderMode(text_object) if text_object else 0
            unseen = mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
            self._objects[handle] = _Print(_is_bold(self._text_page, index), nominal, unseen) if upright else None
        return self._objects[handle]


@dataclass(frozen=True, slots=True)
class _Print:
    """Weight, nominal size and visibility of the letters of one text object."""

    bold: bool
    nominal: float
    unseen: bool


def _follows(mark: Glyph, letter: Glyph) -> bool:
    """Whether a mark drawn right after a letter is the letter's: over it, or begun where the letter ends."""
    begun_behind = -_PEN_SLACK * letter.size <= mark.origin - letter.right <= letter.size
    return _near(mark, letter) and (_inside(mark, letter) or begun_behind)


def _near(mark: Glyph, letter: Glyph) -> bool:
    slack = letter.size
    middle = (mark.left + mark.right) / 2
    beside = letter.left - slack <= middle <= letter.right + slack
    return beside and abs(mark.baseline - letter.baseline) < letter.size and letter.text[0].isalpha()


def _inside(mark: Glyph, letter: Glyph) -> bool:
    """Whether the mark's ink stands well within the letter's width."""
    middle, width = (mark.left + mark.right) / 2, letter.right - letter.left
    return letter.left + 0.15 * width <= middle <= letter.right - 0.15 * width


def _with_marks(glyphs: list[Glyph], marks: Sequence[Glyph]) -> list[Glyph]:
    """Give marks that were drawn by themselves, before or after the line, to the letters at which they stand."""
    bands: defaultdict[int, list[int]] = defaultdict(list)
    for index, glyph in enumerate(glyphs if marks else ()):
        bands[int(glyph.baseline // _BAND)].append(index)
    for mark in marks:
        band = int(mark.baseline // _BAND)
        near = [i for b in range(band - 2, band + 3) for i in bands[b] if _near(mark, glyphs[i])]
        if near:
            best = min(near, key=lambda i: _distance(mark, glyphs[i]))
            glyphs[best] = replace(glyphs[best], text=glyphs[best].text + mark.text)
    return glyphs


def _distance(mark: Glyph, letter: Glyph) -> tuple[bool, float]:
    """Marks inside a letter's width first; a mark without a place of its own is drawn where its letter ends."""
    return not _inside(mark, letter), abs(mark.origin - letter.right)


def _letter(code_point: int) -> str:
    if not 0 < code_point < 0x110000 or 0xD800 <= code_point < 0xE000:
        return ""
    # pdfium gives 2 or U+FFFE for a hyphen at a line's end; in a page's text a soft hyphen is one that was printed.
    letter = "-" if code_point in {0x02, 0xAD, 0xFFFE} else chr(code_point)
    return letter if letter.isspace() else clean(letter)


def _letter_height(nominal: float, box_height: float) -> float:
    """The height on the page: the nominal font size says nothing where a matrix scales the text."""
    if math.isfinite(nominal) and 0.5 * box_height < nominal < 1.6 * box_height:
        return max(nominal, 1.0)
    return min(max(box_height / 1.15, 1.0), 200.0)


def _is_bold(text_page: object, index: int) -> bool:
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    length = pdfium.FPDFText_GetFontInfo(text_page, index, name, 128, flags)
    named_bold = 0 < length <= 128 and any(word in name.value.lower() for word in (b"bold", b"black", b"heavy"))
    return named_bold or int(pdfium.FPDFText_GetFontWeight(text_page, index)) >= 650


def printed_twice(before: Glyph, after: Glyph) -> bool:
    """Bold made by printing twice, a hair apart; or the mark of a composed letter that claims to be the letter again."""
    shared = min(before.right, after.right) - max(before.left, after.left)
    narrower = min(before.right - before.left, after.right - after.left)
    return before.text == after.text and (after.left - before.left < 0.12 * after.size or shared > 0.5 * narrower)


def _overlap_upright(one: Glyph, other: Glyph) -> bool:
    return abs(one.baseline - other.baseline) < max(one.size, other.size)


def _whole_letter(one: Glyph, other: Glyph) -> Glyph:
    """A letter drawn in two pieces, with the baseline of the larger one."""
    larger = one if one.size >= other.size else other
    return replace(larger, left=min(one.left, other.left), right=max(one.right, other.right))
