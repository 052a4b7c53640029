"""Segments: durable on return, read past any damage, and destroyed for good when told so."""

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.blobs import SegmentStore
from storage.errors import DamagedBlobError, NotFoundError, StorageUnavailableError
from storage.segments import BadRange, GoodRecord, Place
from tests.storage.builders import in_threads

BODIES = [b"first mail", b"", b"third \x00 mail" * 3]


class Disk:
    """Counts flushes, and fails when told to."""

    def __init__(self) -> None:
        self.flushes = 0
        self.fails = False

    def flush(self, descriptor: int) -> None:
        self.flushes += 1
        if self.fails:
            raise OSError(errno.EIO, "Input/output error")
        os.fdatasync(descriptor)


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
def store(tmp_path, disk):
    store = SegmentStore(tmp_path / "blobs", flush=disk.flush)
    yield store
    store.close()


def segment_files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "blobs").iterdir())


def test_many_blobs_are_one_flush(store, disk):
    refs = store.put_many([b"%d" % n for n in range(2000)])
    assert disk.flushes == 1
    assert len(set(refs)) == 2000
    assert [store.get(ref) for ref in refs[::100]] == [b"%d" % n for n in range(0, 2000, 100)]
    assert store.put_many([]) == []
    assert disk.flushes == 1


@given(st.lists(st.lists(st.binary(max_size=200), max_size=4), max_size=4))
def test_what_is_put_is_got(tmp_path_factory, batches):
    store = SegmentStore(tmp_path_factory.mktemp("blobs"), segment_limit=300)
    stored = [(ref, blob) for batch in batches for ref, blob in zip(store.put_many(batch), batch, strict=True)]
    assert [store.get(ref) for ref, _ in stored] == [blob for _, blob in stored]
    scanned = list(store.scan())
    assert sorted(record.ref for record in scanned) == sorted(ref for ref, _ in stored)
    store.close()


def test_a_large_blob_is_written_whole(store):
    blob = os.urandom(3_000_000)
    (ref,) = store.put_many([blob])
    assert store.get(ref) == blob
    store.overwrite(ref)
    with pytest.raises(NotFoundError):
        store.get(ref)


def test_a_full_segment_is_followed_by_a_new_one(tmp_path):
    store = SegmentStore(tmp_path / "blobs", segment_limit=100)
    refs = [store.put_many([b"x" * 60])[0] for _ in range(3)]
    assert len(segment_files(tmp_path)) == 3
    assert [store.get(ref) for ref in refs] == [b"x" * 60] * 3
    store.close()


@pytest.mark.parametrize("ref", ["", "nonsense", "../../etc/passwd", "0" * 32 + ".0.5", "0" * 32 + ".-1.5", "0" * 32 + ".0.05"])
def test_an_unknown_reference_is_not_found(store, ref):
    store.put_many([b"x"])
    with pytest.raises(NotFoundError):
        store.get(ref)
    with pytest.raises(NotFoundError):
        store.overwrite(ref)


def test_a_reference_with_a_nonsense_length_is_damaged(store):
    (ref,) = store.put_many([b"x"])
    for size in ("2", "999999999999999999"):
        with pytest.raises(DamagedBlobError):
            store.get(ref.rsplit(".", 1)[0] + "." + size)


def test_every_prefix_of_a_segment_gives_its_whole_records_and_one_bad_end(tmp_path):
    store = SegmentStore(tmp_path / "blobs")
    refs = store.put_many(BODIES)
    (path,) = segment_files(tmp_path)
    content = path.read_bytes()
    ends = [Place.parse(ref).end for ref in refs]
    for length in range(len(content) + 1):
        path.write_bytes(content[:length])
        whole = [ref for ref, end in zip(refs, ends, strict=True) if end <= length]
        last = max((end for end in ends if end <= length), default=0)
        scanned = list(store.scan())
        assert [item.ref for item in scanned if isinstance(item, GoodRecord)] == whole
        bad = [(item.start, item.end) for item in scanned if isinstance(item, BadRange)]
        assert bad == ([(last, length)] if last < length else [])
        _assert_readable(store, refs, whole)
    store.close()


def test_every_flipped_byte_costs_one_record_and_no_other(tmp_path):
    store = SegmentStore(tmp_path / "blobs")
    refs = store.put_many(BODIES)
    (path,) = segment_files(tmp_path)
    content = path.read_bytes()
    places = [Place.parse(ref) for ref in refs]
    for position in range(len(content)):
        flipped = bytearray(content)
        flipped[position] ^= 0x41
        path.write_bytes(flipped)
        (hit,) = [place for place in places if place.start <= position < place.end]
        others = [place.ref for place in places if place != hit]
        scanned = list(store.scan())
        assert [item.ref for item in scanned if isinstance(item, GoodRecord)] == others
        assert [(item.start, item.end) for item in scanned if isinstance(item, BadRange)] == [(hit.start, hit.end)]
        _assert_readable(store, refs, others)
    store.close()


