"""Which files of a mail are letters, and which belong to which letter."""

from collections.abc import Sequence
from dataclasses import replace

from parsers.files.containers import FileKind
from parsers.finding import Confidence
from parsers.folding import words_of
from parsers.letter import LetterFields, LetterRules, ReadLetter, TextField
from parsers.letters.document_reading import DocumentReading, LetterGroup, MailContext, mail_context, read_document
from parsers.letters.letter_assembly import letter_of, letters_without_document
from parsers.letters.mail_text import is_reply, paper_finding
from parsers.letters.phrases import squeeze
from parsers.text.document_text import DocumentText, document_text

__all__ = ["DocumentText", "document_text", "read_groups", "read_letters"]

_NO_FILES = frozenset({FileKind.CALENDAR, FileKind.MESSAGE, FileKind.SIGNATURE, FileKind.ARCHIVE})
_PAGE_KINDS = frozenset({FileKind.PDF, FileKind.WORD, FileKind.IMAGE})


def read_letters(documents: Sequence[DocumentText], *, subject: str, body: str, rules: LetterRules) -> tuple[ReadLetter, ...]:
    """Find the letters of a mail and read each. Every file that is not in a letter's way belongs to exactly one letter."""
    mail = mail_context(subject, body, rules)
    files = [document for document in documents if not document.inline and document.kind not in _NO_FILES]
    readings = [read_document(index, document, rules) for index, document in enumerate(files)]
    groups = _numbered_groups(readings, mail) or _unnumbered_group(readings, mail)
    if groups:
        return tuple(letter_of(group, mail, single=len(groups) == 1) for group in groups)
    return letters_without_document(readings, mail)


def read_groups(
    groups: Sequence[Sequence[DocumentText]], *, subject: str, body: str, rules: LetterRules
) -> tuple[ReadLetter, ...]:
    """Read files as letters the way a clerk has grouped them; only which file of a group is the main one is judged."""
    mail = mail_context(subject, body, rules)
    letters = []
    for documents in groups:
        readings = [read_document(index, document, rules) for index, document in enumerate(documents)]
        if readings:
            main = min(readings, key=lambda reading: (not reading.numbered, _rank(reading)))
            others = [reading for reading in readings if reading is not main]
            letters.append(letter_of(LetterGroup(main, others), mail, single=len(groups) == 1))
    return tuple(letters)


# --- letters with a number -----------------------------------------------------------------------------------------------


def _numbered_groups(readings: Sequence[DocumentReading], mail: MailContext) -> list[LetterGroup]:
    numbered = [reading for reading in readings if reading.numbered]
    groups = _with_scan(_letters_apart(_one_per_reference(numbered), mail), readings)
    taken = {reading.index for group in groups for reading in (group.main, *group.others)}
    for reading in readings:
        if groups and reading.index not in taken:
            _assign(reading, groups)
    for group in groups:
        group.others.sort(key=lambda reading: reading.index)
    return groups


def _one_per_reference(numbered: Sequence[DocumentReading]) -> list[LetterGroup]:
    """Several forms of one letter (signed PDF, Word file) are one: the signed one first, then the PDF."""
    by_key: dict[str, list[DocumentReading]] = {}
    for reading in numbered:
        by_key.setdefault(reading.key, []).append(reading)
    groups = []
    for same in by_key.values():
        ranked = sorted(
            same, key=lambda reading: (not reading.document.signed, reading.document.kind is not FileKind.PDF, reading.index)
        )
        groups.append(LetterGroup(ranked[0], ranked[1:]))
    return sorted(groups, key=lambda group: group.main.index)


def _letters_apart(groups: list[LetterGroup], mail: MailContext) -> list[LetterGroup]:
    """Of several numbered documents, those that only accompany another one become its enclosures."""
    letters: list[LetterGroup] = []
    accompanying: list[tuple[LetterGroup, LetterGroup]] = []
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


def _accompanies(group: LetterGroup, host: LetterGroup, mail: MailContext) -> bool:
    """Whether a numbered document is an enclosure of another one: the other cites it and it does not cite back.

    A letter of the same issuer to the same addressee stands for itself unless the other one announces it; one that the
    mail names by its number always does.
    """
    if group.main.key in mail.named and (host.main.key in mail.named or not mail.named):
        return False
    cites, cites_back = group.main.key in host.main.cited, host.main.key in group.main.cited
    if cites_back and not cites:
        return False
    if group.main.key in host.main.announced:
        return True
    same_issuer = _same(group.main.fields.issuer, host.main.fields.issuer)
    if cites and not cites_back:
        return not (same_issuer and group.main.fields.addressees and _same_addressees(group.main, host.main))
    stranger = not same_issuer and not group.main.fields.addressees and bool(host.main.fields.addressees)
    return stranger and not mail.named & {group.main.key}


def _same(one: TextField | None, other: TextField | None) -> bool:
    return one is not None and other is not None and squeeze(one.value) == squeeze(other.value)


def _same_addressees(one: DocumentReading, other: DocumentReading) -> bool:
    return bool(
        {squeeze(name.value) for name in one.fields.addressees} & {squeeze(name.value) for name in other.fields.addressees}
    )


def _with_scan(groups: list[LetterGroup], readings: Sequence[DocumentReading]) -> list[LetterGroup]:
    """A scan beside the Word file of the one numbered letter is the letter itself; the Word file is a copy to work with."""
    scans = [reading for reading in readings if _is_scan(reading) and not reading.hinted]
    if len(groups) != 1 or groups[0].main.document.kind is not FileKind.WORD or len(scans) != 1:
        return groups
    word = groups[0].main
    return [LetterGroup(replace(scans[0], fields=_doubted(word.fields)), [word, *groups[0].others])]


def _is_scan(reading: DocumentReading) -> bool:
    return reading.document.kind is FileKind.PDF and not reading.document.has_text


def _doubted(fields: LetterFields) -> LetterFields:
    """The identifying fields of another file, as no more than a hint."""
    number, symbol, reference = (
        replace(field, confidence=Confidence.DOUBTFUL) if field else None
        for field in (fields.number, fields.symbol, fields.reference)
    )
    return replace(fields, number=number, symbol=symbol, reference=reference)


def _assign(reading: DocumentReading, groups: Sequence[LetterGroup]) -> None:
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


def _names_number(reading: DocumentReading, group: LetterGroup) -> bool:
    number = group.main.fields.number
    return number is not None and number.value.lower() in words_of(reading.document.name)


def _folder(path: str) -> str:
    return path.rpartition("!")[0]


# --- letters without a number --------------------------------------------------------------------------------------------


def _unnumbered_group(readings: Sequence[DocumentReading], mail: MailContext) -> list[LetterGroup]:
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
    return [LetterGroup(main, others, doubtful=_is_scan(main) and bool(rivals))]


def _rank(reading: DocumentReading) -> tuple[bool, bool, bool, bool, int]:
    kind = reading.document.kind
    return not reading.document.signed, reading.hinted, not reading.headed, kind is not FileKind.PDF, reading.index
