"""`mailhub official`: whom the office invites: positions, the people who hold them, their telephones and assistants."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from datetime import date
from typing import TYPE_CHECKING

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.cells import from_options
from mailhub.cli.official.group import group
from mailhub.cli.official.lines import list_columns
from mailhub.cli.official.record import EMPTY, agency_codes, show_record, tell_of_texts, today
from mailhub.cli.official.rows import sketch_reader
from mailhub.cli.official.transfer import export_officials, import_officials
from mailhub.cli.options import reason_option, repeated_option
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import Day
from mailhub.errors import RefusedError
from mailhub.language import Text

if TYPE_CHECKING:
    from mailhub.directory.sketches import OfficialSketch


@click.group(
    cls=Group,
    about=Text(
        vi="Cán bộ được mời: chức vụ, điện thoại, trợ lý, nhóm.", en="Whom one invites: positions, phones, assistants, groups."
    ),
)
def official() -> None:
    """The noun alone; its verbs follow."""


name_option = option("--name", default=None, metavar="TEXT", about=Text(vi="Họ và tên.", en="Full name."))
position_option = option(
    "--position", default=None, metavar="TEXT", about=Text(vi="Chức vụ, ví dụ Giám đốc.", en="Position, such as Director.")
)
organisation_option = option(
    "--organisation",
    default=None,
    metavar="TEXT",
    about=Text(
        vi="Cơ quan công tác; trùng tên một cơ quan trong danh bạ thì tự gắn với cơ quan ấy.",
        en="Where the official works; tied to the agency of the directory that has this name.",
    ),
)
agency_option = option(
    "--agency", default=None, metavar="CODE", about=Text(vi="Mã cơ quan trong danh bạ.", en="Code of the agency.")
)
address_option = repeated_option("--address", "addresses", Text(vi="Địa chỉ thư", en="Mail address"))
phone_option = repeated_option("--phone", "phones", Text(vi="Số di động đang dùng", en="Mobile number in use"))
assistant_option = repeated_option(
    "--assistant", "assistants", Text(vi="Mã của trợ lý (cũng là cán bộ)", en="Code of an assistant, an official too")
)
day_option = option(
    "--from",
    "day",
    type=Day(),
    default=None,
    about=Text(vi="Có hiệu lực từ ngày này; mặc định là hôm nay.", en="Takes effect on this day; today by default."),
)


@official.command(
    "add",
    about=Text(
        vi='Thêm một cán bộ. Mã do văn thư đặt, dùng để gõ cho nhanh; khi mời, "GĐ Sở Y tế" cũng hiểu.',
        en="Add an official. The code is the clerk's own short name; 'GĐ Sở Y tế' is understood as well.",
    ),
    examples=(
        'mailhub official add SYT-GD --name "Trần Văn Hà" --position "Giám đốc" --organisation "Sở Y tế" --phone 0912345678',
        'mailhub official add SYT-TL --name "Lê Thị Đào" --position "Thư ký" --address daolt@syt.tinh.gov.vn',
    ),
    needs="home unit clerk json",
)
@click.argument("code")
@name_option
@position_option
@organisation_option
@agency_option
@address_option
@phone_option
@assistant_option
@pass_session
def add(session: Session, /, **fields: str | tuple[str, ...] | None) -> None:
    added = session.hub.appointing.add(session.actor, session.unit.id, sketch_of(session, fields))
    show_record(session, added)


@official.command(
    "list",
    about=Text(
        vi="Các cán bộ, hoặc những người khớp chữ cần tìm: mã, tên, chức vụ, cơ quan. Không cần dấu.",
        en="The officials, or those that match a text: code, name, position, organisation. Accents do not matter.",
    ),
    examples=(
        "mailhub official list",
        "mailhub official list gd y te",
        "mailhub official list --group BCH",
        "mailhub official list --xlsx can-bo.xlsx",
    ),
    needs="home unit table",
)
@click.argument("text", nargs=-1)
@option("--group", "group_code", default=None, metavar="CODE", about=Text(vi="Chỉ nhóm này.", en="This group only."))
@option("--closed", is_flag=True, about=Text(vi="Cả người đã thôi giữ chức vụ.", en="Those who left too."))
@pass_session
def list_(session: Session, text: tuple[str, ...], group_code: str | None, closed: bool) -> None:  # noqa: FBT001  a flag
    found = session.hub.officials.list_(session.unit.id, search=" ".join(text), group=group_code, include_closed=closed)
    session.unit_output.table(list_columns(today(session), agency_codes(session), closed=closed), found, empty=EMPTY)


@official.command(
    "show",
    about=Text(
        vi="Một cán bộ, theo mã, tên hay chức vụ: điện thoại qua các thời kỳ, trợ lý, nhóm.",
        en="One official, by code, name or position: telephones with their dates, assistants, groups.",
    ),
    examples=("mailhub official show SYT-GD", 'mailhub official show "GĐ Sở Y tế"'),
    needs="home unit json",
)
@click.argument("text", metavar="OFFICIAL")
@pass_session
def show(session: Session, text: str) -> None:
    show_record(session, session.hub.officials.show(session.unit.id, text))


@official.command(
    "edit",
    about=Text(
        vi="Sửa một cán bộ: trường nào nêu thì thay, nêu trống thì xóa, trường khác giữ nguyên. Hoàn tác: official undo.",
        en="Change an official: fields that are given replace the old ones, an empty one clears. Taken back by official undo.",
    ),
    examples=('mailhub official edit SYT-GD --address hatv@syt.tinh.gov.vn --reason "đổi hộp thư"',),
    needs="home unit clerk json",
)
@click.argument("code", metavar="OFFICIAL")
@name_option
@position_option
@organisation_option
@agency_option
@address_option
@phone_option
@assistant_option
@reason_option
@pass_session
def edit(session: Session, /, code: str, reason: str, **fields: str | tuple[str, ...] | None) -> None:
    before = session.hub.officials.show(session.unit.id, code)
    sketch = sketch_of(session, {"code": before.code, **fields})
    after = session.hub.appointing.edit(session.actor, session.unit.id, sketch, reason=reason)
    tell_of_texts(session, before, after)
    show_record(session, after)


@official.command(
    "phone",
    about=Text(
        vi="Đổi số di động: số cũ dùng đến hết hôm trước, số mới từ ngày nêu; cả hai số được nhắn tin xác nhận.",
        en="Change the mobile number: the old one serves until the day before; both are told by SMS.",
    ),
    examples=(
        'mailhub official phone SYT-GD 0987654321 --from 01/9/2024 --reason "đổi số"',
        'mailhub official phone SYT-GD 0903333333 --beside --reason "thêm máy thứ hai"',
        'mailhub official phone SYT-GD 0912345678 --end --reason "trả sim"',
    ),
    needs="home unit clerk json",
)
@click.argument("code", metavar="OFFICIAL")
@click.argument("number")
@day_option
@option("--beside", is_flag=True, about=Text(vi="Thêm bên cạnh số đang dùng.", en="In addition to the numbers in use."))
@option("--end", is_flag=True, about=Text(vi="Thôi dùng số này.", en="This number serves no more."))
@reason_option
@pass_session
def phone(session: Session, /, code: str, number: str, day: date | None, **given: bool | str) -> None:
    from mailhub.directory.appointing import Handover

    if given["beside"] and given["end"]:
        raise RefusedError(Text(vi="chọn --beside hoặc --end", en="choose --beside or --end"))
    checked = session.hub.text_rules.number(number)
    before = session.hub.officials.show(session.unit.id, code)
    handover = Handover(day=day, reason=str(given["reason"]))
    appointing, actor, unit_id = session.hub.appointing, session.actor, session.unit.id
    after = (
        appointing.end_phone(actor, unit_id, before.code, checked, handover)
        if given["end"]
        else appointing.put_phone(actor, unit_id, before.code, checked, handover, beside=bool(given["beside"]))
    )
    tell_of_texts(session, before, after)
    show_record(session, after)


@official.command(
    "close",
    about=Text(
        vi="Từ ngày nêu không mời người này nữa. Người khác lên thay thì dùng official replace.",
        en="Invite the official no more from a day on. Where somebody follows, use official replace.",
    ),
    examples=('mailhub official close SYT-GD --from 01/9/2024 --reason "nghỉ hưu"',),
    needs="home unit clerk json",
)
@click.argument("code", metavar="OFFICIAL")
@day_option
@reason_option
@pass_session
def close(session: Session, code: str, day: date | None, reason: str) -> None:
    from mailhub.directory.appointing import Handover

    show_record(session, session.hub.appointing.close(session.actor, session.unit.id, code, Handover(day=day, reason=reason)))


@official.command(
    "reopen",
    about=Text(vi="Mời lại người đã đóng.", en="Invite a closed official again."),
    examples=('mailhub official reopen SYT-GD --reason "đóng nhầm"',),
    needs="home unit clerk json",
)
@click.argument("code", metavar="CODE")
@reason_option
@pass_session
def reopen(session: Session, code: str, reason: str) -> None:
    show_record(session, session.hub.appointing.reopen(session.actor, session.unit.id, code, reason=reason))


@official.command(
    "replace",
    about=Text(
        vi="Người mới lên thay: giữ chức vụ, cơ quan, trợ lý và chỗ trong các nhóm; người cũ đóng từ ngày ấy.",
        en="Somebody follows: with the position, organisation, assistants and places in groups; the old one is closed.",
    ),
    examples=('mailhub official replace SYT-GD SYT-GD2 --name "Lê Thị Đào" --from 01/9/2024 --reason "QĐ 12/QĐ-UBND"',),
    needs="home unit clerk json",
)
@click.argument("leaving", metavar="OFFICIAL")
@click.argument("code", metavar="NEW_CODE")
@name_option
@address_option
@phone_option
@assistant_option
@day_option
@reason_option
@pass_session
def replace(session: Session, /, leaving: str, day: date | None, reason: str, **fields: str | tuple[str, ...] | None) -> None:
    from mailhub.directory.appointing import Handover

    sketch, handover = sketch_of(session, fields), Handover(day=day, reason=reason)
    show_record(session, session.hub.appointing.replace(session.actor, session.unit.id, leaving, sketch, handover))


@official.command(
    "undo",
    about=Text(
        vi="Hoàn tác thay đổi cuối của một cán bộ; làm lần nữa thì thay đổi ấy trở lại.",
        en="Take the last change of an official back; done again, the change is made again.",
    ),
    examples=('mailhub official undo SYT-GD --reason "sửa nhầm người"',),
    needs="home unit clerk json",
)
@click.argument("code", metavar="OFFICIAL")
@reason_option
@pass_session
def undo(session: Session, code: str, reason: str) -> None:
    before = session.hub.officials.show(session.unit.id, code)
    after = session.hub.appointing.undo(session.actor, session.unit.id, before.code, reason=reason)
    tell_of_texts(session, before, after)
    show_record(session, after)


official.add_command(import_officials)
official.add_command(export_officials)
official.add_command(group)


def sketch_of(session: Session, fields: dict[str, str | tuple[str, ...] | None]) -> "OfficialSketch":
    """What the options of a command say of an official."""
    return from_options(fields, sketch_reader(session.hub.text_rules.number))
