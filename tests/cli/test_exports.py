import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from mailhub.cli import options, workbook
from mailhub.cli.exports import Layout, open_tables
from mailhub.cli.output import Column, Export, Output, Percent
from mailhub.cli.workbook import Chart
from mailhub.language import Language, Text
from tests.hub.conftest import reading_of

HCM = ZoneInfo("Asia/Ho_Chi_Minh")
EMPTY = Text(vi="không có", en="nothing")
NOON = datetime(2024, 8, 9, 5, 0, tzinfo=UTC)
SHARE = Percent(77)


@dataclass
class Row:
    name: object
    count: int = 1
    day: date | None = date(2024, 8, 9)
    at: datetime = NOON
    share: Percent = SHARE
    words: tuple = ("a", "b")


COLUMNS = (
    Column(key="name", heading=Text(vi="Tên", en="Name"), value=lambda row: row.name),
    Column(key="count", heading=Text(vi="Số", en="Count"), value=lambda row: row.count, right=True),
    Column(key="day", heading=Text(vi="Ngày", en="Day"), value=lambda row: row.day),
    Column(key="at", heading=Text(vi="Lúc", en="At"), value=lambda row: row.at),
    Column(key="share", heading=Text(vi="%", en="%"), value=lambda row: row.share),
    Column(key="words", heading=Text(vi="Từ", en="Words"), value=lambda row: row.words),
    Column(key="hidden", value=lambda row: row.count * 2),
)
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)", "=cmd|' /C calc'!A0", "https://x.example", "\t=1"]


def exporting(path, **changes):
    return Output(language=Language.VI, json=False, zone=HCM, export=Export(path=str(path), **changes))


def sheet_of(path):
    book = load_workbook(path)
    (sheet,) = book.worksheets
    return sheet


def rows_of(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_a_workbook_has_typed_cells_under_translated_headings(tmp_path, capsys):
    path = tmp_path / "bang.xlsx"
    exporting(path, workbook=True).table(COLUMNS, [Row("Sở Tài chính", 5)], empty=EMPTY)
    head, row = rows_of(sheet_of(path))
    assert head == ["Tên", "Số", "Ngày", "Lúc", "%", "Từ"]
    assert row == ["Sở Tài chính", 5, datetime(2024, 8, 9), datetime(2024, 8, 9, 12), 0.77, "a, b"]  # noqa: DTZ001
    assert capsys.readouterr() == ("", f"Đã ghi 1 dòng vào {path}\n")


def test_the_heading_stays_in_sight_and_columns_are_wide_enough(tmp_path):
    path = tmp_path / "bang.xlsx"
    exporting(path, workbook=True).table(COLUMNS, [Row("x" * 30)], empty=EMPTY)
    sheet = sheet_of(path)
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width > 30
    assert sheet["A1"].font.bold
    assert sheet["C2"].number_format == "dd/mm/yyyy"
    assert sheet.print_title_rows == "$1:$1"


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula_or_a_link(tmp_path, text):
    path = tmp_path / "bang.xlsx"
    exporting(path, workbook=True).table(COLUMNS, [Row(text)], empty=EMPTY)
    cell = sheet_of(path)["A2"]
    assert cell.data_type in {"s", "inlineStr"}
    assert cell.value.strip() == text.strip()
    assert cell.hyperlink is None


@pytest.mark.parametrize("text", [text for text in FORMULAS if text[0] in "=+-@\t"])
def test_csv_marks_what_a_spreadsheet_would_run(tmp_path, text):
    path = tmp_path / "bang.csv"
    exporting(path, workbook=False).table(COLUMNS, [Row(text)], empty=EMPTY)
    assert next(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))["name"][0] in "' "


def test_csv_has_every_key_and_the_units_time(tmp_path):
    path = tmp_path / "bang.csv"
    exporting(path, workbook=False).table(COLUMNS, [Row("Sở Tài chính", 5)], empty=EMPTY)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfname,count")
    (row,) = csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))
    assert row == {
        "name": "Sở Tài chính",
        "count": "5",
        "day": "2024-08-09",
        "at": "2024-08-09T12:00:00+07:00",
        "share": "77",
        "words": "a; b",
        "hidden": "10",
    }


def test_csv_may_go_to_stdout_without_a_word_or_a_mark(capsys):
    exporting("-", workbook=False).table(COLUMNS, [], empty=EMPTY)
    assert capsys.readouterr() == ("name,count,day,at,share,words,hidden\r\n", "")


@pytest.mark.parametrize("book", [True, False])
def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path, book):
    path = tmp_path / "bang"
    path.write_bytes(b"old")

    def rows():
        yield Row("one")
        raise click.ClickException("stopped")

    with pytest.raises(click.ClickException):
        exporting(path, workbook=book).table(COLUMNS, rows(), empty=EMPTY)
    assert path.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == ["bang"]


@pytest.mark.parametrize("book", [True, False])
def test_a_folder_that_is_not_there_is_said_before_anything_is_read(tmp_path, book):
    with pytest.raises(FileNotFoundError):
        exporting(tmp_path / "none" / "bang", workbook=book).table(COLUMNS, (1 / 0 for _ in "x"), empty=EMPTY)


