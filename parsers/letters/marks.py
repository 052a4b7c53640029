"""Marks of secrecy and urgency, only in the places where an office puts them: head of a letter, mail subject, file name.

The same words in running text mean other things ("mật độ", "thư hỏa tốc"), so a mark is always a line or a bracket of
its own. What a file name or an unmarked "MAT" suggests is doubtful and never more.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from parsers.finding import Confidence, Finding, Source
from parsers.folding import clean, fold
from parsers.letter import LetterCode, LetterRules, Urgency
from parsers.letters.letterhead import Head, find_head
from parsers.letters.phrases import capitals, find_phrase, opens_with, squeeze, without_openings
from parsers.letters.references import dates_in
from parsers.text.lines import TextLine, TextPage, rows_of

_FRAMES = " \t[](){}<>|*-–—_:.,;!\"'“”«»"
_RISING = (Urgency.NORMAL, Urgency.URGENT, Urgency.VERY_URGENT, Urgency.FLASH)
# On the pages after the first a mark stands in the top or bottom margin.
_MARGIN = 0.08
_STAMPED_DEPTH = 0.35
_SHEET_HEIGHT = 842.0


def document_secrecy(pages: Sequence[TextPage], rules: LetterRules, place: str) -> tuple[Finding, ...]:
    """Secrecy marks in the head of a document or in the margins of its pages. `place` is the path of the file."""
    recognised = {page.number for page in pages if page.recognised}
    found = [
        _mark(level, Source.OCR if line.page in recognised else Source.TEXT_LAYER, _where(place, line), confidence)
        for line in _stamp_area(pages, rules)
        for level, confidence in _secrecy_of(line.text, rules)
    ]
    return tuple(found[:4])


def _where(place: str, line: TextLine) -> str:
    return f"{place}/page {line.page}".lstrip("/")


def _stamp_area(pages: Sequence[TextPage], rules: LetterRules) -> Iterator[TextLine]:
    head = find_head(pages, rules)
    for page in pages:
        if head and page.number == head.page.number:
            yield from _outside_tables(_head_lines(head), rules)
        else:
            lines = [line for line in page.lines if not _MARGIN < line.baseline / max(page.height, 1.0) < 1 - _MARGIN]
            yield from _outside_tables(lines, rules)


def _head_lines(head: Head) -> list[TextLine]:
    """The head and what lies beside the first lines of the body, where a rubber stamp may slip to."""
    height = min(head.page.height, _SHEET_HEIGHT)
    head_end = head.end if head.state or head.number else 0.0
    bottom = min(max(head_end, _STAMPED_DEPTH * height), 0.6 * height)
    return [line for line in head.page.lines if line.baseline < bottom]


def _outside_tables(lines: Sequence[TextLine], rules: LetterRules) -> Iterator[TextLine]:
    """All lines but those of a row that names several levels: a table's columns Mật, Tối mật, Tuyệt mật mark nothing."""
    for row in rows_of(lines):
        if sum(_mark_in(rules.marks_of_secrecy, line.text) is not None for line in row) <= 1:
            yield from row


def _secrecy_of(text: str, rules: LetterRules) -> Iterator[tuple[str, Confidence]]:
    text = clean(text)
    label = opens_with(rules.secrecy_labels, text)
    if label:
        text = text[label.end() :]
    for printed in dates_in(text, rules)[:1]:
        text = text[: printed.start]
    level = _mark_in(rules.marks_of_secrecy, text)
    if level and (label or capitals(text) > 0.99):
        yield level, Confidence.LIKELY
    elif capitals(text) > 0.99:
        unmarked = {fold(mark): level for mark, level in rules.marks_of_secrecy.items()}
        doubtful = unmarked.get(fold(text.strip(_FRAMES)))
        if doubtful and not text.isascii():
            return
        if doubtful:
            yield doubtful, Confidence.DOUBTFUL


def _mark_in(marks: Mapping[str, str], text: str) -> str | None:
    """The level of the mark that is all of the text, letter-spaced print included; accents must agree."""
    letters = "".join(letter for letter in text if letter.isalpha()).upper()
    return next((level for mark, level in marks.items() if mark.replace(" ", "") == letters), None)


# --- mail subject, body and file names -----------------------------------------------------------------------------------


