"""Officials to and from sheets: `mailhub official import` and `mailhub official export`."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailhub.cli.bilingual import Command, option
from mailhub.cli.importing import show_changes
from mailhub.cli.official.lines import sheet_columns
from mailhub.cli.official.record import EMPTY, agency_codes, today
from mailhub.cli.official.rows import HEADINGS, sketch_reader
from mailhub.cli.options import dry_run_option
from mailhub.cli.output import Export, Output
from mailhub.cli.session import Session, pass_session
from mailhub.cli.sheets import read_sheet
from mailhub.cli.values import Number
from mailhub.errors import RefusedError
from mailhub.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailhub.cli.cells import Row
    from mailhub.directory.sketches import OfficialSketch, Planned


@click.command(
    "import",
    cls=Command,
    about=Text(
        vi="Nhập cán bộ từ CSV: code, name, position, organisation, agency, addresses, phones, assistants (hoặc tên cột "
        "tiếng Việt). Mã đã có thì sửa theo các cột có trong tệp; có dòng sai thì không nhập gì.",
        en="Import officials from CSV: code, name, position, organisation, agency, addresses, phones, assistants. "
        "A known code is changed in the columns that the file has; a wrong line stops all of it.",
    ),
    examples=("mailhub official import can-bo.csv --dry-run", "mailhub official import can-bo.csv"),
    needs="home unit clerk table",
)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@dry_run_option
@option(
    "--texts",
    "count",
    type=Number(0),
    default=None,
    about=Text(
        vi="Số tin nhắn xác nhận đổi số sẽ gửi, khi nhiều; 0 là không gửi.",
        en="How many texts about changed numbers may leave, where there are many; 0 sends none.",
    ),
)
@pass_session
def import_officials(session: Session, path: Path, dry_run: bool, count: int | None) -> None:  # noqa: FBT001  a flag
    output, unit_id = session.unit_output, session.unit.id
    pairs = read_sheet(
        path,
        HEADINGS,
        sketch_reader(session.hub.text_rules.number),
        check=lambda pairs: note_problems(pairs, session.hub.officials.plan(unit_id, [sketch for _, sketch in pairs])),
        watch=lambda rows: output.progress(rows, len(rows), Text(vi="Đang đọc", en="Reading")),
    )
    rows, sketches = [row for row, _ in pairs], [sketch for _, sketch in pairs]
    planned = session.hub.officials.plan(unit_id, sketches)
    changes = [item.change for item in planned]
    if not dry_run and any(change.kind != "same" for change in changes):
        quiet = not texts_agreed(session, planned, count)
        changes = list(session.hub.appointing.import_(session.actor, unit_id, sketches, quiet=quiet))
    show_changes(output, rows, changes, dry_run=dry_run)


@click.command(
    "export",
    cls=Command,
    about=Text(
        vi="Xuất cán bộ ra CSV đúng dạng mà official import nhập lại được; điện thoại là số đang dùng.",
        en="Write the officials as CSV that official import takes back; phones are those in use.",
    ),
    examples=("mailhub official export can-bo.csv", "mailhub official export --group BCH > bch.csv"),
    needs="home unit",
)
@click.argument("path", metavar="[FILE]", default="-", type=click.Path(dir_okay=False, allow_dash=True))
@option("--group", "group_code", default=None, metavar="CODE", about=Text(vi="Chỉ nhóm này.", en="This group only."))
@pass_session
def export_officials(session: Session, path: str, group_code: str | None) -> None:
    found = session.hub.officials.list_(session.unit.id, group=group_code)
    output = Output(language=session.language, json=False, export=Export(path=path, workbook=False))
    output.table(sheet_columns(today(session), agency_codes(session)), found, empty=EMPTY)


def note_problems(pairs: "Sequence[tuple[Row, OfficialSketch]]", planned: "Sequence[Planned]") -> None:
    """Note on the rows what is wrong with them once they are held against the directory."""
    for (row, _), item in zip(pairs, planned, strict=True):
        for problem in item.problems:
            row.wrong(problem.field, problem.text)


def texts_agreed(session: Session, planned: "tuple[Planned, ...]", count: int | None) -> bool:
    """Whether changed numbers are told; more texts than `sms.ask_above` have to be agreed to by their number."""
    from mailhub.directory.confirming import told_numbers

    due = sum(len(told_numbers(item.before, item.draft)) for item in planned if item.before)
    if count == 0 or not session.hub.appointing.confirming.sends:
        return False
    if due > session.hub.text_rules.ask_above and count != due:
        raise RefusedError(
            Text(
                vi=f"{due} số điện thoại đổi sẽ được nhắn tin; đồng ý thì thêm --texts {due}, không nhắn thì --texts 0",
                en=f"{due} changed numbers would get a text; agree with --texts {due}, or send none with --texts 0",
            )
        )
    return True
