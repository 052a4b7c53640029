"""What a line, and the sheet, of a meeting show: its plan, its revisions, who was reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailhub.cli.output import Column, Fit
from mailhub.cli.words import ANSWERS, CHANNELS, DISPATCH_STATES, NOTICES
from mailhub.language import Text, word
from storage.records import DispatchState, MeetingChange, MeetingState

if TYPE_CHECKING:
    from mailhub.meetings.changes import Message
    from mailhub.meetings.content import Attendee
    from mailhub.meetings.planning import Plan
    from mailhub.meetings.reach import Reach, Way
    from mailhub.meetings.standing import Standing
    from sms.text import SmsText
    from storage.records import Revision

STATES: dict[MeetingState, Text] = {
    MeetingState.PLANNED: Text(vi="sẽ họp", en="planned"),
    MeetingState.POSTPONED: Text(vi="hoãn", en="postponed"),
    MeetingState.CANCELLED: Text(vi="đã hủy", en="cancelled"),
}
CHANGES: dict[MeetingChange, Text] = {
    MeetingChange.CONVENE: Text(vi="triệu tập", en="convened"),
    MeetingChange.MOVE: Text(vi="dời, đổi", en="moved"),
    MeetingChange.POSTPONE: Text(vi="hoãn", en="postponed"),
    MeetingChange.CANCEL: Text(vi="hủy", en="cancelled"),
    MeetingChange.PAPERS: Text(vi="thay tài liệu", en="papers"),
}
REACHED: dict[str, Text] = {
    "reached": Text(vi="đã gặp", en="reached"),
    "sent": Text(vi="đã gửi", en="sent"),
    "pending": Text(vi="chờ gửi", en="pending"),
    "call": Text(vi="GỌI", en="CALL"),
    "unconcerned": Text(vi="không cần báo", en="need not know"),
}
OUTCOMES: dict[str, Text] = {
    "reached": Text(vi="đã gặp", en="reached"),
    "no-answer": Text(vi="không nghe máy", en="no answer"),
    **{answer: ANSWERS[answer] for answer in ("accepted", "declined", "tentative", "delegated", "counter")},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message of a plan, mail or text, as a line of a table."""

    message: "Message"
    text: "SmsText | None"

    @property
    def kind(self) -> str:
        """The kind of its dispatch."""
        return f"meeting-{self.message.notice.value}"

    @property
    def names(self) -> str:
        """Whom it goes to."""
        return "; ".join(attendee.label or attendee.name for attendee in self.message.recipient.attendees)


def outgoing(plan: "Plan") -> tuple[Outgoing, ...]:
    """Everything a plan sends."""
    mails = [Outgoing(message=message, text=None) for message in plan.mails]
    return (*mails, *(Outgoing(message=message, text=text) for message, text in plan.texts))


def number_of(standing: "Standing") -> str:
    """The number and symbol of the invitation."""
    invitation = standing.content.invitation
    return invitation.reference if invitation else ""


def waiting(standing: "Standing") -> int:
    """How many messages have not left."""
    return sum(dispatch.state in {DispatchState.DUE, DispatchState.SENDING} for dispatch in standing.dispatches)


MEETING_LINE: Sequence[Column["Standing"]] = (
    Column(key="id", heading=Text(vi="Họp", en="Meeting"), value=lambda item: f"m{item.meeting.id}"),
    Column(
        key="state",
        heading=Text(vi="Trạng thái", en="State"),
        value=lambda item: item.content.state,
        show=lambda item: STATES[item.content.state],
    ),
    Column(key="starts_at", heading=Text(vi="Giờ họp", en="Begins"), value=lambda item: item.content.starts_at),
    Column(key="place", heading=Text(vi="Nơi họp", en="Place"), value=lambda item: item.content.place, fit=Fit.CUT),
    Column(key="reference", heading=Text(vi="Giấy mời", en="Invitation"), value=number_of),
    Column(key="title", heading=Text(vi="Cuộc họp", en="Title"), value=lambda item: item.content.title, fit=Fit.CUT),
    Column(key="invited", heading=Text(vi="Mời", en="Invited"), value=lambda item: len(item.content.attendees), right=True),
    Column(key="waiting", heading=Text(vi="Chờ gửi", en="Waiting"), value=waiting, right=True),
)

