"""A real hub over a fresh registry, with readers that answer what a test has prepared."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from mailhub import codec
from mailhub.checking.pool import ReadJob
from mailhub.checking.reading import Reading
from mailhub.directory.agencies import draft_of_agency
from mailhub.directory.changes import Described
from mailhub.directory.holders import NamedCertificate
from mailhub.hub import Hub, create_home, open_hub
from mailhub.serving import new_worker
from storage import captures
from storage.records import Actor, AgencyCode, AgencyDraft, CaptureDraft, Recipient, TrustCertificate, TrustPurpose, UnitDraft
from tests.policy import builders

CLERK = Actor(unit_id=None, name="lan", via="cli")
FIRST = datetime(2024, 8, 9, 0, 10, tzinfo=UTC)

READY = """
[contact]
name = "Nguyễn Thị Lan"
phone = "0220 3 000 111"

[returns]
legal_basis = "Quy chế 12/QĐ-VP"
"""


@dataclass
class FixedClock:
    """A clock that stands still until it is moved."""

    now: datetime = FIRST

    def __call__(self) -> datetime:
        return self.now

    def move(self, **length: float) -> None:
        self.now += timedelta(**length)


def edit_agency(hub: Hub, unit_id: int, **changes: object) -> None:
    """Say something else of the agency H29.11."""
    before = draft_of_agency(hub.directory.agency(unit_id, "H29.11"))
    told = Described(draft=replace(before, **changes), given=frozenset(changes))
    hub.correspondents.edit(CLERK, unit_id, "H29.11", told, reason="thay đổi")


@dataclass
class PreparedReaders:
    """Readers that know what each mail says; a mail nobody prepared is refused."""

    readings: dict[bytes, Reading | Exception] = field(default_factory=dict)
    asked: list[bytes] = field(default_factory=list)

    def read(self, job: ReadJob) -> bytes:
        self.asked.append(job.body)
        answer = self.readings[job.body]
        if isinstance(answer, Exception):
            raise answer
        return codec.encode(answer)

    def close(self) -> None:
        pass


@dataclass
class Desk:
    """A hub with one unit and one agency, and short ways to bring mail in."""

    hub: object
    clock: FixedClock
    readers: PreparedReaders
    unit: object
    count: int = 0

    def bring(self, raw: bytes, reading, *, recipients=None, door="smtp", door_key=""):
        """Store a mail as a door does; gives the capture's id."""
        self.count += 1
        self.readers.readings[raw] = reading
        blob = self.hub.blobs.put_many([raw])[0]
        draft = CaptureDraft(
            door=door,
            door_key=door_key or f"{door}-{self.count}",
            blob=blob,
            sha256=hashlib.sha256(raw).hexdigest(),
            size=len(raw),
            peer="127.0.0.1",
            helo="client",
            tls="",
            auth="",
            mail_from="vanthu@stc.tinh.gov.vn",
            recipients=recipients or (Recipient(address="vpub@tinh.gov.vn", unit_id=self.unit.id),),
            received_at=self.clock(),
        )
        with self.hub.database.transaction() as tx:
            return captures.add_many(tx, [draft])[0]

    def work(self, name="worker"):
        """Let a worker do everything there is to do now."""
        worker = new_worker(self.hub, name)
        rounds = 0
        while worker.run_once():
            rounds += 1
            assert rounds < 200, "the worker finds no end"

    def receive(self, raw: bytes, reading):
        """Bring a mail in and let the hub decide; gives the letters of its submission."""
        self.bring(raw, reading)
        self.work()
        return self.hub.letters.list_(self.unit.id)


def reading_of(*letters, identity="i1", files=None, mail=builders.MAIL, **changes):
    """A reading that holds these letters."""
    return replace(
        Reading(
            identity=identity,
            mail=mail,
            files=files or (builders.MAIN,),
            letters=letters or (builders.LETTER,),
            findings=(),
            pending=(),
            trust_version="t1",
            engine="test",
        ),
        **changes,
    )


@pytest.fixture
def clock():
    return FixedClock()


@pytest.fixture
def desk(database_url, tmp_path, clock, furnish):
    home = tmp_path / "hub"
    unit = furnish("desk", home, database_url, furnished_desk)
    hub = open_hub(home, {"MAILHUB_STORAGE__DATABASE": database_url}, clock)
    readers = PreparedReaders()
    vars(hub)["readers"] = readers
    yield Desk(hub=hub, clock=clock, readers=readers, unit=unit)
    hub.close()


def furnished_desk(home, environ):
    """Make a hub with one unit and one agency whose certificates are tied; gives the unit."""
    create_home(home, environ)
    (home / "mailhub.toml").write_text(READY, encoding="utf-8")
    hub = open_hub(home, environ, FixedClock())
    unit = hub.directory.add_unit(
        CLERK,
        UnitDraft(
            code="VPUB",
            name=builders.DIRECTORY.unit_name,
            time_zone="Asia/Ho_Chi_Minh",
            register="UBND",
            addresses=("vpub@tinh.gov.vn",),
            aliases=builders.DIRECTORY.unit_aliases,
        ),
    )
    hub.directory.add_agency(
        CLERK,
        unit.id,
        AgencyDraft(
            codes=(AgencyCode(code="H29.11"),),
            name="Sở Tài chính",
            kind="state",
            mode="auto",
            addresses=("vanthu@stc.tinh.gov.vn",),
        ),
    )
    for certificate in (builders.PERSON, builders.SEAL):
        hub.directory.tie_certificate(CLERK, unit.id, NamedCertificate(sha256=certificate), "H29.11")
    with hub.database.transaction() as tx:
        from storage import trust

        trust.add(
            tx,
            [TrustCertificate(sha256="ab" * 32, der=b"root", purpose=TrustPurpose.SIGNER, source="test", added_at=FIRST)],
        )
    hub.close()
    return unit
