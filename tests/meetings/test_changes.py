"""Who is told what: any sequence of changes keeps every recipient's story straight."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from mailhub.meetings.changes import (
    GONE,
    MAIL,
    SMS,
    Recipient,
    history_of,
    mail_matter,
    messages,
    perhaps_read,
    raises_sequence,
)
from mailhub.meetings.content import Paper, slot_of
from mailhub.notices.meeting_context import MEETING_KINDS, MeetingNotice
from storage.records import DispatchState, MeetingState
from tests.meetings.building import CONTENT, FINANCE, HEALTH, NINTH, TWELFTH, dispatch

PEOPLE = (HEALTH, FINANCE)
REQUESTS = {MeetingNotice.INVITE, MeetingNotice.MOVE, MeetingNotice.UPDATE}


@dataclass
class Story:
    """A meeting as its outbox tells it: changes are made, and what is due leaves or does not."""

    contents: dict = field(default_factory=dict)
    sequences: dict = field(default_factory=dict)
    rows: list = field(default_factory=list)

    def change(self, content):
        number = len(self.contents) + 1
        if number > 1:
            content = replace(content, stamp=self.contents[number - 1].stamp + timedelta(seconds=1))
            self.sequences[number] = self.sequences[number - 1] + raises_sequence(self.contents[number - 1], content)
        else:
            self.sequences[number] = 0
        self.contents[number] = content
        self.rows = [replace(row, state=DispatchState.CANCELLED) if row.state is DispatchState.DUE else row for row in self.rows]
        everybody = tuple(
            Recipient(channel=channel, address=f"{channel}-{attendee.official_id}", attendees=(attendee,))
            for attendee in content.attendees
            for channel in (MAIL, SMS)
        )
        for message in messages(everybody, history_of(self.rows, self.contents), content):
            self.rows.append(
                dispatch(
                    len(self.rows) + 1,
                    MEETING_KINDS[message.notice],
                    number,
                    message.recipient.address,
                    DispatchState.DUE,
                    channel=message.recipient.channel,
                    official_id=message.recipient.official_id,
                    attempts=0,
                )
            )

    def leave(self, state=DispatchState.SENT):
        self.rows = [replace(row, state=state, attempts=1) if row.state is DispatchState.DUE else row for row in self.rows]

    def told(self, address):
        return [row for row in self.rows if row.draft.recipient == address and perhaps_read(row)]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("slot"), st.sampled_from([NINTH, TWELFTH, TWELFTH + timedelta(days=1)])),
        st.tuples(st.just("state"), st.sampled_from(list(MeetingState))),
        st.tuples(st.just("papers"), st.integers(0, 3)),
        st.tuples(st.just("people"), st.sampled_from([(HEALTH,), (FINANCE,), PEOPLE])),
        st.tuples(st.just("leave"), st.sampled_from([DispatchState.SENT, DispatchState.DELIVERED, DispatchState.UNCERTAIN])),
    ),
    max_size=12,
)


def played(steps):
    story = Story()
    story.change(CONTENT)
    for what, value in steps:
        now = story.contents[len(story.contents)]
        match what:
            case "leave":
                story.leave(value)
            case "slot":
                story.change(replace(now, starts_at=value, state=MeetingState.PLANNED))
            case "state":
                story.change(replace(now, state=value))
            case "papers":
                story.change(replace(now, papers=(Paper(name="a.pdf", size=1, sha256=str(value), blob="x"),)))
            case "people":
                story.change(replace(now, attendees=value))
    story.leave()
    return story


@settings(max_examples=300)
@given(STEPS)
def test_whatever_is_changed_everybody_s_story_is_straight(steps):
    story = played(steps)
    final = story.contents[len(story.contents)]
    for attendee in PEOPLE:
        for channel in (MAIL, SMS):
            told = story.told(f"{channel}-{attendee.official_id}")
            notices = [next(n for n, kind in MEETING_KINDS.items() if kind == row.draft.kind) for row in told]
            # Nobody hears of a change before the invitation, and after a farewell only another invitation follows.
            standing = False
            for notice in notices:
                assert standing != (notice is MeetingNotice.INVITE)
                standing = notice not in GONE
            assert (MeetingNotice.POSTPONE, MeetingNotice.POSTPONE) not in pairwise(notices)
            # What a calendar holds only grows: SEQUENCE, or with the same one DTSTAMP (RFC 5546, 2.1.4).
            order = [(story.sequences[row.draft.revision], story.contents[row.draft.revision].stamp) for row in told]
            assert order == sorted(set(order))
            for (before, row), (after, _), notice in zip(
                zip([o[0] for o in order], told, strict=True),
                list(zip([o[0] for o in order], told, strict=True))[1:],
                notices[1:],
                strict=False,
            ):
                assert after > before or notice is MeetingNotice.UPDATE, row
            # The last message is the final state.
            invited = attendee in final.attendees
            if not told:
                assert not invited or final.state is not MeetingState.PLANNED
                continue
            last, content = notices[-1], story.contents[told[-1].draft.revision]
            if not invited or final.state is MeetingState.CANCELLED:
                assert last in GONE
            elif final.state is MeetingState.PLANNED:
                assert last in REQUESTS
                assert slot_of(content) == slot_of(final)
                assert channel == SMS or mail_matter(content) == mail_matter(final)
            else:
                assert last in GONE | {MeetingNotice.POSTPONE}


@given(STEPS)
def test_whoever_hears_nothing_between_two_changes_gets_one_message_for_both(steps):
    story = played(steps)
    for address in {row.draft.recipient for row in story.rows}:
        pending = [row for row in story.rows if row.draft.recipient == address]
        assert len({row.draft.revision for row in pending}) == len(pending)


def test_an_ordinal_that_was_given_is_not_given_again_when_the_message_before_it_never_left():
    kind, place = MEETING_KINDS[MeetingNotice.INVITE], (SMS, "+84912345671")
    contents = dict.fromkeys((1, 2), CONTENT)

    def told(first):
        rows = [dispatch(1, kind, 1, place[1], first, channel=SMS), dispatch(2, kind, 2, place[1], channel=SMS)]
        return history_of(rows, contents).by_address[place].times

    assert told(DispatchState.SENDING) == told(DispatchState.CANCELLED) == 2
    swallowed = dispatch(1, kind, 1, place[1], DispatchState.CANCELLED, channel=SMS, attempts=0)
    assert history_of([swallowed, dispatch(2, kind, 2, place[1], channel=SMS)], contents).by_address[place].times == 1
