"""Who signed a letter by its print: the capacity and position in capitals, and the name below them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.folding import plain
from parsers.letter import LetterRules
from parsers.letters.phrases import capitals, is_phrase, opens_marked, opens_with
from parsers.text.lines import TextLine, TextPage

_POSITION_LINES = 6
_POSITION_GAP = 3.0
_DEPTH = 24.0
_NAME = re.compile(r"^[^\W\d_]+(?:[ '][^\W\d_]+){1,5}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """The printed name with its line, and the position with the prefix of authority (`KT. CHỦ TỊCH PHÓ CHỦ TỊCH`)."""

    name: str | None
    name_line: TextLine | None
    position: str
    position_line: TextLine


def find_signer(pages: Sequence[TextPage], copies_label: TextLine | None, rules: LetterRules) -> Signer | None:
    """The first signature block: beside the copies where there are any, else the first position with a name below it."""
    blocks = [signer for page in pages for signer in _blocks(page, copies_label, rules)]
    if copies_label:
        near = [block for block in blocks if _beside(block, copies_label)]
        named = [block for block in blocks if block.name]
        blocks = [block for block in near if block.name] or near or named
    else:
        blocks = [block for block in blocks if block.name]
    if not blocks:
        return None
    return blocks[0] if len(blocks) == 1 or not _same_row(blocks[0], blocks[1]) else None


def _beside(block: Signer, label: TextLine) -> bool:
    """Whether the block begins a little above the label or below it, on the same page or the next one."""
    line = block.position_line
    if line.page == label.page:
        return line.baseline > label.baseline - 9 * label.size and line.left > label.left - 5
    return line.page in {label.page + 1, label.page - 1} and block.name is not None


def _same_row(one: Signer, other: Signer) -> bool:
    """Two blocks side by side: a contract or minutes, where neither signs for the letter alone."""
    return (
        one.position_line.page == other.position_line.page
        and abs(one.position_line.baseline - other.position_line.baseline) < 3 * one.position_line.size
    )


def _blocks(page: TextPage, copies_label: TextLine | None, rules: LetterRules) -> list[Signer]:
    lines = sorted((line for line in page.lines if not line.stamped), key=lambda line: (line.baseline, line.left))
    blocks: list[Signer] = []
    used: set[int] = set()
    for index, line in enumerate(lines):
        if index not in used and _opens_block(line, page, copies_label, rules):
            signer, taken = _block_at(lines, index, rules)
            blocks.append(signer)
            used |= taken
    return blocks


def _opens_block(line: TextLine, page: TextPage, copies_label: TextLine | None, rules: LetterRules) -> bool:
    """A position in capitals, away from the left margin unless it is set below the copies in one column."""
    text = line.text
    position = opens_marked(rules.position_openings, text) is not None and text[:1].isalpha()
    if line.center > 0.5 * page.width and is_phrase(rules.position_openings, text) and text[:1].isupper():
        return True
    if capitals(text) < 0.85 or len(text) > 90:
        return False
    left_edge = (0.33 if copies_label else 0.2) * page.width
    return _prefix(text, rules) or (position and (line.center > left_edge or _after_copies(line, copies_label)))


def _after_copies(line: TextLine, copies_label: TextLine | None) -> bool:
    """Whether the line stands below the copies' label or on its right."""
    if copies_label is None or line.page != copies_label.page:
        return False
    beside = line.left > copies_label.right and line.baseline > copies_label.baseline - 3 * line.size
    return beside or line.baseline > copies_label.baseline


def _prefix(text: str, rules: LetterRules) -> bool:
    """Signing for another: Decree 30/2020/NĐ-CP, 13."""
    squeezed = plain(text).replace(" ", "")
    return any(squeezed.startswith(plain(prefix).replace(" ", "")) for prefix in rules.signing_prefixes)


def _block_at(lines: Sequence[TextLine], start: int, rules: LetterRules) -> tuple[Signer, set[int]]:
    """The block that begins at a line: positions close below each other, then, further down, the name."""
    first = lines[start]
    below = _below_in_column(lines, start, rules)
    position, taken, name_line = [first], {start}, None
    for step, index in enumerate(below):
        line = lines[index]
        gap = line.baseline - position[-1].baseline
        later = (lines[other] for other in below[step + 1 : step + 4])
        if gap > _DEPTH * max(line.size, first.size):
            break
        if not _is_position(line, position, rules, named_later=any(_is_mixed_name(other.text, rules) for other in later)):
            name_line = line
            taken.add(index)
            break
        if gap > _POSITION_GAP * max(line.size, first.size):
            break
        taken.add(index)
        position.append(line)
    name = _whole_name(name_line, below, lines, rules) if name_line else None
    text = re.sub(r"\s+", " ", " ".join(line.text for line in position)).strip(" ,;:")
    return Signer(name=name, name_line=name_line if name else None, position=text, position_line=first), taken


def _whole_name(line: TextLine, below: Sequence[int], lines: Sequence[TextLine], rules: LetterRules) -> str | None:
    """The name, with its last word where a narrow column pushed that to the next line."""
    name = _person(line.text, rules)
    rest = next((lines[i] for i in below if 0 < lines[i].baseline - line.baseline < 1.7 * line.size), None)
    if name is None or rest is None or rest.bold != line.bold or len(rest.words) > 2 or abs(rest.size - line.size) > 0.5:
        return name
    joined = _person(f"{line.text} {rest.text}", rules)
    return joined if joined and capitals(rest.text) < 0.9 else name


def _below_in_column(lines: Sequence[TextLine], start: int, rules: LetterRules) -> list[int]:
    """Lines under the first one, up to one that crosses the column as a paragraph does; notes on signatures left out."""
    first = lines[start]
    found: list[int] = []
    for index in range(start + 1, len(lines)):
        line = lines[index]
        if line.baseline <= first.baseline + 0.3 * first.size or min(line.right, first.right) - max(line.left, first.left) < -2:
            continue
        if line.left < first.left - 90 or line.baseline > first.baseline + 2 * _DEPTH * first.size:
            break
        if not _is_note(line.text, rules):
            found.append(index)
    return found


def _is_note(text: str, rules: LetterRules) -> bool:
    """What is printed instead of a signature, or drawn by the signing program."""
    return opens_with(rules.signature_notes, text) is not None or not any(letter.isalpha() for letter in text)


def _is_position(line: TextLine, position: Sequence[TextLine], rules: LetterRules, *, named_later: bool) -> bool:
    """A further line in capitals close below; a name in capitals stands apart, where the signature was."""
    if capitals(line.text) < 0.85 or len(position) >= _POSITION_LINES:
        return False
    if _prefix(line.text, rules) or opens_marked(rules.position_openings, line.text):
        return True
    close = line.baseline - position[-1].baseline < 1.9 * max(line.size, position[-1].size)
    agency = opens_with(rules.agency_openings, line.text) is not None
    return close and (agency or named_later or _person(line.text, rules) is None)


def _is_mixed_name(text: str, rules: LetterRules) -> bool:
    return capitals(text) < 0.85 and _person(text, rules) is not None


def _person(text: str, rules: LetterRules) -> str | None:
    """The name without grade or rank, None where the line is no person's name."""
    name = re.sub(r"\s+", " ", text).strip(" .,;:*")
    for _ in range(3):
        title = opens_with(rules.name_titles, name)
        if title and title.start() == 0 and " " in name[title.end() :].strip():
            name = name[title.end() :].strip(" .,")
    words = name.split()
    if not 2 <= len(words) <= 6 or not _NAME.match(name):
        return None
    return name if all(word[0].isupper() for word in words) else None
