"""The signed giấy mời: checked like a letter that comes in, and read, before anything is sent in its name.

A meeting is convened in the name of the office by its head's signature and its seal (Decision 45/2018/QĐ-TTg); so both must be
there and valid. What cannot be settled now is refused with what is missing, never taken on trust.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from mailhub import codec
from mailhub.checking.failures import ReaderFailedError
from mailhub.checking.jobs import FileJob
from mailhub.checking.orders import file_order
from mailhub.checking.protocol import ReadJob
from mailhub.checking.reading import Reading
from mailhub.clock import Clock
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.meetings.signing_gaps import missing
from mailhub.policy.case import SignerTie
from mailhub.policy.covering import signature_files
from mailhub.policy.signing import Signing, main_signing
from mailhub.trust.store import TrustStore
from parsers.letter import LetterFields
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.model import SignerKind
from storage import directory
from storage.database import Database

PRINTED_DAYS = (
    re.compile(r"(?<!\d)(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})(?!\d)"),
    re.compile(r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE),
)


class Readers(Protocol):
    """Reads in a child process with limits."""

    def read(self, job: ReadJob) -> bytes:
        """Run one job; raises ReaderFailedError where it cannot be done."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFile:
    """A file that a clerk gives: its name and bytes."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Hex digest."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedLetter:
    """A giấy mời with both signatures, and what it says of itself. `days` are all days that its text names."""

    file: LetterFile
    reference: str
    number: int
    issued_on: date | None
    subject: str
    days: frozenset[date]


@dataclass(frozen=True, slots=True)
class SignedLetters:
    """Checks what a clerk wants to send in the office's name."""

    database: Database
    readers: Readers
    trust: TrustStore
    clock: Clock
    signatures: SignatureLimits

    def read(self, unit_id: int, file: LetterFile) -> SignedLetter:
        """The letter, its signatures proved; raises RefusedError that says what is missing."""
        reading = self.reading(file)
        require_open_content(reading, file.name)
        require_both_signatures(self.signing(unit_id, reading), file.name)
        fields = reading.letters[0].fields if reading.letters else LetterFields()
        words = self._job("text_job", file).decode(errors="replace")
        return SignedLetter(
            file=file,
            reference=required_reference(fields, file.name),
            number=required_number(fields, file.name),
            issued_on=fields.issued_on.value if fields.issued_on else None,
            subject=fields.subject.value if fields.subject else "",
            days=frozenset(days_in(words)),
        )

    def require_no_mark(self, file: LetterFile) -> None:
        """Refuse a paper with a secrecy mark: such papers go by no mail and by no SMS."""
        require_open_content(self.reading(file), file.name)

    def reading(self, file: LetterFile) -> Reading:
        """What one file says, its signatures checked; raises RefusedError where it cannot be read."""
        return codec.decode(self._job("check_file_job", file), Reading)

    def _job(self, function: str, file: LetterFile) -> bytes:
        job = FileJob(
            name=file.name,
            is_mail=False,
            now=self.clock(),
            trust=self.trust.snapshot(),
            signatures=self.signatures,
        )
        try:
            return self.readers.read(file_order(job, file.content, function))
        except ReaderFailedError as error:
            raise RefusedError(
                Text(vi=f"không đọc được {file.name}: {error}", en=f"{file.name} cannot be read: {error}")
            ) from error

    def signing(self, unit_id: int, reading: Reading) -> Signing:
        """What the signatures of a file that was read amount to, by the ties of the unit."""
        main = reading.files[0]
        reports = main.signatures.signatures if main.signatures else ()
        digests = list(dict.fromkeys(report.signer.der_sha256 for report in reports if report.signer))
        with self.database.reading() as tx:
            known = directory.ties(tx, unit_id, digests)
        ties = tuple(
            SignerTie(certificate_sha256=digest, agency_id=tie.agency_id, agency_name=tie.agency_name, kind=SignerKind(tie.kind))
            for digest, tie in known.items()
        )
        return main_signing(main, signature_files(reading.files, (main,)), ties)


def require_open_content(reading: Reading, name: str) -> None:
    """Refuse what bears a secrecy mark."""
    if any(letter.secrecy for letter in reading.letters):
        raise RefusedError(
            Text(
                vi=f"{name} có dấu hiệu mật: không gửi qua thư điện tử và tin nhắn",
                en=f"{name} bears a secrecy mark: it must not leave by mail or SMS",
            )
        )


def require_both_signatures(signing: Signing, name: str) -> None:
    """Refuse a letter that is not signed by a person and by the organisation, both valid."""
    if signing.complete:
        return
    raise RefusedError(
        Text(
            vi=f"{name}: {missing(signing).vi}; không gửi giấy mời này (xem `mailhub verify {name}`)",
            en=f"{name}: {missing(signing).en}; this invitation is not sent (see `mailhub verify {name}`)",
        )
    )


def required_reference(fields: LetterFields, name: str) -> str:
    """The number and symbol as printed."""
    if fields.reference is None:
        raise no_number(name)
    return fields.reference.value


def required_number(fields: LetterFields, name: str) -> int:
    """The number before the slash."""
    digits = re.match(r"\d+", fields.number.value) if fields.number else None
    if digits is None:
        raise no_number(name)
    return int(digits[0])


def no_number(name: str) -> RefusedError:
    """A giấy mời is referred to by its number."""
    return RefusedError(
        Text(
            vi=f"không đọc được số, ký hiệu của {name}; giấy mời phải có số trước khi ký",
            en=f"no number and symbol can be read from {name}; an invitation gets its number before it is signed",
        )
    )


def days_in(words: str) -> Iterator[date]:
    """Every day that a text names in figures or in words."""
    for form in PRINTED_DAYS:
        for match in form.finditer(words):
            day, month, year = (int(part) for part in match.groups())
            try:
                yield date(year, month, day)
            except ValueError:
                continue


def names_other_day(letter: SignedLetter, starts_at: datetime) -> bool:
    """Whether the letter names days, and the meeting's is none of them; the day of issue does not count."""
    days = letter.days - {letter.issued_on}
    return bool(days) and starts_at.date() not in days
