"""To whom a letter goes: the addressees at its top and the copies at its end."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from parsers.letter import LetterRules
from parsers.letters.phrases import capitals, ends_with, find_phrase, opens_marked, opens_with
from parsers.text.lines import TextLine, TextPage, rows_of

_BULLET = re.compile(r"^\s*(?:[-–—•+*▪]|\d{1,2}[.)](?=\s)|[a-zđ]\)(?=\s))\s*")
_OPEN_ENDS = (",", ";", ":", "&", "-", "–", "(")
_ROWS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One name of a list, with the line on which it begins."""

    text: str
    line: TextLine


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    line: TextLine
    right: float
    begins: bool = False
    """Whether a new name begins here without a bullet."""


def find_addressees(pages: Sequence[TextPage], rules: LetterRules) -> tuple[Listed, ...]:
    """The names after "Kính gửi": on its line, wrapped, or as a list; else after "... trân trọng kính mời:" in a line."""
    for find_label in (_opening_label, _inner_label):
        for page in pages[:2]:
            beside = rows_of(_unstamped(page.lines))
            rows = [_Row(" ".join(line.text for line in row), row[0], row[-1].right) for row in beside]
            for index, row in enumerate(rows):
                end = find_label(row, page, rules)
                if end:
                    shape = _Shape(row.line.left, _left_behind(beside[index], end), max(other.right for other in rows))
                    return _items(_addressee_rows(rows[index:], end, shape, rules), rules)
    return ()


def _opening_label(row: _Row, page: TextPage, rules: LetterRules) -> int:
    """Where the label at the beginning of the row ends, 0 without one."""
    label = opens_with(rules.addressee_labels, row.text)
    if not label or not _is_label(row.text, label.end()):
        return 0
    return label.end() if ":" in row.text or _may_lack_colon(row, label.end(), page, rules) else 0


def _inner_label(row: _Row, _: TextPage, rules: LetterRules) -> int:
    label = find_phrase(rules.addressee_labels, row.text)
    return label.end() if label and row.text[label.end() :].lstrip().startswith(":") else 0


def _may_lack_colon(row: _Row, end: int, page: TextPage, rules: LetterRules) -> bool:
    """A forgotten colon is believed in the upper half only, and never in a sentence ("Kính trình Ủy ban ... xem xét.")."""
    return row.line.baseline < 0.5 * page.height and find_phrase(rules.request_words, row.text[end:]) is None


def _unstamped(lines: Sequence[TextLine]) -> list[TextLine]:
    """The page's own lines that hold more than drawn rules."""
    return [line for line in lines if not line.stamped and any(letter.isalnum() for letter in line.text)]


def _is_label(text: str, end: int) -> bool:
    """Whether the label is one: a colon or the end follows it, or a capital or a dash where the colon was forgotten."""
    rest = text[end:].lstrip()
    return text.lstrip(' -–("“')[:1].isupper() and (not rest or rest[0] in ":;-–" or rest[0].isupper())


@dataclass(frozen=True, slots=True)
class _Shape:
    """Left ends of the label and of the first name, and the right margin of the page's text."""

    label: float
    name: float
    margin: float


def _left_behind(row: Sequence[TextLine], offset: int) -> float:
    """Where the first word behind the letter `offset` of the row begins; the label's own end where nothing follows."""
    end = 0
    for word in (word for line in row for word in line.words):
        if end >= offset and any(letter.isalnum() for letter in word.text):
            return word.left
        end += len(word.text) + 1
    return row[-1].right


def _addressee_rows(rows: Sequence[_Row], label_end: int, shape: _Shape, rules: LetterRules) -> list[_Row]:
    """The rows of the list, the label cut off the first one."""
    first = rows[0]
    text = first.text[label_end:].lstrip(" :;")
    kept = [_Row(text, first.line, first.right)] if text else []
    last = first
    for row in rows[1:_ROWS]:
        listed = _is_aligned_name(row, last, shape, rules)
        if not listed and not _goes_on(row, last, kept, shape, rules):
            break
        begins = listed and bool(kept) and last.right < 0.8 * shape.margin and not _is_open(kept[-1].text, rules)
        kept.append(replace(row, begins=begins))
        last = row
    return kept


def _is_aligned_name(row: _Row, last: _Row, shape: _Shape, rules: LetterRules) -> bool:
    """Names set under each other behind the label, without bullets or semicolons."""
    aligned = abs(row.line.left - shape.name) < 0.5 * row.line.size and shape.name > shape.label + 2 * row.line.size
    close = row.line.baseline - last.line.baseline < 1.9 * row.line.size
    return aligned and close and not last.text.rstrip().endswith(".") and not opens_with(rules.body_openings, row.text)


