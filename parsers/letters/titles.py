"""What kind of document a letter is and what it is about: the title with the lines below it, or the `V/v` lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.letter import LetterRules
from parsers.letters.letterhead import Head
from parsers.letters.phrases import capitals, ends_with, is_phrase, opens_marked, opens_with, squeeze
from parsers.letters.references import dates_in
from parsers.text.lines import TextLine, rows_of

_LINES = 10
_GAP = 2.3
_GAP_BELOW_TITLE = 3.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """The line that names the type; `rest` is what follows the type on that line."""

    line: TextLine
    document_type: str
    rest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The subject with the line where it begins."""

    text: str
    line: TextLine


def types_of_symbol(symbol: str, rules: LetterRules) -> tuple[str, ...]:
    """The types whose abbreviation opens the symbol, the usual one first; case matters."""
    parts = [part for part in re.split(r"[/\-.]", symbol) if part]
    if parts and parts[0].isdecimal():
        parts = parts[1:]
    tables = (rules.document_types, rules.further_types)
    return tuple(table[parts[0]] for table in tables if parts and parts[0] in table)


# --- title -------------------------------------------------------------------------------------------------------------


def find_title(head: Head, rules: LetterRules) -> Title | None:
    """The line in capitals that opens with a type's name, below the number and in the middle of the page."""
    names = tuple(dict.fromkeys((*rules.document_types.values(), *rules.titled_types)))
    for line in head.lines:
        name = _type_at(line.text, names, rules)
        if name and _may_be_title(line, head):
            return Title(line=line, document_type=name, rest=_rest_after(line, name))
    return None


def _type_at(text: str, names: tuple[str, ...], rules: LetterRules) -> str | None:
    if capitals(text) < 0.8 or opens_with(rules.title_exceptions, text):
        return None
    found = opens_with(names, text)
    if found:
        return next(name for name in names if squeeze(name) == squeeze(found.group()))
    return is_phrase(names, text)


def _may_be_title(line: TextLine, head: Head) -> bool:
    middles = (head.page.width / 2, head.page.width / 2 if head.stacked else head.gutter)
    centred = any(abs(line.center - middle) < 0.12 * head.page.width for middle in middles)
    if head.number and line.baseline < head.number.line.baseline:
        return centred and head.stacked
    if head.state and line.baseline <= head.state.baseline:
        return False
    return centred or head.state is None or line.left < 0.2 * head.page.width


def _rest_after(line: TextLine, name: str) -> str:
    length = len(squeeze(name))
    for index in range(1, len(line.words) + 1):
        if len(squeeze(" ".join(word.text for word in line.words[:index]))) >= length:
            return " ".join(word.text for word in line.words[index:]).strip(" :")
    return ""


# --- subject -----------------------------------------------------------------------------------------------------------


def title_subject(head: Head, title: Title, issuer: str, below: Sequence[TextLine], rules: LetterRules) -> Subject | None:
    """The lines under the title, up to the authority, the grounds, the addressee or the first paragraph."""
    kept: list[TextLine] = []
    last = title.line
    for line in below:
        if len(kept) >= _LINES or _ends_title(line, last, title, kept, rules) or not _below_title(line, title, head):
            break
        if kept and _names_authority(line, kept[-1], issuer, rules):
            break
        if any(letter.isalnum() for letter in line.text):
            kept.append(line)
        last = line
    text = _tidy(" ".join([title.rest, *(line.text for line in kept)]))
    text = _without_short_label(text, rules)
    return Subject(text=text, line=kept[0] if kept else title.line) if text else None


def _names_authority(line: TextLine, last: TextLine, issuer: str, rules: LetterRules) -> bool:
    """Whether the line is the issuer's own name, which follows a decision's subject, unless the subject's words lead to it."""
    named = squeeze(line.text)
    return (
        len(named) > 5
        and capitals(line.text) > 0.8
        and squeeze(issuer).startswith(named)
        and not ends_with(rules.joining_words, last.text)
    )


def _below_title(line: TextLine, title: Title, head: Head) -> bool:
    """Whether the line is centred under the title; typed text without centring keeps the title's own left edge."""
    width = head.page.width
    centred = abs(line.center - title.line.center) < 0.07 * width
    title_centred = abs(title.line.center - width / 2) < 0.1 * width
    return centred if title_centred else line.left <= title.line.left + 0.1 * width


def _ends_title(line: TextLine, last: TextLine, title: Title, kept: Sequence[TextLine], rules: LetterRules) -> bool:  # noqa: PLR0911
    text = line.text
    if line.baseline - last.baseline > (_GAP if kept else _GAP_BELOW_TITLE) * max(line.size, last.size):
        return True
    labelled = opens_with(rules.addressee_labels, text) or opens_marked(rules.number_labels, text)
    if labelled and text[:1].isupper():
        return True
    begun = " ".join(part.text for part in kept)
    if begun and opens_marked(rules.position_openings, text) and capitals(text) > 0.8:
        return True
    if opens_with(rules.body_openings, text) and text[:1].isupper() and begun and capitals(text) < 0.6:
        return True
    authority = opens_marked(rules.agency_openings + rules.position_openings, text) is not None and capitals(text) > 0.8
    if authority and begun and capitals(begun) < 0.8:
        return True
    if begun and title.line.bold and kept[-1].bold and not line.bold:
        return True
    if capitals(begun) > 0.8 and capitals(text) < 0.3 and len(text) > 60:
        return True
    return begun.endswith((".", ";"))


