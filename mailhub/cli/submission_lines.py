"""Submissions, their captures and their letters in lines."""

from collections.abc import Sequence

from mailhub.cli.output import Column, Fit
from mailhub.cli.words import HIDDEN, LETTER_STATES, SUBMISSION_STATES
from mailhub.language import Text
from storage.records import Capture, Letter, Submission, SubmissionState

NUMBER = Text(vi="Thư", en="No.")


def shown_subject(submission: Submission) -> str | Text:
    """A sealed submission shows no subject."""
    return HIDDEN if submission.draft.state is SubmissionState.SEALED else submission.draft.subject


SUBMISSION_LINE: Sequence[Column[Submission]] = (
    Column(key="id", heading=NUMBER, value=lambda submission: submission.id, right=True),
    Column(key="received_at", heading=Text(vi="Nhận lúc", en="Received"), value=lambda item: item.draft.received_at, brief=True),
    Column(key="sender", heading=Text(vi="Người gửi", en="From"), value=lambda item: item.draft.sender_address, fit=Fit.CUT),
    Column(
        key="subject",
        heading=Text(vi="Tiêu đề", en="Subject"),
        value=lambda item: item.draft.subject,
        show=shown_subject,
        fit=Fit.CUT,
    ),
    Column(
        key="state",
        heading=Text(vi="Trạng thái", en="State"),
        value=lambda item: item.draft.state,
        show=lambda item: SUBMISSION_STATES[item.draft.state],
    ),
    Column(key="tracking_code", heading=Text(vi="Mã tra cứu", en="Code"), value=lambda item: item.draft.tracking_code),
    Column(key="agency_id", value=lambda item: item.draft.agency_id),
    Column(key="message_id", value=lambda item: item.draft.message_id),
)
SUBMISSION_SHEET: Sequence[Column[Submission]] = (
    *SUBMISSION_LINE[:3],
    Column(key="sender_name", heading=Text(vi="Tên", en="Name"), value=lambda item: item.draft.sender_name),
    *SUBMISSION_LINE[3:7],
    Column(key="message_id", heading=Text(vi="Message-ID", en="Message-ID"), value=lambda item: item.draft.message_id),
)
CAPTURE_LINE: Sequence[Column[Capture]] = (
    Column(key="id", heading=Text(vi="Lượt", en="No."), value=lambda capture: capture.id, right=True),
    Column(key="door", heading=Text(vi="Cửa", en="Door"), value=lambda capture: capture.draft.door),
    Column(key="peer", heading=Text(vi="Từ máy", en="Peer"), value=lambda capture: capture.draft.peer),
    Column(key="mail_from", heading=Text(vi="Địa chỉ gửi", en="Return path"), value=lambda capture: capture.draft.mail_from),
    Column(key="received_at", heading=Text(vi="Lúc", en="At"), value=lambda capture: capture.draft.received_at),
    Column(key="size", value=lambda capture: capture.draft.size),
    Column(key="sha256", value=lambda capture: capture.draft.sha256),
)
LETTER_LINE: Sequence[Column[Letter]] = (
    Column(key="id", heading=Text(vi="Văn bản", en="Letter"), value=lambda letter: f"h{letter.id}"),
    Column(
        key="state",
        heading=Text(vi="Trạng thái", en="State"),
        value=lambda letter: letter.draft.state,
        show=lambda letter: LETTER_STATES[letter.draft.state],
    ),
    Column(key="reference", heading=Text(vi="Số, ký hiệu", en="Reference"), value=lambda letter: letter.draft.reference),
    Column(key="subject", heading=Text(vi="Trích yếu", en="Subject"), value=lambda letter: letter.draft.subject, fit=Fit.CUT),
)
