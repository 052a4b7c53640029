"""Mailboxes: one poller for each account, outcomes that survive, originals that are to be deleted."""

from datetime import timedelta

import pytest

from storage import captures, mailboxes
from storage.errors import StaleClaimError
from storage.records import MailboxFolder, MailboxMessage, MailboxOutcome, MailboxPlace, MailboxState
from tests.storage.builders import SteppingClock, capture_draft, in_threads

LEASE = timedelta(minutes=5)
ACCOUNT = "vanthu@12ab34cd"


@pytest.fixture
def clock():
    return SteppingClock()


@pytest.fixture
def timed(open_database, clock):
    return open_database(clock)


def hold(database, owner="imap@one"):
    with database.transaction() as tx:
        return mailboxes.hold(tx, ACCOUNT, owner=owner, lease=LEASE)


def folder_of(claim, name="INBOX", uidvalidity=17):
    return MailboxFolder(account_id=claim.id, name=name, uidvalidity=uidvalidity)


def test_one_of_many_polls_an_account(database):
    held = []
    assert in_threads(range(6), lambda owner: held.append(hold(database, f"imap@{owner}"))) == []
    assert sum(claim is not None for claim in held) == 1


def test_an_account_is_taken_over_when_its_lease_has_run_out(timed, clock):
    first = hold(timed)
    assert hold(timed, "imap@two") is None
    clock.step(minutes=4)
    with timed.transaction() as tx:
        mailboxes.renew(tx, first, LEASE)
    clock.step(minutes=4)
    assert hold(timed, "imap@two") is None
    clock.step(minutes=2)
    second = hold(timed, "imap@two")
    assert second.id == first.id
    with pytest.raises(StaleClaimError), timed.transaction() as tx:
        mailboxes.renew(tx, first, LEASE)
    with timed.transaction() as tx:
        mailboxes.release(tx, first)
        mailboxes.renew(tx, second, LEASE)


def test_an_account_that_was_let_go_or_whose_poller_died_is_taken_over_at_once(timed):
    first = hold(timed)
    with timed.transaction() as tx:
        mailboxes.release(tx, first)
    assert hold(timed, "imap@two")
    with timed.transaction() as tx:
        assert mailboxes.release_dead(tx, "one") == 0
        assert mailboxes.release_dead(tx, "two") == 1
    assert hold(timed, "imap@three")


def test_attempts_are_counted_before_they_are_made_and_taken_back_where_no_mail_is_to_blame(timed):
    folder = folder_of(hold(timed))
    with timed.transaction() as tx:
        mailboxes.attempt(tx, folder, [3, 1])
        mailboxes.attempt(tx, folder, [3])
        mailboxes.uncount(tx, folder, [1])
    with timed.reading() as tx:
        assert mailboxes.messages(tx, folder) == [
            MailboxMessage(uid=1, state=MailboxState.FOUND, attempts=0, put_away=False),
            MailboxMessage(uid=3, state=MailboxState.FOUND, attempts=2, put_away=False),
        ]


def test_outcomes_belong_to_a_folder_and_one_life_of_its_uids(timed):
    claim = hold(timed)
    folder = folder_of(claim)
    with timed.transaction() as tx:
        (capture_id,) = captures.add_many(tx, [capture_draft(door="imap", door_key=f"{ACCOUNT}/INBOX/17/1")])
        mailboxes.attempt(tx, folder, [1, 2, 3])
        taken = MailboxOutcome(uid=1, state=MailboxState.TAKEN, size=10, capture_id=capture_id, message_id="<a@b>")
        refused = MailboxOutcome(uid=2, state=MailboxState.REJECTED, size=99, reason="too-large")
        mailboxes.record(tx, folder, [taken, refused])
        mailboxes.put_away(tx, folder, {1: MailboxPlace(folder="Đã tiếp nhận", uidvalidity=5, uid=8), 2: None})
    with timed.reading() as tx:
        states = [(message.state, message.put_away) for message in mailboxes.messages(tx, folder)]
        assert states == [(MailboxState.TAKEN, True), (MailboxState.REJECTED, True), (MailboxState.FOUND, False)]
        assert mailboxes.messages(tx, folder_of(claim, uidvalidity=18)) == []
        assert mailboxes.messages(tx, folder_of(claim, name="Khác")) == []


def test_an_order_to_delete_knows_where_the_original_lay_and_where_it_went(timed):
    folder = folder_of(hold(timed), name="Công văn/Đến")
    key = mailboxes.door_key(ACCOUNT, folder.name, 17, 4)
    with timed.transaction() as tx:
        capture_id, other = captures.add_many(tx, [capture_draft(door="imap", door_key=key), capture_draft(door_key="smtp")])
        mailboxes.attempt(tx, folder, [4])
        outcome = MailboxOutcome(uid=4, state=MailboxState.TAKEN, size=10, capture_id=capture_id, message_id="<a@b>")
        mailboxes.record(tx, folder, [outcome])
        mailboxes.put_away(tx, folder, {4: MailboxPlace(folder="Đã tiếp nhận", uidvalidity=5, uid=8)})
        for ordered in (capture_id, capture_id, other):
            mailboxes.order_deletion(tx, ordered)
    with timed.transaction() as tx:
        (order,) = mailboxes.pending_deletions(tx, ACCOUNT)
        assert order.message_id == "<a@b>"
        assert order.places == (
            MailboxPlace(folder="Công văn/Đến", uidvalidity=17, uid=4),
            MailboxPlace(folder="Đã tiếp nhận", uidvalidity=5, uid=8),
        )
        mailboxes.not_deleted(tx, order, "no UIDPLUS")
        assert mailboxes.pending_deletions(tx)[0].last_error == "no UIDPLUS"
        mailboxes.deleted(tx, order, 2)
    with timed.transaction() as tx:
        assert mailboxes.pending_deletions(tx) == []
        mailboxes.order_deletion(tx, capture_id)
        assert mailboxes.pending_deletions(tx) == []


def test_what_a_dead_poller_had_stored_is_known_to_the_next(timed):
    folder = folder_of(hold(timed))
    with timed.transaction() as tx:
        mailboxes.attempt(tx, folder, [1, 2])
        (capture_id,) = captures.add_many(tx, [capture_draft(door="imap", door_key=f"{ACCOUNT}/INBOX/17/2")])
        mailboxes.adopt(tx, folder)
        assert [message.state for message in mailboxes.messages(tx, folder)] == [MailboxState.FOUND, MailboxState.TAKEN]
        mailboxes.order_deletion(tx, capture_id)
        assert mailboxes.pending_deletions(tx)[0].places == (MailboxPlace(folder="INBOX", uidvalidity=17, uid=2),)
