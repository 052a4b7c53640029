"""Texts: sent once whatever happens, followed to their end, held beyond the day's limit (design, 5)."""

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise

import pytest

from mailhub.dispatching import Patience
from mailhub.errors import RefusedError
from mailhub.language import Language
from mailhub.notices.sms import TextRules
from mailhub.outbox import Outbox
from mailhub.texting import Following, Texting, intend_text
from sms.folder_gateway import FolderGateway
from sms.gateway import Delivery, DeliveryState, Search, SearchState, SendOutcome, SendState
from sms.twilio_gateway import TwilioGateway, TwilioSettings
from storage import outbox
from storage.records import DispatchState
from tests.hub.conftest import CLERK
from tests.servers.twilio import ACCOUNT, HANG, HTML_500, RESET_AFTER, RESET_BEFORE, TOKEN, error
from tests.storage.builders import add_meeting, add_unit, destroy_document

NUMBER = "+84912345678"
LEASE = timedelta(minutes=3)
MINUTE = timedelta(minutes=1)


class Crash(BaseException):
    """The process ends here."""


@dataclass
class ScriptedGateway:
    """Answers what the scripts say; without one it takes, knows nothing more, and has no list."""

    name: str = "scripted"
    outcomes: deque = field(default_factory=deque)
    deliveries: deque = field(default_factory=deque)
    searches: deque = field(default_factory=deque)
    sent: list = field(default_factory=list)

    def send(self, message):
        self.sent.append(message)
        outcome = self.outcomes.popleft() if self.outcomes else SendOutcome(state=SendState.ACCEPTED, sid=f"s{len(self.sent)}")
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def status(self, sid):
        return Delivery(state=self.deliveries.popleft() if self.deliveries else DeliveryState.UNKNOWN)

    def find(self, message, since):
        return self.searches.popleft() if self.searches else Search(state=SearchState.NO_LIST)

    def close(self):
        pass


@dataclass
class Office:
    """An office that texts: intends, sends, follows, and lets time pass."""

    database: object
    clock: object
    unit: object
    gateway: object
    daily_limit: int = 100
    resend: bool = False
    processes: int = 0
    texting: object = None

    def intend(self, text="HOAN HOP GM 226", **changes):
        now = self.clock()
        values = {"kind": "meeting", "revision": 1, "number": NUMBER, "due_at": now, "expires_at": now + timedelta(days=1)}
        with self.database.transaction() as tx:
            return intend_text(tx, unit_id=self.unit.id, text=text, **(values | changes))

    def start(self):
        """A new process: it remembers nothing."""
        self.processes += 1
        self.texting = Texting(
            name=f"texting@{self.processes}",
            database=self.database,
            gateway=self.gateway,
            patience=Patience(first=MINUTE, longest=timedelta(hours=2)),
            lease=LEASE,
            daily_limit=self.daily_limit,
        )

    @property
    def outbox(self):
        return Outbox(self.database, blobs=None)

    @property
    def following(self):
        return Following(name="following@1", database=self.database, gateway=self.gateway, lease=LEASE, resend=self.resend)

    def send(self):
        """Let the texting loop do all there is to do now."""
        if self.texting is None:
            self.start()
        rounds = 0
        while self.texting.run_once():
            rounds += 1
            assert rounds < 300, "the texting loop finds no end"

    def follow(self):
        rounds = 0
        while self.following.run_once():
            rounds += 1
            assert rounds < 300, "the following loop finds no end"

    def pass_time(self, step=20, **length):
        """Let time pass in steps of so many seconds, while everything runs."""
        end = self.clock() + timedelta(**length)
        while self.clock() < end:
            self.clock.move(seconds=step)
            self.send()
            self.follow()

    def get(self, dispatch_id):
        with self.database.reading() as tx:
            return outbox.get(tx, self.unit.id, dispatch_id)

    def state(self, dispatch_id):
        return self.get(dispatch_id).state


