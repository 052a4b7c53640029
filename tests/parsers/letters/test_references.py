"""Numbers with symbols in the shapes of state, Party and firm; dates that exist."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.profiles.vn.letter_rules import LETTER_RULES
from parsers.letter import document_key
from parsers.letters.references import dates_in, labelled_reference, references_in, whole_reference
from parsers.letters.titles import types_of_symbol


@pytest.mark.parametrize(
    ("text", "number", "symbol", "document_type"),
    [
        ("4556/QĐ-UBND", "4556", "QĐ-UBND", "Quyết định"),
        ("571/TB-VP", "571", "TB-VP", "Thông báo"),
        ("15/CT-TTg", "15", "CT-TTg", "Chỉ thị"),
        ("07/CTr-UBND", "07", "CTr-UBND", "Chương trình"),
        ("226/UBND-TTTH", "226", "UBND-TTTH", None),
        ("1950/TTg-KGVX", "1950", "TTg-KGVX", None),
        ("28/2018/QĐ-TTg", "28", "2018/QĐ-TTg", "Quyết định"),
        ("05/2010/TT-BNV", "05", "2010/TT-BNV", "Thông tư"),
        ("12/GM-UBND", "12", "GM-UBND", "Giấy mời"),
        ("88/TTr-SNN", "88", "TTr-SNN", "Tờ trình"),
        ("3/QyĐ-SNV", "3", "QyĐ-SNV", "Quy định"),
        ("45-CV/VPTU", "45", "CV/VPTU", "Công văn"),
        ("123-QĐ/TU", "123", "QĐ/TU", "Quyết định"),
        ("12-NQ/TU", "12", "NQ/TU", "Nghị quyết"),
        ("45/CV-UBND", "45", "CV-UBND", "Công văn"),
        ("101322/CTHN-TTHT", "101322", "CTHN-TTHT", None),
        ("226a/SGDĐT-GDTrH", "226a", "SGDĐT-GDTrH", None),
        ("02/2011/TTLT-VPCP-BNV", "02", "2011/TTLT-VPCP-BNV", "Thông tư liên tịch"),
        ("05/2024/CV-HP", "05", "2024/CV-HP", "Công văn"),
    ],
)
def test_a_reference_is_taken_apart(text: str, number: str, symbol: str, document_type: str | None) -> None:
    reference = whole_reference(text, LETTER_RULES)
    assert reference is not None
    assert (reference.number, reference.symbol, reference.printed) == (number, symbol, text)
    types = types_of_symbol(symbol, LETTER_RULES)
    assert (types[0] if types else None) == document_type


@pytest.mark.parametrize("text", ["05/2024", "16/01/2014", "1/3", "Q/2", "/UBND", "12", "UBND-TH", "12/", "0296.3841.222"])
def test_what_is_no_reference(text: str) -> None:
    assert whole_reference(text, LETTER_RULES) is None


@pytest.mark.parametrize(
    ("tail", "printed"),
    [
        ("226 /UBND-TTTH", "226/UBND-TTTH"),
        ("226/ UBND - TTTH", "226/UBND-TTTH"),
        ("45 - CV/VPTU", "45-CV/VPTU"),
        ("226/UBND-TTTH Tây Ninh, ngày 16 tháng 01 năm 2014", "226/UBND-TTTH"),
        ("226/UBND-TTTH - V/v báo cáo", "226/UBND-TTTH"),
        ("2 26/UBND-TTTH", "226/UBND-TTTH"),
        ("226/UBND–TTTH.", "226/UBND-TTTH"),
    ],
)
def test_blanks_and_dashes_of_any_kind_are_put_right(tail: str, printed: str) -> None:
    reference, _, _ = labelled_reference(tail, LETTER_RULES)
    assert reference is not None
    assert reference.printed == printed


@pytest.mark.parametrize("tail", ["       /UBND-TTTH", "……/UBND-TTTH", "...../UBND-TTTH", "____/UBND-TTTH"])
def test_a_blank_number_leaves_the_symbol(tail: str) -> None:
    assert labelled_reference(tail, LETTER_RULES)[:2] == (None, "UBND-TTTH")


def test_references_in_running_text_are_no_dates() -> None:
    text = "theo Công văn số 226/UBND-TTTH ngày 16/01/2014 và Nghị quyết 12-NQ/TU, tỷ lệ 3/4, năm học 2024-2025"
    assert [reference.printed for reference in references_in(text, LETTER_RULES)] == ["226/UBND-TTTH", "12-NQ/TU"]


@pytest.mark.parametrize(
    ("text", "value", "place"),
    [
        ("Thành phố Hồ Chí Minh, ngày 16 tháng 01 năm 2014", date(2014, 1, 16), "Thành phố Hồ Chí Minh"),
        ("Quận 5, ngày 6 tháng 4 năm 2011", date(2011, 4, 6), "Quận 5"),
        ("Hà Nội, ngày05 tháng11 năm2010", date(2010, 11, 5), "Hà Nội"),
        ("TP. Cần Thơ, ngày 05/01/2024", date(2024, 1, 5), "TP. Cần Thơ"),
        ("ngày 2 tháng 9 năm 2023", date(2023, 9, 2), ""),
    ],
)
def test_dates_with_and_without_place(text: str, value: date, place: str) -> None:
    assert [(printed.value, printed.place) for printed in dates_in(text, LETTER_RULES)] == [(value, place)]


@pytest.mark.parametrize(
    "text", ["ngày 31 tháng 02 năm 2024", "ngày    tháng 5 năm 2024", "ngày 1 tháng 1 năm 0024", "tháng 5 năm 2024"]
)
def test_days_that_do_not_exist_are_no_dates(text: str) -> None:
    assert dates_in(text, LETTER_RULES) == []


def test_one_document_has_one_key_however_it_is_spelled() -> None:
    assert document_key("SỞ TÀI CHÍNH", "026/STC-NS", 2024) == document_key("Sở  Tài chính", "26/stc – ns", 2024)
    assert document_key("Sở Tài chính", "26/STC-NS", 2024) != document_key("Sở Tài chính", "26/STC-NS", 2023)
    assert document_key("Sở Tài chính", "26/STC-NS", 2024) != document_key("Sở Tư pháp", "26/STC-NS", 2024)


@given(st.text())
def test_any_text_is_searched_without_error(text: str) -> None:
    whole_reference(text, LETTER_RULES)
    labelled_reference(text, LETTER_RULES)
    list(references_in(text, LETTER_RULES))
    dates_in(text, LETTER_RULES)
    document_key(text, text, 2024)
