import csv
import io
from dataclasses import replace

import pytest
from openpyxl import load_workbook

import mailhub.book
from mailhub.hub import open_hub
from storage import registry
from tests.hub.conftest import reading_of
from tests.policy import builders


@pytest.fixture
def filed(office, letter):
    """One letter in the register, under number 4818."""
    office.done("register", "open", "UBND", "--from", "4818")
    office.done("letter", "file", letter)
    return office


def test_a_register_goes_on_from_the_books_next_number(office):
    assert office.json("register", "open", "UBND", "--from", "4818")["next_number"] == 4818


def test_the_list_shows_the_columns_of_the_book(filed):
    (entry,) = filed.json("register", "list")
    assert (entry["number"], entry["reference"], entry["letter"]) == (4818, "226/STC-NS", "h1")
    line = filed.done("register", "list", lang="vi").splitlines()
    assert line[0].split()[:2] == ["Số", "đến"]
    assert line[1].split()[0] == "4818"


@pytest.mark.parametrize("name", ["4818", "h1", "226/stc", "226/STC-NS"])
def test_an_entry_is_shown_by_any_of_its_names(filed, name):
    assert filed.json("register", "show", name)["number"] == 4818


def test_an_entry_is_shown_by_its_tracking_code(filed):
    code = filed.json("register", "show", "4818")["tracking_code"]
    assert filed.json("register", "show", code)["number"] == 4818
    assert filed.json("letter", "show", code.lower())["id"] == "h1"


def test_the_year_of_a_number_may_be_named(filed):
    year = filed.json("register", "show", "4818")["year"]
    assert filed.json("register", "show", f"4818/{year}")["number"] == 4818
    assert "4818" in filed.refused("register", "show", f"4818/{year - 1}")


def test_search_needs_no_accents(filed):
    assert [entry["number"] for entry in filed.json("register", "search", "so", "tai", "chinh")] == [4818]
    assert filed.json("register", "search", "quite other words") == []
    assert "Nothing was found" in filed.run("register", "search", "quite other words").err


def test_days_limit_the_list(filed):
    day = filed.json("register", "show", "4818")["arrival_date"]
    assert len(filed.json("register", "list", "--from", day, "--to", day)) == 1
    assert filed.json("register", "list", "--to", "31/12/2020") == []


def test_export_is_csv_in_the_books_order_and_runs_nothing_in_a_spreadsheet(office, bring):
    evil = replace(builders.letter(reference=builders.text("226/STC-NS"), subject=builders.text("=HYPERLINK(1)")))
    other = replace(builders.letter(reference=builders.text("227/STC-NS")), main="3")
    file = builders.a_file(path="3", signed=builders.SIGNED)
    bring((b"mail one", reading_of(evil)), (b"mail two", reading_of(other, identity="i2", files=(file,))))
    office.done("letter", "file", "h1", "h2")
    rows = list(csv.DictReader(io.StringIO(office.done("register", "export"))))
    assert [row["number"] for row in rows] == ["1", "2"]
    assert rows[0]["subject"] == "'=HYPERLINK(1)"


def test_a_register_with_entries_cannot_start_anew(filed):
    assert "UBND" in filed.refused("register", "open", "UBND", "--from", "1")


def after_a_restore(shell):
    """The hub as a restore leaves it: no register gives a number."""
    hub = open_hub(shell.home, {})
    with hub.database.transaction() as tx:
        registry.suspend_all(tx)
    hub.close()


def test_resuming_after_a_restore_confirms_the_next_number(filed):
    after_a_restore(filed)
    assert "4818" in filed.refused("register", "resume", "UBND", "--next", "4818", "--reason", "too low")
    assert filed.json("register", "resume", "UBND", "--next", "4900", "--reason", "compared with the book")["next_number"] == 4900


def test_a_register_that_runs_has_nothing_to_resume(filed):
    assert "UBND" in filed.refused("register", "resume", "UBND", "--next", "4900", "--reason", "x")


def test_an_unknown_register_is_a_sentence(office):
    assert "NONE" in office.refused("register", "resume", "NONE", "--next", "1", "--reason", "x")
    assert "7" in office.refused("register", "show", "7")


