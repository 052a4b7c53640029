"""The root of the command line. A noun's module is imported only when the noun is used, so that help is instant."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import click

from mailhub.cli.bilingual import (
    Group,
    clerk_option,
    home_option,
    language_of,
    unit_option,
)
from mailhub.cli.failures import EXPECTED, exit_code, sentence
from mailhub.cli.session import Session, new_session
from mailhub.clock import system_clock
from mailhub.language import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """A command of the root: its one line of help, and `module:attribute` where it lives."""

    place: str
    line: Text


@dataclass(frozen=True, slots=True)
class Chapter:
    """Commands that belong together in the help."""

    title: Text
    entries: dict[str, Entry]


SHORT_NAME = "mh"
"""The program's name for clerks, under which short words are understood."""

CHAPTERS = (
    Chapter(
        Text(vi="Bắt đầu", en="Getting started"),
        {
            "demo": Entry(
                "running:demo",
                Text(vi="Xem cả câu chuyện trên máy này, có thuyết minh.", en="Watch the whole story on this machine, narrated."),
            ),
            "init": Entry("running:init", Text(vi="Tạo thư mục cho một hệ thống mới.", en="Make the folder of a new hub.")),
            "serve": Entry(
                "running:serve",
                Text(vi="Chạy hệ thống: nhận thư, kiểm tra, gửi thư.", en="Run the hub: take mail, check it, send mail."),
            ),
            "intake": Entry(
                "intake:intake", Text(vi="Các cửa nhận thư: tình trạng, báo động.", en="The doors: how they fare, alarms.")
            ),
            "status": Entry(
                "running:status",
                Text(vi="Những gì đang chờ, và số đến kế tiếp.", en="What is waiting, and the next arrival number."),
            ),
            "upgrade": Entry(
                "running:upgrade", Text(vi="Nâng cơ sở dữ liệu lên phiên bản này.", en="Bring the database to this version.")
            ),
        },
    ),
    Chapter(
        Text(vi="Việc của văn thư", en="The clerk's work"),
        {
            "desk": Entry(
                "desk.command:desk",
                Text(vi="Bàn làm việc: mọi việc đang chờ, quyết bằng một phím.", en="The desk: what waits, decided by one key."),
            ),
            "undo": Entry("undo:undo", Text(vi="Hoàn tác việc gần nhất của bạn.", en="Take back your own last act.")),
            "submission": Entry(
                "submission:submission", Text(vi="Thư gửi đến và các tệp trong đó.", en="Mails that came in, and their files.")
            ),
            "letter": Entry(
                "letter.command:letter",
                Text(
                    vi="Văn bản: xem, vào sổ, trả, giữ, rút, tách, gộp.",
                    en="Letters: look, file, return, hold, withdraw, split, join.",
                ),
            ),
            "case": Entry(
                "case:case",
                Text(
                    vi="Vụ việc: chứng thư ký bị thu hồi, biết được sau khi đã vào sổ.",
                    en="Cases: a signer's certificate was revoked, found after the letter was filed.",
                ),
            ),
            "paper": Entry(
                "paper.command:paper",
                Text(
                    vi="Bản giấy tại quầy: nhận, ghép, trả, in phiếu.", en="Paper at the counter: receive, pair, return, slips."
                ),
            ),
            "meeting": Entry(
                "meeting.command:meeting",
                Text(
                    vi="Họp: mời, dời, hoãn, hủy qua thư và tin nhắn; ai đã nhận, ai phải gọi.",
                    en="Meetings: invite, move, postpone, cancel by mail and SMS; who was reached, who must be called.",
                ),
            ),
            "register": Entry("register:register", Text(vi="Sổ đăng ký văn bản đến.", en="The register of incoming documents.")),
            "report": Entry(
                "report.command:report",
                Text(vi="Báo cáo số liệu; chốt khi đã báo cáo.", en="Sheets of figures, frozen once they are reported."),
            ),
            "outbox": Entry("outbox:outbox", Text(vi="Thông báo gửi đi.", en="What leaves.")),
            "sign": Entry(
                "sign:sign",
                Text(vi="Ký số của chính cơ quan: đóng dấu số, kiểm tra khóa.", en="Own signatures: the unit's seal, its keys."),
            ),
            "sms": Entry("sms:sms", Text(vi="Tin nhắn: đếm trước khi gửi.", en="Texts: what they cost.")),
        },
    ),
    Chapter(
        Text(vi="Danh bạ và tin cậy", en="Directory and trust"),
        {
            "unit": Entry("unit:unit", Text(vi="Đơn vị mà hệ thống này phục vụ.", en="Offices that this hub serves.")),
            "agency": Entry("agency.command:agency", Text(vi="Cơ quan gửi văn bản.", en="Agencies that send documents.")),
            "official": Entry(
                "official.command:official",
                Text(
                    vi="Cán bộ được mời: chức vụ, điện thoại, trợ lý, nhóm.",
                    en="Whom one invites: positions, phones, assistants, groups.",
                ),
            ),
            "clerk": Entry("clerk:clerk", Text(vi="Văn thư: ai làm, với vai trò nào.", en="Clerks: who acts, in which role.")),
            "trust": Entry("trust:trust", Text(vi="Chứng thư số gốc được tin.", en="Certificates that are trusted.")),
        },
    ),
    Chapter(
        Text(vi="Kiểm chứng", en="Proof"),
        {
            "verify": Entry(
                "verify:verify",
                Text(
                    vi="Kiểm tra chữ ký số của tệp hay thư bất kỳ, không cần hệ thống.",
                    en="Check the signatures of any file or mail; no hub needed.",
                ),
            ),
            "audit": Entry(
                "audit:audit", Text(vi="Nhật ký, và chứng minh nó còn nguyên.", en="The log, and the proof that it is whole.")
            ),
        },
    ),
)
ENTRIES = {name: entry for chapter in CHAPTERS for name, entry in chapter.entries.items()}


