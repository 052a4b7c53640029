"""The trust snapshot travels to a child once, not with every job: a revocation list may weigh more than all mails of a day."""

from contextlib import suppress
from dataclasses import replace

import pytest

from mailhub.checking.held import Held, holding_of
from mailhub.checking.pool import ReaderDiedError, ReaderFailedError, ReaderPool, ReadJob
from mailhub.checking.protocol import Holding
from parsers.signatures.trust import TrustSnapshot
from tests.checking.test_pool import JOBS, LIMITS

OLD = TrustSnapshot(crls=(b"old list",))
NEW = TrustSnapshot(crls=(b"new list",))


class Sent:
    """A snapshot that counts how often it was sent."""

    def __init__(self, trust: TrustSnapshot) -> None:
        self.times = 0
        self.whole = holding_of(trust)
        self.holding = Holding(identity=self.whole.identity, content=self.content)

    def content(self) -> bytes:
        self.times += 1
        return self.whole.content()


def asking(sent: Sent | None, function: str = "held_job") -> ReadJob:
    return ReadJob(function=function, header=b"", body=b"mail", holding=sent and sent.holding)


@pytest.fixture
def pool():
    with ReaderPool(1, LIMITS, jobs_module=JOBS) as pool:
        yield pool


def test_a_child_is_sent_the_snapshot_once(pool: ReaderPool):
    old = Sent(OLD)

    assert [pool.read(asking(old)) for _ in range(3)] == [b"old list|mail"] * 3
    assert old.times == 1


def test_a_changed_snapshot_takes_the_place_of_the_old_one(pool: ReaderPool):
    old, new = Sent(OLD), Sent(NEW)

    assert [pool.read(asking(sent)) for sent in (old, new, new, old)] == [
        *(b"old list|mail", b"new list|mail"),
        *(b"new list|mail", b"old list|mail"),
    ]
    assert (old.times, new.times) == (2, 1)


def test_a_job_that_names_no_snapshot_is_judged_by_none(pool: ReaderPool):
    pool.read(asking(Sent(OLD)))

    assert pool.read(asking(None)) == b"nothing"


def test_a_refused_job_leaves_the_snapshot_with_the_child(pool: ReaderPool):
    old = Sent(OLD)
    with suppress(ReaderFailedError):
        pool.read(asking(old, "refuse_job"))

    assert pool.read(asking(old)) == b"old list|mail"
    assert old.times == 1


def test_the_child_after_a_dead_one_is_sent_the_snapshot_again(pool: ReaderPool):
    old = Sent(OLD)
    pool.read(asking(old))
    with pytest.raises(ReaderDiedError):
        pool.read(asking(old, "exit_job"))

    assert pool.read(asking(old)) == b"old list|mail"
    assert old.times == 2


def test_a_child_that_does_not_hold_what_it_is_told_says_so_rather_than_judge_by_another_set():
    held = Held()
    held.take(holding_of(OLD))

    with pytest.raises(RuntimeError):
        held.take(Holding(identity=NEW.identity, content=lambda: b""))


PARTS = ("signer_anchors", "tsa_anchors", "intermediates", "crls", "ocsp_responses")


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_a_snapshot_is_in_its_identity(part: str):
    whole = TrustSnapshot(**dict.fromkeys(PARTS, (b"1", b"2")))
    other = replace(whole, **{part: (b"1", b"3")})

    assert whole.identity != other.identity
    assert whole.identity == replace(whole, **{part: (b"2", b"1")}).identity
    assert whole.identity != replace(whole, **{part: (b"1",)}).identity


def test_a_part_does_not_pass_for_one_of_the_next_group():
    assert TrustSnapshot(crls=(b"1",)).identity != TrustSnapshot(ocsp_responses=(b"1",)).identity


def test_revocation_data_change_the_identity_and_not_the_version_that_decisions_name():
    assert OLD.version == NEW.version
    assert OLD.identity != NEW.identity
