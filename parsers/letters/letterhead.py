"""The head of a letter's first page: who wrote it, its number and date, its type and subject.

Everything here is judged by place: the head is what stands above the first line of the body, its left column belongs to
the agency and its right column to the state and the date. A number in the body is a citation, never the letter's own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from parsers.letter import LetterRules
from parsers.letters.phrases import capitals, find_phrase, is_phrase, opens_marked, opens_with
from parsers.letters.references import Reference, dates_in, labelled_reference, whole_reference
from parsers.text.lines import TextLine, TextPage, part_of, rows_of, split_line, word_index

# A line this wide (share of the page) that begins at the left margin is a paragraph of the body.
_BODY_WIDTH = 0.68
_HEAD_DEPTH = 0.75
_FIRST_PAGES = 3
_SMALL_PRINT = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberLine:
    """The line with the number. `reference` is None while the number is still blank; `rest` follows on the same line."""

    line: TextLine
    reference: Reference | None
    symbol: str
    rest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a letter, with the lines of both columns from top to bottom.

    `gutter` parts the columns in points from the left; `stacked` heads have one column only. `state` is the first line of
    the state's or the Party's header.
    """

    page: TextPage
    lines: tuple[TextLine, ...]
    gutter: float
    stacked: bool
    state: TextLine | None
    number: NumberLine | None
    end: float

    def left(self) -> tuple[TextLine, ...]:
        """The agency's column; all lines of a stacked head."""
        return self.lines if self.stacked else tuple(line for line in self.lines if line.center < self.gutter)

    def is_left(self, line: TextLine) -> bool:
        """Whether the line stands in the agency's column."""
        return self.stacked or line.center < self.gutter


def find_head(pages: Sequence[TextPage], rules: LetterRules) -> Head | None:
    """The head on the first page that has a state header or a number; the first page's top where none has."""
    heads = [head_of(page, rules) for page in pages[:_FIRST_PAGES] if page.lines]
    telling = next((head for head in heads if head.state or head.number), None)
    return telling or (heads[0] if heads else None)


def head_of(page: TextPage, rules: LetterRules) -> Head:
    """Take the page's head apart."""
    lines = tuple(_separated(page.lines, rules))
    state = next((line for line in lines if _state_phrase(line, rules)), None)
    end = _body_start(lines, page, state, rules)
    inside = tuple(line for line in lines if line.baseline < end - 0.1)
    stacked = state is not None and _is_stacked(state, inside, page)
    gutter = state.left - 0.3 * state.size if state else 0.48 * page.width
    if state and not stacked:
        gutter = min(gutter, 0.55 * page.width)
    head = Head(page=page, lines=inside, gutter=gutter, stacked=stacked, state=state, number=None, end=end)
    return replace(head, number=_number_line(head, rules))


def _state_phrase(line: TextLine, rules: LetterRules) -> re.Match[str] | None:
    return find_phrase(rules.state_header + rules.party_header, line.text)


def _separated(lines: Sequence[TextLine], rules: LetterRules) -> Iterator[TextLine]:
    """Lines of the page, without pictures of signatures, cut where the state's header touches the agency's name."""
    for line in lines:
        if line.stamped or opens_with(rules.signature_notes, line.text):
            continue
        found = _state_phrase(line, rules)
        cut = word_index(line, found.start()) if found else 0
        if cut:
            yield from split_line(line, cut)
        else:
            yield line


def _is_stacked(state: TextLine, lines: Sequence[TextLine], page: TextPage) -> bool:
    """Whether the head has one column: the state's header in the middle or at the margin, and nothing to its left."""
    left = [line for line in lines if line.left < state.left - 2 * state.size and line.right < state.left + state.size]
    beside = any(abs(line.baseline - state.baseline) < 2.5 * state.size for line in left)
    return not beside and (not left or abs(state.center - page.width / 2) < 0.12 * page.width)


