"""The IMAP door against a real Dovecot: each mail once, and put away where people find it."""

import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mailhub.doors.imap import Mode
from mailhub.doors.imap.faults import ImapFault
from mailhub.doors.imap.taking import BATCH_MAILS
from mailhub.serving.loops import Loop
from storage import mailboxes
from storage.records import RefusedBecause
from tests.integration.imap.mailboxes import ADDRESS, NOON, REJECTED, TAKEN, mail, open_hub_mailbox
from tests.servers.waiting import until

pytestmark = pytest.mark.timeout(300)


def test_every_mail_is_stored_as_it_is_and_moved_once_it_is_durable(box, dovecot, user):
    mails = [mail(number) for number in range(BATCH_MAILS + 3)]
    dovecot.deliver(user, mails)
    box.poll()
    assert box.stored() == mails
    assert dovecot.mails(user) == []
    assert dovecot.mails(user, TAKEN) == mails
    first = box.captures()[0].draft
    assert first.door == "imap"
    assert first.door_key.startswith("vanthu@")
    assert first.door_key.split("/")[1::2] == ["INBOX", "1"]
    assert (first.mail_from, first.received_at) == ("so0@stc.example", NOON)
    assert [recipient.address for recipient in first.recipients] == [ADDRESS]
    assert first.recipients[0].unit_id
    assert box.told.faults == []


def test_a_mailbox_is_taken_on_both_databases(database_url, tmp_path, dovecot, user):
    box = open_hub_mailbox(database_url, tmp_path, dovecot, user)
    dovecot.deliver(user, [mail(1), mail(2)])
    box.poll()
    box.poll()
    assert box.stored() == [mail(1), mail(2)]
    assert dovecot.mails(user, TAKEN) == [mail(1), mail(2)]
    box.intake.close()
    box.database.close()


def test_in_flag_mode_mail_stays_unread_for_people_and_is_taken_once(box, dovecot, user):
    dovecot.deliver(user, [mail(1), mail(2)])
    box.poll(mode=Mode.FLAG)
    dovecot.deliver(user, [mail(3)])
    box.poll(mode=Mode.FLAG)
    assert box.stored() == [mail(1), mail(2), mail(3)]
    assert dovecot.mails(user) == [mail(1), mail(2), mail(3)]
    assert dovecot.flags(user) == [{"$MailhubTaken"}] * 3


def test_people_who_read_answer_and_move_mail_meanwhile_lose_none_of_it(box, dovecot, user):
    dovecot.deliver(user, [mail(1), mail(2)])
    with dovecot.client(user) as people:
        people.select_folder("INBOX")
        people.set_flags([1], [b"\\Seen", b"\\Answered"])
        box.poll(mode=Mode.FLAG)
        people.remove_flags([1], [b"$MailhubTaken"])
        people.create_folder("Riêng")
        people.move([2], "Riêng")
    box.poll(mode=Mode.FLAG)
    assert box.stored() == [mail(1), mail(2)]
    assert dovecot.flags(user) == [{"\\Seen", "\\Answered"}]


def test_a_mail_that_people_put_back_comes_again_under_a_key_of_its_own(box, dovecot, user):
    dovecot.deliver(user, [mail(1)])
    box.poll()
    with dovecot.client(user) as people:
        people.select_folder(TAKEN)
        people.move([1], "INBOX")
    box.poll()
    assert [capture.draft.sha256 for capture in box.captures()] == [box.captures()[0].draft.sha256] * 2
    assert dovecot.mails(user, TAKEN) == [mail(1)]


def test_too_large_a_mail_is_never_fetched_but_put_aside_and_noted(box, dovecot, user):
    dovecot.deliver(user, [mail(1), mail(2, octets=300_000), mail(3)])
    box.poll(largest=200_000)
    assert box.stored() == [mail(1), mail(3)]
    assert dovecot.mails(user, REJECTED) == [mail(2, octets=300_000)]
    [refused] = box.told.refused
    assert (refused.door, refused.peer, refused.reason) == ("imap", "vanthu", RefusedBecause.TOO_LARGE)
    assert (refused.sender, refused.recipients) == ("so2@stc.example", (ADDRESS,))
    assert refused.size == len(mail(2, octets=300_000))
    box.poll(largest=200_000)
    assert len(box.told.refused) == 1