def test_a_table_longer_than_a_worksheet_goes_on_upon_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    path = tmp_path / "bang.xlsx"
    exporting(path, workbook=True).table(COLUMNS, [Row(str(n), n) for n in range(7)], empty=EMPTY)
    book = load_workbook(path)
    assert [len(rows_of(sheet)) for sheet in book.worksheets] == [4, 4, 2]
    assert [row[1] for sheet in book.worksheets for row in rows_of(sheet)[1:]] == list(range(7))


def test_tables_of_one_workbook_are_filled_side_by_side(tmp_path):
    path, output = tmp_path / "bang.xlsx", exporting(tmp_path / "bang.xlsx", workbook=True)
    layouts = Layout(title="Sổ [đến]: 'một'"), Layout(title="Sổ [đến]: 'một'", preface=("Từ 00:00", "Đến 11:00"), grouped=True)
    with (
        open_tables(output, output.export) as tables,
        tables.table(COLUMNS, layouts[0]) as first,
        tables.table(COLUMNS, layouts[1]) as second,
    ):
        for n in range(3):
            first(Row("x", n))
            second(Row("y", n * 1000))
    book = load_workbook(path)
    assert len({sheet.title for sheet in book.worksheets}) == 2
    one, two = book.worksheets
    assert [row[1] for row in rows_of(one)] == ["Số", 0, 1, 2]
    assert [row[0] for row in rows_of(two)] == ["Từ 00:00", "Đến 11:00", None, "Tên", "y", "y", "y"]
    assert two["B5"].number_format == "#,##0"
    assert two.freeze_panes == "A5"


@pytest.mark.parametrize("kind", ["doughnut", "column"])
def test_a_chart_shows_the_rows_of_its_table(tmp_path, kind):
    output = exporting(tmp_path / "bang.xlsx", workbook=True)
    chart = Chart(title="Tỷ lệ", kind=kind, names=0, values=(1,), rows=2)
    with open_tables(output, output.export) as tables, tables.table(COLUMNS, Layout(title="Tỷ lệ", chart=chart)) as add:
        add(Row("điện tử", 1787))
        add(Row("giấy", 534))
    (drawn,) = sheet_of(tmp_path / "bang.xlsx")._charts
    (series,) = drawn.series
    assert series.val.numRef.f.replace("$", "").endswith("!B2:B3")


CELLS = st.one_of(
    st.text(), st.integers(), st.booleans(), st.none(), st.dates(), st.datetimes(timezones=st.just(UTC)), st.just(Percent(3))
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=60)
@given(st.lists(CELLS, min_size=1, max_size=5))
def test_any_value_can_be_written_and_read_back(tmp_path, values):
    for name, book in (("bang.xlsx", True), ("bang.csv", False)):
        output = exporting(tmp_path / name, workbook=book)
        output.table(COLUMNS[:2], [Row(value) for value in values], empty=EMPTY)
    assert sheet_of(tmp_path / "bang.xlsx").max_row == len(values) + 1
    read = list(csv.reader(io.StringIO((tmp_path / "bang.csv").read_text("utf-8-sig"), newline="")))
    assert len(read) == len(values) + 1


@pytest.fixture
def filled(office, bring):
    """A hub with more letters than one page of a list holds."""
    bring(*((f"mail {n}".encode(), reading_of(identity=f"i{n}")) for n in range(7)))
    return office


@pytest.mark.parametrize("noun", ["letter", "submission"])
def test_a_list_goes_into_a_file_whole_and_page_by_page(filled, tmp_path, monkeypatch, noun):
    monkeypatch.setattr(options, "PAGE", 3)
    assert len(filled.done(noun, "list", "--limit", 5).splitlines()) == 6
    for name in ("bang.csv", "bang.xlsx"):
        filled.done(noun, "list", f"--{name[-4:].strip('.')}", tmp_path / name)
    assert len((tmp_path / "bang.csv").read_text("utf-8-sig").splitlines()) == 8
    assert sheet_of(tmp_path / "bang.xlsx").max_row == 8
    assert len(filled.done(noun, "list", "--limit", 2, "--csv", "-").splitlines()) == 3


def test_directory_log_and_outbox_go_into_files_too(office, tmp_path):
    for line in (("agency", "list"), ("unit", "list"), ("trust", "list"), ("audit", "show"), ("outbox", "list")):
        path = tmp_path / f"{line[0]}.xlsx"
        office.done(*line, "--xlsx", path)
        assert sheet_of(path).max_row >= (1 if line[0] == "outbox" else 2)


def test_two_forms_at_once_are_a_usage_error(office, tmp_path):
    answer = office.run("letter", "list", "--json", "--csv", "-")
    assert answer.code == 2
    assert "choose one of --json, --csv" in answer.err


def test_a_file_that_cannot_be_written_is_a_sentence(office, tmp_path):
    assert "no such file or folder" in office.refused("letter", "list", "--xlsx", tmp_path / "none" / "x.xlsx")
