"""Meetings: one change at a time, each a revision that stays as it was said."""

from datetime import timedelta

import pytest

from storage import meetings
from storage.errors import ConflictError, NotFoundError
from storage.records import MeetingChange, MeetingState, ReachNoteDraft
from tests.storage.builders import (
    MOMENT,
    SteppingClock,
    add_meeting,
    add_official,
    add_unit,
    in_threads,
    revision_draft,
)

LATER = MOMENT + timedelta(days=9)


@pytest.fixture
def clock():
    return SteppingClock()


@pytest.fixture
def timed(open_database, clock):
    return open_database(clock)


def ids(found):
    return [meeting.id for meeting in found]


def invited(tx, meeting, **asked):
    return [invitee.official_id for invitee in meetings.invitees(tx, meeting.id, **asked)]


def test_a_meeting_comes_back_with_its_first_revision_and_invitees_in_order(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        first, second = add_official(tx, unit, "A"), add_official(tx, unit, "B")
        new = add_meeting(tx, unit, second, first, second)
        assert (new.version, new.revision, new.sequence, new.place) == (1, 1, 0, "Phòng họp số 1")
        assert (new.starts_at, new.ends_at) == (MOMENT + timedelta(days=4), MOMENT + timedelta(days=4, hours=2))
        assert meetings.get(tx, unit.id, new.id) == meetings.by_uid(tx, new.draft.uid) == new
        (revision,) = meetings.revisions(tx, new.id)
        assert (revision.number, revision.made_at, revision.draft.change) == (1, MOMENT, MeetingChange.CONVENE)
        assert invited(tx, new) == [second.id, first.id]
        assert meetings.by_uid(tx, "another@hub.example") is None
        with pytest.raises(NotFoundError):
            meetings.get(tx, unit.id + 1, new.id)


def test_a_uid_names_one_meeting_among_all_units(timed):
    with timed.transaction() as tx:
        unit, other = add_unit(tx), add_unit(tx, "H62")
        kept = add_meeting(tx, unit)
        with pytest.raises(ConflictError, match="there is a meeting"):
            add_meeting(tx, other)
        assert meetings.by_uid(tx, kept.draft.uid) == kept
        assert meetings.list_(tx, other.id, limit=9) == []


def test_a_revision_changes_the_meeting_and_no_revision_before_it(timed, clock):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        convened = add_meeting(tx, unit)
        before = meetings.revisions(tx, convened.id)
        clock.step(hours=1)
        move = revision_draft(tx, change=MeetingChange.MOVE, sequence=1, starts_at=LATER, ends_at=None, place="Hội trường")
        moved = meetings.add_revision(tx, convened, move, state=MeetingState.PLANNED, title="Họp giao ban tháng")
        assert (moved.version, moved.revision, moved.sequence) == (2, 2, 1)
        assert (moved.starts_at, moved.ends_at, moved.place) == (LATER, None, "Hội trường")
        assert (moved.draft.title, moved.draft.uid) == ("Họp giao ban tháng", convened.draft.uid)
        postpone = revision_draft(tx, change=MeetingChange.POSTPONE, sequence=2, starts_at=None, ends_at=None, reason="bão")
        postponed = meetings.add_revision(tx, moved, postpone, state=MeetingState.POSTPONED)
        assert (postponed.starts_at, postponed.draft.state) == (None, MeetingState.POSTPONED)
        assert postponed.draft.title == "Họp giao ban tháng"
        after = meetings.revisions(tx, convened.id)
        assert after[:1] == before
        assert [(revision.number, revision.draft) for revision in after[1:]] == [(2, move), (3, postpone)]
        assert after[1].made_at == MOMENT + timedelta(hours=1)


def test_of_two_changes_at_once_one_is_refused_and_leaves_no_revision(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        read = add_meeting(tx, unit)

    def change(state: MeetingState) -> None:
        with database.transaction() as tx:
            meetings.add_revision(tx, read, revision_draft(tx, reason=state.value), state=state)

    failures = in_threads([MeetingState.CANCELLED, MeetingState.POSTPONED, MeetingState.PLANNED], change)
    assert [type(failure) for failure in failures] == [ConflictError] * 2
    with database.reading() as tx:
        kept = meetings.get(tx, unit.id, read.id)
        assert (kept.version, kept.revision) == (2, 2)
        assert [revision.draft.reason for revision in meetings.revisions(tx, read.id)] == ["", kept.draft.state.value]


def test_who_is_invited_is_known_for_every_revision(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        one, two, three = (add_official(tx, unit, code) for code in "ABC")
        meeting = add_meeting(tx, unit, one, two)
        meetings.remove_invitees(tx, meeting.id, [one.id, three.id], 2)
        meetings.add_invitees(tx, meeting.id, [three.id, two.id], 2)
        assert invited(tx, meeting) == [two.id, three.id]
        meetings.remove_invitees(tx, meeting.id, [one.id], 3)
        meetings.add_invitees(tx, meeting.id, [one.id], 3)
        assert invited(tx, meeting) == [two.id, three.id, one.id]
        every = [(item.official_id, item.since_revision, item.until_revision) for item in everybody(tx, meeting)]
        assert every == [(one.id, 1, 2), (two.id, 1, None), (three.id, 2, None), (one.id, 3, None)]


def everybody(tx, meeting):
    return meetings.invitees(tx, meeting.id, current=False)


def test_writers_at_once_invite_an_official_once(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        official = add_official(tx, unit)
        meeting = add_meeting(tx, unit)

    def invite(_: int) -> None:
        with database.transaction() as tx:
            meetings.add_invitees(tx, meeting.id, [official.id], 1)

    failures = in_threads(range(4), invite)
    assert {type(failure) for failure in failures} <= {ConflictError}
    with database.reading() as tx:
        assert invited(tx, meeting, current=False) == [official.id]


def test_what_is_noted_about_reaching_somebody_stays_in_order(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        official = add_official(tx, unit)
        meeting = add_meeting(tx, unit, official)
        said = {"meeting_id": meeting.id, "official_id": official.id, "channel": "phone", "by": "van-thu"}
        first = meetings.add_note(tx, ReachNoteDraft(**said, revision=1, outcome="no-answer", at=MOMENT))
        second = meetings.add_note(tx, ReachNoteDraft(**said, revision=2, outcome="reached", at=LATER, note="trợ lý nghe"))
        assert meetings.notes(tx, meeting.id) == [first, second]
        assert (first.note, second.note, second.at, second.outcome) == ("", "trợ lý nghe", LATER, "reached")


def test_meetings_are_listed_by_half_open_time_and_state(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        made = [add_meeting(tx, unit, uid=f"{number}@hub") for number in range(3)]
        move = revision_draft(tx, starts_at=LATER)
        meetings.add_revision(tx, made[1], move, state=MeetingState.PLANNED)
        nothing = revision_draft(tx, starts_at=None)
        meetings.add_revision(tx, made[2], nothing, state=MeetingState.POSTPONED)
        day = MOMENT + timedelta(days=4)
        assert ids(meetings.list_(tx, unit.id, limit=9)) == [made[2].id, made[1].id, made[0].id]
        assert ids(meetings.list_(tx, unit.id, limit=1, before_id=made[2].id)) == [made[1].id]
        assert ids(meetings.list_(tx, unit.id, from_=day, to=LATER, limit=9)) == [made[0].id]
        assert ids(meetings.list_(tx, unit.id, from_=LATER, limit=9)) == [made[1].id]
        assert ids(meetings.list_(tx, unit.id, states=[MeetingState.POSTPONED], limit=9)) == [made[2].id]


def test_a_meeting_is_found_by_every_title_and_number_it_ever_had(timed):
    with timed.transaction() as tx:
        unit = add_unit(tx)
        meeting = add_meeting(tx, unit, title="Họp về đê điều 50%_")
        again = revision_draft(tx, letter_reference="15/GM-UBND")
        meetings.add_revision(tx, meeting, again, state=MeetingState.PLANNED, title="Họp phòng chống bão")
        add_meeting(tx, unit, uid="other@hub", title="Họp 500 x")
        for text in ("de dieu", "phòng chống bão", "12/gm-ubnd de", "15/gm-ubnd hop", "50%_"):
            assert ids(meetings.search(tx, unit.id, text, 9)) == [meeting.id]
        assert len(meetings.search(tx, unit.id, "hop", 9)) == 2
        assert len(meetings.search(tx, unit.id, "hop", 1)) == 1
        assert meetings.search(tx, unit.id, "hop", 9)[0].draft.uid == "other@hub"
        for text in ("", "15/gm 500"):
            assert meetings.search(tx, unit.id, text, 9) == []
