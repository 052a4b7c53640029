"""Captures: known by their door's key, claimed by one worker at a time."""

from datetime import timedelta

import pytest

from storage import captures
from storage.database import Database
from storage.errors import NotFoundError, StaleClaimError
from storage.records import CaptureState, Recipient
from tests.storage.builders import MOMENT, SteppingClock, add_capture, add_unit, capture_draft, in_threads

LEASE = timedelta(minutes=5)


@pytest.fixture
def clock():
    return SteppingClock()


@pytest.fixture
def timed(open_database, clock):
    return open_database(clock)


def test_a_capture_comes_back_as_it_was_given(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        recipients = (Recipient(address="a@b.example", unit_id=unit.id), Recipient(address="r+1@b", unit_id=None, dispatch_id=5))
        draft = capture_draft(recipients=recipients, helo="\0 nul", mail_from="\ud800", priority=2)
        (capture_id,) = captures.add_many(tx, [draft])
    with database.reading() as tx:
        stored = captures.get(tx, capture_id)
        assert stored.draft.recipients == recipients
        assert (stored.draft.received_at, stored.draft.priority, stored.draft.size) == (MOMENT, 2, 1000)
        assert (stored.draft.helo, stored.draft.mail_from) == ("� nul", "?")
        assert (stored.state, stored.attempts) == (CaptureState.RECEIVED, 0)
        with pytest.raises(NotFoundError):
            captures.get(tx, capture_id + 1)


def test_the_same_door_key_is_the_same_capture(database):
    with database.transaction() as tx:
        first, again, other_door = captures.add_many(
            tx, [capture_draft(door_key="1"), capture_draft(door_key="1", blob="x"), capture_draft(door="imap", door_key="1")]
        )
        assert first == again != other_door
        assert captures.get(tx, first).draft.blob == "blob"
        assert captures.pending_count(tx) == 2


def test_a_very_long_door_key_is_still_a_key(database):
    with database.transaction() as tx:
        first, again, other = captures.add_many(
            tx, [capture_draft(door_key="k" * 9000), capture_draft(door_key="k" * 9000), capture_draft(door_key="k" * 9001)]
        )
    assert first == again != other


def test_what_is_new_and_what_was_known_is_told_for_each_of_many(database):
    strange = "\0\ud800" + "k" * 9000
    with database.transaction() as tx:
        known = captures.add_new(tx, [capture_draft(door_key=key) for key in ("a", strange)])
    with database.transaction() as tx:
        keys = ["b", "a", "c", "b", strange, "a"]
        drafts = [capture_draft(door_key=key, recipients=(Recipient(address=key, unit_id=None),)) for key in keys]
        added = captures.add_new(tx, drafts)
        ids = [capture_id for capture_id, _ in added]
        assert [is_new for _, is_new in added] == [True, False, True, False, False, False]
        assert (ids[1], ids[4], ids[5]) == (known[0][0], known[1][0], known[0][0])
        assert ids[0] == ids[3] != ids[2]
        assert [captures.get(tx, ids[n]).draft.recipients for n in (0, 1, 2)] == [drafts[0].recipients, (), drafts[2].recipients]
        assert captures.add_new(tx, []) == []


def test_more_captures_than_one_statement_takes_come_back_each_with_its_own_envelope(database):
    with database.transaction() as tx:
        drafts = [
            capture_draft(
                door_key=str(n), recipients=tuple(Recipient(address=f"{n}.{one}@b", unit_id=None) for one in range(n % 3))
            )
            for n in range(150)
        ]
        ids = captures.add_many(tx, drafts)
    with database.reading() as tx:
        assert [captures.get(tx, capture_id).draft for capture_id in ids] == drafts


def test_urgent_captures_are_claimed_first_then_the_oldest(timed):
    with timed.transaction() as tx:
        ids = captures.add_many(tx, [capture_draft(door_key=str(n), priority=int(n == 2)) for n in range(4)])
        claims = captures.claim(tx, owner="w", lease=LEASE, limit=3)
        assert [claim.id for claim in claims] == [ids[2], ids[0], ids[1]]
        assert {(claim.token, claim.attempts, claim.lease_until) for claim in claims} == {(1, 1, MOMENT + LEASE)}


def test_a_claimed_capture_is_not_claimed_again_before_its_lease_ends(timed, clock):
    with timed.transaction() as tx:
        captures.add_many(tx, [capture_draft()])
        (lost,) = captures.claim(tx, owner="one", lease=LEASE)
        assert captures.claim(tx, owner="two", lease=LEASE) == []
        clock.step(minutes=5)
        (held,) = captures.claim(tx, owner="two", lease=LEASE)
        assert (held.id, held.attempts) == (lost.id, 2)
        with pytest.raises(StaleClaimError):
            captures.complete(tx, lost, CaptureState.READ)
        with pytest.raises(StaleClaimError):
            captures.release(tx, lost, clock.moment)
        captures.complete(tx, held, CaptureState.READ)
        with pytest.raises(StaleClaimError):
            captures.complete(tx, held, CaptureState.READ)
        assert captures.pending_count(tx) == 0
        assert captures.get(tx, held.id).state is CaptureState.READ


def test_a_released_capture_waits_until_its_time(timed, clock):
    with timed.transaction() as tx:
        captures.add_many(tx, [capture_draft()])
        (claim,) = captures.claim(tx, owner="w", lease=LEASE)
        captures.release(tx, claim, clock.moment + timedelta(seconds=30))
        clock.step(seconds=29)
        assert captures.claim(tx, owner="w", lease=LEASE) == []
        clock.step(seconds=1)
        (again,) = captures.claim(tx, owner="w", lease=LEASE)
        assert again.attempts == 2


def test_what_a_dead_process_held_can_be_taken_at_once_and_what_others_hold_cannot(timed):
    with timed.transaction() as tx:
        ids = captures.add_many(tx, [capture_draft(door_key=str(n)) for n in range(4)])
        for owner in ("worker-0@h-7-a_", "worker-1@h-7-a_", "worker-0@h-7-ab", "worker-0@xh-7-a_"):
            captures.claim(tx, owner=owner, lease=LEASE)
        assert captures.release_dead(tx, "h-7-a_") == 2
        assert captures.release_dead(tx, "h-7-a_") == 0
        again = captures.claim(tx, owner="new", lease=LEASE, limit=9)
        assert [(claim.id, claim.attempts) for claim in again] == [(ids[0], 2), (ids[1], 2)]


def test_a_claim_that_was_released_for_dead_completes_nothing(timed):
    with timed.transaction() as tx:
        captures.add_many(tx, [capture_draft()])
        (claim,) = captures.claim(tx, owner="worker-0@h-7-aa", lease=LEASE)
        captures.release_dead(tx, "h-7-aa")
        with pytest.raises(StaleClaimError):
            captures.complete(tx, claim, CaptureState.READ)


def test_what_a_process_finished_before_it_died_stays_finished(timed):
    with timed.transaction() as tx:
        captures.add_many(tx, [capture_draft()])
        (claim,) = captures.claim(tx, owner="worker-0@h-7-aa", lease=LEASE)
        captures.complete(tx, claim, CaptureState.READ)
        assert captures.release_dead(tx, "h-7-aa") == 0


def test_workers_at_once_never_share_a_capture(database):
    with database.transaction() as tx:
        captures.add_many(tx, [capture_draft(door_key=str(n)) for n in range(60)])
    taken: list[int] = []

    def work(n: int) -> None:
        while True:
            with database.transaction() as tx:
                claims = captures.claim(tx, owner=str(n), lease=LEASE, limit=3)
            if not claims:
                return
            for claim in claims:
                with database.transaction() as tx:
                    captures.complete(tx, claim, CaptureState.READ)
                taken.append(claim.id)

    assert in_threads(range(6), work) == []
    assert len(taken) == len(set(taken)) == 60


def test_a_worker_passes_over_rows_that_another_is_claiming(postgresql_url):
    database = Database.open(postgresql_url, lock_file=None)
    with database.transaction() as tx:
        captures.add_many(tx, [capture_draft(door_key=str(n)) for n in range(2)])
    with database.transaction() as one, database.transaction() as two:
        (first,) = captures.claim(one, owner="one", lease=LEASE)
        (second,) = captures.claim(two, owner="two", lease=LEASE)
    assert first.id != second.id
    database.close()


def test_waiting_captures_are_counted_by_unit_and_the_oldest_is_told(database):
    with database.transaction() as tx:
        unit, other = add_unit(tx), add_unit(tx, "H62")
        assert captures.oldest_pending(tx) is None
        add_capture(tx, unit, "1", received_at=MOMENT + timedelta(hours=1))
        add_capture(tx, unit, "2", received_at=MOMENT)
        add_capture(tx, other, "3", received_at=MOMENT + timedelta(hours=2))
        assert (captures.pending_count(tx), captures.pending_count(tx, unit.id)) == (3, 2)
        assert captures.oldest_pending(tx) == MOMENT


def test_a_purged_capture_names_no_sender(database):
    with database.transaction() as tx:
        (capture_id,) = captures.add_many(tx, [capture_draft()])
        captures.blank(tx, capture_id)
        kept = captures.get(tx, capture_id).draft
    assert (kept.mail_from, kept.peer, kept.helo, kept.auth) == ("", "", "", "")
    assert (kept.sha256, kept.size, kept.received_at) == ("0" * 64, 1000, MOMENT)


def test_a_reopened_capture_is_read_once_more(database):
    with database.transaction() as tx:
        (capture_id,) = captures.add_many(tx, [capture_draft()])
        (claim,) = captures.claim(tx, owner="w", lease=LEASE)
        captures.complete(tx, claim, CaptureState.READ)
        captures.replace_blob(tx, capture_id, "sealed-blob", sealed=True)
        captures.reopen(tx, capture_id, cleared=True)
        stored = captures.get(tx, capture_id)
        assert (stored.draft.blob, stored.sealed, stored.cleared) == ("sealed-blob", True, True)
        assert [again.id for again in captures.claim(tx, owner="w", lease=LEASE)] == [capture_id]
