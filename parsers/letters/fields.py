"""The fields of a letter, read from its pages: each with its place, absent rather than guessed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from parsers.finding import Confidence, Source
from parsers.folding import fold
from parsers.letter import DateField, LetterFields, LetterRules, TextField
from parsers.letters.addressing import Listed, find_addressees, find_copies, find_copies_label
from parsers.letters.letterhead import Head, NumberLine, find_head, issuer_lines, split_issuer
from parsers.letters.phrases import capitals, is_phrase, opens_with
from parsers.letters.references import PrintedDate, dates_in
from parsers.letters.signing import find_signer
from parsers.letters.titles import (
    Subject,
    Title,
    find_title,
    labelled_subject,
    late_subject,
    lines_below,
    title_subject,
    types_of_symbol,
)
from parsers.text.lines import TextLine, TextPage, part_of

_LONGEST_SUBJECT = 1000


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the single readers share."""

    pages: Sequence[TextPage]
    head: Head
    rules: LetterRules
    source: Source

    def place(self, line: TextLine) -> str:
        page = next((page for page in self.pages if page.number == line.page), self.head.page)
        height = "top" if line.baseline < page.height / 3 else "middle" if line.baseline < 2 * page.height / 3 else "bottom"
        side = "left" if line.center < 0.4 * page.width else "right" if line.center > 0.6 * page.width else "centre"
        return f"page {line.page}/{height} {side}"

    def text(self, value: str, line: TextLine, confidence: Confidence = Confidence.LIKELY) -> TextField:
        return TextField(value=value, source=self.source, place=self.place(line), confidence=confidence)


def read_fields(pages: Sequence[TextPage], rules: LetterRules) -> LetterFields:
    """Read what a letter says about itself. Pages that are no letter give empty fields."""
    head = find_head(pages, rules)
    if head is None:
        return LetterFields()
    sheet = _Sheet(pages, head, rules, source_of(head.page))
    title = find_title(head, rules)
    issuer, parent = _issuer(sheet)
    subject = _subject(sheet, title, issuer)
    number, symbol, reference = _reference(sheet)
    signer, position = _signer(sheet)
    return LetterFields(
        number=number,
        symbol=symbol,
        reference=reference,
        issued_on=_date(sheet, subject),
        issuer=issuer,
        parent_issuer=parent,
        document_type=_document_type(sheet, title, subject),
        subject=sheet.text(subject.text[:_LONGEST_SUBJECT], subject.line) if subject else None,
        addressees=_listed(sheet, find_addressees(pages, rules)),
        copies_to=_listed(sheet, find_copies(pages, rules)),
        signer=signer,
        signer_position=position,
        copy_form=_copy_form(sheet),
    )


def source_of(page: TextPage) -> Source:
    """Whether the page's text was typed or recognised."""
    return Source.OCR if page.recognised else Source.TEXT_LAYER


def _listed(sheet: _Sheet, items: Sequence[Listed]) -> tuple[TextField, ...]:
    return tuple(sheet.text(item.text, item.line) for item in items)


def _reference(sheet: _Sheet) -> tuple[TextField | None, TextField | None, TextField | None]:
    found = sheet.head.number
    if found is None:
        return None, None, None
    if found.reference is None:
        return None, sheet.text(found.symbol, found.line), None
    confidence = Confidence.DOUBTFUL if found.reference.doubtful else Confidence.LIKELY
    values = (found.reference.number, found.reference.symbol, found.reference.printed)
    number, symbol, reference = (sheet.text(value, found.line, confidence) for value in values)
    return number, symbol, reference


def _issuer(sheet: _Sheet) -> tuple[TextField | None, TextField | None]:
    lines = issuer_lines(sheet.head, sheet.rules)
    parent, own = split_issuer(lines, sheet.rules)
    if not own:
        return None, None
    sure = sheet.head.state is not None or opens_with(sheet.rules.agency_openings, own[0].text) is not None
    confidence = Confidence.LIKELY if sure else Confidence.DOUBTFUL
    named_parent = sheet.text(_joined(parent), parent[0], confidence) if parent else None
    return sheet.text(_joined(own), own[0], confidence), named_parent


def _joined(lines: Sequence[TextLine]) -> str:
    return re.sub(r"\s+", " ", " ".join(line.text for line in lines)).strip(" -–*_.,;:")


# --- date --------------------------------------------------------------------------------------------------------------


def _date(sheet: _Sheet, subject: Subject | None) -> DateField | None:
    """The date of the head: with its place, or a line of its own; else the one above the signature of a letter without."""
    candidates = [
        (line, printed)
        for line in (*sheet.head.lines, *_wrapped_dates(sheet))
        for printed in dates_in(line.text, sheet.rules)
        if _is_own_date(line, printed, sheet, subject)
    ]
    placed = [(line, printed) for line, printed in candidates if printed.place] or candidates
    if not placed:
        return _closing_date(sheet)
    line, printed = placed[0]
    settled = len({printed.value for _, printed in placed}) == 1
    confidence = Confidence.LIKELY if settled else Confidence.DOUBTFUL
    return DateField(value=printed.value, source=sheet.source, place=sheet.place(line), confidence=confidence)


