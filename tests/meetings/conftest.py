"""An office with officials, a numbered register of invitations and SMS, over a fresh registry on each database."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import icalendar
import pytest

from mailhub.checking.pool import ReaderPool
from mailhub.directory.sketches import OfficialSketch
from mailhub.hub import create_home, open_hub
from mailhub.meetings.orders import Convocation, Moving, PaperChange
from mailhub.registers import RegisterOrder
from mailhub.relays import Outcome, OutcomeKind
from sms.gateway import Delivery, DeliveryState, Search, SearchState, SendOutcome, SendState
from storage import events, outbox
from storage.records import Actor, UnitDraft
from tests.hub.conftest import FixedClock

CLERK = Actor(unit_id=None, name="lan", via="cli")
NOW = datetime(2024, 8, 1, 2, 40, tzinfo=UTC)
NINTH = datetime(2024, 8, 9, 1, 0, tzinfo=UTC)
TWELFTH = datetime(2024, 8, 12, 7, 0, tzinfo=UTC)
SETTINGS = """
[contact]
name = "Nguyễn Thị Lan"
phone = "0901 234 567"

[sms]
gateway = "folder"

[meetings]
short_name = "VPUB TỈNH"
locality = "Tây Ninh"
parent_name = "UBND tỉnh Tây Ninh"
"""

HEALTH = OfficialSketch(
    code="SYT-GD",
    name="Trần Văn Hà",
    position="Giám đốc",
    organisation="Sở Y tế",
    addresses=("ha@syt.example",),
    numbers=("+84912345671",),
    assistants=("SYT-TL",),
)
HELPER = OfficialSketch(code="SYT-TL", name="Lê Thị Mai", position="Thư ký", organisation="Sở Y tế", numbers=("+84912345672",))
FINANCE = OfficialSketch(
    code="STC-GD",
    name="Phạm Quốc Bình",
    position="Giám đốc",
    organisation="Sở Tài chính",
    addresses=("binh@stc.example",),
    numbers=("+84912345673",),
)
HOME = OfficialSketch(
    code="SNV-GD", name="Đỗ Thu Hương", position="Giám đốc", organisation="Sở Nội vụ", addresses=("huong@snv.example",)
)


@dataclass
class RecordingRelay:
    """Keeps every mail; answers what the script says, else takes it."""

    taken: list = field(default_factory=list)
    outcomes: deque = field(default_factory=deque)

    def send(self, mail_from, recipient, data):
        outcome = self.outcomes.popleft() if self.outcomes else Outcome(kind=OutcomeKind.SENT, reply="250 ok")
        if outcome.kind is OutcomeKind.SENT:
            self.taken.append((recipient, data))
        return outcome

    def close(self):
        pass


@dataclass
class RecordingGateway:
    """Keeps every text; answers what the scripts say, else takes it and knows nothing more."""

    name: str = "recording"
    taken: list = field(default_factory=list)
    outcomes: deque = field(default_factory=deque)
    deliveries: dict = field(default_factory=dict)

    def send(self, message):
        outcome = self.outcomes.popleft() if self.outcomes else SendOutcome(state=SendState.ACCEPTED, sid=message.reference)
        if outcome.state is SendState.ACCEPTED:
            self.taken.append((message.to, message.text))
        return outcome

    def status(self, sid):
        return Delivery(state=self.deliveries.get(sid, DeliveryState.UNKNOWN))

    def find(self, message, since):
        return Search(state=SearchState.NO_LIST)

    def close(self):
        pass


@dataclass
class Letterbox:
    """One mail as its recipient's program reads it."""

    to: str
    message: object

    @property
    def subject(self):
        return self.message["Subject"]

    @property
    def text(self):
        return self.message.get_body(("plain",)).get_content().replace("\r\n", "\n")

    @property
    def calendar(self):
        part = next(part for part in self.message.walk() if part.get_content_type() == "text/calendar")
        return icalendar.Calendar.from_ical(part.get_content())

    @property
    def event(self):
        return self.calendar.walk("VEVENT")[0]

    @property
    def method(self):
        return str(self.calendar["METHOD"])

    @property
    def files(self):
        return [part.get_filename() for part in self.message.iter_attachments()]


