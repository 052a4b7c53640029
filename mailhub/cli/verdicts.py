"""The verdict of `mailhub verify` on each file: read in a child process with limits, then judged as a whole."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from mailhub import codec
from mailhub.checking.jobs import DEFAULT_SIGNATURE_LIMITS, FileJob
from mailhub.checking.orders import file_order
from mailhub.checking.pool import ReaderFailedError, ReaderPool
from mailhub.checking.reading import Reading, TimedReading
from mailhub.cli.companions import ALONE, LARGEST, Company, TooLargeError, company_of, content_of, shown
from mailhub.cli.failures import system_sentence
from mailhub.cli.revisions import Revision, RevisionFolder
from mailhub.cli.signatures import FileSignature, signatures_in
from mailhub.language import Text
from mailhub.profiles.vn.signature_words import VerdictWords, signature_words
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.model import DocumentSignatures, Indication, Reason, SubIndication
from parsers.signatures.trust import TrustSnapshot

READERS = 4
MAIL_SUFFIX = ".eml"
MAIL_HEADS = (b"return-path:", b"received:", b"from:", b"date:", b"subject:", b"mime-version:", b"message-id:", b"delivered-to:")
"""How a mail on standard input begins, which has no name."""

Conclusion = tuple[Indication | None, SubIndication | None, tuple[Reason, ...]]


class Outcome(StrEnum):
    """What a file's signatures amount to together."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"
    TRY_LATER = "try-later"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of all files of a call. `received_at` is somebody's word that they existed then."""

    trust: TrustSnapshot
    now: datetime
    limits: SignatureLimits = DEFAULT_SIGNATURE_LIMITS
    received_at: datetime | None = None
    revisions: RevisionFolder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVerdict:
    """One file as it was given, with its reading, or the reason why there is none.

    `signed_by` are files of the same call whose signatures are over this one, which bears none itself; `joined` is what
    they amount to. `elapsed_ms` is wall clock of the child that read it.
    """

    file: str
    reading: Reading | None
    unreadable: Text | None
    sha256: str = ""
    elapsed_ms: int = 0
    company: Company = ALONE
    signed_by: tuple[str, ...] = ()
    joined: Outcome | None = None
    revisions: tuple[Revision, ...] = ()

    @property
    def signatures(self) -> tuple[FileSignature, ...]:
        """Every signature of the file and of what it contains."""
        return signatures_in(self.reading.files) if self.reading else ()

    @property
    def documents(self) -> tuple[DocumentSignatures, ...]:
        """What was found about signatures in the file, and in each file that it contains."""
        return tuple(file.signatures for file in self.reading.files if file.signatures) if self.reading else ()

    @property
    def covers(self) -> frozenset[str]:
        """SHA-256 (hex) of every other content that its signatures are over."""
        return frozenset(digest for document in self.documents for digest in document.covers)

    @property
    def conclusion(self) -> Conclusion:
        """The worst of the verdicts; TRY_LATER only where nothing else stands in the way. Without a signature None."""
        found: list[Conclusion] = [
            (one.indication, one.sub_indication, one.reasons) for one in self.documents if one.indication is not None
        ]
        # A countersignature or a timestamp that does not hold leaves the file open, though not everybody's signature wrong.
        found += [
            (
                min(item.report.indication, Indication.INDETERMINATE, key=graveness),
                item.report.sub_indication,
                item.report.reasons,
            )
            for item in self.signatures
        ]
        return (
            max(found, key=lambda one: (graveness(one[0]), one[1] is not SubIndication.TRY_LATER)) if found else (None, None, ())
        )

    @property
    def outcome(self) -> Outcome:
        """The conclusion in one word."""
        if self.reading is None:
            return Outcome.UNREADABLE
        indication, sub, _ = self.conclusion
        match indication:
            case Indication.TOTAL_FAILED:
                return Outcome.FAILED
            case Indication.INDETERMINATE:
                return Outcome.TRY_LATER if sub is SubIndication.TRY_LATER else Outcome.INDETERMINATE
            case Indication.TOTAL_PASSED if self.signatures:
                return Outcome.PASSED
            case _:
                return self.joined or Outcome.UNSIGNED

    @property
    def words(self) -> VerdictWords:
        """What the conclusion means, to the clerk and to the sender."""
        return signature_words().of(*self.conclusion)


