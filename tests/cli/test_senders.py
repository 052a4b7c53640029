"""Who sent it, as the two explanations tell it."""

from dataclasses import replace

import pytest

from parsers.mail.authentication import (
    ArcResult,
    DkimResult,
    DmarcResult,
    Method,
    Proof,
    Result,
    SenderAuthentication,
    SpfResult,
)
from parsers.mail.model import Mailbox
from tests.hub.conftest import reading_of
from tests.policy import builders

FORGED = SenderAuthentication(
    method=Method.DNS,
    proof=Proof.FAILED,
    domain="stc.tinh.gov.vn",
    spf=SpfResult(result=Result.PASS, domain="forger.example", identity="mailfrom"),
    dkim=(
        DkimResult(
            result=Result.FAIL,
            domain="stc.tinh.gov.vn",
            selector="s1",
            algorithm="rsa-sha256",
            key_bits=2048,
            aligned=True,
            reason="the body was changed",
        ),
    ),
    arc=ArcResult(result=Result.FAIL, sealer="lists.example", hops=2, reason="broken"),
    dmarc=DmarcResult(result=Result.FAIL, policy="reject", record_domain="tinh.gov.vn", reason="nothing that passed is aligned"),
    reason="nothing that passed is aligned",
)
STRANGER = Mailbox(name="", address="vanthu@taichinh.example")


@pytest.fixture
def explained(office, bring):
    def told(authentication, from_=builders.MAIL.from_, verb="letter", number="h1", **options):
        mail = replace(builders.MAIL, from_=from_, authentication=authentication)
        bring((b"mail", reading_of(mail=mail)))
        return office.done(verb, "explain", number, **options)

    return told


@pytest.mark.parametrize(("verb", "number"), [("letter", "h1"), ("submission", "1")])
def test_every_check_is_shown_with_domain_selector_and_source(explained, verb, number):
    text = explained(FORGED, verb=verb, number=number)
    for word in (
        "MAY BE FORGED",
        "spf",
        "forger.example",
        "dkim",
        "s1",
        "2048 bit",
        "arc",
        "lists.example",
        "p=reject",
        "own DNS",
    ):
        assert word in text


def test_a_clerk_reads_it_in_vietnamese(explained):
    text = explained(FORGED, lang="vi")
    assert "CÓ THỂ BỊ GIẢ" in text
    assert "tự hỏi DNS" in text


def test_where_nothing_is_checked_that_is_said(explained):
    assert "NOT CHECKED" in explained(SenderAuthentication())


def test_a_domain_that_passes_and_is_not_registered_is_named_with_the_agency(explained):
    proved = SenderAuthentication(method=Method.BORDER, proof=Proof.PROVED, domain="taichinh.example", reason="dmarc")
    text = " ".join(explained(proved, from_=(STRANGER,)).split())
    assert "domain taichinh.example passes but is not registered for agency H29.11" in text


def test_whom_a_stranger_resembles_is_named(explained):
    unproved = SenderAuthentication(method=Method.DNS, proof=Proof.UNPROVED, domain="stc-tinh.gov.vn")
    box = Mailbox(name="", address="vanthu@stc-tinh.gov.vn")
    assert "resembles H29.11 Sở Tài chính" in " ".join(explained(unproved, from_=(box,)).split())


def test_a_login_is_named(explained):
    assert "logged in as stc" in explained(SenderAuthentication(login="stc"))
