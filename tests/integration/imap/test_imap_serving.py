"""A served hub takes mail out of a mailbox, and a visit beforehand shows whether it can."""

import json
import threading

import pytest

from mailhub.cli.app import mailhub
from mailhub.hub import create_home, open_hub
from mailhub.serving import Server
from mailhub.serving.imap_doors import imap_doors
from storage import captures, mailboxes
from storage.records import Actor, UnitDraft
from tests.integration.imap.mailboxes import ADDRESS, REJECTED, TAKEN, mail
from tests.servers.dovecot import PASSWORD
from tests.servers.waiting import free_port, until
from tests.storage.builders import capture_draft

pytestmark = pytest.mark.timeout(300)

SETTINGS = """
[smtp]
port = {smtp}
[imap.vanthu]
host = "127.0.0.1"
port = {port}
tls = "none"
user = "{user}"
recipient = "{recipient}"
poll_seconds = 5
"""
SECRET = {"MAILHUB_IMAP__VANTHU__PASSWORD": PASSWORD}


@pytest.fixture
def home(tmp_path, dovecot, user):
    def make(recipient=ADDRESS, more=""):
        create_home(tmp_path / "hub", {})
        settings = SETTINGS.format(smtp=free_port(), port=dovecot.port, user=user, recipient=recipient)
        (tmp_path / "hub" / "mailhub.toml").write_text(settings + more)
        hub = open_hub(tmp_path / "hub", SECRET)
        draft = UnitDraft(code="VPUB", name="VP", time_zone="Asia/Ho_Chi_Minh", register="UBND", addresses=(ADDRESS,))
        hub.directory.add_unit(Actor(unit_id=None, name="lan", via="cli"), draft)
        return hub

    return make


def test_a_served_hub_takes_mail_and_lets_go_of_the_account_when_it_stops(home, dovecot, user):
    hub = home()
    dovecot.deliver(user, [mail(1)])
    server = Server(hub)
    server.start()
    try:
        until(lambda: dovecot.mails(user, TAKEN) == [mail(1)], "the mail to be put away")
        dovecot.deliver(user, [mail(2)])
        until(lambda: len(dovecot.mails(user, TAKEN)) == 2, "the second mail")
    finally:
        server.stop()
    with hub.database.transaction() as tx:
        account = tx.connection.exec_driver_sql("SELECT account FROM mailbox_accounts").scalar()
        assert mailboxes.account_name(account) == "vanthu"
        assert mailboxes.hold(tx, account, owner="other", lease=mailboxes_lease())
    [door] = [door for door in hub.intake_status.look().doors if door.door == "imap"]
    assert (door.account, door.state.last_error) == ("vanthu", "")
    assert door.state.last_success_at
    assert door.mails_today == 2
    hub.close()


def test_a_hub_tells_of_originals_in_a_mailbox_that_it_no_longer_serves(home, caplog):
    hub = home()
    with hub.database.transaction() as tx:
        key = mailboxes.door_key("gone@00000000", "INBOX", 1, 1)
        (capture_id,) = captures.add_many(tx, [capture_draft(door="imap", door_key=key)])
        mailboxes.order_deletion(tx, capture_id)
    imap_doors(hub, None, None, "imap@one", threading.Event())
    assert [record.accounts for record in caplog.records if "not served" in record.message] == [["gone@00000000"]]
    hub.close()


def mailboxes_lease():
    from mailhub.doors.imap.hub_side import LEASE

    return LEASE


@pytest.fixture
def check(capsys, monkeypatch):
    monkeypatch.setenv("MAILHUB_IMAP__VANTHU__PASSWORD", PASSWORD)

    def run(home, *arguments):
        code = mailhub.run(["--home", str(home), "--lang", "en", "intake", "check-imap", *arguments], {})
        return code, capsys.readouterr()

    return run


def test_a_visit_shows_what_waits_and_changes_nothing(home, dovecot, user, check):
    hub = home()
    hub.close()
    dovecot.deliver(user, [mail(1), mail(2)])
    code, said = check(hub.home, "--json")
    told = json.loads(said.out)
    assert code == 0, said
    assert told["works"] is True
    assert told["accounts"][0]["capabilities"][:3] == ["IDLE", "MOVE", "UIDPLUS"]
    folders = [(folder["name"], folder["role"], folder["exists"], folder["mails"]) for folder in told["folders"]]
    assert folders == [("INBOX", "source", True, 2), (TAKEN, "taken", False, 0), (REJECTED, "rejected", False, 0)]
    assert dovecot.flags(user) == [set(), set()]
    assert not dovecot.mails(user, TAKEN)
    assert "INBOX" in check(hub.home)[1].out


def test_a_visit_tells_every_problem_at_once(home, dovecot, user, check):
    hub = home(recipient="nobody@tinh.example", more='folders = ["INBOX", "Công văn"]\n')
    hub.close()
    dovecot.deliver(user, [mail(1)])
    code, said = check(hub.home, "vanthu")
    assert code == 1
    assert "no unit has the address nobody@tinh.example" in " ".join(said.out.split())
    assert "folder Công văn cannot be opened" in " ".join(said.out.split())
    code, said = check(hub.home, "nobody")
    assert code == 1
    assert "there are: vanthu" in said.err
