"""One letter put together from its documents and its mail, and letters that come without a document."""

from collections.abc import Sequence
from dataclasses import replace

from parsers.containers import FileKind
from parsers.document_reading import DocumentReading, LetterGroup, MailContext
from parsers.document_text import DocumentText
from parsers.enclosure_files import Candidate, annex_headings, match_enclosures
from parsers.enclosures import announced_enclosures
from parsers.fields import read_fields
from parsers.finding import Confidence, Finding, Source
from parsers.folding import fold
from parsers.letter import DeclaredEnclosure, LetterCode, LetterFields, LetterRules, ReadLetter, TextField, Urgency
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
from parsers.phrases import squeeze
from parsers.plain_text import plain_pages

_LINES_OF_HEADING = 8


def letter_of(group: LetterGroup, mail: MailContext, *, single: bool) -> ReadLetter:
    """Read the letter of a group; the mail's subject speaks only for a `single` letter."""
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


def _declared(group: LetterGroup, rules: LetterRules) -> tuple[DeclaredEnclosure, ...]:
    pages = group.main.document.pages
    announced = announced_enclosures(pages, rules)
    candidates = [_candidate(reading) for reading in group.others if reading.key != group.main.key or not reading.key]
    return match_enclosures(announced, candidates, (group.main.path, annex_headings(pages, rules)), rules)


def _candidate(reading: DocumentReading) -> Candidate:
    document, fields = reading.document, reading.fields
    lines = [line.text for page in document.pages[:1] for line in page.lines if not line.stamped]
    named = [field.value for field in (fields.document_type, fields.subject) if field]
    heading = " ".join(named) if fields.document_type else " ".join(lines[:_LINES_OF_HEADING])
    return Candidate(path=document.path, name=document.name, heading=heading, references=(reading.key,) if reading.key else ())


def _with_subject_reference(main: DocumentReading, mail: MailContext) -> LetterFields:
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


def _urgency(main: DocumentReading, mail: MailContext) -> Urgency:
    stamped = highest((document_urgency(main.document.pages, mail.rules), subject_urgency(mail.subject, mail.rules)))
    document_type = main.fields.document_type
    if stamped is Urgency.NORMAL and document_type:
        return mail.rules.urgent_types.get(document_type.value, stamped)
    return stamped


def _secrecy(readings: Sequence[DocumentReading], mail: MailContext) -> tuple[Finding, ...]:
    found = [*subject_secrecy(mail.subject, mail.rules), *body_secrecy(own_text(mail.body, mail.rules), mail.rules)]
    for reading in readings:
        document = reading.document
        found += document_secrecy(document.pages, mail.rules, document.path, Source.TEXT_LAYER)
        found += name_secrecy(document.name, document.path, mail.rules)
    return tuple(found)


def _findings(group: LetterGroup, declared: Sequence[DeclaredEnclosure], mail: MailContext, *, single: bool) -> list[Finding]:
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


def letters_without_document(readings: Sequence[DocumentReading], mail: MailContext) -> tuple[ReadLetter, ...]:
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
    blank = DocumentReading(
        -1, DocumentText(path="", name="", kind=FileKind.OTHER), announced, headed=False, hinted=False, cited=frozenset()
    )
    return (replace(letter, fields=_with_subject_reference(blank, mail)),)


def _only_quoted(paper: Finding | None) -> bool:
    """Whether the announcement stands only in the subject, which an answer repeats."""
    return paper is None or paper.source is Source.HEADER
