from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms.errors import InvalidNumberError
from sms.numbers import RENUMBERED_2018, parse_number


@pytest.mark.parametrize(
    "text",
    ["0912345678", "+84912345678", "0084912345678", "84912345678", "+84 (0)912 345 678", "0912.345.678", "０９１２３４５６７８"],
)
def test_every_way_to_write_a_mobile_number_gives_one_e164_number(text):
    assert parse_number(text) == "+84912345678"


@pytest.mark.parametrize(("old", "new"), RENUMBERED_2018.items())
def test_an_old_eleven_digit_number_gets_its_new_prefix(old, new):
    assert parse_number(f"{old}2345678") == f"+84{new[1:]}2345678"
    assert parse_number(f"+84{old[1:]}2345678") == f"+84{new[1:]}2345678"


@pytest.mark.parametrize("text", ["", "abc", "02838292929", "19001234", "0912345678 / 0987654321", "0163123"])
def test_what_cannot_take_an_sms_is_refused(text):
    with pytest.raises(InvalidNumberError):
        parse_number(text)


def test_a_foreign_mobile_number_is_taken_with_its_country_code():
    assert parse_number("+447400123456") == "+447400123456"


@given(st.text(max_size=40))
def test_parsing_raises_nothing_but_invalid_number(text):
    with suppress(InvalidNumberError):
        assert parse_number(text).startswith("+")
