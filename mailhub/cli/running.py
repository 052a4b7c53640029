"""`mailhub init`, `serve`, `upgrade`, `status` and `demo`: a hub from its first day on."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailhub.cli.bilingual import Command, option
from mailhub.cli.door_words import alarms_line, door_name
from mailhub.cli.output import Column
from mailhub.cli.session import Session, pass_session
from mailhub.cli.words import DEPOSIT_STATES, DISPATCH_STATES, LETTER_STATES
from mailhub.language import Text
from storage.records import DepositState, DispatchState, LetterState

if TYPE_CHECKING:
    from mailhub.status import UnitStatus

WAITING = (LetterState.WAITING, LetterState.PROPOSED, LetterState.HELD, LetterState.RETURN_DUE, LetterState.SEALED)
AT_COUNTER = (DepositState.WAITING, DepositState.OVERDUE, DepositState.RETURN_DUE, DepositState.ANNOUNCED)
LEAVING = (
    DispatchState.DUE,
    DispatchState.SENDING,
    DispatchState.HELD,
    DispatchState.FAILED,
    DispatchState.EXPIRED,
    DispatchState.UNCERTAIN,
)


@click.command(
    "demo",
    cls=Command,
    about=Text(
        vi="Xem cả câu chuyện trên máy này trong chưa đầy một phút: SMTP thật, chữ ký số thật, mọi kết cục, rồi sổ.",
        en="Watch the whole story on this machine in under a minute: real SMTP and signatures, every outcome, the register.",
    ),
    examples=("mailhub demo", "mailhub demo --keep ./thu && mailhub --home ./thu serve"),
    needs="",
)
@option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    default=None,
    about=Text(vi="Giữ lại thư mục để serve chạy tiếp.", en="Keep the home here, for serve to go on with."),
)
@click.pass_context
def demo(ctx: click.Context, keep: Path | None) -> None:
    from mailhub.demo.story import tell

    ctx.exit(tell(keep, ctx.ensure_object(Session).language))


@click.command(
    "init",
    cls=Command,
    about=Text(
        vi="Tạo thư mục cho một hệ thống mới: mailhub.toml có chú thích, cơ sở dữ liệu trống, khóa niêm phong.",
        en="Make the folder of a new hub: a commented mailhub.toml, an empty registry, the sealing key.",
    ),
    examples=("mailhub init hub",),
    needs="",
)
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@pass_session
def init(session: Session, directory: Path) -> None:
    from mailhub.hub import create_home

    create_home(directory, os.environ, session.language)
    session.output.say(
        Text(
            vi=(
                f"Đã tạo {directory}. Việc tiếp theo:\n"
                f"  1. xem và điền {directory}/mailhub.toml (tên miền, người liên hệ, căn cứ)\n"
                f'  2. mailhub --home {directory} unit add VPUB --name "…" --address …\n'
                f"  3. mailhub --home {directory} register open VPUB --from SỐ_KẾ_TIẾP\n"
                f"  4. mailhub --home {directory} agency import co-quan.csv\n"
                f"  5. mailhub --home {directory} trust add rootca.pem\n"
                f"  6. mailhub --home {directory} serve"
            ),
            en=(
                f"Made {directory}. What comes next:\n"
                f"  1. read and fill in {directory}/mailhub.toml (domain, contact, legal basis)\n"
                f'  2. mailhub --home {directory} unit add OFFICE --name "..." --address ...\n'
                f"  3. mailhub --home {directory} register open OFFICE --from NEXT_NUMBER\n"
                f"  4. mailhub --home {directory} agency import agencies.csv\n"
                f"  5. mailhub --home {directory} trust add rootca.pem\n"
                f"  6. mailhub --home {directory} serve"
            ),
        )
    )


@click.command(
    "serve",
    cls=Command,
    about=Text(
        vi="Chạy hệ thống: nhận thư, kiểm tra, gửi thư. Dừng bằng Ctrl-C hoặc SIGTERM: việc đang dở được làm xong.",
        en="Run the hub: take mail, check it, send mail. Ctrl-C or SIGTERM stops it after the work in hand is done.",
    ),
    examples=("mailhub --home hub serve",),
)
@pass_session
def serve(session: Session) -> None:
    from mailhub.cli.logs import start_logging
    from mailhub.readiness import MUTE, UNCHECKED, lacking, mute, without_revocation
    from mailhub.serving import serve

    hub, output = session.hub, session.output
    start_logging()
    if missing := lacking(hub):
        output.say(Text(vi="Máy chưa tự trả văn bản nào, vì:", en="Nothing is returned by machine yet, because:"))
    for text in missing:
        output.say(Text(vi=f"  – {text.vi}", en=f"  - {text.en}"))
    if mute(hub):
        output.say(MUTE)
    if not hub.settings.senders.checked:
        output.say(UNCHECKED)
    if unknown := without_revocation(hub):
        output.say(unknown)
    serve(hub)


@click.command(
    "upgrade",
    cls=Command,
    about=Text(
        vi="Nâng cơ sở dữ liệu lên phiên bản của chương trình này. Hãy sao lưu trước.",
        en="Bring the registry to the version of this program. Make a backup first.",
    ),
    examples=("mailhub --home hub upgrade",),
)
@pass_session
def upgrade(session: Session) -> None:
    from mailhub.hub import upgrade_hub

    before, after = upgrade_hub(session.home, os.environ)
    if before == after:
        text = Text(vi=f"Cơ sở dữ liệu đã ở phiên bản {after}.", en=f"The registry is at version {after} already.")
    else:
        text = Text(vi=f"Đã nâng từ {before or 'trống'} lên {after}.", en=f"Upgraded from {before or 'nothing'} to {after}.")
    session.output.say(text)


def letters_in(state: LetterState) -> Column["UnitStatus"]:
    """How many letters are in a state."""
    return Column(
        key=state.value.replace("-", "_"), heading=LETTER_STATES[state], value=lambda status: status.letters.get(state, 0)
    )


def dispatches_in(state: DispatchState) -> Column["UnitStatus"]:
    """How many dispatches are in a state."""
    heading = Text(vi=f"Gửi đi: {DISPATCH_STATES[state].vi}", en=f"Outbox: {DISPATCH_STATES[state].en}")
    return Column(key=f"outbox_{state.value}", heading=heading, value=lambda status: status.dispatches.get(state, 0))


def deposits_in(state: DepositState) -> Column["UnitStatus"]:
    """How much paper is in a state."""
    heading = Text(vi=f"Giấy: {DEPOSIT_STATES[state].vi}", en=f"Paper: {DEPOSIT_STATES[state].en}")
    key = f"paper_{state.value.replace('-', '_')}"
    return Column(key=key, heading=heading, value=lambda status: status.deposits.get(state, 0))


STATUS_SHEET: Sequence[Column["UnitStatus"]] = (
    Column(key="unit", heading=Text(vi="Đơn vị", en="Unit"), value=lambda status: status.unit.code),
    Column(
        key="next_numbers",
        heading=Text(vi="Số đến kế tiếp", en="Next number"),
        value=lambda status: {series.register.code: series.next_number for series in status.series},
        show=lambda status: ", ".join(f"{series.register.code} {series.next_number}" for series in status.series),
    ),
    Column(key="unread", heading=Text(vi="Thư chưa đọc", en="Unread mails"), value=lambda status: status.unread),
    Column(key="oldest_unread", value=lambda status: status.oldest_unread),
    Column(
        key="unreadable", heading=Text(vi="Thư không đọc được", en="Unreadable mails"), value=lambda status: status.unreadable
    ),
    Column(
        key="letterless",
        heading=Text(vi="Thư không có văn bản", en="Mails without a letter"),
        value=lambda status: status.letterless,
    ),
    *map(letters_in, WAITING),
    *map(deposits_in, AT_COUNTER),
    *map(dispatches_in, LEAVING),
    Column(
        key="unsettled_years",
        heading=Text(vi="Lịch nghỉ chưa chốt (calendar.confirmed_years)", en="Days off not confirmed (calendar.confirmed_years)"),
        value=lambda status: status.unsettled_years,
    ),
    Column(key="cases", heading=Text(vi="Vụ việc cần quyết", en="Cases to decide"), value=lambda status: status.cases),
    Column(
        key="unsigned",
        heading=Text(vi="Chưa ký được trong 24 giờ (mailhub sign check)", en="Left unsigned in 24 hours (mailhub sign check)"),
        value=lambda status: status.unsigned,
    ),
    Column(
        key="alarms",
        heading=Text(vi="Báo động (mailhub intake status)", en="Alarms (mailhub intake status)"),
        value=lambda status: [f"{door_name(door)} {alarm}" for door in status.alarms for alarm in door.alarms],
        show=lambda status: alarms_line(status.alarms),
    ),
)


@click.command(
    "status",
    cls=Command,
    about=Text(vi="Những gì đang chờ, và số đến kế tiếp.", en="What is waiting, and the next arrival number."),
    examples=("mailhub status", "mailhub status --json"),
    needs="home unit json",
)
@pass_session
def status(session: Session) -> None:
    session.unit_output.record(STATUS_SHEET, session.hub.status.of(session.unit))
