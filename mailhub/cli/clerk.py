"""`mailhub clerk`: who acts for the office, and in which role."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from collections.abc import Callable, Sequence

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.cells import Row, from_options
from mailhub.cli.options import reason_option
from mailhub.cli.output import Column, Fit
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import Choice
from mailhub.language import Text, word
from storage.records import Clerk, ClerkDraft

ROLES: dict[str, Text] = {
    "clerk": Text(vi="văn thư", en="clerk"),
    "chief": Text(vi="trưởng phòng", en="chief"),
    "leader": Text(vi="lãnh đạo", en="leader"),
    "admin": Text(vi="quản trị", en="admin"),
}
CLERK_LINE: Sequence[Column[Clerk]] = (
    Column(key="code", heading=Text(vi="Mã", en="Code"), value=lambda clerk: clerk.code),
    Column(key="name", heading=Text(vi="Họ tên", en="Name"), value=lambda clerk: clerk.name, fit=Fit.FOLD),
    Column(
        key="role",
        heading=Text(vi="Vai trò", en="Role"),
        value=lambda clerk: clerk.role,
        show=lambda clerk: word(ROLES, clerk.role),
    ),
    Column(key="phone", heading=Text(vi="Điện thoại", en="Telephone"), value=lambda clerk: clerk.phone),
    Column(key="closed_on", heading=Text(vi="Nghỉ từ", en="Left on"), value=lambda clerk: clerk.closed_on),
)
ROLE = Text(
    vi="clerk (văn thư), chief (trưởng phòng), leader (lãnh đạo) hay admin (quản trị).",
    en="clerk, chief, leader or admin.",
)
EMPTY = Text(
    vi="Chưa khai văn thư nào; thêm bằng: mailhub clerk add", en="No clerk is registered; add one with: mailhub clerk add"
)


@click.group(cls=Group, about=Text(vi="Văn thư: ai làm, với vai trò nào.", en="Clerks: who acts, in which role."))
def clerk() -> None:
    """The noun alone; its verbs follow."""


phone_option = option("--phone", default=None, metavar="NUMBER", about=Text(vi="Số di động.", en="Mobile number."))


@clerk.command(
    "add",
    about=Text(
        vi="Khai một văn thư. Từ khi đã khai, lệnh ghi tên người lạ sẽ có cảnh báo.",
        en="Register a clerk. Once there are clerks, acting under another name is warned of.",
    ),
    examples=('mailhub clerk add lan --name "Nguyễn Thị Lan" --phone 0912345678',),
    needs="home unit clerk json",
)
@click.argument("code")
@option("--name", required=True, metavar="TEXT", about=Text(vi="Họ và tên.", en="Full name."))
@option("--role", type=Choice(ROLES), default="clerk", about=ROLE)
@phone_option
@pass_session
def add(session: Session, /, **fields: str | None) -> None:
    draft = from_options(fields, clerk_reader(session.hub.text_rules.number))
    session.unit_output.record(CLERK_LINE, session.hub.clerks.add(session.actor, session.unit.id, draft))


@clerk.command(
    "list",
    about=Text(vi="Các văn thư của đơn vị.", en="The unit's clerks."),
    examples=("mailhub clerk list",),
    needs="home unit table",
)
@option("--closed", is_flag=True, about=Text(vi="Cả người đã nghỉ.", en="Those who left too."))
@pass_session
def list_(session: Session, closed: bool) -> None:  # noqa: FBT001  a flag of the command line
    found = session.hub.clerks.list_(session.unit.id, include_closed=closed)
    session.unit_output.table(CLERK_LINE, found, empty=EMPTY)


@clerk.command(
    "edit",
    about=Text(vi="Sửa tên, vai trò, điện thoại của một văn thư.", en="Change name, role or telephone of a clerk."),
    examples=('mailhub clerk edit lan --role chief --reason "QĐ bổ nhiệm"',),
    needs="home unit clerk json",
)
@click.argument("code", metavar="CLERK")
@option("--name", default=None, metavar="TEXT", about=Text(vi="Họ và tên.", en="Full name."))
@option("--role", type=Choice(ROLES), default=None, about=ROLE)
@phone_option
@reason_option
@pass_session
def edit(session: Session, /, code: str, reason: str, **fields: str | None) -> None:
    given = {key: value for key, value in fields.items() if value is not None}
    checked = from_options({"code": "x", "name": "x", **given}, clerk_reader(session.hub.text_rules.number))
    changed = {key: getattr(checked, key) for key in given}
    after = session.hub.clerks.edit(session.actor, session.unit.id, code, changed, reason=reason)
    session.unit_output.record(CLERK_LINE, after)


@clerk.command(
    "close",
    about=Text(vi="Người này thôi làm từ hôm nay. Hoàn tác: clerk reopen.", en="The clerk has left. Taken back by clerk reopen."),
    examples=('mailhub clerk close lan --reason "chuyển công tác"',),
    needs="home unit clerk json",
)
@click.argument("code", metavar="CLERK")
@reason_option
@pass_session
def close(session: Session, code: str, reason: str) -> None:
    after = session.hub.clerks.close(session.actor, session.unit.id, code, reason=reason)
    session.unit_output.record(CLERK_LINE, after)


@clerk.command(
    "reopen",
    about=Text(vi="Người này làm trở lại.", en="The clerk is back."),
    examples=('mailhub clerk reopen lan --reason "đóng nhầm"',),
    needs="home unit clerk json",
)
@click.argument("code", metavar="CLERK")
@reason_option
@pass_session
def reopen(session: Session, code: str, reason: str) -> None:
    after = session.hub.clerks.reopen(session.actor, session.unit.id, code, reason=reason)
    session.unit_output.record(CLERK_LINE, after)


def clerk_reader(number: Callable[[str], str]) -> Callable[[Row], ClerkDraft]:
    """What reads a clerk from the options of a command; `number` checks a telephone number."""

    def read(row: Row) -> ClerkDraft:
        phones = row.numbers("phone", number)
        if len(phones) > 1:
            row.wrong("phone", Text(vi="chỉ một số", en="one number only"))
        return ClerkDraft(
            code=row.code("code"),
            name=row.needed("name"),
            role=row.choice("role", ROLES, "clerk"),
            phone=phones[0] if phones else "",
        )

    return read
