"""The clerk's verbs on meetings, as typed."""

import io
from datetime import timedelta

import pypdfium2
import pytest

from mailhub.clock import system_clock
from mailhub.demo.letters import compose_letter
from tests.meetings.test_signed import TEXT

SMS = '\n[sms]\ngateway = "folder"\n'
NEXT_MONTH = f"{system_clock() + timedelta(days=30):%Y-%m-%d}"
LATER = f"{system_clock() + timedelta(days=33):%Y-%m-%d}"
MEETING = ("--title", "Họp về văn bản điện tử", "--start", f"{NEXT_MONTH}T08:00", "--place", "Phòng họp 1")


@pytest.fixture
def desk(office):
    """A desk with two officials, an assistant and a register of invitations."""
    with (office.home / "mailhub.toml").open("a", encoding="utf-8") as file:
        file.write(SMS)
    said = ("--organisation", "Sở Y tế")
    office.done("official", "add", "SYT-TL", "--name", "Lê Thị Mai", "--position", "Thư ký", *said, "--phone", "0912345672")
    office.done(
        *("official", "add", "SYT-GD", "--name", "Trần Văn Hà", "--position", "Giám đốc", *said),
        *("--phone", "0912345671", "--address", "ha@syt.example", "--assistant", "SYT-TL"),
    )
    office.done(
        *("official", "add", "STC-GD", "--name", "Phạm Quốc Bình", "--position", "Giám đốc"),
        *("--organisation", "Sở Tài chính", "--address", "binh@stc.example"),
    )
    office.done("register", "open", "GM", "--direction", "out", "--kind", "GM", "--from", "226")
    return office


@pytest.fixture
def meeting(desk):
    """A convened meeting."""
    desk.done("meeting", "convene", *MEETING, "--invite", "GĐ Sở Y tế", "--invite", "STC-GD", "--yes")
    return "m1"


def text_of(pdf):
    return pypdfium2.PdfDocument(io.BytesIO(pdf))[0].get_textpage().get_text_range()


def test_a_draft_shows_everything_and_takes_no_number(desk, tmp_path):
    target = tmp_path / "xem.pdf"
    plan = desk.json("meeting", "draft", *MEETING, "--invite", "SYT-GD", "--invite", "STC-GD", "--save", target)
    assert (plan["reference"], plan["mails"], plan["texts"], plan["segments"]) == ("226/GM-VPUB", 2, 2, 2)
    assert plan["without_phone"] == ["STC-GD"]
    kinds = [(item["channel"], item["address"], item["copy"], item["segments"]) for item in plan["recipients"]]
    assert kinds == [
        ("mail", "ha@syt.example", False, None),
        ("mail", "binh@stc.example", False, None),
        ("sms", "+84912345671", False, 1),
        ("sms", "+84912345672", True, 1),
    ]
    assert {item["alphabet"] for item in plan["wordings"]} == {"gsm-7"}
    words = text_of(target.read_bytes())
    assert all(word in words for word in ("GIẤY MỜI", "226/GM-VPUB", "Phòng họp 1", "Giám đốc Sở Y tế;"))
    assert desk.json("meeting", "list") == []
    assert desk.json("register", "list", "--direction", "out") == []


def test_a_dry_run_is_the_same_look(desk):
    assert desk.json("meeting", "convene", *MEETING, "--invite", "SYT-GD", "--dry-run")["texts"] == 2
    assert desk.json("meeting", "list") == []


def test_nothing_is_sent_without_a_yes(desk):
    said = desk.refused("meeting", "convene", *MEETING, "--invite", "SYT-GD")
    assert "To send: 1 mails, 2 texts (2 segments)" in said
    assert "add --yes" in said
    assert desk.json("meeting", "list") == []


class Keyboard(io.StringIO):
    """A clerk who sits at a terminal and has typed this."""

    def isatty(self):
        return True


