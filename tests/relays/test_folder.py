"""The folder relay."""

from hypothesis import given
from hypothesis import strategies as st

from mailhub.relays import OutcomeKind
from mailhub.relays.folder import FolderRelay, _name

MAIL = b"From: a@tinh.example\r\nMessage-Id: <n-1.abc@tinh.example>\r\n\r\nMessage-ID: <other@x>\r\n"


def send(folder, data):
    return FolderRelay(folder).send("", "vanthu@so.example", data)


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_mail_becomes_a_file_named_by_its_message_id(tmp_path):
    outcome = send(tmp_path / "outbox", MAIL)
    assert (outcome.kind, outcome.reply) == (OutcomeKind.SENT, "written to n-1.abc@tinh.example.eml")
    assert files(tmp_path / "outbox") == {"n-1.abc@tinh.example.eml": MAIL}


def test_the_same_mail_again_is_the_same_file(tmp_path):
    send(tmp_path, MAIL)
    send(tmp_path, MAIL)
    assert files(tmp_path) == {"n-1.abc@tinh.example.eml": MAIL}


def test_another_mail_with_the_same_message_id_does_not_overwrite_the_first(tmp_path):
    send(tmp_path, MAIL)
    send(tmp_path, MAIL + b"more\r\n")
    assert sorted(files(tmp_path).values()) == [MAIL, MAIL + b"more\r\n"]


def test_a_mail_without_message_id_is_named_by_its_digest(tmp_path):
    send(tmp_path, b"Subject: x\r\n\r\n")
    [name] = files(tmp_path)
    assert len(name) == 64 + len(".eml")


def test_a_folder_that_cannot_be_written_is_temporary(tmp_path):
    (tmp_path / "outbox").write_text("a file stands in the way")
    outcome = send(tmp_path / "outbox", MAIL)
    assert outcome.kind == OutcomeKind.TEMPORARY
    assert str(tmp_path) not in outcome.reply


@given(st.binary() | st.text(min_size=1).map(lambda text: f"Message-ID: <{text}>\r\n\r\n".encode("utf-8", "replace")))
def test_no_message_id_leads_out_of_the_folder(data):
    name = _name(data)
    assert "/" not in name
    assert not name.startswith(".")
    assert len(name) <= 120
