import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms.alphabet import BASIC, ESCAPE, EXTENSION, Alphabet, alphabet_of, cost, octets
from sms.errors import TextTooLongError
from sms.text import PART, SINGLE, fitting, in_plain_signs, measure, split, without_marks

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


# The bodies and figures that Twilio publishes with its segment calculator, made here from their description.
DIGITS = "1234567890" * 31
WITH_EMOJI = "\U0001f61c" + DIGITS[1:]
FLAG = "\U0001f1ee\U0001f1f9" + DIGITS[1:]
RAINBOW = "\U0001f3f3\ufe0f\U0001f308" + DIGITS[1:]


@pytest.mark.parametrize(
    ("text", "alphabet", "segments", "bits"),
    [
        (DIGITS[:160], Alphabet.GSM7, 1, 1120),
        (DIGITS[:161], Alphabet.GSM7, 2, 1127),
        (DIGITS[:307], Alphabet.GSM7, 3, 2149),
        (WITH_EMOJI[:69], Alphabet.UCS2, 1, 1120),
        (WITH_EMOJI[:70], Alphabet.UCS2, 2, 1136),
        (WITH_EMOJI[:134], Alphabet.UCS2, 3, 2160),
        (FLAG[:68], Alphabet.UCS2, 1, 1120),
        (FLAG[:69], Alphabet.UCS2, 2, 1136),
        # Scalars: the flag of four units, a joiner and its digits.
        (RAINBOW[:68], Alphabet.UCS2, 1, 1120),
        (RAINBOW[:69], Alphabet.UCS2, 2, 1136),
        ("\U0001f600" + "]" * 68, Alphabet.UCS2, 1, 1120),
        ("\U0001f600" + "]" * 69, Alphabet.UCS2, 2, 1136),
    ],
)
def test_published_vectors_of_segments_and_size(text, alphabet, segments, bits):
    found = measure(text)
    assert (found.alphabet, found.segments) == (alphabet, segments)
    assert found.units * (7 if alphabet is Alphabet.GSM7 else 16) == bits


@pytest.mark.parametrize("letter", "|^€{}[]~\\")
def test_published_vectors_of_escaped_characters(letter):
    assert measure(letter + DIGITS[:158]).segments == 1
    assert measure(letter + DIGITS[:159]).segments == 2


@pytest.mark.parametrize("letter", "ÁÚúçíÍóÓ")
def test_published_vectors_of_accented_letters_outside_gsm(letter):
    assert [measure(letter * count).segments for count in (70, 71)] == [1, 2]


def test_of_the_vietnamese_letters_only_seven_are_in_the_gsm_alphabet():
    vowels = "aăâeêioôơuưy"
    tones = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
    lower = {unicodedata.normalize("NFC", vowel + tone) for vowel in vowels for tone in tones} | {"đ"}
    accented = {form for letter in lower for form in (letter, letter.upper()) if not form.isascii()}
    assert len(accented) == 134
    assert {letter for letter in accented if letter in BASIC} == set("àèéìòùÉ")


ANY_TEXT = st.text(max_size=400) | st.text(alphabet="aé€đ\U0001f600[", max_size=400)


@given(ANY_TEXT)
def test_the_segments_joined_are_the_text_and_each_is_within_its_limit(text):
    parts, composed = split(text), unicodedata.normalize("NFC", text)
    assert "".join(parts) == composed
    assert all(parts)
    alphabet = alphabet_of(composed)
    limit = (SINGLE if len(parts) == 1 else PART)[alphabet]
    sizes = [sum(cost(letter, alphabet) for letter in part) for part in parts]
    assert all(size <= limit for size in sizes)
    # No part could have taken the first character of the next one.
    nexts = [cost(part[0], alphabet) for part in parts[1:]]
    assert all(size + more > limit for size, more in zip(sizes, nexts, strict=False))


@given(ANY_TEXT)
def test_octets_say_the_text_again_and_no_part_holds_half_a_character(text):
    alphabet = alphabet_of(unicodedata.normalize("NFC", text))
    letters = {code: letter for letter, code in BASIC.items()}
    escaped = {code: letter for letter, code in EXTENSION.items()}
    for part in split(text):
        sent = octets(part, alphabet)
        if alphabet is Alphabet.UCS2:
            assert sent.decode("utf-16-be", "surrogatepass") == part
            continue
        codes = iter(sent)
        assert "".join(escaped[next(codes)] if code == ESCAPE else letters[code] for code in codes) == part


@pytest.mark.parametrize(
    ("typographic", "plain"),
    [
        ("“HỌP”", '"HỌP"'),
        ("8h00–9h00", "8h00-9h00"),
        ("Phòng\u00a0họp", "Phòng họp"),
        ("v.v…", "v.v..."),
        ("l’office", "l'office"),
        ("a\u200bb\ufeffc", "abc"),
        ("dòng 1\r\ndòng 2\rdòng 3", "dòng 1\ndòng 2\ndòng 3"),
        ("a\x00\x1bb", "ab"),
    ],
)
def test_typographic_signs_are_sent_as_plain_ones(typographic, plain):
    assert in_plain_signs(typographic) == plain


@pytest.mark.parametrize("sign", "“”„‘’–—…\u00a0\u202f\u2011\u00ad\u200b`´•№×")
def test_no_typographic_sign_makes_a_text_dearer(sign):
    assert fitting(f"Kính mời{sign}đồng chí").alphabet is Alphabet.GSM7


def test_a_text_is_sent_without_diacritics_unless_they_are_wanted():
    accented = "Dời họp đến 9h00"
    assert fitting(accented).text == "Doi hop den 9h00"
    assert fitting(accented, diacritics=True).text == accented
    assert fitting(accented, "CHUYEN LICH họp: 9h00").text == "CHUYEN LICH hop: 9h00"
    assert fitting(accented, "CHUYEN LICH hop: 9h00", diacritics=True).text == accented


def test_an_invitation_costs_twice_as_much_with_diacritics():
    invitation = (
        "VPUB TỈNH: Kính mời đồng chí dự họp về phòng chống bão số 3, 8h00 thứ Sáu 09/8, phòng 201. LH Lan 0901 234 567./."
    )
    assert measure(invitation).segments == 2
    assert fitting(invitation).segments == 1


def test_a_text_of_more_segments_than_allowed_is_refused_with_both_figures():
    with pytest.raises(TextTooLongError) as caught:
        fitting("a" * 460, most=3)
    assert (caught.value.segments, caught.value.most) == (4, 3)
    assert fitting("a" * 459, most=3).segments == 3
