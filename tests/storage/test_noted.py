"""Mail that was noted, and what a report may make of a dispatch."""

from datetime import timedelta

import pytest

from storage import noted, outbox
from storage.records import DispatchState, NotedMail
from tests.storage.builders import MOMENT, SteppingClock, add_dispatch, add_submission, add_unit

LEASE = timedelta(minutes=5)


@pytest.fixture
def timed(open_database):
    return open_database(SteppingClock())


def a_note(unit, submission_id, dispatch_id=None, **changes):
    return NotedMail(
        **{
            "submission_id": submission_id,
            "unit_id": unit.id,
            "kind": "reply",
            "at": MOMENT,
            "dispatch_id": dispatch_id,
            **changes,
        }
    )


def sent(tx, unit, **changes):
    new = add_dispatch(tx, unit, **changes)
    for claim, dispatch in outbox.claim(tx, owner="w", lease=LEASE, limit=9, channels=["mail"]):
        assert dispatch.id == new
        outbox.sent(tx, claim, MOMENT)
    return new


def state(tx, dispatch_id):
    return outbox.get(tx, None, dispatch_id).state


def test_what_a_mail_was_noted_as_is_said_once_and_can_be_taken_back(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        submission_id = add_submission(tx, unit)
        first = a_note(unit, submission_id, status="5.1.1", stamp=MOMENT)
        assert noted.add(tx, first)
        assert not noted.add(tx, a_note(unit, submission_id, kind="absence"))
        assert noted.of_submission(tx, submission_id) == first
        noted.take_back(tx, submission_id)
        assert noted.of_submission(tx, submission_id) is None


def test_each_dispatch_has_what_came_back_to_it_in_order(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        one, other = (add_dispatch(tx, unit, recipient=f"{name}@so.example") for name in "ab")
        mails = [add_submission(tx, unit, f"content-{number}") for number in range(3)]
        for submission_id, dispatch_id in zip(mails, (other, one, other), strict=True):
            noted.add(tx, a_note(unit, submission_id, dispatch_id))
        found = noted.of_dispatches(tx, [one, other])
    assert {key: [note.submission_id for note in notes] for key, notes in found.items()} == {
        one: [mails[1]],
        other: [mails[0], mails[2]],
    }


def test_only_what_has_left_comes_back_or_arrives(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        due = add_dispatch(tx, unit, recipient="a@so.example", due_at=MOMENT + timedelta(days=1))
        assert not noted.came_back(tx, due, "550 no")
        assert not noted.arrived(tx, due, MOMENT)
        gone = sent(tx, unit, recipient="b@so.example")
        assert noted.arrived(tx, gone, MOMENT)
        assert not noted.arrived(tx, gone, MOMENT)
        assert noted.came_back(tx, gone, "550 no")
        assert (state(tx, gone), outbox.get(tx, None, gone).last_error) == (DispatchState.FAILED, "550 no")
        assert not noted.counts_no_more(tx, gone, DispatchState.DELIVERED)
        assert noted.counts_no_more(tx, gone, DispatchState.FAILED)
        assert state(tx, gone) is DispatchState.SENT


def test_notices_are_counted_by_the_domain_in_whatever_case(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        for recipient in ("a@So.example", "b@so.EXAMPLE", "c@other.example"):
            add_dispatch(tx, unit, recipient=recipient, kind="receipt")
        count = outbox.count_recent_to_domain(tx, unit.id, "so.example", MOMENT - timedelta(days=1), ["receipt"])
    assert count == 2


def test_a_sealed_mail_s_words_are_taken_out_of_what_was_written_down_because_of_it(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        mail, dispatch = add_submission(tx, unit), sent(tx, unit)
        noted.add(
            tx, a_note(unit, mail, dispatch, recipient="a@x", diagnostic="550 100% secret", status="5.1.1", effect="failed")
        )
        noted.came_back(tx, dispatch, "550 100% secret")
        noted.blank(tx, mail)
        left = noted.of_submission(tx, mail)
        assert (left.recipient, left.diagnostic, left.effect) == ("", "", "failed")
        assert outbox.get(tx, None, dispatch).last_error == "5.1.1"
        noted.blank(tx, mail)
