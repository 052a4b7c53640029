"""The door beside a busy worker, on a real SQLite registry and real segments: nobody waits for the backlog."""

import shutil
import smtplib
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from mailhub.intake import Intake
from storage import captures
from storage.blobs import SegmentStore
from storage.database import Database
from storage.records import CaptureDraft, CaptureState
from tests.doors.fakes import NOON, UnitAddressBook, open_door
from tests.servers.waiting import until

MAILS = 100
BODY = b"Subject: x\r\n\r\n" + b"x" * 76 * 100 + b"\r\n"
HANDFUL = 12
"""Without one queue for all writers hundreds of transactions pass by; with it, the one that runs and few more."""


@pytest.fixture
def registry(tmp_path, sqlite_template):
    shutil.copy(sqlite_template, tmp_path / "mailhub.db")
    database = Database.open(f"sqlite:///{tmp_path / 'mailhub.db'}", lock_file=tmp_path / "lock")
    yield database
    database.close()


@dataclass
class Queue:
    """The registry as the intake has it: notes how many transactions of the worker come between asking for it and having it."""

    database: Database
    transactions: list[None] = field(default_factory=list)
    overtaken: list[int] = field(default_factory=list)

    @contextmanager
    def transaction(self):
        before = len(self.transactions)
        with self.database.transaction() as tx:
            self.overtaken.append(len(self.transactions) - before)
            yield tx


@pytest.fixture
def queue(registry):
    return Queue(registry)


@pytest.fixture
def door(tmp_path, queue):
    folder = tmp_path / "blobs"
    folder.mkdir()
    intake = Intake(SegmentStore(folder), queue)
    door = open_door(intake, book=UnitAddressBook({}, return_path=lambda _: 7))
    yield door
    door.stop(5)
    intake.close()


def send_mails(door):
    with smtplib.SMTP("127.0.0.1", door.port) as client:
        client.ehlo()
        for _ in range(MAILS):
            client.mail("a@so.example")
            client.rcpt("vanthu@tinh.example")
            assert client.data(BODY)[0] == 250


def junk(number):
    return CaptureDraft(
        door="backlog",
        door_key=str(number),
        blob="",
        sha256="",
        size=0,
        peer="",
        helo="",
        tls="",
        auth="",
        mail_from="",
        recipients=(),
        received_at=NOON,
    )


@contextmanager
def busy_worker(registry, done):
    """A worker that writes one transaction after another and never rests; each is put to those that are done."""
    stopping = threading.Event()

    def work():
        while not stopping.is_set():
            with registry.transaction() as tx:
                captures.add_many(tx, [junk((len(done), n)) for n in range(10)])
                for claim in captures.claim(tx, owner="worker", lease=timedelta(minutes=1), limit=10):
                    captures.complete(tx, claim, CaptureState.READ)
            done.append(None)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


@pytest.mark.timeout(240)
def test_a_door_beside_a_busy_worker_does_not_starve(door, registry, queue):
    with busy_worker(registry, queue.transactions):
        until(lambda: queue.transactions, "the worker to begin")
        send_mails(door)
    overtaken = sorted(queue.overtaken)
    print("transactions that overtook a mail:", Counter(overtaken))
    assert len(overtaken) == MAILS
    assert len(queue.transactions) > MAILS / 4, "the worker was not busy"
    assert overtaken[MAILS * 95 // 100] <= HANDFUL
