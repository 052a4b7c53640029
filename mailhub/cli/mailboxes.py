"""`mailhub intake check-imap`: whether mailboxes can be taken from as the settings say."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from mailhub.cli.bilingual import Command
from mailhub.cli.output import Column
from mailhub.cli.session import Session, pass_session
from mailhub.errors import RefusedError
from mailhub.language import Text

if TYPE_CHECKING:
    from mailhub.doors.imap.trial import AccountTrial, FolderTrial

ROLES: Mapping[str, Text] = {
    "source": Text(vi="lấy thư", en="mail is taken"),
    "taken": Text(vi="thư đã nhận", en="taken mail"),
    "rejected": Text(vi="thư không nhận", en="mail not taken"),
}


@dataclass(frozen=True, slots=True)
class Visit:
    """What the accounts showed."""

    accounts: tuple["AccountTrial", ...]

    @property
    def works(self) -> bool:
        """Whether every account does."""
        return all(trial.works for trial in self.accounts)

    def folders(self) -> list[tuple[str, "FolderTrial"]]:
        """Every folder with its account."""
        return [(trial.name, folder) for trial in self.accounts for folder in trial.folders]

    def problems(self) -> list[tuple[str, Text]]:
        """Every problem with its account."""
        return [(trial.name, problem) for trial in self.accounts for problem in trial.problems]


VISIT_SHEET: Sequence[Column[Visit]] = (
    Column(key="works", heading=Text(vi="Dùng được", en="Works"), value=lambda visit: visit.works),
)
ACCOUNT_LINE: Sequence[Column["AccountTrial"]] = (
    Column(key="account", heading=Text(vi="Hộp thư", en="Mailbox"), value=lambda trial: trial.name),
    Column(key="host", heading=Text(vi="Máy chủ", en="Server"), value=lambda trial: trial.host),
    Column(key="works", heading=Text(vi="Dùng được", en="Works"), value=lambda trial: trial.works),
    Column(key="capabilities", heading=Text(vi="Khả năng", en="It knows"), value=lambda trial: list(trial.capabilities)),
)
FOLDER_LINE: Sequence[Column[tuple[str, "FolderTrial"]]] = (
    Column(key="account", heading=Text(vi="Hộp thư", en="Mailbox"), value=lambda line: line[0]),
    Column(key="name", heading=Text(vi="Thư mục", en="Folder"), value=lambda line: line[1].name),
    Column(
        key="role",
        heading=Text(vi="Để làm gì", en="What for"),
        value=lambda line: line[1].role,
        show=lambda line: ROLES[line[1].role],
    ),
    Column(key="exists", heading=Text(vi="Có sẵn", en="Exists"), value=lambda line: line[1].exists),
    Column(key="mails", heading=Text(vi="Thư", en="Mails"), value=lambda line: line[1].mails, right=True),
    Column(key="too_large", heading=Text(vi="Quá lớn", en="Too large"), value=lambda line: line[1].too_large, right=True),
)
PROBLEM_LINE: Sequence[Column[tuple[str, Text]]] = (
    Column(key="account", heading=Text(vi="Hộp thư", en="Mailbox"), value=lambda line: line[0]),
    Column(key="problem", heading=Text(vi="Chưa ổn", en="Problem"), value=lambda line: line[1].en, show=lambda line: line[1]),
)


@click.command(
    "check-imap",
    cls=Command,
    about=Text(
        vi="Thử các mục [imap.TÊN]: đăng nhập, thư mục, số thư đang chờ. Không lấy, chuyển hay đánh dấu thư nào.",
        en="Try each [imap.NAME]: login, folders, mails that wait. Takes, moves and marks nothing.",
    ),
    examples=("mailhub intake check-imap", "mailhub intake check-imap vanthu --json"),
    needs="home json",
)
@click.argument("account", required=False)
@click.pass_context
@pass_session
def check_imap(session: Session, ctx: click.Context, account: str | None) -> None:
    from mailhub.doors.imap.trial import try_account
    from mailhub.serving.addresses import address_book
    from mailhub.serving.imap_doors import imap_account

    accounts = session.hub.settings.imap
    if not accounts or (account is not None and account not in accounts):
        raise unknown(account, accounts)
    book, output = address_book(session.hub), session.hub_output
    names = (account,) if account is not None else tuple(accounts)
    visit = Visit(tuple(try_account(imap_account(name, accounts[name]), book) for name in names))
    parts = (
        output.part("accounts", Text(vi="Hộp thư", en="Mailboxes"), ACCOUNT_LINE, visit.accounts),
        output.part("folders", Text(vi="Thư mục", en="Folders"), FOLDER_LINE, visit.folders()),
        output.part("problems", Text(vi="Chưa ổn", en="Problems"), PROBLEM_LINE, visit.problems()),
    )
    output.record(VISIT_SHEET, visit, parts)
    if not visit.works:
        ctx.exit(1)


def unknown(account: str | None, accounts: Mapping[str, object]) -> RefusedError:
    """There is no such account, or none at all."""
    if not accounts:
        return RefusedError(
            Text(
                vi="chưa có hộp thư IMAP nào; thêm một mục [imap.TÊN] vào mailhub.toml",
                en="there is no IMAP mailbox yet; add a section [imap.NAME] to mailhub.toml",
            )
        )
    names = ", ".join(accounts)
    return RefusedError(
        Text(vi=f"không có mục [imap.{account}]; đang có: {names}", en=f"no [imap.{account}]; there are: {names}")
    )
