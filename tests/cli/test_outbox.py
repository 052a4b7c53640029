import pytest


@pytest.fixture
def receipt(office, letter):
    """One receipt that is due."""
    office.done("letter", "file", letter)
    return "1"


def test_a_filed_letter_shows_its_receipt(office, receipt):
    (line,) = office.json("outbox", "list")
    assert (line["kind"], line["state"], line["recipient"], line["letter"]) == ("receipt", "due", "vanthu@stc.tinh.gov.vn", "h1")
    assert "báo nhận" in office.done("outbox", "list", lang="vi")


def test_states_limit_the_list(office, receipt):
    assert office.json("outbox", "list", "--state", "failed") == []
    assert len(office.json("outbox", "list", "--state", "due", "--state", "failed")) == 1


def test_a_dispatch_is_held_and_let_go(office, receipt):
    assert office.json("outbox", "hold", receipt, "--reason", "they telephoned")["state"] == "held"
    assert office.json("outbox", "retry", receipt)["state"] == "due"
    kinds = [event["kind"] for event in office.json("audit", "show", "--subject", "dispatch/1")]
    assert kinds == ["dispatch-held", "dispatch-retried"]


def test_what_is_due_already_is_not_retried(office, receipt):
    assert "is due" in office.refused("outbox", "retry", receipt)


def test_a_mail_that_is_not_rendered_yet_cannot_be_printed(office, receipt):
    assert "not rendered" in office.refused("outbox", "show", receipt, "--mail")


def test_an_unknown_dispatch_is_a_sentence(office):
    assert "outbox list" in office.refused("outbox", "show", "77")
