import json
from dataclasses import replace

import pytest

from tests.hub.conftest import reading_of
from tests.policy import builders


def state_of(office, letter="h1"):
    return office.json("letter", "show", letter)["state"]


def test_the_desk_lists_what_waits_with_its_reason(office, letter):
    (line,) = office.json("letter", "list")
    assert (line["id"], line["reference"], line["state"]) == ("h1", "226/STC-NS", "proposed")
    assert line["signatures"] == "2/2"
    assert "226/STC-NS" in office.done("letter", "list")


def test_filing_gives_the_number(office, letter):
    (entry,) = office.json("letter", "file", letter)
    assert (entry["number"], entry["register"], entry["letter"]) == (1, "UBND", "h1")
    assert office.json("letter", "list") == []
    assert len(office.json("letter", "list", "--all")) == 1


def test_filing_twice_is_refused_with_a_sentence(office, letter):
    office.done("letter", "file", letter)
    assert "h1 is filed" in office.refused("letter", "file", letter)
    assert "h1" in office.refused("letter", "file", letter, lang="vi")


def test_filing_a_repeat_says_that_the_first_number_is_told_again(office, letter, bring):
    office.done("letter", "file", letter)
    stranger = replace(builders.MAIL, from_=(replace(builders.MAIL.from_[0], address="x@example.org"),))
    bring((b"mail two", reading_of(identity="i2", mail=stranger)))
    answer = office.run("letter", "file", "h2")
    assert answer.code == 0
    assert "h2 has the content of h1: no new number; the sender is told the first one, 1, again" in answer.err
    assert state_of(office, "h2") == "repeat"


def test_numbers_that_were_given_are_told_even_where_the_next_letter_is_refused(office, letter):
    answer = office.run("letter", "file", letter, "h77")
    assert answer.code == 1
    assert "226/STC-NS" in answer.out
    assert "h77" in answer.err


def test_a_return_waits_and_can_be_withdrawn(office, letter):
    shown = office.json("letter", "return", letter, "--reason", "enclosures-missing", "--note", "thiếu Phụ lục 2")
    assert (shown["state"], shown["reasons"]) == ("return-due", ["enclosures-missing"])
    assert shown["due_at"]
    office.done("letter", "withdraw", letter, "--reason", "came by another mail")
    assert state_of(office) == "held"


def test_a_return_without_reason_is_refused_and_says_what_is_missing(office, letter):
    assert "--reason" in office.refused("letter", "return", letter)


def test_an_unknown_reason_code_is_a_usage_error_that_lists_the_codes(office, letter):
    answer = office.run("letter", "return", letter, "--reason", "nonsense")
    assert answer.code == 2
    assert "enclosures-missing" in answer.err


def test_what_was_not_returned_cannot_be_reopened(office, letter):
    assert office.refused("letter", "reopen", letter, "--reason", "by mistake")


def test_holding_keeps_the_reason_in_the_log(office, letter):
    office.done("letter", "hold", letter, "--reason", "chị Hoa gọi: khoan trình")
    assert state_of(office) == "held"
    assert "chị Hoa gọi: khoan trình" in office.done("audit", "show", "--subject", "letter/1")


@pytest.mark.parametrize("verb", ["hold", "withdraw", "reopen", "unseal", "purge", "seal"])
def test_an_act_that_changes_a_record_asks_for_a_reason(office, letter, verb):
    answer = office.run("letter", verb, letter)
    assert answer.code == 2
    assert "--reason" in answer.err


def test_an_explanation_names_rule_reasons_signatures_and_runs_again_to_the_same(office, letter):
    text = office.done("letter", "explain", letter)
    assert "the same decision" in text
    assert "complete" in text
    assert "Nguyễn Văn A" in text
    values = office.json("letter", "explain", letter)
    assert values["reproduced"] is True
    assert values["again"] == values["record"]["decision"]


def test_an_explanation_after_a_clerks_act_says_that_the_clerk_decided_otherwise(office, letter):
    office.done("letter", "hold", letter, "--reason", "wait")
    assert "a clerk decided otherwise" in office.done("letter", "explain", letter)


