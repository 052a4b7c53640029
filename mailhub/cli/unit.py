"""`mailhub unit`: the offices that this hub serves."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.cells import Row, from_options
from mailhub.cli.importing import show_changes
from mailhub.cli.options import dry_run_option, reason_option, repeated_option
from mailhub.cli.output import Column, Fit
from mailhub.cli.session import Session, pass_session
from mailhub.cli.sheets import Heading, read_sheet
from mailhub.language import Text
from storage.records import Tally, Unit, UnitDraft

if TYPE_CHECKING:
    from mailhub.directory.changes import Described

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
LATELY_LINE: Sequence[Column[Tally]] = (
    Column(key="electronic", heading=Text(vi="Điện tử", en="Electronic"), value=lambda tally: tally.electronic, right=True),
    Column(key="paper", heading=Text(vi="Giấy", en="Paper"), value=lambda tally: tally.paper, right=True),
    Column(key="voided", heading=Text(vi="Hủy số", en="Voided"), value=lambda tally: tally.voided, right=True),
)
FIELDS = ("name", "addresses", "aliases", "register", "time_zone")
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
    described = from_options(fields, read_unit)
    session.output.record(UNIT_SHEET, session.hub.directory.add_unit(session.hub_actor, described.draft))


@unit.command(
    "list",
    about=Text(vi="Các đơn vị.", en="The units."),
    examples=("mailhub unit list", "mailhub unit list --json"),
    needs="home table",
)
@pass_session
def list_(session: Session) -> None:
    empty = Text(vi="Chưa có đơn vị nào; thêm bằng: mailhub unit add", en="There is no unit yet; add one with: mailhub unit add")
    session.output.table(UNIT_LINE, session.hub.served_units.units(), empty=empty)


@unit.command(
    "show",
    about=Text(
        vi="Một đơn vị, cùng những gì đã vào sổ trong 7 ngày qua.", en="One unit, with what was filed in the last 7 days."
    ),
    examples=("mailhub unit show VPUB",),
    needs="home json",
)
@click.argument("code")
@pass_session
def show(session: Session, code: str) -> None:
    found = session.hub.served_units.unit(code)
    output = session.output
    lately = output.part("lately", Text(vi="7 ngày qua", en="Last 7 days"), LATELY_LINE, (session.hub.units.lately(found),))
    output.record(UNIT_SHEET, found, (lately,))


@unit.command(
    "edit",
    about=Text(
        vi="Sửa một đơn vị: trường nào nêu thì thay, trường khác giữ nguyên. Hoàn tác: unit undo.",
        en="Change a unit: fields that are given replace the old ones, others stay. Taken back by unit undo.",
    ),
    examples=('mailhub unit edit VPUB --alias "UBND tỉnh" --alias "Văn phòng UBND tỉnh" --reason "bổ sung tên gọi"',),
    needs="home clerk json",
)
@click.argument("code")
@option("--name", default=None, metavar="TEXT", about=Text(vi="Tên đầy đủ.", en="Full name."))
@repeated_option("--address", "addresses", Text(vi="Địa chỉ thư", en="Mail address"))
@repeated_option("--alias", "aliases", Text(vi='Tên gọi khác trong "Kính gửi"', en='Other name in "Kính gửi"'))
@option("--register", default=None, metavar="CODE", about=Text(vi="Mã sổ đã mở.", en="Code of an open register."))
@option("--time-zone", default=None, metavar="ZONE", about=Text(vi="Múi giờ.", en="Time zone."))
@reason_option
@pass_session
def edit(session: Session, /, code: str, reason: str, **fields: str | tuple[str, ...] | None) -> None:
    before = session.hub.served_units.unit(code)
    given = {key: value for key, value in fields.items() if value not in (None, ())}
    whole = {"code": before.code, "name": before.name, "addresses": before.addresses, **given}
    described = replace(from_options(whole, read_unit), given=frozenset(given))
    session.output.record(UNIT_SHEET, session.hub.units.edit(session.hub_actor, before, described, reason=reason))


@unit.command(
    "undo",
    about=Text(
        vi="Hoàn tác thay đổi cuối của một đơn vị; làm lần nữa thì thay đổi ấy trở lại.",
        en="Take the last change of a unit back; done again, the change is made again.",
    ),
    examples=('mailhub unit undo VPUB --reason "sửa nhầm"',),
    needs="home clerk json",
)
@click.argument("code")
@reason_option
@pass_session
def undo(session: Session, code: str, reason: str) -> None:
    before = session.hub.served_units.unit(code)
    session.output.record(UNIT_SHEET, session.hub.units.undo(session.hub_actor, before, reason=reason))


@unit.command(
    "import",
    about=Text(
        vi="Nhập các đơn vị từ CSV: code, name, addresses, aliases, register, time_zone. "
        "Mã đã có thì sửa theo các cột có trong tệp; có chỗ sai thì không nhập gì.",
        en="Import units from CSV: code, name, addresses, aliases, register, time_zone. "
        "A known code is changed in the columns that the file has; a mistake stops all of it.",
    ),
    examples=("mailhub unit import don-vi.csv --dry-run", "mailhub unit import don-vi.csv"),
    needs="home clerk table",
)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@dry_run_option
@pass_session
def import_(session: Session, path: Path, dry_run: bool) -> None:  # noqa: FBT001  a flag of the command line
    taken = session.hub.served_units.units()
    pairs = read_sheet(path, HEADINGS, read_unit, check=lambda pairs: note_clashes(pairs, taken))
    rows, described = [row for row, _ in pairs], [item for _, item in pairs]
    changes = session.hub.units.plan(described)
    if not dry_run and any(change.kind != "same" for change in changes):
        changes = session.hub.units.import_(session.hub_actor, described)
    show_changes(session.output, rows, changes, dry_run=dry_run)


def note_clashes(rows: "Sequence[tuple[Row, Described[UnitDraft]]]", taken: Iterable[Unit]) -> None:
    """Note codes that stand twice in the sheet and addresses that belong to another unit."""
    owners = {address.casefold(): unit.code for unit in taken for address in unit.addresses}
    seen: set[str] = set()
    for row, described in rows:
        code = described.draft.code
        if code.casefold() in seen:
            row.wrong("code", Text(vi=f"mã {code!r} đã có ở dòng trên", en=f"code {code!r} stands in a line above"))
        seen.add(code.casefold())
        for address in described.draft.addresses:
            owner = owners.setdefault(address.casefold(), code)
            if owner.casefold() != code.casefold():
                row.wrong("addresses", Text(vi=f"{address!r} đã thuộc {owner}", en=f"{address!r} belongs to {owner} already"))


def read_unit(row: Row) -> "Described[UnitDraft]":
    """A unit from a row of a sheet."""
    from mailhub.directory.changes import Described

    return Described(draft=unit_draft(row), given=frozenset(field for field in FIELDS if row.has(field)))


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
