"""A hub that trusts the laboratory: its mails are read for real, its clock is the laboratory's."""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailhub.checking import reader
from mailhub.checking.held import HELD
from mailhub.checking.pool import ReadJob
from mailhub.hub import Hub, create_home, open_hub
from mailhub.serving import new_worker
from storage import captures, trust
from storage.records import (
    Actor,
    AgencyCode,
    AgencyDraft,
    CaptureDraft,
    Letter,
    Recipient,
    TrustCertificate,
    TrustPurpose,
    Unit,
    UnitDraft,
)
from tests.hub.conftest import FixedClock
from tests.pki.authority import NOW
from tests.pki.documents import Signing, letter, sign
from tests.pki.services import Laboratory

CLERK = Actor(unit_id=None, name="lan", via="cli")
SETTINGS = """
[contact]
name = "Nguyễn Thị Lan"
phone = "0220 3 000 111"

[trust]
revocation = "required"

[revocation]
hosts = ["{host}"]
private_networks = ["127.0.0.0/8"]
timeout_seconds = 20
"""


@dataclass
class ReadersInPlace:
    """The reader's functions without a child process around them; `read_mails` counts what they read."""

    read_mails: int = 0

    def read(self, job: ReadJob) -> bytes:
        self.read_mails += 1
        HELD.take(job.holding)
        return getattr(reader, job.function)(job.header, job.body)

    def close(self) -> None:
        pass


@dataclass
class Office:
    """The hub with one unit, and short ways to bring signed letters in."""

    hub: Hub
    clock: FixedClock
    laboratory: Laboratory
    readers: ReadersInPlace
    unit: Unit

    def bring(self, label: str = "person", *, signed: bytes | None = None, name: str = "cong-van.pdf") -> Letter:
        """Receive and decide a letter that this certificate of the laboratory has signed and stamped now."""
        content = signed if signed is not None else signed_by(self.laboratory, label)
        message = EmailMessage()
        message["From"], message["To"] = "vanthu@stc.tinh.gov.vn", "vpub@tinh.gov.vn"
        message["Subject"] = "Gửi công văn"
        message["Message-ID"] = f"<{hashlib.sha256(content).hexdigest()[:16]}@stc>"
        message.set_content("Kính gửi văn bản.", cte="base64")
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
        raw = message.as_bytes()
        draft = CaptureDraft(
            door="smtp",
            door_key=hashlib.sha256(raw).hexdigest(),
            blob=self.hub.blobs.put_many([raw])[0],
            sha256=hashlib.sha256(raw).hexdigest(),
            size=len(raw),
            peer="127.0.0.1",
            helo="client",
            tls="",
            auth="",
            mail_from="vanthu@stc.tinh.gov.vn",
            recipients=(Recipient(address="vpub@tinh.gov.vn", unit_id=self.unit.id),),
            received_at=self.clock(),
        )
        with self.hub.database.transaction() as tx:
            captures.add_many(tx, [draft])
        self.work()
        return self.hub.letters.list_(self.unit.id)[0].letter

    def work(self) -> None:
        """Let a worker do everything there is to do now."""
        worker = new_worker(self.hub, "worker")
        for _ in range(100):
            if not worker.run_once():
                return
        raise AssertionError("the worker finds no end")

    def fetch(self) -> list[str]:
        """Let the fetching job do everything that is due; gives what went wrong."""
        job = self.hub.fetching()
        for _ in range(20):
            if not job.run_once():
                break
        return [source.last_error for source in self.hub.revocation.sources() if source.last_error]

    def recheck(self) -> None:
        """Let the job check again what is ordered."""
        self.hub.rechecking("rechecking").run_once()

    def move(self, **length: float) -> None:
        """Let time pass, for the hub and for the laboratory."""
        self.clock.move(**length)
        self.laboratory.now = self.clock()

    def letter(self, number: int) -> Letter:
        return self.hub.letters.show(self.unit.id, number).letter

    def file(self, found: Letter) -> int:
        """Give the letter its number by a clerk's word."""
        return self.hub.letters.file(CLERK, self.unit.id, found.id, reason="đủ").number


_SIGNED: dict[tuple[str, str], bytes] = {}


def signed_by(laboratory: Laboratory, label: str, *, text: str = "Kính gửi: Ủy ban nhân dân tỉnh") -> bytes:
    """A letter signed at NOW with a timestamp of that moment; only the leaf certificate comes along, as in real files."""
    if (label, text) not in _SIGNED:
        signing = Signing(identity=laboratory.identity(label), tsa=laboratory.identity("tsa"))
        _SIGNED[label, text] = sign(letter(text=f"{text} {label}"), signing)
    return _SIGNED[label, text]


@pytest.fixture
def office(tmp_path: Path, laboratory: Laboratory, bare_home: Path) -> Iterator[Office]:
    home = tmp_path / "hub"
    shutil.copytree(bare_home, home)
    yield from opened({}, home, laboratory)


@pytest.fixture
def any_office(database_url: str, tmp_path: Path, laboratory: Laboratory) -> Iterator[Office]:
    """One on each database, for what is about the registry."""
    environ = {"MAILHUB_STORAGE__DATABASE": database_url}
    create_home(tmp_path / "hub", environ)
    yield from opened(environ, tmp_path / "hub", laboratory)


def opened(environ: dict[str, str], home: Path, laboratory: Laboratory) -> Iterator[Office]:
    """A hub of its own in a folder that was made."""
    (home / "mailhub.toml").write_text(SETTINGS.format(host=laboratory.host), encoding="utf-8")
    clock = FixedClock(NOW + timedelta(hours=1))
    laboratory.now = clock()
    hub = open_hub(home, environ, clock)
    readers = ReadersInPlace()
    vars(hub)["readers"] = readers
    unit = hub.directory.add_unit(
        CLERK,
        UnitDraft(
            code="VPUB",
            name="Văn phòng UBND tỉnh",
            time_zone="Asia/Ho_Chi_Minh",
            register="UBND",
            addresses=("vpub@tinh.gov.vn",),
        ),
    )
    hub.directory.add_agency(
        CLERK,
        unit.id,
        AgencyDraft(
            codes=(AgencyCode(code="H29.11"),),
            name="Sở Tài chính",
            kind="state",
            mode="propose",
            addresses=("vanthu@stc.tinh.gov.vn",),
        ),
    )
    trusted = laboratory.trust
    purposes = (
        (TrustPurpose.SIGNER, trusted.signer_anchors),
        (TrustPurpose.TSA, trusted.tsa_anchors),
        (TrustPurpose.INTERMEDIATE, trusted.intermediates),
    )
    with hub.database.transaction() as tx:
        records = [
            TrustCertificate(sha256=hashlib.sha256(der).hexdigest(), der=der, purpose=purpose, source="test", added_at=clock())
            for purpose, ders in purposes
            for der in ders
        ]
        trust.add(tx, records)
    yield Office(hub=hub, clock=clock, laboratory=laboratory, readers=readers, unit=unit)
    hub.close()
