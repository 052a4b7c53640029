import sqlite3


def head_of(office):
    return office.json("audit", "verify")["head"]


def change(office, statement):
    database = sqlite3.connect(office.home / "mailhub.db")
    for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{trigger}"')
    database.execute(statement)
    database.commit()
    database.close()


def test_a_whole_log_is_proved_and_its_head_told(office):
    answer = office.run("audit", "verify")
    assert answer.code == 0
    assert "The log is whole" in answer.err
    assert str(head_of(office)["number"]) in answer.err


def test_an_altered_event_is_named_and_the_exit_code_says_so(office):
    change(office, "UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'VPUB', 'OTHER') AS BLOB) WHERE number = 2")
    answer = office.run("audit", "verify")
    assert answer.code == 1
    assert "altered" in answer.out
    assert "bị sửa" in office.run("audit", "verify", lang="vi").out


def test_a_removed_event_is_named(office):
    change(office, "DELETE FROM events WHERE number = 2")
    faults = office.run("audit", "verify", "--json")
    assert faults.code == 1
    assert '"removed"' in faults.out


def test_an_anchor_finds_a_cut_tail(office, tmp_path):
    head = head_of(office)
    anchor = tmp_path / "anchor"
    anchor.write_text(f"{head['number']} {head['hash']}\n")
    assert office.run("audit", "verify", "--anchor", anchor).code == 0
    change(office, f"DELETE FROM events WHERE number = {head['number']}")
    answer = office.run("audit", "verify", "--anchor", anchor)
    assert answer.code == 1
    assert "cut tail" in answer.out


def test_a_file_without_anchors_is_refused(office, tmp_path):
    (tmp_path / "empty").write_text("hello")
    assert "no anchor" in office.refused("audit", "verify", "--anchor", tmp_path / "empty")


def test_events_are_shown_with_who_and_why(office):
    office.done("agency", "mode", "H29.11", "auto", "--reason", "ba tháng không sai")
    last = office.json("audit", "show", "--subject", "agency/1")[-1]
    assert (last["kind"], last["actor"], last["reason"]) == ("agency-mode", "Nguyễn Thị Lan", "ba tháng không sai")
    assert office.json("audit", "show", "--after", "2", "--limit", "1")[0]["number"] == 3


def test_the_clerk_may_be_named_on_the_line(office):
    office.done("agency", "mode", "H29.11", "auto", "--reason", "x", "--clerk", "Hoa")
    assert office.json("audit", "show")[-1]["actor"] == "Hoa"
