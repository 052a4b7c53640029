"""What the way that a mail came says of it, and what is asked about it."""

from dataclasses import dataclass, field

import pytest

from mailhub import codec
from mailhub.authentication.arrival import HEADER_OCTETS, Border, SenderChecks, header_of
from mailhub.checking.jobs import QuestionsJob
from mailhub.clock import system_clock
from parsers.mail.authentication import Lookup, Method, Result, SenderQuestions
from parsers.mail.sender_authentication import sender_questions
from storage.records import CaptureDraft
from tests.authentication.signing import LETTER, Signer

DOMAIN = "so-noi-vu.hanoi.gov.vn"
BORDER = Border(
    authserv_id="mx.tinh.gov.vn",
    networks=("10.0.0.0/24", "2001:db8::/64"),
    hosts=("filter.tinh.gov.vn",),
    mailboxes={"vanthu": "mx.google.com"},
)


@dataclass
class Child:
    """A reader child that looks at headers as the real one does, or says what a test wants."""

    says: SenderQuestions | None = None
    asked: list[bytes] = field(default_factory=list)

    def read(self, job):
        self.asked.append(job.body)
        questions = self.says or sender_questions(job.body, codec.decode(job.header, QuestionsJob).evidence)
        return codec.encode(questions)


def capture(door="smtp", peer="192.0.2.10", key="1", mail_from=f"vanthu@{DOMAIN}", auth=""):
    return CaptureDraft(
        door=door,
        door_key=key,
        blob="b",
        sha256="0" * 64,
        size=1,
        peer=peer,
        helo="mail.example",
        tls="",
        auth=auth,
        mail_from=mail_from,
        recipients=(),
        received_at=system_clock(),
    )


@pytest.mark.parametrize(
    ("about", "draft", "identity", "any_hop", "junk"),
    [
        ("the border", capture(peer="10.0.0.7"), "mx.tinh.gov.vn", False, True),
        ("the border by IPv6", capture(peer="2001:db8::7"), "mx.tinh.gov.vn", False, True),
        ("the border by IPv4 in IPv6", capture(peer="::ffff:10.0.0.7"), "mx.tinh.gov.vn", False, True),
        ("the world", capture(), "", False, False),
        ("no address", capture(peer=""), "", False, False),
        (
            "a provider's mailbox",
            capture("imap", "imap.gmail.com", "vanthu@imap.gmail.com/INBOX/1/2"),
            "mx.google.com",
            True,
            True,
        ),
        ("another mailbox", capture("imap", "mail.example", "khac@mail.example/INBOX/1/2"), "", False, False),
        ("a file of the border's address", capture("folder", "10.0.0.7", "a.eml"), "", False, True),
    ],
)
def test_the_door_says_whose_word_counts(about, draft, identity, any_hop, junk):
    evidence = BORDER.evidence(draft)
    assert (evidence.border_id, evidence.any_hop, evidence.junk_believed) == (identity, any_hop, junk), about
    assert evidence.known_ids == ("mx.tinh.gov.vn", "mx.google.com")


def test_without_a_resolver_nobody_is_asked():
    child = Child()
    checks = SenderChecks(readers=child, border=BORDER)
    assert checks.evidence(capture(auth="stc"), LETTER).method is Method.BORDER
    off = SenderChecks(readers=child, border=Border(networks=("127.0.0.1",))).evidence(capture(auth="stc"), LETTER)
    assert (off.method, off.login, child.asked) == (Method.OFF, "stc", [])


def test_policy_keys_and_spf_are_asked_for_once(zone, dns):
    signer = Signer()
    zone.txt(signer.name, signer.record)
    zone.txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=reject")
    zone.txt(DOMAIN, "v=spf1 ip4:192.0.2.10 -all")
    child = Child()
    checks = SenderChecks(readers=child, border=BORDER, dns=dns)
    evidence = checks.evidence(capture(), signer.sign(LETTER) + b"x" * 100_000)
    told = {answer.name: answer.lookup for answer in evidence.answers}
    assert told == {f"_dmarc.{DOMAIN}": Lookup.FOUND, "_dmarc.hanoi.gov.vn": Lookup.ABSENT, signer.name: Lookup.FOUND}
    assert (evidence.method, evidence.spf.result, evidence.from_domain_exists) == (Method.DNS, Result.PASS, None)
    assert [len(head) < 5000 for head in child.asked] == [True]
    checks.evidence(capture(), signer.sign(LETTER))
    assert set(zone.asked.values()) == {1}


def test_spf_is_not_asked_of_a_server_of_ours(zone, dns):
    zone.txt(DOMAIN, "v=spf1 +all")
    checks = SenderChecks(readers=Child(), border=BORDER, dns=dns)
    for draft in (capture(peer="10.0.0.7"), capture("imap", key="a@b/INBOX/1/2"), capture("folder")):
        assert checks.evidence(draft, LETTER).spf.result is Result.NONE


@pytest.mark.parametrize(("policy", "exists"), [("v=DMARC1; p=none; np=reject", False), ("v=DMARC1; p=none", None)])
def test_whether_a_domain_is_there_is_asked_only_where_that_decides(zone, dns, policy, exists):
    zone.txt("_dmarc.hanoi.gov.vn", policy)
    checks = SenderChecks(readers=Child(), border=BORDER, dns=dns)
    assert checks.evidence(capture(), LETTER).from_domain_exists is exists


def test_what_a_child_asks_for_is_bounded_by_its_form(zone, dns):
    hostile = SenderQuestions(from_domain="a b.example", key_names=("x" * 300, "..", "internal", "s._domainkey.ok.example"))
    checks = SenderChecks(readers=Child(hostile), border=BORDER, dns=dns)
    assert checks.evidence(capture(mail_from=""), LETTER).answers == ()
    named = SenderQuestions(from_domain="ok.example", key_names=hostile.key_names)
    evidence = SenderChecks(readers=Child(named), border=BORDER, dns=dns).evidence(capture(mail_from=""), LETTER)
    assert [answer.name for answer in evidence.answers] == ["_dmarc.ok.example", "s._domainkey.ok.example"]


def test_a_header_is_handed_over_without_its_body_and_never_whole_where_it_has_no_end():
    assert header_of(LETTER).endswith(b"charset=utf-8\r\n\r\n")
    assert len(header_of(b"x" * (HEADER_OCTETS * 2))) == HEADER_OCTETS
