"""What a chief of office reads, and what stands behind each figure."""

import csv
import io
import shutil
from datetime import datetime

import pytest
from openpyxl import load_workbook

from mailhub.cli.app import mailhub
from mailhub.cli.report.command import FIGURES
from mailhub.cli.values import read_when
from mailhub.hub import open_hub
from mailhub.reports.reports import Figure
from storage import registry
from storage.records import EntryState
from tests import known_week
from tests.cli.conftest import CLERK

WEEK = ("report", "week", "--from", "01/8/2024", "--to", "08/8/2024 11:00")
SENTENCE = "Từ 00:00 01/8/2024 đến trước 11:00 08/8/2024: nhận 2.321 văn bản, điện tử 1.787 (77 %), giấy bắt buộc 534 (23 %)"


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A home whose register holds the known week; made once and copied."""
    home = tmp_path_factory.mktemp("told") / "hub"
    environ = {"MAILHUB_HOME": str(home), "MAILHUB_CLERK": CLERK}
    unit = ("unit", "add", "VPUB", "--name", "Văn phòng", "--address", "vpub@tinh.gov.vn", "--register", "UBND")
    for line in (("init", str(home)), unit):
        assert mailhub.run(line, environ, "mailhub") == 0
    hub = open_hub(home, {})
    known_week.tell(hub.database, hub.directory.unit())
    hub.close()
    return home


@pytest.fixture
def office(shell, told):
    shutil.copytree(told, shell.home)
    return shell


def void(office, number):
    hub = open_hub(office.home, {})
    with hub.database.transaction() as tx:
        entry = registry.get_entry(tx, hub.directory.unit().id, register="UBND", year=2024, number=number)
        registry.set_state(tx, entry.id, EntryState.VOIDED)
    hub.close()


def test_the_known_week_is_told_in_one_sentence_in_both_languages(office):
    assert office.done(*WEEK, lang="vi").splitlines()[0] == SENTENCE
    assert office.done(*WEEK).splitlines()[0] == (
        "From 00:00 2024-08-01 until before 11:00 2024-08-08: 2,321 documents received, 1,787 electronic (77 %), "
        "534 on obligatory paper (23 %)"
    )


def test_figures_stand_under_each_other_and_the_register_is_checked(office):
    lines = office.done(*WEEK, lang="vi").splitlines()
    ends = [len(line) for line in lines if line.startswith(("điện tử  ", "giấy  ", "Cộng  "))]
    assert len(ends) == 3
    assert len(set(ends)) == 1
    assert any("2328 − 4 + 1 − 4 = 2321 ✓" in line for line in lines)
    assert any(line.startswith("quy hoạch") and line.split()[-3:] == ["331", "62", "%"] for line in lines)
    assert "Tính theo lúc vào sổ" in lines[1]


def test_json_has_stable_keys_and_exact_ends(office):
    data = office.json(*WEEK)
    assert (data["received"], data["electronic_percent"], data["paper_percent"]) == (2321, 77, 23)
    assert (data["from"], data["to"], data["by"]) == ("2024-08-01T00:00:00+07:00", "2024-08-08T11:00:00+07:00", "filed")
    assert {row["exception"]: row["count"] for row in data["exceptions"]} == known_week.EXCEPTIONS
    assert sum(row["percent"] for row in data["exceptions"]) == 100
    (register,) = data["registers"]
    assert register["complete"]
    assert register["voids"] == [704, 705, 1204, 2004]


def test_csv_has_a_line_for_each_figure(office):
    rows = list(csv.DictReader(io.StringIO(office.done(*WEEK, "--csv", "-", lang="vi"))))
    found = {(row["section"], row["key"], row["figure"]): row for row in rows}
    assert len(found) == len(rows)
    assert found["entries", "electronic", "count"]["value"] == "1787"
    assert found["exceptions", "law", "count"]["name"] == "giấy: pháp luật quy định phải là bản giấy"


def test_the_workbook_holds_the_figures_and_draws_them(office, tmp_path):
    path = tmp_path / "tuan.xlsx"
    office.done(*WEEK, "--xlsx", path, lang="vi")
    book = load_workbook(path)
    assert book.sheetnames == ["Tổng hợp", "Theo ngày", "Theo cơ quan", "Theo sổ"]
    summary = [[cell.value for cell in row] for row in book["Tổng hợp"].iter_rows()]
    assert summary[0][0] == SENTENCE
    assert summary[3] == ["Phần", "Chỉ tiêu", "Số", "Tỷ lệ"]
    assert summary[4][1:] == ["điện tử", 1787, 0.77]
    assert summary[5][1:] == ["giấy", 534, 0.23]
    assert book["Tổng hợp"].freeze_panes == "A5"
    assert "30 phút" in {row[2] for row in summary}
    (shares,) = book["Tổng hợp"]._charts
    assert shares.series[0].val.numRef.f == "'Tổng hợp'!$C$5:$C$6"
    (days,) = book["Theo ngày"]._charts
    assert len(days.series) == 2
    first = [cell.value for cell in book["Theo ngày"][2]]
    assert first[:4] == [datetime(2024, 8, 1), 312, 234, 78]  # noqa: DTZ001  a spreadsheet knows no zones


@pytest.mark.parametrize(("figure", "count"), [("electronic", 1787), ("paper", 534), ("voided", 4), ("unanswered", 1787)])
def test_behind_a_figure_stand_its_entries(office, figure, count):
    lines = office.done(*WEEK, "--list", figure, "--csv", "-").splitlines()
    assert len(lines) == count + 1
    assert len(office.done(*WEEK, "--list", figure, "--limit", 3).splitlines()) == 4


def test_behind_the_returns_stand_letters(office):
    assert office.run(*WEEK, "--list", "returns").err.strip() == "There is nothing in this period."
    assert office.json(*WEEK, "--list", "undecided") == []


def test_a_frozen_sheet_stays_and_later_voids_stand_beside_it(office):
    assert "Sheet b1, frozen by" in office.done(*WEEK, "--freeze")
    assert "Nothing has changed since." in office.done("report", "show", "b1")
    void(office, 5)
    shown = office.done("report", "show", "b1", lang="vi")
    assert SENTENCE in shown
    assert ["nhận", "2.321", "2.320", "−1"] in [line.split() for line in shown.splitlines()]
    assert ["số", "hủy", "4", "5", "+1"] in [line.split() for line in shown.splitlines()]
    data = office.json("report", "show", "1")
    assert (data["number"], data["received"]) == ("b1", 2321)
    found = {(one["section"], one["key"]): one["difference"] for one in data["adjustments"] if one["section"] == "entries"}
    assert found == {("entries", "received"): -1, ("entries", "electronic"): -1, ("entries", "voided"): 1}
    assert office.json(*WEEK)["received"] == 2320


def test_a_frozen_sheet_and_its_adjustments_go_into_a_workbook(office, tmp_path):
    office.done(*WEEK, "--freeze")
    void(office, 5)
    office.done("report", "show", "b1", "--xlsx", tmp_path / "b1.xlsx", lang="vi")
    book = load_workbook(tmp_path / "b1.xlsx")
    assert book["Tổng hợp"]["A1"].value == SENTENCE
    assert [cell.value for cell in book["Điều chỉnh"][2]] == ["nhận", 2321, 2320, -1]


def test_a_sheet_is_withdrawn_with_a_reason_and_stays_in_the_list(office):
    office.done(*WEEK, "--freeze")
    assert "b1" in office.refused(*WEEK, "--freeze")
    assert "missing --reason" in office.run("report", "withdraw", "b1").err
    assert office.json("report", "withdraw", "b1", "--reason", "wrong hour")["reason"] == "wrong hour"
    office.done(*WEEK, "--freeze")
    assert [(one["number"], one["withdrawn_by"]) for one in office.json("report", "list")] == [("b2", None), ("b1", CLERK)]
    assert "WITHDRAWN" in office.done("report", "show", "b1")
    (event,) = [one for one in office.json("audit", "show") if one["kind"] == "sheet-withdrawn"]
    assert event["reason"] == "wrong hour"


def test_a_period_is_compared_with_the_one_before(office):
    line = ("report", "period", "--from", "08/8/2024 00:00", "--to", "08/8/2024 11:00", "--against", "before")
    comparison = office.json(*line)["comparison"]
    assert (comparison["from"], comparison["to"]) == ("2024-08-07T13:00:00+07:00", "2024-08-08T00:00:00+07:00")
    shown = office.done(*line, lang="vi")
    assert "So với kỳ trước (Từ 13:00 07/8/2024 đến trước 00:00 08/8/2024)" in shown


def test_a_day_alone_lasts_until_its_end(office):
    data = office.json("report", "period", "--from", "01/8/2024", "--to", "02/8/2024")
    assert data["to"] == "2024-08-03T00:00:00+07:00"
    assert data["received"] == 312 + 312


def test_the_week_of_a_day_goes_from_monday_to_sunday(office):
    data = office.json("report", "week", "--of", "03/8/2024")
    assert (data["from"], data["to"]) == ("2024-07-29T00:00:00+07:00", "2024-08-05T00:00:00+07:00")
    assert "choose --of" in office.refused("report", "week", "--of", "03/8/2024", "--to", "04/8/2024")


def test_the_week_ends_now_and_is_told_by_reception_where_that_is_asked(office):
    data = office.json("report", "week", "--by", "received")
    assert data["by"] == "received"
    assert data["from"].endswith("T00:00:00+07:00")
    assert data["received"] == 0
    assert "nhận được" in office.done("report", "week", "--by", "received", lang="vi")


def test_wrong_periods_and_numbers_are_sentences(office):
    assert "needs --from" in office.refused("report", "period")
    assert "must begin before" in office.refused("report", "period", "--from", "02/8/2024", "--to", "01/8/2024")
    assert "b12" in office.refused("report", "show", "x")
    assert "no report b9" in office.refused("report", "show", "b9")


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("2024-08-01", "2024-08-01", None),
        ("08/8/2024", "2024-08-08", None),
        ("2024-08-08T11:00", "2024-08-08", "11:00"),
        ("08/8/2024 11:00", "2024-08-08", "11:00"),
        ("11:00 08/8/2024", "2024-08-08", "11:00"),
        ("11h 08/8/2024", "2024-08-08", "11:00"),
        (" 9h05 , 08/08/2024 ", "2024-08-08", "09:05"),
    ],
)
def test_moments_are_read_as_people_write_them(text, day, clock):
    found = read_when(text)
    assert found.day.isoformat() == day
    assert (found.time and f"{found.time:%H:%M}") == clock


@pytest.mark.parametrize(
    "text", ["", "11:00", "08/8/2024 25:00", "08/8/2024 11:", "08/8/2024 09/8/2024", "1/1/1 1h60", "hôm nay"]
)
def test_other_texts_are_no_moments(text):
    assert read_when(text) is None


def test_every_figure_that_can_be_looked_behind_can_be_named():
    assert tuple(figure.value for figure in Figure) == FIGURES


def test_a_long_period_is_told_by_months(office):
    shown = office.done("report", "period", "--from", "01/6/2024", "--to", "31/8/2024", lang="vi").splitlines()
    assert shown[shown.index("Theo tháng") + 1].startswith("Tháng")
    assert shown[-3:][0].split()[0] == "6/2024"
    assert shown[-1].split()[:2] == ["8/2024", "2.324"]
