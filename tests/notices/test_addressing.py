from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.notices.addressing import Delivery, Unanswered, answer_to, delivery_of
from parsers.mail.authentication import Method, Proof, SenderAuthentication
from parsers.mail.model import Mailbox
from tests.policy.builders import FINANCE, MAIL

OWN = ("vanthu@vpub.tinh.example",)


FORGED = SenderAuthentication(method=Method.DNS, proof=Proof.FAILED, domain="stc.tinh.gov.vn")


def answer(mail=MAIL, sender=FINANCE, *, authenticated=False, loop_marks=()):
    return answer_to(mail, sender, authenticated=authenticated, own_addresses=OWN, loop_marks=loop_marks)


def from_(address, name=""):
    return replace(MAIL, from_=(Mailbox(name=name, address=address),))


def test_a_registered_agency_is_answered_where_it_wrote_from():
    given = answer()
    assert (given.address, given.name, given.refusal) == ("vanthu@stc.tinh.gov.vn", "Sở Tài chính", None)


def test_a_reply_to_changes_nothing():
    lured = replace(MAIL, reply_to=(Mailbox(name="", address="victim@elsewhere.example"),))
    assert answer(lured) == answer()


def test_an_authenticated_stranger_is_answered():
    given = answer(from_("dan@nhadan.example", "Trần B"), None, authenticated=True)
    assert (given.address, given.name) == ("dan@nhadan.example", "Trần B")


@pytest.mark.parametrize(
    ("about", "mail", "sender", "refusal"),
    [
        ("a stranger", MAIL, None, Unanswered.UNKNOWN_SENDER),
        ("an agency that only the letter names", MAIL, replace(FINANCE, matched_by="issuer"), Unanswered.UNKNOWN_SENDER),
        ("a null return path", replace(MAIL, return_path=""), FINANCE, Unanswered.NULL_RETURN_PATH),
        ("a null return path in brackets", replace(MAIL, return_path="<>"), FINANCE, Unanswered.NULL_RETURN_PATH),
        ("an automatic mail", replace(MAIL, automatic=("Auto-Submitted",)), FINANCE, Unanswered.AUTOMATIC),
        ("a mail daemon", from_("MAILER-DAEMON@stc.tinh.gov.vn"), FINANCE, Unanswered.AUTOMATIC),
        ("a list's owner", from_("owner-vanban@stc.tinh.gov.vn"), FINANCE, Unanswered.AUTOMATIC),
        ("a list's robot", from_("vanban-request@stc.tinh.gov.vn"), FINANCE, Unanswered.AUTOMATIC),
        ("junk", replace(MAIL, junk=True), FINANCE, Unanswered.JUNK),
        ("our own address", from_("VanThu@vpub.tinh.example"), FINANCE, Unanswered.OWN_ADDRESS),
        ("our own return path", replace(MAIL, return_path="<vanthu@vpub.tinh.example>"), FINANCE, Unanswered.OWN_ADDRESS),
        ("a registered address that is forged", MAIL, replace(FINANCE, proof=Proof.FAILED), Unanswered.SENDER_FAILED),
        ("a forged stranger", replace(MAIL, authentication=FORGED), None, Unanswered.SENDER_FAILED),
        ("no author", replace(MAIL, from_=()), FINANCE, Unanswered.NO_ADDRESS),
        ("two authors", replace(MAIL, from_=MAIL.from_ * 2), FINANCE, Unanswered.NO_ADDRESS),
        ("an author without an address", from_(""), FINANCE, Unanswered.NO_ADDRESS),
    ],
)
def test_no_answer_goes_to(about, mail, sender, refusal):
    given = answer(mail, sender)
    assert (given.refusal, given.address) == (refusal, "")


def test_our_own_mark_ends_a_loop_even_for_a_registered_agency():
    assert answer(authenticated=True, loop_marks=("hub-1",)).refusal is Unanswered.OWN_LOOP


@given(st.integers(0, 200), st.integers(1, 100))
def test_beyond_the_cap_there_is_a_digest_and_never_silence(sent, cap):
    assert delivery_of(sent, cap) is (Delivery.AT_ONCE if sent < cap else Delivery.DIGEST)
