"""The desk's lines for any terminal: nothing wider than it, nothing secret shown, words where others use colour."""

import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from mailhub.cli.desk.layout import Frame, cut, short_moment, spread
from mailhub.cli.desk.lines import READY, body_lines, head_lines
from mailhub.desk import Arrival, DeskCall, DeskLetter, DeskView, Flash, minutes_left
from mailhub.language import Language
from storage.records import (
    Deposit,
    DepositDraft,
    DepositKind,
    DepositState,
    Letter,
    LetterDraft,
    LetterState,
    Register,
    RegisterMode,
    Series,
    Unit,
)

NOW = datetime(2024, 8, 9, 0, 42, tzinfo=UTC)
UNIT = Unit(id=1, code="VPUB", name="UBND TỈNH", time_zone="Asia/Ho_Chi_Minh", register="UBND", addresses=("a@b.vn",), aliases=())
REGISTER = Register(id=1, unit_id=1, code="UBND", direction="in", kind="ordinary", mode=RegisterMode.OWN, suspended=False)
SERIES = Series(id=1, register=REGISTER, year=2024, next_number=4818, last_arrival_date=None)
DRAFT = LetterDraft(
    unit_id=1,
    submission_id=1,
    position=0,
    state=LetterState.HELD,
    document_key="stc|226|2024",
    content_digest="d",
    agency_id=1,
    issuer="Sở Tài chính",
    reference="226/STC-NS",
    issued_on=date(2024, 8, 8),
    document_type="",
    subject="Quyết toán 6 tháng",
    urgency="normal",
    facts_id=1,
    decision_id=1,
    action="hold",
    reasons=("enclosures-missing",),
    signatures_seen=2,
    signatures_valid=2,
    enclosures_declared=2,
    enclosures_found=1,
    due_at=None,
    received_at=NOW - timedelta(minutes=32),
)
EMPTY = DeskView(
    unit=UNIT,
    at=NOW,
    series=(SERIES,),
    arrival=Arrival(door="smtp", at=NOW - timedelta(minutes=1)),
    unread=0,
    unanswered=0,
    checking=0,
    filed_today=0,
    flashes=(),
    undecided=(),
    ready=(),
    leaving=(),
    deposits=(),
    unreadable=(),
    letterless=0,
    stuck=(),
    calls=(),
)
PAPER = Deposit(
    id=312,
    version=1,
    draft=DepositDraft(
        unit_id=1,
        kind=DepositKind.DOCUMENT,
        state=DepositState.OVERDUE,
        letter_id=9,
        agency_id=2,
        sender="Sở Nội vụ",
        document_key="k",
        reference="540/SNV-TC",
        issued_on=date(2024, 8, 6),
        document_type="",
        subject="giao biên chế",
        pages=3,
        exception="",
        deposited_at=NOW - timedelta(days=2),
        due_at=None,
        received_by="Lan",
    ),
    entry_id=None,
    partner_letter_id=None,
    handed_to="",
    handed_at=None,
)


def item(number=128, twin_id=None, sender="Sở Tài chính", **changes):
    letter = Letter(id=number, version=1, draft=replace(DRAFT, **changes), decided_by="mailhub", decided_at=NOW)
    return DeskLetter(letter=letter, sender=sender, files=2, twin_id=twin_id)


def frame(width=100, language=Language.VI, *, expanded=False):
    return Frame(clerk="Lan", gateway="chưa dùng", language=language, width=width, expanded=expanded)


def drawn(view, **changes):
    return [*head_lines(view, frame(**changes)), *body_lines(view, frame(**changes))]


def text_of(view, **changes):
    return "\n".join(line.text for line in drawn(view, **changes))


def test_the_desk_looks_as_it_was_drawn():
    view = replace(EMPTY, undecided=(item(), item(129, twin_id=128, reasons=("possible-replacement",), enclosures_found=2)))
    assert text_of(replace(view, ready=(item(130),)), width=92).splitlines() == [
        "VĂN THƯ · UBND TỈNH · T6 09/8 07:42 · trực: Lan                          Số đến kế tiếp 4818",
        "Thư gần nhất 07:41 (SMTP) · hôm nay vào sổ 0, chưa trả lời 0 · SMS chưa dùng",
        "─ CẦN QUYẾT 2 " + "─" * 78,
        " h128 07:10 Sở Tài chính 226/STC-NS Quyết toán 6 tháng KÝ 2/2 TỆP 2/3 thiếu tệp",
        " h129 07:10 Sở Tài chính 226/STC-NS (trùng số h128)    KÝ 2/2 TỆP 3/3 trùng số, gửi lại?",
        "─ SẴN SÀNG VÀO SỔ 1 (đủ điều kiện) " + "─" * 29 + " V = vào sổ cả 1 · ⏎ = mở ra",
    ]


