"""The options of `mailhub meeting`, and what they come to: people and papers as given, times in the unit's zone."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from mailhub.cli.bilingual import Callback, option
from mailhub.cli.options import repeated_option
from mailhub.cli.session import Session
from mailhub.cli.values import Moment, Number, When, read_time, read_when, refuse
from mailhub.errors import RefusedError
from mailhub.language import Text

if TYPE_CHECKING:
    from mailhub.meetings.signed import LetterFile
    from mailhub.notices.context import Contact

WHICH = Text(
    vi="Cuộc họp nêu bằng m12, số giấy mời 226 hoặc chữ trong tên họp.",
    en="A meeting is named by m12, its invitation's number 226 or words of its title.",
)
PHONE_AT_END = re.compile(r"^(?P<name>.*?)[\s,;]*(?P<phone>\+?\d[\d .-]{5,})$")


def which(vi: str, en: str) -> Text:
    """What a command does, and how a meeting is named."""
    return Text(vi=f"{vi} {WHICH.vi}", en=f"{en} {WHICH.en}")


class End(click.ParamType[When | time]):
    """The end of a meeting: a time of the day on which it begins, or a moment."""

    name = "end"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """As usage lines show it."""
        return "WHEN"

    def convert(self, value: str | When | time, param: click.Parameter | None, ctx: click.Context | None) -> When | time:
        """The time or the moment."""
        if not isinstance(value, str):
            return value
        found = read_time(value.strip()) or read_when(value)
        if found is not None:
            return found
        text = Text(
            vi=f"{value!r}: cần giờ như 11h00, hay một lúc như '09/8/2024 11:00'",
            en=f"{value!r}: expected a time such as 11:00, or a moment such as 2024-08-09T11:00",
        )
        raise refuse(text, param, ctx)


def file_option(name: str, attribute: str, about: Text, *, several: bool = False) -> Callable[[Callback], Callback]:
    """A file, or several, that exist."""
    kind = click.Path(path_type=Path, dir_okay=False)
    default = () if several else None
    return option(name, attribute, type=kind, multiple=several, default=default, metavar="FILE", about=about)


start_option = option(
    "--start", type=Moment(), default=None, about=Text(vi="Giờ họp: 8h00 09/8/2024.", en="When it begins: 2024-08-09T08:00.")
)
end_option = option("--end", type=End(), default=None, about=Text(vi="Giờ kết thúc: 11h00.", en="When it ends: 11:00."))
place_option = option("--place", default=None, metavar="TEXT", about=Text(vi="Nơi họp.", en="Where."))
title_option = option(
    "--title",
    default=None,
    metavar="TEXT",
    about=Text(vi="Tên cuộc họp; có --letter thì lấy từ trích yếu.", en="Title; with --letter its subject is taken."),
)
agenda_option = option("--agenda", default=None, metavar="TEXT", about=Text(vi="Nội dung.", en="What it is about."))
chair_option = option(
    "--chair",
    default=None,
    metavar="TEXT",
    about=Text(vi="Chủ trì; muốn gửi cả cho người này thì nêu thêm ở --invite.", en="Who chairs; also in --invite to be told."),
)
requirements_option = option(
    "--requirements", default=None, metavar="TEXT", about=Text(vi="Yêu cầu chuẩn bị.", en="What to prepare or bring.")
)
contact_option = option(
    "--contact",
    default=None,
    metavar="TEXT",
    about=Text(
        vi='Đầu mối: "Tên, số điện thoại"; mặc định là mục [contact].', en='Whom to call: "Name, number"; [contact] by default.'
    ),
)
invite_option = repeated_option(
    "--invite", "invite", Text(vi="Mã, tên, chức vụ (GĐ Sở Y tế) hoặc nhom:MÃ", en="A code, name, position, or group:CODE")
)
add_option = repeated_option("--add", "add", Text(vi="Mời thêm", en="Invite as well"))
remove_option = repeated_option("--remove", "remove", Text(vi="Không mời nữa", en="Invite no more"))
paper_option = file_option(
    "--paper",
    "papers",
    Text(
        vi="Tài liệu gửi kèm; trùng tên thì thay bản cũ; nêu được nhiều lần.",
        en="A paper to enclose; of the same name it replaces the old; may be repeated.",
    ),
    several=True,
)
letter_option = file_option(
    "--letter",
    "letter",
    Text(vi="Giấy mời đã ký số (PDF), đủ chữ ký người và cơ quan.", en="The signed invitation (PDF), with both signatures."),
)
urgent_option = option(
    "--urgent-reason",
    "urgent_reason",
    default="",
    metavar="TEXT",
    about=Text(vi="Vì sao báo gấp (họp đột xuất).", en="Why the notice is short."),
)
note_option = option(
    "--note", default="", metavar="TEXT", about=Text(vi="Ghi chú gửi người được mời.", en="A note to those who are invited.")
)
confirm_option = option(
    "--confirm",
    "confirmed",
    type=Number(),
    default=None,
    about=Text(vi="Xác nhận đúng số người sẽ nhận tin nhắn.", en="Confirm the number of recipients of texts."),
)
dry_run_option = option(
    "--dry-run",
    is_flag=True,
    about=Text(
        vi="Chỉ xem sẽ gửi gì cho ai; không gửi, không lấy số.", en="Only show what goes to whom; send and number nothing."
    ),
)


def convening_options(command: Callback) -> Callback:
    """Everything a new meeting needs, for `convene` and `draft` alike."""
    number = option(
        "--number",
        type=Number(),
        default=None,
        about=Text(vi="Số giấy mời do hệ thống khác cấp.", en="The invitation's number from another system."),
    )
    register = option(
        "--register",
        default="",
        metavar="CODE",
        about=Text(vi="Sổ giấy mời, khi có nhiều sổ.", en="Which invitations' register."),
    )
    wanted = (
        title_option,
        start_option,
        end_option,
        place_option,
        invite_option,
        chair_option,
        agenda_option,
        requirements_option,
        contact_option,
        paper_option,
        letter_option,
        register,
        number,
        urgent_option,
    )
    for declare in reversed(wanted):
        command = declare(command)
    return command


def begin_of(session: Session, start: When | None) -> datetime | None:
    """When it begins, in the unit's zone; a day without a time says too little."""
    if start is None:
        return None
    if start.time is None:
        raise RefusedError(Text(vi="--start cần cả giờ: 8h00 09/8/2024", en="--start needs the time too: 2024-08-09T08:00"))
    return start.starts(ZoneInfo(session.unit.time_zone))