def test_sealing_hides_the_subject_everywhere(office, letter):
    subject = office.json("letter", "show", letter)["subject"]
    office.done("letter", "seal", letter, "--reason", "dấu mật")
    for command in (("letter", "list"), ("letter", "show", letter), ("submission", "list")):
        assert subject not in office.done(*command)
        assert subject not in json.dumps(office.json(*command), ensure_ascii=False)
    assert "[not shown]" in office.done("letter", "list")


def test_a_false_alarm_is_unsealed_and_read_again(office, letter):
    office.done("letter", "seal", letter, "--reason", "dấu mật")
    assert "read again" in office.run("letter", "unseal", letter, "--reason", "mật độ").err


def test_purging_in_a_script_needs_yes(office, letter):
    office.done("letter", "seal", letter, "--reason", "dấu mật")
    assert "--yes" in office.refused("letter", "purge", letter, "--reason", "confirmed")
    office.done("letter", "purge", letter, "--reason", "confirmed", "--yes")
    assert state_of(office) == "purged"


def test_joining_makes_one_letter_of_two(office, bring):
    second = replace(builders.letter(reference=builders.text("227/STC-NS")), main="3")
    other = builders.a_file(path="3", signed=builders.SIGNED)
    bring((b"mail one", reading_of()), (b"mail two", reading_of(second, identity="i2", files=(other,))))
    shown = office.json("letter", "join", "h1", "h2", "--reason", "one dossier")
    assert shown["id"] == "h1"
    assert len(shown["files"]) == 2
    assert state_of(office, "h2") == "merged"


def test_a_letter_is_named_by_how_its_reference_begins(office, bring):
    second = replace(builders.letter(reference=builders.text("227/STC-NS")), main="3")
    other = builders.a_file(path="3", signed=builders.SIGNED)
    bring((b"mail one", reading_of()), (b"mail two", reading_of(second, identity="i2", files=(other,))))
    assert office.json("letter", "show", "226/stc")["id"] == "h1"
    assert office.json("letter", "show", "227/Stc-nS")["id"] == "h2"
    office.done("letter", "file", "227/stc")
    assert office.json("letter", "show", "227/stc")["id"] == "h2"


def test_a_reference_that_several_letters_begin_with_lists_them(office, bring):
    second = replace(builders.letter(reference=builders.text("226/STC-TH")), main="3")
    other = builders.a_file(path="3", signed=builders.SIGNED)
    bring((b"mail one", reading_of()), (b"mail two", reading_of(second, identity="i2", files=(other,))))
    refused = office.refused("letter", "hold", "226/stc", "--reason", "which one")
    assert "h1" in refused
    assert "h2" in refused
    assert "226%" in office.refused("letter", "show", "226%")


@pytest.mark.parametrize("group", ["one", "1;2", "", "-1", "１"])
def test_a_group_that_is_no_list_of_file_numbers_is_refused(office, letter, group):
    assert "301,302" in office.refused("letter", "split", letter, f"--group={group}", "--reason", "two letters")


def test_splitting_must_share_out_the_files(office, letter):
    assert office.refused("letter", "split", letter, "--group", "998", "--group", "999", "--reason", "two letters")


def test_a_letter_that_does_not_exist_is_a_sentence(office):
    assert "h77" in office.refused("letter", "show", "h77")


def test_a_register_that_another_system_numbers_takes_the_number_that_it_gave(office, letter):
    office.done("register", "open", "UBND", "--mode", "external")
    assert "--number" in office.refused("letter", "file", letter)
    assert office.json("letter", "file", letter, "--number", "77")[0]["number"] == 77


def test_a_purge_by_two_clerks_says_who_is_still_needed(office, letter):
    with (office.home / "mailhub.toml").open("a") as settings:
        settings.write("\n[policy]\ntwo_clerks_to_purge = true\n")
    office.done("letter", "seal", letter, "--reason", "red stamp")
    purge = ("letter", "purge", letter, "--yes", "--reason", "confirmed")
    assert "another clerk has to type" in office.run(*purge).err
    assert state_of(office, letter) == "sealed"
    office.environ["MAILHUB_CLERK"] = "Trần Thị Hoa"
    assert "is destroyed" in office.run(*purge).err
