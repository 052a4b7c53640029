"""A poller killed at every step: nothing is lost, nothing is stored twice, and everything is put away in the end."""

import json
import subprocess
import sys
from collections import Counter

import pytest

from storage import events, mailboxes
from tests.integration.imap import dying
from tests.integration.imap.mailboxes import REJECTED, TAKEN, mail, open_hub_mailbox
from tests.servers.serving import environment
from tests.servers.starter import ROOT


@pytest.fixture
def die(tmp_path, sqlite_template):
    """Let a poller of this user die at every step; gives the hub's side afterwards, and how many mails came."""
    boxes = []

    def run(server, user, steps, *, mode="move", purged=False):
        path = tmp_path / "mailhub.db"
        path.write_bytes(sqlite_template.read_bytes())
        order = {"url": f"sqlite:///{path}", "folder": str(tmp_path), "port": str(server.port), "user": user}
        order |= {"mode": mode, "purged": purged, "steps": steps}
        command = [sys.executable, "-m", "tests.integration.imap.dying", json.dumps(order)]
        done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=280, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        boxes.append(open_hub_mailbox(order["url"], tmp_path, server, user, largest=dying.LARGEST))
        return boxes[-1], int(done.stdout)

    yield run
    for box in boxes:
        box.intake.close()
        box.database.close()


def expected(rounds):
    taken = [mail(2 * number) for number in range(1, rounds + 1)]
    rejected = [mail(2 * number + 1, octets=dying.LARGE) for number in range(1, rounds + 1)]
    return Counter(taken), Counter(rejected)


@pytest.mark.timeout(300)
def test_killed_at_every_step_a_poller_loses_nothing_and_stores_nothing_twice(die, dovecot, user):
    box, rounds = die(dovecot, user, dying.EVERY)
    taken, rejected = expected(rounds)
    assert rounds > 20
    assert Counter(box.stored()) == taken
    assert Counter(dovecot.mails(user, TAKEN)) == taken
    assert Counter(dovecot.mails(user, REJECTED)) == rejected
    assert dovecot.mails(user) == []


@pytest.mark.timeout(300)
def test_killed_at_every_step_where_moving_is_copying_nothing_is_lost_either(die, old_dovecot, user):
    box, rounds = die(old_dovecot, user, dying.CHANGING)
    taken, rejected = expected(rounds)
    assert Counter(box.stored()) == taken
    assert set(old_dovecot.mails(user, TAKEN)) == set(taken)
    assert set(old_dovecot.mails(user, REJECTED)) == set(rejected)
    assert old_dovecot.mails(user) == []


@pytest.mark.timeout(300)
def test_killed_at_every_step_of_a_purge_no_original_is_left_and_no_other_mail_is_gone(die, dovecot, user):
    box, rounds = die(dovecot, user, (*dying.CHANGING, dying.COMMITTING), mode="flag", purged=True)
    taken, rejected = expected(rounds)
    with box.database.reading() as tx:
        assert mailboxes.pending_deletions(tx) == []
        ordered = set(tx.connection.exec_driver_sql("SELECT capture_id FROM mailbox_deletions").scalars())
        deleted = [event for event in events.list_(tx, limit=500) if event.kind == "original-deleted"]
    assert Counter(box.stored()) == taken
    kept = Counter(box.blobs.get(capture.draft.blob) for capture in box.captures() if capture.id not in ordered)
    assert Counter(dovecot.mails(user)) == kept + rejected
    assert len(deleted) == len(ordered) > rounds // 2