@pytest.mark.parametrize(("typed", "code", "meetings"), [("y\n", 0, 1), ("n\n", 130, 0)])
def test_at_a_terminal_the_clerk_is_asked(desk, monkeypatch, typed, code, meetings):
    monkeypatch.setattr("sys.stdin", Keyboard(typed))
    answer = desk.run("meeting", "convene", *MEETING, "--invite", "SYT-GD")
    assert (answer.code, "Send? [y/N]" in answer.err) == (code, True)
    assert len(desk.json("meeting", "list")) == meetings


@pytest.mark.parametrize(("typed", "code"), [("2\n", 0), ("1\n", 1)])
def test_beyond_the_limit_the_clerk_types_the_count(desk, monkeypatch, typed, code):
    path = desk.home / "mailhub.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(SMS, f"{SMS}ask_above = 1\n"), encoding="utf-8")
    assert "--confirm 2" in desk.refused("meeting", "convene", *MEETING, "--invite", "SYT-GD", "--yes")
    monkeypatch.setattr("sys.stdin", Keyboard(typed))
    assert desk.run("meeting", "convene", *MEETING, "--invite", "SYT-GD").code == code
    assert desk.run("meeting", "convene", *MEETING, "--invite", "SYT-GD", "--confirm", "2").code == 0


def test_what_invites_many_again_asks_for_the_count_again(desk, meeting, tmp_path):
    path = desk.home / "mailhub.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(SMS, f"{SMS}ask_above = 1\n"), encoding="utf-8")
    paper = tmp_path / "a.txt"
    paper.write_text("Chương trình họp", encoding="utf-8")
    assert "--confirm 2" in desk.refused("meeting", "papers", meeting, "--paper", paper, "--yes")
    desk.done("meeting", "papers", meeting, "--paper", paper, "--confirm", "2")
    desk.done("meeting", "cancel", meeting, "--reason", "gõ nhầm", "--yes")
    assert "--confirm 2" in desk.refused("meeting", "undo", meeting, "--reason", "gõ nhầm")
    assert desk.json("meeting", "undo", meeting, "--reason", "gõ nhầm", "--confirm", "2")["state"] == "planned"


def test_a_meeting_is_convened_with_the_next_number_and_shown(desk, meeting):
    shown = desk.json("meeting", "show", meeting)
    assert (shown["id"], shown["state"], shown["reference"], shown["waiting"]) == ("m1", "planned", "226/GM-VPUB", 4)
    assert [person["code"] for person in shown["attendees"]] == ["SYT-GD", "STC-GD"]
    assert [revision["change"] for revision in shown["revisions"]] == ["convene"]
    (entry,) = desk.json("register", "list", "--direction", "out")
    assert (entry["number"], entry["reference"]) == (226, "226/GM-VPUB")
    assert desk.json("register", "list") == []
    assert desk.json("register", "show", "226", "--register", "GM")["reference"] == "226/GM-VPUB"


def test_without_a_register_the_refusal_gives_the_command(office):
    office.done("official", "add", "A", "--name", "Trần Văn Hà", "--address", "ha@syt.example")
    said = office.refused("meeting", "convene", *MEETING, "--invite", "A", "--yes")
    assert "mailhub register open GM --direction out --kind GM --from 1" in said


def test_moving_twice_keeps_both_revisions_and_undo_takes_the_last_back(desk, meeting):
    desk.done("meeting", "move", "226", "--start", f"{LATER}T14:00", "--reason", "chủ trì bận", "--yes")
    desk.done("meeting", "move", "van ban", "--place", "Hội trường B", "--reason", "đổi phòng", "--yes")
    shown = desk.json("meeting", "undo", "m1", "--reason", "gõ nhầm")
    assert shown["place"] == "Phòng họp 1"
    assert [(item["number"], item["change"], item["reason"]) for item in shown["revisions"]] == [
        (1, "convene", ""),
        (2, "move", "chủ trì bận"),
        (3, "move", "đổi phòng"),
        (4, "move", "gõ nhầm"),
    ]
    assert shown["waiting"] == 4


