"""Several processes at one SMTP port: mail through each, one killed while it takes a mail, drained, ended with the hub."""

import os
import re
import signal
import smtplib
import socket
import sys
from pathlib import Path

import pytest

from mailhub.demo.home import set_values
from mailhub.hub import create_home, open_hub
from mailhub.serving.door_processes import FIRST_REST_SECONDS, SOUND_SECONDS, DoorProcesses
from storage import captures
from storage.records import Actor, UnitDraft
from storage.segments import Place
from tests.servers.processes import alive, children, command_of, sockets_of, stopped
from tests.servers.serving import answers, start_hub
from tests.servers.waiting import PATIENCE_SECONDS, free_port, until

pytestmark = pytest.mark.timeout(300)
ADDRESS = "vanthu@tinh.example"
UNIT = UnitDraft(code="VP", name="VP", time_zone="Asia/Ho_Chi_Minh", register="UBND", addresses=(ADDRESS,))
CLERK = Actor(unit_id=None, name="lan", via="test")


class Served:
    """A hub that two processes take mail for."""

    def __init__(self, home, hub):
        self.home = home
        self.hub = hub

    @property
    def port(self):
        return self.hub.port

    @property
    def door_process(self):
        """The second process, once it takes mail; its segment or its log is no sign of that before its first mail."""
        return until(self._listening_child, "the second process to take mail", said=self.hub.log)

    def _listening_child(self):
        found = next((pid for pid in children(self.hub.process.pid) if "door_process" in command_of(pid)), None)
        # An event loop that runs has made a pair of sockets to wake itself with.
        return found if found is not None and sockets_of(found) >= 3 else None

    def post(self, subject):
        """Gives the id of the capture."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=PATIENCE_SECONDS) as client:
            client.ehlo()
            client.mail("a@so.example")
            client.rcpt(ADDRESS)
            return capture_in(client.data(f"Subject: {subject}\r\n\r\nx\r\n"))

    def known(self, capture_id):
        """Gives the mail, and the segment that it stands in."""
        hub = open_hub(self.home, {})
        with hub.database.reading() as tx:
            draft = captures.get(tx, capture_id).draft
        raw = hub.blobs.get(draft.blob)
        hub.close()
        return raw, Place.parse(draft.blob).segment


def capture_in(reply):
    code, text = reply
    assert code == 250, reply
    return int(re.search(rb"capture (\d+)", text)[1])


def ignores_sigterm(pid):
    mask = re.search(r"SigIgn:\s+([0-9a-f]+)", Path(f"/proc/{pid}/status").read_text())[1]
    return int(mask, 16) >> (signal.SIGTERM - 1) & 1


@pytest.fixture
def served(furnished):
    """Tests end the hub, and the next one to come may be any of them."""
    if not furnished.hub.alive:
        furnished.hub = start_hub(furnished.home, furnished.port, furnished.home.with_name("log"))
    return furnished


@pytest.fixture(scope="module")
def furnished(tmp_path_factory):
    home = tmp_path_factory.mktemp("served") / "hub"
    create_home(home)
    set_values(home, {"smtp.port": str(free_port()), "smtp.processes": "2", "worker.threads": "1", "reader.children": "1"})
    hub = open_hub(home, {})
    hub.directory.add_unit(CLERK, UNIT)
    port = hub.settings.smtp.port
    hub.close()
    running = Served(home, start_hub(home, port, home.with_name("log")))
    yield running
    if running.hub.alive:
        running.hub.kill()


def test_each_process_takes_mail_into_a_segment_of_its_own(served):
    first, second = served.hub.process.pid, served.door_process
    with stopped(second, served.home):
        mine = served.post("first")
    with stopped(first, served.home):
        other = served.post("second")
    (raw, segment), (other_raw, other_segment) = served.known(mine), served.known(other)
    assert b"Subject: first" in raw
    assert b"Subject: second" in other_raw
    assert segment != other_segment


def test_every_process_learns_a_new_address(served):
    hub = open_hub(served.home, {})
    hub.directory.add_unit(CLERK, UnitDraft(**{**UNIT_VALUES, "code": "TH", "addresses": ("tonghop@tinh.example",)}))
    hub.close()

    def takes():
        with smtplib.SMTP("127.0.0.1", served.port, timeout=PATIENCE_SECONDS) as client:
            client.ehlo()
            client.mail("a@so.example")
            return client.rcpt("tonghop@tinh.example")[0] == 250

    assert served.door_process
    with stopped(served.hub.process.pid, served.home):
        until(takes, "the second process to know the address")


def test_one_that_dies_while_it_takes_a_mail_is_replaced_and_costs_only_that_mail(served):
    doomed = served.door_process
    with stopped(served.hub.process.pid, served.home):
        client = smtplib.SMTP("127.0.0.1", served.port, timeout=PATIENCE_SECONDS)
        begin_data(client)
    os.kill(doomed, signal.SIGKILL)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        client.getreply()
    client.close()
    assert served.post("meanwhile")
    assert served.door_process != doomed
    with stopped(served.hub.process.pid, served.home):
        assert served.post("its successor")


def test_stopping_lets_every_process_finish_its_mail(served):
    first, second = served.hub.process.pid, served.door_process
    with stopped(first, served.home):
        client = smtplib.SMTP("127.0.0.1", served.port, timeout=PATIENCE_SECONDS)
        begin_data(client)
    served.hub.process.send_signal(signal.SIGTERM)
    until(lambda: not answers(served.port), "the port to be closed")
    client.send(b"rest\r\n.\r\n")
    taken = capture_in(client.getreply())
    client.close()
    assert served.hub.process.wait(PATIENCE_SECONDS) == 0, served.hub.log()
    until(lambda: not alive(second), "the second process to end")
    assert b"Subject: slow\r\n\r\nrest" in served.known(taken)[0]


def test_a_killed_hub_takes_its_processes_with_it(served):
    second = served.door_process
    served.hub.kill()
    until(lambda: not alive(second), "the second process to end")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE_SECONDS)


def begin_data(client):
    client.ehlo()
    client.mail("a@so.example")
    client.rcpt(ADDRESS)
    client.putcmd("data")
    assert client.getreply()[0] == 354
    client.send(b"Subject: slow\r\n\r\n")


UNIT_VALUES = {name: getattr(UNIT, name) for name in ("code", "name", "time_zone", "register", "addresses")}


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def ended(processes):
    (pid,) = processes.pids
    until(lambda: not alive(pid), "the process to end")
    processes.look()
    return pid


def test_a_process_that_dies_early_is_started_again_after_longer_and_longer_rests():
    clock = Clock()
    processes = DoorProcesses(1, lambda slot: ["true"], clock=clock)
    processes.start()
    for rest in (FIRST_REST_SECONDS, 2 * FIRST_REST_SECONDS, 4 * FIRST_REST_SECONDS):
        ended(processes)
        assert processes.pids == []
        clock.now += rest * 0.9
        processes.look()
        assert processes.pids == []
        clock.now += rest * 0.2
        processes.look()
        assert len(processes.pids) == 1
    clock.now += SOUND_SECONDS
    first = ended(processes)
    assert len(processes.pids) == 1
    assert processes.pids != [first]
    processes.dismiss().wait(20)


def test_a_process_that_does_not_stop_is_stopped():
    stubborn = [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"]
    processes = DoorProcesses(2, lambda slot: stubborn if slot == 1 else ["sleep", "60"])
    processes.start()
    pids = processes.pids
    until(lambda: ignores_sigterm(pids[0]), "it to ignore the signal")
    processes.dismiss().wait(0.2)
    assert not any(alive(pid) for pid in pids)
    processes.look()
    assert processes.pids == []
