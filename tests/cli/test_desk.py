"""The desk as a clerk sees and uses it: real letters in a real hub, the real program on a terminal."""

from dataclasses import replace

import pytest

from parsers.letter import DeclaredEnclosure
from tests.cli.conftest import CLERK
from tests.cli.terminal import Terminal
from tests.hub.conftest import reading_of
from tests.policy import builders


def a_letter(number, **changes):
    """A complete letter with its own number; `changes` make it less so."""
    fields = {"number": builders.text(str(number)), "reference": builders.text(f"{number}/STC-NS")}
    return builders.letter(**fields, **changes)


def a_mail(number, *, files=None, **changes):
    """A mail that brings it."""
    main = builders.a_file(signed=builders.SIGNED)
    reading = reading_of(
        a_letter(number, **changes), identity=f"i{number}", files=files or (replace(main, sha256=f"{number:064}"),)
    )
    return (f"mail {number}".encode(), reading)


def incomplete(number):
    """A mail that announces an enclosure which is not there."""
    return a_mail(number, declared_enclosures=(DeclaredEnclosure(title="Phụ lục 1", place="part 2", file=None),))


@pytest.fixture
def sit(office):
    """Sit down at the desk, on a terminal."""
    opened = []

    def down(*arguments, columns=80, rows=24, **environ):
        known = {"MAILHUB_HOME": str(office.home), "MAILHUB_CLERK": CLERK, "MAILHUB_LANG": "vi", "HOME": str(office.home)}
        opened.append(Terminal(*arguments, environ=known | environ, columns=columns, rows=rows))
        return opened[-1]

    yield down
    for terminal in opened:
        terminal.close()


def states(office):
    return {item["id"]: item["state"] for item in office.json("letter", "list", "--all", "--limit", "200")}


def test_the_screen_is_printed_where_there_is_no_terminal(office, bring):
    bring(a_mail(1), incomplete(2))
    out = office.done("desk", lang="vi")
    assert "CẦN QUYẾT 1" in out
    assert "SẴN SÀNG VÀO SỔ 1" in out
    assert "h2" in out
    assert "thiếu tệp" in out
    assert f"trực: {CLERK}" in out
    assert "Số đến kế tiếp 1" in out
    assert "READY TO FILE 1" in office.done("desk", "--once", lang="en")


def test_the_data_of_the_desk_is_json(office, bring):
    bring(a_mail(1), incomplete(2))
    data = office.json("desk")
    assert [item["id"] for item in data["undecided"]] == ["h2"]
    assert [item["reference"] for item in data["ready"]] == ["1/STC-NS"]
    assert data["next_numbers"] == {"UBND": 1}


@pytest.mark.timeout(300)
def test_thirty_waiting_letters_are_decided_in_at_most_sixty_key_presses(office, bring, sit):
    bring(*(a_mail(number) for number in range(1, 13)), *(incomplete(number) for number in range(13, 31)))
    assert sorted(states(office).values()) == ["held"] * 18 + ["proposed"] * 12
    screen = sit()
    screen.until("CẦN QUYẾT 18")
    screen.press("V")
    screen.until("Vào sổ cả 12 văn bản?")
    screen.press("c")
    screen.until("h12 12/STC-NS: số đến 12")
    screen.press("\r")
    screen.until("SẴN SÀNG VÀO SỔ 0")
    for left in reversed(range(9)):
        screen.press("v")
        screen.until(f"CẦN QUYẾT {9 + left} ")
    for left in reversed(range(9)):
        screen.press("t")
        screen.until("1  thiếu tệp")
        screen.press("1")
        screen.until(f"CẦN QUYẾT {left} ")
    decided = screen.presses
    screen.press("q")
    assert screen.end() == 0
    assert sorted(states(office).values()) == ["filed"] * 21 + ["return-due"] * 9
    assert decided <= 60
    assert decided == 30, "three for the ready ones, one for each that is filed, two for each return"


@pytest.mark.timeout(300)
def test_what_arrives_meanwhile_never_changes_what_a_key_acts_on(office, bring, sit):
    bring(incomplete(1), incomplete(2), a_mail(3))
    screen = sit()
    screen.until("CẦN QUYẾT 2")
    bring(incomplete(4), a_mail(5))
    screen.press("v")
    frame = screen.until("mới 2: r")
    assert "CẦN QUYẾT 1" in frame
    assert "SẴN SÀNG VÀO SỔ 1" in frame
    screen.press("V")
    frame = screen.until("Vào sổ cả 1 văn bản?")
    assert "3/STC-NS" in frame
    assert "5/STC-NS" not in frame
    screen.press("c")
    screen.until("3/STC-NS: số đến")
    screen.press("\r")
    screen.until("SẴN SÀNG VÀO SỔ 0")
    assert states(office) == {"h1": "filed", "h2": "held", "h3": "filed", "h4": "held", "h5": "proposed"}
    screen.press("r")
    screen.until("CẦN QUYẾT 2")
    screen.press("q")
    assert screen.end() == 0


