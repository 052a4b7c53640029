"""`mailhub intake`: how the doors fare, and what they have left lying about."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.door_words import alarms_of, door_name
from mailhub.cli.mailboxes import check_imap
from mailhub.cli.options import optional_reason_option
from mailhub.cli.output import Column, Fit
from mailhub.cli.revocation_lines import ISSUER_LINE, SOURCE_LINE
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import Number
from mailhub.language import Text
from storage.records import ServingProcess

if TYPE_CHECKING:
    from mailhub.intake_status import DoorStatus, IntakeState
    from mailhub.litter import Found
    from storage.blobs import StoredBlob
    from storage.segments import BadRange


LACKING = Text(vi="Thiếu dữ liệu thu hồi (mailhub trust revocation check)", en="Revocation data lacking")
NOT_FETCHED = Text(vi="Không tải được dữ liệu thu hồi", en="Revocation data not fetched")


def seconds(length: timedelta | None) -> int | None:
    """A length for programs."""
    return None if length is None else round(length.total_seconds())


def hours(length: timedelta | None) -> Text | str:
    """A length for people."""
    if length is None:
        return ""
    minutes = round(length.total_seconds() / 60)
    return Text(vi=f"{minutes // 60} giờ {minutes % 60:02} phút", en=f"{minutes // 60} h {minutes % 60:02} min")


def rate(door: "DoorStatus") -> str:
    """The usual rate, with one decimal."""
    return "" if door.usual is None else f"{door.usual:.1f}"


DOOR_LINE: Sequence[Column["DoorStatus"]] = (
    Column(key="door", value=lambda door: door.door),
    Column(key="account", value=lambda door: door.account),
    Column(key="name", heading=Text(vi="Cửa", en="Door"), value=door_name),
    Column(key="alarms", heading=Text(vi="Tình trạng", en="State"), value=lambda door: door.alarms, show=alarms_of),
    Column(key="open", heading=Text(vi="Mở", en="Open"), value=lambda door: door.is_open),
    Column(key="last_mail_at", heading=Text(vi="Thư cuối", en="Last mail"), value=lambda door: door.last_mail_at, brief=True),
    Column(
        key="last_success_at",
        heading=Text(vi="Chạy tốt lúc", en="Last success"),
        value=lambda door: door.state.last_success_at,
        brief=True,
    ),
    Column(key="last_attempt_at", value=lambda door: door.state.last_attempt_at),
    Column(key="mails_today", heading=Text(vi="Hôm nay", en="Today"), value=lambda door: door.mails_today, right=True),
    Column(key="last_hour", heading=Text(vi="Giờ trước", en="Last hour"), value=lambda door: door.last_hour, right=True),
    Column(key="usual", heading=Text(vi="Thường lệ", en="Usual"), value=lambda door: door.usual, show=rate, right=True),
    Column(
        key="silence_seconds",
        heading=Text(vi="Im lặng (giờ làm việc)", en="Silent (office time)"),
        value=lambda door: seconds(door.silence.lasts),
        show=lambda door: hours(door.silence.lasts),
        right=True,
    ),
    Column(
        key="silence_limit_seconds",
        heading=Text(vi="Báo động sau", en="Alarm after"),
        value=lambda door: seconds(door.silence.limit),
        show=lambda door: hours(door.silence.limit),
        right=True,
    ),
    Column(key="refused_today", heading=Text(vi="Từ chối", en="Refused"), value=lambda door: door.refused_today, right=True),
    Column(key="unread", heading=Text(vi="Chưa đọc", en="Unread"), value=lambda door: door.unread, right=True),
    Column(key="unread_octets", heading=Text(vi="Byte chờ", en="Octets"), value=lambda door: door.unread_octets, right=True),
    Column(key="oldest_unread", heading=Text(vi="Cũ nhất", en="Oldest"), value=lambda door: door.oldest_unread, brief=True),
    Column(key="last_error", heading=Text(vi="Lỗi cuối", en="Last error"), value=lambda door: door.state.last_error, fit=Fit.CUT),
    Column(key="failures", value=lambda door: door.state.failures),
)
STATE_SHEET: Sequence[Column["IntakeState"]] = (
    Column(key="at", heading=Text(vi="Lúc", en="At"), value=lambda state: state.at),
    Column(key="alarm", heading=Text(vi="Báo động", en="Alarm"), value=lambda state: bool(state.alarmed)),
    Column(key="serving", heading=Text(vi="Tiến trình đang chạy", en="Processes"), value=lambda state: len(state.processes)),
    Column(key="readers", heading=Text(vi="Trình đọc mỗi tiến trình", en="Readers each"), value=lambda state: state.readers),
)
PROCESS_LINE: Sequence[Column[ServingProcess]] = (
    Column(key="name", heading=Text(vi="Tiến trình", en="Process"), value=lambda process: process.name),
    Column(key="seen_at", heading=Text(vi="Lúc", en="At"), value=lambda process: process.seen_at, brief=True),
    Column(
        key="commit_wait_ms",
        heading=Text(vi="Chờ ghi (ms, p99)", en="Commit wait (ms, p99)"),
        value=lambda process: process.commit_wait_ms,
        right=True,
    ),
    Column(
        key="readers_busy",
        heading=Text(vi="Trình đọc đang bận", en="Readers busy"),
        value=lambda process: process.readers_busy,
        right=True,
    ),
)


FOUND_SHEET: Sequence[Column["Found"]] = (
    Column(key="named", heading=Text(vi="Thuộc bản ghi", en="Named by records"), value=lambda found: found.named),
    Column(key="blobs", heading=Text(vi="Không thuộc bản ghi nào", en="Named by none"), value=lambda found: len(found.litter)),
    Column(key="octets", heading=Text(vi="Byte", en="Octets"), value=lambda found: found.octets),
    Column(key="bad_places", heading=Text(vi="Chỗ hỏng", en="Damaged places"), value=lambda found: len(found.damaged)),
)
BLOB_LINE: Sequence[Column["StoredBlob"]] = (
    Column(key="ref", heading=Text(vi="Khối", en="Blob"), value=lambda blob: blob.ref),
    Column(key="octets", heading=Text(vi="Byte", en="Octets"), value=lambda blob: blob.size, right=True),
)
DAMAGE_LINE: Sequence[Column["BadRange"]] = (
    Column(key="segment", heading=Text(vi="Tệp", en="Segment"), value=lambda place: place.segment),
    Column(key="start", heading=Text(vi="Từ byte", en="From"), value=lambda place: place.start, right=True),
    Column(key="end", heading=Text(vi="Đến byte", en="Up to"), value=lambda place: place.end, right=True),
)


@click.group(cls=Group, about=Text(vi="Các cửa nhận thư.", en="The doors through which mail comes in."))
def intake() -> None:
    """The noun alone; its verbs follow."""


@intake.command(
    "status",
    about=Text(
        vi=(
            "Mỗi cửa: mở hay đóng, lần cuối chạy tốt, số thư và mức thường lệ, bị từ chối, chờ đọc. Báo động khi cửa đóng, "
            "hộp thư không kết nối được, hoặc lâu bất thường không có thư trong giờ làm việc. Mức thường lệ là trung bình của "
            "giờ này, thứ này trong tám tuần trước; im lặng là báo động khi dài hơn một lần rưỡi khoảng lặng dài thứ hai của "
            "tám tuần ấy. Hệ thống mới, hay cửa ít thư, không báo động vì im lặng."
        ),
        en=(
            "Each door: open or closed, last success, mails and their usual rate, refusals, what waits to be read. An alarm is "
            "a closed door, a mailbox that cannot be reached, or no mail for unusually long in office hours. The usual rate is "
            "the mean of this hour of this weekday over eight weeks; silence is an alarm when it is longer than one and a half "
            "times the second longest pause of those weeks. A new hub, or a door with little mail, raises none for silence."
        ),
    ),
    examples=("mailhub intake status", "mailhub intake status --json", "mailhub intake status --check"),
    needs="home json",
)
@option(
    "--check",
    is_flag=True,
    about=Text(
        vi="Thoát với mã 1 khi có báo động, cho chương trình giám sát.", en="Exit with 1 when there is an alarm, for monitoring."
    ),
)
@click.pass_context
@pass_session
def status(session: Session, ctx: click.Context, check: bool) -> None:  # noqa: FBT001  a flag of the command line
    state, output = session.hub.intake_status.look(), session.hub_output
    parts = (
        output.part("doors", Text(vi="Cửa", en="Doors"), DOOR_LINE, state.doors),
        output.part("processes", Text(vi="Tiến trình", en="Processes"), PROCESS_LINE, state.processes),
        output.part("revocation", LACKING, ISSUER_LINE, session.hub.revocation_standing.lacking()),
        output.part("fetching", NOT_FETCHED, SOURCE_LINE, [one for one in session.hub.revocation.sources() if one.failures]),
    )
    output.record(STATE_SHEET, state, parts)
    if check and state.alarmed:
        ctx.exit(1)


intake.add_command(check_imap)


@intake.command(
    "sweep",
    about=Text(
        vi=(
            "Tìm và hủy những khối dữ liệu thư cũ hơn một ngày mà không bản ghi nào nhắc đến: dấu vết của một lần sập giữa lúc "
            "ghi thư và ghi dòng. Cũng kể chỗ hỏng trong kho thư. Sau khi khôi phục từ bản sao lưu, hãy xem bằng --dry-run trước."
        ),
        en=(
            "Find and destroy raw mails older than a day that no record names: what a crash between bytes and row leaves behind. "
            "Also lists damaged places in the store. After a restore from a backup look with --dry-run first."
        ),
    ),
    examples=("mailhub intake sweep --dry-run", 'mailhub intake sweep --reason "sau sự cố điện"'),
    needs="home clerk json",
)
@option("--dry-run", is_flag=True, about=Text(vi="Chỉ liệt kê, không hủy.", en="List only, destroy nothing."))
@option(
    "--most",
    type=Number(0),
    default=100,
    about=Text(vi="Không hủy gì khi có nhiều khối hơn thế này (100).", en="Destroy nothing where there are more blobs (100)."),
)
@optional_reason_option
@pass_session
def sweep(session: Session, dry_run: bool, most: int, reason: str) -> None:  # noqa: FBT001  a flag of the command line
    litter, output = session.hub.litter, session.hub_output
    found = litter.look() if dry_run else litter.destroy(session.hub_actor, most=most, reason=reason)
    parts = (
        output.part("litter", Text(vi="Không bản ghi nào nhắc đến", en="Named by no record"), BLOB_LINE, found.litter),
        output.part("damaged", Text(vi="Chỗ hỏng", en="Damaged places"), DAMAGE_LINE, found.damaged),
    )
    output.record(FOUND_SHEET, found, parts)
    if found.litter and not dry_run:
        count = len(found.litter)
        output.say(Text(vi=f"Đã hủy {count} khối, {found.octets} byte.", en=f"Destroyed {count} blobs, {found.octets} octets."))
