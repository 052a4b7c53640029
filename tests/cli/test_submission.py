import base64

import pytest

from mailhub.checking.failures import Evidence, ReaderDiedError
from tests.hub.conftest import reading_of

MAIL = b"\r\n".join(
    [
        b"From: Van thu <vanthu@stc.tinh.gov.vn>",
        b"To: vpub@tinh.gov.vn",
        b"Subject: hai tep",
        b"Message-ID: <1@stc>",
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/mixed; boundary="b"',
        b"",
        b"--b",
        b"Content-Type: text/plain",
        b"",
        b"Kinh gui",
        b"--b",
        b"Content-Type: text/plain",
        b'Content-Disposition: attachment; filename="../../phu luc.txt"',
        b"Content-Transfer-Encoding: base64",
        b"",
        base64.b64encode("Phụ lục".encode()),
        b"--b--",
        b"",
    ]
)
DIED = ReaderDiedError("the reader died", Evidence(exit_status=-11, last_line=""))


@pytest.fixture
def real_mail(office, bring):
    """A real mail, read by the real reader."""
    from mailhub.checking.jobs import MailJob
    from mailhub.checking.reader import read_mail
    from mailhub.clock import system_clock
    from parsers.signatures.trust import TrustSnapshot

    now = system_clock()
    bring((MAIL, read_mail(MAIL, MailJob(return_path="", received_at=now, now=now, trust=TrustSnapshot()))))
    return "1"


def test_what_came_in_is_listed_and_shown_with_its_letters(office, letter):
    (line,) = office.json("submission", "list")
    assert (line["id"], line["sender"], line["state"]) == (1, "vanthu@stc.tinh.gov.vn", "read")
    shown = office.json("submission", "show", "1")
    assert [item["id"] for item in shown["letters"]] == ["h1"]
    assert shown["captures"][0]["door"] == "smtp"
    assert office.json("submission", "show", line["tracking_code"])["id"] == 1


@pytest.mark.parametrize("name", ["h1", "nothing", ""])
def test_who_names_no_submission_is_told_how_one_is_named(office, letter, name):
    assert "give its number (57) or tracking code" in office.refused("submission", "show", name)


def test_files_are_saved_under_safe_names_and_each_is_an_event(office, real_mail, tmp_path):
    listed = office.json("submission", "files", real_mail)
    paths = office.done("submission", "files", real_mail, "--save", tmp_path / "out").splitlines()
    saved = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert len(paths) == len(saved) == len(listed) == 2
    (name,) = (name for name in saved if "phu luc" in name)
    assert saved[name] == "Phụ lục".encode()
    assert not (tmp_path / "phu luc.txt").exists()
    assert sum(event["kind"] == "file-opened" for event in office.json("audit", "show")) == 2


def test_saving_overwrites_nothing(office, real_mail, tmp_path):
    office.done("submission", "files", real_mail, "--save", tmp_path / "out")
    assert "exists already" in office.refused("submission", "files", real_mail, "--save", tmp_path / "out")


def test_the_mail_itself_can_be_printed(office, real_mail):
    assert office.done("submission", "show", real_mail, "--mail").encode() == MAIL
    assert "submission-opened" in office.done("audit", "show")


def test_an_unreadable_mail_is_listed_and_can_be_read_again(office, bring):
    bring((b"poison", DIED), (b"mail one", reading_of()))
    (line,) = office.json("submission", "list", "--state", "unreadable")
    assert "read again" in office.run("submission", "retry", line["id"]).err
    assert "holds h1" in office.refused("submission", "retry", 2 if line["id"] == 1 else 1)
    office.done("submission", "dismiss", 2 if line["id"] == 1 else 1, "--reason", "advertising")
    assert "only an unreadable one" in office.refused("submission", "retry", 2 if line["id"] == 1 else 1)
    assert "trạng thái “bỏ qua”" in office.refused("submission", "retry", 2 if line["id"] == 1 else 1, lang="vi")


def test_an_explanation_tells_the_whole_story_of_a_mail(office, letter):
    text = office.done("submission", "explain", "1")
    for told in ("226/STC-NS", "part 2/page 1", "Nguyễn Văn A", "127.0.0.1", "vpub@tinh.gov.vn", "Decisions", "submission-read"):
        assert told in text
    assert "Quyết định" in office.done("submission", "explain", "1", lang="vi")
    story = office.json("submission", "explain", "1")
    assert story["reading"]["engine"] == "test"
    assert (story["captures"][0]["helo"], story["captures"][0]["recipients"]) == ("client", ["vpub@tinh.gov.vn"])
    (decision,) = story["decisions"]
    assert (decision["letter"], decision["action"]) == ("h1", "file")
    assert [reason["code"] for reason in story["reasons"]] == decision["reasons"]
    assert "submission-read" in [event["kind"] for event in story["events"]]
    office.done("letter", "file", "h1")
    story = office.json("submission", "explain", "1")
    assert [notice["kind"] for notice in story["notices"]] == ["receipt"]
    assert "entry-filed" in [event["kind"] for event in story["events"]]
    assert "receipt" in office.done("submission", "explain", "1")


def test_what_could_not_be_read_has_a_story_too(office, bring):
    bring((b"poison", DIED))
    assert "could not be read" in office.done("submission", "explain", "1")
    story = office.json("submission", "explain", "1")
    assert (story["reading"], story["state"]) == (None, "unreadable")
    assert story["captures"][0]["door"] == "smtp"


def test_junk_is_dismissed_in_bulk_without_an_answer(office, bring):
    bring((b"mail one", reading_of()), (b"mail two", reading_of(identity="i2")))
    office.done("submission", "dismiss", "1", "2", "--reason", "advertising")
    assert {line["state"] for line in office.json("submission", "list")} == {"dismissed"}
    assert office.json("outbox", "list") == []


def test_a_mistaken_dismissal_is_taken_back(office, bring):
    bring((b"mail one", reading_of()))
    assert "was not dismissed" in office.refused("submission", "restore", "1", "--reason", "x")
    office.done("submission", "dismiss", "1", "--reason", "advertising")
    assert "Restored 1" in office.run("submission", "restore", "1", "--reason", "not junk").err
    assert {line["state"] for line in office.json("submission", "list")} == {"read"}
    assert "submission-restored" in office.done("audit", "show")


def test_an_unknown_submission_is_a_sentence(office):
    assert "77" in office.refused("submission", "show", "77")
    assert "K7M4-Q2XD" in office.refused("submission", "files", "K7M4-Q2XD")
