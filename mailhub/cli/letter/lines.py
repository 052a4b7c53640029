"""What a line, and the sheet, of a letter show."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from mailhub.cli.lines import FILE_LINE
from mailhub.cli.output import Column, Fit
from mailhub.cli.words import HIDDEN, LETTER_STATES, URGENCIES
from mailhub.deposit_codes import deposit_code
from mailhub.language import Text, word
from mailhub.policy.reasons import ReasonCode
from storage.records import Deposit, FileRecord, Letter, LetterFile, LetterState
from storage.records.letters import SIGNATURE_ROLE

if TYPE_CHECKING:
    from mailhub.letter_views import LetterView

SEALED = frozenset({LetterState.SEALED, LetterState.PURGED})


def reason_words(code: str) -> Text:
    """A reason's label for the desk."""
    from mailhub.profiles.vn.reasons import reason_text

    return reason_text(ReasonCode(code)).label


def subject_of(letter: Letter) -> str | Text:
    """What a line shows of the subject."""
    return HIDDEN if letter.draft.state in SEALED else letter.draft.subject


def all_reasons(letter: Letter) -> Text:
    """Every reason in a sentence for the clerk, one a line."""
    from mailhub.profiles.vn.reasons import reason_text

    texts = [reason_text(ReasonCode(code)) for code in letter.draft.reasons]
    return Text(
        vi="\n".join(f"{text.label.vi}: {text.clerk.vi}" for text in texts),
        en="\n".join(f"{text.label.en}: {text.clerk.en}" for text in texts),
    )


def file_of(item: LetterFile) -> FileRecord:
    """The file in its part."""
    return item.file


def enclosures(view: "LetterView") -> str:
    """Enclosures found of those declared; the number of files where none is declared."""
    draft = view.letter.draft
    if draft.enclosures_declared:
        return f"{draft.enclosures_found}/{draft.enclosures_declared}"
    return str(sum(item.role != SIGNATURE_ROLE for item in view.files))


def paper_of(view: "LetterView") -> Deposit | None:
    """The paper that the letter is, or that waits for it."""
    return view.deposit or view.waiting_paper


def paper_at(view: "LetterView") -> datetime | None:
    """When the paper of a letter was handed in."""
    paper = paper_of(view)
    if paper is not None:
        return paper.draft.deposited_at
    return view.entry.draft.paper_at if view.entry else None


def state_of(view: "LetterView") -> Text:
    """The state in words, and that something turned up afterwards which a clerk must decide."""
    words = LETTER_STATES[view.letter.draft.state]
    if not view.open_cases:
        return words
    return Text(vi=f"{words.vi}, CÓ VỤ VIỆC", en=f"{words.en}, CASE OPEN")


