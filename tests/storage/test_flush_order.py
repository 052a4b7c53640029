"""What the flush order promises (docs/durability.md): what was answered with 250 is there after any cut of the power.

Bytes are flushed before the row that names them is committed, a segment's name before its first record. A cut leaves any
prefix of what was not flushed yet, or zeros where it should stand; other damage costs what it hits, and nothing else.
"""

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise

import pytest

from mailhub.clock import system_clock
from mailhub.intake import PREPARED_OCTETS, IncomingMail, Intake
from storage import captures, engines
from storage.blobs import SegmentStore
from storage.database import Database
from storage.errors import DamagedBlobError, NotFoundError, StorageUnavailableError
from storage.records import Recipient
from storage.segments import BadRange, GoodRecord, Place

BODIES = (b"From: a\r\n\r\none", b"From: b\r\n\r\nsecond", b"From: c\r\n\r\nthe third of three short mails")
BLOCKS = (16, 512, 4096)
WAL_HEADER, FRAME_HEADER = 32, 24


# --- the order --------------------------------------------------------------------------------------------------------


def mail(raw):
    return IncomingMail(
        raw=raw,
        door="smtp",
        door_key=raw[:60].hex(),
        peer="",
        helo="",
        tls="",
        auth="",
        mail_from="",
        recipients=(Recipient(address="a@b.example", unit_id=None),),
        received_at=system_clock(),
    )


def test_first_the_segments_name_then_the_bytes_then_the_row_then_the_answer(tmp_path, monkeypatch, sqlite_template):
    shutil.copy(sqlite_template, tmp_path / "mailhub.db")
    database = Database.open(f"sqlite:///{tmp_path / 'mailhub.db'}", lock_file=tmp_path / "lock")
    steps = []

    def flush(descriptor):
        os.fdatasync(descriptor)
        steps.append("bytes")

    class Registry:
        @contextmanager
        def transaction(self):
            with database.transaction() as tx:
                yield tx
            steps.append("row")

    monkeypatch.setattr("storage.blobs.os.fsync", lambda _: steps.append("name"))
    store = SegmentStore(tmp_path / "blobs", flush=flush)
    intake = Intake(store, Registry())
    for raw in BODIES:
        intake.submit(mail(raw)).result()
        steps.append("answer")
    intake.close()
    store.close()
    database.close()
    assert steps == ["name", *["bytes", "row", "answer"] * 3]


def test_rows_whose_bytes_cannot_be_flushed_are_not_committed(tmp_path, sqlite_template):
    shutil.copy(sqlite_template, tmp_path / "mailhub.db")
    database = Database.open(f"sqlite:///{tmp_path / 'mailhub.db'}", lock_file=tmp_path / "lock")

    def fails(_):
        raise OSError(errno.EIO, "the disk is gone")

    intake = Intake(SegmentStore(tmp_path / "blobs", flush=fails), database)
    with pytest.raises(StorageUnavailableError):
        intake.accept(mail(BODIES[0]))
    intake.close()
    with database.reading() as tx:
        assert captures.pending_count(tx) == 0
    database.close()
    assert list((tmp_path / "blobs").iterdir()) == []


@pytest.mark.parametrize(("size", "meanwhile"), [(100, True), (PREPARED_OCTETS + 1, False)])
def test_rows_of_a_large_group_wait_for_its_bytes_so_that_no_other_writer_does(tmp_path, size, meanwhile):
    open_ = []

    class Registry:
        @contextmanager
        def transaction(self):
            open_.append(True)
            raise StorageUnavailableError("away")
            yield

    store = SegmentStore(tmp_path / "blobs", flush=lambda _: open_.append(False))
    intake = Intake(store, Registry())
    with pytest.raises(StorageUnavailableError):
        intake.accept(mail(b"x" * size))
    intake.close()
    store.close()
    assert open_[0] is meanwhile


def test_every_commit_of_the_registry_is_flushed(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path / 'mailhub.db'}", lock_file=tmp_path / "lock")
    with database.transaction() as tx:
        pragmas = {name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")}
    database.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}


# --- segments ---------------------------------------------------------------------------------------------------------


class Segment:
    """A segment of three mails, each flushed alone, to be damaged again and again."""

    def __init__(self, folder):
        self.flushed = [0]
        self.store = SegmentStore(folder, flush=lambda descriptor: self.flushed.append(os.fstat(descriptor).st_size))
        self.refs = [self.store.put_many([body])[0] for body in BODIES]
        self.places = [Place.parse(ref) for ref in self.refs]
        (self.path,) = folder.iterdir()
        self.content = self.path.read_bytes()

    def readable(self):
        """Which of the mails are read back, whole; wrong bytes fail the test."""
        found = []
        for number, (ref, body) in enumerate(zip(self.refs, BODIES, strict=True)):
            try:
                assert self.store.get(ref) == body
            except DamagedBlobError:
                continue
            found.append(number)
        return found

    def scanned(self):
        """What a scan finds: the good records by their number, and the bad ranges."""
        items = list(self.store.scan())
        good = [self.refs.index(item.ref) for item in items if isinstance(item, GoodRecord)]
        return good, [(item.start, item.end) for item in items if isinstance(item, BadRange)]


