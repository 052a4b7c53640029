"""The mails of the third-party corpora that stand beside the checkout, and a hub that takes each of them in."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from mailhub.checking.pool import ReaderFailedError, ReaderLimits, ReaderPool, ReadJob
from mailhub.hub import Hub, create_home, open_hub
from mailhub.serving import new_worker
from mailhub.worker import Worker
from storage import captures
from storage.bodies import sha256_of
from storage.records import Actor, CaptureDraft, Recipient, Unit, UnitDraft
from tests.parsers.mails import attachment, mixed, text
from tests.servers.processes import children, command_of

FOLDERS = ("stalwart", "mikel", "bounces")
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CorpusMail:
    """One mail and where it stands: `stalwart/legacy/000`."""

    name: str
    raw: bytes


def corpus_mails(corpora: Path) -> Iterator[CorpusMail]:
    """Every mail of the corpora, and every Outlook file of theirs as the attachment of a mail."""
    folder = corpora / "mail"
    for place in FOLDERS:
        for path in sorted((folder / place).rglob("*.eml")):
            yield CorpusMail(str(path.relative_to(folder).with_suffix("")), path.read_bytes())
    for path in sorted((folder / "tnef").glob("*.tnef")):
        outlook = attachment(path.read_bytes(), "winmail.dat", "application/ms-tnef")
        yield CorpusMail(f"tnef/{path.stem}", mixed(text("Kính gửi"), outlook))


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What one mail cost on its way in: wall seconds, and octets of resident memory that its reader had at most."""

    name: str
    seconds: float
    memory: int
    failure: str


@dataclass
class NotedReaders:
    """The real readers, whose failures are noted: a mail that kills its reader is held, and nobody would see it here."""

    pool: ReaderPool
    failures: list[str] = field(default_factory=list)

    def read(self, job: ReadJob) -> bytes:
        try:
            return self.pool.read(job)
        except ReaderFailedError as failure:
            self.failures.append(f"{type(failure).__name__}: {failure}")
            raise

    def close(self) -> None:
        self.pool.close()


@dataclass
class CorpusHub:
    """A hub of its own whose worker reads, stores and decides with one real reader child."""

    hub: Hub
    unit: Unit
    worker: Worker
    readers: NotedReaders
    taken: int = 0

    def take(self, mail: CorpusMail) -> Passage:
        """Store the mail as a door does and let the worker do everything that follows."""
        self._bring(mail)
        already = len(self.readers.failures)
        forget_peaks()
        started = time.perf_counter()
        while self.worker.run_once():
            pass
        seconds = time.perf_counter() - started
        return Passage(name=mail.name, seconds=seconds, memory=peak(), failure="; ".join(self.readers.failures[already:]))

    def _bring(self, mail: CorpusMail) -> None:
        self.taken += 1
        draft = CaptureDraft(
            door="folder",
            door_key=f"corpus-{self.taken}",
            blob=self.hub.blobs.put_many([mail.raw])[0],
            sha256=sha256_of(mail.raw),
            size=len(mail.raw),
            peer="127.0.0.1",
            helo="corpus",
            tls="",
            auth="",
            mail_from="vt@snv.example",
            recipients=(Recipient(address="vpub@tinh.example", unit_id=self.unit.id),),
            received_at=self.hub.clock(),
        )
        with self.hub.database.transaction() as tx:
            captures.add_many(tx, [draft])


@contextmanager
def corpus_hub(home: Path) -> Iterator[CorpusHub]:
    """A new hub in an empty folder; one reader child reads everything, so that no mail is charged with starting another."""
    create_home(home, {})
    hub = open_hub(home, {}, lambda: NOW)
    readers = NotedReaders(ReaderPool(1, ReaderLimits(jobs_per_child=1_000_000)))
    vars(hub)["readers"] = readers
    draft = UnitDraft(
        code="VPUB", name="VP UBND", time_zone="Asia/Ho_Chi_Minh", register="UBND", addresses=("vpub@tinh.example",)
    )
    unit = hub.directory.add_unit(Actor(unit_id=None, name="lan", via="cli"), draft)
    try:
        yield CorpusHub(hub, unit, new_worker(hub, "corpus"), readers)
    finally:
        hub.close()


def reader_pids() -> list[int]:
    """The reader children of this process."""
    return [pid for pid in children(os.getpid()) if "mailhub.checking.child" in command_of(pid)]


def forget_peaks() -> None:
    """Let the kernel count each reader's peak of resident memory anew (proc(5), clear_refs)."""
    for pid in reader_pids():
        Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def peak() -> int:
    """Octets of resident memory that the largest reader has had since."""
    return max(map(_peak_of, reader_pids()), default=0)


def _peak_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