COUNTS: Sequence[Column["LetterView"]] = (
    Column(key="signatures_valid", value=lambda view: view.letter.draft.signatures_valid),
    Column(key="signatures_seen", value=lambda view: view.letter.draft.signatures_seen),
    Column(key="enclosures_found", value=lambda view: view.letter.draft.enclosures_found),
    Column(key="enclosures_declared", value=lambda view: view.letter.draft.enclosures_declared),
    Column(key="open_cases", value=lambda view: view.open_cases),
)
LETTER_LINE: Sequence[Column["LetterView"]] = (
    Column(key="id", heading=Text(vi="Số", en="No."), value=lambda view: f"h{view.letter.id}"),
    Column(
        key="received_at", heading=Text(vi="Nhận", en="Received"), value=lambda view: view.letter.draft.received_at, brief=True
    ),
    Column(key="issuer", heading=Text(vi="Tác giả", en="Issuer"), value=lambda view: view.letter.draft.issuer, fit=Fit.CUT),
    Column(key="reference", heading=Text(vi="Số, ký hiệu", en="Reference"), value=lambda view: view.letter.draft.reference),
    Column(
        key="subject",
        heading=Text(vi="Trích yếu", en="Subject"),
        value=lambda view: view.letter.draft.subject,
        show=lambda view: subject_of(view.letter),
        fit=Fit.CUT,
    ),
    Column(
        key="signatures",
        heading=Text(vi="KÝ", en="SIG"),
        value=lambda view: f"{view.letter.draft.signatures_valid}/{view.letter.draft.signatures_seen}",
    ),
    Column(key="enclosures", heading=Text(vi="TỆP", en="FILES"), value=enclosures),
    Column(
        key="state",
        heading=Text(vi="Trạng thái", en="State"),
        value=lambda view: view.letter.draft.state,
        show=state_of,
    ),
    Column(key="action", value=lambda view: view.letter.draft.action),
    Column(
        key="reasons",
        heading=Text(vi="Lý do", en="Reason"),
        value=lambda view: view.letter.draft.reasons,
        show=lambda view: reason_words(view.letter.draft.reasons[0]) if view.letter.draft.reasons else "",
    ),
    Column(key="urgency", value=lambda view: view.letter.draft.urgency),
    Column(key="number", value=lambda view: view.entry.number if view.entry else None),
    *COUNTS,
)
LETTER_SHEET: Sequence[Column["LetterView"]] = (
    Column(key="id", heading=Text(vi="Văn bản", en="Letter"), value=lambda view: f"h{view.letter.id}"),
    Column(
        key="state",
        heading=Text(vi="Trạng thái", en="State"),
        value=lambda view: view.letter.draft.state,
        show=state_of,
    ),
    Column(
        key="reasons",
        heading=Text(vi="Lý do", en="Reasons"),
        value=lambda view: view.letter.draft.reasons,
        show=lambda view: all_reasons(view.letter),
    ),
    Column(key="action", value=lambda view: view.letter.draft.action),
    Column(key="due_at", heading=Text(vi="Hẹn", en="Due"), value=lambda view: view.letter.draft.due_at),
    Column(
        key="number",
        heading=Text(vi="Số đến", en="Entry"),
        value=lambda view: view.entry.number if view.entry else None,
        show=lambda view: f"{view.entry.number}/{view.entry.year} ({view.entry.register})" if view.entry else "",
    ),
    Column(key="issuer", heading=Text(vi="Tác giả", en="Issuer"), value=lambda view: view.letter.draft.issuer),
    Column(key="reference", heading=Text(vi="Số, ký hiệu", en="Reference"), value=lambda view: view.letter.draft.reference),
    Column(key="issued_on", heading=Text(vi="Ngày văn bản", en="Issued"), value=lambda view: view.letter.draft.issued_on),
    Column(key="document_type", heading=Text(vi="Loại", en="Type"), value=lambda view: view.letter.draft.document_type),
    Column(
        key="subject",
        heading=Text(vi="Trích yếu", en="Subject"),
        value=lambda view: view.letter.draft.subject,
        show=lambda view: subject_of(view.letter),
    ),
    Column(
        key="urgency",
        heading=Text(vi="Độ khẩn", en="Urgency"),
        value=lambda view: view.letter.draft.urgency,
        show=lambda view: word(URGENCIES, view.letter.draft.urgency),
    ),
    Column(
        key="signatures",
        heading=Text(vi="KÝ", en="Signatures"),
        value=lambda view: f"{view.letter.draft.signatures_valid}/{view.letter.draft.signatures_seen}",
    ),
    Column(key="enclosures", heading=Text(vi="TỆP", en="Enclosures"), value=enclosures),
    Column(key="received_at", heading=Text(vi="Nhận lúc", en="Received"), value=lambda view: view.letter.draft.received_at),
    Column(
        key="paper",
        heading=Text(vi="Bản giấy", en="Paper"),
        value=lambda view: deposit_code(paper.id) if (paper := paper_of(view)) else None,
    ),
    Column(key="paper_at", heading=Text(vi="Nhận bản giấy lúc", en="Paper handed in"), value=paper_at),
    Column(key="submission", heading=Text(vi="Thư", en="Submission"), value=lambda view: view.letter.draft.submission_id),
    Column(key="decided_by", heading=Text(vi="Người quyết", en="Decided by"), value=lambda view: view.letter.decided_by),
    Column(key="decided_at", heading=Text(vi="Quyết lúc", en="Decided"), value=lambda view: view.letter.decided_at),
    *COUNTS,
)
ROLES = {
    "main": Text(vi="văn bản chính", en="main document"),
    "enclosure": Text(vi="kèm theo", en="enclosure"),
    SIGNATURE_ROLE: Text(vi="chữ ký", en="signature"),
}
LETTER_FILE_LINE: Sequence[Column[LetterFile]] = (
    Column(key="role", heading=Text(vi="Vai trò", en="Role"), value=lambda item: item.role, show=lambda item: ROLES[item.role]),
    *(column.within(file_of) for column in FILE_LINE),
)
