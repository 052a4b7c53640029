"""Two hubs that know each other as agencies: their programs never talk to each other for long."""

import re
import smtplib
from contextlib import ExitStack
from email import message_from_bytes
from email.policy import SMTP

import pytest

from mailhub.checking.pool import ReaderPool
from mailhub.demo.home import set_values
from mailhub.doors.waits import DoorWaits
from mailhub.hub import create_home, open_hub, upgrade_hub
from mailhub.serving.doors import Doors
from mailhub.serving.workers import new_worker
from storage.records import Actor, AgencyCode, AgencyDraft, SubmissionState, UnitDraft
from tests.integration.receiving import Receiver
from tests.meetings.conftest import SharedReaders
from tests.servers.waiting import PATIENCE_SECONDS, free_port

pytestmark = pytest.mark.timeout(300)

CLERK = Actor(unit_id=None, name="lan", via="cli")
ADDRESSES = {"A": "vt@a.example", "B": "vt@b.example"}
MARKS = re.compile(rb"^(?:Auto-Submitted|X-[\w-]+|Precedence):[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", re.MULTILINE)
LETTER = (
    b"From: Van thu B <vt@b.example>\r\nTo: vt@a.example\r\nMessage-ID: <1@b.example>\r\nSubject: Gui van ban\r\n"
    b"\r\nKinh gui Van phong, chung toi gui van ban.\r\n"
)


class Wire(Receiver):
    """The mail server between the hubs: it counts what passes, may strip it of its marks, and hands it on to a hub's door."""

    def __init__(self, ports, *, strips=False):
        super().__init__(self.pass_on)
        self.ports, self.strips, self.passed = ports, strips, []
        self.envelope = None

    async def handle_DATA(self, server, session, envelope):
        self.envelope = envelope
        return await super().handle_DATA(server, session, envelope)

    def pass_on(self, word):
        if word == "the mail":
            raw = MARKS.sub(b"", self.envelope.content) if self.strips else self.envelope.content
            (recipient,) = self.envelope.rcpt_tos
            self.passed.append((recipient, message_from_bytes(raw, policy=SMTP)))
            post(self.ports["A" if recipient.endswith("@a.example") else "B"], self.envelope.mail_from, recipient, raw)
        return True


def post(port, sender, recipient, raw):
    with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE_SECONDS) as client:
        client.sendmail(sender, [recipient], raw)


class Hubs:
    """Both hubs with open doors and the wire between them."""

    def __init__(self, folder, readers, stack, *, strips):
        self.ports = {name: free_port() for name in ADDRESSES}
        self.wire = Wire(self.ports, strips=strips)
        relay = stack.enter_context(self.wire.running())
        self.dispatchers = {}
        self.hubs = {name: self.make(folder / name, name, relay, readers, stack) for name in ADDRESSES}

    def make(self, home, name, relay, readers, stack):
        other = "B" if name == "A" else "A"
        create_home(home)
        values = {"mail.domain": f'"{name.lower()}.example"', "contact.name": '"Lan"', "contact.phone": '"0220 3 000 111"'}
        set_values(home, values | relay | {"smtp.port": str(self.ports[name]), "notices.held": "true"})
        upgrade_hub(home, {})
        hub = open_hub(home, {})
        stack.callback(hub.close)
        vars(hub)["readers"] = readers
        unit = hub.directory.add_unit(
            CLERK,
            UnitDraft(code=name, name=f"Office {name}", time_zone="UTC", register="CV", addresses=(ADDRESSES[name],)),
        )
        agency = AgencyDraft(
            codes=(AgencyCode(code=other),), name=other, kind="state", mode="auto", addresses=(ADDRESSES[other],)
        )
        hub.directory.add_agency(CLERK, unit.id, agency)
        waits = DoorWaits.for_processes(1)
        stack.callback(waits.close)
        doors = Doors.of(hub, waits)
        doors.open()
        self.dispatchers[name] = hub.dispatcher("d")
        stack.callback(self.dispatchers[name].relay.close)
        stack.callback(doors.intake.close)
        stack.callback(doors.close, 5.0)
        return hub

    def run(self):
        """Both work and send until neither has anything to do."""
        steps = [
            step for name, hub in self.hubs.items() for step in (new_worker(hub, "w").run_once, self.dispatchers[name].run_once)
        ]
        rounds = 0
        while sum(step() for step in steps):
            rounds += 1
            assert rounds < 100, "the hubs find no end"

    def submissions(self, name):
        hub = self.hubs[name]
        return hub.submissions.list_(hub.directory.units()[0].id)


@pytest.fixture(scope="module")
def readers():
    with ReaderPool(1) as pool:
        yield SharedReaders(pool)


@pytest.fixture
def make_hubs(tmp_path, readers):
    with ExitStack() as stack:
        yield lambda **options: Hubs(tmp_path, readers, stack, **options)


def test_two_hubs_that_answer_everything_stop_at_two_mails(make_hubs):
    hubs = make_hubs(strips=False)
    post(hubs.ports["A"], ADDRESSES["B"], ADDRESSES["A"], LETTER)
    hubs.run()
    (answer,) = hubs.wire.passed
    assert answer[0] == ADDRESSES["B"]
    assert (answer[1]["Auto-Submitted"], answer[1]["Precedence"]) == ("auto-replied", None)
    assert answer[1]["In-Reply-To"] == "<1@b.example>"
    assert answer[1]["X-Mailhub-Loop"]
    (noted,) = hubs.submissions("B")
    assert noted.draft.state is SubmissionState.NOTED


def test_two_hubs_stop_also_where_a_relay_takes_every_mark_away(make_hubs):
    hubs = make_hubs(strips=True)
    post(hubs.ports["A"], ADDRESSES["B"], ADDRESSES["A"], LETTER)
    hubs.run()
    assert [recipient for recipient, _ in hubs.wire.passed] == [ADDRESSES["B"], ADDRESSES["A"]]
    latest, _ = hubs.submissions("A")
    assert latest.draft.state is SubmissionState.NOTED
