"""The text layer of a PDF: words with places, whatever the order in which the file draws them."""

import ctypes
import math
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import pypdfium2
import pypdfium2.raw as pdfium

from parsers.errors import ParseError
from parsers.folding import clean
from parsers.lines import TextLine, TextPage, Word, columns_of, joined_fragments, reading_order

# Gaps, in letter heights: wider ones part two words, with and without blanks drawn between words elsewhere in the row.
_GAP_BESIDE_BLANKS = 0.45
_GAP_WITHOUT_BLANKS = 0.15
_GAP_SEEN_BY_PDFIUM = 0.06
# What a clerk fills in afterwards (number, day, month) is this short; longer annotations are pictures of signatures.
_FILLED_IN_LENGTH = 12
_TEXT_ANNOTATIONS = frozenset({pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP, pdfium.FPDF_ANNOT_WIDGET})


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLimits:
    """Caps on what is read of one document; text beyond them is left out and `truncated` says so."""

    pages: int = 60
    letters: int = 300_000
    annotations: int = 200
    unpacked_bytes: int = 50 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfText:
    """The pages with text. `page_count` counts all pages, also those beyond the limits."""

    pages: tuple[TextPage, ...]
    page_count: int
    truncated: bool

    @property
    def empty(self) -> bool:
        """Whether no page has a text layer: a scan."""
        return not any(page.lines for page in self.pages)


@dataclass(frozen=True, slots=True)
class _Glyph:
    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    spaced: bool = False
    """Whether pdfium itself would put a blank behind this letter."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """The visible box of a page in its own coordinates, with the clockwise rotation in which it is shown."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @property
    def size(self) -> tuple[float, float]:
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


def pdf_text(content: bytes, limits: TextLimits | None = None) -> PdfText:
    """Read the text layer, with what annotations show on top of it."""
    limits = limits or TextLimits()
    try:
        with closing(pypdfium2.PdfDocument(content)) as document:
            return _document_text(document, limits)
    except pypdfium2.PdfiumError as error:
        raise ParseError(f"not a readable PDF: {error}") from error


def _document_text(document: pypdfium2.PdfDocument, limits: TextLimits) -> PdfText:
    count = len(document)
    pages: list[TextPage] = []
    left = limits.letters
    for index in range(min(count, limits.pages)):
        if left <= 0:
            break
        try:
            page, letters = _page_text(document, index, left, limits)
        except pypdfium2.PdfiumError:
            # A damaged page does not hide the letterhead on another one.
            continue
        left -= letters
        pages.append(page)
    return PdfText(pages=tuple(pages), page_count=count, truncated=left <= 0 or count > limits.pages)


def _page_text(document: pypdfium2.PdfDocument, index: int, letters: int, limits: TextLimits) -> tuple[TextPage, int]:
    with closing(document[index]) as page:
        box = page.get_bbox()
        frame = _Frame(box[0], box[1], box[2], box[3], page.get_rotation())
        glyphs = _glyphs(page, frame, letters)
        annotated = _has_text_annotations(page, limits)
        if annotated:
            pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY)
    added: list[_Glyph] = []
    if annotated:
        with closing(document[index]) as page:
            added = _missing_from(glyphs, _glyphs(page, frame, letters))
    width, height = frame.size
    lines = _lines_with_additions(glyphs, added, index + 1)
    return TextPage(number=index + 1, width=width, height=height, lines=lines), len(glyphs) + len(added)


def _has_text_annotations(page: pypdfium2.PdfPage, limits: TextLimits) -> bool:
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), limits.annotations)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if annotation:
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            pdfium.FPDFPage_CloseAnnot(annotation)
            if kind in _TEXT_ANNOTATIONS:
                return True
    return False


def _missing_from(known: Sequence[_Glyph], glyphs: Sequence[_Glyph]) -> list[_Glyph]:
    seen = Counter((glyph.text, round(glyph.left), round(glyph.baseline)) for glyph in known)
    added = []
    for glyph in glyphs:
        key = (glyph.text, round(glyph.left), round(glyph.baseline))
        if seen[key] > 0:
            seen[key] -= 1
        else:
            added.append(glyph)
    return added


def _lines_with_additions(glyphs: list[_Glyph], added: list[_Glyph], page: int) -> tuple[TextLine, ...]:
    """Join what was filled in later to its line; keep the pictures of signatures apart, at the end."""
    pictures: list[TextLine] = []
    for row in _rows(added):
        line = _line_of(row, page)
        if line is None:
            continue
        if len(line.text) <= _FILLED_IN_LENGTH or _extends_a_row(row, glyphs):
            glyphs = glyphs + row
        else:
            pictures.append(replace(line, stamped=True))
    columns = joined_fragments(part for row in _rows(glyphs) for part in _columns(row, page))
    return (*reading_order(columns), *pictures)


def _extends_a_row(row: Sequence[_Glyph], glyphs: Sequence[_Glyph]) -> bool:
    """Whether the page itself has letters close before or behind on the same baseline, in nearly the same size."""
    left, right = min(g.left for g in row), max(g.right for g in row)
    first = row[0]
    return any(
        abs(g.baseline - first.baseline) < 0.2 * first.size
        and 0.8 < g.size / first.size < 1.25
        and min(abs(left - g.right), abs(g.left - right)) < 3 * first.size
        for g in glyphs
    )


