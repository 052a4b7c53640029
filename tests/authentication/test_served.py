"""Who sent it, from the SMTP door to the letter: a served hub, a name server, and mails as agencies and forgers send them."""

import smtplib
from dataclasses import dataclass, field, replace
from itertools import count

import pytest

from mailhub.clock import system_clock
from mailhub.hub import create_home, open_hub
from mailhub.serving import Server
from parsers.mail.authentication import Method, Proof, Result
from storage.records import Actor, AgencyCode, AgencyDraft, LetterState, UnitDraft
from tests.authentication.signing import Signer
from tests.servers.waiting import free_port, until

CLERK = Actor(unit_id=None, name="lan", via="cli")
UNIT, DOMAIN, PUBLIC = "vpub@tinh.gov.vn", "so-noi-vu.hanoi.gov.vn", "gmail.com"
BORDER = "mx.tinh.gov.vn"
SETTINGS = """
[smtp]
port = {port}

[senders]
resolver = "{resolver}"
resolver_seconds = 20
border = "mx.tinh.gov.vn"
border_networks = ["127.0.0.2"]
arc_sealers = ["lists.example"]
"""


@dataclass
class House:
    """A served hub and its post."""

    hub: object
    unit: object
    port: int
    numbers: count = field(default_factory=lambda: count(1))

    def mail(self, author=f"vanthu@{DOMAIN}", subject="Gui van ban", headers=""):
        number = next(self.numbers)
        return (
            f"{headers}From: Van thu <{author}>\r\nTo: {UNIT}\r\nSubject: {subject}\r\n"
            f"Date: Fri, 09 Aug 2024 07:10:00 +0700\r\nMessage-ID: <{number}@test.example>\r\n"
            f"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nKinh gui Van phong, thu so {number}.\r\n"
        ).encode()

    def send(self, raw, mail_from=f"vanthu@{DOMAIN}", source="127.0.0.1"):
        """Hand the mail in from this address; gives the submission once it is read and its letters are decided."""
        before = {item.id for item in self.hub.submissions.list_(self.unit.id)}
        with smtplib.SMTP("127.0.0.1", self.port, source_address=(source, 0), timeout=20) as client:
            client.sendmail(mail_from, [UNIT], raw)
        return until(lambda: self._new(before), "the mail to be read")

    def _new(self, before):
        for item in self.hub.submissions.list_(self.unit.id):
            view = self.hub.submissions.show(self.unit.id, item.id)
            undecided = any(letter.draft.action == "" for letter in view.letters)
            if item.id not in before and not undecided:
                return view
        return None


@pytest.fixture(scope="module")
def house(dns_server, tmp_path_factory):
    home = tmp_path_factory.mktemp("served") / "hub"
    create_home(home, {})
    port = free_port()
    (home / "mailhub.toml").write_text(SETTINGS.format(port=port, resolver=dns_server.setting), encoding="utf-8")
    hub = open_hub(home, {}, system_clock)
    unit = hub.directory.add_unit(
        CLERK,
        UnitDraft(code="VPUB", name="Văn phòng", time_zone="Asia/Ho_Chi_Minh", register="UBND", addresses=(UNIT,), aliases=()),
    )
    agency = AgencyDraft(
        codes=(AgencyCode(code="H29.12"),),
        name="Sở Nội vụ",
        kind="state",
        mode="propose",
        addresses=(f"vanthu.snv@{PUBLIC}",),
        domains=(DOMAIN,),
    )
    hub.directory.add_agency(CLERK, unit.id, agency)
    server = Server(hub)
    server.start()
    yield House(hub=hub, unit=unit, port=port)
    server.stop()
    hub.close()


@pytest.fixture
def world(zone, house):
    """The name server of the agency, which asks to reject what it did not sign, and whose key changes with every test."""
    signer = Signer(domain=DOMAIN, selector=f"s{next(house.numbers)}")
    zone.txt(signer.name, signer.record)
    vars(house.hub)["senders"].dns._known.clear()
    vars(house.hub)["senders"].dns._silent_until = 0.0
    return zone, signer, house


def sender_of(view):
    return view.reading.mail.authentication


def reasons(view):
    [letter] = view.letters
    assert letter.draft.state in {LetterState.HELD, LetterState.WAITING}
    return [reason for reason in letter.draft.reasons if "sender" in reason or "domain" in reason or "pending" in reason]


def test_a_signed_mail_of_a_registered_domain_is_proved(world):
    zone, signer, house = world
    zone.txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=reject")
    view = house.send(signer.sign(house.mail()))
    found = sender_of(view)
    assert (found.method, found.proof, found.dmarc.result) == (Method.DNS, Proof.PROVED, Result.PASS)
    assert [(item.result, item.domain, item.aligned) for item in found.dkim] == [(Result.PASS, DOMAIN, True)]
    assert reasons(view) == []


def test_a_forged_mail_of_a_domain_that_asks_to_reject_is_held_as_such(world):
    zone, _, house = world
    zone.txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=reject")
    view = house.send(house.mail(), mail_from="x@forger.example")
    assert (sender_of(view).proof, sender_of(view).dmarc.policy) == (Proof.FAILED, "reject")
    assert reasons(view) == ["sender-failed"]