@pytest.fixture
def gateway():
    return ScriptedGateway()


@pytest.fixture
def through(open_database, clock):
    """An office that texts through the gateway that is given."""
    database = open_database(clock)
    with database.transaction() as tx:
        unit = add_unit(tx)
    return lambda gateway: Office(database, clock, unit, gateway)


@pytest.fixture
def office(through, gateway):
    return through(gateway)


@pytest.fixture
def through_twilio(through, scripted_twilio):
    settings = TwilioSettings(account=ACCOUNT, token=TOKEN, sender="VPUB", base_url=scripted_twilio.url, seconds=0.5)
    return through(TwilioGateway(settings)), scripted_twilio


def test_a_text_leaves_once_word_for_word_and_is_followed_to_the_phone(office, gateway):
    text = office.intend("HOAN HOP\nGM 226")
    assert office.intend("HOAN HOP\nGM 226") is None
    office.send()
    (message,) = gateway.sent
    assert (message.to, message.text, message.valid_for) == (NUMBER, "HOAN HOP\nGM 226", timedelta(days=1))
    dispatch = office.get(text)
    assert (dispatch.state, dispatch.sid, dispatch.gateway) == (DispatchState.SENT, "s1", "scripted")
    gateway.deliveries.extend([DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.DELIVERED])
    office.pass_time(minutes=5)
    assert (office.state(text), len(gateway.sent)) == (DispatchState.DELIVERED, 1)
    assert office.get(text).delivered_at is not None


def test_a_text_that_the_gateway_takes_and_does_not_deliver_has_failed(office, gateway):
    text = office.intend()
    office.send()
    gateway.deliveries.append(DeliveryState.UNDELIVERED)
    office.pass_time(minutes=1, step=15)
    assert office.state(text) is DispatchState.FAILED


def test_look_ups_become_rarer_and_end_after_three_days(office, gateway):
    text = office.intend()
    office.send()
    asked = []
    gateway.status = lambda sid: asked.append(office.clock()) or Delivery(state=DeliveryState.PENDING)
    office.pass_time(hours=2, step=120)
    pauses = [later - earlier for earlier, later in pairwise(asked)]
    assert pauses == sorted(pauses)
    assert len(asked) < 12
    office.pass_time(days=4, step=7200)
    before = len(asked)
    office.clock.move(days=9)
    office.follow()
    assert len(asked) == before
    assert office.state(text) is DispatchState.SENT


def test_a_temporary_failure_is_tried_again_and_a_permanent_one_is_not(office, gateway):
    gateway.outcomes.extend([SendOutcome(state=SendState.TEMPORARY, detail="no link"), SendOutcome(state=SendState.PERMANENT)])
    text = office.intend()
    office.send()
    assert (office.state(text), office.get(text).last_error) == (DispatchState.DUE, "no link")
    office.pass_time(minutes=2)
    assert office.state(text) is DispatchState.FAILED
    office.pass_time(hours=3, step=900)
    assert len(gateway.sent) == 2


def test_a_gateway_that_wants_less_is_left_alone_for_as_long_as_it_asks(office, gateway):
    gateway.outcomes.append(SendOutcome(state=SendState.THROTTLED, wait=timedelta(seconds=40)))
    texts = [office.intend(revision=number) for number in range(3)]
    office.send()
    assert len(gateway.sent) == 1
    office.clock.move(seconds=39)
    office.send()
    assert len(gateway.sent) == 1
    office.clock.move(seconds=1)
    office.send()
    assert {office.state(text) for text in texts} == {DispatchState.SENT}
    assert len(gateway.sent) == 4


def test_a_text_beyond_its_time_is_not_sent(office, gateway):
    text = office.intend()
    office.clock.move(days=2)
    office.send()
    assert office.state(text) is DispatchState.EXPIRED
    assert gateway.sent == []


