"""What a line, and the sheet, of a paper deposit show."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailhub.cli.lines import exception_words
from mailhub.cli.output import Column, Fit
from mailhub.cli.words import CHANNELS, DEPOSIT_KINDS, DEPOSIT_STATES, DISPATCH_STATES, NOTICES
from mailhub.language import Text, word
from storage.records import Dispatch

if TYPE_CHECKING:
    from mailhub.counter.counter import DepositView
    from mailhub.pairing import Candidate


def possible(view: "DepositView") -> list[str]:
    """Letters that may be the e-copy and are not certainly it."""
    return [f"h{candidate.letter_id}" for candidate in (*view.candidates, *view.doubtful)]


def hint(view: "DepositView") -> Text | str:
    """The one thing to know about waiting paper."""
    if view.entry is not None:
        return Text(vi=f"số đến {view.entry.number}", en=f"number {view.entry.number}")
    if view.partner is not None:
        return Text(vi=f"bản điện tử h{view.partner.id} trên bàn", en=f"e-copy h{view.partner.id} on the desk")
    if view.candidates:
        names = ", ".join(f"h{candidate.letter_id}" for candidate in view.candidates)
        return Text(vi=f"cùng số, khác ngày: {names}", en=f"same number, other date: {names}")
    if view.doubtful:
        names = ", ".join(f"h{candidate.letter_id}" for candidate in view.doubtful)
        return Text(vi=f"có thể là {names}", en=f"may be {names}")
    return view.deposit.draft.note


CODE: Column["DepositView"] = Column(key="code", heading=Text(vi="Mã", en="Code"), value=lambda view: view.code)
STATE: Column["DepositView"] = Column(
    key="state",
    heading=Text(vi="Trạng thái", en="State"),
    value=lambda view: view.deposit.draft.state,
    show=lambda view: DEPOSIT_STATES[view.deposit.draft.state],
)
KIND: Column["DepositView"] = Column(
    key="kind",
    heading=Text(vi="Loại nộp", en="Kind"),
    value=lambda view: view.deposit.draft.kind,
    show=lambda view: DEPOSIT_KINDS[view.deposit.draft.kind],
)
SENDER: Column["DepositView"] = Column(
    key="sender",
    heading=Text(vi="Cơ quan, người nộp", en="Handed in by"),
    value=lambda view: view.deposit.draft.sender,
    fit=Fit.CUT,
)
REFERENCE: Column["DepositView"] = Column(
    key="reference", heading=Text(vi="Số, ký hiệu", en="Reference"), value=lambda view: view.deposit.draft.reference
)
ISSUED: Column["DepositView"] = Column(
    key="issued_on", heading=Text(vi="Ngày VB", en="Issued"), value=lambda view: view.deposit.draft.issued_on
)
NUMBER: Column["DepositView"] = Column(
    key="number",
    heading=Text(vi="Số đến", en="Entry"),
    value=lambda view: view.entry.number if view.entry else None,
    show=lambda view: f"{view.entry.number}/{view.entry.year} ({view.entry.register})" if view.entry else "",
)
HIDDEN_VALUES: Sequence[Column["DepositView"]] = (
    Column(key="id", value=lambda view: view.deposit.id),
    Column(
        key="letter", value=lambda view: f"h{view.deposit.draft.letter_id}" if view.deposit.draft.letter_id is not None else None
    ),
    Column(key="year", value=lambda view: view.entry.year if view.entry else None),
    Column(key="register", value=lambda view: view.entry.register if view.entry else None),
    Column(key="partner", value=lambda view: f"h{view.partner.id}" if view.partner else None),
)

DEPOSIT_LINE: Sequence[Column["DepositView"]] = (
    CODE,
    Column(
        key="deposited_at",
        heading=Text(vi="Nhận", en="In"),
        value=lambda view: view.deposit.draft.deposited_at,
        brief=True,
    ),
    SENDER,
    REFERENCE,
    ISSUED,
    KIND,
    STATE,
    Column(key="due_at", heading=Text(vi="Hạn", en="Due"), value=lambda view: view.deposit.draft.due_at, brief=True),
    Column(key="candidates", heading=Text(vi="Lưu ý", en="Mind"), value=possible, show=hint, fit=Fit.CUT),
    Column(key="number", value=lambda view: view.entry.number if view.entry else None),
    Column(key="exception", value=lambda view: view.deposit.draft.exception),
    *HIDDEN_VALUES,
)

DEPOSIT_SHEET: Sequence[Column["DepositView"]] = (
    CODE,
    STATE,
    KIND,
    SENDER,
    REFERENCE,
    ISSUED,
    Column(key="document_type", heading=Text(vi="Loại văn bản", en="Type"), value=lambda view: view.deposit.draft.document_type),
    Column(key="subject", heading=Text(vi="Trích yếu", en="Subject"), value=lambda view: view.deposit.draft.subject),
    Column(key="pages", heading=Text(vi="Số trang", en="Pages"), value=lambda view: view.deposit.draft.pages),
    Column(
        key="exception",
        heading=Text(vi="Nhận giấy vì", en="Taken on paper for"),
        value=lambda view: view.deposit.draft.exception,
        show=lambda view: exception_words(view.deposit.draft.exception),
    ),
    Column(key="deposited_at", heading=Text(vi="Nhận lúc", en="Handed in"), value=lambda view: view.deposit.draft.deposited_at),
    Column(key="received_by", heading=Text(vi="Người nhận", en="Taken by"), value=lambda view: view.deposit.draft.received_by),
    Column(key="due_at", heading=Text(vi="Hạn", en="Due"), value=lambda view: view.deposit.draft.due_at),
    NUMBER,
    Column(
        key="electronic_at",
        heading=Text(vi="Bản điện tử nhận lúc", en="E-copy received"),
        value=lambda view: view.entry.draft.received_at if view.entry and view.entry.draft.channel == "electronic" else None,
    ),
    Column(
        key="possible",
        heading=Text(vi="Lưu ý", en="Mind"),
        value=possible,
        show=lambda view: "" if view.entry or view.deposit.draft.note else hint(view),
    ),
    Column(key="handed_to", heading=Text(vi="Người nhận lại", en="Handed to"), value=lambda view: view.deposit.handed_to),
    Column(key="handed_at", heading=Text(vi="Giao lúc", en="Handed over"), value=lambda view: view.deposit.handed_at),
    Column(key="note", heading=Text(vi="Ghi chú", en="Note"), value=lambda view: view.deposit.draft.note),
    *HIDDEN_VALUES,
)

CANDIDATE_LINE: Sequence[Column["Candidate"]] = (
    Column(key="letter", heading=Text(vi="Văn bản", en="Letter"), value=lambda candidate: f"h{candidate.letter_id}"),
    Column(key="reference", heading=Text(vi="Số, ký hiệu", en="Reference"), value=lambda candidate: candidate.reference),
    Column(key="issued_on", heading=Text(vi="Ngày VB", en="Issued"), value=lambda candidate: candidate.issued_on),
    Column(
        key="number",
        heading=Text(vi="Số đến", en="Entry"),
        value=lambda candidate: candidate.entry.number if candidate.entry else None,
    ),
)

NOTICE_LINE: Sequence[Column[Dispatch]] = (
    Column(key="id", heading=Text(vi="Lượt gửi", en="Dispatch"), value=lambda dispatch: dispatch.id, right=True),
    Column(
        key="kind",
        heading=Text(vi="Thông báo", en="Notice"),
        value=lambda dispatch: dispatch.draft.kind,
        show=lambda dispatch: word(NOTICES, dispatch.draft.kind),
    ),
    Column(
        key="channel",
        heading=Text(vi="Đường", en="Channel"),
        value=lambda dispatch: dispatch.draft.channel,
        show=lambda dispatch: word(CHANNELS, dispatch.draft.channel),
    ),
    Column(key="recipient", heading=Text(vi="Gửi tới", en="To"), value=lambda dispatch: dispatch.draft.recipient),
    Column(
        key="state",
        heading=Text(vi="Trạng thái", en="State"),
        value=lambda dispatch: dispatch.state,
        show=lambda dispatch: DISPATCH_STATES[dispatch.state],
    ),
    Column(key="sent_at", heading=Text(vi="Gửi lúc", en="Sent"), value=lambda dispatch: dispatch.sent_at),
)
