"""Real mailboxes, each test with users of its own, and hubs that take mail out of them."""

import itertools

import pytest

from tests.integration.imap.mailboxes import open_hub_mailbox
from tests.servers.dovecot import running_dovecot

USERS = (f"user{number}" for number in itertools.count())


@pytest.fixture(scope="session")
def dovecot():
    with running_dovecot() as server:
        yield server


@pytest.fixture(scope="session")
def old_dovecot():
    """A server that knows neither MOVE nor IDLE."""
    with running_dovecot(capability="IMAP4rev1 LITERAL+ UIDPLUS MULTIAPPEND") as server:
        yield server


@pytest.fixture(scope="session")
def oldest_dovecot():
    with running_dovecot(capability="IMAP4rev1 LITERAL+ MULTIAPPEND") as server:
        yield server


@pytest.fixture
def user():
    return next(USERS)


@pytest.fixture
def open_box(sqlite_template, tmp_path):
    opened = []

    def open_(server, user, **changes):
        path = tmp_path / "mailhub.db"
        if not path.exists():
            path.write_bytes(sqlite_template.read_bytes())
        opened.append(open_hub_mailbox(f"sqlite:///{path}", tmp_path, server, user, **changes))
        return opened[-1]

    yield open_
    for box in opened:
        box.stopping.set()
        box.intake.close()
        box.database.close()


@pytest.fixture
def box(open_box, dovecot, user):
    return open_box(dovecot, user)
