"""Which files of a mail are letters, and which belong to which letter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from parsers.containers import FileKind
from parsers.document_text import DocumentText, document_text
from parsers.enclosure_files import Candidate, annex_headings, match_enclosures
from parsers.enclosures import announced_enclosures
from parsers.fields import read_fields
from parsers.finding import Confidence, Finding, Source
from parsers.folding import fold, words_of
from parsers.letter import DeclaredEnclosure, LetterCode, LetterFields, LetterRules, ReadLetter, TextField, Urgency
from parsers.letterhead import find_head
from parsers.mail_text import is_reply, leading_reference, link_findings, own_text, paper_finding
from parsers.marks import (
    body_secrecy,
    document_secrecy,
    document_urgency,
    highest,
    name_secrecy,
    subject_secrecy,
    subject_urgency,
)
from parsers.phrases import opens_with, squeeze
from parsers.plain_text import plain_pages
from parsers.references import references_in

__all__ = ["DocumentText", "document_text", "read_groups", "read_letters"]

_NO_FILES = frozenset({FileKind.CALENDAR, FileKind.MESSAGE, FileKind.SIGNATURE, FileKind.ARCHIVE})
_LETTER_KINDS = frozenset({FileKind.PDF, FileKind.WORD, FileKind.TEXT})
_PAGE_KINDS = frozenset({FileKind.PDF, FileKind.WORD, FileKind.IMAGE})
_LINES_OF_HEADING = 8


@dataclass(frozen=True, slots=True)
class _Reading:
    """A document with what was read of it. `index` is its place in the mail."""

    index: int
    document: DocumentText
    fields: LetterFields
    headed: bool
    hinted: bool
    cited: frozenset[str]

    @property
    def path(self) -> str:
        return self.document.path

    @property
    def key(self) -> str:
        """The folded reference, empty without one."""
        return fold(self.fields.reference.value) if self.fields.reference else ""

    @property
    def numbered(self) -> bool:
        """Whether the document is a letter by its head: an own number, and an agency, a header or a date."""
        return bool(self.key) and self.document.kind in _LETTER_KINDS and (self.headed or self.fields.issued_on is not None)


@dataclass(frozen=True, slots=True)
class _Mail:
    subject: str
    body: str
    rules: LetterRules
    named: frozenset[str]


@dataclass(slots=True)
class _Group:
    """A letter in the making: its main document and the files that go with it."""

    main: _Reading
    others: list[_Reading]
    doubtful: bool = False


def read_letters(documents: Sequence[DocumentText], *, subject: str, body: str, rules: LetterRules) -> tuple[ReadLetter, ...]:
    """Find the letters of a mail and read each. Every file that is not in a letter's way belongs to exactly one letter."""
    mail = _mail(subject, body, rules)
    files = [document for document in documents if not document.inline and document.kind not in _NO_FILES]
    readings = [_read(index, document, rules) for index, document in enumerate(files)]
    groups = _numbered_groups(readings, mail) or _unnumbered_group(readings, mail)
    if groups:
        return tuple(_letter(group, mail, single=len(groups) == 1) for group in groups)
    return _letters_without_document(readings, mail)


def read_groups(
    groups: Sequence[Sequence[DocumentText]], *, subject: str, body: str, rules: LetterRules
) -> tuple[ReadLetter, ...]:
    """Read files as letters the way a clerk has grouped them; only which file of a group is the main one is judged."""
    mail = _mail(subject, body, rules)
    letters = []
    for documents in groups:
        readings = [_read(index, document, rules) for index, document in enumerate(documents)]
        if readings:
            main = min(readings, key=lambda reading: (not reading.numbered, _rank(reading)))
            others = [reading for reading in readings if reading is not main]
            letters.append(_letter(_Group(main, others), mail, single=len(groups) == 1))
    return tuple(letters)


def _mail(subject: str, body: str, rules: LetterRules) -> _Mail:
    named = frozenset(fold(reference.printed) for reference in references_in(f"{subject}\n{own_text(body, rules)}", rules))
    return _Mail(subject, body, rules, named)


def _read(index: int, document: DocumentText, rules: LetterRules) -> _Reading:
    may_be_letter = document.kind in _LETTER_KINDS and document.has_text
    head = find_head(document.pages, rules) if may_be_letter else None
    annex = _opens_as_annex(document, rules)
    return _Reading(
        index=index,
        document=document,
        fields=read_fields(document.pages, rules) if head and not annex else LetterFields(),
        headed=head is not None and head.state is not None and not annex,
        hinted=annex or _hinted(document.name, rules),
        cited=frozenset(fold(reference.printed) for reference in references_in(document.text(), rules)),
    )


