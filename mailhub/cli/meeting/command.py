"""`mailhub meeting`: invite, move, postpone, cancel; and who was reached."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.meeting.changes import cancel, move, papers, postpone, undo
from mailhub.cli.meeting.options import (
    as_end,
    as_path,
    as_paths,
    as_texts,
    begin_of,
    confirm_option,
    contact_of,
    convening_options,
    dry_run_option,
    end_of,
    file_of,
    files_of,
)
from mailhub.cli.meeting.plan import carry_out, show_plan
from mailhub.cli.meeting.views import list_, reach, show
from mailhub.cli.options import yes_option
from mailhub.cli.session import Session, pass_session
from mailhub.cli.submission import write_new
from mailhub.cli.values import When
from mailhub.errors import RefusedError
from mailhub.language import Text

if TYPE_CHECKING:
    from mailhub.meetings.convening import Proposal
    from mailhub.meetings.planning import Plan

save_option = option(
    "--save",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    default=None,
    about=Text(vi="Ghi dự thảo giấy mời (PDF) vào tệp này.", en="Write the draft of the invitation (PDF) into this file."),
)


@click.group(
    cls=Group,
    about=Text(
        vi="Họp: mời, dời, hoãn, hủy qua thư và tin nhắn; ai đã nhận, ai phải gọi.",
        en="Meetings: invite, move, postpone, cancel by mail and SMS; who was reached, who must be called.",
    ),
)
def meeting() -> None:
    """The noun alone; its verbs follow."""


@meeting.command(
    "convene",
    about=Text(
        vi="Triệu tập họp. Có --letter thì gửi giấy mời đã ký số; không có thì lấy số giấy mời kế tiếp và gửi bản DỰ THẢO. "
        "Thư và tin nhắn đi sau ba phút, trong lúc đó rút được.",
        en="Convene a meeting. With --letter the signed invitation is sent; without it the next number is taken for a DRAFT. "
        "Mails and texts leave after three minutes and can be taken back until then.",
    ),
    examples=(
        'mailhub meeting convene --title "Họp tháng 8" --start "8h00 09/8/2024" --place "P1" --invite "GĐ Y tế" --invite nhom:SO',
        'mailhub meeting convene --letter gm-226.pdf --start "8h00 09/8/2024" --end 11h00 --place "P1" --invite SYT-GD --yes',
        'mailhub meeting convene --title "Họp gấp" --start "15h00 01/8/2024" --place "P1" --invite nhom:SO --dry-run',
    ),
    needs="home unit clerk json",
)
@convening_options
@confirm_option
@yes_option
@dry_run_option
@save_option
@pass_session
def convene(
    session: Session,
    /,
    *,
    confirmed: int | None,
    yes: bool,
    dry_run: bool,
    save: Path | None,
    **fields: object,
) -> None:
    proposal = proposed(session, fields)
    if dry_run or save is not None:
        look(session, proposal, save)
    if not dry_run:
        carry_out(session, proposal, yes=yes, confirmed=confirmed)


@meeting.command(
    "draft",
    about=Text(
        vi="Xem trước cuộc họp: người nhận, ai thiếu địa chỉ, tin nhắn dài mấy phần, dự thảo giấy mời. Không gửi, không lấy số.",
        en="Look at a meeting first: recipients, missing addresses, what the texts cost, the draft. Sends and numbers nothing.",
    ),
    examples=(
        'mailhub meeting draft --title "Họp tháng 8" --start "8h00 09/8/2024" --place "P1" --invite nhom:SO --save xem.pdf',
    ),
    needs="home unit json",
)
@convening_options
@save_option
@pass_session
def draft(session: Session, /, save: Path | None, **fields: object) -> None:
    look(session, proposed(session, fields), save)


def look(session: Session, proposal: "Proposal", save: Path | None) -> None:
    """Show what would be sent, and write the draft."""
    plan = session.hub.convening.foresee(proposal)
    if save is not None:
        save_draft(session, plan, save)
    show_plan(session, plan)


def save_draft(session: Session, plan: "Plan", path: Path) -> None:
    """Write the draft of the invitation, whether or not there is a signed one."""
    from mailhub.meetings.invitation import draft_pdf, invitation_text

    office = session.hub.convening.notifying.office(session.unit)
    write_new(path, draft_pdf(invitation_text(plan.content, office)))
    session.output.say(Text(vi=f"Đã ghi dự thảo vào {path}.", en=f"The draft was written to {path}."))


def proposed(session: Session, fields: dict[str, object]) -> "Proposal":
    """The meeting that the options describe."""
    from mailhub.meetings.orders import Convocation

    start, place = fields["start"], fields["place"]
    begin = begin_of(session, start if isinstance(start, When) else None)
    if begin is None or not place:
        raise RefusedError(Text(vi="cần --start và --place", en="--start and --place are needed"))
    words = {key: str(fields[key] or "") for key in ("title", "chair", "agenda", "requirements", "register", "urgent_reason")}
    order = Convocation(
        **words,
        starts_at=begin,
        ends_at=end_of(session, as_end(fields["end"]), begin),
        place=str(place),
        invite=as_texts(fields["invite"]),
        contact=contact_of(str(fields["contact"]) if fields["contact"] else None),
        papers=files_of(as_paths(fields["papers"])),
        letter=file_of(as_path(fields["letter"])),
        number=fields["number"] if isinstance(fields["number"], int) else None,
    )
    return session.hub.secretary.convene(session.unit, order)


for command in (move, postpone, cancel, papers, undo, list_, show, reach):
    meeting.add_command(command)
