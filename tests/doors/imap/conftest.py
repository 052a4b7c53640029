"""A hub's side, before a server that does what it should not."""

import pytest

from tests.integration.imap.mailboxes import ADDRESS, open_hub_mailbox
from tests.servers.scripted_imap import ScriptedImap, running_scripted_imap


class Poller:
    """One account at a scripted server."""

    def __init__(self, server, url, folder, **changes):
        quiet = {"taken": "Taken", "seconds": 20.0, "poll_seconds": 0.1, "idle": False}
        self.box = open_hub_mailbox(url, folder, server, ADDRESS, **(quiet | changes))
        self.server = server
        self.told = self.box.told
        self.stopping = self.box.stopping
        self.door = self.box.door()

    def rounds(self, count=1):
        for _ in range(count):
            self.door.run_once()

    def close(self):
        self.door.close()
        self.box.intake.close()
        self.box.database.close()


@pytest.fixture
def open_poller(sqlite_template, tmp_path, monkeypatch):
    """Begin to poll a server, and no other one any more; pauses after faults are none."""
    path = tmp_path / "mailhub.db"
    path.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setattr("mailhub.doors.imap.door.FIRST_PAUSE", 0.0)
    servers, pollers = [], []

    def open_(server=None, **changes):
        for poller in pollers:
            poller.close()
        servers.append(running_scripted_imap(server or ScriptedImap()))
        pollers[:] = [Poller(servers[-1].__enter__(), f"sqlite:///{path}", tmp_path, **changes)]
        return pollers[0]

    yield open_
    for poller in pollers:
        poller.close()
    for server in servers:
        server.__exit__(None, None, None)
