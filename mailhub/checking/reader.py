"""The reader child's work: one mail, or one file, from bytes to a reading. Pure but for the bytes handed in.

The functions ending in `_job` are what a child may be asked to run; they take and return encoded values, because
nothing but bytes crosses the border of the process.
"""

import time
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from typing import TypeVar

from mailhub import codec
from mailhub.checking.held import HELD
from mailhub.checking.jobs import ExtractJob, FileJob, MailJob, QuestionsJob, RevisionJob
from mailhub.checking.processor_time import OutOfTimeError, within
from mailhub.checking.reading import NO_MAIL, MailFacts, ReadFile, Reading, TimedReading
from mailhub.profiles.vn.letter_rules import LETTER_RULES
from parsers.errors import ParseError
from parsers.files.containers import open_file, open_files
from parsers.files.model import ContainedFile, FileKind
from parsers.finding import Finding
from parsers.letter import ReadLetter
from parsers.letters.grouping import read_groups, read_letters
from parsers.mail.answers import BY_PROGRAM, AutomaticMail
from parsers.mail.authentication import Proof
from parsers.mail.automatic import read_automatic
from parsers.mail.body import body_text
from parsers.mail.identity import content_identity
from parsers.mail.message import parse_message
from parsers.mail.model import Message
from parsers.mail.returned_message import forwarded_marks
from parsers.mail.second_reading import disagreement
from parsers.mail.sender_authentication import authenticate, sender_questions
from parsers.signatures.beside import Beside
from parsers.signatures.check import check, check_in_mail, given_up, no_signature
from parsers.signatures.model import DocumentSignatures, SubIndication
from parsers.signatures.pdf_revisions import NoRevisionError, signed_revision
from parsers.signatures.smime import MailSignature, mail_signatures
from parsers.text.document_text import DocumentText, document_text
from parsers.text.envelope_text import envelope_text

TEXT_LIMIT = 20_000
"""Characters of the mail's own text that are kept for decisions."""

Job = TypeVar("Job", MailJob, FileJob)

ENGINE = f"mailhub {version('mailhub')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known of the files before they are looked at.

    `mail_signatures` are the mail's own, by the paths of the files that hold them; `beside` are files of the same call.
    """

    job: MailJob
    identity: str
    findings: tuple[Finding, ...]
    mail_signatures: dict[str, MailSignature] = field(default_factory=dict)
    beside: tuple[Beside, ...] = ()


def read_mail_job(header: bytes, body: bytes) -> bytes:
    """Read one mail: a `MailJob` and the raw message give a `Reading`."""
    return codec.encode(read_mail(body, with_held_trust(codec.decode(header, MailJob))))


def check_file_job(header: bytes, body: bytes) -> bytes:
    """Check one file that stands alone: a `FileJob` and its bytes give a `Reading`.

    A file that is a mail is read as one; any other file is read as the only file of a mail without headers.
    """
    job = with_held_trust(codec.decode(header, FileJob))
    return codec.encode(read_file(body, job))


def verify_file_job(header: bytes, body: bytes) -> bytes:
    """Check one file that stands alone, and say how long that took: a `FileJob` and its bytes give a `TimedReading`."""
    began = time.perf_counter()
    reading = read_file(body, with_held_trust(codec.decode(header, FileJob)))
    return codec.encode(TimedReading(reading=reading, elapsed_ms=round((time.perf_counter() - began) * 1000)))


def revision_job(header: bytes, body: bytes) -> bytes:
    """The signed revision of a PDF: a `RevisionJob` and the file's bytes give a `SignedRevision`."""
    job = codec.decode(header, RevisionJob)
    files, _ = open_files(body, parse_message(body)) if job.is_mail else open_file(body, job.name)
    found = next((file for file in files if file.path == job.path), None)
    if found is None:
        raise ParseError(f"there is no file {job.path!r}")
    try:
        return codec.encode(signed_revision(found.content, job.field, job.signatures))
    except NoRevisionError as error:
        raise ParseError(str(error)) from error


def text_job(header: bytes, body: bytes) -> bytes:
    """The words of one file that stands alone: a `FileJob` and its bytes give its first pages as UTF-8."""
    files, _ = open_file(body, codec.decode(header, FileJob).name)
    return document_text(files[0]).text().encode()


