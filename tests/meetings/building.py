"""A meeting for pure tests; each test says only what is different in its own."""

from dataclasses import replace
from datetime import UTC, date, datetime

from mailhub.meetings.content import Attendee, Invitation, MeetingContent
from mailhub.notices.context import Addressee, Contact
from mailhub.notices.meeting_context import MeetingContext, MeetingNotice, Slot
from storage.records import Dispatch, DispatchDraft, DispatchState, MeetingState

NOW = datetime(2024, 8, 1, 2, 40, tzinfo=UTC)
NINTH = datetime(2024, 8, 9, 1, 0, tzinfo=UTC)
TWELFTH = datetime(2024, 8, 12, 7, 0, tzinfo=UTC)
HEALTH = Attendee(official_id=1, code="SYT-GD", name="Trần Văn Hà", position="Giám đốc", organisation="Sở Y tế")
FINANCE = Attendee(official_id=2, code="STC-GD", name="Phạm Quốc Bình", position="Giám đốc", organisation="Sở Tài chính")
CONTENT = MeetingContent(
    state=MeetingState.PLANNED,
    title="Họp triển khai văn bản điện tử",
    starts_at=NINTH,
    place="Phòng họp số 1",
    contact=Contact(name="Nguyễn Thị Lan", phone="0901 234 567"),
    attendees=(HEALTH, FINANCE),
    stamp=NOW,
    invitation=Invitation(reference="226/GM-VPUB", number=226, issued_on=date(2024, 8, 1)),
)
CONTEXT = MeetingContext(
    notice=MeetingNotice.INVITE,
    addressee=Addressee(address="ha@syt.example", name="Giám đốc Sở Y tế Trần Văn Hà", agency=False),
    unit_name="Văn phòng UBND tỉnh",
    unit_address="vpub@tinh.example",
    time_zone="Asia/Ho_Chi_Minh",
    contact=CONTENT.contact,
    uid="0123456789@mailhub.example",
    sequence=0,
    stamp=NOW,
    title=CONTENT.title,
    slot=Slot(starts_at=NINTH, place="Phòng họp số 1"),
    busy_until=datetime(2024, 8, 9, 3, 0, tzinfo=UTC),
    made_at=NOW,
    reference="226/GM-VPUB",
)


def told(notice):
    return replace(CONTEXT, notice=notice, sequence=1)


def dispatch(number, kind, revision, recipient, state=DispatchState.SENT, *, channel="mail", official_id=1, attempts=1):
    draft = DispatchDraft(
        unit_id=1,
        letter_id=None,
        submission_id=None,
        kind=kind,
        revision=revision,
        channel=channel,
        recipient=recipient,
        message_id=f"<{number}@x>",
        context_id=1,
        due_at=NOW,
        expires_at=TWELFTH,
        meeting_id=1,
        official_id=official_id,
    )
    return Dispatch(
        id=number,
        state=state,
        attempts=attempts,
        repeated=0,
        blob=None,
        last_error="",
        sent_at=NOW,
        delivered_at=None,
        gateway="",
        sid="",
        followed=0,
        draft=draft,
    )
