"""A served hub sends texts: through Twilio and over SMPP, across a kill in the middle of a text, to its end."""

import os
import re
import signal
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest

from mailhub import texting
from mailhub.demo.home import set_values
from mailhub.hub import create_home, open_hub
from mailhub.serving import Server, loops
from mailhub.texting import intend_text
from storage.records import Actor, UnitDraft
from tests.servers.processes import exists
from tests.servers.smsc import ScriptedSmsc
from tests.servers.twilio import ACCOUNT, HANG, TOKEN
from tests.servers.waiting import free_port, until

pytestmark = pytest.mark.timeout(300)

NUMBER = "+84912345678"
OFFICE = UnitDraft(
    code="VPUB",
    name="Văn phòng UBND tỉnh",
    time_zone="Asia/Ho_Chi_Minh",
    register="UBND",
    addresses=("vpub@tinh.gov.vn",),
    aliases=(),
)


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    """A loop that nobody waits for looks often, and a gateway is asked after a text at once."""
    monkeypatch.setattr(loops, "IDLE_SECONDS", 0.05)
    monkeypatch.setattr(loops, "HOUSEKEEPING_SECONDS", 0.1)
    monkeypatch.setattr(texting, "FIRST_LOOK", timedelta(0))


@pytest.fixture
def home(tmp_path, database_url):
    """A hub with one unit, on each database; its URL is in its settings."""
    home = tmp_path / "hub"
    environ = {"MAILHUB_STORAGE__DATABASE": database_url}
    create_home(home, environ)
    hub = open_hub(home, environ)
    hub.directory.add_unit(Actor(unit_id=None, name="test", via="test"), OFFICE)
    hub.close()
    set_values(home, {"storage.database": f'"{database_url}"'})
    return home


def served_through(home, settings):
    port = free_port()
    # An answer that a busy machine brings late would leave a text uncertain.
    patient = {"timeout_seconds": "45"}
    set_values(home, {"smtp.port": str(port), **{f"sms.{key}": value for key, value in (settings | patient).items()}})
    return port


def intend(hub, text, revision=1):
    with hub.database.transaction() as tx:
        now = tx.now()
        unit_id, expires_at = hub.directory.unit().id, now + timedelta(hours=1)
        values = {"kind": "meeting", "revision": revision, "number": NUMBER, "text": text}
        return intend_text(tx, unit_id=unit_id, due_at=now, expires_at=expires_at, **values)


@contextmanager
def served(home):
    """Everything that `mailhub serve` runs, in this process; gives its hub."""
    hub = open_hub(home, {})
    server = Server(hub)
    server.start()
    try:
        yield hub
    finally:
        server.stop()
        hub.close()


def states(hub):
    listed = hub.outbox.shown(hub.directory.unit().id, hub.outbox.list_(hub.directory.unit().id))
    return {shown.text: shown.dispatch.state.value for shown in listed}


def wait_for(hub, expected):
    until(lambda: states(hub) == expected, f"{expected}", said=lambda: str(states(hub)))


def test_texts_leave_through_twilio_to_the_phone_and_a_kill_in_the_middle_sends_none_twice(
    home, scripted_twilio, starter, caplog
):
    caplog.set_level("INFO")
    scripted_twilio.statuses = ["delivered"]
    served_through(home, scripted_twilio.settings)
    with served(home) as hub:
        intend(hub, "HOP 1")
        wait_for(hub, {"HOP 1": "delivered"})
    hub = open_hub(home, {})
    intend(hub, "HOP 2", revision=2)
    scripted_twilio.creates.append(HANG)
    log = home.with_name("doomed.log")
    doomed = starter.serve(home, log)
    until(lambda: len(scripted_twilio.made) == 2, "the second text", said=log.read_text)
    os.kill(doomed, signal.SIGKILL)
    until(lambda: not exists(doomed), "the hub to die")
    intend(hub, "HOP 3", revision=3)
    hub.close()
    with served(home) as hub:
        wait_for(hub, {"HOP 1": "delivered", "HOP 2": "uncertain", "HOP 3": "delivered"})
    assert scripted_twilio.bodies(NUMBER) == ["HOP 1", "HOP 2", "HOP 3"]
    assert not re.search(f"{ACCOUNT}|{TOKEN}|{NUMBER[1:]}", caplog.text + log.read_text())


def test_texts_leave_over_smpp_and_the_hub_unbinds_when_it_is_stopped(home, caplog):
    caplog.set_level("INFO")
    with ScriptedSmsc() as smsc:
        settings = {"gateway": '"smpp"', "sender": '"VPUB"', "smpp_host": '"127.0.0.1"', "smpp_port": str(smsc.port)}
        served_through(home, settings | {"smpp_system_id": '"vpub"', "smpp_password": '"secret"'})
        with served(home) as hub:
            intend(hub, "HOP 1")
            wait_for(hub, {"HOP 1": "sent"})
            smsc.receipt(NUMBER[1:], "id:1 stat:DELIVRD err:000")
            wait_for(hub, {"HOP 1": "delivered"})
        until(lambda: smsc.unbound == 1, "the unbind")
        assert len(smsc.submitted) == 1
    assert not re.search(f"secret|{NUMBER[1:]}", caplog.text)


def test_texts_leave_into_a_folder_from_a_hub_that_tries_out(home):
    served_through(home, {"gateway": '"folder"'})
    with served(home) as hub:
        intend(hub, "HOP 1")
        wait_for(hub, {"HOP 1": "delivered"})
    (written,) = (home / "sms").iterdir()
    assert written.read_text() == f"To: {NUMBER}\n\nHOP 1\n"


def test_a_hub_without_a_gateway_keeps_its_texts(home):
    served_through(home, {"gateway": '"none"'})
    with served(home) as hub:
        intend(hub, "HOP 1")
        assert not [thread for thread in threading.enumerate() if thread.name in {"texting", "following"}]
        assert states(hub) == {"HOP 1": "due"}
    assert not (home / "sms").exists()
