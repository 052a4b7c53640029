"""`mailhub register`: the register of incoming documents."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.lines import ENTRY_LINE, ENTRY_SHEET
from mailhub.cli.options import from_option, limit_option, pages, reason_option, register_option, to_option
from mailhub.cli.output import Column, Export
from mailhub.cli.references import entry_of
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import Choice, Number, choice_of
from mailhub.language import Text
from storage.records import Entry, RegisterMode, Series

DIRECTIONS = {"in": Text(vi="đến", en="in"), "out": Text(vi="đi", en="out")}
direction_option = option(
    "--direction",
    type=Choice(DIRECTIONS),
    default="in",
    about=Text(vi="in: văn bản đến; out: văn bản đi.", en="in: incoming documents; out: outgoing ones."),
)
SERIES_LINE: Sequence[Column[Series]] = (
    Column(key="register", heading=Text(vi="Sổ", en="Register"), value=lambda series: series.register.code),
    Column(
        key="direction",
        heading=Text(vi="Chiều", en="Direction"),
        value=lambda series: series.register.direction,
        show=lambda series: DIRECTIONS[series.register.direction],
    ),
    Column(key="kind", heading=Text(vi="Loại", en="Kind"), value=lambda series: series.register.kind),
    Column(key="year", heading=Text(vi="Năm", en="Year"), value=lambda series: series.year),
    Column(
        key="next_number", heading=Text(vi="Số kế tiếp", en="Next number"), value=lambda series: series.next_number, right=True
    ),
    Column(key="mode", heading=Text(vi="Cấp số", en="Numbers"), value=lambda series: series.register.mode),
    Column(key="suspended", heading=Text(vi="Tạm ngừng", en="Suspended"), value=lambda series: series.register.suspended),
)


@click.group(cls=Group, about=Text(vi="Sổ đăng ký văn bản đến.", en="The register of incoming documents."))
def register() -> None:
    """The noun alone; its verbs follow."""


@register.command(
    "open",
    about=Text(
        vi="Mở sổ, hoặc đặt số đến đầu tiên. Hệ thống nối tiếp sổ đang dùng: số kế tiếp của sổ ấy là số đầu tiên ở đây.",
        en="Open a register, or set its first number. A hub that takes over from a book starts at the book's next number.",
    ),
    examples=(
        "mailhub register open UBND --from 4818",
        "mailhub register open GM --direction out --kind GM --from 226",
    ),
    needs="home unit clerk json",
)
@click.argument("code")
@option("--from", "first", type=Number(), default=1, about=Text(vi="Số đầu tiên.", en="The first number."))
@option(
    "--direction",
    type=Choice(DIRECTIONS),
    default="in",
    about=Text(vi="in: sổ văn bản đến; out: sổ văn bản đi.", en="in: incoming documents; out: outgoing ones."),
)
@option(
    "--kind",
    default=None,
    metavar="KIND",
    about=Text(vi="Loại văn bản của sổ đi: GM là giấy mời.", en="Kind of document of an outgoing register: GM is invitations."),
)
@option(
    "--mode",
    type=choice_of(RegisterMode),
    default=RegisterMode.OWN.value,
    about=Text(
        vi="own: hệ thống này cấp số; external: hệ thống khác cấp.", en="own: this hub numbers; external: another system does."
    ),
)
@pass_session
def open_(session: Session, code: str, first: int, direction: str, kind: str | None, mode: str) -> None:
    from mailhub.registers import ORDINARY, RegisterOrder

    order = RegisterOrder(code=code, direction=direction, kind=kind or ORDINARY, mode=RegisterMode(mode), next_number=first)
    series = session.hub.registers.open(session.actor, session.unit.id, order)
    session.output.record(SERIES_LINE, series)


@register.command(
    "list",
    about=Text(vi="Các dòng của sổ, mới nhất trước.", en="The entries of the register, newest first."),
    examples=("mailhub register list", "mailhub register list --from 01/8/2024 --to 31/8/2024 --json"),
    needs="home unit table",
)
@register_option
@direction_option
@from_option
@to_option
@limit_option(100)
@pass_session
def list_(session: Session, register: str | None, direction: str, first: date | None, last: date | None, limit: int) -> None:
    from_, to = interval(session, first, last)

    def fetch(count: int, last_id: int | None) -> Sequence[Entry]:
        return session.hub.registers.list_(
            session.unit.id, register=register, direction=direction, from_=from_, to=to, limit=count, before_id=last_id
        )

    entries = pages(fetch, lambda entry: entry.id, limit)
    session.unit_output.table(ENTRY_LINE, entries, empty=Text(vi="Sổ chưa có dòng nào.", en="There is no entry."))


@register.command(
    "show",
    about=Text(
        vi="Một dòng của sổ. Nhận số đến (4818, 4818/2024), số ký hiệu, mã tra cứu hoặc h128.",
        en="One entry. Takes an arrival number (4818, 4818/2024), a reference, a tracking code or h128.",
    ),
    examples=("mailhub register show 4818", "mailhub register show 226/stc", "mailhub register show K7M4-Q2XD"),
    needs="home unit json",
)
@click.argument("number")
@register_option
@pass_session
def show(session: Session, number: str, register: str | None) -> None:
    session.unit_output.record(ENTRY_SHEET, entry_of(session, number, register))


@register.command(
    "search",
    about=Text(
        vi="Tìm trong sổ theo số, ký hiệu, cơ quan, trích yếu, mã tra cứu. Không cần dấu, viết liền hay rời đều được.",
        en="Search the register by number, reference, issuer, subject or tracking code. Accents and spacing do not matter.",
    ),
    examples=("mailhub register search quyet toan", "mailhub register search 226 stc"),
    needs="home unit table",
)
@click.argument("text", nargs=-1, required=True)
@limit_option(50)
@pass_session
def search(session: Session, text: tuple[str, ...], limit: int) -> None:
    entries = session.hub.registers.search(session.unit.id, " ".join(text), limit)
    session.unit_output.table(ENTRY_LINE, entries, empty=Text(vi="Không tìm thấy dòng nào.", en="Nothing was found."))


@register.command(
    "void",
    about=Text(
        vi="Hủy một số đến cấp nhầm: số vẫn giữ chỗ trong sổ, văn bản về lại bàn; nơi gửi đã nhận báo nhận thì được báo.",
        en="Void a number given by mistake: it keeps its place, the letter is held again; a sender who got the number is told.",
    ),
    examples=('mailhub register void 4818 --reason "vào sổ nhầm văn bản"',),
    needs="home unit clerk json",
)
@click.argument("number")
@register_option
@reason_option
@pass_session
def void(session: Session, number: str, register: str | None, reason: str) -> None:
    entry = session.hub.voiding.void(session.actor, entry_of(session, number, register), reason=reason)
    session.unit_output.record(ENTRY_SHEET, entry)


@register.command(
    "resume",
    about=Text(
        vi="Cho sổ cấp số trở lại sau khi khôi phục, từ số đến kế tiếp đã đối chiếu với sổ giấy.",
        en="Let a register number again after a restore, from a next number that was compared with the paper book.",
    ),
    examples=('mailhub register resume UBND --next 4820 --reason "đã đối chiếu sổ giấy"',),
    needs="home unit clerk json",
)
@click.argument("code")
@option("--next", "next_number", type=Number(), required=True, about=Text(vi="Số kế tiếp.", en="The next number."))
@option(
    "--direction",
    type=Choice(DIRECTIONS),
    default=None,
    about=Text(vi="Cần khi sổ đến và sổ đi cùng mã.", en="Needed where an incoming and an outgoing register share a code."),
)
@reason_option
@pass_session
def resume(session: Session, code: str, next_number: int, direction: str | None, reason: str) -> None:
    series = session.hub.registers.resume(session.actor, session.unit.id, code, next_number, reason, direction=direction)
    session.output.record(SERIES_LINE, series)


@register.command(
    "export",
    about=Text(
        vi="Xuất sổ theo thứ tự số đến. Tệp Excel có trang mười cột theo mẫu và trang đủ các trường.",
        en="Export the register in the order of its numbers. A workbook has the ten legal columns and all fields.",
    ),
    examples=(
        "mailhub register export --xlsx so-den.xlsx --from 01/8/2024 --to 31/8/2024",
        "mailhub register export --csv so-den.csv --columns book",
        "mailhub register export --from 01/8/2024 --to 31/8/2024 > so-den-8.csv",
    ),
    needs="home unit file",
)
@register_option
@from_option
@to_option
@direction_option
@option(
    "--columns",
    type=Choice(("all", "book")),
    default="all",
    about=Text(vi="CSV có mọi trường (all) hay mười cột của sổ (book).", en="CSV with all fields, or the book's ten columns."),
)
@pass_session
def export(session: Session, register: str | None, first: date | None, last: date | None, direction: str, columns: str) -> None:
    from mailhub.book import BookOrder
    from mailhub.cli.book import write_book

    from_, to = interval(session, first, last)
    order = BookOrder(register=register, direction=direction, from_=from_, to=to)
    volume = session.hub.book.open(session.unit.id, order)
    output, target = session.unit_output, session.export or Export(path="-", workbook=False)
    write_book(output, target, volume, columns)
    output.written(target, len(volume))


def interval(session: Session, first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """The half-open interval of whole days in the unit's zone."""
    zone = ZoneInfo(session.unit.time_zone)
    from_ = datetime.combine(first, time.min, zone) if first else None
    to = datetime.combine(last + timedelta(days=1), time.min, zone) if last else None
    return from_, to
