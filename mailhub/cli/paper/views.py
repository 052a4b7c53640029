"""One piece of paper as every verb shows it, and how paper is named in its help."""

from typing import TYPE_CHECKING

from mailhub.cli.paper.lines import CANDIDATE_LINE, DEPOSIT_SHEET, NOTICE_LINE
from mailhub.cli.session import Session
from mailhub.language import Text

if TYPE_CHECKING:
    from mailhub.counter.counter import DepositView

WHICH = Text(
    vi="Bản giấy nêu bằng mã G7-0312, số ký hiệu 540/snv hoặc h128.",
    en="Paper is named by its code G7-0312, reference 540/snv or h128.",
)


def about(vi: str, en: str) -> Text:
    """What a command does, and how paper is named."""
    return Text(vi=f"{vi} {WHICH.vi}", en=f"{en} {WHICH.en}")


def show_view(session: Session, view: "DepositView") -> None:
    """One deposit with what might be its e-copy, and its notices."""
    output = session.unit_output
    found = (*view.candidates, *view.doubtful)
    parts = (
        output.part("candidates", Text(vi="Có thể là bản điện tử", en="May be its e-copy"), CANDIDATE_LINE, found),
        output.part("notices", Text(vi="Thông báo", en="Notices"), NOTICE_LINE, view.notices),
    )
    output.record(DEPOSIT_SHEET, view, parts)