def test_too_large_a_mail_is_flagged_where_people_read(box, dovecot, user):
    dovecot.deliver(user, [mail(1, octets=300_000)])
    box.poll(largest=200_000, mode=Mode.FLAG)
    assert dovecot.flags(user) == [{"$MailhubRejected"}]
    assert box.stored() == []


def test_another_uidvalidity_brings_everything_that_lies_there_again(box, dovecot, user):
    dovecot.deliver(user, [mail(1), mail(2)], "Đến")
    box.poll(mode=Mode.FLAG, folders=("Đến",))
    with dovecot.client(user) as people:
        people.delete_folder("Đến")
    dovecot.deliver(user, [mail(1), mail(2), mail(3)], "Đến")
    box.poll(mode=Mode.FLAG, folders=("Đến",))
    assert box.stored() == [mail(1), mail(2), mail(1), mail(2), mail(3)]
    assert len({capture.draft.door_key for capture in box.captures()}) == 5


def test_several_folders_with_vietnamese_names_are_looked_through(box, dovecot, user):
    dovecot.deliver(user, [mail(1)], "Công văn đến")
    dovecot.deliver(user, [mail(2)])
    box.poll(folders=("INBOX", "Công văn đến"), taken="Đã xử lý & lưu")
    assert sorted(box.stored()) == [mail(1), mail(2)]
    assert sorted(dovecot.mails(user, "Đã xử lý & lưu")) == [mail(1), mail(2)]
    with dovecot.client(user) as people:
        assert "Đã xử lý & lưu" in [name for _, _, name in people.list_sub_folders()]


def test_a_folder_that_is_not_there_is_named_with_those_that_are(box, dovecot, user):
    dovecot.deliver(user, [mail(1)])
    with pytest.raises(ImapFault, match=r"Công văn đến cannot be opened.*INBOX"):
        box.poll(folders=("INBOX", "Công văn đến"))


def test_the_folder_of_taken_mail_is_made_again_when_somebody_has_renamed_it(box, dovecot, user):
    dovecot.deliver(user, [mail(1)])
    box.poll()
    with dovecot.client(user) as people:
        people.rename_folder(TAKEN, "Năm 2025")
    dovecot.deliver(user, [mail(2)])
    box.poll()
    assert (dovecot.mails(user, TAKEN), dovecot.mails(user, "Năm 2025")) == ([mail(2)], [mail(1)])


def test_a_server_without_move_copies_and_expunges_only_what_was_copied(open_box, old_dovecot, user):
    box = open_box(old_dovecot, user)
    with old_dovecot.client(user) as people:
        people.append("INBOX", mail(1), [b"\\Deleted"], msg_time=datetime(2020, 1, 2, tzinfo=UTC))
    old_dovecot.deliver(user, [mail(2), mail(3)])
    box.poll(since=date(2025, 1, 1))
    assert box.stored() == [mail(2), mail(3)]
    assert old_dovecot.mails(user, TAKEN) == [mail(2), mail(3)]
    assert old_dovecot.mails(user) == [mail(1)]


def test_a_mail_that_somebody_marked_deleted_is_not_expunged_by_us(open_box, old_dovecot, user):
    box = open_box(old_dovecot, user, mode=Mode.FLAG)
    old_dovecot.deliver(user, [mail(1), mail(2)])
    with old_dovecot.client(user) as people:
        people.select_folder("INBOX")
        people.add_flags([2], [b"\\Deleted"])
    box.poll()
    assert old_dovecot.flags(user) == [{"$MailhubTaken"}, {"$MailhubTaken", "\\Deleted"}]


def test_a_server_that_can_take_out_no_single_mail_gets_flags_and_the_office_is_told(open_box, oldest_dovecot, user):
    box = open_box(oldest_dovecot, user)
    oldest_dovecot.deliver(user, [mail(1), mail(2)])
    box.poll()
    box.poll()
    assert box.stored() == [mail(1), mail(2)]
    assert oldest_dovecot.flags(user) == [{"$MailhubTaken"}] * 2
    assert 'set mode = "flag"' in box.told.faults[-1]


