"""`mailhub agency login`: names under which agencies log in at the SMTP door."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.options import optional_reason_option, reason_option
from mailhub.cli.output import Column, Fit
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import Choice
from mailhub.language import Text
from storage.records import AgencyLogin

SOURCES: dict[str, Text] = {
    "new": Text(vi="máy tạo", en="made"),
    "stdin": Text(vi="đọc từ đầu vào", en="read from the input"),
    "prompt": Text(vi="hỏi", en="asked for"),
}


@dataclass(frozen=True, slots=True)
class LoginSet:
    """A login, and the password that was made for it."""

    login: AgencyLogin
    password: str | None


LOGIN_LINE: Sequence[Column[AgencyLogin]] = (
    Column(key="name", heading=Text(vi="Tên đăng nhập", en="Login"), value=lambda login: login.name),
    Column(key="agency", heading=Text(vi="Cơ quan", en="Agency"), value=lambda login: login.agency_name, fit=Fit.FOLD),
    Column(key="set_at", heading=Text(vi="Đặt mật khẩu", en="Password set"), value=lambda login: login.set_at),
    Column(key="removed_at", heading=Text(vi="Đã bỏ", en="Removed"), value=lambda login: login.removed_at),
)
EMPTY = Text(
    vi="Chưa cơ quan nào có tên đăng nhập; thêm bằng: mailhub agency login set",
    en="No agency has a login; add one with: mailhub agency login set",
)


def _login(made: LoginSet) -> AgencyLogin:
    return made.login


SET_SHEET: Sequence[Column[LoginSet]] = (
    *(column.within(_login) for column in LOGIN_LINE[:3]),
    Column(key="password", heading=Text(vi="Mật khẩu", en="Password"), value=lambda made: made.password),
)


@click.group(
    "login",
    cls=Group,
    about=Text(
        vi="Tên đăng nhập để cơ quan gửi thẳng vào cửa SMTP (AUTH, chỉ qua TLS).",
        en="Logins of agencies that submit directly at the SMTP door (AUTH, under TLS only).",
    ),
)
def login() -> None:
    """The noun alone; its verbs follow."""


@login.command(
    "set",
    about=Text(
        vi="Cấp tên đăng nhập cho cơ quan, hoặc đổi mật khẩu. Mật khẩu do máy tạo hiện đúng một lần; "
        "không bao giờ gõ mật khẩu trên dòng lệnh.",
        en="Give an agency a login, or the login a new password. A password that is made is shown this once; none is ever typed "
        "on the command line.",
    ),
    examples=(
        "mailhub agency login set G22 stc",
        "mailhub agency login set G22 stc --password stdin",
    ),
    needs="home unit clerk json",
)
@click.argument("code")
@click.argument("name")
@option(
    "--password",
    "source",
    type=Choice(SOURCES),
    default="new",
    about=Text(
        vi="new: máy tạo; stdin: đọc một dòng từ đầu vào; prompt: hỏi hai lần.",
        en="new: made for you; stdin: one line from the input; prompt: asked for twice.",
    ),
)
@optional_reason_option
@pass_session
def set_(session: Session, code: str, name: str, source: str, reason: str) -> None:
    from mailhub.directory.passwords import new_password

    password = given_password(session, source) if source != "new" else new_password()
    made = session.hub.logins.set_(session.actor, session.unit.id, code, name, password, reason=reason)
    if source == "new":
        session.output.say(
            Text(vi="Mật khẩu này không xem lại được; hãy chuyển ngay.", en="This password is shown only now; hand it over.")
        )
    session.unit_output.record(SET_SHEET, LoginSet(made, password if source == "new" else None))


@login.command(
    "list",
    about=Text(vi="Tên đăng nhập của các cơ quan.", en="The agencies' logins."),
    examples=("mailhub agency login list",),
    needs="home unit table",
)
@option("--removed", is_flag=True, about=Text(vi="Cả tên đã bỏ.", en="Removed ones too."))
@pass_session
def list_(session: Session, removed: bool) -> None:  # noqa: FBT001  a flag
    session.unit_output.table(LOGIN_LINE, session.hub.logins.list_(session.unit.id, include_removed=removed), empty=EMPTY)


@login.command(
    "remove",
    about=Text(
        vi="Bỏ tên đăng nhập: từ giờ không ai đăng nhập được. Cấp lại bằng: mailhub agency login set.",
        en="Remove a login: from now on nobody logs in under it. Given again by mailhub agency login set.",
    ),
    examples=('mailhub agency login remove stc --reason "lộ mật khẩu"',),
    needs="home unit clerk json",
)
@click.argument("name")
@reason_option
@pass_session
def remove(session: Session, name: str, reason: str) -> None:
    session.unit_output.record(LOGIN_LINE, session.hub.logins.remove(session.actor, session.unit.id, name, reason=reason))


def given_password(session: Session, source: str) -> str:
    """A password from the input or from whoever sits at the terminal."""
    if source == "stdin":
        return sys.stdin.readline().rstrip("\r\n")
    words = Text(vi="Mật khẩu", en="Password").in_(session.language)
    again = Text(vi="Nhập lại", en="Once more").in_(session.language)
    typed: str = click.prompt(words, hide_input=True, confirmation_prompt=again, err=True)
    return typed
