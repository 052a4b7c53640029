"""`mailhub clerk`, and who acts."""

import pytest

from tests.cli.conftest import CLERK


@pytest.fixture
def lan(office):
    """The clerk whom the tests' commands name."""
    return office.json("clerk", "add", "lan", "--name", CLERK, "--phone", "0912 345 678")


def test_a_clerk_is_registered_and_listed(office, lan):
    assert lan == {"code": "lan", "name": CLERK, "role": "clerk", "phone": "+84912345678", "closed_on": None}
    assert office.json("clerk", "list") == [lan]


def test_without_clerks_anybody_acts_without_a_warning(office):
    assert "clerk add" in office.run("clerk", "list").err
    said = office.run("agency", "mode", "H29.11", "auto", "--reason", "good").err
    assert said == f"Acting: {CLERK}\n"


def test_the_acting_clerk_is_told_and_an_unknown_one_is_warned_of(office, lan):
    said = office.run("agency", "mode", "H29.11", "auto", "--reason", "good", "--clerk", "LAN").err
    assert said == f"Acting: {CLERK}\n"
    said = office.run("agency", "mode", "H29.11", "propose", "--reason", "good", "--clerk", "hoa").err
    assert "'hoa' is no registered clerk; there are: lan (Nguyễn Thị Lan)" in said
    actors = [event["actor"] for event in office.json("audit", "show", "--limit", "100") if event["kind"] == "agency-mode"]
    assert actors == [CLERK, "hoa"]


def test_looking_tells_nobody(office, lan):
    assert office.run("agency", "list").err == ""


def test_a_clerk_who_left_acts_no_more_until_back(office, lan):
    assert office.json("clerk", "close", "lan", "--reason", "moved")["closed_on"]
    assert office.json("clerk", "list") == []
    assert len(office.json("clerk", "list", "--closed")) == 1
    office.done("clerk", "add", "hoa", "--name", "Trần Thị Hoa")
    assert "no registered clerk" in office.run("agency", "mode", "H29.11", "auto", "--reason", "good").err
    assert office.json("clerk", "reopen", "lan", "--reason", "back")["closed_on"] is None


def test_a_clerk_is_edited(office, lan):
    after = office.json("clerk", "edit", "lan", "--role", "chief", "--phone", "", "--reason", "promoted")
    assert (after["role"], after["phone"], after["name"]) == ("chief", "", CLERK)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "LAN", "--name", "Ai khác"), "another clerk's"),
        (("add", "l", "--name", "nguyen thi lan"), "another clerk's"),
        (("add", "l n", "--name", "L"), "no code"),
        (("add", "l", "--name", "L", "--phone", "024 3825 5555"), "no mobile number"),
        (("add", "l", "--name", "L", "--phone", "0912345678;0987654321"), "one number only"),
        (("edit", "x", "--name", "L", "--reason", "?"), "clerk list"),
    ],
)
def test_a_wrong_clerk_is_refused(office, lan, words, said):
    assert said in office.refused("clerk", *words)