def _opens_as_annex(document: DocumentText, rules: LetterRules) -> bool:
    """Whether the first line of the document is the heading of an annex."""
    lines = [line for line in document.pages[0].lines if not line.stamped] if document.pages else []
    counted = tuple(noun for noun in rules.counted_nouns if noun in rules.annex_headings)
    return bool(lines) and opens_with(counted, lines[0].text) is not None


def _hinted(name: str, rules: LetterRules) -> bool:
    words = " ".join(words_of(name.rpartition(".")[0] or name))
    return any(
        f" {hint} " in f" {words} " or (words.startswith(hint) and words[len(hint) :][:1].isdigit())
        for hint in rules.enclosure_file_hints
    )


# --- letters with a number -----------------------------------------------------------------------------------------------


def _numbered_groups(readings: Sequence[_Reading], mail: _Mail) -> list[_Group]:
    numbered = [reading for reading in readings if reading.numbered]
    groups = _with_scan(_letters_apart(_one_per_reference(numbered), mail), readings)
    taken = {reading.index for group in groups for reading in (group.main, *group.others)}
    for reading in readings:
        if groups and reading.index not in taken:
            _assign(reading, groups)
    for group in groups:
        group.others.sort(key=lambda reading: reading.index)
    return groups


def _one_per_reference(numbered: Sequence[_Reading]) -> list[_Group]:
    """Several forms of one letter (signed PDF, Word file) are one: the signed one first, then the PDF."""
    by_key: dict[str, list[_Reading]] = {}
    for reading in numbered:
        by_key.setdefault(reading.key, []).append(reading)
    groups = []
    for same in by_key.values():
        ranked = sorted(
            same, key=lambda reading: (not reading.document.signed, reading.document.kind is not FileKind.PDF, reading.index)
        )
        groups.append(_Group(ranked[0], ranked[1:]))
    return sorted(groups, key=lambda group: group.main.index)


def _letters_apart(groups: list[_Group], mail: _Mail) -> list[_Group]:
    """Of several numbered documents, those that only accompany another one become its enclosures."""
    letters: list[_Group] = []
    accompanying: list[tuple[_Group, _Group]] = []
    for group in groups:
        host = next((other for other in groups if other is not group and _accompanies(group, other, mail)), None)
        if host is None:
            letters.append(group)
        else:
            accompanying.append((group, host))
    if not letters:
        return groups
    for group, host in accompanying:
        target = host if host in letters else letters[0]
        target.others += [group.main, *group.others]
    return letters


def _accompanies(group: _Group, host: _Group, mail: _Mail) -> bool:
    """Whether a numbered document is an enclosure of another one: the other cites it and it does not cite back.

    A letter of the same issuer to the same addressee stands for itself unless the other one announces it; one that the
    mail names by its number always does.
    """
    if group.main.key in mail.named and (host.main.key in mail.named or not mail.named):
        return False
    cites, cites_back = group.main.key in host.main.cited, host.main.key in group.main.cited
    if cites_back and not cites:
        return False
    if _announces(host.main, group.main, mail.rules):
        return True
    same_issuer = _same(group.main.fields.issuer, host.main.fields.issuer)
    if cites and not cites_back:
        return not (same_issuer and group.main.fields.addressees and _same_addressees(group.main, host.main))
    stranger = not same_issuer and not group.main.fields.addressees and bool(host.main.fields.addressees)
    return stranger and not mail.named & {group.main.key}


def _announces(host: _Reading, guest: _Reading, rules: LetterRules) -> bool:
    """Whether the host's list of enclosures names the guest's number."""
    titles = " ; ".join(one.title for one in announced_enclosures(host.document.pages, rules))
    return guest.key in {fold(reference.printed) for reference in references_in(titles, rules)}


def _same(one: TextField | None, other: TextField | None) -> bool:
    return one is not None and other is not None and squeeze(one.value) == squeeze(other.value)


def _same_addressees(one: _Reading, other: _Reading) -> bool:
    return bool(
        {squeeze(name.value) for name in one.fields.addressees} & {squeeze(name.value) for name in other.fields.addressees}
    )


