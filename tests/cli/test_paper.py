"""The counter as a clerk types it."""

import json
from dataclasses import replace

import pypdfium2
import pytest

from tests.hub.conftest import reading_of
from tests.policy import builders

ORDER = ("--agency", "H29.11", "--reference", "226/STC-NS", "--date", "08/8/2024", "--subject", "quyết toán", "--pages", "4")


def receive(office, *more):
    return office.json("paper", "receive", *ORDER, *more)


def words_of(path):
    document = pypdfium2.PdfDocument(path.read_bytes())
    assert len(document) == 1
    return " ".join(document[0].get_textpage().get_text_bounded().split())


def test_paper_is_received_with_its_code_and_deadline(office):
    told = office.done("paper", "receive", *ORDER, lang="vi")
    assert "G3-0001" in told
    assert "chờ bản điện tử" in told
    assert "Hạn" in told


def test_a_receiving_slip_is_written_with_the_receipt(office, tmp_path):
    receive(office, "--slip", tmp_path / "nhan.pdf")
    told = words_of(tmp_path / "nhan.pdf")
    assert "PHIẾU NHẬN BẢN GIẤY" in told
    assert "226/STC-NS" in told
    assert "Nguyễn Thị Lan" in told


def test_nothing_is_received_where_the_slip_would_overwrite_a_file(office, tmp_path):
    (tmp_path / "nhan.pdf").write_text("mine")
    assert "exists already" in office.refused("paper", "receive", *ORDER, "--slip", tmp_path / "nhan.pdf")
    assert office.json("paper", "list") == []


def test_an_agency_may_be_named_by_a_part_of_its_name_and_several_are_all_told(office):
    office.done("agency", "add", "H29.12", "--name", "Sở Nội vụ")
    assert office.json("paper", "receive", "--agency", "tai chinh", *ORDER[2:])["sender"] == "Sở Tài chính"
    refusal = office.refused("paper", "receive", "--agency", "so", *ORDER[2:])
    assert "H29.11 Sở Tài chính" in refusal
    assert "H29.12 Sở Nội vụ" in refusal


def test_paper_and_e_copy_show_each_other_with_both_times(office, bring):
    receive(office, "--at", "09:00 08/8/2024")
    bring((b"mail one", reading_of()))
    office.done("letter", "file", "h2")
    entry = office.json("register", "show", "1")
    assert entry["paper_at"].startswith("2024-08-08T02:00")
    assert entry["received_at"] > entry["paper_at"]
    paper = office.json("paper", "show", "G3-0001")
    assert (paper["state"], paper["number"]) == ("paired", 1)
    assert paper["electronic_at"] == entry["received_at"]
    assert office.json("letter", "show", "h2")["paper_at"] == entry["paper_at"]
    assert "G3-0001" in office.done("letter", "show", "h1")


def test_an_exception_is_entered_with_its_code_and_told_in_words(office):
    assert receive(office, "--exception", "organisation")["number"] == 1
    assert "nhân sự" in office.done("register", "show", "1", lang="vi")
    assert office.json("register", "show", "1")["channel"] == "paper"
    assert office.json("register", "search", "G3-0001")[0]["number"] == 1


@pytest.mark.parametrize("given", [("--kind", "secret"), ("--exception", "secret")])
def test_secret_paper_shows_nothing_but_that_it_came(office, given, tmp_path):
    told = office.json("paper", "receive", "--agency", "H29.11", *given, "--slip", tmp_path / "s.pdf")
    assert (told["state"], told["kind"], told["letter"], told["subject"]) == ("counted", "secret", None, "")
    assert "chỉ ghi nhận số lượng" in words_of(tmp_path / "s.pdf")
    assert "only counted" in office.refused("paper", "receive", *ORDER, *given)


def test_paper_is_named_by_code_reference_letter_or_number(office):
    receive(office, "--exception", "law")
    for name in ("G3-0001", "g3 0001", "226/stc", "226/STC-NS", "h1", "1"):
        assert office.json("paper", "show", name)["code"] == "G3-0001"
    assert office.json("letter", "show", "G3-0001")["id"] == "h1"
    assert office.json("register", "show", "G3-0001")["number"] == 1


def test_what_names_no_paper_or_several_is_refused(office):
    receive(office)
    office.done("paper", "receive", *ORDER[:3], "226/STC-KH", *ORDER[4:])
    refusal = office.refused("paper", "show", "226/stc")
    assert "G3-0001 (226/STC-NS)" in refusal
    assert "G1-0002 (226/STC-KH)" in refusal
    assert "check digit" in office.refused("paper", "show", "G1-0001")
    assert "G0-0003" in office.refused("paper", "show", "G0-0003")
    assert "nothing is known" in office.refused("paper", "show", "không có gì")


def test_a_return_waits_is_withdrawn_and_given_a_slip(office, tmp_path):
    receive(office)
    office.done("paper", "return", "G3-0001", "--slip", tmp_path / "tra.pdf")
    told = words_of(tmp_path / "tra.pdf")
    assert "PHIẾU TRẢ BẢN GIẤY" in told
    assert "Quy chế 12/QĐ-VP" in told
    assert office.json("status")["paper_return_due"] == 1
    office.done("paper", "withdraw", "G3-0001", "--reason", "they telephoned")
    assert office.json("paper", "show", "G3-0001")["state"] == "overdue"
    assert office.json("outbox", "list") == []