@given(st.data())
def test_a_zeroed_block_costs_what_it_covers_and_no_more(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("blobs")
    store = SegmentStore(folder)
    refs = store.put_many([bytes([65 + n]) * 50 for n in range(8)])
    (path,) = folder.iterdir()
    size = path.stat().st_size
    start = data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(start + 1, size))
    with path.open("r+b") as file:
        file.seek(start)
        file.write(bytes(end - start))
    places = [Place.parse(ref) for ref in refs]
    untouched = [place.ref for place in places if place.end <= start or place.start >= end]
    _assert_readable(store, refs, untouched, exactly=False)
    assert set(untouched) <= {item.ref for item in store.scan() if isinstance(item, GoodRecord)}
    assert path.stat().st_size == size
    store.close()


def _assert_readable(store, refs, whole, *, exactly=True) -> None:
    for ref in refs:
        if ref in whole:
            store.get(ref)
        elif exactly:
            with pytest.raises(DamagedBlobError):
                store.get(ref)


def test_a_mail_cannot_pretend_to_hold_a_record(tmp_path):
    store = SegmentStore(tmp_path / "blobs")
    (inner,) = store.put_many([b"pretended"])
    (path,) = segment_files(tmp_path)
    record = path.read_bytes()
    other = SegmentStore(tmp_path / "others")
    (outer,) = other.put_many([b"x" + record + b"y"])
    (path,) = (tmp_path / "others").iterdir()
    content = bytearray(path.read_bytes())
    content[0] ^= 1
    path.write_bytes(content)
    assert [type(item) for item in other.scan()] == [BadRange]
    assert inner != outer
    store.close()
    other.close()


def test_overwritten_bytes_are_gone_and_the_others_stay(store, disk, tmp_path):
    first, secret, last = store.put_many([b"first", b"state secret", b"last"])
    before = disk.flushes
    store.overwrite(secret)
    store.overwrite(secret)
    assert disk.flushes > before
    (path,) = segment_files(tmp_path)
    assert b"state secret" not in path.read_bytes()
    with pytest.raises(NotFoundError, match="destroyed"):
        store.get(secret)
    assert (store.get(first), store.get(last)) == (b"first", b"last")
    assert [(item.ref, item.destroyed) for item in store.scan()] == [(first, False), (secret, True), (last, False)]


def test_a_damaged_blob_can_be_overwritten_too(store, tmp_path):
    (secret,) = store.put_many([b"state secret"])
    (path,) = segment_files(tmp_path)
    path.write_bytes(bytes(8) + path.read_bytes()[8:])
    store.overwrite(secret)
    assert b"state secret" not in path.read_bytes()
    with pytest.raises(NotFoundError):
        store.get(secret)


def test_after_a_failed_flush_the_segment_is_left_alone(store, disk, tmp_path):
    (kept,) = store.put_many([b"kept"])
    disk.fails = True
    with pytest.raises(StorageUnavailableError):
        store.put_many([b"lost"])
    disk.fails = False
    (later,) = store.put_many([b"later"])
    assert (store.get(kept), store.get(later)) == (b"kept", b"later")
    assert kept.split(".")[0] != later.split(".")[0]
    assert len(segment_files(tmp_path)) == 2


def test_a_full_disk_gathers_no_empty_files(store, disk, tmp_path):
    disk.fails = True
    for _ in range(3):
        with pytest.raises(StorageUnavailableError):
            store.put_many([b"lost"])
    assert segment_files(tmp_path) == []


def test_a_folder_that_cannot_be_written_means_try_again_later(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    store = SegmentStore(tmp_path / "file" / "blobs")
    with pytest.raises(StorageUnavailableError):
        store.put_many([b"x"])


def test_threads_share_one_segment(store, tmp_path):
    refs: list[tuple[str, bytes]] = []

    def put(n: int) -> None:
        for k in range(20):
            blob = b"%d-%d" % (n, k)
            refs.append((store.put_many([blob])[0], blob))

    assert in_threads(range(8), put) == []
    assert all(store.get(ref) == blob for ref, blob in refs)
    assert len({ref for ref, _ in refs}) == 160
    assert len(segment_files(tmp_path)) == 1


def test_a_forked_child_writes_a_segment_of_its_own(store, tmp_path):
    (before,) = store.put_many([b"parent"])
    child = os.fork()
    if child == 0:
        store.put_many([b"child" * 10])
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    (after,) = store.put_many([b"parent again"])
    assert (store.get(before), store.get(after)) == (b"parent", b"parent again")
    assert len(segment_files(tmp_path)) == 2
    assert {item.size for item in store.scan()} == {6, 12, 50}


def test_bodies_whose_rows_are_being_prepared_hold_up_nobody_who_stores_others(store):
    with store.writing([b"a mail"]) as written:
        (other,) = store.put_many([b"an attachment"])
        written.flush()
    assert [store.get(ref) for ref in (*written.refs, other)] == [b"a mail", b"an attachment"]


def test_bodies_are_durable_at_the_end_of_the_block_at_the_latest_and_flushed_once(store, disk):
    with store.writing([b"one", b"two"]) as written:
        before = disk.flushes
    assert disk.flushes == before + 1
    written.flush()
    assert disk.flushes == before + 1


def test_a_block_that_fails_leaves_a_store_that_goes_on(store):
    def fail():
        raise ValueError

    with pytest.raises(ValueError), store.writing([b"nobody names it"]):
        fail()
    with store.writing([b"next"]) as written:
        pass
    assert store.get(written.refs[0]) == b"next"