def _with_scan(groups: list[_Group], readings: Sequence[_Reading]) -> list[_Group]:
    """A scan beside the Word file of the one numbered letter is the letter itself; the Word file is a copy to work with."""
    scans = [reading for reading in readings if _is_scan(reading) and not reading.hinted]
    if len(groups) != 1 or groups[0].main.document.kind is not FileKind.WORD or len(scans) != 1:
        return groups
    word = groups[0].main
    return [_Group(replace(scans[0], fields=_doubted(word.fields)), [word, *groups[0].others])]


def _is_scan(reading: _Reading) -> bool:
    return reading.document.kind is FileKind.PDF and not reading.document.has_text


def _doubted(fields: LetterFields) -> LetterFields:
    """The identifying fields of another file, as no more than a hint."""
    number, symbol, reference = (
        replace(field, confidence=Confidence.DOUBTFUL) if field else None
        for field in (fields.number, fields.symbol, fields.reference)
    )
    return replace(fields, number=number, symbol=symbol, reference=reference)


def _assign(reading: _Reading, groups: Sequence[_Group]) -> None:
    """Give a file to its letter: the one it cites, or whose number its name bears, or that stands before it in the mail."""
    citing = [group for group in groups if group.main.key in reading.cited]
    named = [group for group in groups if _names_number(reading, group)]
    together = [group for group in groups if "!" in reading.path and _folder(group.main.path) == _folder(reading.path)]
    for choice in (citing, named, together):
        if len(choice) == 1:
            choice[0].others.append(reading)
            return
    before = [group for group in groups if group.main.index < reading.index]
    target = before[-1] if before else groups[0]
    target.others.append(reading)
    target.doubtful = target.doubtful or len(groups) > 1


def _names_number(reading: _Reading, group: _Group) -> bool:
    number = group.main.fields.number
    return number is not None and number.value.lower() in words_of(reading.document.name)


def _folder(path: str) -> str:
    return path.rpartition("!")[0]


# --- letters without a number --------------------------------------------------------------------------------------------


def _unnumbered_group(readings: Sequence[_Reading], mail: _Mail) -> list[_Group]:
    """The one file that looks most like a letter; tables and pictures beside a reply make none."""
    candidates = [reading for reading in readings if reading.document.kind in _PAGE_KINDS]
    if is_reply(mail.subject, mail.rules):
        candidates = [reading for reading in candidates if reading.document.kind is not FileKind.IMAGE]
    if not candidates:
        return []
    main = min(candidates, key=_rank)
    if main.document.kind is FileKind.WORD and not main.headed and paper_finding(mail.subject, mail.body, mail.rules):
        return []
    others = [reading for reading in readings if reading.index != main.index]
    rivals = [reading for reading in candidates if reading.index != main.index and _is_scan(reading) and not reading.hinted]
    return [_Group(main, others, doubtful=_is_scan(main) and bool(rivals))]


def _rank(reading: _Reading) -> tuple[bool, bool, bool, bool, int]:
    kind = reading.document.kind
    return not reading.document.signed, reading.hinted, not reading.headed, kind is not FileKind.PDF, reading.index


# --- one letter ----------------------------------------------------------------------------------------------------------


def _letter(group: _Group, mail: _Mail, *, single: bool) -> ReadLetter:
    main, rules = group.main, mail.rules
    declared = _declared(group, rules)
    fields = _with_subject_reference(main, mail) if single else main.fields
    return ReadLetter(
        main=main.path,
        enclosures=tuple(reading.path for reading in group.others),
        fields=fields,
        declared_enclosures=declared,
        urgency=_urgency(main, mail),
        secrecy=_secrecy((main, *group.others), mail),
        findings=(*main.document.findings, *_findings(group, declared, mail, single=single)),
    )


def _declared(group: _Group, rules: LetterRules) -> tuple[DeclaredEnclosure, ...]:
    pages = group.main.document.pages
    announced = announced_enclosures(pages, rules)
    candidates = [_candidate(reading) for reading in group.others if reading.key != group.main.key or not reading.key]
    return match_enclosures(announced, candidates, (group.main.path, annex_headings(pages, rules)), rules)


def _candidate(reading: _Reading) -> Candidate:
    document, fields = reading.document, reading.fields
    lines = [line.text for page in document.pages[:1] for line in page.lines if not line.stamped]
    named = [field.value for field in (fields.document_type, fields.subject) if field]
    heading = " ".join(named) if fields.document_type else " ".join(lines[:_LINES_OF_HEADING])
    return Candidate(path=document.path, name=document.name, heading=heading, references=(reading.key,) if reading.key else ())


