"""Who is meant by what a clerk types."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.directory.naming import Roll
from mailhub.errors import RefusedError
from mailhub.language import Language
from mailhub.profiles.vn.positions import written_out
from storage.records import Official, OfficialGroup

PEOPLE = (
    ("SYT-GD", "Trần Văn Hà", "Giám đốc", "Sở Y tế"),
    ("SYT-PGD1", "Trần Văn Hạ", "Phó Giám đốc", "Sở Y tế"),
    ("SYT-PGD2", "Lê Thị Đào", "Phó Giám đốc", "Sở Y tế"),
    ("STC-GD", "Phạm Ngọc Ánh", "Giám đốc", "Sở Tài chính"),
    ("CT", "Nguyễn Văn An", "Chủ tịch", "UBND tỉnh"),
    ("PCT-VX", "Hoàng Thị Bình", "Phó Chủ tịch", "Ủy ban nhân dân tỉnh"),
    ("CVP", "Đỗ Minh", "Chánh Văn phòng", ""),
    ("CHI", "Vũ Ba", "Chi cục trưởng", "Chi cục Thủy lợi"),
)


def official(number, code, name, position, organisation, **fields):
    values = {"agency_id": None, "addresses": (), "phones": (), "assistant_codes": (), "closed_on": None} | fields
    return Official(id=number, unit_id=1, code=code, name=name, position=position, organisation=organisation, **values)


OFFICIALS = tuple(official(number, *words, agency_id=number) for number, words in enumerate(PEOPLE, start=1))
GROUPS = (
    OfficialGroup(id=1, unit_id=1, code="BCH", name="Ban Chỉ huy phòng chống thiên tai", member_ids=(5, 8, 1)),
    OfficialGroup(id=2, unit_id=1, code="TRONG", name="Nhóm trống", member_ids=()),
)
TODAY = date(2024, 8, 9)
ROLL = Roll(day=TODAY, officials=OFFICIALS, groups=GROUPS, aliases={1: ("SYT",), 2: ("SYT",), 3: ("SYT",), 4: ("STC",)})


def codes(*texts, roll=ROLL):
    return [official.code for official in roll.resolve(texts).required()]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("syt-gd", "SYT-GD"),
        ("Giám đốc Sở Y tế", "SYT-GD"),
        ("giam doc so y te", "SYT-GD"),
        ("GĐ Sở Y tế", "SYT-GD"),
        ("GĐ SYT", "SYT-GD"),
        ("GĐ, Sở Y tế", "SYT-GD"),
        ("Giám đốc STC", "STC-GD"),
        ("Phạm Ngọc Ánh", "STC-GD"),
        ("bà Phạm Ngọc Ánh", "STC-GD"),
        ("Đồng chí Phạm Ngọc Ánh", "STC-GD"),
        ("đ/c Phạm Ngọc Ánh, Giám đốc Sở Tài chính", "STC-GD"),
        ("Giám đốc Sở Tài chính Phạm Ngọc Ánh", "STC-GD"),
        ("CT", "CT"),
        ("Chủ tịch Ủy ban nhân dân tỉnh", "CT"),
        ("CT UBND tỉnh", "CT"),
        ("PCT UBND tỉnh", "PCT-VX"),
        ("Chánh Văn phòng", "CVP"),
        ("cvp", "CVP"),
        ("Chi cục trưởng Chi cục Thủy lợi", "CHI"),
        ("PGĐ Sở Y tế Lê Thị Đào", "SYT-PGD2"),
        ("Trần Văn Hà", "SYT-GD"),
        ("Trần Văn Hạ", "SYT-PGD1"),
        ("Tra\u0302\u0300n Va\u0306n Ha\u0323", "SYT-PGD1"),
    ],
)
def test_an_official_is_found_by_code_name_or_position(text, code):
    assert codes(text) == [code]


def test_everybody_is_there_once_in_the_order_of_the_texts():
    assert codes("GĐ STC", "nhom:bch", "SYT-GD", "Chủ tịch UBND tỉnh") == ["STC-GD", "CT", "CHI", "SYT-GD"]


@pytest.mark.parametrize("text", ["nhom:BCH", "nhóm: bch", "GROUP:bch", "nhom:Ban chi huy phong chong thien tai"])
def test_a_group_is_named_by_its_code_or_name(text):
    assert codes(text) == ["CT", "CHI", "SYT-GD"]


def test_a_position_that_several_hold_is_not_guessed():
    resolved = ROLL.resolve(["PGĐ Sở Y tế", "Giám đốc", "tran van ha"])
    assert [[one.code for one in several.officials] for several in resolved.ambiguous] == [
        ["SYT-PGD1", "SYT-PGD2"],
        ["SYT-GD", "STC-GD"],
        ["SYT-GD", "SYT-PGD1"],
    ]
    with pytest.raises(RefusedError, match="give the code: SYT-PGD1 "):
        resolved.required()


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("Pham Ngoc Anhh", "STC-GD"),
        ("Sở Tài chính", "STC-GD"),
        ("Giam doc So Tai chinhs", "STC-GD"),
        ("nhom:BHC", "nhom:BCH"),
        ("nhom:thiên tai", "nhom:BCH"),
    ],
)
def test_an_unknown_name_comes_with_what_is_near(text, near):
    (unknown,) = ROLL.resolve([text]).unknown
    assert unknown.near[0].startswith(near)


@pytest.mark.parametrize("text", ["", "  ", "?!", "nhom:", "nhom:TRONG", "Bộ trưởng Bộ Quốc phòng"])
def test_what_names_nobody_is_unknown(text):
    assert [unknown.text for unknown in ROLL.resolve([text]).unknown] == [text]


def test_who_has_left_is_answered_with_who_follows():
    left = official(90, "SYT-CU", "Lý Cũ", "Giám đốc", "Sở Y tế", closed_on=date(2024, 8, 1))
    roll = Roll(day=TODAY, officials=(*OFFICIALS, left), groups=GROUPS)
    (unknown,) = roll.resolve(["SYT-CU"]).unknown
    assert unknown.near == ("SYT-GD (Trần Văn Hà, Giám đốc Sở Y tế)",)
    assert codes("Giám đốc Sở Y tế", roll=roll) == ["SYT-GD"]


def test_all_that_is_unclear_is_told_at_once_in_both_languages():
    with pytest.raises(RefusedError) as refused:
        codes("SYT-GD", "Giám đốc", "Ai đó", "nhom:X")
    assert [line.split(":")[0].strip() for line in str(refused.value).splitlines()[1:]] == ["'Ai đó'", "'nhom", "'Giám đốc'"]
    assert "không có cán bộ hay nhóm này" in refused.value.in_(Language.VI)


@given(st.lists(st.text() | st.sampled_from(["nhom:", "GĐ", "Sở", "Y tế", "ông", "CT"])))
def test_any_text_is_found_unknown_or_ambiguous(texts):
    resolved = ROLL.resolve(texts)
    unclear = {item.text for item in (*resolved.unknown, *resolved.ambiguous)}
    assert unclear <= set(texts)
    assert len(resolved.officials) == len({item.id for item in resolved.officials})


@given(st.lists(st.sampled_from(["GĐ", "PCT", "giám", "đốc", "ubnd", "Sở"])).map(" ".join))
def test_writing_out_twice_changes_nothing(text):
    assert written_out(written_out(text)) == written_out(text)