@dataclass
class Office:
    """A hub with its clerk's verbs on meetings, and what went out."""

    hub: object
    clock: FixedClock
    unit: object
    relay: RecordingRelay = field(default_factory=RecordingRelay)
    gateway: RecordingGateway = field(default_factory=RecordingGateway)

    def add(self, *sketches):
        return [self.hub.appointing.add(CLERK, self.unit.id, sketch) for sketch in sketches]

    def order(self, **changes):
        given = {
            "title": "Họp triển khai văn bản điện tử",
            "starts_at": NINTH,
            "place": "Phòng họp số 1",
            "invite": ("SYT-GD", "STC-GD"),
        }
        return Convocation(**(given | changes))

    def done(self, proposal, **options):
        return self.hub.convening.carry_out(CLERK, proposal, **options)

    def convene(self, *, confirmed=None, **changes):
        return self.done(self.hub.secretary.convene(self.unit, self.order(**changes)), confirmed=confirmed).meeting

    def move(self, meeting, **changes):
        return self.done(self.hub.secretary.move(self.unit, meeting.id, Moving(reason="chủ trì bận", **changes))).meeting

    def postpone(self, meeting):
        return self.done(self.hub.secretary.postpone(self.unit, meeting.id, reason="bão")).meeting

    def cancel(self, meeting):
        return self.done(self.hub.secretary.cancel(self.unit, meeting.id, reason="không cần nữa")).meeting

    def papers(self, meeting, *papers, **changes):
        return self.done(self.hub.secretary.papers(self.unit, meeting.id, PaperChange(papers=papers, **changes))).meeting

    def undo(self, meeting):
        return self.done(self.hub.secretary.undo(self.unit, meeting.id, reason="gõ nhầm")).meeting

    def wait(self, **length):
        self.clock.move(**(length or {"minutes": 4}))

    def send(self):
        """Let everything leave that is due now; gives the new mails and texts."""
        mails, texts = len(self.relay.taken), len(self.gateway.taken)
        dispatcher = self.hub.dispatcher("mail")
        dispatcher = type(dispatcher)(
            name="mail",
            database=self.hub.database,
            blobs=self.hub.blobs,
            relay=self.relay,
            rendering=self.hub.rendering,
            patience=self.hub.patience,
            lease=self.hub.settings.outbox.lease,
        )
        texting = self.hub.texting("sms", self.gateway)
        while dispatcher.run_once() or texting.run_once():
            pass
        return self.mails[mails:], self.gateway.taken[texts:]

    def follow(self):
        """Let the gateway say what became of texts."""
        following = self.hub.following("sms", self.gateway)
        while following.run_once():
            pass

    @property
    def mails(self):
        return [Letterbox(to=to, message=message_from_bytes(data, policy=default)) for to, data in self.relay.taken]

    def rows(self, meeting):
        with self.hub.database.reading() as tx:
            return outbox.of_meeting(tx, meeting.id)

    def told_events(self):
        with self.hub.database.reading() as tx:
            return [event.kind for event in events.list_(tx, limit=1000) if event.kind.startswith("meeting-")]


@dataclass
class SharedReaders:
    """Reader children that outlive a test's hub: starting one costs more than what it reads here."""

    pool: ReaderPool

    def read(self, job):
        return self.pool.read(job)

    def close(self):
        pass


@pytest.fixture(scope="session")
def readers():
    with ReaderPool(1) as pool:
        yield SharedReaders(pool)


@pytest.fixture
def make_office(tmp_path, readers, furnish):
    """Make an office over a registry's URL; closed at the end."""
    made = []

    def make(database_url, settings=SETTINGS):
        home = tmp_path / f"hub{len(made)}"
        unit = furnish("meetings", home, database_url, furnished_office)
        (home / "mailhub.toml").write_text(settings, encoding="utf-8")
        clock = FixedClock(now=NOW)
        hub = open_hub(home, {"MAILHUB_STORAGE__DATABASE": database_url}, clock)
        vars(hub)["readers"] = readers
        made.append(hub)
        return Office(hub=hub, clock=clock, unit=unit)

    yield make
    for hub in made:
        hub.close()


def furnished_office(home, environ):
    """Make a hub whose unit convenes officials of three bodies; gives the unit."""
    create_home(home, environ)
    (home / "mailhub.toml").write_text(SETTINGS, encoding="utf-8")
    clock = FixedClock(now=NOW)
    hub = open_hub(home, environ, clock)
    unit = hub.directory.add_unit(
        CLERK,
        UnitDraft(
            code="VPUB",
            name="Văn phòng UBND tỉnh",
            time_zone="Asia/Ho_Chi_Minh",
            register="UBND",
            addresses=("vpub@tinh.example",),
        ),
    )
    hub.registers.open(CLERK, unit.id, RegisterOrder(code="GM", direction="out", kind="GM", next_number=226))
    Office(hub=hub, clock=clock, unit=unit).add(HELPER, HEALTH, FINANCE, HOME)
    hub.close()
    return unit


@pytest.fixture
def office(database_url, make_office):
    return make_office(database_url)