def test_a_reference_that_fits_two_letters_lists_them(office, bring):
    other = replace(builders.letter(reference=builders.text("226/STC-TH")), main="3")
    file = builders.a_file(path="3", signed=builders.SIGNED)
    bring((b"mail one", reading_of()), (b"mail two", reading_of(other, identity="i2", files=(file,))))
    sentence = office.refused("letter", "show", "226/stc")
    assert "h1" in sentence
    assert "h2" in sentence
    assert office.json("letter", "show", "226/stc-th")["id"] == "h2"


@pytest.mark.parametrize("name", ["nonsense", "K7M4-Q2XD", "h", "'; drop table", "０１"])
def test_what_names_nothing_is_a_sentence(office, name):
    assert office.refused("letter", "show", name)


def test_the_workbook_has_the_ten_columns_of_the_book_and_all_fields(filed, tmp_path):
    path = tmp_path / "so.xlsx"
    filed.done("register", "export", "--xlsx", path, lang="vi")
    book, fields = load_workbook(path).worksheets
    heads = ["Ngày đến", "Số đến", "Tác giả", "Số, ký hiệu", "Ngày tháng văn bản", "Tên loại và trích yếu"]
    heads += ["Đơn vị hoặc người nhận", "Ngày chuyển", "Ký nhận", "Ghi chú"]
    assert [cell.value for cell in book[1]] == heads
    assert (book["B2"].value, book["D2"].value) == (4818, "226/STC-NS")
    assert book["A2"].is_date
    assert fields.max_column > 15
    assert fields.max_row == book.max_row == 2


def test_the_book_as_csv_notes_voided_numbers(filed):
    filed.done("register", "void", "4818", "--reason", "wrong letter")
    (row,) = csv.DictReader(io.StringIO(filed.done("register", "export", "--csv", "-", "--columns", "book")))
    assert list(row)[-1] == "note"
    assert row["note"] == "voided"


def test_the_book_is_read_page_by_page_in_the_order_of_its_numbers(office, bring, monkeypatch):
    monkeypatch.setattr(mailhub.book, "PAGE", 2)
    letters = [replace(builders.letter(reference=builders.text(f"{n}/STC-NS")), main=str(n)) for n in range(1, 6)]
    files = [builders.a_file(path=str(n), signed=builders.SIGNED) for n in range(1, 6)]
    bring(*((f"mail {n}".encode(), reading_of(letters[n], identity=f"i{n}", files=(files[n],))) for n in range(5)))
    office.done("letter", "file", "h3", "h1", "h5", "h2", "h4")
    rows = list(csv.DictReader(io.StringIO(office.done("register", "export"))))
    assert [(row["number"], row["letter"]) for row in rows] == [("1", "h3"), ("2", "h1"), ("3", "h5"), ("4", "h2"), ("5", "h4")]
    day = office.json("register", "show", "1")["arrival_date"]
    assert len(office.done("register", "export", "--from", day, "--to", day).splitlines()) == 6
    assert len(office.done("register", "export", "--to", "31/12/2020").splitlines()) == 1
    assert len(office.done("register", "export", "--register", "NONE").splitlines()) == 1
    assert len(office.done("register", "export", "--direction", "out").splitlines()) == 1


@pytest.mark.parametrize(
    "typed",
    [
        "226/stc",
        "226/st",
        "226 stc ns",
        "4818",
        "quyet toan",
        "QUYẾT TOÁN",
        "quyet to",
        "so tai ch",
        "{code}",
        "{start}",
        "{bare}",
    ],
)
def test_an_entry_is_found_by_what_a_clerk_half_remembers(filed, typed):
    code = filed.json("register", "show", "4818")["tracking_code"]
    words = typed.format(code=code.lower(), start=code[:4].lower(), bare=code.replace("-", "").lower())
    assert [entry["number"] for entry in filed.json("register", "search", *words.split())] == [4818]


def test_a_number_finds_only_itself(filed):
    assert filed.json("register", "search", "48") == []
    assert filed.json("register", "search", "22/stc") == []
