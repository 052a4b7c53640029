"""Words with their places on a page, gathered to lines and put in the order in which a person reads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

# Two words further apart than this many letter heights stand in different columns.
COLUMN_GAP = 1.4
WEIGHT_GAP = 0.8
# A two-column stretch ends at an empty band of this many letter heights.
ZONE_GAP = 2.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word, NFC, with its horizontal span in points from the left edge of the page."""

    text: str
    left: float
    right: float
    bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """Words of one column on one baseline. `baseline` is in points from the top of the page, `size` the letter height.

    `stamped` lines come from an annotation (a signature's picture, a stamp), not from the page itself.
    """

    words: tuple[Word, ...]
    page: int
    baseline: float
    size: float
    stamped: bool = False

    @property
    def text(self) -> str:
        """The words with single blanks between them."""
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> float:
        """Left end in points."""
        return self.words[0].left

    @property
    def right(self) -> float:
        """Right end in points."""
        return max(word.right for word in self.words)

    @property
    def center(self) -> float:
        """Middle between both ends."""
        return (self.left + self.right) / 2

    @property
    def bold(self) -> bool:
        """Whether most of the words are bold."""
        return 2 * sum(word.bold for word in self.words) > len(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPage:
    """One page: its size in points and its lines in reading order.

    `recognised` text is the unseen layer that a scanner's program laid over a picture.
    """

    number: int
    width: float
    height: float
    lines: tuple[TextLine, ...]
    recognised: bool = False


def split_line(line: TextLine, at: int) -> tuple[TextLine, TextLine]:
    """The line cut before its word number `at`, which must leave words on both sides."""
    return part_of(line, line.words[:at]), part_of(line, line.words[at:])


def part_of(line: TextLine, words: tuple[Word, ...]) -> TextLine:
    """The same line with other words."""
    return TextLine(words=words, page=line.page, baseline=line.baseline, size=line.size, stamped=line.stamped)


def word_index(line: TextLine, offset: int) -> int:
    """Number of the word in which the letter `offset` of the line's text lies."""
    end = 0
    for index, word in enumerate(line.words):
        end += len(word.text) + 1
        if offset < end:
            return index
    return len(line.words) - 1


def columns_of(line: TextLine) -> tuple[TextLine, ...]:
    """The line cut wherever the gap between two words is too wide for a blank; a change of weight needs less of a gap."""
    cuts = [i + 1 for i, (a, b) in enumerate(pairwise(line.words)) if b.left - a.right > _least_gap(a, b) * line.size]
    edges = [0, *cuts, len(line.words)]
    return tuple(part_of(line, line.words[start:end]) for start, end in pairwise(edges) if start < end)


def _least_gap(before: Word, after: Word) -> float:
    return COLUMN_GAP if before.bold == after.bold else WEIGHT_GAP


def rows_of(lines: Iterable[TextLine]) -> list[list[TextLine]]:
    """Lines that stand beside each other, top row first, each row from left to right."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: (line.baseline, line.left)):
        if rows and line.baseline - rows[-1][0].baseline <= 0.3 * max(line.size, 1.0):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def joined_fragments(lines: Iterable[TextLine]) -> list[TextLine]:
    """Lines with the words back that stood a little off the baseline, as recognised scans have them."""
    joined: list[TextLine] = []
    for line in sorted(lines, key=lambda line: line.baseline):
        for index in range(len(joined) - 1, max(len(joined) - 13, -1), -1):
            if _is_fragment_of(line, joined[index]):
                words = tuple(sorted((*joined[index].words, *line.words), key=lambda word: word.left))
                joined[index] = part_of(joined[index], words)
                break
        else:
            joined.append(line)
    return joined


def _is_fragment_of(line: TextLine, other: TextLine) -> bool:
    """Whether the line stands beside the other one or in a gap of it, no further off than a blank is wide."""
    size = max(line.size, other.size)
    if abs(line.baseline - other.baseline) > 0.35 * size or line.page != other.page:
        return False
    before = max((word.right for word in other.words if word.right <= line.left + 0.2 * size), default=None)
    after = min((word.left for word in other.words if word.left >= line.right - 0.2 * size), default=None)
    if any(word.left < line.right - 0.2 * size and word.right > line.left + 0.2 * size for word in other.words):
        return False
    gaps = [gap for gap in (before and line.left - before, after and after - line.right) if gap is not None]
    return bool(gaps) and min(gaps) < 0.6 * size


def reading_order(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Rows from top to bottom; where a stretch of rows has two columns, the left column goes before the right one."""
    ordered: list[TextLine] = []
    zone: list[list[TextLine]] = []
    gutter: tuple[float, float] | None = None
    for row in rows_of(lines):
        narrowed = _common_gutter(gutter, row)
        if zone and (narrowed is None or row[0].baseline - zone[-1][0].baseline > ZONE_GAP * row[0].size):
            ordered += _left_then_right(zone, gutter)
            zone, narrowed = [], _common_gutter(None, row)
        zone.append(row)
        gutter = narrowed
    return (*ordered, *_left_then_right(zone, gutter))


def _common_gutter(gutter: tuple[float, float] | None, row: Sequence[TextLine]) -> tuple[float, float] | None:
    """The vertical strip that stays empty when `row` joins, None where it would be crossed."""
    if gutter is None:
        if len(row) != 2:
            return None
        return row[0].right, row[1].left
    middle = sum(gutter) / 2
    low, high = gutter
    for line in row:
        if line.right <= middle:
            low = max(low, line.right)
        elif line.left >= middle:
            high = min(high, line.left)
        else:
            return None
    return (low, high) if high > low else None


def _left_then_right(zone: Sequence[Sequence[TextLine]], gutter: tuple[float, float] | None) -> list[TextLine]:
    lines = [line for row in zone for line in row]
    if gutter is None:
        return lines
    middle = sum(gutter) / 2
    return [line for line in lines if line.center < middle] + [line for line in lines if line.center >= middle]
