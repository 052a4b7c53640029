"""The breaker: pauses grow, and one trial at a time is made."""

from hypothesis import given
from hypothesis import strategies as st

from mailhub.signing.breaker import FIRST_PAUSE, LONGEST_PAUSE, Breaker


def test_pauses_double_up_to_the_longest():
    breaker = Breaker(monotonic=lambda: 0.0)
    pauses = []
    for _ in range(8):
        breaker.failed()
        pauses.append(breaker.pause)
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE


def test_after_a_pause_only_the_first_caller_tries():
    now = [0.0]
    breaker = Breaker(monotonic=lambda: now[0])
    breaker.failed()
    now[0] = FIRST_PAUSE
    assert [breaker.lets_through() for _ in range(3)] == [True, False, False]


@given(st.lists(st.tuples(st.floats(0, 2000), st.booleans()), max_size=40))
def test_what_succeeded_last_is_never_held_back_and_no_pause_is_longer_than_the_longest(steps):
    now = [0.0]
    breaker = Breaker(monotonic=lambda: now[0])
    for wait, works in steps:
        now[0] += wait
        if breaker.lets_through():
            (breaker.succeeded if works else breaker.failed)()
            if works:
                assert breaker.lets_through()
        assert breaker.pause <= LONGEST_PAUSE
    now[0] += LONGEST_PAUSE
    assert breaker.lets_through()
