"""A full disk has an error of its own, wherever it is met: somebody must make room."""

import errno

import pytest

from storage.blobs import SegmentStore
from storage.bodies import BodyWriter
from storage.database import Database
from storage.errors import StorageFullError, StorageUnavailableError, disk_error


@pytest.mark.parametrize(
    ("code", "full"), [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EROFS, True), (errno.EIO, False), (errno.EMFILE, False)]
)
def test_an_error_of_the_disk_says_whether_room_is_what_is_missing(code, full):
    error = disk_error("the disk", OSError(code, "what the system says"))
    assert (isinstance(error, StorageFullError), str(error)) == (full, "the disk: what the system says")
    assert isinstance(error, StorageUnavailableError)


def test_a_blob_store_on_a_full_disk_says_so(tmp_path, monkeypatch):
    store = SegmentStore(tmp_path / "blobs")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.pwritev", full)
    with pytest.raises(StorageFullError):
        store.put_many([b"one"])
    monkeypatch.undo()
    assert store.get(store.put_many([b"two"])[0]) == b"two"
    store.close()


def test_a_body_that_cannot_be_spilled_says_so(tmp_path, monkeypatch):
    writer = BodyWriter(tmp_path, 10)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.write", full)
    with pytest.raises(StorageFullError):
        writer.write(bytes(11))
    writer.discard()


def test_a_full_sqlite_database_says_so(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path / 'mailhub.db'}", lock_file=None)
    with pytest.raises(StorageFullError), database.transaction() as tx:
        tx.connection.exec_driver_sql("PRAGMA max_page_count = 3")
        tx.connection.exec_driver_sql("CREATE TABLE big (octets BLOB)")
        tx.connection.exec_driver_sql("INSERT INTO big VALUES (zeroblob(1000000))")
    database.close()