@pytest.mark.timeout(300)
def test_a_letter_that_somebody_else_decided_is_passed_over_and_said(office, bring, sit):
    bring(a_mail(1), a_mail(2))
    screen = sit()
    screen.until("SẴN SÀNG VÀO SỔ 2")
    office.done("letter", "hold", "h1", "--reason", "Hoa: khoan")
    screen.press("V")
    screen.until("Vào sổ cả 2")
    screen.press("c")
    frame = screen.until("2/STC-NS: số đến 1")
    assert "h1 vừa được người khác xử lý" in frame
    screen.press("\r")
    screen.until("vào sổ 1, bỏ qua 1")
    assert states(office) == {"h1": "held", "h2": "filed"}


@pytest.mark.timeout(300)
def test_a_letter_is_looked_at_explained_held_returned_and_taken_back(office, bring, sit):
    bring(incomplete(1), incomplete(2))
    screen = sit(NO_COLOR="1")
    screen.until(">h1")
    screen.press("\r")
    frame = screen.until("Trích yếu")
    assert "quyết toán ngân sách" in frame
    screen.press("\x1b")
    screen.until("CẦN QUYẾT 2")
    screen.press("?")
    screen.until("thiếu tệp:")
    screen.press("\x1b")
    screen.until("CẦN QUYẾT 2")
    screen.press("k")
    screen.until("Giữ h1 vì:")
    screen.press("2")
    screen.until("h1: giữ lại (chờ bổ sung)")
    screen.press("j")
    screen.until(">h2")
    screen.press("t")
    screen.until("Trả h2 vì:")
    screen.press("1")
    frame = screen.until("TRẢ CHỜ GỬI 1")
    assert "còn 10 phút" in frame
    screen.press("z")
    screen.until("Đã rút thư trả h2")
    screen.press("q")
    assert screen.end() == 0
    assert "\x1b[1;31m" not in screen.received
    assert states(office) == {"h1": "held", "h2": "held"}


@pytest.mark.timeout(300)
def test_a_number_given_by_mistake_is_taken_back_after_one_question(office, bring, sit):
    bring(incomplete(1))
    screen = sit()
    screen.until(">h1")
    screen.press("v")
    screen.until("h1 1/STC-NS: số đến 1")
    screen.press("z")
    screen.until("hủy số đến 1 của h1")
    screen.press("c")
    screen.until("Đã hủy số đến 1")
    screen.press("q")
    assert screen.end() == 0
    assert states(office) == {"h1": "held"}
    assert office.json("register", "show", "1")["state"] == "voided"


@pytest.mark.timeout(300)
def test_search_finds_a_line_without_accents(office, bring, sit):
    bring(incomplete(1), incomplete(2))
    screen = sit()
    screen.until(">h1")
    screen.press("/")
    screen.until("Tìm")
    screen.press("2/stc")
    screen.press("\r")
    screen.until("Tìm thấy 1")
    screen.press("1")
    screen.until(">h2")


def test_the_desk_of_a_hub_without_anything_is_quiet(office):
    out = office.done("desk", lang="vi")
    assert "không có gì chờ quyết" in out
    assert "GIẤY" not in out


def test_undo_asks_before_a_number_is_voided(office, letter):
    office.done("letter", "file", letter)
    assert "Add --yes" in office.refused("undo")
    assert office.json("undo", "--yes")["undo"] == "void"
    assert "you did nothing today" in office.refused("undo")


def test_a_void_number_stays_in_the_register(office, letter):
    office.done("letter", "file", letter)
    assert office.json("register", "void", "1", "--reason", "wrong letter")["state"] == "voided"
    assert [entry["state"] for entry in office.json("register", "list")] == ["voided"]


def test_of_an_unknown_sender_the_address_is_shown_and_of_a_known_one_the_name(office, bring):
    stranger = replace(builders.MAIL, from_=(replace(builders.MAIL.from_[0], address="ubndtanlap@gmail.com"),))
    raw, reading = incomplete(1)
    bring((raw, replace(reading, mail=stranger)), incomplete(2))
    senders = {item["id"]: item["sender"] for item in office.json("desk")["undecided"]}
    assert senders == {"h1": "ubndtanlap@gmail.com", "h2": "Sở Tài chính"}
