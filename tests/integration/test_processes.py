"""Several processes over one hub, one that dies beside the others, and one that is told to stop while it works."""

import signal
import smtplib
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from math import inf

import pytest
import sqlalchemy as sa

from mailhub.demo.cast import FINANCE, OFFICE
from mailhub.demo.home import set_values
from storage.records import DispatchState
from storage.tables import captures, dispatches
from tests.integration.judging import judge_receiver
from tests.integration.worlds import on
from tests.servers.processes import exists, signal_to, stopped
from tests.servers.serving import answers
from tests.servers.waiting import PATIENCE_SECONDS, free_port, until

pytestmark = pytest.mark.timeout(300)

IN_TRANSACTION = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend' AND (state = 'active' OR state LIKE 'idle in transaction%')
"""


@contextmanager
def beside(crashes):
    """A second process that serves the same hub on a port of its own; gives its process id and port."""
    port = free_port()
    set_values(crashes.hub.home, {"smtp.port": str(port)})
    pid = crashes.starter.serve(crashes.hub.home, crashes.log)
    try:
        until(lambda: answers(port), "the second process to take mail", said=crashes.log.read_text)
        set_values(crashes.hub.home, {"smtp.port": str(crashes.port)})
        yield pid, port
    finally:
        end(pid, signal.SIGKILL)


def end(pid, how):
    signal_to(pid, how)
    until(lambda: not exists(pid), "the process to end")


def post(port, letter):
    """As a mail server does: again until a 250, here to whichever process answers."""
    with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE_SECONDS) as client:
        client.sendmail(FINANCE.address, [OFFICE.address], letter.raw)


def nobody_writes(hub):
    """Whether no transaction is open at the server of a registry in PostgreSQL; those in SQLite hold a lock file."""
    if hub.settings.storage.database.startswith("sqlite"):
        return True
    with hub.database.reading() as tx:
        return tx.connection.scalar(sa.text(IN_TRANSACTION)) == 0


def wait_for_receipts(crashes):
    until(lambda: receipts(crashes) == len(crashes.acknowledged), "every receipt", said=crashes.log.read_text)


def receipts(crashes):
    return sum(item.state is DispatchState.SENT for item in crashes.hub.outbox.list_(crashes.unit.id, limit=1000))


@on(("sqlite", "smtp"), ("postgresql", "smtp"))
def test_two_processes_share_the_work_of_one_hub(crashes, receiver):
    letters = [crashes.post.next() for _ in range(8)]
    with beside(crashes) as (second, port):
        with ThreadPoolExecutor(4) as clients:
            list(clients.map(post, [crashes.port, port] * 4, letters))
        crashes.acknowledged += letters
        wait_for_receipts(crashes)
        end(second, signal.SIGTERM)
    judge_receiver(crashes, receiver)
    assert len(receiver.took) == len(crashes.acknowledged)


@on(("sqlite", "smtp"), ("postgresql", "smtp"))
def test_what_a_dead_process_held_is_finished_by_the_one_beside_it(crashes, receiver):
    letters = [crashes.post.next() for _ in range(4)]
    with beside(crashes) as (second, port):
        # All of the work is the second one's, until it dies in the middle of it: the third receipt does not leave.
        before = receipts(crashes)
        receiver.patience = len(receiver.took) + 2
        with stopped(crashes.pid, crashes.hub.home, also=lambda: nobody_writes(crashes.hub)):
            for letter in letters:
                post(port, letter)
            crashes.acknowledged += letters
            until(lambda: receipts(crashes) - before == 2, "two receipts to leave", said=crashes.log.read_text)
            end(second, signal.SIGKILL)
            receiver.patience = inf
        # The leases would hold for minutes; the housekeeper looks every other second.
        wait_for_receipts(crashes)
    judge_receiver(crashes, receiver)


@on(("sqlite", "smtp"), ("postgresql", "smtp"))
def test_a_hub_that_is_told_to_stop_takes_the_mail_that_is_coming_in_and_leaves_no_claim(crashes, receiver):
    first, second = crashes.post.next(), crashes.post.next()
    half = len(second.raw) // 2
    # It says 421 to a farewell, which the client would take for an error.
    with closing(smtplib.SMTP("127.0.0.1", crashes.port, timeout=PATIENCE_SECONDS)) as client:
        client.ehlo()
        client.mail(FINANCE.address)
        client.rcpt(OFFICE.address)
        client.putcmd("DATA")
        assert client.getreply()[0] == 354
        client.send(second.raw[:half])
        post(crashes.port, first)
        stopping = threading.Thread(target=crashes.stop)
        stopping.start()
        until(lambda: not listening(crashes.port), "the port to close")
        client.send(second.raw[half:] + b"\r\n.\r\n")
        assert client.getreply()[0] == 250
    stopping.join()
    crashes.acknowledged += [first, second]
    assert list((crashes.hub.home / "serving").iterdir()) == []
    assert held(crashes) == []
    crashes.start()
    wait_for_receipts(crashes)
    judge_receiver(crashes, receiver)
    assert len(receiver.took) == len(crashes.acknowledged)


def listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def held(crashes):
    """Who holds a claim."""
    with crashes.hub.database.reading() as tx:
        return [
            owner
            for table in (captures, dispatches)
            for owner in tx.connection.execute(sa.select(table.c.owner).where(table.c.owner != "")).scalars()
        ]
