"""`mailhub official`, as a clerk types it."""

import pytest
import sqlalchemy as sa

OLD, NEW = "+84912345678", "+84987654321"
HEAD = ("--position", "Giám đốc", "--organisation", "Sở Tài chính")
SHEET = "Mã,Họ tên,Chức vụ,Cơ quan,Điện thoại,Email,Trợ lý\n"


def write(office, text, name="sheet.csv"):
    path = office.home / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def head(office):
    """The director of the agency that the office knows."""
    return office.json("official", "add", "STC-GD", "--name", "Phạm Ngọc Ánh", *HEAD, "--phone", "0912 345 678")


def listed(office, *options):
    return [one["code"] for one in office.json("official", "list", *options)]


def test_an_official_is_tied_to_the_agency_of_that_name(head):
    assert (head["agency"], head["phones"], head["closed_on"]) == ("H29.11", [OLD], None)


def test_an_official_is_shown_by_position_with_everything_about_it(office, head):
    office.done("official", "group", "add", "BCH", "GĐ Sở Tài chính", "--name", "Ban Chỉ huy")
    shown = office.json("official", "show", "gd so tai chinh")
    assert shown["phone_history"] == [{"number": OLD, "valid_from": None, "valid_until": None}]
    assert [group["code"] for group in shown["groups"]] == ["BCH"]
    said = office.done("official", "show", "STC-GD", lang="vi")
    assert all(word in said for word in ("Giám đốc", "Ban Chỉ huy", "Họ tên", OLD))


def test_officials_are_listed_by_parts_of_words_and_groups(office, head):
    office.done("official", "add", "CT", "--position", "Chủ tịch")
    assert listed(office) == ["CT", "STC-GD"]
    assert listed(office, "gd tai chinh") == ["STC-GD"]
    assert listed(office, "chu") == ["CT"]
    assert "no group 'X'" in office.refused("official", "list", "--group", "X")
    assert "official add" in office.run("official", "list", "nobody").err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("A",), "a name or a position"),
        (("A B", "--name", "x"), "no code"),
        (("A", "--name", "x", "--phone", "024 3825 5555"), "no mobile number"),
        (("A", "--name", "x", "--phone", "0912345678 0987654321"), "several numbers"),
        (("A", "--name", "x", "--phone", "+33 6 12 34 56 78"), "foreign number"),
        (("A", "--name", "x", "--address", "nobody"), "no mail address"),
        (("A", "--name", "x", "--agency", "NOBODY"), "agency list"),
        (("A", "--name", "x", "--assistant", "B"), "no official 'B'"),
        (("stc-gd", "--name", "x"), "taken by STC-GD"),
    ],
)
def test_a_wrong_official_is_refused_in_one_sentence(office, head, options, words):
    assert words in office.refused("official", "add", *options)


def test_editing_changes_what_is_given_and_clears_what_is_empty(office, head):
    after = office.json("official", "edit", "STC-GD", "--name", "Lê Đào", "--address", "a@b.vn", "--reason", "new")
    assert (after["name"], after["addresses"], after["phones"], after["position"]) == ("Lê Đào", ["a@b.vn"], [OLD], "Giám đốc")
    after = office.json("official", "edit", "STC-GD", "--address", "", "--reason", "old")
    assert (after["addresses"], after["name"]) == ([], "Lê Đào")
    assert office.json("official", "undo", "STC-GD", "--reason", "no")["addresses"] == ["a@b.vn"]
    assert "--reason" in office.run("official", "edit", "STC-GD", "--name", "x").err


def test_a_new_number_keeps_the_history_and_says_who_is_told(office, head):
    answer = office.run("official", "phone", "STC-GD", "0987 654 321", "--from", "01/9/2199", "--reason", "new card")
    assert f"please tell {OLD}, {NEW} yourself" in answer.err
    history = office.json("official", "show", "STC-GD")["phone_history"]
    assert history == [
        {"number": OLD, "valid_from": None, "valid_until": "2199-09-01"},
        {"number": NEW, "valid_from": "2199-09-01", "valid_until": None},
    ]
    office.done("official", "phone", "STC-GD", NEW, "--end", "--from", "2200-01-01", "--reason", "card given back")
    assert office.json("official", "show", "STC-GD")["phone_history"][1]["valid_until"] == "2200-01-01"
    assert "choose" in office.refused("official", "phone", "STC-GD", NEW, "--end", "--beside", "--reason", "?")


def test_with_a_gateway_both_numbers_get_a_text(office, head):
    settings = office.home / "mailhub.toml"
    settings.write_text(settings.read_text() + '\n[sms]\ngateway = "folder"\n', encoding="utf-8")
    answer = office.run("official", "phone", "STC-GD", NEW, "--reason", "new card")
    assert f"A text confirms it to: {OLD}, {NEW}" in answer.err
    assert sorted(item["recipient"] for item in office.json("outbox", "list")) == [OLD, NEW]


def test_who_leaves_is_closed_and_the_follower_takes_over(office, head):
    office.done("official", "group", "add", "BCH", "STC-GD", "--name", "Ban Chỉ huy")
    coming = office.json("official", "replace", "GĐ Sở Tài chính", "STC-GD2", "--name", "Lê Đào", "--reason", "QĐ 12")
    assert (coming["position"], coming["agency"], [group["code"] for group in coming["groups"]]) == (
        "Giám đốc",
        "H29.11",
        ["BCH"],
    )
    assert listed(office) == ["STC-GD2"]
    assert listed(office, "--closed") == ["STC-GD", "STC-GD2"]
    assert "near it: STC-GD2" in office.refused("official", "show", "Phạm Ngọc Ánh")
    assert office.json("official", "reopen", "STC-GD", "--reason", "back")["closed_on"] is None
    assert office.json("official", "close", "STC-GD", "--from", "2199-01-01", "--reason", "later")["closed_on"] == "2199-01-01"


