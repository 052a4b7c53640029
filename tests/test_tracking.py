from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mailhub.errors import RefusedError
from mailhub.tracking import ALPHABET, RANDOM_OCTETS, new_tracking_code, normalise

codes = st.binary(min_size=RANDOM_OCTETS, max_size=RANDOM_OCTETS).map(lambda octets: new_tracking_code(lambda _: octets))


def test_a_code_is_shown_in_three_groups_of_four():
    assert new_tracking_code(lambda size: bytes(range(size))) == normalise(new_tracking_code(lambda size: bytes(range(size))))
    assert [len(group) for group in new_tracking_code().split("-")] == [4, 4, 4]


def test_a_code_holds_at_least_fifty_bits_of_the_source():
    changed = {new_tracking_code(lambda _, bit=bit: (1 << bit).to_bytes(7, "big")) for bit in range(55)}
    assert len(changed) == 55


def test_two_codes_from_the_system_differ():
    assert new_tracking_code() != new_tracking_code()


@given(codes)
def test_a_code_is_found_however_it_is_typed(code):
    assert normalise(code) == code
    assert normalise(code.lower().replace("-", "")) == code
    assert normalise(f"  {code.replace('-', ' – ')} ") == code
    assert normalise(code.replace("0", "o").replace("1", "l")) == code


@given(codes, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_noticed(code, position, character):
    plain = list(code.replace("-", ""))
    assume(plain[position] != character)
    plain[position] = character
    with pytest.raises(RefusedError, match="wrong or exchanged"):
        normalise("".join(plain))


@given(codes, st.integers(0, 11), st.integers(0, 11))
def test_every_pair_of_exchanged_characters_is_noticed(code, first, second):
    plain = list(code.replace("-", ""))
    assume(plain[first] != plain[second])
    plain[first], plain[second] = plain[second], plain[first]
    with pytest.raises(RefusedError):
        normalise("".join(plain))


@pytest.mark.parametrize("text", ["", "K7M4", "K7M4-Q2XD-90TU", "226/STC-NS", "K7M4-Q2XD-90TS-K7M4"])
def test_what_is_no_code_is_said_to_be_none(text):
    with pytest.raises(RefusedError, match="no tracking code"):
        normalise(text)


@given(st.text())
def test_any_text_is_a_code_or_is_refused(text):
    with suppress(RefusedError):
        assert normalise(normalise(text)) == normalise(text)
