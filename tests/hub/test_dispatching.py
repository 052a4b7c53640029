"""What leaves: rendered once, sent under a lease, tried again, given up with a reason (design, promise 4)."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes

import pytest

from mailhub import codec
from mailhub.dispatching import Patience
from mailhub.notices.context import Contact
from mailhub.notices.kinds import context_type
from mailhub.relays import Outcome, OutcomeKind
from storage import documents, outbox
from storage.records import DispatchState
from tests.hub.conftest import CLERK, reading_of


@dataclass
class ScriptedRelay:
    """Answers what the script says, and takes everything once the script is over."""

    script: list[Outcome | BaseException] = field(default_factory=list)
    taken: list[tuple[str, str, bytes]] = field(default_factory=list)

    def send(self, mail_from: str, recipient: str, data: bytes) -> Outcome:
        self.taken.append((mail_from, recipient, data))
        outcome = self.script.pop(0) if self.script else Outcome(kind=OutcomeKind.SENT, reply="250 ok")
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def close(self) -> None:
        pass


@pytest.fixture
def sending(desk):
    """A desk with one receipt due, and its dispatcher over a scripted relay."""
    desk.receive(b"mail one", reading_of())
    relay = ScriptedRelay()
    patience = Patience(first=timedelta(minutes=1), longest=timedelta(hours=2))
    dispatcher = replace(desk.hub.dispatcher("d1"), relay=relay, patience=patience)
    return desk, dispatcher, relay


def only(desk):
    (dispatch,) = desk.hub.outbox.list_(desk.unit.id)
    return dispatch


def test_a_receipt_leaves_once(sending):
    desk, dispatcher, relay = sending
    assert dispatcher.run_once()
    assert not dispatcher.run_once()
    assert only(desk).state is DispatchState.SENT
    assert len(relay.taken) == 1


def test_a_receipt_intended_before_anybody_could_be_called_leaves_once_somebody_can(sending):
    desk, dispatcher, relay = sending
    nobody, somebody = Contact(name="", phone=""), Contact(name="Lê Thị Hoa", phone="0276 3822 111")
    with desk.hub.database.transaction() as tx:
        context = documents.get(tx, only(desk).draft.context_id)
        receipt = codec.decode(context.body, context_type("receipt"))
        empty = codec.encode(replace(receipt, about=replace(receipt.about, contact=nobody)))
        fresh = documents.add(tx, context.kind, context.version, empty)
        outbox.add(tx, replace(only(desk).draft, recipient="other@stc.example", message_id="<a@b.example>", context_id=fresh))
    first = replace(dispatcher, rendering=replace(dispatcher.rendering, contact=nobody))
    while first.run_once():
        pass
    stopped = next(found for found in desk.hub.outbox.list_(desk.unit.id) if found.state is DispatchState.FAILED)
    desk.hub.outbox.retry(CLERK, desk.unit.id, stopped.id, reason="contact set")
    second = replace(dispatcher, rendering=replace(dispatcher.rendering, contact=somebody))
    assert second.run_once()
    assert message_from_bytes(relay.taken[-1][2]).get_payload(0).get_payload(decode=True).decode().count("0276 3822 111")


def test_the_return_path_of_what_leaves_is_signed_and_known_as_ours(sending):
    from mailhub.serving import address_book

    desk, dispatcher, relay = sending
    dispatcher.run_once()
    recipient = address_book(desk.hub).resolve(relay.taken[0][0])
    assert recipient.dispatch_id == only(desk).id


def test_a_temporary_failure_is_tried_again_later_with_the_same_bytes(sending):
    desk, dispatcher, relay = sending
    relay.script = [Outcome(kind=OutcomeKind.TEMPORARY, reply="451 later")]
    dispatcher.run_once()
    assert (only(desk).state, only(desk).last_error) == (DispatchState.DUE, "451 later")
    assert not dispatcher.run_once()
    desk.clock.move(minutes=2)
    assert dispatcher.run_once()
    assert relay.taken[0] == relay.taken[1]
    assert (only(desk).state, only(desk).repeated) == (DispatchState.SENT, 0)


def test_a_permanent_failure_is_given_up_with_its_reason_and_a_clerk_may_retry(sending):
    desk, dispatcher, relay = sending
    relay.script = [Outcome(kind=OutcomeKind.PERMANENT, reply="550 5.1.1 no such user")]
    dispatcher.run_once()
    assert (only(desk).state, only(desk).last_error) == (DispatchState.FAILED, "550 5.1.1 no such user")
    desk.hub.outbox.retry(CLERK, desk.unit.id, only(desk).id)
    dispatcher.run_once()
    assert only(desk).state is DispatchState.SENT


def test_a_crash_between_the_relay_s_answer_and_our_record_sends_the_identical_bytes_again_and_counts_it(sending):
    desk, dispatcher, relay = sending
    relay.script = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        dispatcher.run_once()
    assert only(desk).state is DispatchState.SENDING
    assert not dispatcher.run_once()
    desk.clock.move(seconds=dispatcher.lease.total_seconds() + 1)
    assert dispatcher.run_once()
    assert relay.taken[0] == relay.taken[1]
    assert (only(desk).state, only(desk).repeated) == (DispatchState.SENT, 1)


def test_a_dispatcher_that_lost_its_lease_completes_nothing(sending):
    desk, dispatcher, _ = sending
    with desk.hub.database.transaction() as tx:
        (stale,) = outbox.claim(tx, owner="dead", lease=timedelta(minutes=1), limit=1, channels=("mail",))
    desk.clock.move(minutes=2)
    dispatcher.run_once()
    from storage.errors import StaleClaimError

    with pytest.raises(StaleClaimError), desk.hub.database.transaction() as tx:
        outbox.failed(tx, stale[0], "too late")
    assert only(desk).state is DispatchState.SENT


def test_what_is_too_old_expires_unsent(sending):
    desk, dispatcher, relay = sending
    desk.clock.move(days=30)
    dispatcher.run_once()
    assert only(desk).state is DispatchState.EXPIRED
    assert relay.taken == []


def test_what_a_clerk_holds_does_not_leave_until_it_is_retried(sending):
    desk, dispatcher, relay = sending
    desk.hub.outbox.hold(CLERK, desk.unit.id, only(desk).id, reason="wrong contact")
    assert not dispatcher.run_once()
    desk.hub.outbox.retry(CLERK, desk.unit.id, only(desk).id)
    assert dispatcher.run_once()
    assert len(relay.taken) == 1


@pytest.mark.parametrize(("attempts", "longest"), [(1, 60), (2, 120), (5, 960), (20, 7200), (100, 7200)])
def test_the_wait_doubles_up_to_its_limit_and_is_shortened_by_chance(attempts, longest):
    patience = Patience(first=timedelta(minutes=1), longest=timedelta(hours=2))
    waits = {patience.wait(attempts).total_seconds() for _ in range(50)}
    assert longest / 2 <= min(waits) <= max(waits) <= longest
    assert len(waits) > 1


def test_a_dispatch_whose_bytes_are_gone_fails_with_its_reason_and_stops_no_other(sending):
    from tests.hub.test_answering import file_letters

    desk, dispatcher, relay = sending
    relay.script = [Outcome(kind=OutcomeKind.TEMPORARY, reply="451 later")]
    dispatcher.run_once()
    desk.hub.blobs.overwrite(only(desk).blob)
    file_letters(desk, 2, start=10)
    desk.clock.move(minutes=2)
    while dispatcher.run_once():
        pass
    states = [item.state for item in desk.hub.outbox.list_(desk.unit.id)]
    assert states == [DispatchState.SENT, DispatchState.SENT, DispatchState.FAILED]
