"""Bodies: the same octets and the same digest, in memory or in a file without a name."""

import errno
import hashlib
import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import bodies
from storage.blobs import SegmentStore
from storage.bodies import BodyWriter, HeldBody, SpilledBody, chunks_of, head_of, sha256_of, size_of
from storage.errors import StorageUnavailableError


def written(folder, pieces, spill_at):
    writer = BodyWriter(folder, spill_at)
    for piece in pieces:
        writer.write(piece)
    return writer.finish()


def open_files(folder):
    """What this process has open of a folder; files without a name are told by the place of theirs."""
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found.append(str(descriptor.readlink()))
    return [target for target in found if target.startswith(str(folder))]


@given(pieces=st.lists(st.binary(max_size=40), max_size=8), spill_at=st.integers(0, 100))
def test_a_body_is_what_was_written_wherever_it_lies(tmp_path_factory, pieces, spill_at):
    whole = b"".join(pieces)
    body = written(tmp_path_factory.getbasetemp() / "spill", pieces, spill_at)
    assert isinstance(body, SpilledBody) == (len(whole) > spill_at)
    assert b"".join(chunks_of(body)) == whole == b"".join(chunks_of(body))
    assert (size_of(body), sha256_of(body), head_of(body)) == (len(whole), hashlib.sha256(whole).hexdigest(), whole)


def test_a_large_body_comes_in_pieces_and_knows_its_head(tmp_path):
    whole = os.urandom(2 * bodies.CHUNK_OCTETS + 5)
    body = written(tmp_path, [whole[:7], whole[7:]], 1000)
    assert [len(chunk) for chunk in body.chunks()] == [bodies.CHUNK_OCTETS, bodies.CHUNK_OCTETS, 5]
    assert head_of(body) == whole[: bodies.HEAD_OCTETS] == head_of(whole)


def test_a_spilled_body_has_no_name_and_no_file_of_its_is_left_open(tmp_path):
    body = written(tmp_path / "new" / "folder", [b"x" * 10], 1)
    assert len(open_files(tmp_path)) == 1
    assert list((tmp_path / "new" / "folder").iterdir()) == []
    body.close()
    body.close()
    assert open_files(tmp_path) == []
    with pytest.raises(StorageUnavailableError):
        list(body.chunks())
    written(tmp_path, [b"x" * 10], 1)
    assert open_files(tmp_path) == []


def test_what_is_discarded_is_gone(tmp_path):
    writer = BodyWriter(tmp_path, 4)
    writer.write(b"x" * 10)
    assert writer.spilled
    writer.discard()
    writer.discard()
    assert not writer.spilled
    assert open_files(tmp_path) == []


def test_a_file_system_without_unnamed_files_does_too(tmp_path, monkeypatch):
    opened = os.open

    def refusing(path, flags, *rest):
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "Operation not supported")
        return opened(path, flags, *rest)

    monkeypatch.setattr(os, "open", refusing)
    body = written(tmp_path, [b"x" * 10], 1)
    assert list(tmp_path.iterdir()) == []
    assert b"".join(body.chunks()) == b"x" * 10


def test_a_full_disk_is_said_and_the_writer_can_be_discarded(tmp_path, monkeypatch):
    def full(descriptor, octets):
        raise OSError(errno.ENOSPC, "No space left on device")

    writer = BodyWriter(tmp_path, 4)
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StorageUnavailableError, match="No space left"):
        writer.write(b"x" * 10)
    writer.discard()
    assert open_files(tmp_path) == []


def test_a_folder_that_cannot_be_used_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailableError, match="spilled"):
        written(tmp_path / "file", [b"xx"], 1)


@pytest.mark.parametrize("spill_at", [0, 10_000_000])
def test_a_store_keeps_held_and_spilled_bodies_alike(tmp_path, spill_at):
    whole = os.urandom(5_000_001)
    store = SegmentStore(tmp_path / "blobs")
    first, large, last = store.put_many([b"first", written(tmp_path, [whole], spill_at), HeldBody(b"last")])
    assert [store.get(ref) for ref in (first, large, last)] == [b"first", whole, b"last"]
    assert all(not record.destroyed for record in store.scan())
    store.close()


def test_a_body_that_cannot_be_read_back_costs_nobody_else_a_record(tmp_path):
    store = SegmentStore(tmp_path / "blobs")
    (kept,) = store.put_many([b"kept"])
    gone = written(tmp_path, [b"x" * 10], 1)
    gone.close()
    with pytest.raises(StorageUnavailableError):
        store.put_many([b"half", gone])
    (later,) = store.put_many([b"later"])
    assert [store.get(ref) for ref in (kept, later)] == [b"kept", b"later"]
    store.close()
