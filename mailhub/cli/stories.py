"""The story of a mail in lines, for `mailhub submission explain`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailhub.cli.audit import EVENT_LINE
from mailhub.cli.explanation import ACTIONS
from mailhub.cli.noted import noted_part
from mailhub.cli.output import Column, Fit, Output
from mailhub.cli.readings import SHEET as READING_SHEET
from mailhub.cli.readings import reading_parts
from mailhub.cli.submission_lines import LETTER_LINE, SUBMISSION_SHEET
from mailhub.cli.words import DISPATCH_STATES, NOTICES
from mailhub.language import Text, word
from mailhub.policy.reasons import ReasonCode
from mailhub.profiles.vn.reasons import reason_text
from mailhub.stories import LetterStory, Story
from storage.records import Capture, Dispatch, SubmissionState

READ = Text(vi="\nMáy đọc được", en="\nWhat was read")
NOT_READ = Text(vi="\nMáy không đọc được thư này.", en="\nThis mail could not be read.")
SEALED = Text(
    vi="\nNội dung đang niêm phong vì dấu hiệu mật; không hiện kết quả đọc.",
    en="\nThe content is sealed because of a secrecy mark; what was read is not shown.",
)


def recipients_of(capture: Capture) -> list[str]:
    """Whom the envelope names."""
    return [recipient.address for recipient in capture.draft.recipients]


ARRIVAL_LINE: Sequence[Column[Capture]] = (
    Column(key="id", heading=Text(vi="Lượt", en="No."), value=lambda capture: capture.id, right=True),
    Column(key="received_at", heading=Text(vi="Lúc", en="At"), value=lambda capture: capture.draft.received_at),
    Column(key="door", heading=Text(vi="Cửa", en="Door"), value=lambda capture: capture.draft.door),
    Column(key="door_key", value=lambda capture: capture.draft.door_key),
    Column(key="peer", heading=Text(vi="Từ máy", en="Peer"), value=lambda capture: capture.draft.peer),
    Column(key="helo", heading=Text(vi="Xưng là", en="HELO"), value=lambda capture: capture.draft.helo),
    Column(key="tls", heading=Text(vi="TLS", en="TLS"), value=lambda capture: capture.draft.tls),
    Column(key="auth", heading=Text(vi="Đăng nhập", en="Login"), value=lambda capture: capture.draft.auth),
    Column(key="mail_from", heading=Text(vi="Địa chỉ gửi", en="Return path"), value=lambda capture: capture.draft.mail_from),
    Column(key="recipients", heading=Text(vi="Gửi tới", en="To"), value=recipients_of, fit=Fit.FOLD),
    Column(key="size", heading=Text(vi="Byte", en="Octets"), value=lambda capture: capture.draft.size, right=True),
    Column(key="state", value=lambda capture: capture.state),
    Column(key="sha256", value=lambda capture: capture.draft.sha256),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoned:
    """One reason of one letter's decision."""

    told: LetterStory
    code: ReasonCode


def reasoned(story: Story) -> Iterator[Reasoned]:
    """Every reason of every decision."""
    for told in story.letters:
        for code in told.record.decision.reasons if told.record else ():
            yield Reasoned(told=told, code=code)


def letter_name(told: LetterStory) -> str:
    """A letter as clerks call it."""
    return f"h{told.letter.id}"


DECISION_LINE: Sequence[Column[LetterStory]] = (
    Column(key="letter", heading=Text(vi="Văn bản", en="Letter"), value=letter_name),
    Column(
        key="action",
        heading=Text(vi="Quyết định", en="Decision"),
        value=lambda told: told.record.decision.action if told.record else None,
        show=lambda told: ACTIONS[told.record.decision.action] if told.record else "",
    ),
    Column(
        key="rule", heading=Text(vi="Quy tắc", en="Rule"), value=lambda told: told.record.decision.rule if told.record else None
    ),
    Column(
        key="automatic",
        heading=Text(vi="Máy được tự làm", en="By machine"),
        value=lambda told: told.record.decision.automatic if told.record else None,
    ),
    Column(key="decided_by", heading=Text(vi="Người quyết", en="Decided by"), value=lambda told: told.letter.decided_by),
    Column(
        key="judged_at", heading=Text(vi="Xét lúc", en="Judged at"), value=lambda told: told.record.now if told.record else None
    ),
    Column(key="reasons", value=lambda told: told.record.decision.reasons if told.record else ()),
)
REASONED_LINE: Sequence[Column[Reasoned]] = (
    Column(key="letter", heading=Text(vi="Văn bản", en="Letter"), value=lambda one: letter_name(one.told)),
    Column(key="code", heading=Text(vi="Lý do", en="Reason"), value=lambda one: one.code),
    Column(
        key="sentence",
        heading=Text(vi="Nghĩa", en="Meaning"),
        value=lambda one: reason_text(one.code).clerk.en,
        show=lambda one: reason_text(one.code).clerk,
        fit=Fit.FOLD,
    ),
)
NOTICE_LINE: Sequence[Column[Dispatch]] = (
    Column(key="id", heading=Text(vi="Lượt gửi", en="Dispatch"), value=lambda dispatch: dispatch.id, right=True),
    Column(
        key="kind",
        heading=Text(vi="Loại", en="Kind"),
        value=lambda dispatch: dispatch.draft.kind,
        show=lambda dispatch: word(NOTICES, dispatch.draft.kind),
    ),
    Column(key="letter", value=lambda dispatch: f"h{dispatch.draft.letter_id}" if dispatch.draft.letter_id else ""),
    Column(key="recipient", heading=Text(vi="Người nhận", en="Recipient"), value=lambda dispatch: dispatch.draft.recipient),
    Column(
        key="state",
        heading=Text(vi="Trạng thái", en="State"),
        value=lambda dispatch: dispatch.state,
        show=lambda dispatch: DISPATCH_STATES[dispatch.state],
    ),
    Column(key="sent_at", heading=Text(vi="Gửi lúc", en="Sent"), value=lambda dispatch: dispatch.sent_at),
    Column(
        key="last_error", heading=Text(vi="Lỗi cuối", en="Last error"), value=lambda dispatch: dispatch.last_error, fit=Fit.FOLD
    ),
)


def show_story(output: Output, story: Story) -> None:
    """Print the story in the order in which it happened; as JSON with the whole reading."""
    view, reading = story.view, story.reading
    arrivals = output.part("captures", Text(vi="Tiếp nhận", en="Captures"), ARRIVAL_LINE, view.captures)
    after = (
        output.part("letters", Text(vi="Văn bản", en="Letters"), LETTER_LINE, view.letters),
        output.part("decisions", Text(vi="Quyết định", en="Decisions"), DECISION_LINE, story.letters),
        output.part("reasons", Text(vi="Lý do", en="Reasons"), REASONED_LINE, reasoned(story)),
        noted_part(output, view.noted),
        output.part("notices", Text(vi="Thông báo", en="Notices"), NOTICE_LINE, story.notices),
        output.part("events", Text(vi="Nhật ký", en="Log"), EVENT_LINE, story.events),
    )
    if output.json:
        submission = {column.key: column.value(view.submission) for column in SUBMISSION_SHEET}
        output.raw(submission | {"reading": reading} | {part.key: part.values for part in (arrivals, *after)})
        return
    output.record(SUBMISSION_SHEET, view.submission, (arrivals,))
    if reading is not None:
        output.line(READ)
        output.record(READING_SHEET, reading, reading_parts(output, reading))
    else:
        output.line(SEALED if view.submission.draft.state is SubmissionState.SEALED else NOT_READ)
    for part in after:
        output.show_part(part)
