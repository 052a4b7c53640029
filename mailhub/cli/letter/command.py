"""`mailhub letter`: look at letters; the other verbs stand beside this module."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from mailhub.cli.bilingual import Group
from mailhub.cli.case_words import cases_line
from mailhub.cli.letter.deciding import file, hold, reopen, return_, withdraw
from mailhub.cli.letter.evidence import evidence
from mailhub.cli.letter.lines import LETTER_LINE
from mailhub.cli.letter.regrouping import join, split
from mailhub.cli.letter.sealing import purge, seal, unseal
from mailhub.cli.letter.views import NO_LETTER, about, show_letter
from mailhub.cli.options import all_option, limit_option, pages, states_option
from mailhub.cli.references import DESK, letter_id
from mailhub.cli.session import Session, pass_session
from mailhub.language import Text
from storage.records import LetterState

if TYPE_CHECKING:
    from mailhub.letter_views import LetterView


@click.group(cls=Group, about=Text(vi="Văn bản: xem và quyết.", en="Letters: look at them and decide."))
def letter() -> None:
    """The noun alone; its verbs follow."""


@letter.command(
    "list",
    about=Text(
        vi="Văn bản trên bàn: đang kiểm tra, có đề xuất, chờ quyết, sắp trả, niêm phong. --all: cả văn bản đã xong.",
        en="Letters on the desk: being checked, proposed, held, return due, sealed. With --all also those that are done.",
    ),
    examples=("mailhub letter list", "mailhub letter list --state held", "mailhub letter list --all --xlsx van-ban.xlsx"),
    needs="home unit table",
)
@states_option(LetterState)
@all_option
@limit_option(100)
@pass_session
def list_(session: Session, states: tuple[str, ...], everything: bool, limit: int) -> None:  # noqa: FBT001  a flag
    chosen = tuple(LetterState(state) for state in states) or (None if everything else (*DESK, LetterState.SEALED))

    def fetch(count: int, before_id: int | None) -> Sequence["LetterView"]:
        return session.hub.letter_views.list_(session.unit.id, states=chosen, limit=count, before_id=before_id)

    views = pages(fetch, lambda view: view.letter.id, limit)
    session.unit_output.table(LETTER_LINE, views, empty=NO_LETTER)
    if waiting := session.hub.cases.open_count(session.unit.id):
        session.unit_output.say(cases_line(waiting))


@letter.command(
    "show",
    about=about("Một văn bản với các tệp và lý do.", "One letter with its files and reasons."),
    examples=("mailhub letter show h128", "mailhub letter show 226/stc", "mailhub letter show 4818 --json"),
    needs="home unit json",
)
@click.argument("letter")
@pass_session
def show(session: Session, letter: str) -> None:
    show_letter(session, letter_id(session, letter))


@letter.command(
    "explain",
    about=about(
        "Vì sao máy đề xuất như vậy: quy tắc, lý do, phiên bản, chữ ký; rồi chạy lại quyết định từ dữ liệu đã lưu.",
        "Why it was decided so: rule, reasons, versions, signatures; then the decision run again from its stored inputs.",
    ),
    examples=("mailhub letter explain h128", "mailhub letter explain h128 --json"),
    needs="home unit json",
)
@click.argument("letter")
@pass_session
def explain(session: Session, letter: str) -> None:
    from mailhub.cli.explanation import show_explanation

    show_explanation(session.unit_output, session.hub.letters.explain(session.unit.id, letter_id(session, letter)))


for command in (evidence, file, return_, hold, withdraw, reopen, split, join, seal, unseal, purge):
    letter.add_command(command)