MEETING_SHEET: Sequence[Column["Standing"]] = (
    *MEETING_LINE[:3],
    Column(key="ends_at", heading=Text(vi="Kết thúc", en="Ends"), value=lambda item: item.content.ends_at),
    *MEETING_LINE[3:6],
    Column(
        key="signed",
        heading=Text(vi="Bản ký số", en="Signed"),
        value=lambda item: item.content.invitation is not None and item.content.invitation.signed,
    ),
    Column(key="chair", heading=Text(vi="Chủ trì", en="Chair"), value=lambda item: item.content.chair),
    Column(key="agenda", heading=Text(vi="Nội dung", en="Agenda"), value=lambda item: item.content.agenda),
    Column(key="requirements", heading=Text(vi="Yêu cầu", en="Please note"), value=lambda item: item.content.requirements),
    Column(
        key="contact",
        heading=Text(vi="Liên hệ", en="Contact"),
        value=lambda item: f"{item.content.contact.name}, {item.content.contact.phone}",
    ),
    Column(
        key="papers",
        heading=Text(vi="Tài liệu", en="Papers"),
        value=lambda item: [
            f"{paper.name} ({paper.edition})" if paper.edition > 1 else paper.name for paper in item.content.papers
        ],
    ),
    *MEETING_LINE[6:],
    Column(key="uid", value=lambda item: item.meeting.draft.uid),
    Column(key="sequence", value=lambda item: item.meeting.sequence),
    Column(key="revision", value=lambda item: item.meeting.revision),
    Column(key="release_at", heading=Text(vi="Gửi từ", en="Leaves from"), value=lambda item: item.last.draft.release_at),
)

ATTENDEE_LINE: Sequence[Column["Attendee"]] = (
    Column(key="code", heading=Text(vi="Mã", en="Code"), value=lambda item: item.code),
    Column(key="position", heading=Text(vi="Chức vụ", en="Position"), value=lambda item: item.label, fit=Fit.CUT),
    Column(key="name", heading=Text(vi="Họ tên", en="Name"), value=lambda item: item.name, fit=Fit.CUT),
)

REVISION_LINE: Sequence[Column["Revision"]] = (
    Column(key="number", heading=Text(vi="Bản", en="No."), value=lambda item: item.number, right=True),
    Column(
        key="change",
        heading=Text(vi="Thay đổi", en="Change"),
        value=lambda item: item.draft.change,
        show=lambda item: CHANGES[item.draft.change],
    ),
    Column(key="made_at", heading=Text(vi="Lúc", en="Made"), value=lambda item: item.made_at),
    Column(key="made_by", heading=Text(vi="Văn thư", en="Clerk"), value=lambda item: item.draft.made_by),
    Column(key="starts_at", heading=Text(vi="Giờ họp", en="Begins"), value=lambda item: item.draft.starts_at),
    Column(key="place", heading=Text(vi="Nơi họp", en="Place"), value=lambda item: item.draft.place, fit=Fit.CUT),
    Column(key="reference", heading=Text(vi="Giấy mời", en="Invitation"), value=lambda item: item.draft.letter_reference),
    Column(key="reason", heading=Text(vi="Lý do", en="Reason"), value=lambda item: item.draft.reason, fit=Fit.FOLD),
    Column(key="sequence", value=lambda item: item.draft.sequence),
    Column(key="letter_sha256", value=lambda item: item.draft.letter_sha256),
)

OUTGOING_LINE: Sequence[Column[Outgoing]] = (
    Column(
        key="channel",
        heading=Text(vi="Qua", en="By"),
        value=lambda item: item.message.recipient.channel,
        show=lambda item: word(CHANNELS, item.message.recipient.channel),
    ),
    Column(
        key="notice",
        heading=Text(vi="Báo", en="Notice"),
        value=lambda item: item.kind,
        show=lambda item: word(NOTICES, item.kind),
    ),
    Column(key="recipient", heading=Text(vi="Người nhận", en="Recipient"), value=lambda item: item.names, fit=Fit.CUT),
    Column(key="address", heading=Text(vi="Địa chỉ", en="Address"), value=lambda item: item.message.recipient.address),
    Column(key="copy", heading=Text(vi="Bản sao", en="Copy"), value=lambda item: bool(item.message.recipient.copy_of)),
    Column(key="ordinal", heading=Text(vi="Lần", en="No."), value=lambda item: item.message.ordinal, right=True),
    Column(
        key="segments",
        heading=Text(vi="Phần", en="Segments"),
        value=lambda item: item.text.segments if item.text else None,
        right=True,
    ),
    Column(key="alphabet", value=lambda item: item.text.alphabet if item.text else None),
    Column(key="units", value=lambda item: item.text.units if item.text else None),
    Column(key="text", value=lambda item: item.text.text if item.text else None),
)