def extract_job(header: bytes, body: bytes) -> bytes:
    """Take one file out of a mail: an `ExtractJob` and the raw message give the file's bytes."""
    job = codec.decode(header, ExtractJob)
    files, _ = open_files(body, parse_message(body), job.limits)
    for file in files:
        if file.path == job.path:
            return file.content
    raise ParseError(f"the mail has no file {job.path!r}")


def questions_job(header: bytes, body: bytes) -> bytes:
    """What must be asked of DNS: a `QuestionsJob` and the beginning of a raw message give `SenderQuestions`."""
    return codec.encode(sender_questions(body, codec.decode(header, QuestionsJob).evidence))


def with_held_trust(job: Job) -> Job:
    """The job with the trust snapshot that this child holds for it; without one the job brings its own."""
    return job if HELD.trust is None else replace(job, trust=HELD.trust)


def read_mail(raw: bytes, job: MailJob) -> Reading:
    """Everything one mail says: its headers, files, signatures and letters."""
    message = parse_message(raw)
    files, findings = open_files(raw, message, job.limits)
    signed = mail_signatures(raw, message, files)
    text = body_text(raw, message, TEXT_LIMIT) or envelope_text(files, TEXT_LIMIT)
    mail = mail_facts(message, job.return_path, text, read_automatic(raw, message, job.return_path))
    mail = replace(mail, loop_marks=mail.loop_marks or forwarded_marks(raw, message))
    authentication, about_sender = authenticate(raw, job.sender, job.received_at)
    # A mark as junk that the sender may have set itself says nothing.
    mail = replace(mail, authentication=authentication, junk=mail.junk and job.sender.junk_believed)
    found = message.findings + findings + disagreement(raw, message) + about_sender
    identity = content_identity(raw, message)
    return reading_of(files, mail, Circumstances(job=job, identity=identity, findings=found, mail_signatures=signed))


def read_file(content: bytes, job: FileJob) -> Reading:
    """A file that stands alone, or a mail kept as a file."""
    received_at = job.received_at or job.now
    mail = MailJob(return_path="", received_at=received_at, now=job.now, trust=job.trust, signatures=job.signatures)
    if job.is_mail:
        return read_mail(content, mail)
    files, findings = open_file(content, job.name)
    return reading_of(files, NO_MAIL, Circumstances(job=mail, identity=files[0].sha256, findings=findings, beside=job.beside))


def reading_of(files: tuple[ContainedFile, ...], mail: MailFacts, circumstances: Circumstances) -> Reading:
    """Check every file's signatures, read every document's text, and find the letters among them."""
    job = circumstances.job
    signatures = signatures_of(files, circumstances)
    texts = tuple(document_text(file, signed=found.seen > 0) for file, found in zip(files, signatures, strict=True))
    checked = tuple(
        checked_file(file, text, found, circumstances.findings)
        for file, text, found in zip(files, texts, signatures, strict=True)
    )
    return Reading(
        identity=circumstances.identity,
        mail=mail,
        files=checked,
        letters=letters_among(texts, mail, job.groups),
        findings=circumstances.findings,
        pending=pending_checks(signatures, mail),
        trust_version=job.trust.version,
        engine=ENGINE,
    )


def pending_checks(signatures: tuple[DocumentSignatures, ...], mail: MailFacts) -> tuple[str, ...]:
    """The checks that may end otherwise in another round."""
    revocation = any(found.sub_indication is SubIndication.TRY_LATER for found in signatures)
    sender = mail.authentication.proof is Proof.PENDING
    return tuple(name for name, open_ in (("revocation", revocation), ("sender", sender)) if open_)