def _is_open(text: str, rules: LetterRules) -> bool:
    """Whether a line must go on below."""
    return text.rstrip().endswith(_OPEN_ENDS) or ends_with(rules.joining_words, text)


def _goes_on(row: _Row, last: _Row, kept: Sequence[_Row], shape: _Shape, rules: LetterRules) -> bool:
    gap = (row.line.baseline - last.line.baseline) / max(row.line.size, last.line.size)
    if not kept:
        return gap < 6 and not opens_with(rules.body_openings, row.text)
    before = kept[-1].text.rstrip()
    if before.endswith("./.") or (before.endswith(".") and not _is_abbreviated(before, rules)) or gap > 4:
        return False
    if _BULLET.match(row.text):
        return _is_listed(kept) or before.endswith((":", ";"))
    if opens_with(rules.body_openings + rules.subject_labels, row.text) and row.text[:1].isupper():
        return False
    if _is_open(before, rules):
        return gap < 2.6
    wrapped = last.right > 0.86 * shape.margin and row.line.left >= shape.label - 2
    return gap < 1.9 and (wrapped or (_is_listed(kept) and row.line.left > shape.label + 10))


def _is_abbreviated(text: str, rules: LetterRules) -> bool:
    """Whether the last word is one whose full stop ends no sentence."""
    words = text.split()
    return bool(words) and words[-1] in rules.stopped_abbreviations


def _is_listed(kept: Sequence[_Row]) -> bool:
    return _BULLET.match(kept[0].text) is not None


def find_copies(pages: Sequence[TextPage], rules: LetterRules) -> tuple[Listed, ...]:
    """The names under the first "Nơi nhận", which end with the archive's line."""
    label = find_copies_label(pages, rules)
    if label is None:
        return ()
    page = next(page for page in pages if page.number == label.page)
    found = opens_with(rules.copies_labels, label.text)
    rest = label.text[found.end() :].lstrip(" :") if found else ""
    rows = [_Row(rest, label, label.right)] if rest else []
    column = [line for line in _unstamped(page.lines) if _under(line, label)]
    last = label
    for row in rows_of(column):
        line = row[0]
        if len(rows) >= _ROWS or line.baseline - last.baseline > 3.5 * line.size or _ends_copies(rows, line.text, rules):
            break
        rows.append(_Row(line.text, line, line.right))
        last = line
    return _items(rows, rules)


def find_copies_label(pages: Sequence[TextPage], rules: LetterRules) -> TextLine | None:
    """The first line that is the label of the copies, which also ends the letter's body."""
    for page in pages:
        for line in page.lines:
            found = opens_with(rules.copies_labels, line.text)
            if found and not line.stamped and _is_label(line.text, found.end()):
                return line
    return None


def _under(line: TextLine, label: TextLine) -> bool:
    return line.baseline > label.baseline + 0.3 * line.size and label.left - 20 <= line.left < label.left + 90


def _ends_copies(rows: Sequence[_Row], text: str, rules: LetterRules) -> bool:
    """The archive's line is the last one, with what is wrapped below it; a position in capitals begins the signature."""
    if not rows:
        return False
    if capitals(text) > 0.9 and not _BULLET.match(text) and opens_marked(rules.position_openings + rules.signing_prefixes, text):
        return True
    archived = any(opens_with(rules.archive_openings, row.text) for row in rows)
    if archived:
        return rows[-1].text.rstrip().endswith(".") or _BULLET.match(text) is not None or capitals(text) > 0.95
    return False


def _items(rows: Sequence[_Row], rules: LetterRules) -> tuple[Listed, ...]:
    """Join wrapped rows and cut at bullets and semicolons."""
    return tuple(_split_at_semicolons(_joined_at_bullets(rows), rules))


def _joined_at_bullets(rows: Sequence[_Row]) -> list[_Row]:
    joined: list[_Row] = []
    for row in rows:
        bullet = _BULLET.match(row.text)
        if not joined or bullet or row.begins:
            joined.append(_Row(row.text[bullet.end() :] if bullet else row.text, row.line, row.right))
        else:
            before = joined[-1]
            joined[-1] = _Row(f"{before.text} {row.text}", before.line, row.right)
    return joined


def _split_at_semicolons(rows: Sequence[_Row], rules: LetterRules) -> Iterator[Listed]:
    for row in rows:
        for part in re.split(r";", row.text):
            text = re.sub(r"\s+", " ", part).strip(" -–.,:")
            if _is_abbreviated(part, rules):
                text += "."
            if any(letter.isalnum() for letter in text):
                yield Listed(text=text, line=row.line)
