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
        marks: list[Glyph] = []
        glyphs = list(_upright(text_page.raw, range(count), frame, marks))
        return _with_marks(glyphs, marks)


def _upright(text_page: object, indexes: range, frame: Frame, marks: list[Glyph]) -> Iterator[Glyph]:
    """Letters inside the visible box, blanks too; a mark joins the letter drawn before it or goes to `marks`."""
    width, height = frame.size
    pending: Glyph | None = None
    for index in indexes:
        letter = _letter(pdfium.FPDFText_GetUnicode(text_page, index))
        if not letter or pdfium.FPDFText_IsGenerated(text_page, index) == 1:
            pending = replace(pending, spaced=True) if pending and letter == " " else pending
            continue
        glyph = _glyph(text_page, index, letter, frame)
        if unicodedata.combining(letter):
            if pending and (glyph is None or _follows(glyph, pending)):
                pending = replace(pending, text=pending.text + letter)
            elif glyph:
                marks.append(glyph)
            continue
        if pending and glyph and printed_twice(pending, glyph) and _overlap_upright(pending, glyph):
            pending = _whole_letter(pending, glyph)
            continue
        if pending:
            yield pending
        pending = glyph
        if pending and not (0 <= pending.left <= width and 0 <= pending.baseline <= height):
            pending = None
    if pending:
        yield pending


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


def _glyph(text_page: object, index: int, letter: str, frame: Frame) -> Glyph | None:
    """None for letters that do not stand upright on the screen: watermarks, vertical stamps."""
    angle = math.degrees(pdfium.FPDFText_GetCharAngle(text_page, index)) + frame.rotation
    if abs((angle + 180) % 360 - 180) > 10:
        return None
    box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    if not pdfium.FPDFText_GetLooseCharBox(text_page, index, box) or not pdfium.FPDFText_GetCharOrigin(text_page, index, x, y):
        return None
    first, second = frame.shown(box.left, box.bottom), frame.shown(box.right, box.top)
    numbers = (*first, *second, x.value, y.value)
    if not all(map(math.isfinite, numbers)):
        return None
    return Glyph(
        text=letter,
        left=min(first[0], second[0]),
        right=max(first[0], second[0]),
        baseline=frame.shown(x.value, y.value)[1],
        size=_letter_height(text_page, index, abs(first[1] - second[1])),
        bold=_is_bold(text_page, index),
        origin=frame.shown(x.value, y.value)[0],
    )


def _letter_height(text_page: object, index: int, box_height: float) -> float:
    """The height on the page: the nominal font size says nothing where a matrix scales the text."""
    nominal = float(pdfium.FPDFText_GetFontSize(text_page, index))
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