def test_a_text_whose_words_are_gone_fails_alone(office, gateway):
    text, other = office.intend(), office.intend(revision=2)
    with office.database.transaction() as tx:
        destroy_document(tx, office.get(text).draft.context_id)
    office.send()
    assert (office.state(text), office.state(other)) == (DispatchState.FAILED, DispatchState.SENT)


# --- nobody knows whether it was sent ---------------------------------------------------------------------------------


def test_without_a_list_an_uncertain_text_waits_for_a_clerk(office, gateway):
    gateway.outcomes.append(SendOutcome(state=SendState.UNCERTAIN, detail="no answer in time"))
    text = office.intend()
    office.send()
    office.pass_time(hours=3, step=900)
    dispatch = office.get(text)
    assert (dispatch.state, dispatch.last_error) == (DispatchState.UNCERTAIN, "no answer in time")
    assert len(gateway.sent) == 1


def test_without_a_list_an_uncertain_text_is_sent_again_where_the_office_wants_that(office, gateway):
    office.resend = True
    gateway.outcomes.append(SendOutcome(state=SendState.UNCERTAIN))
    text = office.intend()
    office.pass_time(minutes=3)
    assert (office.state(text), office.get(text).repeated) == (DispatchState.SENT, 1)
    assert len(gateway.sent) == 2


def test_a_process_that_ends_while_sending_leaves_an_uncertain_text_and_never_a_second_one(office, gateway):
    gateway.outcomes.append(Crash())
    text = office.intend()
    with pytest.raises(Crash):
        office.send()
    assert office.state(text) is DispatchState.SENDING
    office.start()
    office.pass_time(minutes=30, step=120)
    assert (office.state(text), len(gateway.sent)) == (DispatchState.UNCERTAIN, 1)


def test_the_list_is_asked_twice_a_minute_apart_before_a_text_is_sent_again(office, gateway):
    gateway.outcomes.append(SendOutcome(state=SendState.UNCERTAIN))
    asked = []
    gateway.find = lambda message, since: asked.append(office.clock()) or Search(state=SearchState.ASKED)
    text = office.intend()
    office.send()
    began = office.clock()
    office.pass_time(minutes=5)
    assert [moment - began for moment in asked] == [MINUTE, 2 * MINUTE]
    assert (office.state(text), len(gateway.sent)) == (DispatchState.SENT, 2)


def test_a_list_that_cannot_be_had_does_not_count_as_asked(office, gateway):
    gateway.outcomes.append(SendOutcome(state=SendState.UNCERTAIN))
    gateway.searches.extend([Search(state=SearchState.FAILED)] * 5 + [Search(state=SearchState.ASKED)])
    office.intend()
    office.pass_time(minutes=6, seconds=20)
    assert len(gateway.sent) == 1
    gateway.searches.append(Search(state=SearchState.ASKED))
    office.pass_time(minutes=2)
    assert len(gateway.sent) == 2


def test_a_text_found_at_the_second_look_is_not_sent_again(office, gateway):
    gateway.outcomes.append(SendOutcome(state=SendState.UNCERTAIN))
    gateway.searches.extend([Search(state=SearchState.ASKED), Search(state=SearchState.ASKED, sids=("s77",))])
    text = office.intend()
    office.pass_time(minutes=3)
    assert (office.state(text), office.get(text).sid, len(gateway.sent)) == (DispatchState.SENT, "s77", 1)


def test_an_earlier_text_with_the_same_words_is_not_taken_for_the_lost_one(office, gateway):
    first = office.intend("HOP 8h00")
    office.send()
    gateway.outcomes.append(SendOutcome(state=SendState.UNCERTAIN))
    gateway.searches.extend([Search(state=SearchState.ASKED, sids=("s1",))] * 2)
    second = office.intend("HOP 8h00", revision=2)
    office.pass_time(minutes=3)
    assert len(gateway.sent) == 3
    assert (office.get(first).sid, office.get(second).sid) == ("s1", "s3")