def _with_subject_reference(main: _Reading, mail: _Mail) -> LetterFields:
    """A letter whose number cannot be read takes the one its mail opens with, as a doubtful hint."""
    fields = main.fields
    reference = leading_reference(mail.subject, mail.rules)
    if fields.reference or reference is None or is_reply(mail.subject, mail.rules):
        return fields
    if fields.symbol and squeeze(fields.symbol.value) != squeeze(reference.symbol):
        return fields
    number, symbol, printed = (
        TextField(value=value, source=Source.HEADER, place="header Subject", confidence=Confidence.DOUBTFUL)
        for value in (reference.number, reference.symbol, reference.printed)
    )
    return replace(fields, number=number, symbol=symbol, reference=printed)


def _urgency(main: _Reading, mail: _Mail) -> Urgency:
    stamped = highest((document_urgency(main.document.pages, mail.rules), subject_urgency(mail.subject, mail.rules)))
    document_type = main.fields.document_type
    if stamped is Urgency.NORMAL and document_type:
        return mail.rules.urgent_types.get(document_type.value, stamped)
    return stamped


def _secrecy(readings: Sequence[_Reading], mail: _Mail) -> tuple[Finding, ...]:
    found = [*subject_secrecy(mail.subject, mail.rules), *body_secrecy(own_text(mail.body, mail.rules), mail.rules)]
    for reading in readings:
        document = reading.document
        found += document_secrecy(document.pages, mail.rules, document.path, Source.TEXT_LAYER)
        found += name_secrecy(document.name, document.path, mail.rules)
    return tuple(found)


def _findings(group: _Group, declared: Sequence[DeclaredEnclosure], mail: _Mail, *, single: bool) -> list[Finding]:
    path = group.main.path
    found = [_note(LetterCode.ENCLOSURE_MISSING, f"{path}/{one.place}", one.title) for one in declared if one.file is None]
    found += link_findings(mail.body, mail.rules)
    if group.doubtful:
        found.append(_note(LetterCode.GROUPING_DOUBTFUL, path, f"{len(group.others)} files"))
    document_type = group.main.fields.document_type
    if document_type and document_type.confidence is Confidence.DOUBTFUL:
        found.append(_note(LetterCode.FIELDS_DISAGREE, f"{path}/{document_type.place}", "document type and symbol"))
    subject = leading_reference(mail.subject, mail.rules)
    keys = {group.main.key, *(reading.key for reading in group.others)}
    if single and subject and group.main.key and fold(subject.printed) not in keys and not is_reply(mail.subject, mail.rules):
        found.append(_note(LetterCode.FIELDS_DISAGREE, "header Subject", subject.printed))
    return found


def _note(code: LetterCode, place: str, evidence: str) -> Finding:
    return Finding(code=code, source=Source.TEXT_LAYER, place=place, confidence=Confidence.LIKELY, evidence=evidence)


# --- mails without a document --------------------------------------------------------------------------------------------


def _letters_without_document(readings: Sequence[_Reading], mail: _Mail) -> tuple[ReadLetter, ...]:
    """A letter that is only announced: paper, a link, or the text of a letter in the mail itself."""
    secrecy = _secrecy(readings, mail)
    links = link_findings(mail.body, mail.rules)
    pages = plain_pages(own_text(mail.body, mail.rules))
    fields = read_fields(pages, mail.rules)
    paper = paper_finding(mail.subject, mail.body, mail.rules)
    if not paper and fields.reference and (fields.addressees or fields.issued_on):
        paper = _note(LetterCode.PAPER_ANNOUNCED, "mail text", fields.reference.value)
        paper = replace(paper, confidence=Confidence.DOUBTFUL)
    if not (paper or secrecy or links) or (is_reply(mail.subject, mail.rules) and not (secrecy or links) and _only_quoted(paper)):
        return ()
    announced = LetterFields() if fields.reference is None else fields
    letter = ReadLetter(
        main=None,
        enclosures=tuple(reading.path for reading in readings),
        fields=announced,
        declared_enclosures=(),
        urgency=subject_urgency(mail.subject, mail.rules),
        secrecy=secrecy,
        findings=(*links, *((paper,) if paper and not links else ())),
    )
    blank = _Reading(
        -1, DocumentText(path="", name="", kind=FileKind.OTHER), announced, headed=False, hinted=False, cited=frozenset()
    )
    return (replace(letter, fields=_with_subject_reference(blank, mail)),)


def _only_quoted(paper: Finding | None) -> bool:
    """Whether the announcement stands only in the subject, which an answer repeats."""
    return paper is None or paper.source is Source.HEADER
