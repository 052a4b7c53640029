"""Places for text that has none: characters become columns and lines become baselines, as on a typewriter."""

from collections.abc import Iterable, Sequence

from parsers.folding import clean
from parsers.text.lines import TextLine, TextPage, Word, columns_of

CHARACTER_WIDTH = 6.0
LINE_HEIGHT = 14.0
LETTER_HEIGHT = 10.0
PAGE_WIDTH = 595.0
PAGE_HEIGHT = 842.0
TAB_WIDTH = 8
_MOST_ROWS = 5000
_MOST_PAGES = 200
_LONGEST_ROW = 8000


def typed_words(text: str, *, left: float = 0.0, bold: bool = False) -> tuple[Word, ...]:
    """Words placed by their offset in the text, so that runs of blanks and tabs stay visible as gaps.

    A row of more than 8,000 characters is cut there.
    """
    words: list[Word] = []
    start = -1
    expanded = text[:_LONGEST_ROW].expandtabs(TAB_WIDTH)
    for offset, letter in enumerate((*expanded, " ")):
        if letter.isspace():
            if start >= 0:
                words += _word(expanded[start:offset], left + start * CHARACTER_WIDTH, bold=bold)
            start = -1
        elif start < 0:
            start = offset
    return tuple(words)


def _word(text: str, left: float, *, bold: bool) -> list[Word]:
    cleaned = clean(text).strip()
    return [Word(text=cleaned, left=left, right=left + len(text) * CHARACTER_WIDTH, bold=bold)] if cleaned else []


def typed_line(words: tuple[Word, ...], row: int, page: int = 1) -> TextLine:
    """A line on the typewriter row `row`, counted from 1."""
    return TextLine(words=words, page=page, baseline=row * LINE_HEIGHT, size=LETTER_HEIGHT)


def plain_page(text: str, *, number: int = 1) -> TextPage:
    """Typed text as one page, up to 5,000 rows; empty lines leave an empty row."""
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n", _MOST_ROWS)[:_MOST_ROWS]
    lines: list[TextLine] = []
    for row, typed in enumerate(rows, start=1):
        words = typed_words(typed)
        if words:
            lines += columns_of(typed_line(words, row, number))
    return TextPage(number=number, width=_width(lines), height=max(PAGE_HEIGHT, len(rows) * LINE_HEIGHT), lines=tuple(lines))


def plain_pages(text: str) -> tuple[TextPage, ...]:
    """Typed text cut at form feeds."""
    parts = text.split("\f", _MOST_PAGES)[:_MOST_PAGES]
    return tuple(plain_page(part, number=number) for number, part in enumerate(parts, start=1))


def _width(lines: Sequence[TextLine]) -> float:
    """The typed width: 80 columns, or more where many lines are longer and none is a whole paragraph."""
    return max(80 * CHARACTER_WIDTH, *_usual_ends(lines))


def _usual_ends(lines: Iterable[TextLine]) -> list[float]:
    return [0.0, *(line.right for line in lines if line.right <= 100 * CHARACTER_WIDTH)]