def test_on_a_narrow_terminal_the_subject_gives_way_before_the_reason():
    text = text_of(replace(EMPTY, undecided=(item(),)), width=70)
    assert "226/STC-NS" in text
    assert "thiếu tệp" in text
    assert "Quyết toán" not in text


def test_a_sealed_letter_shows_nothing_of_what_it_says():
    sealed = item(124, state=LetterState.SEALED, subject="hồ sơ cán bộ", reasons=("secrecy-mark",))
    text = text_of(replace(EMPTY, undecided=(sealed,), flashes=(Flash(letter=sealed.letter, entry=None),)))
    assert "hồ sơ" not in text
    assert text.count("[không hiện]") == 2
    assert "NGHI MẬT" in text


def test_what_can_be_selected_names_a_record_and_never_a_position():
    view = replace(EMPTY, undecided=(item(),), ready=(item(130),), leaving=(item(131),), deposits=(PAPER,))
    assert [line.target for line in drawn(view) if line.target] == ["h128", "G7-0312", READY, "h131"]
    assert [line.target for line in drawn(view, expanded=True) if line.target] == ["h128", "G7-0312", READY, "h130", "h131"]


def test_overdue_paper_is_to_be_decided_and_stands_in_the_tray():
    text = text_of(replace(EMPTY, deposits=(PAPER,)))
    assert "CẦN QUYẾT 1" in text
    assert "GIẤY quá hạn, trả?" in text
    assert "GIẤY TRONG KHAY 1 · quá hạn 1: 540/SNV-TC" in text


def test_who_must_be_called_is_named_with_the_number():
    call = DeskCall(meeting_id=12, name="Giám đốc Sở Y tế", phones=("+84912000117",))
    assert "GỌI 1: Giám đốc Sở Y tế (m12 +84912000117)" in text_of(replace(EMPTY, calls=(call,)))


@given(
    width=st.integers(20, 200),
    text=st.text(max_size=60),
    language=st.sampled_from(Language),
    expanded=st.booleans(),
)
def test_no_line_is_wider_than_the_terminal_whatever_agencies_write(width, text, language, expanded):
    unit = replace(UNIT, name=f"UBND {text}")
    strange = item(sender=text, reference=text, subject=text)
    view = replace(
        EMPTY,
        unit=unit,
        undecided=(strange, item(129, twin_id=128)),
        ready=(strange,),
        leaving=(strange,),
        deposits=(replace(PAPER, draft=replace(PAPER.draft, sender=text, reference=text, subject=text)),),
        flashes=(Flash(letter=strange.letter, entry=None),),
    )
    for line in drawn(view, width=width, language=language, expanded=expanded)[1:]:
        assert cell_len(line.text) <= width, line.text
        assert "\n" not in line.text
        assert "\x1b" not in line.text


def test_marks_that_stand_alone_are_composed_before_they_are_measured():
    decomposed = unicodedata.normalize("NFD", "Sở Tài chính")
    assert "Sở Tài chính" in text_of(replace(EMPTY, undecided=(item(sender=decomposed),)))


@pytest.mark.parametrize(
    ("length", "shown"),
    [(timedelta(minutes=10), "07:32"), (timedelta(days=1), "T5"), (timedelta(days=6), "T7"), (timedelta(days=7), "02/08")],
)
def test_a_moment_is_the_time_today_then_the_weekday_then_the_date(length, shown):
    assert short_moment(NOW - length, EMPTY, frame()) == shown


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 0), (-5, 0), (1, 1), (60, 1), (61, 2), (600, 10)])
def test_minutes_are_counted_up_while_any_of_one_is_left(seconds, minutes):
    assert minutes_left(NOW + timedelta(seconds=seconds), NOW) == minutes


@given(text=st.text(max_size=80), width=st.integers(0, 80))
def test_cutting_never_leaves_more_than_there_is_room_for(text, width):
    assert cell_len(cut(text, width)) <= width


def test_two_ends_of_a_line_meet_without_touching():
    assert spread("VĂN THƯ", "4818", 13) == "VĂN THƯ  4818"
    assert cell_len(spread("VĂN THƯ · UBND TỈNH", "4818", 13)) == 13
