from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms.errors import InvalidNumberError, NumberFault
from sms.numbers import RENUMBERED_2018, parse_number


@pytest.mark.parametrize(
    "text",
    [
        "0912345678",
        "+84912345678",
        "0084912345678",
        "84912345678",
        "+84 (0)912 345 678",
        "+84 (0)912.345.678",
        "0912.345.678",
        "0912 345 678",
        "0912-345-678",
        "(0912) 345 678",
        "84 912 345 678",
        " 0912345678 ",
        "0912\u00a0345\u00a0678",
        "tel:+84912345678",
        "0912345678 ext 5",
        "０９１２３４５６７８",
        "＋８４９１２３４５６７８",
    ],
)
def test_every_way_to_write_a_mobile_number_gives_one_e164_number(text):
    assert parse_number(text) == "+84912345678"


@pytest.mark.parametrize(("old", "new"), RENUMBERED_2018.items())
def test_an_old_eleven_digit_number_gets_its_new_prefix(old, new):
    assert parse_number(f"{old}2345678") == f"+84{new[1:]}2345678"
    assert parse_number(f"+84{old[1:]}2345678") == f"+84{new[1:]}2345678"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", NumberFault.UNREADABLE),
        ("abc", NumberFault.UNREADABLE),
        ("không có", NumberFault.UNREADABLE),
        ("02838292929", NumberFault.NOT_MOBILE),
        ("0220 3 852 111", NumberFault.NOT_MOBILE),
        ("19001234", NumberFault.NOT_MOBILE),
        ("0163123", NumberFault.INVALID),
        ("0912345678/79", NumberFault.INVALID),
        ("113", NumberFault.INVALID),
    ],
)
def test_what_cannot_take_an_sms_is_refused(text, fault):
    with pytest.raises(InvalidNumberError) as caught:
        parse_number(text)
    assert caught.value.fault is fault


@pytest.mark.parametrize("between", ["/", " / ", ", ", ";", " - ", "-", "–", " ", "\n", " hoặc ", " và ", " (trợ lý) ", "|", "&"])
def test_two_numbers_in_one_field_are_refused_as_two(between):
    with pytest.raises(InvalidNumberError) as caught:
        parse_number(f"0912345678{between}0987654321")
    assert caught.value.fault is NumberFault.SEVERAL


PREFIXES_IN_USE = [
    *("086", "096", "097", "098", "032", "033", "034", "035", "036", "037", "038", "039"),
    *("088", "091", "094", "081", "082", "083", "084", "085"),
    *("089", "090", "093", "070", "076", "077", "078", "079"),
    *("092", "052", "056", "058", "099", "059", "087", "055"),
]


@pytest.mark.parametrize("prefix", PREFIXES_IN_USE)
def test_every_mobile_prefix_in_use_takes_an_sms(prefix):
    assert parse_number(f"{prefix}2345678") == f"+84{prefix[1:]}2345678"


@pytest.mark.parametrize(("old", "new"), [("0163.234.5678", "+84332345678"), ("+84 (0)163 234 5678", "+84332345678")])
def test_an_old_number_is_renumbered_however_it_is_written(old, new):
    assert parse_number(old) == new


def test_numbers_of_countries_that_are_not_allowed_are_refused():
    assert parse_number("0912345678", countries=("VN",)) == "+84912345678"
    assert parse_number("+447400123456", countries=("VN", "GB")) == "+447400123456"
    with pytest.raises(InvalidNumberError) as caught:
        parse_number("+447400123456", countries=("VN",))
    assert caught.value.fault is NumberFault.COUNTRY


def test_a_foreign_mobile_number_is_taken_with_its_country_code():
    assert parse_number("+447400123456") == "+447400123456"


@given(st.text(max_size=40))
def test_parsing_raises_nothing_but_invalid_number(text):
    with suppress(InvalidNumberError):
        assert parse_number(text).startswith("+")