def labelled_subject(head: Head, rules: LetterRules) -> Subject | None:
    """The `V/v` lines of an untyped letter, in whichever column they stand; the older "Về ..." right below the number."""
    if head.number and opens_with(rules.subject_labels, head.number.rest):
        return _gathered(head.number.line, head.number.rest, head, rules)
    for line in head.lines:
        if opens_with(rules.subject_labels, line.text) and not _above_number(line, head):
            return _gathered(line, line.text, head, rules)
    for line in _first_below_number(head, rules):
        if opens_with(rules.older_subject_labels, line.text) and line.text[:1].isupper():
            return _gathered(line, line.text, head, rules)
    return None


def _above_number(line: TextLine, head: Head) -> bool:
    return head.number is not None and line.baseline < head.number.line.baseline - 0.5 * line.size and head.is_left(line)


def _first_below_number(head: Head, rules: LetterRules) -> tuple[TextLine, ...]:
    if head.number is None:
        return ()
    own = head.number.line
    below = [line for line in head.left() if own.baseline + 0.3 * own.size < line.baseline < own.baseline + 4 * own.size]
    return tuple(line for line in below if not dates_in(line.text, rules))[:1]


def _gathered(first: TextLine, text: str, head: Head, rules: LetterRules) -> Subject | None:
    """The labelled line and those that follow it in its column."""
    parts, last = [text], first
    column = [
        line for line in head.lines if line.baseline > first.baseline + 0.3 * first.size and _same_column(line, first, head)
    ]
    for line in sorted(column, key=lambda line: line.baseline):
        if (
            line.baseline - last.baseline > 1.9 * max(line.size, last.size)
            or _ends_subject(line, first, rules)
            or len(parts) > _LINES
        ):
            break
        parts.append(line.text)
        last = line
    tidy = _tidy(_without_label(" ".join(parts), rules))
    return Subject(text=tidy, line=first) if tidy else None


def _same_column(line: TextLine, first: TextLine, head: Head) -> bool:
    return head.is_left(line) == head.is_left(first)


def _ends_subject(line: TextLine, first: TextLine, rules: LetterRules) -> bool:
    text = line.text
    marks = (*rules.marks_of_secrecy, *rules.marks_of_urgency, *rules.copy_forms, *rules.incoming_stamps)
    if not any(letter.isalnum() for letter in text) or is_phrase(marks, text) or opens_with(rules.addressee_labels, text):
        return True
    if opens_marked(rules.number_labels, text) and text[:1].isupper() and ":" in text[:10]:
        return True
    if capitals(text) > 0.8 and capitals(first.text) < 0.5 and len(text) > 12:
        return True
    # A date with its place is the head's own; inside a subject the date of a cited document follows its words.
    return any(printed.place and printed.place[:1].isupper() and printed.start == 0 for printed in dates_in(text, rules))


def _without_label(text: str, rules: LetterRules) -> str:
    found = opens_with(rules.subject_labels, text)
    if not found:
        return text
    return text[found.end() :].rstrip(")") if text.lstrip().startswith("(") else text[found.end() :]


def _without_short_label(text: str, rules: LetterRules) -> str:
    """A title's subject without the sign `V/v` and its brackets; "Về việc" is part of the sentence and stays."""
    found = opens_with(tuple(label for label in rules.subject_labels if "/" in label or "." in label), text)
    return _tidy(text[found.end() :].rstrip(")")) if found else text


def _tidy(text: str) -> str:
    """One line, without the label's colon, frames and a closing full stop."""
    return re.sub(r"\s+", " ", text).strip(' :.;,-–_*“”"').strip()


def late_subject(lines: Sequence[TextLine], rules: LetterRules) -> Subject | None:
    """A `V/v:` line below the addressee, as enterprises and citizens write it."""
    for index, line in enumerate(lines[:14]):
        found = opens_with(rules.subject_labels, line.text)
        if found and (line.text[found.end() :].lstrip().startswith(":") or "/" in found.group()):
            parts = [line.text]
            for other in lines[index + 1 : index + 4]:
                if other.baseline - line.baseline > 1.6 * line.size * len(parts) or opens_with(rules.body_openings, other.text):
                    break
                parts.append(other.text)
            tidy = _tidy(_without_label(" ".join(parts), rules))
            return Subject(text=tidy, line=line) if tidy else None
    return None


def lines_below(line: TextLine, lines: Sequence[TextLine]) -> list[TextLine]:
    """Lines under the given one, row by row."""
    return [other for row in rows_of(lines) for other in row if other.baseline > line.baseline + 0.3 * line.size]
