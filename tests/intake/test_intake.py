"""The group committer: what it promises to each caller, on a real SQLite registry and real segments."""

import hashlib
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest

from mailhub.errors import TryLaterError
from mailhub.intake import AWAY_AFTER, GATHER_SECONDS_A_MAIL, GROUP_MAILS, Accepted, IncomingMail, Intake
from storage import captures
from storage.blobs import SegmentStore
from storage.bodies import BodyWriter
from storage.database import Database
from storage.errors import StorageUnavailableError
from storage.queueing import writers_turn
from storage.records import Recipient
from tests.doors.fakes import NOON

ENVELOPE = (Recipient(address="vanthu@tinh.example", unit_id=None), Recipient(address="x@tinh.example", unit_id=None))


def mail(key, raw=b"Subject: x\r\n\r\n", door="smtp", priority=0):
    return IncomingMail(
        raw=raw,
        door=door,
        door_key=str(key),
        peer="192.0.2.1",
        helo="mail.so.example",
        tls="TLSv1.3",
        auth="",
        mail_from="",
        recipients=ENVELOPE,
        received_at=NOON,
        priority=priority,
    )


class CountedBlobs:
    """The real store, with a gate before it and a note of what was asked."""

    def __init__(self, folder):
        self.store = SegmentStore(folder)
        self.groups = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.refuse = lambda bodies: False

    def writing(self, bodies):
        self.entered.set()
        self.gate.wait(20)
        self.groups.append(list(bodies))
        if self.refuse(bodies):
            raise StorageUnavailableError("disk full")
        return self.store.writing(bodies)


class CountedDatabase:
    """The real registry, counting transactions."""

    def __init__(self, database):
        self.database = database
        self.transactions = 0
        self.failures = 0

    @contextmanager
    def transaction(self):
        self.transactions += 1
        if self.failures:
            self.failures -= 1
            raise StorageUnavailableError("database is away")
        with self.database.transaction() as tx:
            yield tx


@pytest.fixture
def registry(tmp_path, sqlite_template):
    shutil.copy(sqlite_template, tmp_path / "mailhub.db")
    database = Database.open(f"sqlite:///{tmp_path / 'mailhub.db'}", lock_file=tmp_path / "lock")
    yield CountedDatabase(database)
    database.close()


@pytest.fixture
def blobs(tmp_path):
    folder = tmp_path / "blobs"
    folder.mkdir()
    return CountedBlobs(folder)


@pytest.fixture
def intake(blobs, registry):
    intake = Intake(blobs, registry)
    yield intake
    blobs.gate.set()
    intake.close()


def stored(registry, capture_id):
    with registry.database.reading() as tx:
        return captures.get(tx, capture_id)


def held_back(intake, blobs, count):
    """Submit mails while the committer is busy with a first one, so that they come to be one group."""
    blobs.gate.clear()
    first = intake.submit(mail("first"))
    assert blobs.entered.wait(20)
    rest = [intake.submit(mail(n, b"%d" % n)) for n in range(count)]
    blobs.groups.clear()
    return first, rest


def test_an_accepted_mail_is_in_the_registry_with_bytes_and_envelope(intake, blobs, registry):
    raw = b"Subject: \xff\x00\r\n\r\nbody"
    accepted = intake.accept(mail("k", raw, priority=2))
    capture = stored(registry, accepted.capture_id)
    assert blobs.store.get(capture.draft.blob) == raw
    assert (capture.draft.door, capture.draft.door_key, capture.draft.mail_from) == ("smtp", "k", "")
    assert (capture.draft.recipients, capture.draft.received_at, capture.draft.priority) == (ENVELOPE, NOON, 2)
    assert (capture.draft.size, len(capture.draft.sha256)) == (len(raw), 64)


def test_the_same_key_at_the_same_door_is_the_same_capture(intake, registry):
    first = intake.accept(mail("k"))
    again = intake.accept(mail("k"))
    elsewhere = intake.accept(mail("k", door="imap"))
    assert (first.repeated, again) == (False, Accepted(capture_id=first.capture_id, repeated=True))
    assert not elsewhere.repeated
    assert elsewhere.capture_id != first.capture_id


def test_the_same_key_twice_in_one_group_is_one_capture(intake, blobs):
    blobs.gate.clear()
    futures = [intake.submit(mail(key)) for key in ("a", "b", "b", "c")]
    blobs.gate.set()
    accepted = [future.result(20) for future in futures]
    assert [answer.repeated for answer in accepted] == [False, False, True, False]
    assert accepted[1].capture_id == accepted[2].capture_id


def test_mails_that_wait_together_share_one_flush_and_one_transaction(intake, blobs, registry):
    first, rest = held_back(intake, blobs, 20)
    blobs.gate.set()
    wait([first, *rest], 20)
    assert [len(group) for group in blobs.groups] == [1, 20]
    assert registry.transactions == 2
    assert len({future.result().capture_id for future in rest}) == 20


def test_a_group_has_an_end(intake, blobs):
    first, rest = held_back(intake, blobs, GROUP_MAILS + 5)
    blobs.gate.set()
    wait([first, *rest], 20)
    assert [len(group) for group in blobs.groups] == [1, GROUP_MAILS, 5]


def test_an_error_reaches_only_its_own_caller(intake, blobs, registry):
    blobs.refuse = lambda bodies: b"3" in bodies
    first, rest = held_back(intake, blobs, 6)
    blobs.gate.set()
    wait([first, *rest], 20)
    failed = [n for n, future in enumerate(rest) if future.exception()]
    assert failed == [3]
    assert isinstance(rest[3].exception(), StorageUnavailableError)
    for n in (0, 1, 2, 4, 5):
        assert blobs.store.get(stored(registry, rest[n].result().capture_id).draft.blob) == b"%d" % n


