"""Who was reached and who must be called, from what went out and what was noted (desk, check 11)."""

import pytest

from mailhub.errors import RefusedError
from mailhub.meetings.reach import Reached
from mailhub.meetings.reaching import Call
from mailhub.relays import Outcome, OutcomeKind
from sms.gateway import DeliveryState, SendOutcome, SendState
from storage.records import DispatchState
from tests.meetings.conftest import CLERK, TWELFTH


def reached(office, meeting):
    return {item.attendee.code: item.reached for item in office.hub.reaching.reach(office.unit, meeting.id)}


def called(office, meeting, code, *, answered=True):
    call = Call(official=code, by="Lan", answered=answered, note="đã báo")
    office.hub.reaching.note_call(CLERK, office.unit, meeting.id, call)


def arrive(office, meeting, number, state=DeliveryState.DELIVERED):
    for row in office.rows(meeting):
        if row.draft.recipient == number:
            office.gateway.deliveries[row.sid] = state
    office.wait(minutes=1)
    office.follow()


def test_before_anything_leaves_everybody_is_pending(office):
    assert set(reached(office, office.convene()).values()) == {Reached.PENDING}


def test_what_was_sent_is_not_yet_known_to_have_arrived(office):
    meeting = office.convene()
    office.wait()
    office.send()
    assert set(reached(office, meeting).values()) == {Reached.SENT}


def test_an_assistant_s_copy_leaves_the_official_to_be_met(office):
    office.gateway.outcomes.append(SendOutcome(state=SendState.PERMANENT, detail="unknown handset"))
    meeting = office.convene(invite=("SYT-GD",))
    office.wait()
    office.send()
    arrive(office, meeting, "+84912345672")
    (health,) = office.hub.reaching.reach(office.unit, meeting.id)
    assert health.reached is Reached.CALL
    assert [way.state for way in health.assistants[0].ways] == [DispatchState.DELIVERED]
    assert (health.phones, health.assistants[0].phones) == (("+84912345671",), ("+84912345672",))


def test_a_text_that_arrived_reaches_and_a_bounced_mail_is_called_after(office):
    office.relay.outcomes.append(Outcome(kind=OutcomeKind.PERMANENT, reply="550 no such user"))
    office.relay.outcomes.append(Outcome(kind=OutcomeKind.PERMANENT, reply="550 no such user"))
    meeting = office.convene()
    office.wait()
    office.send()
    assert reached(office, meeting) == {"SYT-GD": Reached.CALL, "STC-GD": Reached.CALL}
    arrive(office, meeting, "+84912345673")
    assert reached(office, meeting) == {"SYT-GD": Reached.CALL, "STC-GD": Reached.REACHED}


def test_an_uncertain_text_beside_a_good_mail_is_no_call_yet(office):
    office.gateway.outcomes.append(SendOutcome(state=SendState.UNCERTAIN, detail="no answer"))
    meeting = office.convene(invite=("STC-GD",))
    office.wait()
    office.send()
    assert reached(office, meeting) == {"STC-GD": Reached.SENT}


def test_nobody_s_address_means_a_call(office):
    from mailhub.directory.sketches import OfficialSketch

    office.add(OfficialSketch(code="GIA", name="Cụ Hai", position="Già làng"))
    meeting = office.convene(invite=("GIA",))
    office.wait()
    office.send()
    assert reached(office, meeting) == {"GIA": Reached.CALL}


def test_a_call_is_noted_and_a_later_note_takes_its_place(office):
    meeting = office.convene(invite=("SNV-GD",))
    office.relay.outcomes.append(Outcome(kind=OutcomeKind.PERMANENT, reply="550"))
    office.wait()
    office.send()
    called(office, meeting, "SNV-GD")
    assert reached(office, meeting) == {"SNV-GD": Reached.REACHED}
    called(office, meeting, "SNV-GD", answered=False)
    assert reached(office, meeting) == {"SNV-GD": Reached.CALL}
    assert office.told_events()[-2:] == ["meeting-call-noted", "meeting-call-noted"]


def test_who_was_called_about_the_old_time_must_hear_of_the_new_one(office):
    meeting = office.convene(invite=("SNV-GD",))
    office.wait()
    office.send()
    called(office, meeting, "SNV-GD")
    office.move(meeting, starts_at=TWELFTH)
    office.relay.outcomes.append(Outcome(kind=OutcomeKind.PERMANENT, reply="550"))
    office.wait()
    office.send()
    assert reached(office, meeting) == {"SNV-GD": Reached.CALL}


def test_who_was_never_told_need_not_hear_of_a_cancellation(office):
    meeting = office.convene()
    office.cancel(meeting)
    assert set(reached(office, meeting).values()) == {Reached.UNCONCERNED}


def only_by_telephone(office):
    from mailhub.directory.sketches import OfficialSketch

    office.add(OfficialSketch(code="GIA", name="Cụ Hai", position="Già làng"))
    meeting = office.convene(invite=("GIA", "SNV-GD"))
    office.wait()
    office.send()
    called(office, meeting, "GIA")
    return meeting


@pytest.mark.parametrize("change", ["cancel", "postpone"])
def test_who_was_told_by_telephone_only_must_be_called_when_it_does_not_take_place(office, change):
    meeting = only_by_telephone(office)
    getattr(office, change)(meeting)
    assert reached(office, meeting)["GIA"] is Reached.CALL
    called(office, meeting, "GIA")
    assert reached(office, meeting)["GIA"] is Reached.REACHED


def test_who_was_told_by_telephone_only_must_be_called_when_they_are_invited_no_more(office):
    meeting = only_by_telephone(office)
    office.move(meeting, remove=("GIA",))
    assert reached(office, meeting)["GIA"] is Reached.CALL
    called(office, meeting, "GIA")
    assert reached(office, meeting)["GIA"] is Reached.REACHED


def test_who_was_called_in_vain_need_not_hear_of_a_cancellation(office):
    from mailhub.directory.sketches import OfficialSketch

    office.add(OfficialSketch(code="GIA", name="Cụ Hai", position="Già làng"))
    meeting = office.convene(invite=("GIA", "SNV-GD"))
    called(office, meeting, "GIA", answered=False)
    office.cancel(meeting)
    assert reached(office, meeting)["GIA"] is Reached.UNCONCERNED


def test_who_was_removed_and_did_not_get_the_word_is_on_the_list(office):
    meeting = office.convene(invite=("SYT-GD", "SNV-GD"))
    office.wait()
    office.send()
    office.move(meeting, remove=("SNV-GD",))
    office.relay.outcomes.append(Outcome(kind=OutcomeKind.PERMANENT, reply="550"))
    office.wait()
    office.send()
    assert reached(office, meeting) == {"SYT-GD": Reached.SENT, "SNV-GD": Reached.CALL}


def test_a_call_to_one_who_is_not_invited_is_refused(office):
    meeting = office.convene(invite=("SNV-GD",))
    with pytest.raises(RefusedError, match="is not invited"):
        called(office, meeting, "STC-GD")


def test_a_meeting_is_found_by_its_short_name_its_number_and_its_words(office):
    meeting = office.convene()
    find = office.hub.reaching.find
    for text in (f"m{meeting.id}", f"M{meeting.id}", "226", "226/gm", "van ban dien tu"):
        assert find(office.unit.id, text).id == meeting.id
    with pytest.raises(RefusedError, match="no meeting is known"):
        find(office.unit.id, "m99")
    office.convene(title="Họp khác về văn bản", starts_at=TWELFTH)
    with pytest.raises(RefusedError, match="may be m2"):
        find(office.unit.id, "van ban")
