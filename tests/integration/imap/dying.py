"""A poller that dies at the n-th step it takes, for every n, each time followed by one that lives.

Run as a program; the arguments are a JSON object. A step is the end of anything that changes a mailbox, the registry or the
blobs, or that asks the server; `steps` names those that count. To die at the beginning would be to die at the end of the step
before. Between two deaths a mail and one that is too large come in; where mails are purged, those that are stored by then are
ordered deleted as well.
"""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from imapclient import IMAPClient

from mailhub.doors.imap import Mode
from storage import mailboxes
from storage.database import Database
from storage.writing import Writing
from tests.integration.imap.mailboxes import mail, open_hub_mailbox
from tests.servers.dovecot import Dovecot

LARGEST = 5_000
LARGE = 10_000
DIED = 9
MOST_STEPS = 400
STORING, COMMITTING = "flush", "commit"
CHANGING = ("move", "copy", "add_flags", "uid_expunge", "create_folder")
EVERY = ("select_folder", "search", "fetch", *CHANGING, "list_folders", STORING, COMMITTING)


class Steps:
    """Counts steps; the fatal one is the last thing that its process does."""

    def __init__(self, fatal: int) -> None:
        self.fatal = fatal
        self.count = 0
        self.lock = threading.Lock()

    def __call__(self) -> None:
        with self.lock:
            self.count += 1
            if self.count == self.fatal:
                os._exit(DIED)

    def after(self, owner: type, name: str) -> None:
        """Make the end of a method a step."""
        method: Callable[..., object] = getattr(owner, name)

        def stepping(*args: object, **kwargs: object) -> object:
            result = method(*args, **kwargs)
            self()
            return result

        setattr(owner, name, stepping)

    def after_commits(self) -> None:
        """Make the end of a transaction a step."""
        transaction = Database.transaction

        @contextmanager
        def stepping(database: Database) -> Iterator[object]:
            with transaction(database) as tx:
                yield tx
            self()

        Database.transaction = stepping

    def count_them(self, names: Sequence[str]) -> None:
        """Make these steps."""
        for name in names:
            if name == COMMITTING:
                self.after_commits()
            else:
                self.after(Writing if name == STORING else IMAPClient, name)


def poll(order: dict[str, Any], fatal: int = 0) -> bool:
    """Poll in a process of its own; False when it died."""
    child = os.fork()
    if child == 0:
        if fatal:
            Steps(fatal).count_them(order["steps"])
        box = open_box(order)
        box.poll(owner=f"imap@{os.getpid()}")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in {0, DIED}:
        raise RuntimeError(f"the poller failed at step {fatal}")
    return code == 0


def open_box(order: dict[str, Any]):
    server = Dovecot(Path(), int(order["port"]))
    return open_hub_mailbox(order["url"], Path(order["folder"]), server, order["user"], largest=LARGEST, mode=Mode(order["mode"]))


def release(order: dict[str, Any]) -> None:
    """What housekeeping does for those that died."""
    database = Database.open(order["url"], lock_file=None)
    with database.transaction() as tx:
        if order["purged"]:
            for capture_id in tx.connection.exec_driver_sql("SELECT id FROM captures").scalars().all():
                mailboxes.order_deletion(tx, capture_id)
        tx.connection.exec_driver_sql("UPDATE mailbox_accounts SET ready_at = NULL")
    database.close()


def main() -> None:
    order = json.loads(sys.argv[1])
    server = Dovecot(Path(), int(order["port"]))
    release(order)
    for fatal in range(1, MOST_STEPS):
        server.deliver(order["user"], [mail(2 * fatal), mail(2 * fatal + 1, octets=LARGE)])
        if poll(order, fatal):
            print(fatal)
            return
        release(order)
        if not poll(order):
            raise RuntimeError("the poller that was to live died")
    raise RuntimeError("the poller never came to its end")


if __name__ == "__main__":
    main()
