import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mailhub.notices.return_path import MAX_DISPATCH_ID, sign, verify

KEY, DOMAIN = b"k" * 32, "vpub.tinh.example"
numbers = st.integers(1, MAX_DISPATCH_ID)


@given(numbers)
def test_a_return_path_names_its_dispatch(number):
    assert verify(sign(number, key=KEY, domain=DOMAIN), key=KEY, domain=DOMAIN) == number


@given(numbers)
def test_the_signature_survives_a_change_of_case(number):
    address = sign(number, key=KEY, domain=DOMAIN)
    assert verify(address.upper(), key=KEY, domain=DOMAIN) == number
    assert verify(f"<{address}>", key=KEY, domain=DOMAIN) == number


@given(numbers)
def test_the_address_fits_the_limits_of_smtp(number):
    # RFC 5321, 4.5.3.1.1: 64 octets for a local part; letters, digits, plus and dot need no quoting.
    local = sign(number, key=KEY, domain=DOMAIN).rpartition("@")[0]
    assert len(local) <= 64
    assert local.replace("+", "").replace(".", "").isalnum()


@given(numbers, st.integers(0, 200), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567+.@"))
def test_no_altered_address_is_believed(number, position, character):
    address = sign(number, key=KEY, domain=DOMAIN)
    position %= address.index("@")
    assume(address[position] != character)
    assert verify(address[:position] + character + address[position + 1 :], key=KEY, domain=DOMAIN) is None


@given(numbers, st.binary(min_size=32, max_size=32))
def test_another_key_is_not_believed(number, key):
    assume(key != KEY)
    assert verify(sign(number, key=key, domain=DOMAIN), key=KEY, domain=DOMAIN) is None


@given(numbers)
def test_another_domain_is_not_believed(number):
    address = sign(number, key=KEY, domain=DOMAIN)
    assert verify(address, key=KEY, domain="other.example") is None
    assert verify(address.replace(DOMAIN, "other.example"), key=KEY, domain="other.example") is None


def test_raw_octets_in_an_address_are_no_signature():
    address = sign(7, key=KEY, domain=DOMAIN).replace(f"@{DOMAIN}", f"\udc80@{DOMAIN}")
    assert verify(address, key=KEY, domain=DOMAIN) is None


@given(st.text() | st.text().map(lambda text: f"bounce+{text}@{DOMAIN}"))
def test_any_other_text_is_no_return_path(text):
    assert verify(text, key=KEY, domain=DOMAIN) is None


@pytest.mark.parametrize("number", [0, -1, MAX_DISPATCH_ID + 1])
def test_only_a_dispatch_number_is_signed(number):
    with pytest.raises(ValueError, match="dispatch number"):
        sign(number, key=KEY, domain=DOMAIN)
