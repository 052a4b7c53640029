"""PDFs as they were signed: each signature's revision, taken out in a child and written into a folder."""

import hashlib
import itertools
import os
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mailhub import codec
from mailhub.checking.jobs import FileJob, RevisionJob
from mailhub.checking.pool import ReaderFailedError, ReaderPool
from mailhub.checking.protocol import ReadJob
from mailhub.checking.reading import ReadFile, Reading
from mailhub.errors import RefusedError
from mailhub.language import Text
from parsers.files.model import FileKind
from parsers.mail.filenames import safe_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What one signature was made over: where it was written, or why it could not be had. `changed_pages` count from 1."""

    name: str
    field: str
    written: str = ""
    changed_pages: tuple[int, ...] | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenRevision:
    """What a reader child answers to a `RevisionJob`."""

    field: str
    content: bytes
    changed_pages: tuple[int, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionFolder:
    """Where revisions are written; what is there already is replaced only by force."""

    place: Path
    force: bool
    taken: dict[str, bytes] = field(default_factory=dict, compare=False)
    lock: threading.Lock = field(default_factory=threading.Lock, compare=False)

    def write(self, job: FileJob, body: bytes, reading: Reading, pool: ReaderPool) -> tuple[Revision, ...]:
        """Write the revision of every signature of the PDFs in a file; raises RefusedError for a file that is there."""
        return tuple(
            self._write_one(file, name, job, body, pool)
            for file in reading.files
            if file.kind is FileKind.PDF
            for name in fields_of(file)
        )

    def _write_one(self, file: ReadFile, name: str, job: FileJob, body: bytes, pool: ReaderPool) -> Revision:
        order = RevisionJob(name=job.name, is_mail=job.is_mail, path=file.path, field=name, signatures=job.signatures)
        try:
            answer = pool.read(ReadJob(function="revision_job", header=codec.encode(order), body=body))
        except ReaderFailedError as error:
            return Revision(name=file.name, field=name, problem=str(error))
        taken = codec.decode(answer, TakenRevision)
        inside = "" if file.path == "1" else f"{Path(job.name).stem}."
        target = self.place / self._name(f"{inside}{Path(file.name).stem}.{name}", taken.content)
        write_whole(target, taken.content, force=self.force)
        return Revision(name=file.name, field=name, written=str(target), changed_pages=taken.changed_pages)

    def _name(self, stem: str, content: bytes) -> str:
        """A name that no other revision of this call has; files of two folders may be called alike."""
        digest = hashlib.sha256(content).digest()
        names = (f"{stem}{f'-{number}' if number > 1 else ''}.pdf" for number in itertools.count(1))
        safe = (safe_name(name.replace("/", "_").replace("\\", "_")).name for name in names)
        with self.lock:
            return next(name for name in safe if self.taken.setdefault(name, digest) == digest)


def fields_of(file: ReadFile) -> Iterator[str]:
    """The fields of a file that bear a signature."""
    yield from (report.field for report in file.signatures.signatures if report.field) if file.signatures else ()


def write_whole(target: Path, content: bytes, *, force: bool) -> None:
    """Write a file whole or not at all; one that is there stays as it is, unless it is to be replaced."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".revision-", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            Path(name).chmod(0o644)
            if not force and not (target.is_file() and target.read_bytes() == content):
                # Taking the name first is refused where there is such a file, however late it came.
                target.touch(exist_ok=False)
            Path(name).replace(target)
        finally:
            Path(name).unlink(missing_ok=True)
    except FileExistsError as error:
        raise RefusedError(
            Text(vi=f"{target} đã có; thêm --force để ghi đè", en=f"{target} exists already; --force replaces it")
        ) from error
    except OSError as error:
        raise RefusedError(
            Text(vi=f"không ghi được {target}: {error.strerror}", en=f"{target} cannot be written: {error.strerror}")
        ) from error
