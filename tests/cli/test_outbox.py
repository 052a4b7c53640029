from datetime import timedelta

import pytest

from mailhub.hub import open_hub
from mailhub.texting import intend_text
from storage import outbox


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


@pytest.fixture
def lost(office):
    """One text of which nobody knows whether it was sent."""
    hub = open_hub(office.home, {})
    with hub.database.transaction() as tx:
        now = tx.now()
        intend_text(
            tx,
            unit_id=hub.directory.unit().id,
            kind="meeting",
            revision=1,
            number="+84912345678",
            text="VPUB: HOAN HOP GM 226",
            due_at=now,
            expires_at=now + timedelta(hours=1),
        )
        [(claim, _)] = outbox.claim(tx, owner="t@1", lease=timedelta(minutes=1), limit=1, channels=["sms"])
        outbox.uncertain(tx, claim, "no answer in time", gateway="smpp")
    hub.close()
    return "1"


def test_a_text_shows_its_words_its_segments_and_that_nobody_knows(office, lost):
    (line,) = office.json("outbox", "list")
    assert (line["channel"], line["recipient"], line["state"]) == ("sms", "+84912345678", "uncertain")
    assert (line["text"], line["segments"], line["gateway"]) == ("VPUB: HOAN HOP GM 226", 1, "smpp")
    said = office.done("outbox", "show", lost, lang="vi")
    for words in ("tin nhắn", "chưa rõ", "VPUB: HOAN HOP GM 226", "no answer in time"):
        assert words in said
    assert office.json("status")["outbox_uncertain"] == 1


def test_a_clerk_settles_an_uncertain_text_and_corrects_a_mistake(office, lost):
    settled = office.json("outbox", "settle", lost, "--sent", "--reason", "he has it")
    assert (settled["state"], settled["sent_at"] is not None) == ("sent", True)
    settled = office.json("outbox", "settle", lost, "--not-sent", "--reason", "it was another text")
    assert (settled["state"], settled["sent_at"]) == ("failed", None)
    events = office.json("audit", "show", "--subject", "dispatch/1")
    assert [event["kind"] for event in events] == ["dispatch-settled", "dispatch-settled"]
    assert office.json("outbox", "retry", lost)["state"] == "due"
    assert "is due" in office.refused("outbox", "settle", lost, "--sent", "--reason", "x")


def test_an_uncertain_text_is_sent_again_when_a_clerk_says_so(office, lost):
    assert office.json("outbox", "retry", lost, "--reason", "he has no text")["state"] == "due"


def test_settling_needs_a_word_and_a_reason(office, lost, receipt):
    assert office.run("outbox", "settle", lost, "--reason", "x").code == 2
    assert office.run("outbox", "settle", lost, "--sent").code == 2


def test_a_mail_is_not_settled(office, receipt):
    assert "cannot be settled" in office.refused("outbox", "settle", receipt, "--sent", "--reason", "x")
