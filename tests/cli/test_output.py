import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from mailhub.cli.output import Column, Fit, Output, printable
from mailhub.cli.tables import GAP, NARROWEST, ColumnForm, column_widths
from mailhub.language import Language, Text

NOON = datetime(2024, 8, 9, 5, 0, tzinfo=UTC)
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
EMPTY = Text(vi="không có", en="none")


@dataclass(frozen=True)
class Row:
    name: str
    count: int
    at: datetime


COLUMNS = (
    Column(key="name", heading=Text(vi="Tên", en="Name"), value=lambda row: row.name, fit=Fit.CUT),
    Column(key="count", heading=Text(vi="Số", en="Count"), value=lambda row: row.count, right=True),
    Column(key="at", heading=Text(vi="Lúc", en="At"), value=lambda row: row.at),
    Column(key="hidden", value=lambda row: row.count * 2),
)
ROWS = (Row("Sở Tài chính", 5, NOON), Row("Xã", 1234, NOON))


def output(language=Language.VI, *, json=False):
    return Output(language=language, json=json, zone=VIETNAM, clock=lambda: NOON)


def test_a_pipe_gets_aligned_text_with_nothing_cut(capsys):
    output().table(COLUMNS, ROWS, empty=EMPTY)
    assert capsys.readouterr().out.splitlines() == [
        "Tên             Số  Lúc",
        "Sở Tài chính     5  09/8/2024 12:00",
        "Xã            1234  09/8/2024 12:00",
    ]


def test_json_has_every_key_and_times_in_utc(capsys):
    output(json=True).table(COLUMNS, ROWS, empty=EMPTY)
    first, _ = json.loads(capsys.readouterr().out)
    assert first == {"name": "Sở Tài chính", "count": 5, "at": "2024-08-09T05:00:00Z", "hidden": 10}


def test_an_empty_list_says_so_on_stderr_and_is_an_empty_array_as_json(capsys):
    output().table(COLUMNS, (), empty=EMPTY)
    assert capsys.readouterr() == ("", "không có\n")
    output(json=True).table(COLUMNS, (), empty=EMPTY)
    assert json.loads(capsys.readouterr().out) == []


def test_a_record_shows_only_what_is_known_and_its_tables(capsys):
    shown = output(Language.EN)
    part = shown.part("rows", Text(vi="Dòng", en="Rows"), COLUMNS, ROWS)
    shown.record(COLUMNS, Row("", 3, NOON), (part,))
    text = capsys.readouterr().out
    assert "Name " not in text.splitlines()[0]
    assert "Count  3" in text
    assert "\nRows\n" in text


def test_a_record_as_json_holds_its_tables_under_their_keys(capsys):
    shown = output(json=True)
    shown.record(COLUMNS, ROWS[0], (shown.part("rows", EMPTY, COLUMNS, ROWS),))
    value = json.loads(capsys.readouterr().out)
    assert value["count"] == 5
    assert [row["count"] for row in value["rows"]] == [5, 1234]


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2024, 8, 9), "09/8/2024"),
        (date(2024, 1, 15), "15/01/2024"),
        (date(2024, 2, 1), "01/02/2024"),
        (date(2024, 12, 31), "31/12/2024"),
    ],
)
def test_days_are_written_as_vietnamese_papers_write_them(day, written):
    assert output().day(day) == written
    assert output(Language.EN).day(day) == day.isoformat()


@pytest.mark.parametrize(
    ("moment", "brief"),
    [
        (datetime(2024, 8, 8, 23, 0, tzinfo=UTC), "06:00"),
        (datetime(2024, 8, 8, 16, 0, tzinfo=UTC), "08/08"),
        (datetime(2023, 12, 31, 1, 0, tzinfo=UTC), "31/12/23"),
    ],
)
def test_a_brief_moment_is_the_time_today_or_the_day(moment, brief):
    assert output().time(moment) == brief


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "–"), ("", "–"), ((), "–"), (True, "có"), (False, "không"), (0, "0"), (("a", "b"), "a, b"), (EMPTY, "không có")],
)
def test_values_are_put_into_words(value, words):
    assert output().words(value) == words


@given(st.text())
def test_text_from_outside_cannot_steer_the_terminal(text):
    shown = printable(text)
    assert all(letter.isprintable() or letter == "\n" for letter in shown)
    assert len(shown) == len(text)


def test_an_escape_sequence_in_a_subject_is_disarmed(capsys):
    output().table(COLUMNS, [Row("\x1b]0;owned\x07\u202egnp.exe", 1, NOON)], empty=EMPTY)
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "\u202e" not in text


FORMS = st.lists(st.sampled_from(list(Fit)), min_size=1, max_size=8)


@given(FORMS, st.lists(st.integers(min_value=1, max_value=120), min_size=8, max_size=8), st.integers(min_value=40, max_value=200))
def test_columns_shrink_only_as_far_as_they_must(fits, needs, room):
    forms = [ColumnForm(heading="x", right=False, fit=fit) for fit in fits]
    cells = [["y" * needs[column] for column in range(len(forms))]]
    widths = column_widths(forms, cells, room)
    total = sum(widths) + GAP * (len(widths) - 1)
    for form, width, need in zip(forms, widths, needs, strict=False):
        assert width == need if form.fit is Fit.WHOLE else min(need, NARROWEST) <= width <= need
    shrinkable = [width for form, width in zip(forms, widths, strict=True) if form.fit is not Fit.WHOLE]
    assert total <= room or all(width <= NARROWEST for width in shrinkable)
    assert total == min(room, sum(needs[: len(forms)]) + GAP * (len(forms) - 1)) or total > room


def test_a_terminal_gets_lines_no_wider_than_itself(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    rows = [Row("Sở Giáo dục và Đào tạo tỉnh có một cái tên rất dài, dài hơn cả dòng", 7, NOON)]
    output().table(COLUMNS, rows, empty=EMPTY)
    lines = capsys.readouterr().out.splitlines()
    assert "…" in lines[2]
    assert max(cell_len(line.replace("\x1b[1m", "").replace("\x1b[0m", "")) for line in lines) <= 60