@pytest.fixture
def segment(tmp_path):
    made = Segment(tmp_path / "blobs")
    yield made
    made.store.close()


@pytest.mark.parametrize("rest", ["missing", "zeros"])
def test_a_cut_after_any_byte_keeps_every_mail_that_was_answered(segment, rest):
    for length in range(len(segment.content) + 1):
        zeros = bytes(len(segment.content) - length) if rest == "zeros" else b""
        segment.path.write_bytes(segment.content[:length] + zeros)
        promised = [number for number, end in enumerate(segment.flushed[1:]) if end <= length]
        # Zeros may happen to be what stood there.
        whole = [
            n for n, place in enumerate(segment.places) if segment.path.read_bytes()[: place.end] == segment.content[: place.end]
        ]
        assert promised == whole[: len(promised)]
        assert segment.readable() == whole == segment.scanned()[0]
        for start, end in segment.scanned()[1]:
            assert start >= max((segment.flushed[number + 1] for number in promised), default=0)
            assert end == segment.path.stat().st_size


def test_a_flipped_byte_costs_the_mail_it_hits_and_is_told(segment):
    for position in range(len(segment.content)):
        flipped = bytearray(segment.content)
        flipped[position] ^= 0x41
        segment.path.write_bytes(flipped)
        (hit,) = [number for number, place in enumerate(segment.places) if place.start <= position < place.end]
        others = [number for number in range(3) if number != hit]
        assert segment.readable() == others
        assert segment.scanned() == (others, [(segment.places[hit].start, segment.places[hit].end)])


@pytest.mark.parametrize("block", BLOCKS)
def test_a_zeroed_block_costs_the_mails_it_covers_and_the_rest_is_found_again(segment, block):
    for start in range(0, len(segment.content), block):
        end = min(start + block, len(segment.content))
        segment.path.write_bytes(segment.content[:start] + bytes(end - start) + segment.content[end:])
        untouched = [n for n, place in enumerate(segment.places) if place.end <= start or place.start >= end]
        good, bad = segment.scanned()
        assert segment.readable() == untouched == good
        assert bad
        assert segment.path.stat().st_size == len(segment.content)


def test_a_missing_directory_entry_is_told_and_costs_no_other_segment(segment):
    other = SegmentStore(segment.path.parent)
    (elsewhere,) = other.put_many([b"in another segment"])
    segment.path.unlink()
    for ref in segment.refs:
        with pytest.raises(NotFoundError, match="is not there"):
            segment.store.get(ref)
    assert other.get(elsewhere) == b"in another segment"
    assert [item.ref for item in other.scan()] == [elsewhere]
    other.close()


# --- the database's log -----------------------------------------------------------------------------------------------