def _body_start(lines: Sequence[TextLine], page: TextPage, state: TextLine | None, rules: LetterRules) -> float:
    """Baseline of the first line of the body."""
    margin = min((line.left for line in lines), default=0.0)
    top = state.baseline if state else 0.0
    for row in rows_of(lines):
        first = row[0]
        if first.baseline > _HEAD_DEPTH * page.height:
            return first.baseline
        if first.baseline >= top and any(_opens_body(line, page, margin, rules) for line in row):
            return first.baseline
    return page.height + 1.0


def _opens_body(line: TextLine, page: TextPage, margin: float, rules: LetterRules) -> bool:
    text = line.text
    if opens_with(rules.addressee_labels, text):
        return True
    if capitals(text) > 0.7 or _state_phrase(line, rules):
        return False
    wide = line.right - line.left > _BODY_WIDTH * page.width and line.left < margin + 0.1 * page.width
    if opens_with(rules.subject_labels + rules.older_subject_labels, text) or opens_marked(rules.number_labels, text):
        return False
    opening = opens_with(rules.body_openings, text) is not None and text[:1].isupper()
    own_date = any(printed.start == 0 and printed.end >= len(text) - 2 for printed in dates_in(text, rules))
    return wide or (opening and not own_date and line.right - line.left > 0.3 * page.width)


# --- number ------------------------------------------------------------------------------------------------------------


def _number_line(head: Head, rules: LetterRules) -> NumberLine | None:
    """The first line of the head that is a labelled number; else one that is nothing but a number, in the agency's column."""
    subject_top: float | None = None
    for row in rows_of(head.lines):
        for index, line in enumerate(row):
            if subject_top is None and opens_with(rules.subject_labels, line.text):
                subject_top = line.baseline
            if not opens_marked(rules.number_labels, line.text):
                # What stands beside and below is looked for only where it may be meant: that takes all lines once more.
                continue
            beside = [other for other in row[index + 1 :] if head.is_left(other) == head.is_left(line)]
            found = _labelled_number(line, beside or _right_below(line, head), rules)
            if found and (subject_top is None or found.reference is None or _has_colon(line.text)):
                return found
    return next(_bare_numbers(head, rules), None) if head.state else None


def _has_colon(text: str) -> bool:
    return ":" in text[:12]


def _right_below(line: TextLine, head: Head) -> list[TextLine]:
    """The next line of the same column, where a narrow cell may have pushed the number."""
    below = (other for other in head.lines if line.size < other.baseline - line.baseline < 1.9 * line.size)
    return list(islice((other for other in below if head.is_left(other) == head.is_left(line)), 1))


def _labelled_number(line: TextLine, following: Sequence[TextLine], rules: LetterRules) -> NumberLine | None:
    label = opens_marked(rules.number_labels, line.text)
    # A wrapped citation ("... Chỉ thị / số 15/CT-TTg") goes on in lower case.
    if not label or not line.text[label.start()].isupper():
        return None
    tail = line.text[label.end() :].lstrip(" :.-–")
    if following and not dates_in(following[0].text, rules):
        if not tail or "/" not in tail:
            tail = f"{tail} {following[0].text}"
        elif tail.endswith(("-", "/")):
            # A narrow column breaks the symbol at its dash.
            tail += following[0].words[0].text
    reference, symbol, rest = labelled_reference(tail, rules)
    if reference is None and not symbol:
        return None
    return NumberLine(line=line, reference=reference, symbol=symbol, rest=rest)


def _bare_numbers(head: Head, rules: LetterRules) -> Iterator[NumberLine]:
    """Numbers whose label was left out or lost: a line of its own below the agency's name."""
    for line in head.left():
        reference = whole_reference(line.text.replace(" ", ""), rules)
        if reference and capitals(reference.symbol) > 0.5:
            yield NumberLine(line=line, reference=replace(reference, doubtful=True), symbol="", rest="")


# --- issuer ------------------------------------------------------------------------------------------------------------


