"""Sheets that people bring, and the cells in them."""

from contextlib import suppress
from io import StringIO
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.cli.cells import Row, plain, safe_cell
from mailhub.cli.exports import CsvTables, Layout
from mailhub.cli.output import Column, Output, printable
from mailhub.cli.sheets import Heading, parse_sheet, read_sheet
from mailhub.errors import RefusedError
from mailhub.language import Language
from mailhub.notices.sms import TextRules

HEADINGS = (
    Heading(key="code", required=True, also=("mã",)),
    Heading(key="name", also=("tên",)),
    Heading(key="phones", also=("điện thoại",)),
)
RULES = TextRules(diacritics=False, max_segments=3, ask_above=20, countries=("VN",))
OUTPUT = Output(language=Language.EN, json=False)
PIECES = [
    "code",
    "name",
    "mã",
    ",",
    ";",
    "\t",
    "\n",
    "\r\n",
    "\r",
    '"',
    "'",
    "=1+1",
    "a",
    "Sở",
    "\0",
    "\u202e",
    "\ufeff",
    "sep=;\n",
]


def cells(sheet):
    return [(row.line, row.text("code"), row.text("name")) for row in sheet.rows]


def told(mistakes):
    return [mistake.in_(Language.EN) for mistake in mistakes]


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join) | st.lists(st.sampled_from(PIECES)).map("code,name\n".join))
def test_any_text_is_rows_or_mistakes(text):
    sheet = parse_sheet(text, HEADINGS)
    for row in sheet.rows:
        row.code("code"), row.words("name"), row.numbers("phones", RULES.number), row.addresses("name"), row.day("name")
    lines = text.count("\n") + text.count("\r") + 1
    found = [*sheet.mistakes, *(mistake for row in sheet.rows for mistake in row.mistakes)]
    assert all(1 <= mistake.line <= lines + 1 for mistake in found)
    assert all(mistake.in_(language).isprintable() for mistake in found for language in Language)


@given(st.binary() | st.text().map(str.encode))
def test_any_file_is_read_or_refused(tmp_path_factory, raw):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(raw)
    with suppress(RefusedError):
        assert all(code for _, code in read_sheet(path, HEADINGS, lambda row: row.needed("code")))


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1))
def test_what_is_written_is_read_back(rows):
    file = StringIO(newline="")
    columns = [Column(key=key, value=itemgetter(place)) for place, key in enumerate(("code", "name"))]
    with CsvTables(OUTPUT, file).table(columns, Layout(title="")) as write:
        for row in rows:
            write(row)
    sheet = parse_sheet(file.getvalue(), HEADINGS)
    found = {row.line: (row.text("code"), row.text("name")) for row in sheet.rows if not row.mistakes}
    wanted = [tuple(plain(printable(cell)) for cell in row) for row in rows]
    assert all(row in wanted for row in found.values())


@given(st.text())
def test_no_written_cell_is_a_formula(text):
    assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    "text",
    [
        "code,name\nG1,Sở A\n\nG2,Sở B\n",
        "\ufeff"[1:] + "Mã;Tên\nG1;Sở A\n;\nG2;Sở B\n",
        "Mã\tTên\r\nG1\tSở A\r\n\r\nG2\tSở B\r\n",
        'MA, Ten \r"G1","Sở A"\r\r"G2","Sở B"',
        "mã,tên,,\nG1,Sở A,,\n,,,\nG2,Sở B,,\n",
        "code,name\nG1,So\u031b\u0309 A\n\nG2,\u200bSở\u00a0B\n",
    ],
)
def test_spreadsheet_programs_write_the_same_sheet_in_many_ways(text):
    assert cells(parse_sheet(text, HEADINGS)) == [(2, "G1", "Sở A"), (4, "G2", "Sở B")]


def test_a_line_that_tells_the_separator_is_believed():
    assert cells(parse_sheet("sep=;\ncode;name\nG1;Sở A, B\n", HEADINGS)) == [(3, "G1", "Sở A, B")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_excel_calls_unicode_is_read(tmp_path, encoding):
    path = tmp_path / "sheet.csv"
    path.write_text("code\tname\nG1\tSở\n", encoding=encoding)
    assert [item for _, item in read_sheet(path, HEADINGS, lambda row: row.text("name"))] == ["Sở"]


def test_a_workbook_is_refused_with_the_way_to_save_it(tmp_path):
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(b"PK\x03\x04rest")
    with pytest.raises(RefusedError, match="CSV UTF-8"):
        read_sheet(path, HEADINGS, lambda row: row.text("name"))


def test_a_cell_over_two_lines_counts_from_its_first():
    assert cells(parse_sheet('code,name\nG1,"Sở\nA"\nG2,B\n', HEADINGS)) == [(2, "G1", "Sở\nA"), (4, "G2", "B")]


def test_a_quotation_that_never_ends_does_not_swallow_the_sheet():
    sheet = parse_sheet('code,name\nG1,"Sở A\nG2,Sở B\n', HEADINGS)
    assert sheet.rows == ()
    assert told(sheet.mistakes) == [
        "line 2: has a quotation mark that does not close where it should, or a cell that is too long"
    ]


def test_everything_wrong_with_a_row_is_told_by_line_and_column(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text("Mã,Tên,Điện thoại\nG1,A,0912345678\n,B\x07,12 34\nG3,C,0912345678,more\n", encoding="utf-8")
    with pytest.raises(RefusedError) as refused:
        read_sheet(path, HEADINGS, lambda row: (row.code("code"), row.needed("name"), row.numbers("phones", RULES.number)))
    lines = str(refused.value).splitlines()
    assert [line.strip().partition(": ")[0] for line in lines[1:]] == [
        "line 3, column Tên",
        "line 3, column Mã",
        "line 3, column Điện thoại",
        "line 4",
    ]
    assert "dòng 3, cột Tên: có ký tự không in được (U+0007)" in refused.value.in_(Language.VI)


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("", ["line 1, column code: is missing; columns are: code, name, phones"]),
        ("code,mã\n", ["line 1, column code: stands there twice"]),
        ("code,colour\n", ["line 1, column colour: unknown; columns are: code, name, phones"]),
    ],
)
def test_a_wrong_heading_line_is_told_with_the_columns_there_are(text, mistakes):
    assert told(parse_sheet(text, HEADINGS).mistakes) == mistakes


def test_old_numbers_and_lost_zeros_become_e164():
    row = Row({"phones": "0168 234 5678; 912345678 | '+84912345678"})
    assert row.numbers("phones", RULES.number) == ("+84382345678", "+84912345678")
    assert row.mistakes == []


def test_a_fixed_line_takes_no_sms():
    row = Row({"phones": "024 3825 5555"}, line=2)
    assert row.numbers("phones", RULES.number) == ()
    assert "is no mobile number" in told(row.mistakes)[0]
