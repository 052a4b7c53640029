"""`mailhub meeting move, postpone, cancel, papers, undo`: changes of a meeting that is convened."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from mailhub.cli.bilingual import Command
from mailhub.cli.meeting.options import (
    add_option,
    agenda_option,
    as_end,
    as_path,
    as_paths,
    as_texts,
    begin_of,
    chair_option,
    confirm_option,
    dry_run_option,
    end_of,
    end_option,
    file_of,
    files_of,
    letter_option,
    note_option,
    paper_option,
    place_option,
    remove_option,
    requirements_option,
    start_option,
    title_option,
    urgent_option,
    which,
)
from mailhub.cli.meeting.plan import carry_out, show_plan
from mailhub.cli.options import optional_reason_option, reason_option, yes_option
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import When

if TYPE_CHECKING:
    from mailhub.meetings.convening import Proposal


@click.command(
    "move",
    cls=Command,
    about=which(
        "Dời họp: giờ, nơi mới; thêm, bớt người; đổi nội dung. Cuộc họp đang hoãn thì có lịch mới. Trong ba phút đổi tiếp thì "
        "chỉ lần cuối được gửi.",
        "Move a meeting: another time or place, other people, other words. A postponed one gets its new time. Of several changes "
        "within three minutes only the last is sent.",
    ),
    examples=(
        'mailhub meeting move m12 --start "14h00 12/8/2024" --reason "chủ trì bận"',
        'mailhub meeting move m12 --add "GĐ Sở Nội vụ" --remove STC-GD --reason "đổi thành phần" --yes',
        'mailhub meeting move 226 --place "Hội trường B" --letter gm-231.pdf --reason "đổi phòng"',
    ),
    needs="home unit clerk json",
)
@click.argument("meeting")
@start_option
@end_option
@place_option
@title_option
@agenda_option
@chair_option
@requirements_option
@add_option
@remove_option
@paper_option
@letter_option
@urgent_option
@note_option
@reason_option
@confirm_option
@yes_option
@dry_run_option
@pass_session
def move(
    session: Session,
    /,
    *,
    meeting: str,
    confirmed: int | None,
    yes: bool,
    dry_run: bool,
    **fields: object,
) -> None:
    from mailhub.meetings.orders import Moving

    found = session.hub.reaching.find(session.unit.id, meeting)
    start = fields["start"]
    begin = begin_of(session, start if isinstance(start, When) else None)
    known = found.starts_at.astimezone(ZoneInfo(session.unit.time_zone)) if found.starts_at else None
    words = {key: value for key in ("place", "title", "agenda", "chair", "requirements") if isinstance(value := fields[key], str)}
    order = Moving(
        **words,
        reason=str(fields["reason"]),
        starts_at=begin,
        ends_at=end_of(session, as_end(fields["end"]), begin or known),
        add=as_texts(fields["add"]),
        remove=as_texts(fields["remove"]),
        papers=files_of(as_paths(fields["papers"])),
        letter=file_of(as_path(fields["letter"])),
        note=str(fields["note"]),
        urgent_reason=str(fields["urgent_reason"]),
    )
    act(session, session.hub.secretary.move(session.unit, found.id, order), yes=yes, dry_run=dry_run, confirmed=confirmed)


def act(session: Session, proposal: "Proposal", *, yes: bool, dry_run: bool, confirmed: int | None) -> None:
    """Look only, or carry out."""
    if dry_run:
        show_plan(session, session.hub.convening.foresee(proposal))
    else:
        carry_out(session, proposal, yes=yes, confirmed=confirmed)


@click.command(
    "postpone",
    cls=Command,
    about=which(
        "Hoãn họp: chưa có lịch mới; lịch cũ được gỡ khỏi máy của người được mời.",
        "Postpone a meeting without a new time; the old time is taken out of everybody's calendar.",
    ),
    examples=('mailhub meeting postpone m12 --reason "bão số 3"',),
    needs="home unit clerk json",
)
@click.argument("meeting")
@note_option
@reason_option
@confirm_option
@yes_option
@dry_run_option
@pass_session
def postpone(  # noqa: PLR0913  each is an option
    session: Session,
    /,
    *,
    meeting: str,
    note: str,
    reason: str,
    confirmed: int | None,
    yes: bool,
    dry_run: bool,
) -> None:
    found = session.hub.reaching.find(session.unit.id, meeting)
    proposal = session.hub.secretary.postpone(session.unit, found.id, reason=reason, note=note)
    act(session, proposal, yes=yes, dry_run=dry_run, confirmed=confirmed)


@click.command(
    "cancel",
    cls=Command,
    about=which(
        "Hủy họp: không họp nữa. Ai chưa được báo mời thì không nhận gì.",
        "Cancel a meeting for good. Who was never told of it hears nothing.",
    ),
    examples=('mailhub meeting cancel m12 --reason "đã giải quyết bằng văn bản"',),
    needs="home unit clerk json",
)
@click.argument("meeting")
@note_option
@reason_option
@confirm_option
@yes_option
@dry_run_option
@pass_session
def cancel(  # noqa: PLR0913  each is an option
    session: Session,
    /,
    *,
    meeting: str,
    note: str,
    reason: str,
    confirmed: int | None,
    yes: bool,
    dry_run: bool,
) -> None:
    found = session.hub.reaching.find(session.unit.id, meeting)
    proposal = session.hub.secretary.cancel(session.unit, found.id, reason=reason, note=note)
    act(session, proposal, yes=yes, dry_run=dry_run, confirmed=confirmed)


@click.command(
    "papers",
    cls=Command,
    about=which(
        "Gửi thêm hay thay tài liệu (bản 2 thay bản 1), hoặc gửi giấy mời đã ký số thay bản dự thảo. Lịch họp không đổi.",
        "Send more papers or replace some (edition 2 for 1), or the signed invitation for its draft. The calendar stays.",
    ),
    examples=(
        "mailhub meeting papers m12 --paper bao-cao.pdf",
        "mailhub meeting papers m12 --letter gm-226-da-ky.pdf --yes",
    ),
    needs="home unit clerk json",
)
@click.argument("meeting")
@paper_option
@letter_option
@optional_reason_option
@confirm_option
@yes_option
@dry_run_option
@pass_session
def papers(  # noqa: PLR0913  each is an option
    session: Session,
    /,
    *,
    meeting: str,
    papers: tuple[Path, ...],
    letter: Path | None,
    reason: str,
    confirmed: int | None,
    yes: bool,
    dry_run: bool,
) -> None:
    from mailhub.meetings.orders import PaperChange

    found = session.hub.reaching.find(session.unit.id, meeting)
    order = PaperChange(reason=reason, papers=files_of(papers), letter=file_of(letter))
    proposal = session.hub.secretary.papers(session.unit, found.id, order)
    act(session, proposal, yes=yes, dry_run=dry_run, confirmed=confirmed)


@click.command(
    "undo",
    cls=Command,
    about=which(
        "Rút thay đổi vừa làm khi chưa gửi: cuộc họp trở lại như trước, không ai nhận gì.",
        "Take the last change back while it has not left: the meeting is as before, and nobody hears of it.",
    ),
    examples=('mailhub meeting undo m12 --reason "gõ nhầm giờ"',),
    needs="home unit clerk json",
)
@click.argument("meeting")
@reason_option
@confirm_option
@pass_session
def undo(session: Session, meeting: str, reason: str, confirmed: int | None) -> None:
    found = session.hub.reaching.find(session.unit.id, meeting)
    carry_out(session, session.hub.secretary.undo(session.unit, found.id, reason=reason), yes=True, confirmed=confirmed)
