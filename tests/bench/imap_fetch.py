"""How fast the IMAP door takes 5,000 mails of 100 KB out of a real Dovecot, durable and with their rows, beside a bare loop.

The bare loop is imaplib that fetches the same mailbox in batches of 50 and keeps nothing: no client in Python can be much
faster. The door stores the octets with a flush, writes capture and outcome, and moves each mail. The aim is at least 5,000
mails a minute on SQLite; `python -m tests.bench.imap_fetch [MAILS]`.
"""

import imaplib
import resource
import sys
import tempfile
import time
from pathlib import Path

from storage.database import Database
from tests.integration.imap.mailboxes import TAKEN, mail, open_hub_mailbox
from tests.servers.dovecot import PASSWORD, Dovecot, running_dovecot

MAILS = 5_000
OCTETS = 100_000
CHUNK = 250
BATCH = 50
AIM = 5_000
USER = "bench"


def main() -> None:
    """Print both, the ratio, and the memory that was needed."""
    mails = int(sys.argv[1]) if len(sys.argv) > 1 else MAILS
    with running_dovecot() as server, tempfile.TemporaryDirectory() as folder:
        fill(server, mails)
        size = len(mail(0, octets=OCTETS))
        floor = bare(server, mails)
        print(f"bare imaplib: {line(mails, size, floor)}")
        before = peak()
        ours = door(server, Path(folder), mails)
        print(f"IMAP door:    {line(mails, size, ours)}, aim {AIM}; peak memory {peak()} MiB ({before} before)")
        print(f"ratio to the bare loop {floor / ours:.2f}")


def fill(server: Dovecot, mails: int) -> None:
    """Deliver, in commands of a bearable size."""
    for start in range(0, mails, CHUNK):
        server.deliver(USER, [mail(number, octets=OCTETS) for number in range(start, min(start + CHUNK, mails))])


def bare(server: Dovecot, mails: int) -> float:
    """Seconds of the bare loop."""
    started = time.perf_counter()
    client = imaplib.IMAP4("127.0.0.1", server.port)
    client.login(USER, PASSWORD)
    client.select("INBOX", readonly=True)
    octets = 0
    for start in range(1, mails + 1, BATCH):
        _, data = client.uid("FETCH", f"{start}:{start + BATCH - 1}", "(BODY.PEEK[])")
        octets += sum(len(part[1]) for part in data if isinstance(part, tuple))
    client.logout()
    assert octets >= mails * OCTETS * 0.99
    return time.perf_counter() - started


def door(server: Dovecot, folder: Path, mails: int) -> float:
    """Seconds of the door, from its login to the last move."""
    url = f"sqlite:///{folder / 'mailhub.db'}"
    database = Database.open(url, lock_file=None)
    database.upgrade()
    database.close()
    box = open_hub_mailbox(url, folder, server, USER)
    started = time.perf_counter()
    box.poll()
    took = time.perf_counter() - started
    assert len(box.captures()) == mails
    assert not server.mails(USER)
    with server.client(USER) as client:
        assert client.folder_status(TAKEN)[b"MESSAGES"] == mails
    box.intake.close()
    box.database.close()
    return took


def line(mails: int, size: int, seconds: float) -> str:
    """Mails a minute and MB a second."""
    return f"{seconds:.1f} s, {mails / seconds * 60:,.0f} mails/min, {mails * size / seconds / 1e6:.0f} MB/s"


def peak() -> int:
    """The most memory this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