def test_spf_of_the_return_path_proves_a_mail_that_nobody_signed(world):
    zone, _, house = world
    zone.txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=reject")
    zone.txt(f"mail.{DOMAIN}", "v=spf1 ip4:127.0.0.1 -all")
    view = house.send(house.mail(), mail_from=f"bounce@mail.{DOMAIN}")
    found = sender_of(view)
    assert (found.proof, found.spf.result, found.spf_aligned, found.dkim) == (Proof.PROVED, Result.PASS, True, ())
    assert reasons(view) == []


def test_a_stranger_s_spf_proves_nothing_about_the_author(world):
    zone, _, house = world
    zone.txt("forger.example", "v=spf1 ip4:127.0.0.1 -all")
    view = house.send(house.mail(), mail_from="x@forger.example")
    found = sender_of(view)
    assert (found.proof, found.spf.result, found.spf_aligned) == (Proof.UNPROVED, Result.PASS, False)
    assert reasons(view) == ["sender-unproved"]


def test_a_mail_that_was_changed_after_signing_is_held(world):
    zone, signer, house = world
    zone.txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=quarantine")
    view = house.send(signer.sign(house.mail()).replace(b"thu so", b"thu  ky"))
    assert sender_of(view).dkim[0].result is Result.FAIL
    assert reasons(view) == ["sender-failed"]


@pytest.mark.parametrize("trouble", ["broken", "silent"])
def test_a_mail_is_taken_and_waits_while_dns_is_out(world, trouble, monkeypatch):
    zone, signer, house = world
    dns = vars(house.hub)["senders"].dns
    monkeypatch.setattr(dns, "settings", replace(dns.settings, seconds=2.0))
    getattr(zone, trouble).update({signer.name, f"_dmarc.{DOMAIN}", "_dmarc.hanoi.gov.vn"})
    view = house.send(signer.sign(house.mail()))
    [letter] = view.letters
    assert sender_of(view).proof is Proof.PENDING
    assert (letter.draft.state, letter.draft.reasons) == (LetterState.WAITING, ("checks-pending",))
    zone.over.set()


def test_a_public_domain_proves_its_exact_address_and_no_other(world):
    zone, _, house = world
    google = Signer(domain=PUBLIC, selector="g")
    zone.txt(google.name, google.record)
    zone.txt(f"_dmarc.{PUBLIC}", "v=DMARC1; p=none; sp=quarantine")
    known = house.send(google.sign(house.mail(f"vanthu.snv@{PUBLIC}")), mail_from=f"vanthu.snv@{PUBLIC}")
    other = house.send(google.sign(house.mail(f"vanthu.snv2@{PUBLIC}")), mail_from=f"vanthu.snv2@{PUBLIC}")
    assert (sender_of(known).proof, reasons(known)) == (Proof.PROVED, [])
    assert (sender_of(other).proof, other.letters, other.submission.draft.agency_id) == (Proof.PROVED, (), None)


def test_a_forwarded_mail_counts_where_the_forwarder_s_seal_is_believed(world):
    zone, _, house = world
    zone.txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=reject")
    saw = f"mx.lists.example; dmarc=pass header.from={DOMAIN}"
    for domain, proof in (("lists.example", Proof.PROVED), ("x.example", Proof.FAILED)):
        sealer = Signer(domain=domain, selector="arc")
        zone.txt(sealer.name, sealer.record)
        view = house.send(sealer.seal(house.mail(), 1, saw), mail_from=f"bounce@{domain}")
        assert (sender_of(view).proof, sender_of(view).arc.result) == (proof, Result.PASS)


def test_the_border_server_s_results_count_from_its_own_address_only(world):
    zone, _, house = world
    results = f"Authentication-Results: {BORDER};\r\n dmarc=pass header.from={DOMAIN}\r\n"
    border = house.send(house.mail(headers=results), source="127.0.0.2")
    assert (sender_of(border).method, sender_of(border).proof, reasons(border)) == (Method.BORDER, Proof.PROVED, [])
    assert (f"_dmarc.{DOMAIN}", "TXT") not in zone.asked
    forged = house.send(house.mail(headers=results))
    assert (sender_of(forged).method, reasons(forged)) == (Method.DNS, ["sender-unproved"])
    assert "forged-authentication-results" in {finding.code for finding in forged.reading.findings}


def test_a_mark_as_junk_is_believed_of_the_border_server_only(world):
    _, _, house = world
    marked = {"headers": "X-Spam-Flag: YES\r\n", "author": "ban@hang.example"}
    own = house.send(house.mail(**marked), mail_from="ban@hang.example")
    assert (own.reading.mail.junk, own.submission.draft.state.value) == (False, "read")
    border = house.send(house.mail(**marked), mail_from="ban@hang.example", source="127.0.0.2")
    assert (border.reading.mail.junk, border.submission.draft.state.value) == (True, "dismissed")
