"""`mailhub letter split, join`: which files are one letter."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

import click

from mailhub.cli.bilingual import Command, option
from mailhub.cli.letter.views import about, show_letter, show_letters
from mailhub.cli.options import reason_option
from mailhub.cli.references import letter_id
from mailhub.cli.session import Session, pass_session
from mailhub.errors import RefusedError
from mailhub.language import Text


@click.command(
    "split",
    cls=Command,
    about=about(
        "Tách một văn bản thành nhiều: mỗi --group nêu số các tệp của một văn bản, tệp đầu là văn bản chính.",
        "Make several letters of one: each --group names the files of one letter, its main document first.",
    ),
    examples=('mailhub letter split h128 --group 301,302 --group 303 --reason "hai công văn trong một thư"',),
    needs="home unit clerk json",
)
@click.argument("letter")
@option(
    "--group",
    "groups",
    required=True,
    multiple=True,
    metavar="FILES",
    about=Text(vi="Số tệp, cách nhau bằng dấu phẩy; nêu nhiều lần.", en="File numbers with commas between; repeat it."),
)
@reason_option
@pass_session
def split(session: Session, letter: str, groups: tuple[str, ...], reason: str) -> None:
    files = [file_numbers(group) for group in groups]
    found = letter_id(session, letter)
    made = session.hub.regrouping.split(session.actor, session.unit.id, found, files, reason=reason)
    show_letters(session, made)


@click.command(
    "join",
    cls=Command,
    about=about(
        "Gộp nhiều văn bản thành một (hồ sơ gửi thành nhiều thư); văn bản đầu là văn bản chính.",
        "Make one letter of several (a dossier in several mails); the first is the main one.",
    ),
    examples=('mailhub letter join h128 h131 --reason "hồ sơ gửi thành hai thư"',),
    needs="home unit clerk json",
)
@click.argument("letters", metavar="LETTER...", nargs=-1, required=True)
@reason_option
@pass_session
def join(session: Session, letters: tuple[str, ...], reason: str) -> None:
    chosen = [letter_id(session, item) for item in letters]
    show_letter(session, session.hub.regrouping.join(session.actor, session.unit.id, chosen, reason=reason))


def file_numbers(group: str) -> tuple[int, ...]:
    """The files of one group."""
    parts = [part.strip() for part in group.split(",")]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise RefusedError(
            Text(vi=f"--group {group!r}: cần số tệp như 301,302", en=f"--group {group!r}: expected file numbers such as 301,302")
        )
    return tuple(int(part) for part in parts)
