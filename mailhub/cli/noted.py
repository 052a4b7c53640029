"""What a line shows of a mail that answered ours."""

from collections.abc import Sequence

from mailhub.cli.output import Column, Fit, Output, Part
from mailhub.cli.words import ANSWERS, DOUBTS, NOTED_AS
from mailhub.language import Text, word
from storage.records import NotedMail


def doubt_text(noted: NotedMail) -> Text | str:
    """Why the answer changed nothing."""
    return word(DOUBTS, noted.doubt) if noted.doubt else ""


NOTED_LINE: Sequence[Column[NotedMail]] = (
    Column(key="submission", heading=Text(vi="Thư", en="Mail"), value=lambda noted: noted.submission_id, right=True),
    Column(
        key="noted_as",
        heading=Text(vi="Ghi nhận là", en="Noted as"),
        value=lambda noted: noted.kind,
        show=lambda noted: word(NOTED_AS, noted.kind),
    ),
    Column(
        key="outcome",
        heading=Text(vi="Nội dung", en="Says"),
        value=lambda noted: noted.outcome,
        show=lambda noted: word(ANSWERS, noted.outcome) if noted.outcome else "",
    ),
    Column(key="dispatch", heading=Text(vi="Lượt gửi", en="Dispatch"), value=lambda noted: noted.dispatch_id, right=True),
    Column(key="status", heading=Text(vi="Mã", en="Status"), value=lambda noted: noted.status),
    Column(key="diagnostic", heading=Text(vi="Lời máy chủ", en="Words"), value=lambda noted: noted.diagnostic, fit=Fit.FOLD),
    Column(key="doubt", heading=Text(vi="Lưu ý", en="Note"), value=lambda noted: noted.doubt, show=doubt_text, fit=Fit.FOLD),
    Column(key="at", value=lambda noted: noted.at),
    Column(key="tied_by", value=lambda noted: noted.tied_by),
    Column(key="effect", value=lambda noted: noted.effect),
    Column(key="recipient", value=lambda noted: noted.recipient),
    Column(key="meeting", value=lambda noted: f"m{noted.meeting_id}" if noted.meeting_id else ""),
)


def noted_part(output: Output, noted: NotedMail | None) -> Part:
    """What a mail was noted as, where it was."""
    return output.part("noted", Text(vi="Ghi nhận", en="Noted"), NOTED_LINE, [noted] if noted is not None else [])
