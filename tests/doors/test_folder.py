"""The folder door: what is dropped is taken once, whole, and nothing holds up the rest."""

import os
from types import SimpleNamespace

import pytest

from mailhub.doors.folder import FolderDoor
from mailhub.refusals import RefusedBecause
from storage.errors import StorageUnavailableError
from tests.doors.fakes import LEAKY, NOON, FakeIntake, address_book

MAIL = b"Subject: x\n\nbody\n"


@pytest.fixture
def intake():
    return FakeIntake()


@pytest.fixture
def door(tmp_path, intake):
    return FolderDoor(tmp_path, "vanthu@tinh.example", address_book(), intake, lambda: NOON, largest=1000)


def drop(folder, name, octets=MAIL, age=60.0):
    path = folder / "new" / name
    path.write_bytes(octets)
    written = NOON.timestamp() - age
    os.utime(path, (written, written))
    return path


def names(folder):
    return {kind: sorted(path.name.split(".")[0] for path in (folder / kind).iterdir()) for kind in ("new", "taken", "refused")}


def test_a_dropped_file_is_stored_for_the_unit_and_put_aside(tmp_path, door, intake):
    drop(tmp_path, "a.eml")
    assert door.run_once()
    [mail] = intake.mails
    assert (mail.raw, mail.door, mail.received_at) == (MAIL, "folder", NOON)
    assert [recipient.unit_id for recipient in mail.recipients] == [1]
    assert names(tmp_path) == {"new": [], "taken": ["a"], "refused": []}


def test_an_empty_folder_is_no_work(door):
    assert not door.run_once()


def test_a_file_that_is_still_written_waits(tmp_path, door, intake):
    drop(tmp_path, "a.eml", age=0.5)
    assert not door.run_once()
    drop(tmp_path, "a.eml", age=2.5)
    assert door.run_once()


def test_a_file_from_the_future_does_not_wait_for_it(tmp_path, door):
    drop(tmp_path, "a.eml", age=-86_400)
    assert door.run_once()


def test_the_same_file_again_is_the_same_mail_and_another_one_of_that_name_is_not(tmp_path, door, intake):
    for octets in (MAIL, MAIL, b"other"):
        drop(tmp_path, "a.eml", octets)
        door.run_once()
    assert [mail.raw for mail in intake.mails] == [MAIL, b"other"]
    assert names(tmp_path)["taken"] == ["a", "a"]


def test_a_file_that_was_stored_but_not_put_aside_is_stored_no_second_time(tmp_path, door, intake):
    drop(tmp_path, "a.eml")
    (tmp_path / "taken").rmdir()
    assert not door.run_once()
    intake.failure = LEAKY
    assert not door.run_once(), "its bytes would be stored at every look"
    intake.failure = None
    assert names_of(tmp_path / "new") == ["a.eml"]
    (tmp_path / "taken").mkdir()
    assert door.run_once()
    assert (len(intake.mails), names(tmp_path)["taken"]) == (1, ["a"])


@pytest.mark.parametrize("name", ["a" * 251, "ướ" * 50, "thư \udce0 cũ"])
def test_a_name_that_fits_no_more_or_is_no_text_holds_up_no_other_file(tmp_path, door, intake, name):
    drop(tmp_path, f"{name}.eml")
    drop(tmp_path, "z.eml", b"other")
    assert door.run_once()
    assert sorted(mail.raw for mail in intake.mails) == [MAIL, b"other"]
    assert names(tmp_path)["new"] == []


def test_a_file_that_cannot_be_put_aside_holds_up_no_other(tmp_path, door, intake):
    drop(tmp_path, "a.eml", bytes(1001))
    (tmp_path / "refused" / "a.eml").mkdir()
    drop(tmp_path, "b.eml")
    noted = []
    door.refusals = SimpleNamespace(note=noted.append)
    assert door.run_once()
    assert not door.run_once()
    assert (names(tmp_path)["taken"], len(noted)) == (["b"], 1)


def names_of(folder):
    return [path.name for path in folder.iterdir()]


def test_a_store_that_fails_leaves_the_file_where_it_is(tmp_path, door, intake):
    drop(tmp_path, "a.eml")
    intake.failure = LEAKY
    with pytest.raises(StorageUnavailableError):
        door.run_once()
    assert names(tmp_path)["new"] == ["a"]
    intake.failure = None
    assert door.run_once()


def test_a_file_that_is_too_large_is_put_aside_and_the_next_one_taken(tmp_path, door, intake):
    drop(tmp_path, "a.eml", bytes(1001))
    drop(tmp_path, "b.eml", bytes(1000))
    noted = []
    door.refusals = SimpleNamespace(note=noted.append)
    assert door.run_once()
    assert names(tmp_path) == {"new": [], "taken": ["b"], "refused": ["a"]}
    (refused,) = noted
    assert (refused.door, refused.reason) == ("folder", RefusedBecause.TOO_LARGE)
    assert refused.reply.startswith("refused/a.eml")


def test_links_pipes_folders_and_other_names_are_left_alone(tmp_path, door, intake):
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (tmp_path / "new" / "link.eml").symlink_to(secret)
    os.mkfifo(tmp_path / "new" / "pipe.eml")
    (tmp_path / "new" / "folder.eml").mkdir()
    drop(tmp_path, "note.txt")
    drop(tmp_path, ".hidden.eml")
    assert not door.run_once()
    assert intake.mails == []


def test_a_door_whose_address_belongs_to_no_unit_keeps_the_files(tmp_path, intake):
    door = FolderDoor(tmp_path, "nobody@tinh.example", address_book(), intake, lambda: NOON)
    drop(tmp_path, "a.eml")
    assert not door.run_once()
    assert names(tmp_path)["new"] == ["a"]
