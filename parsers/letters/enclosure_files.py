"""Which file of a mail answers which announced enclosure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.folding import clean, fold, words_of
from parsers.letter import DeclaredEnclosure, LetterRules
from parsers.letters.addressing import find_copies_label
from parsers.letters.enclosures import Announced
from parsers.letters.phrases import capitals, find_phrase, opens_with, without_openings
from parsers.letters.references import references_in
from parsers.text.lines import TextPage

_ORDINAL = re.compile(r"(?P<arabic>\d{1,2})(?![\d/])|(?P<roman>[IVX]{1,5})(?!\w)")
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10, "XI": 11, "XII": 12}
_SILENT = frozenset(
    {
        "scan",
        "scanned",
        "img",
        "image",
        "doc",
        "document",
        "file",
        "pdf",
        "docx",
        "xlsx",
        "jpg",
        "png",
        "copy",
        "new",
        "final",
        "signed",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A file that may answer an announcement: its name and the first words on its first page."""

    path: str
    name: str
    heading: str
    references: tuple[str, ...]


def annex_headings(pages: Sequence[TextPage], rules: LetterRules) -> tuple[str, ...]:
    """Headings of annexes that lie in the letter's own file: in the upper part of pages behind the signature."""
    label = find_copies_label(pages, rules)
    if label is None:
        return ()
    headings: list[str] = []
    for page in pages:
        if page.number > label.page:
            top = [line for line in page.lines if line.baseline < 0.35 * page.height and not line.stamped]
            first = next((index for index, line in enumerate(top[:8]) if _is_annex_heading(line.text, rules)), None)
            if first is not None:
                headings.append(" ".join(line.text for line in top[first : first + 4]))
    return tuple(headings)


def _is_annex_heading(text: str, rules: LetterRules) -> bool:
    return opens_with(rules.annex_headings, text) is not None and (capitals(text) > 0.6 or len(text) < 30)


def match_enclosures(
    announced: Sequence[Announced], candidates: Sequence[Candidate], own: tuple[str, Sequence[str]], rules: LetterRules
) -> tuple[DeclaredEnclosure, ...]:
    """Tie each announcement to a file: by reference, ordinal and title words, then by count.

    `own` is the letter's path with the headings of annexes in the same file.
    """
    inside = [Candidate(path=own[0], name="", heading=heading, references=()) for heading in own[1]]
    free = [*candidates, *inside]
    answers: list[Candidate | None] = [None] * len(announced)
    scored = sorted(
        ((_score(one, candidate, rules), -i, -j) for i, one in enumerate(announced) for j, candidate in enumerate(free)),
        reverse=True,
    )
    taken: set[int] = set()
    for score, i, j in scored:
        if score >= 0.5 and answers[-i] is None and -j not in taken:
            answers[-i] = free[-j]
            taken.add(-j)
    _fill_by_count(announced, answers, [candidate for j, candidate in enumerate(free) if j not in taken])
    return tuple(
        DeclaredEnclosure(title=one.title, place=one.place, file=answer.path if answer else None)
        for one, answer in zip(announced, answers, strict=True)
    )


def _fill_by_count(announced: Sequence[Announced], answers: list[Candidate | None], free: list[Candidate]) -> None:
    """What no word decides: files that say nothing of themselves go to the open announcements in order."""
    open_ones = [index for index, answer in enumerate(answers) if answer is None]
    if len(free) < len(open_ones):
        free = [candidate for candidate in free if not _telling(candidate) or not announced[open_ones[0]].titled]
    for index, candidate in zip(open_ones, free, strict=False):
        answers[index] = candidate


def _telling(candidate: Candidate) -> bool:
    """Whether a file says anything of itself: words in its name beyond those of scanners, or a heading."""
    words = [word for word in words_of(candidate.name) if word.isalpha() and len(word) > 1 and word not in _SILENT]
    return bool(words) or bool(candidate.heading)


def _score(one: Announced, candidate: Candidate, rules: LetterRules) -> float:
    """How well a file answers, from 0 to 3; below 0.5 is no answer."""
    cited = {fold(reference.printed) for reference in references_in(one.title, rules)}
    if cited:
        if cited & set(candidate.references):
            return 3.0
        if any(_numbers_in_name(reference, candidate.name) for reference in cited):
            return 2.5
    name, heading = _spelled(candidate.name, rules), words_of(candidate.heading)
    wanted = _ordinal_of(one.title, rules)
    if wanted is not None:
        offered = _ordinal_of(" ".join(name), rules) or _ordinal_of(candidate.heading, rules)
        if offered is not None:
            return 2.0 if offered == wanted else 0.0
    title = [word for word in words_of(one.title) if len(word) > 1]
    return max(_overlap(title, name), _overlap(title, heading))


def _numbers_in_name(reference: str, name: str) -> bool:
    """Whether a file name carries the parts of a reference: `12-BC-STC.pdf` for 12/BC-STC."""
    wanted, offered = words_of(reference), words_of(name)
    return any(offered[i : i + len(wanted)] == wanted for i in range(len(offered))) or (
        len(wanted) > 1 and offered[:2] == wanted[:2]
    )


def _spelled(name: str, rules: LetterRules) -> tuple[str, ...]:
    """The words of a file name with its shortenings spelled out and its ending dropped: PL2 is phu luc 2."""
    stem = re.sub(r"\.\w{2,5}$", "", clean(name))
    split = re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", " ", stem)
    split = "".join(
        f" {b}" if a.islower() and b.isupper() and c.islower() else b
        for a, b, c in zip(" " + split, split, split[1:] + " ", strict=False)
    )
    words: list[str] = []
    for word in words_of(split):
        words += words_of(rules.name_abbreviations.get(word, word))
    return tuple(words)


def _ordinal_of(text: str, rules: LetterRules) -> tuple[str, int] | None:
    """The counted noun's ordinal: `Phụ lục II`, `Biểu số 03`."""
    noun = find_phrase(rules.counted_nouns, text)
    if not noun:
        return None
    behind = without_openings(rules.ordinal_labels, text[noun.end() :].lstrip(" .:-_"))
    ordinal = _ORDINAL.match(behind.upper())
    if not ordinal:
        return None
    number = int(ordinal["arabic"]) if ordinal["arabic"] else _ROMAN.get(ordinal["roman"], 0)
    return (noun.group(), number) if number else None


def _overlap(title: Sequence[str], offered: Sequence[str]) -> float:
    """Share of common word pairs or words, over the shorter of both; one common word alone is no sign."""
    if not title or not offered:
        return 0.0
    common = [word for word in dict.fromkeys(title) if word in offered]
    if len(common) < 2 and not (len(common) == 1 and len(set(title)) == 1):
        return 0.0
    return len(common) / max(min(len(set(title)), len(set(offered))), 2)
