"""The door beside a busy worker, on a real SQLite registry and real segments: nobody waits for the backlog."""

import smtplib
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest

from mailhub.intake import Intake
from storage import captures
from storage.blobs import SegmentStore
from storage.database import Database
from storage.records import CaptureDraft, CaptureState
from tests.doors.fakes import NOON, UnitAddressBook, open_door

MAILS = 300
WARM_UP = 20
BODY = b"Subject: x\r\n\r\n" + b"x" * 76 * 100 + b"\r\n"
STARVED_SECONDS = 1.0
"""Without one queue for all writers the door waits for seconds; with it, for a handful of the worker's transactions."""


@pytest.fixture
def registry(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path / 'mailhub.db'}", lock_file=tmp_path / "lock")
    database.upgrade()
    yield database
    database.close()


@pytest.fixture
def door(tmp_path, registry):
    folder = tmp_path / "blobs"
    folder.mkdir()
    intake = Intake(SegmentStore(folder), registry)
    door = open_door(intake, book=UnitAddressBook({}, return_path=lambda _: 7))
    yield door
    door.stop(5)
    intake.close()


def seconds_per_mail(door):
    """The 99th percentile of what a client waits from DATA to 250."""
    waits = []
    with smtplib.SMTP("127.0.0.1", door.port) as client:
        client.ehlo()
        for _ in range(MAILS + WARM_UP):
            client.mail("a@so.example")
            client.rcpt("vanthu@tinh.example")
            begun = time.monotonic()
            assert client.data(BODY)[0] == 250
            waits.append(time.monotonic() - begun)
    return sorted(waits[WARM_UP:])[MAILS * 99 // 100]


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
def busy_worker(registry):
    """A worker that writes one transaction after another and never rests; yields how many it has made."""
    stopping, done = threading.Event(), []

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
        yield done
    finally:
        stopping.set()
        thread.join()


@pytest.mark.timeout(240)
def test_a_door_beside_a_busy_worker_does_not_starve(door, registry):
    idle = seconds_per_mail(door)
    with busy_worker(registry) as transactions:
        busy = seconds_per_mail(door)
        beside = len(transactions)
    print(f"p99 of the door: idle {idle * 1000:.1f} ms, beside a busy worker {busy * 1000:.1f} ms, ratio {busy / idle:.1f}")
    assert beside > MAILS / 2, "the worker was not busy"
    assert busy < max(STARVED_SECONDS, 30 * idle)