class Root(Group):
    """All nouns, each imported when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Without importing any of them."""
        return list(ENTRIES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import the noun's module."""
        if name not in ENTRIES:
            return None
        module, _, attribute = ENTRIES[name].place.partition(":")
        command = getattr(importlib.import_module(f"mailhub.cli.{module}"), attribute)
        return command if isinstance(command, click.Command) else None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """A mistyped noun is answered with its neighbours; `mh` knows short words beside the nouns."""
        if ctx.info_name == SHORT_NAME:
            args = spoken_out(ctx, args)
        name = args[0]
        if name not in ENTRIES and not name.startswith("-"):
            raise click.exceptions.NoSuchCommand(name, possibilities=list(ENTRIES), ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """By chapters."""
        language = language_of(ctx)
        width = max(len(name) for name in ENTRIES)
        for chapter in CHAPTERS:
            with formatter.section(chapter.title.in_(language)):
                formatter.write_dl([(name.ljust(width), entry.line.in_(language)) for name, entry in chapter.entries.items()])

    def run(self, arguments: Sequence[str], environ: Mapping[str, str], prog_name: str | None = None) -> int:
        """Run one command line; the code is that of the one error table."""
        session = new_session(arguments, environ)
        try:
            code = self.main(arguments, prog_name, standalone_mode=False, obj=session)
        except EXPECTED as error:
            click.echo(sentence(error, session.language), err=True)
            return exit_code(error)
        return code if isinstance(code, int) else 0


@click.group(
    cls=Root,
    about=Text(
        vi="Tiếp nhận văn bản ký số gửi qua thư điện tử: vào sổ, trả lại hoặc giữ chờ văn thư, lần nào cũng có lý do.",
        en="Takes signed documents that arrive by mail and files, returns or holds them for a clerk; always with reasons.",
    ),
    examples=("mailhub demo", "mailhub init hub", "mailhub letter list --state held", "mailhub letter file h128"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=False,
    invoke_without_command=True,
)
@click.pass_context
def mailhub(ctx: click.Context) -> None:
    """Without a command `mh` is the desk; `mailhub` shows the help, for it is no error to ask what there is."""
    if ctx.invoked_subcommand is not None:
        return
    if ctx.info_name == SHORT_NAME:
        desk = ctx.command.get_command(ctx, "desk") if isinstance(ctx.command, click.Group) else None
        if desk is not None:
            with desk.make_context("desk", [], parent=ctx) as own:
                desk.invoke(own)
        return
    click.echo(ctx.get_help())


def spoken_out(ctx: click.Context, words: list[str]) -> list[str]:
    """The ordinary command line that short words stand for."""
    from mailhub.cli.shortcuts import command_line

    def today() -> date:
        session = ctx.ensure_object(Session)
        return system_clock().astimezone(ZoneInfo(session.unit.time_zone)).date()

    return command_line(words, tuple(ENTRIES), today)


mailhub.params[:0] = [home_option(), unit_option(), clerk_option()]