def test_paper_is_returned_only_when_somebody_signed_for_it(office):
    receive(office)
    office.done("paper", "return", "G3-0001")
    assert "--to NAME" in office.refused("paper", "hand-over", "G3-0001")
    handed = office.json("paper", "hand-over", "G3-0001", "--to", "Trần Văn B")
    assert (handed["state"], handed["handed_to"]) == ("returned", "Trần Văn B")
    assert [notice["kind"] for notice in handed["notices"]] == ["paper-return"]
    assert office.json("paper", "list") == []
    undone = office.json("paper", "hand-over", "G3-0001", "--undo", "--reason", "another file")
    assert (undone["state"], undone["handed_at"]) == ("announced", None)


def test_a_slip_is_printed_whenever_it_is_asked_for(office, tmp_path):
    receive(office)
    office.done("paper", "slip", "G3-0001", "--save", tmp_path / "a.pdf")
    office.done("paper", "slip", "G3-0001", "--which", "return", "--save", tmp_path / "b.pdf")
    assert "PHIẾU NHẬN" in words_of(tmp_path / "a.pdf")
    assert "PHIẾU TRẢ" in words_of(tmp_path / "b.pdf")


def test_another_date_is_a_candidate_that_a_clerk_pairs(office, bring):
    bring((b"mail one", reading_of()))
    office.done("letter", "file", "h1")
    paper = office.json("paper", "receive", *ORDER[:5], "07/8/2024")
    assert paper["possible"] == ["h1"]
    assert paper["candidates"][0]["number"] == 1
    assert office.json("paper", "pair", paper["code"], "1")["state"] == "paired"
    assert office.json("paper", "unpair", paper["code"], "--reason", "wrong")["state"] == "waiting"


def test_the_e_copy_of_filed_paper_is_attached_by_the_clerk(office, bring):
    receive(office, "--exception", "law")
    bring((b"mail one", reading_of()))
    assert office.json("letter", "show", "h2")["state"] == "held"
    assert office.json("paper", "pair", "G3-0001", "h2")["number"] == 1
    assert office.json("letter", "show", "h2")["number"] == 1
    assert [item["kind"] for item in office.json("outbox", "list")] == ["repeat"]


@pytest.mark.parametrize(
    "act",
    [
        ("file", "h1"),
        ("return", "h1", "--reason", "unsigned"),
        ("hold", "h1", "--reason", "x"),
        ("withdraw", "h1", "--reason", "x"),
        ("reopen", "h1", "--reason", "x"),
        ("explain", "h1"),
    ],
)
def test_verbs_of_letters_point_to_those_of_paper(office, act):
    receive(office)
    assert "mailhub paper show h1" in office.refused("letter", *act)


def test_a_deposit_entered_by_mistake_is_cancelled(office):
    receive(office)
    assert office.json("paper", "cancel", "G3-0001", "--reason", "wrong number")["state"] == "cancelled"
    assert [item["state"] for item in office.json("paper", "list", "--all")] == ["cancelled"]


def test_paper_that_turns_out_secret_is_only_counted_from_then_on(office):
    receive(office)
    assert "--yes" in office.refused("paper", "seal", "G3-0001", "--reason", "red mark")
    sealed = office.json("paper", "seal", "G3-0001", "--reason", "red mark", "--yes")
    assert (sealed["kind"], sealed["subject"], sealed["reference"]) == ("secret", "", "")


def test_the_list_is_of_the_tray_and_says_what_is_to_be_known(office, bring):
    bring((b"mail one", reading_of()))
    receive(office)
    office.done("paper", "receive", "--agency", "H29.11", "--kind", "envelope", "--note", "ông Hà")
    told = office.done("paper", "list")
    assert "e-copy h1 on the desk" in told
    assert "envelope" not in told
    assert [item["partner"] for item in office.json("paper", "list")] == ["h1"]


def test_a_letter_on_the_desk_shows_the_paper_that_waits_for_it(office, bring):
    bring((b"mail one", reading_of()))
    receive(office)
    shown = office.json("letter", "show", "h1")
    assert shown["paper"] == "G3-0001"
    assert shown["paper_at"] == office.json("paper", "show", "G3-0001")["deposited_at"]


def test_the_same_paper_twice_is_refused_in_vietnamese_too(office):
    receive(office)
    assert "đã nhận bản giấy: G3-0001" in office.refused("paper", "receive", *ORDER, lang="vi")


def test_a_letter_of_another_kind_is_no_paper(office, bring):
    bring((b"mail one", reading_of(replace(builders.LETTER))))
    assert "did not come on paper" in office.refused("paper", "show", "h1")


def test_the_status_counts_paper_and_asks_for_next_year_s_days_off(office):
    receive(office)
    status = json.loads(office.done("status", "--json"))
    assert status["paper_waiting"] == 1
    assert isinstance(status["unsettled_years"], list)
