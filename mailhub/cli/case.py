"""`mailhub case`: what turned up about letters that were decided already."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from collections.abc import Sequence

import click

from mailhub.cli.bilingual import Group
from mailhub.cli.case_words import CASE_LINE
from mailhub.cli.options import limit_option, pages, reason_option, states_option
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import Number
from mailhub.language import Text
from storage.records import Case, CaseState


@click.group(
    cls=Group,
    about=Text(
        vi="Vụ việc: chứng thư bị thu hồi trước lúc ký, biết được sau khi văn bản đã quyết.",
        en="Cases: a certificate was revoked before it signed, found after the letter had been decided.",
    ),
)
def case() -> None:
    """The noun alone; its verbs follow."""


@case.command(
    "list",
    about=Text(
        vi="Các vụ việc, mới nhất trước. Máy không tự trả lại hay hủy số: văn thư quyết.",
        en="Cases, newest first. Nothing is returned or voided by machine: a clerk decides.",
    ),
    examples=("mailhub case list", "mailhub case list --state open --json"),
    needs="home unit table",
)
@states_option(CaseState)
@limit_option(100)
@pass_session
def list_(session: Session, states: tuple[str, ...], limit: int) -> None:
    chosen = tuple(CaseState(state) for state in states) or None

    def fetch(count: int, before_id: int | None) -> Sequence[Case]:
        return session.hub.cases.list_(session.unit.id, states=chosen, limit=count, before_id=before_id)

    found = pages(fetch, lambda item: item.id, limit)
    session.unit_output.table(CASE_LINE, found, empty=Text(vi="Không có vụ việc nào.", en="There is no case."))


@case.command(
    "settle",
    about=Text(
        vi="Ghi rằng vụ việc đã được xử lý, và xử lý thế nào. Văn bản giữ nguyên; hủy số, trả lại có lệnh riêng.",
        en="Note that a case is dealt with, and how. The letter stays as it is; voiding or returning have verbs of their own.",
    ),
    examples=('mailhub case settle 3 --reason "bên gửi đã ký lại, xem số 4830"',),
    needs="home unit clerk json",
)
@click.argument("number", type=Number())
@reason_option
@pass_session
def settle(session: Session, number: int, reason: str) -> None:
    settled = session.hub.cases.settle(session.actor, session.unit.id, number, reason=reason)
    session.unit_output.record(CASE_LINE, settled)


@case.command(
    "reopen",
    about=Text(vi="Lấy lại việc đã ghi là xử lý xong.", en="Take back that a case is dealt with."),
    examples=('mailhub case reopen 3 --reason "ghi nhầm"',),
    needs="home unit clerk json",
)
@click.argument("number", type=Number())
@reason_option
@pass_session
def reopen(session: Session, number: int, reason: str) -> None:
    reopened = session.hub.cases.reopen(session.actor, session.unit.id, number, reason=reason)
    session.unit_output.record(CASE_LINE, reopened)
