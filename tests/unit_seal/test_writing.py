"""Results are files that are there whole or not at all, and never take another's place."""

import os

import pytest

from mailhub.errors import RefusedError
from mailhub.unit_seal.writing import require_new, write_whole


def no_links(*_):
    raise PermissionError(1, "Operation not permitted")


@pytest.fixture(params=["links", "no links"])
def file_system(request, monkeypatch):
    """A USB stick knows no links."""
    if request.param == "no links":
        monkeypatch.setattr(os, "link", no_links)


def test_a_file_is_written_whole_and_nothing_is_left_beside_it(file_system, tmp_path):
    write_whole(tmp_path / "out.pdf", b"content")
    assert (tmp_path / "out.pdf").read_bytes() == b"content"
    assert [path.name for path in tmp_path.iterdir()] == ["out.pdf"]


def test_a_file_that_is_there_keeps_its_place(file_system, tmp_path):
    (tmp_path / "out.pdf").write_bytes(b"mine")
    with pytest.raises(RefusedError, match="exists already"):
        write_whole(tmp_path / "out.pdf", b"content")
    assert (tmp_path / "out.pdf").read_bytes() == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out.pdf"]


def test_a_full_disk_leaves_nothing(file_system, tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "out.pdf", b"content")
    assert list(tmp_path.iterdir()) == []


def test_a_taken_name_and_a_missing_folder_are_told_before_anything_is_done(tmp_path):
    (tmp_path / "out.pdf").write_bytes(b"mine")
    with pytest.raises(RefusedError, match="exists already"):
        require_new(tmp_path / "out.pdf")
    with pytest.raises(RefusedError, match="no folder"):
        require_new(tmp_path / "nowhere" / "out.pdf")
