"""`mailhub unit`: the offices that this hub serves."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.cells import Row, from_options
from mailhub.cli.options import dry_run_option, repeated_option
from mailhub.cli.output import Column, Fit
from mailhub.cli.session import Session, pass_session
from mailhub.cli.sheets import Heading, read_sheet
from mailhub.language import Text
from storage.records import Unit, UnitDraft

TIME_ZONE = "Asia/Ho_Chi_Minh"

UNIT_LINE: Sequence[Column[Unit]] = (
    Column(key="code", heading=Text(vi="Mã", en="Code"), value=lambda unit: unit.code),
    Column(key="name", heading=Text(vi="Tên", en="Name"), value=lambda unit: unit.name, fit=Fit.FOLD),
    Column(key="addresses", heading=Text(vi="Địa chỉ thư", en="Addresses"), value=lambda unit: unit.addresses, fit=Fit.FOLD),
    Column(key="register", heading=Text(vi="Sổ", en="Register"), value=lambda unit: unit.register),
    Column(key="time_zone", value=lambda unit: unit.time_zone),
    Column(key="aliases", value=lambda unit: unit.aliases),
)
UNIT_SHEET: Sequence[Column[Unit]] = (
    *UNIT_LINE[:4],
    Column(key="time_zone", heading=Text(vi="Múi giờ", en="Time zone"), value=lambda unit: unit.time_zone),
    Column(key="aliases", heading=Text(vi="Tên gọi khác", en="Also called"), value=lambda unit: unit.aliases),
)
HEADINGS = (
    Heading(key="code", required=True, also=("mã",)),
    Heading(key="name", required=True, also=("tên",)),
    Heading(key="addresses", required=True, also=("address", "địa chỉ", "địa chỉ thư")),
    Heading(key="aliases", also=("alias", "tên gọi khác")),
    Heading(key="register", also=("sổ",)),
    Heading(key="time_zone", also=("múi giờ",)),
)


@click.group(cls=Group, about=Text(vi="Đơn vị mà hệ thống này phục vụ.", en="The offices that this hub serves."))
def unit() -> None:
    """The noun alone; its verbs follow."""


@unit.command(
    "add",
    about=Text(
        vi="Thêm một đơn vị cùng sổ văn bản đến của nó. Thư gửi đến các địa chỉ này được nhận cho đơn vị.",
        en="Add a unit with its register of incoming documents. Mail to these addresses is taken in for it.",
    ),
    examples=('mailhub unit add VPUB --name "Văn phòng UBND tỉnh" --address vanthu@vpub.tinh.gov.vn --register UBND',),
    needs="home clerk json",
)
@click.argument("code")
@option("--name", required=True, about=Text(vi="Tên đầy đủ.", en="Full name."))
@repeated_option("--address", "addresses", Text(vi="Địa chỉ thư", en="Mail address"))
@repeated_option("--alias", "aliases", Text(vi='Tên gọi khác trong "Kính gửi"', en='Other name in "Kính gửi"'))
@option(
    "--register",
    default="",
    metavar="CODE",
    about=Text(vi="Mã sổ văn bản đến; mặc định là mã đơn vị.", en="Code of its register; the unit's code by default."),
)
@option(
    "--time-zone", default=TIME_ZONE, metavar="ZONE", about=Text(vi=f"Múi giờ ({TIME_ZONE}).", en=f"Time zone ({TIME_ZONE}).")
)
@pass_session
def add(session: Session, /, **fields: str | tuple[str, ...]) -> None:
    draft = from_options(fields, unit_draft)
    session.output.record(UNIT_SHEET, session.hub.directory.add_unit(session.hub_actor, draft))


@unit.command(
    "list",
    about=Text(vi="Các đơn vị.", en="The units."),
    examples=("mailhub unit list", "mailhub unit list --json"),
    needs="home table",
)
@pass_session
def list_(session: Session) -> None:
    empty = Text(vi="Chưa có đơn vị nào; thêm bằng: mailhub unit add", en="There is no unit yet; add one with: mailhub unit add")
    session.output.table(UNIT_LINE, session.hub.directory.units(), empty=empty)


@unit.command("show", about=Text(vi="Một đơn vị.", en="One unit."), examples=("mailhub unit show VPUB",), needs="home json")
@click.argument("code")
@pass_session
def show(session: Session, code: str) -> None:
    session.output.record(UNIT_SHEET, session.hub.directory.unit(code))


@unit.command(
    "import",
    about=Text(
        vi="Nhập các đơn vị từ CSV: code, name, addresses, aliases, register, time_zone. Có dòng sai thì không nhập gì.",
        en="Import units from CSV: code, name, addresses, aliases, register, time_zone. A wrong line stops all of it.",
    ),
    examples=("mailhub unit import don-vi.csv --dry-run", "mailhub unit import don-vi.csv"),
    needs="home clerk json",
)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@dry_run_option
@pass_session
def import_(session: Session, path: Path, dry_run: bool) -> None:  # noqa: FBT001  a flag of the command line
    drafts = [draft for _, draft in read_sheet(path, HEADINGS, unit_draft)]
    if dry_run:
        session.output.say(Text(vi=f"{len(drafts)} đơn vị, nhập được.", en=f"{len(drafts)} units can be imported."))
        return
    added = [session.hub.directory.add_unit(session.hub_actor, draft) for draft in drafts]
    session.output.table(UNIT_LINE, added, empty=Text(vi="Tệp không có đơn vị nào.", en="The file has no units."))


def unit_draft(row: Row) -> UnitDraft:
    """A unit from a row of a sheet."""
    zone = row.text("time_zone", TIME_ZONE)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        row.wrong("time_zone", Text(vi=f"không có múi giờ {zone!r}", en=f"there is no time zone {zone!r}"))
    row.needed("addresses")
    return UnitDraft(
        code=row.code("code"),
        name=row.needed("name"),
        time_zone=zone,
        register=row.text("register", row.text("code")),
        addresses=row.addresses("addresses"),
        aliases=row.words("aliases"),
    )
