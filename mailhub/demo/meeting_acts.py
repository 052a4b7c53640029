"""A meeting: its signed invitation, a move, a postponement, and the one whom nothing but a call reaches."""

from datetime import timedelta
from typing import TYPE_CHECKING

from mailhub.demo.cast import GUESTS, MEETING_PLACE
from mailhub.demo.outcome import LEAVING, ActOutcome, Told
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.meetings.convening import Proposal
from mailhub.meetings.invitation import draft_pdf, invitation_text
from mailhub.meetings.orders import Convocation, Moving
from mailhub.meetings.reach import Reached
from mailhub.meetings.reaching import Call
from mailhub.meetings.signed import LetterFile
from storage.records import Dispatch

if TYPE_CHECKING:
    from mailhub.demo.stage import Stage

MEETING = 1
INVITED = tuple(guest.code for guest in GUESTS if guest.code != "SYT-TK")
TO_CALL = "NCT-CT"


def convene_unsigned(stage: "Stage") -> Told:
    """A giấy mời without both signatures is not sent, and no number is taken."""
    try:
        convening(stage, stage.correspondence.invitation(sealed=False))
    except RefusedError:
        more = Text(vi="thiếu chữ ký của cơ quan, chưa gửi gì", en="the office's signature is missing, nothing sent")
        return Told(outcome=ActOutcome.REFUSED, more=more)
    return Told(outcome=ActOutcome.OTHER)


def convene(stage: "Stage") -> Told:
    """The signed giấy mời goes to everybody by mail, with a calendar part; mobiles get a text."""
    letter = stage.correspondence.invitation(sealed=True)
    stage.keep_print("giay-moi-12-GM-VPUB.pdf", letter.content)
    unsigned = convening(stage, None)
    office = stage.hub.convening.notifying.office(stage.unit)
    stage.keep_print("du-thao-giay-moi.pdf", draft_pdf(invitation_text(stage.hub.convening.foresee(unsigned).content, office)))
    return carried_out(stage, convening(stage, letter), ActOutcome.CONVENED, 1)


def move(stage: "Stage") -> Told:
    """Another hour; whoever was told is told the whole of how it stands now."""
    begins = stage.correspondence.meeting_at + timedelta(hours=5, minutes=30)
    order = Moving(reason="trùng lịch tiếp xúc cử tri", starts_at=begins, ends_at=begins + timedelta(hours=2))
    return carried_out(stage, stage.hub.secretary.move(stage.unit, MEETING, order), ActOutcome.MOVED, 2)


def postpone(stage: "Stage") -> Told:
    """No new time yet."""
    proposal = stage.hub.secretary.postpone(stage.unit, MEETING, reason="chờ ý kiến Thường trực Tỉnh ủy")
    return carried_out(stage, proposal, ActOutcome.POSTPONED, 3)


def call(stage: "Stage") -> Told:
    """Who has neither mail nor mobile is on the list to be called; the call is noted."""
    before = {item.attendee.code: item.reached for item in stage.hub.reaching.reach(stage.unit, MEETING)}
    note = Call(official=TO_CALL, by=stage.clerk.name, answered=True)
    stage.hub.reaching.note_call(stage.clerk, stage.unit, MEETING, note)
    after = {item.attendee.code: item.reached for item in stage.hub.reaching.reach(stage.unit, MEETING)}
    reached = before[TO_CALL] is Reached.CALL and after[TO_CALL] is Reached.REACHED
    more = Text(vi="đã gọi điện, ghi lại", en="called and noted")
    return Told(outcome=ActOutcome.REACHED if reached else ActOutcome.OTHER, more=more)


def convening(stage: "Stage", letter: LetterFile | None) -> Proposal:
    """The meeting as the clerk orders it."""
    begins = stage.correspondence.meeting_at
    order = Convocation(
        title="Họp đánh giá kết quả gửi, nhận văn bản điện tử",
        starts_at=begins,
        ends_at=begins + timedelta(hours=3),
        place=MEETING_PLACE,
        invite=INVITED,
        letter=letter,
    )
    return stage.hub.secretary.convene(stage.unit, order)


def carried_out(stage: "Stage", proposal: Proposal, outcome: ActOutcome, time_: int) -> Told:
    """Do it and wait until all of it has left."""
    done = stage.hub.convening.carry_out(stage.clerk, proposal)
    meeting, revision = done.meeting, done.plan.revision

    def left() -> tuple[Dispatch, ...] | None:
        standing = stage.hub.reaching.show(stage.unit.id, meeting.id)
        mine = tuple(dispatch for dispatch in standing.dispatches if dispatch.draft.revision == revision)
        return None if any(dispatch.state in LEAVING for dispatch in mine) else mine

    sent = [item.draft.channel for item in stage.until(left, Text(vi=f"cuộc họp m{meeting.id}", en=f"meeting m{meeting.id}"))]
    more = Text(vi=f"lần {time_}", en=f"message {time_}")
    return Told(outcome=outcome, mails=sent.count("mail"), texts=sent.count("sms"), more=more)
