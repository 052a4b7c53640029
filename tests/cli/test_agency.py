"""`mailhub agency`."""

import pytest

from tests.hub.conftest import reading_of

SHEET = "code,name,kind,addresses,domains,aliases,phones\n"


def write(office, text, name="sheet.csv", encoding="utf-8"):
    path = office.home / name
    path.write_text(text, encoding=encoding)
    return path


def codes(office):
    return [code for agency in office.json("agency", "list") for code in agency["codes"]]


def test_an_agency_starts_as_proposed_and_can_be_promoted(office):
    assert office.json("agency", "show", "H29.11")["mode"] == "propose"
    assert office.json("agency", "mode", "H29.11", "auto", "--reason", "three good months")["mode"] == "auto"


def test_editing_replaces_what_is_given_and_keeps_the_rest(office):
    after = office.json("agency", "edit", "H29.11", "--alias", "STC", "--add-code", "G22")
    assert (after["name"], after["aliases"], after["codes"]) == ("Sở Tài chính", ["STC"], ["H29.11", "G22"])
    assert after["addresses"] == ["vanthu@stc.tinh.gov.vn"]
    assert office.json("agency", "show", "G22")["name"] == "Sở Tài chính"


def test_a_public_mail_domain_is_refused(office):
    assert "gmail.com" in office.refused("agency", "add", "X", "--name", "Xã Tân Lập", "--domain", "gmail.com")


def test_agencies_are_found_without_accents(office):
    assert [agency["name"] for agency in office.json("agency", "list", "tai", "chinh")] == ["Sở Tài chính"]
    assert office.json("agency", "list", "y te") == []


def test_agencies_come_from_a_sheet_of_a_spreadsheet_program(office):
    path = write(office, "\ufeffMã,Tên cơ quan,Email,Tên viết tắt\nG17,Sở Y tế,a@syt.vn;b@syt.vn,SYT|Y tế\n")
    office.done("agency", "import", path)
    agency = office.json("agency", "show", "G17")
    assert (agency["addresses"], agency["aliases"], agency["kind"]) == (["a@syt.vn", "b@syt.vn"], ["SYT", "Y tế"], "state")


def test_every_wrong_row_is_listed_with_its_line_and_nothing_is_imported(office):
    rows = (
        "G1,Sở A,state,a@a.vn,,,",
        ",Sở B,state,b@b.vn,,,",
        "G3,,state,c@c.vn,,,",
        "G4,Sở D,ministry,d@d.vn,,,",
        "G5,Sở E,state,nonsense,,,",
        "G6,Sở F,state,,gmail.com,,",
        "G1,Sở G,state,g@g.vn,,,",
        "G8,Sở H,state,VANTHU@stc.tinh.gov.vn,,,",
    )
    path = write(office, SHEET + "\n".join(rows))
    sentence = office.refused("agency", "import", path)
    assert [line for line in range(2, 10) if f"line {line}, column " in sentence] == [3, 4, 5, 6, 7, 8, 9]
    assert "dòng 3, cột code: để trống" in office.refused("agency", "import", path, lang="vi")
    assert codes(office) == ["H29.11"]


def test_rows_that_clash_are_listed_together(office):
    path = write(office, SHEET + "G1,Sở A,state,a@a.vn,,,\ng1,Sở G,state,g@g.vn,,,\nG8,Sở H,state,VANTHU@stc.tinh.gov.vn,,,\n")
    sentence = office.refused("agency", "import", path)
    assert "line 3, column code: code 'g1' stands in a line above" in sentence
    assert "line 4, column addresses: 'VANTHU@stc.tinh.gov.vn' belongs to Sở Tài chính already" in sentence


def test_a_dry_run_imports_nothing(office):
    path = write(office, SHEET + "G1,Sở A,state,a@a.vn,,,\n")
    assert "1 added, 0 changed, 0 the same" in office.run("agency", "import", path, "--dry-run").err
    assert codes(office) == ["H29.11"]


@pytest.mark.parametrize(
    ("text", "encoding", "word"),
    [
        ("code,colour\nG1,red\n", "utf-8", "colour"),
        ("", "utf-8", "code"),
        ("code,name\nG1,Sở\n", "utf-16-le", "UTF-8"),
        ("code,name\nG1,Hà\n", "cp1258", "line 2"),
    ],
)
def test_a_sheet_of_another_form_is_refused_with_the_columns_there_are(office, text, encoding, word):
    assert word in office.refused("agency", "import", write(office, text, encoding=encoding))


def test_a_missing_sheet_is_a_sentence(office):
    assert "there is no such file" in office.refused("agency", "import", office.home / "nowhere.csv")
    assert "không có tệp" in office.refused("agency", "import", office.home / "nowhere.csv", lang="vi")