def test_a_transaction_that_failed_once_is_tried_again_for_each_mail(intake, blobs, registry):
    first, rest = held_back(intake, blobs, 3)
    registry.failures = 0
    blobs.gate.set()
    first.result(20)
    registry.failures = 1
    wait(rest, 20)
    assert all(future.exception() is None for future in rest)


def test_a_store_that_is_away_is_not_asked_for_every_mail_of_a_group(intake, blobs):
    blobs.refuse = lambda bodies: bodies != [b"first"]
    first, rest = held_back(intake, blobs, 20)
    blobs.gate.set()
    wait([first, *rest], 20)
    assert all(isinstance(future.exception(), StorageUnavailableError) for future in rest)
    assert [len(group) for group in blobs.groups] == [1, 20, *[1] * AWAY_AFTER]


def test_a_mail_alone_that_fails_is_not_tried_twice_and_the_next_one_works(intake, registry):
    registry.failures = 1
    with pytest.raises(StorageUnavailableError):
        intake.accept(mail("a"))
    assert registry.transactions == 1
    assert not intake.accept(mail("a")).repeated


def test_whoever_waits_cannot_cancel_the_store(intake, blobs, registry):
    blobs.gate.clear()
    future = intake.submit(mail("k"))
    assert not future.cancel()
    blobs.gate.set()
    assert stored(registry, future.result(20).capture_id).draft.door_key == "k"


def test_closing_stores_what_is_queued_and_takes_no_more(intake, blobs):
    first, rest = held_back(intake, blobs, 10)
    closing = threading.Thread(target=intake.close)
    closing.start()
    blobs.gate.set()
    closing.join(20)
    assert all(future.done() and future.exception() is None for future in [first, *rest])
    with pytest.raises(TryLaterError):
        intake.submit(mail("late"))
    intake.close()


def test_many_threads_each_get_the_answer_to_their_own_mail(intake, blobs, registry):
    with ThreadPoolExecutor(8) as threads:
        accepted = list(threads.map(lambda n: intake.accept(mail(n, b"%d" % n)), range(200)))
    for n, answer in enumerate(accepted):
        assert blobs.store.get(stored(registry, answer.capture_id).draft.blob) == b"%d" % n


def test_the_wait_for_a_commit_is_measured_and_a_quiet_door_has_none(intake, blobs):
    assert intake.commit_wait_p99() == 0.0
    blobs.gate.clear()
    future = intake.submit(mail("k"))
    threading.Timer(0.2, blobs.gate.set).start()
    future.result(20)
    assert 0.2 <= intake.commit_wait_p99() < 20


def test_a_repeated_mail_may_come_with_other_words_around_it(intake):
    first = intake.accept(mail("k"))
    assert intake.accept(replace(mail("k"), helo="other", raw=b"x")).capture_id == first.capture_id


def test_a_spilled_mail_is_stored_like_any_other_and_its_file_given_back(intake, blobs, registry, tmp_path):
    blobs.refuse = lambda bodies: len(bodies) > 1
    writer = BodyWriter(tmp_path, 100)
    writer.write(b"large" * 100)
    spilled = writer.finish()
    first, rest = held_back(intake, blobs, 2)
    large = intake.submit(mail("large", spilled))
    blobs.gate.set()
    wait([first, *rest, large], 20)
    capture = stored(registry, large.result().capture_id)
    assert blobs.store.get(capture.draft.blob) == b"large" * 100
    assert (capture.draft.size, capture.draft.sha256) == (500, hashlib.sha256(b"large" * 100).hexdigest())
    assert not spilled.close.alive


def test_each_wait_of_a_sender_is_told_to_the_listener(blobs, registry):
    waits = []

    class Listener:
        def note(self, seconds):
            waits.append(seconds)

    intake = Intake(blobs, registry, listener=Listener())
    blobs.gate.clear()
    future = intake.submit(mail("k"))
    threading.Timer(0.1, blobs.gate.set).start()
    future.result(20)
    intake.accept(mail("l"))
    intake.accept(mail("m", door="imap"))
    intake.close()
    assert len(waits) == 2
    assert waits[0] >= 0.1


def test_a_group_waits_for_company_only_where_the_last_one_had_some(intake, blobs, monkeypatch):
    rests = []
    monkeypatch.setattr("mailhub.intake.time", SimpleNamespace(sleep=rests.append, monotonic=time.monotonic))
    intake.accept(mail("a"))
    intake.accept(mail("b"))
    assert rests == []
    blobs.entered.clear()
    first, rest = held_back(intake, blobs, 5)
    blobs.gate.set()
    wait([first, *rest], 20)
    intake.accept(mail("c"))
    intake.accept(mail("d"))
    assert rests == [5 * GATHER_SECONDS_A_MAIL]


def test_what_comes_while_another_process_commits_joins_one_group(blobs, registry, tmp_path):
    turn = partial(writers_turn, tmp_path / "turn")
    intake = Intake(blobs, registry, turn=turn)
    try:
        with turn():
            futures = [intake.submit(mail(number)) for number in range(5)]
            assert not wait(futures, 0.1).done
        accepted = {future.result(20).capture_id for future in futures}
    finally:
        intake.close()
    assert len(accepted) == 5
    assert [len(group) for group in blobs.groups] == [5]


def test_without_a_turn_nothing_is_stored_and_the_next_mail_tries_again(blobs, registry, tmp_path):
    folder = tmp_path / "turns"
    intake = Intake(blobs, registry, turn=partial(writers_turn, folder / "turn"))
    try:
        with pytest.raises(StorageUnavailableError, match="lock file"):
            intake.accept(mail(1))
        folder.mkdir()
        assert intake.accept(mail(2)).capture_id
    finally:
        intake.close()