def test_a_text_that_is_out_of_date_when_found_missing_is_not_sent_again(office, gateway):
    gateway.outcomes.append(SendOutcome(state=SendState.UNCERTAIN))
    gateway.searches.extend([Search(state=SearchState.ASKED)] * 2)
    text = office.intend(expires_at=office.clock() + MINUTE)
    office.pass_time(minutes=5)
    assert (office.state(text), len(gateway.sent)) == (DispatchState.EXPIRED, 1)


def test_another_gateway_cannot_tell_what_became_of_a_text(office, gateway):
    gateway.outcomes.append(SendOutcome(state=SendState.UNCERTAIN))
    text = office.intend()
    office.send()
    office.gateway = ScriptedGateway(name="new", searches=deque([Search(state=SearchState.ASKED)] * 2))
    office.start()
    office.pass_time(minutes=5)
    assert (office.state(text), office.gateway.sent) == (DispatchState.UNCERTAIN, [])


@pytest.mark.parametrize("answer", [RESET_AFTER, RESET_BEFORE, HANG, HTML_500, error(429, 20429, "slow", Retry_After="20")])
def test_through_twilio_a_text_arrives_exactly_once_whatever_becomes_of_its_answer(through_twilio, answer):
    office, twilio = through_twilio
    twilio.creates.append(answer)
    text = office.intend()
    office.pass_time(minutes=6)
    assert office.state(text) is DispatchState.DELIVERED
    assert twilio.bodies(NUMBER) == ["HOAN HOP GM 226"]


def test_through_twilio_a_text_that_the_list_shows_late_is_not_sent_twice(through_twilio):
    office, twilio = through_twilio
    twilio.lists_before_shown = 1
    twilio.creates.append(RESET_AFTER)
    office.intend()
    office.pass_time(minutes=6)
    assert len(twilio.made) == 1


@pytest.mark.parametrize("after", [False, True])
def test_through_twilio_a_process_that_ends_while_sending_leads_to_exactly_one_text(through_twilio, after):
    office, twilio = through_twilio
    gateway, text = office.gateway, office.intend()

    class Dying:
        name = "twilio"
        status, find, close = gateway.status, gateway.find, gateway.close

        def send(self, message):
            if after:
                gateway.send(message)
            raise Crash

    office.gateway = Dying()
    with suppress(Crash):
        office.send()
    office.gateway = gateway
    office.start()
    office.pass_time(minutes=10)
    assert office.state(text) is DispatchState.DELIVERED
    assert twilio.bodies(NUMBER) == ["HOAN HOP GM 226"]


def test_through_a_folder_a_process_that_ends_while_sending_leads_to_exactly_one_text(through, tmp_path):
    office = through(FolderGateway(tmp_path / "sms"))
    text = office.intend()
    with office.database.transaction() as tx:
        outbox.claim(tx, owner="texting@dead", lease=LEASE, limit=1, channels=["sms"])
    office.pass_time(minutes=10)
    assert office.state(text) is DispatchState.DELIVERED
    assert len(list((tmp_path / "sms").iterdir())) == 1


def meeting(office):
    with office.database.transaction() as tx:
        return add_meeting(tx, office.unit).id


def test_what_a_meeting_says_next_waits_for_what_it_said_before_to_the_same_phone(office, gateway):
    meeting_id = meeting(office)
    gateway.outcomes.append(SendOutcome(state=SendState.THROTTLED, wait=MINUTE))
    office.intend("lan 1", meeting_id=meeting_id)
    office.intend("lan 2", meeting_id=meeting_id, revision=2)
    office.intend("lan 2", meeting_id=meeting_id, revision=2, number="+84987654321")
    office.pass_time(minutes=3)
    told = [message.text for message in gateway.sent if message.to == NUMBER]
    assert told == ["lan 1", "lan 1", "lan 2"]


