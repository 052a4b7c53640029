"""SPF by the sections of RFC 7208, against names that are told without a server."""

import pytest

from mailhub.authentication.resolver import DnsAnswer
from mailhub.authentication.spf import check_spf
from parsers.mail.authentication import Lookup

HOST = {"A": ["192.0.2.10"]}
OTHER = {"A": ["198.51.100.1"]}
REVERSE = "10.2.0.192.in-addr.arpa"
REVERSE_6 = f"1.{'0.' * 23}8.b.d.0.1.0.0.2.ip6.arpa"
DOWN = "down"
LABELS = ".".join(["b" * 60] * 4)
"""So long that only what is in front of it can be left out."""


class Names:
    """DNS as a table of names; what is DOWN gets no answer."""

    def __init__(self, zone):
        self.zone = zone

    def ask(self, name, kind):
        entry = self.zone.get(name.rstrip(".").lower(), {})
        if DOWN in (entry, entry == DOWN or entry.get(kind)):
            return DnsAnswer(Lookup.UNAVAILABLE)
        values = tuple(value.encode("latin_1") if kind == "TXT" else value for value in entry.get(kind, ()))
        return DnsAnswer(Lookup.FOUND if values else Lookup.ABSENT, values)


def result(record, zone=(), *, peer="192.0.2.10", mail_from="van.thu@d.example", helo="mail.d.example"):
    records = [record] if isinstance(record, str) else record
    zone = dict(zone)
    zone["d.example"] = {"TXT": records, **zone.get("d.example", {})}
    return check_spf(Names(zone), peer=peer, mail_from=mail_from, helo=helo).result.value


def record(text):
    return {"TXT": [text]}


def chain(length):
    steps = {f"r{step}.example": record(f"v=spf1 redirect=r{step + 1}.example") for step in range(1, length)}
    return steps | {f"r{length}.example": record("v=spf1 +all")}


def hosts(count):
    return {f"h{number}.example": OTHER for number in range(count)}


def asks(count):
    return " ".join(f"a:h{number}.example" for number in range(count))


@pytest.mark.parametrize(
    ("expected", "records"),
    [
        ("none", "v=spf1-all"),
        ("none", " v=spf1 -all"),
        ("none", "spf2.0/pra -all"),
        ("fail", "V=SPF1 -ALL"),
        ("fail", "v=spf1  -all  "),
        ("fail", ["v=spf1 -all", "v=spf10 +all", "other"]),
        ("permerror", ["v=spf1", "v=spf1 -all"]),
        ("permerror", "v=spf1 ip4:192.0.2.10 \xe1-all"),
        ("permerror", "v=spf1 -all."),
        ("permerror", "v=spf1 -all/8"),
        ("permerror", "v=spf1 +all ip4:1.2.3"),
        ("fail", "v=spf1 -all ip4:192.0.2.10"),
        ("fail", "v=spf1 moo.cow-far_out=man:dog/cat -all"),
        ("permerror", "v=spf1 moo=%q -all"),
        ("permerror", "v=spf1 =bad -all"),
        ("permerror", "v=spf1 redirect= ?all"),
        ("permerror", "v=spf1 exp=a.example exp=b.example -all"),
        ("permerror", "v=spf1 include +all"),
        ("permerror", "v=spf1 a/33 -all"),
        ("permerror", "v=spf1 a//129 -all"),
        ("permerror", "v=spf1 a:museum -all"),
        ("permerror", "v=spf1 a:1.2.3.4 -all"),
        ("permerror", "v=spf1 exists -all"),
        ("permerror", "v=spf1 ptr/0 -all"),
        ("permerror", "v=spf1 ip4:192.0.2.10/ -all"),
        ("permerror", "v=spf1 ip4:192.0.2.0/032 -all"),
        ("permerror", "v=spf1 ip6:2001:db8::1::2 -all"),
        ("permerror", "v=spf1 exists:%{c}.x.example -all"),
        ("permerror", "v=spf1 exists:%{d0}.x.example -all"),
        ("permerror", "v=spf1 exists:%{d00r}.x.example -all"),
        ("permerror", "v=spf1 exists:%{d-1}.x.example -all"),
        ("permerror", "v=spf1 exists:%{d}%.example -all"),
        ("pass", "v=spf1 ip4:192.0.2.0/0 -all"),
        ("fail", "v=spf1 ip6:::/0 -all"),
    ],
)
def test_a_record_is_chosen_and_its_words_are_checked(expected, records):
    assert result(records) == expected