@contextmanager
def opened(path):
    """Open a database as after a cut; what this test writes at closing need not be durable."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA synchronous = OFF")
        yield database


class Log:
    """A database whose last three transactions are in its log only, as a cut of the power would leave it.

    Each transaction writes one row into either table, and its number into both.
    """

    def __init__(self, folder, page_size):
        self.folder = folder
        self.page_size = page_size
        folder.mkdir()
        with closing(sqlite3.connect(folder / "live.db", isolation_level=None)) as live:
            live.execute(f"PRAGMA page_size = {page_size}")
            for pragma in engines._SQLITE_PRAGMAS:
                live.execute(pragma)
            live.execute("CREATE TABLE mails (number INTEGER, body BLOB)")
            live.execute("CREATE TABLE rows (number INTEGER, body BLOB)")
            live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            for number in (1, 2, 3):
                live.execute("BEGIN IMMEDIATE")
                for table in ("mails", "rows"):
                    live.execute(f"INSERT INTO {table} VALUES (?, ?)", (number, b"%d" % number * 40))
                live.execute("COMMIT")
            self.database = (folder / "live.db").read_bytes()
            self.log = (folder / "live.db-wal").read_bytes()
            self.index = (folder / "live.db-shm").read_bytes()

    @property
    def frames(self):
        """Where the frames of the log begin."""
        return range(WAL_HEADER, len(self.log), FRAME_HEADER + self.page_size)

    def commits(self):
        """Where the frame that commits each transaction ends."""
        ends = [start + FRAME_HEADER + self.page_size for start in self.frames]
        return [end for start, end in zip(self.frames, ends, strict=True) if self.log[start + 4 : start + 8] != bytes(4)]

    def transactions(self, log, index=None):
        """How many transactions are there with this log; anything but the first few, each whole, fails the test."""
        path = self.folder / "cut.db"
        for suffix, content in (("", self.database), ("-wal", log), ("-shm", index)):
            file = path.with_name(path.name + suffix)
            if content is None:
                file.unlink(missing_ok=True)
            else:
                file.write_bytes(content)
        with opened(path) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            found = [
                database.execute(f"SELECT number, body FROM {table} ORDER BY rowid").fetchall() for table in ("mails", "rows")
            ]
        count = len(found[0])
        assert found == [[(number, b"%d" % number * 40) for number in range(1, count + 1)]] * 2
        return count


@pytest.fixture
def log(tmp_path):
    return Log(tmp_path / "log", page_size=512)


def test_the_log_holds_three_transactions(log):
    assert len(log.commits()) == 3
    assert log.transactions(log.log) == 3
    assert log.transactions(log.log, log.index) == 3


@pytest.mark.parametrize("rest", ["missing", "zeros"])
def test_a_log_cut_after_any_byte_holds_the_transactions_that_were_flushed(log, rest):
    for length in range(0, len(log.log) + 1, 1 if rest == "missing" else 7):
        zeros = bytes(len(log.log) - length) if rest == "zeros" else b""
        promised = sum(end <= length for end in log.commits())
        found = log.transactions(log.log[:length] + zeros)
        # Zeros may happen to be what stood there, and then a transaction that was not flushed is whole all the same.
        assert found == promised or (rest == "zeros" and log.log[length : log.commits()[promised]].strip(b"\0") == b"")


def test_a_flipped_byte_in_the_log_never_mixes_transactions(log):
    ends = [0, *log.commits()]
    heads = {*range(WAL_HEADER), *(start + byte for start in log.frames for byte in range(FRAME_HEADER))}
    # Every byte of the heads; of the pages every third, for one checksum guards them all alike.
    for position in sorted({*heads, *range(0, len(log.log), 3)}):
        flipped = bytearray(log.log)
        flipped[position] ^= 0x41
        before = 0 if position < WAL_HEADER else sum(end <= position for end in ends) - 1
        assert log.transactions(bytes(flipped)) == before


@pytest.mark.parametrize("block", BLOCKS)
def test_a_zeroed_block_in_the_log_never_mixes_transactions(log, block):
    for start in range(0, len(log.log), block):
        end = min(start + block, len(log.log))
        if log.log[start:end].strip(b"\0") == b"":
            continue
        zeroed = log.log[:start] + bytes(end - start) + log.log[end:]
        before = 0 if start < WAL_HEADER else sum(commit <= start for commit in log.commits())
        assert log.transactions(zeroed) == before


def test_a_missing_log_or_index_leaves_what_was_checkpointed(log):
    assert log.transactions(None) == 0
    assert log.transactions(None, log.index) == 0
    assert log.transactions(b"", log.index) == 0
    for index in (b"", bytes(len(log.index)), os.urandom(len(log.index)), log.index[: len(log.index) // 2]):
        assert log.transactions(log.log, index) == 3


def registry_states(tmp_path, sqlite_template) -> Iterator[tuple[bytes, int]]:
    """Logs of a real registry with three captures, cut at every frame and with each byte of the frames' heads flipped."""
    path = tmp_path / "live.db"
    shutil.copy(sqlite_template, path)
    database = Database.open(f"sqlite:///{path}", lock_file=tmp_path / "lock")
    wal = path.with_name("live.db-wal")
    ends = []
    for raw in BODIES:
        Intake(SegmentStore(tmp_path / "blobs"), database).accept(mail(raw))
        ends.append(wal.stat().st_size)
    shutil.copy(path, tmp_path / "base.db")
    log = wal.read_bytes()
    database.close()
    starts = list(range(WAL_HEADER, len(log), FRAME_HEADER + 4096))
    for start, end in pairwise([0, *starts, len(log)]):
        for length in (start, start + 1, start + FRAME_HEADER, (start + end) // 2, end - 1, end):
            yield log[:length], sum(commit <= length for commit in ends)
    for start in starts:
        for position in range(start, start + FRAME_HEADER):
            flipped = bytearray(log)
            flipped[position] ^= 0x41
            yield bytes(flipped), sum(commit <= start for commit in ends)


def test_a_real_registry_opens_with_the_captures_that_were_committed(tmp_path, sqlite_template):
    cases = 0
    path = tmp_path / "cut.db"
    for log, promised in registry_states(tmp_path, sqlite_template):
        cases += 1
        shutil.copy(tmp_path / "base.db", path)
        path.with_name("cut.db-wal").write_bytes(log)
        path.with_name("cut.db-shm").unlink(missing_ok=True)
        with opened(path) as database:
            assert database.execute("SELECT count(*) FROM captures").fetchone() == (promised,)
            assert database.execute("SELECT count(*) FROM capture_recipients").fetchone() == (promised,)
            if cases % 20 == 0:
                assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert cases > 200
    registry = Database.open(f"sqlite:///{path}", lock_file=tmp_path / "lock")
    with registry.reading() as tx:
        assert captures.pending_count(tx) == promised
    registry.close()
