"""One mail through every door, as often and as differently as it comes: one submission and one number for each unit."""

import os
import smtplib
import threading
import time
from contextlib import ExitStack
from email import message_from_bytes
from email.policy import SMTP

import pytest

from mailhub.checking.pool import ReaderPool
from mailhub.demo.cast import FINANCE, OFFICE
from mailhub.doors.folder import FolderDoor
from mailhub.doors.waits import DoorWaits
from mailhub.serving.doors import Doors
from mailhub.serving.imap_doors import imap_doors
from mailhub.serving.workers import new_worker
from mailhub.settings import ImapSettings
from storage.records import Actor, UnitDraft
from tests.integration.conftest import FEW, SETTINGS, make_hub
from tests.integration.posting import Post
from tests.meetings.conftest import SharedReaders
from tests.servers.dovecot import PASSWORD
from tests.servers.waiting import PATIENCE_SECONDS, free_port

pytestmark = pytest.mark.timeout(300)

CLERK = Actor(unit_id=None, name="lan", via="cli")
OTHER = "snv@tayninh.example"
BORDERS = (
    b"Received: from mx1.example by border1.example; Thu, 1 Aug 2024 08:00:00 +0700\r\nX-Spam-Score: 0\r\n",
    b"Received: from mx2.example by border2.example;\r\n\tThu, 1 Aug 2024 08:00:09 +0700\r\nDelivered-To: vt@x.example\r\n",
)


def through_border(raw, number=0):
    return BORDERS[number] + raw


def encoded_anew(raw):
    """The mail as a relay passes it on that writes fields, boundary and transfer encodings in its own way."""
    message = message_from_bytes(raw, policy=SMTP)
    body = message.get_body(("plain",))
    body.set_content(body.get_content(), cte="quoted-printable")
    message.set_boundary("another-boundary")
    return through_border(message.as_bytes(), 1)


class House:
    """A hub with two units and three doors, all of them open."""

    def __init__(self, home, database_url, dovecot, user, readers, stack):
        self.dovecot, self.user, self.folder, self.port = dovecot, user, home.parent / "drop", free_port()
        values = {"storage.database": f'"{database_url}"', "smtp.port": str(self.port)}
        self.hub, self.unit, desk = make_hub(home, SETTINGS | FEW | values)
        stack.callback(self.hub.close)
        vars(self.hub)["readers"] = readers
        self.post = Post(desk)
        self.other = self.hub.directory.add_unit(
            CLERK, UnitDraft(code="SNV", name="Sở Nội vụ", time_zone="UTC", register="SNV", addresses=(OTHER,))
        )
        waits = DoorWaits.for_processes(1)
        stack.callback(waits.close)
        self.doors = Doors.of(self.hub, waits)
        self.doors.open()
        stack.callback(self.doors.intake.close)
        stack.callback(self.doors.close, 5.0)

    def smtp(self, raw, *recipients):
        with smtplib.SMTP("127.0.0.1", self.port, timeout=PATIENCE_SECONDS) as client:
            client.sendmail(FINANCE.address, recipients or (OFFICE.address,), raw)

    def drop(self, raw):
        door = FolderDoor(self.folder, OFFICE.address, self.doors.book, self.doors.intake, self.hub.clock)
        path = self.folder / "new" / "a.eml"
        path.write_bytes(raw)
        os.utime(path, (time.time() - 60, time.time() - 60))
        assert door.run_once()

    def imap(self, raw):
        self.dovecot.deliver(self.user, [raw])
        account = {"host": "127.0.0.1", "port": self.dovecot.port, "tls": "none", "user": self.user, "password": PASSWORD}
        imap = {"vanthu": ImapSettings(**account, recipient=OFFICE.address)}
        object.__setattr__(self.hub, "settings", self.hub.settings.model_copy(update={"imap": imap}))
        (door,) = imap_doors(self.hub, self.doors.book, self.doors.intake, "imap@test", threading.Event()).values()
        assert door._lease.hold()
        try:
            while door.look():
                pass
        finally:
            door.close()

    def work(self, workers=1):
        threads = [threading.Thread(target=self.work_alone, args=(f"w{number}",)) for number in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def work_alone(self, name):
        worker = new_worker(self.hub, name)
        while worker.run_once():
            pass

    def mails(self, unit):
        return self.hub.submissions.list_(unit.id)

    def doors_of(self, unit):
        (mail,) = self.mails(unit)
        return [capture.draft.door for capture in self.hub.submissions.show(unit.id, mail.id).captures]

    def numbers(self):
        return [view.entry for view in self.hub.letters.list_(self.unit.id)]


@pytest.fixture(scope="module")
def readers():
    with ReaderPool(2) as pool:
        yield SharedReaders(pool)


@pytest.fixture
def house(tmp_path, database_url, dovecot, user, readers):
    with ExitStack() as stack:
        yield House(tmp_path / "hub", database_url, dovecot, user, readers, stack)


def test_a_mail_through_every_door_to_two_units_is_one_submission_and_one_number_for_each(house):
    raw = house.post.next().raw
    house.smtp(through_border(raw), OFFICE.address, OTHER)
    house.smtp(encoded_anew(raw))
    house.smtp(b"List-Id: <ds.tayninh.example>\r\n" + raw, OTHER)
    house.drop(raw.replace(b"\r\n", b"\n"))
    house.imap(b"Return-Path: <" + FINANCE.address.encode() + b">\r\n" + through_border(raw, 1))
    house.work()
    assert house.doors_of(house.unit) == ["smtp", "smtp", "folder", "imap"]
    assert house.doors_of(house.other) == ["smtp", "smtp"]
    assert [entry.number for entry in house.numbers()] == [OFFICE.first_number]
    (receipt,) = house.hub.outbox.list_(house.unit.id)
    assert receipt.draft.kind == "receipt"


def test_two_workers_that_read_two_captures_of_one_mail_at_once_file_it_once(house):
    raw = house.post.next().raw
    for number in range(4):
        house.smtp(through_border(raw, number % 2))
    house.work(workers=2)
    assert len(house.doors_of(house.unit)) == 4
    assert [entry.number for entry in house.numbers()] == [OFFICE.first_number]


def test_a_forged_mail_under_the_same_message_id_swallows_nothing(house):
    letter = house.post.next()
    forged = message_from_bytes(letter.raw, policy=SMTP)
    forged.get_body(("plain",)).set_content("Văn bản này không có giá trị.", cte="base64")
    house.smtp(forged.as_bytes())
    house.smtp(letter.raw)
    house.work()
    assert len(house.mails(house.unit)) == 2
