"""Agencies to and from sheets: `mailhub agency import` and `mailhub agency export`."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from pathlib import Path

import click

from mailhub.cli.agency.lines import EXPORT_LINE
from mailhub.cli.agency.rows import HEADINGS, agency_reader, note_clashes
from mailhub.cli.bilingual import Command
from mailhub.cli.importing import show_changes
from mailhub.cli.options import dry_run_option
from mailhub.cli.output import Export, Output
from mailhub.cli.session import Session, pass_session
from mailhub.cli.sheets import read_sheet
from mailhub.language import Text

EMPTY = Text(vi="Không có cơ quan nào.", en="There is no agency.")


@click.command(
    "import",
    cls=Command,
    about=Text(
        vi="Nhập cơ quan từ CSV: code, name, kind, addresses, domains, aliases, phones (hoặc tên cột tiếng Việt). "
        "Mã đã có thì sửa theo các cột có trong tệp; mọi chỗ sai được báo một lần, và có chỗ sai thì không nhập gì.",
        en="Import agencies from CSV: code, name, kind, addresses, domains, aliases, phones. "
        "A known code is changed in the columns that the file has; all mistakes are listed at once and stop all of it.",
    ),
    examples=("mailhub agency import co-quan.csv --dry-run", "mailhub agency import co-quan.csv"),
    needs="home unit clerk table",
)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@dry_run_option
@pass_session
def import_agencies(session: Session, path: Path, dry_run: bool) -> None:  # noqa: FBT001  a flag of the command line
    output, hub, unit_id = session.unit_output, session.hub, session.unit.id
    pairs = read_sheet(
        path,
        HEADINGS,
        agency_reader(hub.text_rules.number),
        check=lambda pairs: note_clashes(pairs, hub.directory.agencies(unit_id, limit=1_000_000)),
        watch=lambda rows: output.progress(rows, len(rows), Text(vi="Đang đọc", en="Reading")),
    )
    rows, described = [row for row, _ in pairs], [item for _, item in pairs]
    changes = hub.correspondents.plan(unit_id, described)
    if not dry_run and any(change.kind != "same" for change in changes):
        changes = hub.correspondents.import_(session.actor, unit_id, described)
    show_changes(output, rows, changes, dry_run=dry_run)


@click.command(
    "export",
    cls=Command,
    about=Text(
        vi="Xuất cơ quan ra CSV đúng dạng mà agency import nhập lại được.",
        en="Write the agencies as CSV that agency import takes back.",
    ),
    examples=("mailhub agency export co-quan.csv", "mailhub agency export > co-quan.csv"),
    needs="home unit",
)
@click.argument("path", metavar="[FILE]", default="-", type=click.Path(dir_okay=False, allow_dash=True))
@pass_session
def export_agencies(session: Session, path: str) -> None:
    found = session.hub.directory.agencies(session.unit.id, limit=1_000_000)
    output = Output(language=session.language, json=False, export=Export(path=path, workbook=False))
    output.table(EXPORT_LINE, found, empty=EMPTY)
