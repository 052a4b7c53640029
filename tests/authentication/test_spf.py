"""SPF of the envelope against a real name server: mechanisms, limits, and every way in which DNS fails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.authentication.resolver import Dns, DnsAnswer, ResolverSettings
from mailhub.authentication.spf import check_spf, ip_of
from parsers.mail.authentication import Lookup, Result

HOST = "192.0.2.10"


@pytest.fixture
def spf(dns):
    def check(mail_from="vanthu@stc.example", *, peer=HOST, helo="mail.stc.example"):
        return check_spf(dns.asking(), peer=peer, mail_from=mail_from, helo=helo)

    return check


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("v=spf1 ip4:192.0.2.0/24 -all", Result.PASS),
        ("v=spf1 ip4:198.51.100.1 -all", Result.FAIL),
        ("v=spf1 ip4:198.51.100.1 ~all", Result.SOFTFAIL),
        ("v=spf1 ?all", Result.NEUTRAL),
        ("v=spf1", Result.NEUTRAL),
        ("v=spf1 a -all", Result.PASS),
        ("v=spf1 mx -all", Result.PASS),
        ("v=spf1 exists:%{i}._spf.stc.example -all", Result.PASS),
        ("v=spf1 include:_other.example -all", Result.PASS),
        ("v=spf1 redirect=_other.example", Result.PASS),
        ("v=spf1 ip4:192.0.2.300 -all", Result.PERMERROR),
        ("v=spf1 nonsense -all", Result.PERMERROR),
        ("v=spf1 redirect=_nowhere.example", Result.PERMERROR),
        ("v=spf1 include:_nowhere.example -all", Result.PERMERROR),
        ("v=spf1 include:stc.example -all", Result.PERMERROR),
        ("v=spf1 a:%{z} -all", Result.PERMERROR),
        ("v=spf1 ip4:192.0.2.0/24 exp=explain.example -all", Result.PASS),
        ("v=spf10 -all", Result.NONE),
        ("something else", Result.NONE),
        (f"v=spf1 {'ip4:198.51.100.1 ' * 300}-all", Result.PERMERROR),
    ],
)
def test_a_record_is_evaluated(zone, spf, record, result):
    zone.txt("stc.example", record)
    zone.add("stc.example", "A", HOST)
    zone.add("stc.example", "MX", (10, "mx.stc.example"))
    zone.add("mx.stc.example", "A", HOST)
    zone.add(f"{HOST}._spf.stc.example", "A", "127.0.0.2")
    zone.txt("_other.example", "v=spf1 ip4:192.0.2.10 -all")
    found = spf()
    assert (found.result, found.domain, found.identity) == (result, "stc.example", "mailfrom")
    assert bool(found.reason) is (result is Result.PERMERROR)


def test_no_record_is_none_and_two_are_an_error(zone, spf):
    assert spf().result is Result.NONE
    zone.txt("two.example", "v=spf1 -all", "v=spf1 +all")
    assert spf("a@two.example").result is Result.PERMERROR


def test_more_than_ten_lookups_are_an_error(zone, spf):
    zone.txt("stc.example", f"v=spf1 {' '.join(f'a:h{number}.example' for number in range(11))} -all")
    for number in range(11):
        zone.add(f"h{number}.example", "A", "198.51.100.1")
    assert spf().result is Result.PERMERROR
    assert sum(count for (_, kind), count in zone.asked.items() if kind == "A") <= 10


def test_a_third_empty_answer_is_an_error(zone, spf):
    zone.txt("stc.example", "v=spf1 a:n1.example a:n2.example a:n3.example ip4:192.0.2.10 -all")
    assert spf().result is Result.PERMERROR
    zone.clear()
    zone.txt("two.example", "v=spf1 a:n1.example a:n2.example ip4:192.0.2.10 -all")
    assert spf("a@two.example").result is Result.PASS


@pytest.mark.parametrize("way", ["include:", "redirect="])
def test_a_loop_ends_in_an_error(zone, spf, way):
    zone.txt("stc.example", f"v=spf1 {way}b.example")
    zone.txt("b.example", f"v=spf1 {way}stc.example")
    assert spf().result is Result.PERMERROR
    assert sum(zone.asked.values()) <= 4


@pytest.mark.parametrize("trouble", ["broken", "silent"])
def test_dns_that_fails_is_a_passing_error(zone, trouble):
    getattr(zone, trouble).add("stc.example")
    dns = Dns(ResolverSettings(address=zone.address, port=zone.port, seconds=0.3))
    found = check_spf(dns.asking(), peer=HOST, mail_from="a@stc.example", helo="h.example")
    assert found.result is Result.TEMPERROR


def test_dns_that_fails_in_the_middle_is_a_passing_error(zone, spf):
    zone.txt("stc.example", "v=spf1 include:_broken.example ip4:192.0.2.10 -all")
    zone.broken.add("_broken.example")
    assert spf().result is Result.TEMPERROR


def test_the_null_sender_is_checked_by_its_hello(zone, spf):
    zone.txt("mail.stc.example", "v=spf1 ip4:192.0.2.10 -all")
    found = spf("")
    assert (found.result, found.domain, found.identity) == (Result.PASS, "mail.stc.example", "helo")


@pytest.mark.parametrize("helo", ["", "localhost", "[192.0.2.10]", "a..b.example", "x" * 300])
def test_a_null_sender_with_a_hello_that_is_no_name_proves_nothing(spf, helo):
    assert spf("", helo=helo).result is Result.NONE


@pytest.mark.parametrize("peer", ["", "unix", "postfix.example", "999.1.1.1"])
def test_a_peer_without_an_address_proves_nothing(zone, spf, peer):
    zone.txt("stc.example", "v=spf1 +all")
    assert spf(peer=peer).result is Result.NONE


def test_ipv6_and_ipv4_in_its_clothes(zone, spf):
    zone.txt("stc.example", "v=spf1 ip6:2001:db8::/32 ip4:192.0.2.10 -all")
    assert spf(peer="2001:db8::25").result is Result.PASS
    assert spf(peer="::ffff:192.0.2.10").result is Result.PASS
    assert spf(peer="2001:db9::25").result is Result.FAIL
    assert ip_of("fe80::1%eth0") == "fe80::1"


def test_an_internationalised_domain_is_asked_for_as_it_is_registered(zone, spf):
    zone.txt("xn--vn-mja7a.example", "v=spf1 +all")
    assert spf("a@xn--vn-mja7a.example").result is Result.PASS


def test_a_local_part_that_a_macro_puts_into_a_name_escapes_nothing(zone, spf):
    zone.txt("stc.example", "v=spf1 exists:%{l}._u.stc.example -all")
    assert spf('"a\\.b c"@stc.example').result in {Result.FAIL, Result.PERMERROR}


class Told:
    """DNS that gives one record for every name, and some address for every host."""

    def __init__(self, record):
        self.values = {"TXT": (record.encode("utf_8", "replace"),), "A": ("198.51.100.1",), "MX": ((10, "mx.example"),)}

    def ask(self, _name, kind):
        values = self.values.get(kind, ())
        return DnsAnswer(Lookup.FOUND if values else Lookup.ABSENT, values)


WORDS = (
    "all",
    "-all",
    "?a",
    "mx",
    "ptr",
    "ip4:",
    "ip6:",
    "include:",
    "redirect=",
    "exp=",
    "exists:",
    "%{i}",
    "%{l1r-}",
    "%{",
    "%",
)
TERMS = st.lists(st.sampled_from(WORDS) | st.text(alphabet="a1.:/%{}=-+~ \té", max_size=6), max_size=12)


@given(TERMS.map("".join) | TERMS.map(" ".join), st.sampled_from([HOST, "2001:db8::1"]))
def test_any_record_of_a_stranger_gives_a_result(record, peer):
    found = check_spf(Told(f"v=spf1 {record}"), peer=peer, mail_from="a.b+c@stc.example", helo="h.example")
    assert found.result in set(Result)