def _wrapped_dates(sheet: _Sheet) -> list[TextLine]:
    """Lines of the head's right column joined to the next one, where only both together hold a date."""
    column = [line for line in sheet.head.lines if sheet.head.stacked or not sheet.head.is_left(line)]
    joined = []
    for line, below in pairwise(sorted(column, key=lambda line: line.baseline)):
        both = part_of(line, (*line.words, *below.words))
        close = 0 < below.baseline - line.baseline < 1.9 * line.size
        if (
            close
            and dates_in(both.text, sheet.rules)
            and not dates_in(line.text, sheet.rules) + dates_in(below.text, sheet.rules)
        ):
            joined.append(both)
    return joined


def _is_own_date(line: TextLine, printed: PrintedDate, sheet: _Sheet, subject: Subject | None) -> bool:
    text = line.text
    if len(text) - printed.end > 2:
        return False
    before = text[: printed.start].strip()
    number = sheet.head.number
    if before and not (number and line is number.line) and not is_phrase(_marks(sheet.rules), before):
        return False
    if printed.place and not printed.place[:1].isupper():
        return False
    below_subject = subject is not None and line.baseline > subject.line.baseline + 0.3 * line.size
    same_side = subject is not None and sheet.head.is_left(line) == sheet.head.is_left(subject.line)
    return bool(printed.place) or not (below_subject and same_side)


def _marks(rules: LetterRules) -> tuple[str, ...]:
    return (*rules.marks_of_secrecy, *rules.marks_of_urgency)


def _closing_date(sheet: _Sheet) -> DateField | None:
    """A date with its place as a line of its own in the right half, on the last page: as citizens and firms write it."""
    if sheet.head.number and sheet.head.number.reference is None:
        return None
    page = sheet.pages[-1]
    for line in reversed(page.lines):
        for printed in dates_in(line.text, sheet.rules):
            alone = printed.start == 0 and len(line.text) - printed.end <= 2 and printed.place[:1].isupper()
            if alone and line.center > 0.5 * page.width and line.baseline > 0.25 * page.height:
                return DateField(
                    value=printed.value, source=sheet.source, place=sheet.place(line), confidence=Confidence.DOUBTFUL
                )
    return None


# --- type and subject --------------------------------------------------------------------------------------------------


def _subject(sheet: _Sheet, title: Title | None, issuer: TextField | None) -> Subject | None:
    labelled = labelled_subject(sheet.head, sheet.rules)
    if title is None or fold(title.document_type) == fold(sheet.rules.untyped_document):
        return labelled or late_subject(_below_head(sheet), sheet.rules)
    below = [line for line in lines_below(title.line, sheet.head.page.lines) if not line.stamped]
    return title_subject(sheet.head, title, issuer.value if issuer else "", below, sheet.rules) or labelled


def _below_head(sheet: _Sheet) -> list[TextLine]:
    return [line for line in sheet.head.page.lines if line.baseline >= sheet.head.end - 0.1 and not line.stamped]


def _document_type(sheet: _Sheet, title: Title | None, subject: Subject | None) -> TextField | None:
    number = sheet.head.number
    symbol = _symbol(number)
    types = types_of_symbol(symbol, sheet.rules)
    by_symbol = types[0] if types else None
    if title:
        agrees = not types or fold(title.document_type) in map(fold, types) or _is_copy(by_symbol, sheet.rules)
        confidence = Confidence.LIKELY if agrees else Confidence.DOUBTFUL
        return sheet.text(title.document_type, title.line, confidence)
    if number and by_symbol and not (subject and opens_with(sheet.rules.subject_labels, subject.line.text)):
        return sheet.text(by_symbol, number.line)
    if number and symbol:
        return sheet.text(sheet.rules.untyped_document, number.line)
    if subject and opens_with(sheet.rules.subject_labels, subject.line.text) and sheet.head.state:
        return sheet.text(sheet.rules.untyped_document, subject.line)
    return None


def _symbol(number: NumberLine | None) -> str:
    if number is None:
        return ""
    return number.reference.symbol if number.reference else number.symbol


def _is_copy(document_type: str | None, rules: LetterRules) -> bool:
    return document_type is not None and any(fold(form) in fold(document_type) for form in rules.copy_forms)


# --- signer and copy ---------------------------------------------------------------------------------------------------


def _signer(sheet: _Sheet) -> tuple[TextField | None, TextField | None]:
    found = find_signer(sheet.pages, find_copies_label(sheet.pages, sheet.rules), sheet.rules)
    if found is None:
        return None, None
    name = sheet.text(found.name, found.name_line) if found.name and found.name_line else None
    return name, sheet.text(found.position, found.position_line)


def _copy_form(sheet: _Sheet) -> TextField | None:
    """The form of copy at the top of the first page, or in capitals on a line of its own anywhere."""
    for page in sheet.pages:
        for line in page.lines:
            form = _form_at(line, page, sheet)
            if form:
                return sheet.text(form, line)
    return None


def _form_at(line: TextLine, page: TextPage, sheet: _Sheet) -> str | None:
    rules = sheet.rules
    whole = is_phrase(rules.copy_forms, line.text)
    if whole and capitals(line.text) > 0.8:
        return whole
    opening = opens_with(rules.copy_forms, line.text)
    at_top = page is sheet.pages[0] and line.baseline < 0.15 * page.height and line.center > 0.4 * page.width
    if not opening or not (at_top or line.stamped) or opening.start() != 0:
        return None
    return next((form for form in rules.copy_forms if fold(form) == fold(opening.group())), None)