def test_groups_are_listed_shown_and_taken_away(office, head):
    assert "group add" in office.run("official", "group", "list").err
    assert "--name" in office.refused("official", "group", "add", "BCH", "STC-GD")
    shown = office.json("official", "group", "add", "BCH", "STC-GD", "--name", "Ban Chỉ huy")
    assert [one["code"] for one in shown["officials"]] == ["STC-GD"]
    assert "near it" in office.refused("official", "group", "add", "BCH", "Pham Ngoc Anhh")
    assert office.json("official", "group", "list") == [{"code": "BCH", "name": "Ban Chỉ huy", "members": 1}]
    assert office.json("official", "group", "remove", "BCH", "--reason", "done") is None
    assert office.json("official", "group", "undo", "BCH", "--reason", "not yet")["members"] == 1
    assert office.json("official", "group", "remove", "BCH", "STC-GD", "--reason", "left")["members"] == 0
    office.done("official", "group", "undo", "BCH", "--reason", "stays")
    assert office.json("official", "group", "show", "bch")["members"] == 1


def test_a_sheet_is_checked_then_imported_then_imported_again(office, head):
    path = write(office, SHEET + "STC-GD,Phạm Ngọc Ánh,Giám đốc,Sở Tài chính,0987654321,,TL\nTL,Vũ Trợ Lý,,,,tl@b.vn,\n")
    dry = office.json("official", "import", path, "--dry-run")
    assert [(line["line"], line["code"], line["change"]) for line in dry] == [(2, "STC-GD", "changed"), (3, "TL", "added")]
    assert [field["field"] for field in dry[0]["fields"]] == ["phones", "assistant_codes"]
    assert listed(office) == ["STC-GD"]
    answer = office.run("official", "import", path)
    assert "1 added, 1 changed, 0 the same" in answer.err
    assert f"phones: {OLD} →" in answer.out
    assert office.json("official", "show", "STC-GD")["phones"] == [NEW]
    assert "0 added, 0 changed, 2 the same" in office.run("official", "import", path).err


def test_columns_that_a_sheet_lacks_stay_as_they_are(office, head):
    office.done("official", "import", write(office, "mã,email\nSTC-GD,a@b.vn\n"))
    shown = office.json("official", "show", "STC-GD")
    assert (shown["addresses"], shown["phones"], shown["position"]) == (["a@b.vn"], [OLD], "Giám đốc")


def test_everything_wrong_is_listed_by_line_and_column_and_nothing_is_imported(office, head):
    rows = (
        "A,,,,,,",
        "B,Người B,,,12,nobody,",
        "A,Người A,,,,,",
        "C,Người C,,,,,X",
        ",Người D,,,,,",
    )
    sentence = office.refused("official", "import", write(office, SHEET + "\n".join(rows)))
    assert "line 3, column Điện thoại" in sentence
    assert "line 3, column Email" in sentence
    assert "line 6, column Mã: is empty" in sentence
    sentence = office.refused("official", "import", write(office, SHEET + "\n".join((rows[0], *rows[2:4]))))
    assert "line 2, column Họ tên: needs a name or a position" in sentence
    assert "line 3, column Mã: this code stands in a line above" in sentence
    assert "line 4, column Trợ lý: there is no official 'X'" in sentence
    assert listed(office) == ["STC-GD"]


def test_what_is_exported_is_imported_as_the_same(office, head):
    office.done("official", "add", "=CMD", "--name", "=HYPERLINK(1)", "--phone", OLD, "--phone", NEW, "--assistant", "STC-GD")
    path = office.home / "out.csv"
    office.done("official", "export", path)
    text = path.read_text(encoding="utf-8-sig")
    assert not any(cell.strip('"').startswith(("=", "+")) for line in text.splitlines() for cell in line.split(","))
    assert "0 added, 0 changed, 2 the same" in office.run("official", "import", path).err
    assert office.done("official", "export").startswith("code,name,position,organisation,agency,phones,addresses,assistants")


def test_many_changed_numbers_are_agreed_to_by_their_count(office):
    settings = office.home / "mailhub.toml"
    settings.write_text(settings.read_text() + '\n[sms]\ngateway = "folder"\nask_above = 3\n', encoding="utf-8")
    rows = [f"C{n},Người {n},091234500{n}" for n in range(4)]
    office.done("official", "import", write(office, "code,name,phones\n" + "\n".join(rows)))
    path = write(office, "code,name,phones\n" + "\n".join(rows).replace(",0912", ",0987"))
    assert "--texts 8" in office.refused("official", "import", path)
    assert "--texts 8" in office.refused("official", "import", path, "--texts", "7")
    office.done("official", "import", path, "--texts", "8")
    assert len(office.json("outbox", "list")) == 8
    office.done("official", "import", write(office, "code,name,phones\n" + "\n".join(rows)), "--texts", "0")
    assert len(office.json("outbox", "list")) == 8


def test_a_long_sheet_takes_as_few_statements_as_a_short_one(office, statements):
    def imported(count):
        rows = "\n".join(f"C{n},Nguyễn Văn {n},Trưởng phòng,Sở {n % 80},09{12000000 + n},c{n}@b.vn" for n in range(count))
        path = write(office, "code,name,position,organisation,phones,addresses\n" + rows)
        statements.clear()
        assert "same" in office.run("official", "import", path).err
        return len(statements)

    assert imported(20) == imported(1000)
    assert [one["code"] for one in office.json("official", "list", "nguyen van 432")] == ["C432"]


@pytest.fixture
def statements():
    """Every statement that any database runs, as it runs."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(sa.Engine, "before_cursor_execute", note)