@pytest.mark.parametrize(
    ("expected", "text", "zone"),
    [
        ("fail", "include:i.example -all", {"i.example": record("v=spf1 -all")}),
        ("softfail", "~include:i.example -all", {"i.example": record("v=spf1 +all")}),
        ("permerror", "include:i.example +all", {"i.example": HOST}),
        ("permerror", "include:i.example -all", {"i.example": {"TXT": ["v=spf1 -all", "v=spf1 +all"]}}),
        ("temperror", "include:i.example +all", {"i.example": DOWN}),
        ("pass", "include:i.example -all", {"i.example": record("v=spf1 redirect=r1.example"), **chain(2)}),
        ("fail", "redirect=r1.example -all", chain(1)),
        ("pass", "redirect=r1.example", chain(10)),
        ("permerror", "redirect=r1.example", chain(11)),
        ("pass", "redirect=%{d}.r.example", {"d.example.r.example": record("v=spf1 +all")}),
        ("pass", "a/24//64 -all", {"d.example": {"A": ["192.0.2.99"]}}),
        ("fail", "mx -all", {"d.example": HOST}),
        ("permerror", "mx -all", {"d.example": {"MX": [(1, f"m{number}.example") for number in range(11)]}}),
        ("pass", "exists:h.example -all", {"h.example": OTHER}),
        ("fail", f"{asks(10)} -all", hosts(10)),
        ("permerror", f"{asks(11)} -all", hosts(11)),
        ("pass", f"ip4:192.0.2.10 {asks(11)} -all", hosts(11)),
        ("permerror", "include:i.example include:i.example -all", {"i.example": record(f"v=spf1 {asks(5)} -all"), **hosts(5)}),
        ("permerror", "mx:n1.example exists:n2.example a:n3.example -all", {}),
    ],
)
def test_what_a_record_leads_to_counts(expected, text, zone):
    assert result(f"v=spf1 {text}", zone) == expected


@pytest.mark.parametrize(
    ("expected", "names", "host"),
    [
        ("pass", ["mail.d.example"], HOST),
        ("fail", ["mail.d.example"], OTHER),
        ("fail", ["maild.example"], HOST),
        ("pass", [*(f"n{number}.x.example" for number in range(9)), "mail.d.example"], HOST),
        ("fail", [*(f"n{number}.x.example" for number in range(10)), "mail.d.example"], HOST),
    ],
)
def test_the_names_of_a_client_lead_back_to_it(expected, names, host):
    assert result("v=spf1 ptr -all", {REVERSE: {"PTR": names}, **dict.fromkeys(names, host)}) == expected


@pytest.mark.parametrize("zone", [{REVERSE: DOWN}, {REVERSE: {"PTR": ["mail.d.example"]}, "mail.d.example": DOWN}])
def test_a_client_whose_names_cannot_be_asked_for_matches_no_ptr_and_what_follows_counts(zone):
    assert result("v=spf1 ptr -all", zone) == "fail"
    assert result("v=spf1 ptr ip4:192.0.2.10 -all", zone) == "pass"


@pytest.mark.parametrize(
    ("text", "name", "more"),
    [
        ("%{ir}.%{v}", "10.2.0.192.in-addr", {}),
        ("%{ir}.%{v}", REVERSE_6.removesuffix(".arpa"), {"peer": "2001:db8::1"}),
        ("%{s}", "van.thu@d.example", {}),
        ("%{l1r}", "van", {}),
        ("%{l1r-+}", "a", {"mail_from": "a-b+c@d.example"}),
        ("%{S}", "a%21b%40d.example", {"mail_from": "a!b@d.example"}),
        ("%{d999}.%{h}", "d.example.mail.d.example", {}),
        ("%{l}.%{o}", "postmaster.d.example", {"mail_from": "", "helo": "d.example"}),
        ("%{p}", "unknown", {}),
        ("a%%b%-c", "a%b%20c", {}),
        ("%{l}.%{o}", '"a@b".d.example', {"mail_from": '"a@b"@d.example'}),
        (f"%{{l}}.{LABELS}", LABELS, {"mail_from": "a.b.c.d.e@d.example"}),
    ],
)
def test_a_macro_becomes_a_name(text, name, more):
    assert result(f"v=spf1 exists:{text}.x.example -all", {f"{name}.x.example": OTHER}, **more) == "pass"


@pytest.mark.parametrize(
    ("expected", "more"),
    [
        ("pass", {"mail_from": "@d.example"}),
        ("pass", {"mail_from": '"a@b"@d.example'}),
        ("pass", {"mail_from": "a@D.EXAMPLE"}),
        ("pass", {"mail_from": "", "helo": "D.Example."}),
        ("none", {"mail_from": "", "helo": "[192.0.2.10]"}),
        ("none", {"mail_from": "a@[192.0.2.10]"}),
        ("none", {"mail_from": f"a@{'a' * 64}.example"}),
        ("none", {"mail_from": "postmaster"}),
    ],
)
def test_the_sender_names_the_domain_that_is_checked(expected, more):
    assert result("v=spf1 +all", **more) == expected
