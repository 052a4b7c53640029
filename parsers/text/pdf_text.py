"""The text layer of a PDF: words with places, whatever the order in which the file draws them."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import pypdfium2
import pypdfium2.raw as pdfium

from parsers.errors import ParseError
from parsers.folding import clean
from parsers.text.lines import TextLine, TextPage, Word, columns_of, joined_fragments, reading_order
from parsers.text.pdf_glyphs import Frame, Glyph, is_recognised, printed_twice, read_glyphs

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

    pages: int = 40
    letters: int = 150_000
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
        frame = Frame(box[0], box[1], box[2], box[3], page.get_rotation())
        glyphs = read_glyphs(page, frame, letters)
        recognised = is_recognised(glyphs)
        annotated = _has_text_annotations(page, limits)
        if annotated:
            pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY)
    added: list[Glyph] = []
    if annotated:
        with closing(document[index]) as page:
            added = _missing_from(glyphs, read_glyphs(page, frame, letters))
    if not recognised:
        # What nobody can see on a page that has seen text is no part of the letter.
        glyphs, added = ([glyph for glyph in some if not glyph.unseen] for some in (glyphs, added))
    width, height = frame.size
    lines = _lines_with_additions(glyphs, added, index + 1)
    page_text = TextPage(number=index + 1, width=width, height=height, lines=lines, recognised=recognised)
    return page_text, len(glyphs) + len(added)


def _has_text_annotations(page: pypdfium2.PdfPage, limits: TextLimits) -> bool:
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), limits.annotations)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if annotation:
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            pdfium.FPDFPage_CloseAnnot(annotation)
            if kind in _TEXT_ANNOTATIONS:
                return True
    return False


def _missing_from(known: Sequence[Glyph], glyphs: Sequence[Glyph]) -> list[Glyph]:
    seen = Counter((glyph.text, round(glyph.left), round(glyph.baseline)) for glyph in known)
    added = []
    for glyph in glyphs:
        key = (glyph.text, round(glyph.left), round(glyph.baseline))
        if seen[key] > 0:
            seen[key] -= 1
        else:
            added.append(glyph)
    return added


def _lines_with_additions(glyphs: list[Glyph], added: list[Glyph], page: int) -> tuple[TextLine, ...]:
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


def _extends_a_row(row: Sequence[Glyph], glyphs: Sequence[Glyph]) -> bool:
    """Whether the page itself has letters close before or behind on the same baseline, in nearly the same size."""
    left, right = min(g.left for g in row), max(g.right for g in row)
    first = row[0]
    return any(
        abs(g.baseline - first.baseline) < 0.2 * first.size
        and 0.8 < g.size / first.size < 1.25
        and min(abs(left - g.right), abs(g.left - right)) < 3 * first.size
        for g in glyphs
    )


def _columns(row: Sequence[Glyph], page: int) -> tuple[TextLine, ...]:
    line = _line_of(row, page)
    return columns_of(line) if line else ()


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Glyphs on one baseline, top row first, each from left to right."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.baseline):
        if rows and glyph.baseline - rows[-1][0].baseline <= 0.25 * max(glyph.size, rows[-1][0].size):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [sorted(row, key=lambda glyph: glyph.left) for row in rows]


def _line_of(row: Sequence[Glyph], page: int) -> TextLine | None:
    """One line over the whole row; None where it holds only blanks."""
    has_blanks = any(glyph.text.isspace() for glyph in row)
    words: list[Word] = []
    current: list[Glyph] = []
    for glyph in row:
        if current and (glyph.text.isspace() or _parted(current[-1], glyph, has_blanks=has_blanks)):
            words.append(_word_of(current))
            current = []
        if not glyph.text.isspace() and not (current and printed_twice(current[-1], glyph)):
            current.append(glyph)
    if current:
        words.append(_word_of(current))
    if not words:
        return None
    inked = [glyph for glyph in row if not glyph.text.isspace()]
    baseline = sorted(glyph.baseline for glyph in inked)[len(inked) // 2]
    size = sorted(glyph.size for glyph in inked)[len(inked) // 2]
    return TextLine(words=tuple(words), page=page, baseline=baseline, size=size)


def _parted(before: Glyph, after: Glyph, *, has_blanks: bool) -> bool:
    """A letter's box may reach over its own blank (ự), so a smaller gap will do where pdfium sees a blank too."""
    gap = _GAP_BESIDE_BLANKS if has_blanks else _GAP_SEEN_BY_PDFIUM if before.spaced else _GAP_WITHOUT_BLANKS
    return after.left - before.right > gap * after.size


def _word_of(glyphs: Sequence[Glyph]) -> Word:
    text = clean("".join(glyph.text for glyph in glyphs))
    bold = 2 * sum(glyph.bold for glyph in glyphs) > len(glyphs)
    return Word(text=text or "\ufffd", left=glyphs[0].left, right=max(glyph.right for glyph in glyphs), bold=bold)
