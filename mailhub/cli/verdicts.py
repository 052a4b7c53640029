"""What `mailhub verify` says of each file: read in a child process with limits, judged, printed or given as JSON."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import click
import msgspec

from mailhub import codec
from mailhub.checking.jobs import FileJob
from mailhub.checking.orders import file_order
from mailhub.checking.pool import ReaderFailedError, ReaderPool
from mailhub.checking.reading import Reading
from mailhub.cli.failures import system_sentence
from mailhub.cli.finding_words import FILE_FINDINGS
from mailhub.cli.output import Output, printable
from mailhub.cli.signatures import REASONS, FileSignature, signatures_in, signer, verdict
from mailhub.clock import system_clock
from mailhub.language import Text
from mailhub.trust import read_certificates, read_folder, snapshot_of
from parsers.letter import ReadLetter, TextField
from parsers.signatures.model import Indication, SignerKind, SubIndication
from parsers.signatures.trust import TrustSnapshot

READERS = 4
MAIL_SUFFIX = ".eml"
INDENT = " " * 17
LETTER = Text(vi="văn bản", en="letter")


class Outcome(StrEnum):
    """What a file's signatures amount to together."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"
    TRY_LATER = "try-later"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"


OUTCOMES: dict[Outcome, tuple[Text, str]] = {
    Outcome.PASSED: (Text(vi="HỢP LỆ", en="VALID"), "green"),
    Outcome.FAILED: (Text(vi="KHÔNG HỢP LỆ", en="NOT VALID"), "red"),
    Outcome.INDETERMINATE: (Text(vi="CHƯA KIỂM TRA ĐƯỢC", en="NOT SETTLED"), "yellow"),
    Outcome.TRY_LATER: (Text(vi="THỬ LẠI SAU", en="TRY LATER"), "yellow"),
    Outcome.UNSIGNED: (Text(vi="KHÔNG CÓ CHỮ KÝ SỐ", en="NO SIGNATURE"), "yellow"),
    Outcome.UNREADABLE: (Text(vi="KHÔNG ĐỌC ĐƯỢC", en="UNREADABLE"), "red"),
}
KINDS = {
    SignerKind.PERSON: Text(vi="người ký", en="person"),
    SignerKind.ORGANISATION: Text(vi="cơ quan", en="organisation"),
    SignerKind.UNKNOWN: Text(vi="bên ký", en="signer"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVerdict:
    """One file as it was given, with its reading, or the reason why there is none."""

    file: str
    reading: Reading | None
    unreadable: Text | None

    @property
    def signatures(self) -> tuple[FileSignature, ...]:
        """Every signature of the file and of what it contains."""
        return signatures_in(self.reading.files) if self.reading else ()

    @property
    def outcome(self) -> Outcome:
        """The signatures' verdicts taken together: the worst one counts."""
        if self.reading is None:
            return Outcome.UNREADABLE
        found = [file.signatures for file in self.reading.files if file.signatures]
        indications = {document.indication for document in found} | {item.report.indication for item in self.signatures}
        if Indication.TOTAL_FAILED in indications:
            return Outcome.FAILED
        if Indication.INDETERMINATE in indications:
            waits = {document.sub_indication for document in found if document.indication is Indication.INDETERMINATE}
            waits |= {
                item.report.sub_indication for item in self.signatures if item.report.indication is Indication.INDETERMINATE
            }
            return Outcome.TRY_LATER if waits == {SubIndication.TRY_LATER} else Outcome.INDETERMINATE
        return Outcome.PASSED if self.signatures else Outcome.UNSIGNED


def check_files(paths: Sequence[str], trust: Path | None) -> Iterator[FileVerdict]:
    """Check files side by side and give the verdicts in the order of the files; nothing is fetched from anywhere."""
    certificates = () if trust is None else (read_folder if trust.is_dir() else read_certificates)(trust)
    snapshot = snapshot_of(certificates)
    readers = min(READERS, len(paths), os.cpu_count() or 1)
    with ReaderPool(readers) as pool, ThreadPoolExecutor(readers) as threads:
        yield from threads.map(lambda path: check_file(path, snapshot, pool), paths)


def check_file(path: str, trust: TrustSnapshot, pool: ReaderPool) -> FileVerdict:
    """Check one file; what cannot be read is a verdict too."""
    try:
        body = Path(path).read_bytes()
    except OSError as error:
        return FileVerdict(file=path, reading=None, unreadable=system_sentence(error))
    job = FileJob(name=Path(path).name, is_mail=path.lower().endswith(MAIL_SUFFIX), now=system_clock(), trust=trust)
    try:
        answer = pool.read(file_order(job, body))
    except ReaderFailedError as error:
        return FileVerdict(file=path, reading=None, unreadable=Text(vi=f"không đọc được: {error}", en=str(error)))
    return FileVerdict(file=path, reading=codec.decode(answer, Reading), unreadable=None)


def verdict_values(verdict: FileVerdict) -> dict[str, object]:
    """The verdict for programs; keys and codes are never translated."""
    reading = verdict.reading
    values: dict[str, object] = {"file": verdict.file, "outcome": verdict.outcome}
    if reading is None:
        return values | {"reason": verdict.unreadable.en if verdict.unreadable else "", "signatures": []}
    return values | {
        "signatures": [{"name": item.file, "path": item.path} | plain(item.report) for item in verdict.signatures],
        "files": [plain(file) for file in reading.files],
        "letters": reading.letters,
        "findings": reading.findings,
        "trust_version": reading.trust_version,
        "engine": reading.engine,
    }


def plain(value: object) -> dict[str, object]:
    """A value as JSON has it."""
    made = msgspec.to_builtins(value)
    return made if isinstance(made, dict) else {}


def print_verdict(output: Output, verdict: FileVerdict) -> None:
    """The verdict for people: the file, then each signature and each letter with what is known of it below."""
    word, colour = OUTCOMES[verdict.outcome]
    click.echo(f"{click.style(printable(verdict.file), bold=True)}  {click.style(output.words(word), fg=colour)}")
    if verdict.unreadable:
        click.echo(f"{INDENT}{output.words(verdict.unreadable)}")
    if verdict.reading is None:
        return
    for item in verdict.signatures:
        print_signature(output, item, inside=item.file != Path(verdict.file).name)
    for file in verdict.reading.files:
        if file.signatures and file.signatures.unchecked:
            names = ", ".join(file.signatures.unchecked)
            text = Text(vi=f"{file.name}: có chữ ký chưa kiểm tra: {names}", en=f"{file.name}: not checked: {names}")
            click.echo(f"{INDENT}{output.words(text)}")
    for finding in verdict.reading.findings:
        if finding.code in FILE_FINDINGS:
            click.echo(f"{INDENT}{output.words(FILE_FINDINGS[finding.code])}: {printable(finding.evidence)}")
    for letter in verdict.reading.letters:
        if line := letter_line(output, letter):
            click.echo(f"  {output.words(LETTER):<14} {line}")


def print_signature(output: Output, item: FileSignature, *, inside: bool) -> None:
    """Who signed what, what it is worth, why, and when."""
    report = item.report
    click.echo(f"  {report.indication.value:<14} {output.words(KINDS[report.signer_kind])} {output.words(signer(report))}")
    moment = report.timestamp.generated_at if report.timestamp else report.claimed_signing_time
    stamp = Text(vi="theo dấu thời gian", en="timestamped") if report.timestamp else Text(vi="theo máy người ký", en="claimed")
    signed = Text(vi="ký", en="signed").in_(output.language)
    lines = (
        printable(item.file) if inside else "",
        output.words(verdict(report)),
        "; ".join(output.words(REASONS[reason]) for reason in report.reasons),
        f"{signed} {output.moment(moment)} ({output.words(stamp)})" if moment else "",
    )
    for line in filter(None, lines):
        click.echo(f"{INDENT}{line}")


def letter_line(output: Output, letter: ReadLetter) -> str:
    """What a letter says about itself; empty when nothing was read."""
    fields = letter.fields
    day = output.day(fields.issued_on.value) if fields.issued_on else ""
    words = (text(fields.reference), day, text(fields.issuer), text(fields.document_type), text(fields.subject))
    return " · ".join(filter(None, words))


def text(field: TextField | None) -> str:
    """A field's value, safe to print."""
    return printable(field.value) if field else ""
