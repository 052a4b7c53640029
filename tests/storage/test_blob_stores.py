"""What every blob store promises: segments, a bucket on S3, and a bucket that is a folder."""

import secrets
from datetime import timedelta

import pytest

from mailhub.clock import system_clock
from storage.blobs import SegmentStore, StoredBlob
from storage.bodies import BodyWriter
from storage.bucket import Bucket, BucketStore
from storage.errors import DamagedBlobError, NotFoundError, StorageUnavailableError
from storage.moved_blobs import MovedBlobs
from tests.servers.bucket import new_bucket, running_s3
from tests.storage.builders import in_threads

BODIES = [b"first mail", b"", b"third \x00 mail" * 3]


@pytest.fixture(scope="session")
def s3():
    with running_s3() as endpoint:
        yield endpoint


@pytest.fixture(params=["segments", "folder", "s3"])
def store(request, tmp_path):
    if request.param == "segments":
        made = SegmentStore(tmp_path / "blobs")
    elif request.param == "folder":
        made = BucketStore(Bucket(url=f"file://{tmp_path}/b%C3%B3%20blobs"))
    else:
        made = BucketStore(new_bucket(request.getfixturevalue("s3"), f"hub-{secrets.token_hex(8)}"))
    yield made
    made.close()


@pytest.fixture
def bucket(s3):
    made = BucketStore(new_bucket(s3, f"hub-{secrets.token_hex(8)}"))
    yield made
    made.close()


def later():
    return system_clock() + timedelta(minutes=1)


def spilled(folder, content):
    writer = BodyWriter(folder, spill_at=10)
    for start in range(0, len(content), 700_000):
        writer.write(content[start : start + 700_000])
    return writer.finish()


def test_what_is_put_is_got_each_under_a_reference_of_its_own(store):
    refs = store.put_many([*BODIES, BODIES[0]])
    assert len(set(refs)) == 4
    assert [store.get(ref) for ref in refs] == [*BODIES, BODIES[0]]
    assert store.put_many([]) == []
    assert all(store.knows(ref) for ref in refs)


def test_a_spilled_body_is_stored_without_being_whole_in_memory(store, tmp_path):
    content = secrets.token_bytes(6_000_000)
    body = spilled(tmp_path, content)
    (ref,) = store.put_many([body])
    body.close()
    assert store.get(ref) == content
    store.overwrite(ref)
    with pytest.raises(NotFoundError):
        store.get(ref)


def test_a_destroyed_blob_is_gone_and_its_twin_is_not(store):
    first, twin = store.put_many([b"secret", b"secret"])
    for _ in range(2):
        store.overwrite(first)
    with pytest.raises(NotFoundError):
        store.get(first)
    assert store.get(twin) == b"secret"


@pytest.mark.parametrize("ref", ["", "nonsense", "../../etc/passwd", "0" * 32 + ".0.05", "b1.." + "0" * 64 + ".1"])
def test_a_reference_of_no_store_is_not_found(store, ref):
    assert not store.knows(ref)
    for act in (store.get, store.overwrite):
        with pytest.raises(NotFoundError):
            act(ref)


def test_what_is_stored_is_listed_once_it_is_old_enough(store):
    kept, gone = store.put_many([b"kept", b"gone"])
    store.overwrite(gone)
    assert list(store.stored(later())) == [StoredBlob(ref=kept, size=4)]
    assert list(store.stored(system_clock() - timedelta(days=1))) == []


def test_many_threads_put_at_once(store):
    stored = {}

    def put(number):
        for ref, body in zip(refs := store.put_many([b"%d.%d" % (number, n) for n in range(5)]), range(5), strict=True):
            stored[ref] = b"%d.%d" % (number, body)
        assert len(refs) == 5

    assert in_threads(range(4), put) == []
    assert {ref: store.get(ref) for ref in stored} == stored


def test_wrong_bytes_are_never_given(s3, bucket, tmp_path):
    import obstore

    folder = BucketStore(Bucket(url=f"file://{tmp_path}/blobs"))
    for store in (bucket, folder):
        (ref,) = store.put_many([b"the mail"])
        ground = store._ground.store
        ((meta,),) = list(obstore.list(ground))
        for wrong in (b"the mai1", b"the mail and more", b""):
            obstore.put(ground, meta["path"], wrong)
            with pytest.raises(DamagedBlobError):
                store.get(ref)
        obstore.delete(ground, meta["path"])
        with pytest.raises(NotFoundError):
            store.get(ref)


def test_a_bucket_that_does_not_answer_is_to_be_tried_later(tmp_path):
    nobody = BucketStore(Bucket(url="s3://hub", endpoint="http://127.0.0.1:9", key_id="x", secret="hush", seconds=0.5))
    for act in (lambda: nobody.put_many([b"x"]), lambda: nobody.put_many([b"x"] * 40), lambda: list(nobody.stored(later()))):
        with pytest.raises(StorageUnavailableError) as caught:
            act()
        assert "hush" not in str(caught.value)
        assert len(str(caught.value)) < 500
    nobody.close()


def test_a_bucket_that_is_not_there_is_to_be_tried_later(s3):
    store = BucketStore(Bucket(url="s3://nobody-made-it", endpoint=s3, key_id="x", secret="x", seconds=5))
    with pytest.raises(StorageUnavailableError):
        store.put_many([b"x"])


def test_a_file_system_error_is_to_be_tried_later(tmp_path):
    (tmp_path / "blobs").mkdir()
    store = BucketStore(Bucket(url=f"file://{tmp_path}/blobs"))
    store.put_many([b"x"])
    for part in (tmp_path / "blobs").iterdir():
        for file in part.iterdir():
            file.unlink()
        part.rmdir()
    (tmp_path / "blobs").rmdir()
    (tmp_path / "blobs").write_text("a file where the folder was")
    with pytest.raises(StorageUnavailableError):
        store.put_many([b"x"])


def test_what_is_not_the_stores_own_is_passed_over(bucket):
    import obstore

    obstore.put(bucket._ground.store, "notes/readme.txt", b"by hand")
    assert list(bucket.stored(later())) == []


def test_a_hub_that_moved_to_a_bucket_reads_what_it_had_before(bucket, tmp_path):
    segments = SegmentStore(tmp_path / "blobs")
    (old,) = segments.put_many([b"old"])
    both = MovedBlobs(now=bucket, before=segments)
    (new,) = both.put_many([b"new"])
    assert (both.get(old), both.get(new)) == (b"old", b"new")
    assert {blob.ref for blob in both.stored(later())} == {old, new}
    both.overwrite(old)
    both.overwrite(new)
    assert list(both.stored(later())) == []
    both.close()