def test_the_certificates_of_a_letter_are_tied_by_naming_the_letter(office, bring):
    office.done("agency", "add", "G17", "--name", "Sở Y tế", "--address", "vanthu@syt.vn")
    bring((b"mail one", reading_of()))
    assert "give a certificate" in office.refused("agency", "tie", "G17", "--letter", "h1", "--reason", "they are tied already")
    (tie,) = office.json("agency", "tie", "G17", "AB:" * 31 + "AB", "--reason", "letter 12/SYT")
    assert tie == {"certificate": "ab" * 32, "agency": "Sở Y tế", "kind": "unknown"}
    (tie,) = office.json("agency", "tie", "G17", "ab" * 32, "--kind", "organisation", "--reason", "their seal")
    assert tie["kind"] == "organisation"


def test_a_file_that_is_no_certificate_ties_nothing(office):
    path = write(office, "hello", "no.cer")
    assert "X.509" in office.refused("agency", "tie", "H29.11", path, "--reason", "?")


def test_an_unknown_agency_is_a_sentence(office):
    assert "NOBODY" in office.refused("agency", "show", "NOBODY")


def test_an_agencys_phones_are_mobile_numbers(office):
    after = office.json("agency", "edit", "H29.11", "--phone", "0168 234 5678")
    assert after["phones"] == ["+84382345678"]
    assert "no mobile number" in office.refused("agency", "edit", "H29.11", "--phone", "024 3825 5555")
    assert office.json("agency", "edit", "H29.11", "--phone", "")["phones"] == []


def test_every_change_of_an_agency_is_taken_back_by_another_event(office):
    before = office.json("agency", "list")
    office.done("agency", "edit", "H29.11", "--name", "Sở TC", "--kind", "superior", "--domain", "stc.vn")
    assert office.json("agency", "undo", "H29.11", "--reason", "no")["name"] == "Sở Tài chính"
    assert office.json("agency", "list") == before
    office.done("agency", "mode", "H29.11", "auto", "--reason", "good")
    assert office.json("agency", "undo", "H29.11", "--reason", "not yet")["mode"] == "propose"
    office.done("agency", "add", "G17", "--name", "Sở Y tế")
    assert "never changed" in office.refused("agency", "undo", "G17", "--reason", "?")


def test_a_closed_agency_is_followed_by_its_successor_until_undone(office):
    office.done("agency", "add", "G30", "--name", "Sở Tài chính mới")
    closed = office.json("agency", "close", "H29.11", "--successor", "G30", "--from", "2024-01-01", "--reason", "merged")
    assert (closed["codes"], closed["closed_codes"]) == ([], ["H29.11"])
    assert office.json("agency", "show", "H29.11")["successor"] == "Sở Tài chính mới"
    assert "itself" in office.refused("agency", "close", "G30", "--successor", "g30", "--reason", "?")
    assert office.json("agency", "undo", "H29.11", "--reason", "no")["codes"] == ["H29.11"]
    assert office.json("agency", "show", "H29.11")["successor"] is None


def test_an_agency_shows_its_certificates_and_what_came_lately(office, letter):
    shown = office.json("agency", "show", "h29.11")
    assert len(shown["certificates"]) == 2
    assert shown["lately"] == [{"electronic": 0, "paper": 0, "returned": 0}]
    office.done("letter", "file", letter)
    assert office.json("agency", "show", "H29.11")["lately"][0]["electronic"] == 1
    assert "30 ngày qua" in office.done("agency", "show", "H29.11", lang="vi")


def test_a_tie_is_taken_back(office):
    certificate = office.json("agency", "show", "H29.11")["certificates"][0]["certificate"]
    office.done("agency", "untie", certificate, "--reason", "wrong agency")
    assert len(office.json("agency", "show", "H29.11")["certificates"]) == 1
    assert "tied to no agency" in office.refused("agency", "untie", certificate, "--reason", "again")


def test_importing_agencies_again_changes_only_what_is_different(office):
    path = write(office, SHEET + "G1,Sở A,state,a@a.vn,,A1|A2,0912345678\nH29.11,Sở Tài chính,state,new@stc.vn,,,\n")
    dry = office.json("agency", "import", path, "--dry-run")
    assert [(line["code"], line["change"]) for line in dry] == [("G1", "added"), ("H29.11", "changed")]
    assert [field["field"] for field in dry[1]["fields"]] == ["addresses"]
    assert codes(office) == ["H29.11"]
    assert "1 added, 1 changed, 0 the same" in office.run("agency", "import", path).err
    assert "0 added, 0 changed, 2 the same" in office.run("agency", "import", path).err
    assert office.json("agency", "show", "H29.11")["addresses"] == ["new@stc.vn"]
    office.done("agency", "undo", "H29.11", "--reason", "old address is right")
    assert office.json("agency", "show", "H29.11")["addresses"] == ["vanthu@stc.tinh.gov.vn"]


def test_exported_agencies_are_imported_as_the_same(office):
    office.done("agency", "add", "G1", "--name", "=Sở A", "--alias", "A1", "--alias", "A2", "--phone", "0912345678")
    path = office.home / "out.csv"
    office.done("agency", "export", path)
    assert "'=Sở A" in path.read_text(encoding="utf-8-sig")
    assert "0 added, 0 changed, 2 the same" in office.run("agency", "import", path).err