def _columns(row: Sequence[_Glyph], page: int) -> tuple[TextLine, ...]:
    line = _line_of(row, page)
    return columns_of(line) if line else ()


def _glyphs(page: pypdfium2.PdfPage, frame: _Frame, limit: int) -> list[_Glyph]:
    with closing(page.get_textpage()) as text_page:
        count = min(max(pdfium.FPDFText_CountChars(text_page.raw), 0), limit)
        return list(_read_glyphs(text_page.raw, range(count), frame))


def _read_glyphs(text_page: object, indexes: range, frame: _Frame) -> Iterator[_Glyph]:
    """Letters inside the visible box; blanks are kept as glyphs, marks are joined to the letter drawn before them."""
    width, height = frame.size
    pending: _Glyph | None = None
    for index in indexes:
        letter = _letter(pdfium.FPDFText_GetUnicode(text_page, index))
        if not letter or pdfium.FPDFText_IsGenerated(text_page, index) == 1:
            pending = replace(pending, spaced=True) if pending and letter == " " else pending
            continue
        if pending and unicodedata.combining(letter):
            pending = replace(pending, text=pending.text + letter)
            continue
        glyph = _glyph(text_page, index, letter, frame)
        if pending and glyph and _printed_twice(pending, glyph) and _overlap_upright(pending, glyph):
            pending = _whole_letter(pending, glyph)
            continue
        if pending:
            yield pending
        pending = glyph
        if pending and not (0 <= pending.left <= width and 0 <= pending.baseline <= height):
            pending = None
    if pending:
        yield pending


def _letter(code_point: int) -> str:
    if not 0 < code_point < 0x110000 or 0xD800 <= code_point < 0xE000:
        return ""
    letter = chr(code_point)
    return letter if letter.isspace() else clean(letter)


def _glyph(text_page: object, index: int, letter: str, frame: _Frame) -> _Glyph | None:
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
    return _Glyph(
        text=letter,
        left=min(first[0], second[0]),
        right=max(first[0], second[0]),
        baseline=frame.shown(x.value, y.value)[1],
        size=_letter_height(text_page, index, abs(first[1] - second[1])),
        bold=_is_bold(text_page, index),
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


def _rows(glyphs: Sequence[_Glyph]) -> list[list[_Glyph]]:
    """Glyphs on one baseline, top row first, each from left to right."""
    rows: list[list[_Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.baseline):
        if rows and glyph.baseline - rows[-1][0].baseline <= 0.25 * max(glyph.size, rows[-1][0].size):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [sorted(row, key=lambda glyph: glyph.left) for row in rows]


def _line_of(row: Sequence[_Glyph], page: int) -> TextLine | None:
    """One line over the whole row; None where it holds only blanks."""
    has_blanks = any(glyph.text.isspace() for glyph in row)
    words: list[Word] = []
    current: list[_Glyph] = []
    for glyph in row:
        if current and (glyph.text.isspace() or _parted(current[-1], glyph, has_blanks=has_blanks)):
            words.append(_word_of(current))
            current = []
        if not glyph.text.isspace() and not (current and _printed_twice(current[-1], glyph)):
            current.append(glyph)
    if current:
        words.append(_word_of(current))
    if not words:
        return None
    inked = [glyph for glyph in row if not glyph.text.isspace()]
    baseline = sorted(glyph.baseline for glyph in inked)[len(inked) // 2]
    size = sorted(glyph.size for glyph in inked)[len(inked) // 2]
    return TextLine(words=tuple(words), page=page, baseline=baseline, size=size)


def _parted(before: _Glyph, after: _Glyph, *, has_blanks: bool) -> bool:
    """A letter's box may reach over its own blank (ự), so a smaller gap will do where pdfium sees a blank too."""
    gap = _GAP_BESIDE_BLANKS if has_blanks else _GAP_SEEN_BY_PDFIUM if before.spaced else _GAP_WITHOUT_BLANKS
    return after.left - before.right > gap * after.size


def _printed_twice(before: _Glyph, after: _Glyph) -> bool:
    """Bold made by printing twice, a hair apart; or the mark of a composed letter that claims to be the letter again."""
    shared = min(before.right, after.right) - max(before.left, after.left)
    narrower = min(before.right - before.left, after.right - after.left)
    return before.text == after.text and (after.left - before.left < 0.12 * after.size or shared > 0.5 * narrower)


def _overlap_upright(one: _Glyph, other: _Glyph) -> bool:
    return abs(one.baseline - other.baseline) < max(one.size, other.size)


def _whole_letter(one: _Glyph, other: _Glyph) -> _Glyph:
    """A letter drawn in two pieces, with the baseline of the larger one."""
    larger = one if one.size >= other.size else other
    return replace(larger, left=min(one.left, other.left), right=max(one.right, other.right))


def _word_of(glyphs: Sequence[_Glyph]) -> Word:
    text = clean("".join(glyph.text for glyph in glyphs))
    bold = 2 * sum(glyph.bold for glyph in glyphs) > len(glyphs)
    return Word(text=text or "\ufffd", left=glyphs[0].left, right=max(glyph.right for glyph in glyphs), bold=bold)
