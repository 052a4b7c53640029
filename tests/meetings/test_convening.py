"""Meetings from the order to what people get: swallowed changes, order, cancellations, numbers, undo (design, 5)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailhub.directory.sketches import OfficialSketch
from mailhub.errors import RefusedError
from mailhub.meetings.signed import LetterFile
from mailhub.relays import Outcome, OutcomeKind
from sms.gateway import SendOutcome, SendState
from storage import registry
from storage.errors import ConflictError
from storage.records import DispatchState, MeetingState
from tests.meetings.conftest import CLERK, NINTH, TWELFTH

HA, BINH, MAI = "+84912345671", "+84912345673", "+84912345672"


def test_a_convened_meeting_takes_the_next_number_and_tells_everybody_after_the_window(office):
    meeting = office.convene()
    assert office.send() == ([], [])
    office.wait()
    mails, texts = office.send()
    assert [mail.to for mail in mails] == ["ha@syt.example", "binh@stc.example"]
    assert mails[0].subject == "Mời họp: Họp triển khai văn bản điện tử – 08:00 ngày 09/8/2024"
    assert "226/GM-VPUB" in mails[0].text
    assert mails[0].files == ["invite.ics", "Dự thảo giấy mời 226.pdf"]
    assert (mails[0].method, mails[0].event["SEQUENCE"], str(mails[0].event["UID"])) == ("REQUEST", 0, meeting.draft.uid)
    assert dict(texts)[HA] == (
        "VPUB TINH: MOI HOP GM 226 (trien khai van ban dien tu) 8h00 T6 09/8 tai Phong hop so 1. "
        "Tin lan 1, 09h40. LH Lan 0901234567"
    )
    assert dict(texts)[MAI].startswith("BAN SAO cho tro ly Giam doc So Y te: VPUB TINH: MOI HOP")
    with office.hub.database.reading() as tx:
        (entry,) = registry.list_(tx, office.unit.id, direction="out", limit=9)
    assert (entry.register, entry.number, entry.draft.reference) == ("GM", 226, "226/GM-VPUB")
    assert office.told_events() == ["meeting-convened"]


def test_nobody_sees_another_s_address(office):
    office.convene()
    office.wait()
    for mail in office.send()[0]:
        others = {"ha@syt.example", "binh@stc.example"} - {mail.to}
        assert not any(other in mail.message.as_string() or other in str(mail.calendar.to_ical()) for other in others)


def test_two_moves_within_the_window_send_one_message_each(office):
    meeting = office.convene()
    office.wait()
    office.send()
    office.move(meeting, starts_at=TWELFTH)
    office.wait(seconds=60)
    office.move(meeting, starts_at=TWELFTH + timedelta(days=1))
    office.wait()
    mails, texts = office.send()
    assert sorted(mail.to for mail in mails) == ["binh@stc.example", "ha@syt.example"]
    assert sorted(number for number, _ in texts) == sorted([HA, BINH, MAI])
    assert dict(texts)[BINH] == (
        "VPUB TINH: CHUYEN LICH HOP GM 226 (trien khai van ban dien tu) sang 14h00 T3 13/8 tai Phong hop so 1. "
        "Tin nay (lan 2, 09h45) thay tin truoc. LH Lan 0901234567"
    )
    assert mails[0].event["SEQUENCE"] == 2
    assert mails[0].event["DTSTART"].dt == TWELFTH + timedelta(days=1)


def test_a_move_before_the_invitation_has_left_is_an_invitation_with_the_final_state(office):
    meeting = office.convene()
    office.move(meeting, starts_at=TWELFTH, place="Hội trường B")
    office.wait()
    mails, texts = office.send()
    assert {mail.method for mail in mails} == {"REQUEST"}
    assert all(mail.subject.startswith("Mời họp") and "Hội trường B" in mail.text for mail in mails)
    assert all("MOI HOP" in text and "lan 1," in text for _, text in texts)


def test_moving_there_and_back_again_tells_nobody(office):
    meeting = office.convene()
    office.wait()
    office.send()
    office.move(meeting, starts_at=TWELFTH)
    office.move(meeting, starts_at=NINTH)
    office.wait()
    assert office.send() == ([], [])


def test_cancelling_what_nobody_was_told_sends_nothing(office):
    meeting = office.convene()
    cancelled = office.cancel(meeting)
    office.wait(days=1)
    assert office.send() == ([], [])
    assert cancelled.draft.state is MeetingState.CANCELLED
    assert {row.state for row in office.rows(meeting)} == {DispatchState.CANCELLED}


def test_a_cancellation_takes_the_entry_away(office):
    meeting = office.convene()
    office.wait()
    office.send()
    office.cancel(meeting)
    office.wait()
    mails, texts = office.send()
    event = mails[0].event
    assert (mails[0].method, str(event["STATUS"]), event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert event["DTSTART"].dt == NINTH
    assert mails[0].files == ["invite.ics"]
    assert dict(texts)[HA] == (
        "VPUB TINH: KHONG HOP NUA (HUY) GM 226 (trien khai van ban dien tu) 8h00 T6 09/8. "
        "Tin nay (lan 2, 09h44) thay tin truoc. LH Lan 0901234567"
    )


def test_a_postponed_meeting_is_taken_away_and_comes_back_with_its_new_time(office):
    meeting = office.convene()
    office.wait()
    office.send()
    office.postpone(meeting)
    office.wait()
    mails, texts = office.send()
    assert (mails[0].method, mails[0].event["DTSTART"].dt) == ("CANCEL", NINTH)
    assert "CHƯA có lịch mới" in mails[0].text
    assert dict(texts)[HA] == (
        "VPUB TINH: HOAN HOP GM 226 (trien khai van ban dien tu) 8h00 T6 09/8. CHUA co lich moi, se bao sau. "
        "Tin nay (lan 2, 09h44) thay tin truoc. LH Lan 0901234567"
    )
    office.move(meeting, starts_at=TWELFTH)
    office.wait()
    mails, texts = office.send()
    assert (mails[0].method, mails[0].event["SEQUENCE"], mails[0].event["DTSTART"].dt) == ("REQUEST", 2, TWELFTH)
    assert "lan 3," in dict(texts)[HA]


def test_a_postponement_never_overtakes_the_invitation(office):
    meeting = office.convene(invite=("SNV-GD",))
    office.wait()
    office.relay.outcomes.append(Outcome(kind=OutcomeKind.TEMPORARY, reply="451 later"))
    with office.hub.database.transaction() as tx:
        from storage import outbox

        ((claim, _),) = outbox.claim(tx, owner="slow", lease=timedelta(minutes=3), limit=1, channels=("mail",))
    office.postpone(meeting)
    office.wait(seconds=179)
    office.clock.move(seconds=2)
    # The first is still on its way: its sender has not come back.
    with office.hub.database.transaction() as tx:
        outbox.retry(tx, claim, tx.now(), "451 later")
    mails, _ = office.send()
    office.relay.outcomes.clear()
    office.wait(hours=1)
    later, _ = office.send()
    assert [mail.method for mail in (*mails, *later)] == ["REQUEST", "CANCEL"]


def test_other_papers_keep_the_sequence_and_raise_the_stamp(office):
    meeting = office.convene(papers=(LetterFile(name="Báo cáo.txt", content=b"Bao cao 1"),))
    office.wait()
    first = office.send()[0][0]
    office.papers(meeting, LetterFile(name="Báo cáo.txt", content=b"Bao cao 2"))
    office.wait()
    mails, texts = office.send()
    assert texts == []
    assert mails[0].event["SEQUENCE"] == first.event["SEQUENCE"] == 0
    assert mails[0].event["DTSTAMP"].dt > first.event["DTSTAMP"].dt
    assert "Báo cáo.txt (bản 2 thay bản 1)" in mails[0].text
    assert mails[0].message.get_payload()[-1].get_content() == b"Bao cao 2"


def test_the_same_papers_again_are_refused(office):
    paper = LetterFile(name="Báo cáo.txt", content=b"Bao cao 1")
    meeting = office.convene(papers=(paper,))
    with pytest.raises(RefusedError, match="byte for byte"):
        office.papers(meeting, paper)


def test_who_is_removed_gets_a_cancellation_alone_and_who_is_added_an_invitation_alone(office):
    meeting = office.convene()
    office.wait()
    office.send()
    office.move(meeting, add=("SNV-GD",), remove=("STC-GD",))
    office.wait()
    mails, texts = office.send()
    assert {mail.to: (mail.method, mail.event["SEQUENCE"]) for mail in mails} == {
        "huong@snv.example": ("REQUEST", 1),
        "binh@stc.example": ("CANCEL", 1),
    }
    assert [number for number, _ in texts] == [BINH]
    assert texts[0][1].startswith("VPUB TINH: RUT LOI MOI HOP GM 226 (")


def test_who_is_added_and_removed_within_the_window_hears_nothing(office):
    meeting = office.convene()
    office.wait()
    office.send()
    office.move(meeting, add=("SNV-GD",))
    office.move(meeting, remove=("SNV-GD",))
    office.wait()
    assert office.send() == ([], [])


def test_undo_within_the_window_sends_nothing_new(office):
    meeting = office.convene()
    office.wait()
    office.send()
    office.move(meeting, starts_at=TWELFTH)
    after = office.undo(meeting)
    office.wait()
    assert office.send() == ([], [])
    assert (after.starts_at, after.draft.state) == (NINTH, MeetingState.PLANNED)
    assert office.told_events()[-1] == "meeting-change-undone"


def test_undoing_a_change_that_had_swallowed_the_invitation_invites_again(office):
    meeting = office.convene()
    office.cancel(meeting)
    office.undo(meeting)
    office.wait()
    mails, _ = office.send()
    assert {mail.method for mail in mails} == {"REQUEST"}


def test_a_meeting_convened_by_mistake_is_undone_without_a_word(office):
    meeting = office.undo(office.convene())
    office.wait(days=1)
    assert office.send() == ([], [])
    assert meeting.draft.state is MeetingState.CANCELLED


def test_nothing_is_undone_once_it_leaves(office):
    meeting = office.convene()
    office.wait()
    with pytest.raises(RefusedError, match="begun to leave"):
        office.undo(meeting)


def test_an_attempt_without_a_known_end_counts_as_told(office):
    office.relay.outcomes.append(Outcome(kind=OutcomeKind.UNCERTAIN, reply="the connection broke"))
    office.relay.outcomes.append(Outcome(kind=OutcomeKind.TEMPORARY, reply="451 busy"))
    meeting = office.convene(invite=("SNV-GD",))
    office.wait()
    office.send()
    office.wait(minutes=2)
    office.send()
    office.cancel(meeting)
    office.wait(hours=3)
    mails, _ = office.send()
    assert [mail.method for mail in mails] == ["CANCEL"]


def test_what_the_mail_server_put_off_was_not_told(office):
    office.relay.outcomes.append(Outcome(kind=OutcomeKind.TEMPORARY, reply="451 greylisted"))
    office.gateway.outcomes.append(SendOutcome(state=SendState.TEMPORARY, detail="no link"))
    meeting = office.convene(invite=("STC-GD",))
    office.wait()
    assert office.send() == ([], [])
    office.cancel(meeting)
    office.wait(hours=3)
    assert office.send() == ([], [])


def test_a_bounced_invitation_is_followed_by_no_cancellation(office):
    office.relay.outcomes.append(Outcome(kind=OutcomeKind.PERMANENT, reply="550 no such user"))
    meeting = office.convene(invite=("SNV-GD",))
    office.wait()
    office.send()
    office.cancel(meeting)
    office.wait()
    assert office.send() == ([], [])


def test_a_bounced_invitation_is_not_sent_again_once_the_meeting_is_off(office):
    office.relay.outcomes.append(Outcome(kind=OutcomeKind.PERMANENT, reply="550 no such user"))
    meeting = office.convene(invite=("SNV-GD",))
    office.wait()
    office.send()
    (row,) = office.rows(meeting)
    office.cancel(meeting)
    with pytest.raises(RefusedError):
        office.hub.outbox.retry(CLERK, office.unit.id, row.id)
    office.wait()
    assert office.send() == ([], [])


def test_two_clerks_at_once_change_it_once(office):
    meeting = office.convene()
    first = office.hub.secretary.postpone(office.unit, meeting.id, reason="bão")
    stale = replace(first, build=lambda before, given: first.build(replace(before, meeting=meeting), given))
    office.move(meeting, place="Hội trường B")
    office.done(stale)
    with pytest.raises(RefusedError, match="postponed already"):
        office.done(first)


def test_a_change_that_is_refused_stores_nothing_at_all(office, monkeypatch):
    meeting = office.convene()
    before = len(office.rows(meeting))

    def broken(*_):
        raise ConflictError("somebody else was faster")

    monkeypatch.setattr(type(office.hub.convening.notifying), "intend", broken)
    with pytest.raises(ConflictError):
        office.move(meeting, starts_at=TWELFTH)
    standing = office.hub.reaching.show(office.unit.id, meeting.id)
    assert (standing.meeting.revision, standing.content.starts_at, len(office.rows(meeting))) == (1, NINTH, before)
    assert {row.state for row in office.rows(meeting)} == {DispatchState.DUE}
    assert office.told_events() == ["meeting-convened"]


def test_more_texts_than_the_office_sends_unasked_need_their_number(office):
    crowd = [
        OfficialSketch(
            code=f"X{number}", name=f"Cán bộ {number}", position=f"Chức vụ {number}", numbers=(f"+8498765{number:04}",)
        )
        for number in range(21)
    ]
    office.add(*crowd)
    invite = tuple(sketch.code for sketch in crowd)
    with pytest.raises(RefusedError, match="21 numbers would get a text"):
        office.convene(invite=invite)
    with pytest.raises(RefusedError, match="give --confirm 21"):
        office.convene(invite=invite, confirmed=20)
    with office.hub.database.reading() as tx:
        assert registry.list_(tx, office.unit.id, direction="out", limit=9) == []
    assert office.convene(invite=invite, confirmed=21).revision == 1


def test_a_meeting_in_the_past_or_ending_before_it_begins_is_refused(office):
    with pytest.raises(RefusedError, match="which is over"):
        office.convene(starts_at=office.clock() - timedelta(minutes=1))
    with pytest.raises(RefusedError, match="must be after"):
        office.convene(ends_at=NINTH)
    with pytest.raises(RefusedError, match="which is over"):
        office.move(office.convene(), starts_at=office.clock())


def test_without_an_outgoing_register_the_refusal_names_the_command(make_office, database_url):
    office = make_office(database_url)
    with office.hub.database.transaction() as tx:
        from storage.tables import registers, series

        tx.execute(series.delete().where(series.c.next_number == 226))
        tx.execute(registers.delete().where(registers.c.code == "GM"))
    with pytest.raises(RefusedError, match="mailhub register open GM --direction out --kind GM --from 1"):
        office.convene()


def test_looking_first_takes_no_number_and_sends_nothing(office):
    proposal = office.hub.secretary.convene(office.unit, office.order(invite=("SYT-GD", "SNV-GD")))
    plan = office.hub.convening.foresee(proposal)
    assert plan.content.invitation.reference == "226/GM-VPUB"
    assert (len(plan.mails), len(plan.texts), plan.segments) == (2, 2, 2)
    assert [attendee.code for attendee in plan.without_phone] == ["SNV-GD"]
    assert office.hub.reaching.list_(office.unit.id) == ()
    assert office.done(proposal).plan.content.invitation.number == 226


def test_short_notice_is_warned_of_unless_there_is_a_reason(office):
    friday = NINTH - timedelta(days=7)

    def warnings(**changes):
        proposal = office.hub.secretary.convene(office.unit, office.order(**changes))
        return [warning.en for warning in office.hub.convening.foresee(proposal).warnings]

    assert warnings() == []
    assert warnings(starts_at=friday) == ["1 working days of notice, 3 are due; for an urgent meeting give --urgent-reason"]
    assert warnings(starts_at=friday, urgent_reason="bão số 3") == []


def test_the_same_people_at_the_same_time_are_warned_of(office):
    first = office.convene(chair="Phó Chủ tịch")
    proposal = office.hub.secretary.convene(
        office.unit, office.order(starts_at=NINTH + timedelta(minutes=90), invite=("STC-GD",), chair="phó chủ tịch")
    )
    (warning,) = office.hub.convening.foresee(proposal).warnings
    assert f"m{first.id}" in warning.en
    assert warning.en.endswith("Phó Chủ tịch; Giám đốc Sở Tài chính")


def test_a_change_shortly_before_the_meeting_leaves_at_once(office):
    meeting = office.convene()
    office.wait()
    office.send()
    office.clock.now = NINTH - timedelta(minutes=20)
    office.cancel(meeting)
    mails, texts = office.send()
    assert (len(mails), len(texts)) == (2, 3)


def test_an_official_with_a_new_number_is_told_there_what_changed(office):
    meeting = office.convene(invite=("STC-GD",))
    office.wait()
    office.send()
    office.hub.appointing.edit(
        CLERK, office.unit.id, OfficialSketch(code="STC-GD", addresses=("giamdoc@stc.example",)), reason="đổi hộp thư"
    )
    office.cancel(meeting)
    office.wait()
    mails, _ = office.send()
    assert [(mail.to, mail.method) for mail in mails] == [("giamdoc@stc.example", "CANCEL")]