def test_a_mailbox_that_may_only_be_read_is_taken_once_all_the_same(box, dovecot, user):
    dovecot.deliver(user, [mail(1)])
    with dovecot.client(user) as client:
        capabilities = client.capabilities()
    assert b"IDLE" in capabilities
    cur = dovecot.maildir(user)
    (cur / "dovecot-acl").write_text(f"user={user} lr\n")
    from mailhub.doors.imap import session

    selecting = session.ImapSession.select

    def read_only(self, name, *, look_only=False):
        return selecting(self, name, look_only=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session.ImapSession, "select", read_only)
        box.poll()
        box.poll()
    assert box.stored() == [mail(1)]
    assert dovecot.mails(user) == [mail(1)]
    assert "read-only" in box.told.faults[-1]
    assert box.told.successes


def test_one_of_two_processes_polls_and_the_other_takes_over(box, dovecot, user):
    ended = threading.Event()
    ended.set()
    first, second = box.door(owner="imap@one"), box.door(owner="imap@two", stopping=ended)
    assert first._lease.hold()
    first.look()
    assert second.run_once() is False
    dovecot.deliver(user, [mail(1)])
    first.close()
    assert second._lease.hold()
    second.look()
    second.close()
    assert box.stored() == [mail(1)]


def test_who_lost_the_account_stops_at_once_and_nothing_is_twice(box, dovecot, user):
    first = box.door(owner="imap@one")
    first._lease.hold()
    first.look()
    with box.database.transaction() as tx:
        mailboxes.release_dead(tx, "one")
    dovecot.deliver(user, [mail(1)])
    box.poll(owner="imap@two")
    assert first.run_once() is False
    assert box.stored() == [mail(1)]