def issuer_lines(head: Head, rules: LetterRules) -> tuple[TextLine, ...]:
    """The lines of the agency's box: above the number, in capitals or beginning with a word that names a body."""
    bottom = _issuer_bottom(head, rules)
    if bottom is None:
        return ()
    lines = [stripped for line in head.left() if line.baseline < bottom and (stripped := _without_rules(line))]
    kept: list[TextLine] = []
    for line in sorted(lines, key=lambda line: (line.baseline, line.left)):
        if _is_foreign(line, head, rules):
            # In a single column the name ends where something else begins, be it the state's header or a date.
            if kept and head.stacked:
                break
            continue
        kept.append(line)
    # A seal's picture, printed into the page, writes small over the agency's name.
    height = max((line.size for line in kept), default=0.0)
    return tuple(line for line in kept if line.size > _SMALL_PRINT * height)


def _issuer_bottom(head: Head, rules: LetterRules) -> float | None:
    if head.number:
        return head.number.line.baseline - 0.3 * head.number.line.size
    if head.state is None:
        return None
    for line in head.lines:
        if (
            opens_with(rules.subject_labels, line.text)
            or dates_in(line.text, rules)
            or opens_marked(rules.number_labels, line.text)
        ):
            return line.baseline - 0.3 * line.size
    return head.state.baseline + 3 * head.state.size


def _without_rules(line: TextLine) -> TextLine | None:
    """The line without asterisks and drawn rules."""
    words = tuple(word for word in line.words if any(letter.isalnum() for letter in word.text) or word.text in {"-", "–", "&"})
    while words and words[-1].text in {"-", "–"}:
        words = words[:-1]
    while words and words[0].text in {"-", "–"}:
        words = words[1:]
    return part_of(line, words) if words else None


def _is_foreign(line: TextLine, head: Head, rules: LetterRules) -> bool:
    """Whether a line in the agency's box is something else: header, stamp, mark, address, date."""
    text = line.text
    marks = (*rules.marks_of_secrecy, *rules.marks_of_urgency, *rules.copy_forms)
    if _state_phrase(line, rules) or opens_with(rules.letterhead_notes, text) or is_phrase(marks, text) or dates_in(text, rules):
        return True
    if any(opens_with((stamp,), text) for stamp in rules.incoming_stamps) and not opens_with(rules.agency_openings, text):
        return True
    if head.state and head.stacked and abs(line.baseline - head.state.baseline) < 0.3 * line.size:
        return True
    named = opens_with(rules.agency_openings, text) is not None and not text[:1].islower()
    return not named and (capitals(text) < 0.7 or sum(letter.isalpha() for letter in text) < 3)


def split_issuer(lines: Sequence[TextLine], rules: LetterRules) -> tuple[tuple[TextLine, ...], tuple[TextLine, ...]]:
    """The parent body's lines and the issuer's own.

    Decree 30/2020/NĐ-CP, appendix I: the parent body's name is upright, the issuer's is bold below it. Where the weight
    does not tell, a new body begins at each line that opens like one.
    """
    weights = [line.bold for line in lines]
    if any(weights) and not all(weights):
        first = weights.index(True)
        if first and all(weights[first:]):
            return tuple(lines[:first]), tuple(lines[first:])
    bodies: list[list[TextLine]] = []
    for line in lines:
        if bodies and (not opens_with(rules.agency_openings, line.text) or _is_fragment(bodies, rules)):
            bodies[-1].append(line)
        else:
            bodies.append([line])
    if not bodies:
        return (), ()
    return (tuple(bodies[-2]) if len(bodies) > 1 else ()), tuple(bodies[-1])


def _is_fragment(bodies: Sequence[Sequence[TextLine]], rules: LetterRules) -> bool:
    """Whether the first name of the box means nothing alone, so that the next line goes on with it."""
    above = " ".join(part.text for part in bodies[-1])
    return len(bodies) == 1 and is_phrase(rules.agency_fragments, above) is not None
