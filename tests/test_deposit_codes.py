"""Codes of paper: what a clerk mistypes is nobody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.deposit_codes import MAX_ID, deposit_code, deposits_named, looks_like_deposit_code, parse_deposit_code

IDS = st.integers(1, MAX_ID)


def test_a_code_has_a_check_digit_and_at_least_four_digits():
    assert deposit_code(312) == "G7-0312"
    assert deposit_code(1) == "G3-0001"
    assert deposit_code(123456) == "G8-123456"


@pytest.mark.parametrize("text", ["G7-0312", "g7-0312", " G7 0312 ", "G70312", "g7.0312", "G7–0312"])
def test_a_code_is_known_in_every_writing(text):
    assert parse_deposit_code(text) == 312


@pytest.mark.parametrize("text", ["G9-0312", "G7-312", "G7-00312", "h312", "0312", "", "G0-0000", "G٩-0312", "G7-٠٣١٢"])
def test_anything_else_is_no_code(text):
    assert parse_deposit_code(text) is None


def test_a_mistyped_code_is_still_seen_as_one():
    assert looks_like_deposit_code("G9-0312")
    assert not looks_like_deposit_code("226/STC")


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("Gửi bản điện tử 540/SNV-TC, mã G7-0312", {312}),
        ("g7-0312; G3-0001", {312, 1}),
        ("[G7-0312] Re: G9-0312", {312}),
        ("XG7-0312 G7-03121x 226/STC", set()),
    ],
)
def test_codes_are_found_in_the_subject_of_a_mail(subject, found):
    assert deposits_named(subject) == found


def test_no_deposit_has_no_code():
    with pytest.raises(ValueError, match="no deposit number"):
        deposit_code(0)


@given(IDS)
def test_every_deposit_s_code_names_it(deposit_id):
    assert parse_deposit_code(deposit_code(deposit_id)) == deposit_id


@given(IDS, st.data())
def test_one_wrong_digit_names_nobody(deposit_id, data):
    code = deposit_code(deposit_id)
    place = data.draw(st.sampled_from([index for index, letter in enumerate(code) if letter.isdigit()]))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != code[place]))
    assert parse_deposit_code(code[:place] + wrong + code[place + 1 :]) is None


@given(st.text(max_size=30))
def test_any_text_is_read_without_an_error(text):
    parse_deposit_code(text)
