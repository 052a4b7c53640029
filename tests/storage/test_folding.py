"""One folding for every search."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.folding import fold, tokens

VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵĐÐ 0123456789/-."


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Quyết toán ngân sách", "quyet toan ngan sach"),
        ("NGHỊ  ĐỊNH\n\tsố", "nghi dinh so"),
        ("Ð\u1ed9c lập, Đông, Ɖ, đ, ð", "doc lap, dong, d, d, d"),
        ("226/STC-NS", "226/stc-ns"),
        ("", ""),
        ("Straße", "strasse"),
    ],
)
def test_fold_drops_marks_case_and_stroke(written, folded):
    assert fold(written) == folded


@given(st.text(VIETNAMESE) | st.text())
def test_composed_and_decomposed_text_fold_alike(text):
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text)) == fold(text)


@given(st.text(VIETNAMESE) | st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(VIETNAMESE))
def test_vietnamese_folds_to_ascii(text):
    assert fold(text).isascii()


@given(st.text() | st.text(VIETNAMESE))
def test_tokens_are_letters_and_digits_only(text):
    assert all(token.isalnum() and 0 < len(token) <= 64 for token in tokens(text))


def test_numbers_lose_leading_zeros():
    assert tokens("số 07/2026/NĐ-CP 000") == ["so", "7", "2026", "nd", "cp", "0"]
