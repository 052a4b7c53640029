"""`mailhub meeting list, show, reach`: what there is, and who was reached."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from mailhub.cli.bilingual import Command, option
from mailhub.cli.meeting.lines import MEETING_LINE, REACH_LINE
from mailhub.cli.meeting.options import which
from mailhub.cli.meeting.plan import show_meeting
from mailhub.cli.options import limit_option, save_option, states_option
from mailhub.cli.session import Session, pass_session
from mailhub.cli.submission import write_new
from mailhub.cli.values import Day
from mailhub.language import Text
from storage.records import MeetingState

NO_MEETING = Text(vi="Không có cuộc họp nào.", en="There is no meeting.")


@click.command(
    "list",
    cls=Command,
    about=Text(vi="Các cuộc họp, mới triệu tập trước.", en="Meetings, the last convened first."),
    examples=("mailhub meeting list", "mailhub meeting list --from 05/8/2024 --to 11/8/2024 --state planned"),
    needs="home unit table",
)
@option("--from", "first", type=Day(), default=None, about=Text(vi="Họp từ ngày này.", en="Those from this day on."))
@option("--to", "last", type=Day(), default=None, about=Text(vi="Họp đến hết ngày này.", en="Those until the end of this day."))
@states_option(MeetingState)
@limit_option(100)
@pass_session
def list_(session: Session, first: date | None, last: date | None, states: tuple[str, ...], limit: int) -> None:
    zone = ZoneInfo(session.unit.time_zone)
    from_ = datetime.combine(first, time.min, zone) if first else None
    to = datetime.combine(last + timedelta(days=1), time.min, zone) if last else None
    chosen = tuple(MeetingState(state) for state in states)
    found = session.hub.reaching.list_(session.unit.id, from_=from_, to=to, states=chosen, limit=limit)
    session.unit_output.table(MEETING_LINE, found, empty=NO_MEETING)


@click.command(
    "show",
    cls=Command,
    about=which(
        "Một cuộc họp với các lần thay đổi. --save ghi giấy mời và tài liệu ra thư mục.",
        "One meeting with its revisions. With --save its invitation and papers are written into a folder.",
    ),
    examples=("mailhub meeting show m12", "mailhub meeting show 226 --save ./giay-moi"),
    needs="home unit json",
)
@click.argument("meeting")
@save_option(Text(vi="Ghi các tệp vào thư mục này.", en="Write the files into this folder."))
@pass_session
def show(session: Session, meeting: str, save: Path | None) -> None:
    found = session.hub.reaching.find(session.unit.id, meeting)
    show_meeting(session, found.id)
    if save is None:
        return
    standing = session.hub.reaching.show(session.unit.id, found.id)
    save.mkdir(parents=True, exist_ok=True)
    for file in session.hub.reaching.files(session.unit, standing.content):
        write_new(save / Path(file.name).name, file.content)
        session.output.say(Text(vi=f"Đã ghi {save / file.name}.", en=f"Wrote {save / file.name}."))


@click.command(
    "reach",
    cls=Command,
    about=which(
        "Ai đã nhận, qua thư hay tin nhắn, ai phải GỌI. Trợ lý đã nhận không có nghĩa là đã gặp. --called ghi lại một cuộc gọi.",
        "Who was reached by mail or SMS, and who must be CALLED. An assistant's copy reaches nobody else. --called notes a call.",
    ),
    examples=(
        "mailhub meeting reach m12",
        'mailhub meeting reach m12 --called SYT-GD --by Lan --note "đã báo, sẽ dự"',
        "mailhub meeting reach m12 --called STC-GD --no-answer",
    ),
    needs="home unit clerk json",
)
@click.argument("meeting")
@option("--called", default="", metavar="TEXT", about=Text(vi="Đã gọi cán bộ này.", en="This official was called."))
@option("--by", default="", metavar="NAME", about=Text(vi="Người gọi; mặc định là bạn.", en="Who called; you by default."))
@option("--no-answer", is_flag=True, about=Text(vi="Không nghe máy.", en="Nobody answered."))
@option("--note", default="", metavar="TEXT", about=Text(vi="Ghi chú cuộc gọi.", en="A note on the call."))
@pass_session
def reach(
    session: Session,
    /,
    *,
    meeting: str,
    called: str,
    by: str,
    no_answer: bool,
    note: str,
) -> None:
    from mailhub.meetings.reaching import Call

    found = session.hub.reaching.find(session.unit.id, meeting)
    if called:
        call = Call(official=called, by=by or session.clerk, answered=not no_answer, note=note)
        session.hub.reaching.note_call(session.actor, session.unit, found.id, call)
    people = session.hub.reaching.reach(session.unit, found.id)
    session.unit_output.table(REACH_LINE, people, empty=NO_MEETING)
    count = sum(item.reached == "call" for item in people)
    if count:
        session.output.say(Text(vi=f"GỌI {count} người.", en=f"CALL {count}."))
