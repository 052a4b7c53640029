"""One letter put together from its documents and its mail, and letters that come without a document."""

from collections.abc import Sequence
from dataclasses import replace

from parsers.finding import Confidence, Finding, Source
from parsers.folding import fold
from parsers.letter import DeclaredEnclosure, LetterCode, LetterFields, LetterRules, ReadLetter, TextField, Urgency
from parsers.letters.document_reading import DocumentReading, LetterGroup, MailContext
from parsers.letters.enclosure_files import Candidate, annex_headings, match_enclosures
from parsers.letters.enclosures import announced_enclosures
from parsers.letters.fields import read_fields
from parsers.letters.mail_text import is_reply, leading_reference, link_findings, own_text, paper_finding
from parsers.letters.marks import (
    body_secrecy,
    document_secrecy,
    document_urgency,
    highest,
    name_secrecy,
    subject_secrecy,
    subject_urgency,
)
from parsers.letters.phrases import squeeze
from parsers.letters.references import Reference, references_in
from parsers.text.plain_text import plain_pages

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
    reference = None if is_reply(mail.subject, mail.rules) else leading_reference(mail.subject, mail.rules)
    return _hinted(main.fields, reference, Source.HEADER, "header Subject")


def _hinted(fields: LetterFields, reference: Reference | None, source: Source, place: str) -> LetterFields:
    """The fields with a doubtful reference from elsewhere, unless they have one or a symbol that says otherwise."""
    if fields.reference or reference is None:
        return fields
    if fields.symbol and squeeze(fields.symbol.value) != squeeze(reference.symbol):
        return fields
    number, symbol, printed = (
        TextField(value=value, source=source, place=place, confidence=Confidence.DOUBTFUL)
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
        found += document_secrecy(document.pages, mail.rules, document.path)
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
    """A letter that is only announced: paper, a link, or the text of a letter in the mail itself.

    A person's answer ("bản giấy em gửi bưu điện rồi") announces nothing.
    """
    secrecy = _secrecy(readings, mail)
    links = link_findings(mail.body, mail.rules)
    fields = _announced_fields(mail)
    paper = None if links or is_reply(mail.subject, mail.rules) else _paper(fields, mail)
    if not (paper or secrecy or links):
        return ()
    letter = ReadLetter(
        main=None,
        enclosures=tuple(reading.path for reading in readings),
        fields=fields,
        declared_enclosures=(),
        urgency=subject_urgency(mail.subject, mail.rules),
        secrecy=secrecy,
        findings=(*links, *((paper,) if paper else ())),
    )
    return (letter,)


def _paper(fields: LetterFields, mail: MailContext) -> Finding | None:
    """The announcement of paper; doubtful where the mail's text is itself a letter with a head of its own."""
    announced = paper_finding(mail.subject, mail.body, mail.rules)
    if announced or not (fields.reference and (fields.addressees or fields.issued_on)):
        return announced
    return replace(_note(LetterCode.PAPER_ANNOUNCED, "mail text", fields.reference.value), confidence=Confidence.DOUBTFUL)


def _announced_fields(mail: MailContext) -> LetterFields:
    """What the mail's own text says of the letter: a head in it, or the one reference that it names."""
    text = own_text(mail.body, mail.rules)
    fields = read_fields(plain_pages(text), mail.rules)
    if fields.reference:
        return fields
    in_subject = {reference.printed: reference for reference in references_in(mail.subject, mail.rules)}
    in_text = {reference.printed: reference for reference in references_in(text, mail.rules)}
    if len(in_subject) == 1:
        return _hinted(LetterFields(), next(iter(in_subject.values())), Source.HEADER, "header Subject")
    if not in_subject and len(in_text) == 1:
        return _hinted(LetterFields(), next(iter(in_text.values())), Source.TEXT_LAYER, "mail text")
    return LetterFields()