TEXT_LINE: Sequence[Column[Outgoing]] = (
    Column(
        key="alphabet", heading=Text(vi="Bảng chữ", en="Alphabet"), value=lambda item: item.text.alphabet if item.text else None
    ),
    Column(key="units", heading=Text(vi="Ký tự", en="Units"), value=lambda item: item.text.units if item.text else 0, right=True),
    Column(
        key="segments",
        heading=Text(vi="Phần", en="Segments"),
        value=lambda item: item.text.segments if item.text else 0,
        right=True,
    ),
    Column(
        key="text", heading=Text(vi="Tin nhắn", en="Text"), value=lambda item: item.text.text if item.text else "", fit=Fit.FOLD
    ),
)


def way_text(way: "Way") -> Text:
    """How one message stands, and what came back to it that its state does not say."""
    state = DISPATCH_STATES[way.state]
    told = [ANSWERS[answer] for answer in way.came_back if answer in ANSWERS and answer != way.state]
    if not told:
        return state
    vi, en = ("; ".join(getattr(answer, language) for answer in told) for language in ("vi", "en"))
    return Text(vi=f"{state.vi} ({vi})", en=f"{state.en} ({en})")


def ways_text(ways: "Sequence[Way]", channel: str) -> Text | str:
    """How the messages over one channel stand, in both languages."""
    states = [way_text(way) for way in ways if way.channel == channel]
    return Text(vi=", ".join(state.vi for state in states), en=", ".join(state.en for state in states)) if states else ""


def helpers_text(item: "Reach") -> Text | str:
    """The assistants and how their copies stand; a copy that arrived reaches nobody but them."""
    told = [(helper.attendee.name, ways_text(helper.ways, "sms")) for helper in item.assistants]
    if not told:
        return ""
    return Text(
        vi="; ".join(f"{name}: {state.vi if isinstance(state, Text) else '–'}" for name, state in told),
        en="; ".join(f"{name}: {state.en if isinstance(state, Text) else '–'}" for name, state in told),
    )


def note_text(item: "Reach") -> Text | str:
    """The call that was noted last, as long as it still counts."""
    if item.note is None:
        return ""
    outcome, said = OUTCOMES[item.note.outcome], f", {item.note.note}" if item.note.note else ""
    return Text(vi=f"{item.note.by}: {outcome.vi}{said}", en=f"{item.note.by}: {outcome.en}{said}")


def to_call(item: "Reach") -> list[str]:
    """The numbers to call, the official's own first, then the assistants'."""
    return [*item.phones, *(f"{phone} ({helper.attendee.name})" for helper in item.assistants for phone in helper.phones)]


def way_values(ways: "Sequence[Way]") -> list[object]:
    """The ways for programs."""
    return [
        {
            "channel": way.channel,
            "address": way.address,
            "state": way.state.value,
            "revision": way.revision,
            "at": way.at,
            "error": way.error,
            "came_back": list(way.came_back),
        }
        for way in ways
    ]


REACH_LINE: Sequence[Column["Reach"]] = (
    Column(
        key="reached",
        heading=Text(vi="Kết quả", en="Reached"),
        value=lambda item: item.reached,
        show=lambda item: REACHED[item.reached],
    ),
    Column(key="code", heading=Text(vi="Mã", en="Code"), value=lambda item: item.attendee.code),
    Column(key="position", heading=Text(vi="Chức vụ", en="Position"), value=lambda item: item.attendee.label, fit=Fit.CUT),
    Column(key="name", heading=Text(vi="Họ tên", en="Name"), value=lambda item: item.attendee.name, fit=Fit.CUT),
    Column(
        key="mail",
        heading=Text(vi="Thư", en="Mail"),
        value=lambda item: [way.state.value for way in item.ways if way.channel == "mail"],
        show=lambda item: ways_text(item.ways, "mail"),
    ),
    Column(
        key="sms",
        heading=Text(vi="Tin nhắn", en="SMS"),
        value=lambda item: [way.state.value for way in item.ways if way.channel == "sms"],
        show=lambda item: ways_text(item.ways, "sms"),
    ),
    Column(
        key="called",
        heading=Text(vi="Đã gọi", en="Called"),
        value=lambda item: item.note.outcome if item.note else None,
        show=note_text,
        fit=Fit.CUT,
    ),
    Column(
        key="assistants",
        heading=Text(vi="Trợ lý", en="Assistants"),
        value=lambda item: [
            {"code": helper.attendee.code, "name": helper.attendee.name, "ways": way_values(helper.ways)}
            for helper in item.assistants
        ],
        show=helpers_text,
        fit=Fit.CUT,
    ),
    Column(key="phones", heading=Text(vi="Số gọi", en="Numbers"), value=to_call, fit=Fit.FOLD),
    Column(key="invited", value=lambda item: item.invited),
    Column(key="ways", value=lambda item: way_values(item.ways)),
)