def test_postponing_and_cancelling(desk, meeting):
    assert desk.json("meeting", "postpone", meeting, "--reason", "bão", "--yes")["state"] == "postponed"
    assert desk.json("meeting", "cancel", meeting, "--reason", "thôi", "--yes")["state"] == "cancelled"
    assert "is cancelled" in desk.refused("meeting", "move", meeting, "--start", f"{LATER}T14:00", "--reason", "x", "--yes")
    assert desk.json("meeting", "list", "--state", "cancelled")[0]["waiting"] == 0


def test_what_needs_no_message_asks_nothing(desk, meeting):
    answer = desk.run("meeting", "cancel", meeting, "--reason", "thôi")
    assert answer.code == 0
    assert "nothing to send" in answer.err


def test_papers_are_added_and_replaced_and_saved(desk, meeting, tmp_path):
    paper = tmp_path / "Báo cáo.pdf"
    paper.write_bytes(compose_letter(TEXT, system_clock()).pdf)
    desk.done("meeting", "papers", meeting, "--paper", paper, "--yes")
    paper.write_bytes(paper.read_bytes() + b"\n")
    shown = desk.json("meeting", "papers", meeting, "--paper", paper, "--yes")
    assert shown["papers"] == ["Báo cáo.pdf (2)"]
    assert shown["sequence"] == 0
    desk.done("meeting", "show", meeting, "--save", tmp_path / "out")
    saved = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert saved == ["Báo cáo.pdf", "Dự thảo giấy mời 226.pdf"]
    assert (tmp_path / "out" / "Báo cáo.pdf").read_bytes() == paper.read_bytes()


def test_an_unsigned_letter_is_refused(desk, tmp_path):
    letter = tmp_path / "gm.pdf"
    letter.write_bytes(compose_letter(TEXT, system_clock()).pdf)
    said = desk.refused("meeting", "convene", *MEETING, "--invite", "SYT-GD", "--letter", letter, "--yes")
    assert "no digital signature" in said


def test_reach_lists_who_must_be_called_and_notes_a_call(desk, meeting):
    people = desk.json("meeting", "reach", meeting)
    assert [(person["code"], person["reached"]) for person in people] == [("SYT-GD", "pending"), ("STC-GD", "pending")]
    assert people[0]["phones"] == ["+84912345671", "+84912345672 (Lê Thị Mai)"]
    assert people[0]["assistants"][0]["code"] == "SYT-TL"
    people = desk.json("meeting", "reach", meeting, "--called", "GĐ Sở Y tế", "--note", "sẽ dự")
    assert (people[0]["reached"], people[0]["called"]) == ("reached", "reached")
    assert "Nguyễn Thị Lan: đã gặp, sẽ dự" in desk.done("meeting", "reach", meeting, lang="vi")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--start", NEXT_MONTH, "--place", "P1", "--title", "Họp"), "--start needs the time too"),
        (("--place", "P1", "--title", "Họp"), "--start and --place are needed"),
        (("--start", "2020-01-01T08:00", "--place", "P1", "--title", "Họp"), "which is over"),
        (("--start", f"{NEXT_MONTH}T08:00", "--end", "7h00", "--place", "P1", "--title", "Họp"), "must be after"),
        (("--start", f"{NEXT_MONTH}T08:00", "--place", "P1"), "a meeting needs a title"),
        (("--start", f"{NEXT_MONTH}T08:00", "--place", "P1", "--title", "Họp", "--contact", "Lan"), "Name, telephone number"),
        (("--start", f"{NEXT_MONTH}T08:00", "--place", "P1", "--title", "Họp", "--invite", "ai đó"), "no such official or group"),
    ],
)
def test_what_is_missing_or_wrong_is_said(desk, arguments, said):
    assert said in desk.refused("meeting", "convene", "--invite", "SYT-GD", *arguments, "--yes")


def test_a_contact_of_its_own_stands_in_the_text(desk):
    plan = desk.json("meeting", "draft", *MEETING, "--invite", "SYT-GD", "--contact", "Phạm Văn Minh, 0987 654 321")
    assert "LH Minh 0987654321" in plan["wordings"][0]["text"]