def signatures_of(files: tuple[ContainedFile, ...], circumstances: Circumstances) -> tuple[DocumentSignatures, ...]:
    """Check the signatures of every file; the mail's arrival proves that they existed then.

    A signature of the mail is judged over its part of the mail, any other with all other files beside it. Of a mail that was
    opened the files in it bear the signatures, not itself.
    """
    job = circumstances.job
    besides = tuple(
        Beside(name=file.name, sha256=file.sha256, content=file.content, declared_type=file.declared_type) for file in files
    )
    opened = {file.path.rpartition("!")[0] for file in files}
    found = []
    for number, file in enumerate(files):
        if file.kind is FileKind.MESSAGE and file.path in opened and file.path not in circumstances.mail_signatures:
            found.append(no_signature(job.trust))
            continue
        others = (*besides[:number], *besides[number + 1 :], *circumstances.beside) if may_stand_alone(file) else ()
        try:
            found.append(within(job.signatures.seconds, partial(signatures_in, file, circumstances, others)))
        except OutOfTimeError:
            found.append(given_up(file.content, job.trust, job.signatures))
    return tuple(found)


def signatures_in(file: ContainedFile, circumstances: Circumstances, others: tuple[Beside, ...]) -> DocumentSignatures:
    """Check the signatures of one file."""
    job = circumstances.job
    limits, place = job.signatures, circumstances.mail_signatures.get(file.path)
    if place is not None:
        return check_in_mail(file.content, place, job.trust, received_at=job.received_at, now=job.now, limits=limits)
    return check(
        file.content,
        file.name,
        job.trust,
        received_at=job.received_at,
        now=job.now,
        limits=limits,
        beside=others,
        declared_type=file.declared_type,
    )


def may_stand_alone(file: ContainedFile) -> bool:
    """Whether a file may be a signature over another one; pages, pictures and packages carry theirs inside."""
    return file.kind in {FileKind.SIGNATURE, FileKind.XML, FileKind.EDXML, FileKind.TEXT, FileKind.HTML, FileKind.OTHER}


def checked_file(
    file: ContainedFile, text: DocumentText, signatures: DocumentSignatures, findings: tuple[Finding, ...]
) -> ReadFile:
    """One file without its bytes."""
    place = f"part {file.path}"
    return ReadFile(
        path=file.path,
        name=file.name,
        kind=file.kind,
        media_type=file.media_type,
        declared_type=file.declared_type,
        size=len(file.content),
        sha256=file.sha256,
        inline=file.inline,
        pages=text.page_count,
        signatures=signatures,
        findings=tuple(finding for finding in findings if finding.place == place) + text.findings,
    )


def letters_among(
    texts: tuple[DocumentText, ...], mail: MailFacts, groups: tuple[tuple[str, ...], ...]
) -> tuple[ReadLetter, ...]:
    """The letters as they are recognised, or as a clerk has grouped the files."""
    if not groups:
        # What comes back inside a report is nobody's letter to the office.
        back = mail.notice.returned if mail.notice is not None else ()
        own = tuple(item for item in texts if item.path.partition("!")[0] not in back)
        letters = read_letters(own, subject=mail.subject, body=mail.text, rules=LETTER_RULES)
        if len(own) == len(texts):
            return letters
        # But a mark of secrecy seals the mail wherever it stands (design, promise 8).
        came_back = read_letters(texts, subject=mail.subject, body=mail.text, rules=LETTER_RULES)
        is_secret = any(letter.secrecy for letter in letters)
        return letters + tuple(letter for letter in came_back if letter.secrecy and not is_secret)
    by_path = {item.path: item for item in texts}
    chosen = tuple(tuple(by_path[path] for path in group if path in by_path) for group in groups)
    return read_groups(chosen, subject=mail.subject, body=mail.text, rules=LETTER_RULES)


def mail_facts(message: Message, return_path: str, text: str, notice: AutomaticMail | None) -> MailFacts:
    """The headers that decisions and notices need."""
    headers = message.headers
    # Some programs set no field that says so (RFC 3834, 5).
    by_program = (notice.kind.value,) if notice is not None and notice.kind in BY_PROGRAM else ()
    return MailFacts(
        from_=headers.from_,
        reply_to=headers.reply_to,
        return_path=return_path,
        subject=headers.subject,
        message_id=headers.message_id,
        in_reply_to=headers.in_reply_to,
        references=headers.references,
        sent_at=headers.sent_at,
        automatic=headers.automatic or by_program,
        junk=headers.junk,
        text=text,
        loop_marks=headers.loop_marks,
        notice=notice,
    )
