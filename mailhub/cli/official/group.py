"""`mailhub official group`: officials that are invited together."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.official.lines import BRIEF, CLOSED, GROUP_LINE
from mailhub.cli.options import reason_option
from mailhub.cli.session import Session, pass_session
from mailhub.language import Text

EMPTY = Text(
    vi="Chưa có nhóm nào; thêm bằng: mailhub official group add",
    en="There is no group; add one with: mailhub official group add",
)


@click.group(
    "group",
    cls=Group,
    about=Text(vi="Nhóm cán bộ mời cùng nhau; khi mời gõ nhom:MÃ.", en="Officials invited together; invite them as group:CODE."),
)
def group() -> None:
    """The noun alone; its verbs follow."""


@group.command(
    "add",
    about=Text(
        vi="Lập nhóm, đổi tên nhóm, hoặc thêm người vào cuối nhóm: theo mã, tên, chức vụ hay nhom:MÃ.",
        en="Make a group, rename it, or put officials at its end: by code, name, position or group:CODE.",
    ),
    examples=(
        'mailhub official group add BCH --name "Ban Chỉ huy phòng chống thiên tai" CT "GĐ Sở Y tế"',
        "mailhub official group add BCH SYT-PGD1",
    ),
    needs="home unit clerk json",
)
@click.argument("code")
@click.argument("members", metavar="OFFICIAL…", nargs=-1)
@option("--name", default="", metavar="TEXT", about=Text(vi="Tên nhóm; nhóm mới phải có.", en="Its name; a new group needs one."))
@pass_session
def add(session: Session, code: str, members: tuple[str, ...], name: str) -> None:
    session.hub.groups.add(session.actor, session.unit.id, code, name=name, texts=members)
    show_group(session, code)


@group.command(
    "list",
    about=Text(vi="Các nhóm.", en="The groups."),
    examples=("mailhub official group list",),
    needs="home unit table",
)
@pass_session
def list_(session: Session) -> None:
    session.output.table(GROUP_LINE, session.hub.groups.list_(session.unit.id), empty=EMPTY)


@group.command(
    "show",
    about=Text(vi="Những người trong một nhóm, theo thứ tự.", en="Who is in a group, in order."),
    examples=("mailhub official group show BCH",),
    needs="home unit json",
)
@click.argument("code")
@pass_session
def show(session: Session, code: str) -> None:
    show_group(session, code)


@group.command(
    "remove",
    about=Text(
        vi="Đưa người ra khỏi nhóm; không nêu ai thì bỏ cả nhóm. Hoàn tác: group undo.",
        en="Take officials out of a group, or without any the group away. Taken back by group undo.",
    ),
    examples=(
        'mailhub official group remove BCH SYT-PGD1 --reason "thôi tham gia"',
        'mailhub official group remove BCH --reason "giải thể"',
    ),
    needs="home unit clerk json",
)
@click.argument("code")
@click.argument("members", metavar="OFFICIAL…", nargs=-1)
@reason_option
@pass_session
def remove(session: Session, code: str, members: tuple[str, ...], reason: str) -> None:
    left = session.hub.groups.remove(session.actor, session.unit.id, code, texts=members, reason=reason)
    if left is not None:
        show_group(session, code)
        return
    session.output.say(Text(vi=f"Đã bỏ nhóm {code}.", en=f"Group {code} is gone."))
    if session.json:
        session.output.raw(None)


@group.command(
    "undo",
    about=Text(
        vi="Hoàn tác thay đổi cuối của một nhóm, kể cả việc bỏ nhóm.",
        en="Take the last change of a group back, its removal too.",
    ),
    examples=('mailhub official group undo BCH --reason "bỏ nhầm"',),
    needs="home unit clerk json",
)
@click.argument("code")
@reason_option
@pass_session
def undo(session: Session, code: str, reason: str) -> None:
    left = session.hub.groups.undo(session.actor, session.unit.id, code, reason=reason)
    if left is not None:
        show_group(session, code)
        return
    session.output.say(Text(vi=f"Đã bỏ nhóm {code}.", en=f"Group {code} is gone."))
    if session.json:
        session.output.raw(None)


def show_group(session: Session, code: str) -> None:
    """A group with its members; who has left is marked."""
    output = session.unit_output
    view = session.hub.groups.show(session.unit.id, code)
    members = output.part("officials", Text(vi="Cán bộ", en="Officials"), (*BRIEF, CLOSED), view.members)
    output.record(GROUP_LINE, view.group, (members,))
