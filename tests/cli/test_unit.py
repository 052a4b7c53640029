"""`mailhub unit`."""

import pytest


def write(office, text, name="sheet.csv", encoding="utf-8"):
    path = office.home / name
    path.write_text(text, encoding=encoding)
    return path


def test_a_unit_is_listed_and_shown(office):
    (unit,) = office.json("unit", "list")
    assert (unit["code"], unit["register"], unit["addresses"]) == ("VPUB", "UBND", ["vpub@tinh.gov.vn"])
    assert "Văn phòng UBND tỉnh" in office.done("unit", "show", "vpub")


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--address", "nobody"), "no mail address"),
        (("--address", "a@b.vn", "--time-zone", "Mars/Base"), "time zone"),
        (("--address", "vpub@tinh.gov.vn"), "belongs to another unit"),
    ],
)
def test_a_wrong_unit_is_refused(office, options, word):
    assert word in office.refused("unit", "add", "SNV", "--name", "Sở Nội vụ", *options)


def test_with_two_units_one_must_be_chosen(office):
    office.done("unit", "add", "SNV", "--name", "Sở Nội vụ", "--address", "snv@tinh.gov.vn")
    assert "--unit" in office.refused("letter", "list")
    assert office.json("letter", "list", "--unit", "SNV") == []
    office.environ["MAILHUB_UNIT"] = "VPUB"
    assert office.json("letter", "list") == []


def test_units_come_from_a_sheet(office):
    path = write(office, "Mã;Tên;Địa chỉ\nSNV;Sở Nội vụ;snv@tinh.gov.vn van-thu@snv.vn\n")
    office.done("unit", "import", path, "--dry-run")
    assert len(office.json("unit", "list")) == 1
    office.done("unit", "import", path)
    assert office.json("unit", "show", "SNV")["addresses"] == ["snv@tinh.gov.vn", "van-thu@snv.vn"]


def test_a_unit_is_edited_and_the_change_taken_back(office):
    after = office.json("unit", "edit", "vpub", "--name", "Văn phòng", "--alias", "VP", "--reason", "new name")
    assert (after["name"], after["aliases"], after["addresses"]) == ("Văn phòng", ["VP"], ["vpub@tinh.gov.vn"])
    assert office.json("unit", "undo", "VPUB", "--reason", "no")["name"] == "Văn phòng UBND tỉnh"
    assert office.json("unit", "undo", "VPUB", "--reason", "yes") == after
    kinds = [event["kind"] for event in office.json("audit", "show", "--limit", "100")]
    assert (kinds.count("unit-edited"), kinds.count("unit-undone")) == (1, 2)


def test_a_unit_that_was_never_changed_cannot_be_undone(office):
    assert "never changed" in office.refused("unit", "undo", "VPUB", "--reason", "?")


def test_a_unit_keeps_its_register_until_another_is_open(office):
    assert "register open NEW" in office.refused("unit", "edit", "VPUB", "--register", "NEW", "--reason", "?")
    office.done("register", "open", "NEW")
    assert office.json("unit", "edit", "VPUB", "--register", "NEW", "--reason", "new book")["register"] == "NEW"


def test_a_unit_takes_no_other_units_address(office):
    office.done("unit", "add", "SNV", "--name", "Sở Nội vụ", "--address", "snv@tinh.gov.vn")
    assert "another unit" in office.refused("unit", "edit", "SNV", "--address", "vpub@tinh.gov.vn", "--reason", "?")


def test_a_unit_shows_what_was_filed_lately(office, letter):
    assert office.json("unit", "show", "VPUB")["lately"] == [{"electronic": 0, "paper": 0, "voided": 0}]
    office.done("letter", "file", letter)
    assert office.json("unit", "show", "VPUB")["lately"] == [{"electronic": 1, "paper": 0, "voided": 0}]


def test_a_sheet_of_units_is_imported_whole_or_not_at_all(office):
    rows = "SNV,Sở Nội vụ,snv@tinh.gov.vn\nsnv,Sở Nội vụ,x@tinh.gov.vn\nSTC,,nobody\nSYT,Sở Y tế,vpub@tinh.gov.vn\n"
    sentence = office.refused("unit", "import", write(office, "code,name,addresses\n" + rows))
    assert [line for line in range(2, 6) if f"line {line}, column" in sentence] == [3, 4, 5]
    sentence = office.refused("unit", "import", write(office, "code,name,addresses\n" + rows.replace("STC,,nobody\n", "")))
    assert "line 3, column code: code 'snv' stands in a line above" in sentence
    assert "line 4, column addresses: 'vpub@tinh.gov.vn' belongs to VPUB already" in sentence
    assert len(office.json("unit", "list")) == 1


def test_importing_units_again_changes_only_what_is_different(office):
    path = write(office, "code,name,addresses\nSNV,Sở Nội vụ,snv@tinh.gov.vn\nVPUB,Văn phòng,vpub@tinh.gov.vn\n")
    assert "1 added, 1 changed, 0 the same" in office.run("unit", "import", path).err
    assert "0 added, 0 changed, 2 the same" in office.run("unit", "import", path).err
    assert office.json("unit", "show", "VPUB")["register"] == "UBND"
