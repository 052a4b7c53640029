"""Workers let the doors go first while senders wait, but not for ever."""

import pytest

from mailhub.courtesy import LONG_WAIT_SECONDS, PATIENCE_SECONDS, Courtesy


class Street:
    """What a worker sees: the wait at the doors, and the time."""

    def __init__(self):
        self.wait = 0.0
        self.now = 50.0
        self.courtesy = Courtesy(lambda: self.wait, clock=lambda: self.now)


@pytest.fixture
def street():
    return Street()


def test_a_worker_gives_way_only_while_senders_wait_for_long(street):
    assert not street.courtesy.gives_way()
    street.wait = LONG_WAIT_SECONDS
    assert not street.courtesy.gives_way()
    street.wait = LONG_WAIT_SECONDS * 1.1
    assert street.courtesy.gives_way()
    street.wait = 0.0
    assert not street.courtesy.gives_way()


def test_under_a_lasting_flood_one_mail_is_read_now_and_then(street):
    street.wait = 1.0
    gave_way = []
    for _ in range(30):
        gave_way.append(street.courtesy.gives_way())
        street.now += PATIENCE_SECONDS / 10
    assert [n for n, gave in enumerate(gave_way) if not gave] == [10, 20]


def test_patience_begins_anew_after_a_quiet_moment(street):
    street.wait = 1.0
    assert street.courtesy.gives_way()
    street.now += PATIENCE_SECONDS
    street.wait = 0.0
    assert not street.courtesy.gives_way()
    street.wait = 1.0
    assert street.courtesy.gives_way()
