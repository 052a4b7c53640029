"""From a reading to what is stored of each letter; pure mapping between the parsers' words and the registry's."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from mailhub.checking.reading import NO_MAIL, ReadFile, Reading
from mailhub.policy.case import Decision, LetterFacts, SignatureFile, SignatureScope
from mailhub.policy.covering import signature_files
from mailhub.policy.standing import reports_of
from parsers.letter import LetterFields, ReadLetter, TextField, Urgency, document_key
from parsers.signatures.model import Indication
from storage.records import LetterDraft, LetterState

PRIORITY = {Urgency.NORMAL: 0, Urgency.URGENT: 1, Urgency.VERY_URGENT: 2, Urgency.FLASH: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The circumstances of one round of checks that are not in the reading."""

    received_at: datetime
    pending_until: datetime | None
    trust_configured: bool


def text_of(value: TextField | None) -> str:
    """The value of a field, empty where it is absent."""
    return value.value if value else ""


def letter_files(reading: Reading, letter: ReadLetter) -> tuple[ReadFile, ...]:
    """The files of one letter, its main document first."""
    paths = ([letter.main] if letter.main else []) + list(letter.enclosures)
    by_path = {file.path: file for file in reading.files}
    return tuple(by_path[path] for path in paths if path in by_path)


def content_digest(files: tuple[ReadFile, ...], signing: tuple[SignatureFile, ...] = ()) -> str:
    """Identity of a letter's content: SHA-256 (hex) over its files' sorted digests, empty for a letter without files.

    What signs a file of it belongs to it: the same document with a signature beside it that was not there is not the same.
    """
    if not files:
        return ""
    own = {file.path for file in files}
    beside = [item.file for item in signing if item.scope is SignatureScope.FILES and item.file.path not in own]
    return hashlib.sha256("\n".join(sorted(file.sha256 for file in (*files, *beside))).encode()).hexdigest()


def facts_of(reading: Reading, letter: ReadLetter, circumstances: Round) -> LetterFacts:
    """One letter with its own files and the mail around it, as a decision takes it."""
    files = letter_files(reading, letter)
    signing = signature_files(reading.files, files)
    return LetterFacts(
        letter=letter,
        files=files,
        mail=reading.mail,
        received_at=circumstances.received_at,
        content_digest=content_digest(files, signing),
        pending=reading.pending,
        pending_until=circumstances.pending_until,
        trust_version=reading.trust_version,
        trust_configured=circumstances.trust_configured,
        mail_findings=tuple(finding for finding in reading.findings if not finding.place.startswith("part ")),
        signature_files=signing,
    )


def refreshed(facts: LetterFacts, reading: Reading) -> LetterFacts:
    """The facts with the signatures and the sender of a later round of checks.

    Files that the round did not see stay as they were.
    """
    checked = {(file.path, file.sha256): file for file in reading.files}
    files = tuple(checked.get((file.path, file.sha256), file) for file in facts.files)
    signing = tuple(
        replace(item, file=checked.get((item.file.path, item.file.sha256), item.file)) for item in facts.signature_files
    )
    mail = replace(facts.mail, authentication=reading.mail.authentication)
    return replace(
        facts,
        files=files,
        signature_files=signing,
        mail=mail,
        pending=reading.pending,
        trust_version=reading.trust_version,
    )


def redacted(facts: LetterFacts) -> LetterFacts:
    """The facts of a sealed letter: enough to decide the same again, and nothing of the content (design, promise 8)."""
    letter = facts.letter
    marks = tuple(replace(mark, evidence="", place="") for mark in letter.secrecy)
    blank = ReadLetter(
        main=None,
        enclosures=(),
        fields=LetterFields(),
        declared_enclosures=(),
        urgency=letter.urgency,
        secrecy=marks,
        findings=(),
    )
    mail = replace(NO_MAIL, sent_at=facts.mail.sent_at)
    return replace(facts, letter=blank, files=(), signature_files=(), mail=mail, content_digest="", mail_findings=())


def key_of(facts: LetterFacts, issuer_id: int | None) -> str:
    """The document key: issuer, reference and year. Empty while one of them is unknown, so it claims nothing.

    The issuer's directory id stands in for its name where the directory knows it, so that an old and a new spelling of one
    agency claim the same key.
    """
    fields = facts.letter.fields
    reference, issuer = text_of(fields.reference), text_of(fields.issuer)
    if not reference or fields.issued_on is None or not (issuer or issuer_id):
        return ""
    return document_key(f"#{issuer_id}" if issuer_id else issuer, reference, fields.issued_on.value.year)


def draft_of(facts: LetterFacts, *, unit_id: int, submission_id: int | None, position: int, key: str) -> LetterDraft:
    """The row of a letter that waits for its first decision."""
    fields = facts.letter.fields
    declared = facts.letter.declared_enclosures
    draft = LetterDraft(
        unit_id=unit_id,
        submission_id=submission_id,
        position=position,
        state=LetterState.WAITING,
        document_key=key,
        content_digest=facts.content_digest,
        agency_id=None,
        issuer=text_of(fields.issuer),
        reference=text_of(fields.reference),
        issued_on=fields.issued_on.value if fields.issued_on else None,
        document_type=text_of(fields.document_type),
        subject=text_of(fields.subject) or facts.mail.subject,
        urgency=facts.letter.urgency.value,
        facts_id=None,
        decision_id=None,
        action="",
        reasons=(),
        signatures_seen=0,
        signatures_valid=0,
        enclosures_declared=len(declared),
        enclosures_found=sum(item.file is not None for item in declared),
        due_at=facts.received_at,
        received_at=facts.received_at,
        priority=PRIORITY[facts.letter.urgency],
    )
    return with_signatures(draft, facts)


def with_signatures(draft: LetterDraft, facts: LetterFacts) -> LetterDraft:
    """The row with the signatures counted as these facts have them; nobody's time stamps are none."""
    own = {file.path for file in facts.files}
    over = (item.file for item in facts.signature_files if item.scope is SignatureScope.FILES)
    beside = [file for file in over if file.path not in own]
    reports = [report for file in (*facts.files, *beside) for report in reports_of(file)]
    valid = sum(report.indication is Indication.TOTAL_PASSED for report in reports)
    return replace(draft, signatures_seen=len(reports), signatures_valid=valid)


def decided(
    draft: LetterDraft, decision: Decision, *, state: LetterState, decision_id: int, due_at: datetime | None = None
) -> LetterDraft:
    """The row after a decision."""
    return replace(
        draft,
        state=state,
        decision_id=decision_id,
        action=decision.action.value,
        reasons=tuple(reason.value for reason in decision.reasons),
        due_at=due_at,
    )