def graveness(indication: Indication | None) -> int:
    """Passed, open, failed."""
    return {Indication.INDETERMINATE: 1, Indication.TOTAL_FAILED: 2}.get(indication, 0) if indication else 0


def check_files(paths: Sequence[str], question: Question) -> Iterator[FileVerdict]:
    """Check files side by side and give the verdicts in the order of the files; nothing is fetched from anywhere."""
    readers = min(READERS, len(paths), os.cpu_count() or 1)
    with ReaderPool(readers) as pool, ThreadPoolExecutor(readers) as threads:
        yield from threads.map(lambda path: check_file(path, question, pool, paths), paths)


def check_file(path: str, question: Question, pool: ReaderPool, given: Sequence[str] = ()) -> FileVerdict:
    """Check one file; what cannot be read is a verdict too. `given` are all files of the call."""
    try:
        body = content_of(path)
    except IsADirectoryError:
        return unreadable(
            path, Text(vi="Là thư mục: nêu từng tệp, thí dụ thư-mục/*", en="A folder: name its files, as in folder/*")
        )
    except TimeoutError:
        return unreadable(path, Text(vi="Là một ống (pipe) mà không ai ghi gì vào", en="A pipe into which nobody writes"))
    except OSError as error:
        return unreadable(path, system_sentence(error))
    except TooLargeError:
        limit = LARGEST >> 20
        return unreadable(path, Text(vi=f"Lớn hơn {limit} MiB", en=f"Larger than {limit} MiB"))
    company = company_of(path, body, given)
    job = FileJob(
        name=shown(Path(path).name),
        is_mail=is_mail(path, body),
        now=question.now,
        trust=question.trust,
        signatures=question.limits,
        beside=company.files,
        received_at=question.received_at,
    )
    try:
        timed = codec.decode(pool.read(file_order(job, body, "verify_file_job")), TimedReading)
    except ReaderFailedError as error:
        return unreadable(path, Text(vi=f"Không đọc được: {error}", en=str(error)))
    reading = timed.reading
    return FileVerdict(
        file=shown(path),
        reading=reading,
        unreadable=None,
        sha256=hashlib.sha256(body).hexdigest(),
        elapsed_ms=timed.elapsed_ms,
        company=company,
        revisions=question.revisions.write(job, body, reading, pool) if question.revisions else (),
    )


def unreadable(path: str, why: Text) -> FileVerdict:
    """The verdict on a file that there is no reading of."""
    return FileVerdict(file=shown(path), reading=None, unreadable=why)


def is_mail(path: str, body: bytes) -> bool:
    """Whether the file is a mail as it was sent: by its name, or where it has none by its first header."""
    return body[:64].lower().startswith(MAIL_HEADS) if path == "-" else path.lower().endswith(MAIL_SUFFIX)


def joined(verdicts: Sequence[FileVerdict]) -> tuple[FileVerdict, ...]:
    """The verdicts, each unsigned document with the files of the call whose signatures are over it: they answer for it."""
    return tuple(with_signers(verdict, verdicts) if verdict.outcome is Outcome.UNSIGNED else verdict for verdict in verdicts)


def with_signers(verdict: FileVerdict, verdicts: Sequence[FileVerdict]) -> FileVerdict:
    """A document with the files that sign it; the worst of them counts."""
    signing = [other for other in verdicts if verdict.sha256 and verdict.sha256 in other.covers and other is not verdict]
    if not signing:
        return verdict
    worst = max(signing, key=lambda other: (graveness(other.conclusion[0]), other.outcome is not Outcome.TRY_LATER))
    return replace(verdict, signed_by=tuple(other.file for other in signing), joined=worst.outcome)
