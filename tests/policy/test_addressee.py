"""Who is meant by "Kính gửi" and "Nơi nhận"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.policy.addressee import Addressing, addressing, entries
from parsers.letter import LetterFields
from tests.policy.builders import DIRECTORY, SETTINGS, text


def place(to=(), copies=()):
    fields = LetterFields(addressees=tuple(map(text, to)), copies_to=tuple(map(text, copies)))
    return addressing(fields, DIRECTORY, SETTINGS)


@pytest.mark.parametrize(
    "line",
    [
        "Ủy ban nhân dân tỉnh",
        "ỦY BAN NHÂN DÂN TỈNH HẢI DƯƠNG",
        "UBND tỉnh Hải Dương",
        "Uy ban nhan dan tinh",
        "Thường trực UBND tỉnh",
        "Đồng chí Chủ tịch UBND tỉnh",
        "Lãnh đạo Văn phòng UBND tỉnh;",
        "- UBND tỉnh (để báo cáo);",
        "UBND tỉnh; Sở Tài chính",
        "Sở Tài chính, UBND tỉnh",
        "Sở Y tế\n- UBND tỉnh",
    ],
)
def test_the_unit_is_recognised(line):
    assert place([line]) is Addressing.TO


@pytest.mark.parametrize(
    "line",
    [
        "UBND tỉnh Bắc Ninh",
        "UBND thành phố Hải Dương",
        "Hội đồng nhân dân tỉnh",
        "Đoàn kiểm tra UBND tỉnh",
        "Sở Tài chính",
        "UBND các huyện; Tỉnh ủy",
        "Hải Dương",
    ],
)
def test_another_body_is_not_taken_for_the_unit(line):
    assert place([line], ["Lưu: VT"]) is Addressing.OTHERS


@pytest.mark.parametrize("line", ["UBND tỉnh (để biết)", "UBND tỉnh (để b/c; để theo dõi)", "- UBND tỉnh (để tham khảo)"])
def test_a_letter_for_information_is_known_by_its_words(line):
    assert place([line]) is Addressing.INFORMATION


def test_who_is_asked_once_is_asked_even_if_informed_elsewhere():
    assert place(["UBND tỉnh", "Văn phòng UBND tỉnh (để biết)"]) is Addressing.TO


def test_copies_inform_where_somebody_else_is_addressed_and_address_where_nobody_is():
    assert place(["Sở Y tế"], ["Như trên;", "UBND tỉnh;"]) is Addressing.INFORMATION
    assert place([], ["UBND tỉnh;", "Lưu: VT"]) is Addressing.TO


def test_without_any_address_line_nobody_is_named():
    assert place() is Addressing.UNNAMED


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("A; B, C", ("A", "B", "C")),
        ("A (x; y); B", ("A (x  y)", "B")),
        ("- A\n- B", ("A", "B")),
        ("A (x; y", ("A (x  y",)),
        ("A - B", ("A", "B")),
        ("STC-NS", ("STC-NS",)),
        (";,", ()),
    ],
)
def test_a_line_is_divided_into_its_addressees(line, expected):
    assert entries(line) == expected


@given(st.text(), st.text())
def test_any_text_is_placed(to, copy):
    assert place([to], [copy]) in Addressing