def test_a_lost_text_that_the_meeting_has_replaced_since_is_never_sent_again(office, gateway):
    meeting_id = meeting(office)
    gateway.outcomes.append(SendOutcome(state=SendState.UNCERTAIN))
    gateway.searches.extend([Search(state=SearchState.ASKED)] * 2)
    first = office.intend("lan 1", meeting_id=meeting_id)
    office.send()
    second = office.intend("lan 2", meeting_id=meeting_id, revision=2)
    office.pass_time(minutes=5)
    assert [message.text for message in gateway.sent] == ["lan 1", "lan 2"]
    assert (office.state(first), office.state(second)) == (DispatchState.CANCELLED, DispatchState.SENT)


def test_a_clerk_is_told_that_a_text_is_out_of_date(office, gateway):
    meeting_id = meeting(office)
    gateway.outcomes.append(SendOutcome(state=SendState.PERMANENT))
    first = office.intend("lan 1", meeting_id=meeting_id)
    office.send()
    office.intend("lan 2", meeting_id=meeting_id, revision=2)
    with pytest.raises(RefusedError, match="out of date"):
        office.outbox.retry(CLERK, office.unit.id, first)


# --- limits ------------------------------------------------------------------------------------------------------------


def test_texts_beyond_the_day_s_limit_are_held_until_a_clerk_lets_them_go(office, gateway):
    office.daily_limit = 2
    texts = [office.intend(revision=number) for number in range(4)]
    office.send()
    assert [office.state(text) for text in texts] == [DispatchState.SENT] * 2 + [DispatchState.HELD] * 2
    office.outbox.retry(CLERK, office.unit.id, texts[2])
    gateway.outcomes.append(SendOutcome(state=SendState.TEMPORARY))
    office.pass_time(minutes=5)
    assert [office.state(text) for text in texts[2:]] == [DispatchState.SENT, DispatchState.HELD]


def test_the_limit_counts_the_day_of_the_unit_s_clock(office):
    office.daily_limit = 1
    # The clock stands at 07:10 in Viet Nam; its midnight is at 17:00 UTC.
    office.intend()
    office.send()
    office.clock.move(hours=16, minutes=49)
    late = office.intend(revision=2)
    office.send()
    office.clock.move(minutes=2)
    early = office.intend(revision=3)
    office.send()
    assert (office.state(late), office.state(early)) == (DispatchState.HELD, DispatchState.SENT)


def test_a_dispatcher_of_mail_leaves_texts_alone(desk, gateway):
    office = Office(desk.hub.database, desk.clock, desk.unit, gateway)
    office.intend()
    assert not desk.hub.dispatcher("d1").run_once()
    office.send()
    assert len(gateway.sent) == 1


RULES = TextRules(diacritics=False, max_segments=2, ask_above=20, countries=("VN",))


def test_a_text_is_measured_as_it_leaves():
    cost = RULES.fit("Dời họp “GM 226”", "CHUYEN LICH HOP GM 226")
    assert (cost.text, cost.alphabet, cost.units, cost.segments) == ("CHUYEN LICH HOP GM 226", "gsm-7", 22, 1)
    assert replace(RULES, diacritics=True).fit("Dời họp", "CHUYEN LICH").text == "Dời họp"


@pytest.mark.parametrize("language", Language)
def test_a_text_of_too_many_segments_and_a_number_that_gets_no_text_are_refused_with_a_sentence(language):
    with pytest.raises(RefusedError) as caught:
        RULES.fit("a" * 307)
    assert "3" in caught.value.in_(language)
    assert "sms.max_segments" in caught.value.in_(language)
    for number in ("0912345678 / 0987654321", "02838292929", "+447400123456", "abc", "0163123"):
        with pytest.raises(RefusedError) as caught:
            RULES.number(number)
        assert number in caught.value.in_(language)
    assert RULES.number("0912 345 678") == NUMBER