def test_pollers_that_lose_the_account_all_the_time_take_each_mail_once(database_url, tmp_path, dovecot, user, monkeypatch):
    """As processes on hosts do whose leases run out under their hands."""
    monkeypatch.setattr("mailhub.doors.imap.door.STANDBY_SECONDS", 0.01)
    monkeypatch.setattr("mailhub.doors.imap.door.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("mailhub.doors.imap.taking.BATCH_MAILS", 4)
    mails = [mail(number) for number in range(60)]
    boxes = [open_hub_mailbox(database_url, tmp_path / str(n), dovecot, user, poll_seconds=0.1, idle=False) for n in range(3)]
    stopping = threading.Event()
    doors = [box.door(owner=f"imap@{number}", stopping=stopping) for number, box in enumerate(boxes)]
    threads = [threading.Thread(target=Loop("imap", door.run_once, 0.01, stopping).run) for door in doors]
    for thread in threads:
        thread.start()
    for start in range(0, len(mails), 20):
        dovecot.deliver(user, mails[start : start + 20])
        for holder in range(3):
            time.sleep(0.05)
            with boxes[0].database.transaction() as tx:
                mailboxes.release_dead(tx, str(holder))
    until(lambda: len(dovecot.mails(user, TAKEN)) >= len(mails), "every mail to be put away")
    stopping.set()
    for thread in threads:
        thread.join(60)
    digests = [capture.draft.sha256 for capture in boxes[0].captures()]
    assert len(digests) == len(set(digests)) == len(mails)
    assert sorted(dovecot.mails(user, TAKEN)) == sorted(mails)
    for box in boxes:
        box.intake.close()
        box.database.close()


def test_idle_brings_a_mail_long_before_the_next_look(box, dovecot, user):
    stopping = threading.Event()
    door = box.door(poll_seconds=600.0, stopping=stopping)
    dovecot.deliver(user, [mail(0)])
    thread = threading.Thread(target=Loop("imap", door.run_once, 0.1, stopping).run)
    thread.start()
    until(lambda: len(box.captures()) == 1 and box.told.successes >= 2, "the first mail")
    dovecot.deliver(user, [mail(1)])
    until(lambda: len(box.captures()) == 2, "the mail that IDLE tells of")
    stopping.set()
    thread.join(60)
    assert not thread.is_alive()
    assert box.told.faults == []
    box.poll(owner="imap@two")


def test_a_server_that_restarts_while_we_idle_is_found_again(box, dovecot, user):
    stopping = threading.Event()
    door = box.door(poll_seconds=600.0, stopping=stopping)
    dovecot.deliver(user, [mail(0)])
    thread = threading.Thread(target=Loop("imap", door.run_once, 0.1, stopping).run)
    thread.start()
    until(lambda: box.told.successes >= 2, "the door to idle")
    time.sleep(0.2)
    dovecot.kick(user)
    until(lambda: box.told.faults, "the fault to be told")
    dovecot.deliver(user, [mail(1)])
    until(lambda: len(box.captures()) == 2, "the mail after the restart")
    stopping.set()
    thread.join(60)
    assert "will reconnect" in box.told.faults[0]


def test_several_accounts_of_one_process_do_not_meet(open_box, dovecot, user):
    boxes = [open_box(dovecot, f"{user}-{name}", name=name) for name in ("mot", "hai", "ba")]
    for number, box in enumerate(boxes):
        dovecot.deliver(f"{user}-{box.account.name}", [mail(number)] * 2)
    threads = [threading.Thread(target=box.poll, kwargs={"owner": f"imap@{box.account.name}"}) for box in boxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(boxes[0].stored()) == sorted([mail(0), mail(0), mail(1), mail(1), mail(2), mail(2)])


def test_mail_from_before_a_day_is_left_alone(box, dovecot, user):
    with dovecot.client(user) as client:
        client.append("INBOX", mail(1), msg_time=datetime(2020, 1, 2, tzinfo=UTC))
        client.append("INBOX", mail(2), msg_time=datetime(2026, 1, 2, tzinfo=UTC))
    box.poll(since=date(2025, 6, 1))
    assert box.stored() == [mail(2)]
    assert dovecot.mails(user) == [mail(1)]


def test_the_field_of_a_trusted_server_says_which_unit(box, dovecot, user):
    box.side.book.replace({ADDRESS: 1, "mot-cua@tinh.example": 1})
    delivered = mail(1, head="Delivered-To: mot-cua@tinh.example\r\nDelivered-To: forged@tinh.example\r\n")
    foreign = mail(2, head="Delivered-To: somebody@else.example\r\n")
    dovecot.deliver(user, [delivered, foreign])
    box.poll(recipient_header="Delivered-To")
    assert [capture.draft.recipients[0].address for capture in box.captures()] == ["mot-cua@tinh.example", ADDRESS]


def test_an_account_whose_unit_has_no_such_address_takes_nothing_and_says_so(box, dovecot, user):
    dovecot.deliver(user, [mail(1)])
    with pytest.raises(ImapFault, match="no unit has the address"):
        box.poll(recipient="nobody@tinh.example")
    assert dovecot.mails(user) == [mail(1)]


def test_mail_that_the_hub_cannot_store_stays_and_is_taken_later(box, dovecot, user):
    from mailhub.errors import TryLaterError

    class Full:
        def submit(self, mail):
            from concurrent.futures import Future

            future = Future()
            future.set_exception(TryLaterError("no room"))
            return future

    dovecot.deliver(user, [mail(1), mail(2)])
    intake, box.side = box.side.intake, replace(box.side, intake=Full())
    for _ in range(7):
        with pytest.raises(ImapFault, match="cannot store"):
            box.poll()
    box.side = replace(box.side, intake=intake)
    box.poll()
    assert box.stored() == [mail(1), mail(2)]
    assert dovecot.mails(user, TAKEN) == [mail(1), mail(2)]


def test_another_mailbox_under_the_same_name_brings_its_own_mails(open_box, dovecot, user):
    """UIDs and even UIDVALIDITY of two servers may be the same."""
    for name in ("a", "b"):
        dovecot.deliver(f"{user}{name}", [mail(1)])
        list_ = dovecot.maildir(f"{user}{name}") / "dovecot-uidlist"
        until(list_.exists, "the list of UIDs")
        text = list_.read_text()
        validity = next(word for word in text.split() if word.startswith("V"))
        list_.write_text(text.replace(validity, "V1700000000", 1))
    open_box(dovecot, f"{user}a", mode=Mode.FLAG).poll()
    box = open_box(dovecot, f"{user}b", mode=Mode.FLAG)
    box.poll()
    assert box.stored() == [mail(1)] * 2
