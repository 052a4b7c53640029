"""The enclosures that a letter announces in its body, as titles or as a count."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parsers.folding import fold, plain
from parsers.letter import LetterRules
from parsers.letters.addressing import find_copies_label
from parsers.letters.phrases import ends_with, find_phrase, opens_with, without_openings
from parsers.text.lines import TextLine, TextPage

_MOST = 60
_LONGEST_TITLE = 300
_ITEM = re.compile(r"^\s*(?:[-–—•+*▪]|\(?\d{1,2}[.)/]|[a-zđ][.)])\s+")
_ORDINAL = re.compile(r"\d{1,2}|[IVX]{1,5}")
_ORDINAL_LIST = re.compile(r"(?:\d{1,2}|[IVX]{1,5})(?:\s*(?:[,;&-]|\b[^\W\d_A-Z]{1,3}\b)\s*(?:\d{1,2}|[IVX]{1,5})(?!\w))+")
_COUNT = re.compile(r"^\(?(?P<digits>\d{1,2})\)?\s*(?:\([^)]{1,12}\)\s*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """One announced enclosure: its title as printed, made up from noun and ordinal where only a number was given."""

    title: str
    place: str
    titled: bool = True


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    page: int


def announced_enclosures(pages: Sequence[TextPage], rules: LetterRules) -> tuple[Announced, ...]:
    """What the body of the letter announces, each title once. Annex pages behind the signature are not read."""
    paragraphs = list(_paragraphs(_main_lines(pages, rules), rules))
    found: list[Announced] = []
    for index, paragraph in enumerate(paragraphs):
        found += _listed_after_label(paragraphs, index, rules) or _in_sentence(paragraph, rules)
        if len(found) >= _MOST:
            break
    return tuple(_without_repeats(found))[:_MOST]


def _main_lines(pages: Sequence[TextPage], rules: LetterRules) -> list[TextLine]:
    """The lines of the letter up to its copies list, in reading order."""
    label = find_copies_label(pages, rules)
    lines: list[TextLine] = []
    for page in pages:
        for line in page.lines:
            if label is not None and line is label:
                return lines
            if not line.stamped:
                lines.append(line)
    return lines


def _paragraphs(lines: Sequence[TextLine], rules: LetterRules) -> Iterator[_Paragraph]:
    """Lines joined to paragraphs: a new one begins at a bullet, after a stop, at a gap or at a label."""
    parts: list[str] = []
    last: TextLine | None = None
    for line in lines:
        if last is not None and _begins_paragraph(line, last, rules):
            yield _Paragraph(" ".join(parts), last.page)
            parts = []
        parts.append(line.text)
        last = line
    if last is not None:
        yield _Paragraph(" ".join(parts), last.page)


def _begins_paragraph(line: TextLine, last: TextLine, rules: LetterRules) -> bool:
    text, before = line.text, last.text.rstrip()
    if _ITEM.match(text + " ") or before.endswith((".", ":", "./.")):
        return True
    gap = line.baseline - last.baseline
    if line.page == last.page and (gap < 0 or gap > 1.9 * max(line.size, last.size)):
        return True
    return before.endswith(";") or (opens_with(rules.enclosure_labels, text) is not None and text.lstrip("(- ")[:1].isupper())


def _listed_after_label(paragraphs: Sequence[_Paragraph], index: int, rules: LetterRules) -> list[Announced]:
    """`Kèm theo Tờ trình này:` with items behind the colon or on the following lines."""
    paragraph = paragraphs[index]
    text = paragraph.text.strip()
    colon = text.find(":")
    if colon < 0 or _excepted(text[:colon], rules) or not _announces_list(text[: colon + 1], rules):
        return []
    place = f"page {paragraph.page}"
    inline = [part.strip(" .") for part in re.split(r";", text[colon + 1 :]) if any(map(str.isalnum, part))]
    if inline:
        going_on = text.endswith(";")
        following = _items_from(paragraphs[index + 1 :], begun=going_on) if going_on or _numbered(inline[0]) else []
        return [one for item in [*inline, *following] for one in _expanded(_without_bullet(item), place, rules)]
    return [one for item in _items_from(paragraphs[index + 1 :]) for one in _expanded(item, place, rules)]


def _announces_list(lead: str, rules: LetterRules) -> bool:
    """Whether the words before a colon announce enclosures: a label opens them, or they name this letter."""
    if opens_with(rules.enclosure_labels, lead) and lead.lstrip("(-–* ")[:1].isupper():
        return True
    return find_phrase(rules.enclosure_phrases, lead) is not None and (
        find_phrase(rules.self_references, lead) is not None or ends_with(rules.list_leads, lead)
    )


def _numbered(text: str) -> bool:
    return _ITEM.match(text + " ") is not None


def _items_from(paragraphs: Sequence[_Paragraph], *, begun: bool = False) -> list[str]:
    """The bulleted paragraphs that follow; the list ends at a full stop or at a paragraph without a bullet.

    A list that has `begun` with a semicolon before goes on without bullets.
    """
    items: list[str] = []
    for paragraph in paragraphs[:_MOST]:
        text = paragraph.text.strip()
        bulleted = _numbered(text)
        if not bulleted and not (items[-1].endswith(";") if items else begun):
            break
        if bulleted and len(text) > _LONGEST_TITLE:
            break
        items.append(text)
        if text.endswith(".") and not (bulleted and _same_list(text, paragraphs, len(items))):
            break
    return [_without_bullet(item) for item in items]


def _same_list(text: str, paragraphs: Sequence[_Paragraph], count: int) -> bool:
    """Whether a list whose items end in full stops goes on: the next paragraph has the same kind of bullet."""
    if count >= len(paragraphs) or text.endswith("./."):
        return False
    own, following = _ITEM.match(text + " "), _ITEM.match(paragraphs[count].text + " ")
    if not own or not following:
        return False
    numbers = [re.sub(r"\D", "", match.group()) for match in (own, following)]
    if all(numbers):
        return int(numbers[1]) == int(numbers[0]) + 1
    return own.group().strip() == following.group().strip()


def _without_bullet(text: str) -> str:
    return _ITEM.sub("", text + " ").strip(" .;,-–")


def _in_sentence(paragraph: _Paragraph, rules: LetterRules) -> list[Announced]:
    """Announcements without a list: in brackets, or `Gửi kèm Công văn này 02 biểu mẫu`."""
    place = f"page {paragraph.page}"
    found = [one for inner in _brackets(paragraph.text) for one in _bracketed(inner, place, rules)]
    if found:
        return found
    outside = re.sub(r"\([^()]*\)", " ", paragraph.text)
    return [one for sentence in re.split(r"(?<=[.;])\s+", outside) for one in _sentence(sentence, place, rules)]


def _brackets(text: str) -> list[str]:
    return re.findall(r"\(([^()]{6,300})\)", text)


def _bracketed(inner: str, place: str, rules: LetterRules) -> list[Announced]:
    """`(có 03 phụ lục kèm theo)`, `(Kèm theo dự thảo Quyết định)`, `(Phụ lục I, II kèm theo)`."""
    text = re.sub(r"\s+", " ", inner).strip(" .;")
    found = find_phrase(rules.enclosure_phrases, text)
    if not found or _excepted(text, rules):
        return []
    before, after = text[: found.start()], text[found.end() :]
    before = without_openings(rules.enclosure_fillers, before).strip(" ,")
    title = before or _without_self_reference(after, rules)
    if not _names_enclosure(title, rules):
        return []
    return [one for part in re.split(r";", title) for one in _expanded(part.strip(), place, rules)]


def _sentence(sentence: str, place: str, rules: LetterRules) -> list[Announced]:
    """A sentence that opens with the label, or that sends something along with "this letter"."""
    found = find_phrase(rules.enclosure_phrases, sentence)
    if not found or _excepted(sentence, rules) or sentence.rstrip().endswith(":"):
        return []
    opens = opens_with(rules.enclosure_labels, sentence)
    own = find_phrase(rules.self_references, sentence[found.end() : found.end() + 40])
    if not (opens and sentence.lstrip("-–* ")[:1].isupper()) and not own:
        return []
    tail = sentence[opens.end() if opens else found.end() :]
    title = _without_self_reference(tail, rules).strip(" .;,/")
    if not _names_enclosure(title, rules):
        return []
    return [one for part in re.split(r";", title) for one in _expanded(part.strip(" ."), place, rules)]


def _without_self_reference(text: str, rules: LetterRules) -> str:
    """The words behind `kèm theo`, without `Công văn này` and what joins it to the title."""
    own = find_phrase(rules.self_references, text)
    if own and own.start() < 16:
        text = text[own.end() :]
    return without_openings(rules.enclosure_fillers, text.lstrip(" :,")).strip(" .;,")


def _excepted(text: str, rules: LetterRules) -> bool:
    return find_phrase(rules.enclosure_exceptions, text) is not None


def _names_enclosure(title: str, rules: LetterRules) -> bool:
    """Whether the title begins with a thing that can be enclosed, after a count."""
    rest = _COUNT.sub("", title.strip())
    for word in rules.number_words:
        rest = re.sub(rf"^{word}\s+(?:\(\d+\)\s*)?", "", rest, flags=re.IGNORECASE)
    rest = rest if opens_with(rules.enclosure_nouns, rest) else without_openings(rules.enclosure_fillers, rest)
    return bool(rest) and opens_with(rules.enclosure_nouns, rest) is not None and len(title) <= _LONGEST_TITLE


def _expanded(title: str, place: str, rules: LetterRules) -> Iterator[Announced]:
    """One announcement per piece: `03 phụ lục` are three, `Phụ lục I, II và III` are three."""
    title = re.sub(r"\s+", " ", title).strip(" .;,")
    count, rest = _counted(title, rules)
    noun = opens_with(rules.counted_nouns, rest)
    ordinals = _ordinals(rest[noun.end() :], rules) if noun else []
    if noun and len(ordinals) > 1:
        yield from (Announced(title=f"{rest[: noun.end()]} {ordinal}", place=place) for ordinal in ordinals)
    elif noun and count > 1:
        yield from (
            Announced(title=f"{rest[: noun.end()]} {number}", place=place, titled=False) for number in range(1, count + 1)
        )
    elif any(letter.isalpha() for letter in title):
        yield Announced(title=rest[:_LONGEST_TITLE] if count == 1 else title[:_LONGEST_TITLE], place=place)


def _counted(title: str, rules: LetterRules) -> tuple[int, str]:
    """The count that opens a title, with the rest; 0 where there is none."""
    digits = _COUNT.match(title)
    if digits:
        return min(int(digits["digits"]), _MOST), title[digits.end() :].strip()
    folded = plain(title)
    for word, number in rules.number_words.items():
        if folded.startswith(plain(word) + " "):
            return number, re.sub(r"^\(\d+\)\s*", "", title[len(word) :].strip())
    return 0, title


def _ordinals(text: str, rules: LetterRules) -> list[str]:
    """The numbers of `I, II và III` or `1, 2, 3`, as printed."""
    listed = _ORDINAL_LIST.match(without_openings(rules.ordinal_labels, text.strip()))
    return _ORDINAL.findall(listed.group()) if listed else []


def _without_repeats(found: Sequence[Announced]) -> Iterator[Announced]:
    """Each title once: the same annex is pointed to again and again."""
    seen: set[str] = set()
    for one in found:
        key = fold(one.title)
        if key not in seen:
            seen.add(key)
            yield one