def end_of(session: Session, end: When | time | None, begin: datetime | None) -> datetime | None:
    """When it ends; a time alone is of the day on which it begins."""
    if end is None:
        return None
    if isinstance(end, When):
        return begin_of(session, end)
    if begin is None:
        raise RefusedError(Text(vi="--end chỉ có giờ thì cần --start", en="--end with a time alone needs --start"))
    return datetime.combine(begin.date(), end, begin.tzinfo)


def contact_of(text: str | None) -> "Contact | None":
    """Name and number of whom to call."""
    from mailhub.notices.context import Contact

    if text is None:
        return None
    match = PHONE_AT_END.match(text.strip())
    if match is None or not match["name"].strip():
        raise RefusedError(
            Text(vi=f'--contact {text!r}: cần "Tên, số điện thoại"', en=f'--contact {text!r}: expected "Name, telephone number"')
        )
    return Contact(name=match["name"].strip(), phone=match["phone"].strip())


def files_of(paths: Sequence[Path]) -> "tuple[LetterFile, ...]":
    """The files with their bytes."""
    from mailhub.meetings.signed import LetterFile

    return tuple(LetterFile(name=path.name, content=path.read_bytes()) for path in paths)


def file_of(path: Path | None) -> "LetterFile | None":
    """One file with its bytes."""
    return files_of([path])[0] if path is not None else None


def as_end(value: object) -> When | time | None:
    """The value of --end."""
    return value if isinstance(value, When | time) else None


def as_texts(value: object) -> tuple[str, ...]:
    """The values of an option that may be repeated."""
    return tuple(str(item) for item in value) if isinstance(value, tuple) else ()


def as_paths(value: object) -> tuple[Path, ...]:
    """The files of an option that may be repeated."""
    return tuple(item for item in value if isinstance(item, Path)) if isinstance(value, tuple) else ()


def as_path(value: object) -> Path | None:
    """The file of an option."""
    return value if isinstance(value, Path) else None
