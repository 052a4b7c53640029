import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms.text import Alphabet, measure, without_marks

POSTPONED = (
    "VPUB TINH: HOAN HOP GM 226 (van ban dien tu) 8h00 T6 09/8. CHUA co lich moi, se bao sau. "
    "Tin nay (lan 2, 09h40) thay tin truoc. LH Lan 0901234567"
)


@pytest.mark.parametrize(
    ("text", "alphabet", "segments"),
    [
        ("", Alphabet.GSM7, 0),
        ("a" * 160, Alphabet.GSM7, 1),
        ("a" * 161, Alphabet.GSM7, 2),
        ("a" * 306, Alphabet.GSM7, 2),
        ("a" * 307, Alphabet.GSM7, 3),
        ("€" * 80, Alphabet.GSM7, 1),
        ("€" * 81, Alphabet.GSM7, 2),
        ("đ" * 70, Alphabet.UCS2, 1),
        ("đ" * 71, Alphabet.UCS2, 2),
        ("đ" * 134, Alphabet.UCS2, 2),
        ("đ" * 135, Alphabet.UCS2, 3),
        ("\U0001f600" * 35, Alphabet.UCS2, 1),
        ("\U0001f600" * 36, Alphabet.UCS2, 2),
        ("\U0001f600" * 67, Alphabet.UCS2, 3),
        ("à è é ì ò ù É", Alphabet.GSM7, 1),
    ],
)
def test_segments_of_known_texts(text, alphabet, segments):
    found = measure(text)
    assert (found.alphabet, found.segments) == (alphabet, segments)


def test_an_escaped_character_is_not_cut_at_the_end_of_a_segment():
    assert measure("a" * 152 + "€" + "a" * 151).segments == 2
    assert measure("a" * 152 + "€" + "a" * 152).segments == 3


def test_decomposed_text_costs_no_more_than_composed_text():
    assert measure("e\u0302\u0301" * 70).units == 70


def test_the_office_s_postponement_fits_one_segment():
    assert measure(POSTPONED).segments == 1


def test_marks_are_dropped_and_d_with_stroke_is_mapped():
    assert without_marks("Đề nghị đồng chí dự họp") == "De nghi dong chi du hop"


@given(st.text(max_size=300))
def test_a_text_never_takes_fewer_segments_than_its_units_need(text):
    found = measure(text)
    part = 153 if found.alphabet is Alphabet.GSM7 else 67
    single = 160 if found.alphabet is Alphabet.GSM7 else 70
    assert found.segments == (0 if not found.text else 1) if found.units <= single else found.segments >= -(-found.units // part)


@given(st.text(alphabet="aáàảãạăắằẳẵặâấầẩẫậbcdđeéèẻẽẹêếềểễệiíìỉĩịoóòỏõọôốồổỗộơớờởỡợuúùủũụưứừửữựyýỳỷỹỵ ", max_size=100))
def test_vietnamese_without_marks_always_fits_the_gsm_alphabet(text):
    assert measure(without_marks(text)).alphabet is Alphabet.GSM7