def subject_secrecy(subject: str, rules: LetterRules) -> tuple[Finding, ...]:
    """A mark that opens the mail's subject, in brackets or in capitals before a colon or a dash."""
    text = without_openings(rules.secrecy_openers, _without_prefixes(subject))
    marks = [_mark_in(rules.marks_of_secrecy, _bare(part, rules)) for part in re.findall(r"[\[({<]([^\])}>]{2,40})[\])}>]", text)]
    opening = re.match(r"([^\W\d_]+(?:\s+[^\W\d_]+)?)\s*(?:[:|_]|[-–—]\s|\s*$)", text)
    if opening and capitals(opening[1]) > 0.99:
        marks.append(_mark_in(rules.marks_of_secrecy, opening[1]))
    level = next((mark for mark in marks if mark), None)
    if level is None:
        return ()
    return (_mark(level, Source.HEADER, "header Subject", Confidence.LIKELY),)


def _bare(text: str, rules: LetterRules) -> str:
    return without_openings(rules.secrecy_openers, text)


def _without_prefixes(subject: str) -> str:
    """The subject without Re:, Fwd: and their like."""
    return re.sub(r"^(?:[A-Za-z]{2,3}\s*:\s*)+", "", clean(subject).strip())


def _mark(level: str, source: Source, place: str, confidence: Confidence) -> Finding:
    return Finding(code=LetterCode.SECRECY_MARK, source=source, place=place, confidence=confidence, evidence=level)


def body_secrecy(body: str, rules: LetterRules) -> tuple[Finding, ...]:
    """A mark as a line of its own among the first lines of the mail's text: doubtful, for the letter is elsewhere."""
    for number, line in enumerate([line for line in body.splitlines() if line.strip()][:8], start=1):
        for level, _ in _secrecy_of(line, rules):
            return (_mark(level, Source.TEXT_LAYER, f"mail text/line {number}", Confidence.DOUBTFUL),)
    return ()


def name_secrecy(name: str, path: str, rules: LetterRules) -> tuple[Finding, ...]:
    """A file name that opens with a mark cut off by a sign: `MAT_bao cao.pdf`, `[MẬT] ...`; doubtful at best."""
    text = clean(name).strip()
    if find_phrase(rules.false_secrecy_contexts, re.sub(r"[_\-]+", " ", text)) and not text.startswith("["):
        return ()
    for mark, level in rules.marks_of_secrecy.items():
        for spelling in (mark, fold(mark).upper()):
            words = r"[\s_-]*".join(map(re.escape, spelling.split()))
            opening = re.match(rf"[\[(]?\s*{words}\s*([_\])]|-)", text)
            # "MAT-do" goes on in lower case: a word that only begins with these letters.
            if opening and not (opening[1] == "-" and text[opening.end() : opening.end() + 1].islower()):
                return (_mark(level, Source.HEADER, path, Confidence.DOUBTFUL),)
    return ()


# --- urgency -----------------------------------------------------------------------------------------------------------


def document_urgency(pages: Sequence[TextPage], rules: LetterRules) -> Urgency:
    """The highest urgency stamped on the head of a letter."""
    head = find_head(pages, rules)
    if head is None:
        return Urgency.NORMAL
    return highest(_urgency_of(line.text, rules) for line in _head_lines(head))


def _urgency_of(text: str, rules: LetterRules) -> Urgency:
    """A line that is a mark, or a mark with an hour behind it ("HỎA TỐC hẹn giờ: 17 giờ")."""
    letters = squeeze(clean(text))
    for printed in dates_in(text, rules)[:1]:
        letters = squeeze(text[: printed.start]) or letters
    for mark, level in rules.marks_of_urgency.items():
        if letters == squeeze(mark) and capitals(text) > 0.6:
            return level
        timed = re.match(rf"{squeeze(mark)}\d", letters)
        if timed and capitals(text[: len(mark)]) > 0.9:
            return level
    return Urgency.NORMAL


def subject_urgency(subject: str, rules: LetterRules) -> Urgency:
    """A mark that opens the mail's subject or stands in brackets."""
    text = _without_prefixes(subject)
    bracketed = (_urgency_of(part.upper(), rules) for part in re.findall(r"[\[({<]([^\])}>]{2,24})[\])}>]", text))
    opening = re.match(r"([^\W\d_]+(?:\s+[^\W\d_]+){0,3}?)\s*(?:[:|!_]|[-–—]\s|$)", text)
    opened = _urgency_of(opening[1].upper(), rules) if opening else Urgency.NORMAL
    return highest((*bracketed, opened, _shouted_urgency(text, rules)))


def _shouted_urgency(text: str, rules: LetterRules) -> Urgency:
    """A mark in capitals that opens a subject without any sign behind it."""
    words = text.split()[:5]
    return highest(
        _urgency_of(" ".join(words[:count]), rules) for count in range(1, len(words) + 1) if words[count - 1].isupper()
    )


def highest(levels: Iterable[Urgency]) -> Urgency:
    """The most urgent of the levels."""
    return max(levels, key=_RISING.index, default=Urgency.NORMAL)
