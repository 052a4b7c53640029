"""A purge reaches the originals in every folder of a real mailbox, and nothing else there."""

import json

import pytest

from mailhub.doors.imap import Mode
from storage import events, mailboxes
from tests.integration.imap.mailboxes import TAKEN, mail

pytestmark = pytest.mark.timeout(300)

FOLDERS = ("INBOX", TAKEN, "Riêng", "Thùng rác")


def purge(box):
    """What a purge orders of every capture."""
    with box.database.transaction() as tx:
        for capture in box.captures():
            mailboxes.order_deletion(tx, capture.id)


def left(dovecot, user):
    return {folder: mails for folder in FOLDERS if (mails := dovecot.mails(user, folder))}


def pending(box):
    with box.database.reading() as tx:
        return mailboxes.pending_deletions(tx)


def told(box):
    with box.database.reading() as tx:
        return [json.loads(event.body) for event in events.list_(tx, limit=100) if event.kind == "original-deleted"]


@pytest.mark.parametrize("mode", Mode)
def test_every_copy_of_a_purged_mail_is_deleted_and_no_other_mail(box, dovecot, user, mode):
    secret, other = mail(1, octets=2000), mail(2)
    dovecot.deliver(user, [secret])
    box.poll(mode=mode)
    purge(box)
    dovecot.deliver(user, [other, secret], "Riêng")
    dovecot.deliver(user, [secret.replace(b"x", b"y", 1), secret], "Thùng rác")
    box.poll(mode=mode)
    assert left(dovecot, user) == {"Riêng": [other], "Thùng rác": [secret.replace(b"x", b"y", 1)]}
    assert pending(box) == []
    [event] = told(box)
    assert event["data"] == {"capture": 1, "account": "vanthu", "copies": 3}


def test_a_mail_without_message_id_is_found_by_its_octets(box, dovecot, user):
    secret = mail(1).replace(b"Message-ID", b"X-Was")
    dovecot.deliver(user, [secret, mail(2)])
    box.poll()
    purge_first = box.captures()[0].id
    with dovecot.client(user) as people:
        people.select_folder(TAKEN)
        people.create_folder("Riêng")
        people.move([1], "Riêng")
    with box.database.transaction() as tx:
        mailboxes.order_deletion(tx, purge_first)
    box.poll()
    assert left(dovecot, user) == {TAKEN: [mail(2)]}


def test_a_mail_that_people_deleted_already_is_no_error(box, dovecot, user):
    dovecot.deliver(user, [mail(1)])
    box.poll()
    purge(box)
    with dovecot.client(user) as people:
        people.select_folder(TAKEN)
        people.delete_messages([1])
        people.expunge([1])
    box.poll()
    assert pending(box) == []
    assert told(box)[0]["data"]["copies"] == 0
    assert box.told.faults == []


def test_a_uid_that_means_another_mail_by_now_is_not_deleted(box, dovecot, user):
    dovecot.deliver(user, [mail(1)])
    box.poll()
    with dovecot.client(user) as people:
        people.delete_folder(TAKEN)
    dovecot.deliver(user, [mail(2), mail(3)], TAKEN)
    purge(box)
    box.poll()
    assert left(dovecot, user) == {TAKEN: [mail(2), mail(3)]}


def test_where_no_single_mail_can_be_taken_out_the_order_stays_and_the_office_is_told(open_box, oldest_dovecot, user):
    box = open_box(oldest_dovecot, user, mode=Mode.FLAG)
    oldest_dovecot.deliver(user, [mail(1), mail(2)])
    box.poll()
    with box.database.transaction() as tx:
        mailboxes.order_deletion(tx, box.captures()[0].id)
    box.poll()
    assert oldest_dovecot.flags(user) == [{"$MailhubTaken", "\\Deleted"}, {"$MailhubTaken"}]
    assert "1 originals of purged mail are left" in box.told.faults[-1]
    assert len(pending(box)) == 1
    with oldest_dovecot.client(user) as people:
        people.select_folder("INBOX")
        people.expunge()
    box.poll()
    assert pending(box) == []
