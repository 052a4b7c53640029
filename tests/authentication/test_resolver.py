"""The resolver: what it asks, remembers and forgives."""

from dataclasses import replace

import pytest

from mailhub.authentication.resolver import MOST_QUESTIONS, Dns, ResolverSettings
from parsers.mail.authentication import Lookup
from tests.servers.waiting import until


class Watch:
    """A monotonic clock that a test moves."""

    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def timed(zone, watch):
    settings = ResolverSettings(address=zone.address, port=zone.port, seconds=20.0, longest=600.0, absent=60.0)
    return Dns(settings, monotonic=watch)


def test_records_of_every_kind_are_read(zone, dns):
    zone.txt("a.example", "v=spf1 -all", "x" * 600)
    zone.add("a.example", "A", "192.0.2.1")
    zone.add("a.example", "AAAA", "2001:db8::1")
    zone.add("a.example", "MX", (10, "mx.a.example"))
    asking = dns.asking()
    assert set(asking.txt("A.example.").records) == {"v=spf1 -all", "x" * 600}
    assert asking.ask("a.example", "A").values == ("192.0.2.1",)
    assert asking.ask("a.example", "AAAA").values == ("2001:db8::1",)
    assert asking.ask("a.example", "MX").values == ((10, "mx.a.example"),)


def test_a_name_that_does_not_exist_and_a_type_that_is_not_there_are_absent(zone, dns):
    zone.add("a.example", "A", "192.0.2.1")
    assert dns.asking().txt("a.example").lookup is Lookup.ABSENT
    assert dns.asking().txt("b.example").lookup is Lookup.ABSENT


@pytest.mark.parametrize("name", ["", ".", "a..b", "x" * 64 + ".example", ".".join(["label"] * 60), "đ.example", "a b\\.example"])
def test_a_name_that_cannot_be_asked_for_is_absent_and_raises_nothing(dns, name):
    assert dns.asking().txt(name).lookup is Lookup.ABSENT


def test_a_broken_zone_is_unavailable_and_not_asked_again_at_once(zone, timed, watch):
    zone.broken.add("a.example")
    assert timed.asking().txt("a.example").lookup is Lookup.UNAVAILABLE
    zone.broken.clear()
    zone.txt("a.example", "here")
    assert timed.asking().txt("a.example").lookup is Lookup.UNAVAILABLE
    watch.seconds += 31
    assert timed.asking().txt("a.example").records == ("here",)


def test_a_long_answer_comes_over_tcp(zone, dns):
    texts = [f"{number:03}" + "y" * 240 for number in range(12)]
    zone.txt("long.example", *texts)
    assert set(dns.asking().txt("long.example").records) == set(texts)
    assert zone.over_tcp["long.example", "TXT"] == 1


def test_a_record_beyond_all_measure_is_left_out(zone, dns):
    zone.txt("huge.example", "z" * 9000, "small")
    assert dns.asking().txt("huge.example").records == ("small",)


def test_an_answer_is_remembered_no_longer_than_it_says_and_than_the_office_wants(zone, timed, watch):
    zone.ttl = 7200
    zone.txt("a.example", "first")
    assert timed.asking().txt("a.example").records == ("first",)
    zone.clear()
    watch.seconds += 599
    assert timed.asking().txt("a.example").records == ("first",)
    watch.seconds += 2
    assert timed.asking().txt("a.example").lookup is Lookup.ABSENT
    zone.txt("a.example", "second")
    assert timed.asking().txt("a.example").lookup is Lookup.ABSENT
    watch.seconds += 61
    assert timed.asking().txt("a.example").records == ("second",)
    zone.ttl = 300


def test_a_silent_server_costs_one_wait_for_all_mails(zone, watch):
    zone.mute = True
    dns = Dns(ResolverSettings(address=zone.address, port=zone.port, seconds=0.3), monotonic=watch)
    answers = [dns.asking().txt(name).lookup for name in ("a.example", "b.example", "c.example")]
    assert answers == [Lookup.UNAVAILABLE] * 3
    until(lambda: ("a.example", "TXT") in zone.asked, "the question to be heard")
    assert ("b.example", "TXT") not in zone.asked


def test_one_name_that_is_not_answered_silences_no_other(zone, dns, monkeypatch):
    zone.silent.add("slow.example")
    zone.txt("b.example", "here")
    monkeypatch.setattr("mailhub.authentication.resolver.PROBE_SECONDS", 20.0)
    patient, dns.settings = dns.settings, replace(dns.settings, seconds=0.3)
    assert dns.asking().txt("slow.example").lookup is Lookup.UNAVAILABLE
    dns.settings = patient
    assert dns.asking().txt("b.example").records == ("here",)


def test_a_slow_answer_within_the_time_counts(zone, dns):
    zone.delays["slow.example"] = 0.3
    zone.txt("slow.example", "late but here")
    assert dns.asking().txt("slow.example").records == ("late but here",)


def test_one_mail_asks_no_more_than_a_number_of_questions(zone, dns):
    asking = dns.asking()
    told = [asking.txt(f"{number}.example").lookup for number in range(MOST_QUESTIONS + 5)]
    assert told == [Lookup.ABSENT] * MOST_QUESTIONS + [Lookup.UNAVAILABLE] * 5


def test_no_server_at_all_is_an_answer_of_its_own(zone):
    dns = Dns(ResolverSettings(address="127.0.0.1", port=1, seconds=0.3))
    assert dns.asking().txt("a.example").lookup is Lookup.UNAVAILABLE


@pytest.mark.parametrize(("kind", "values"), [("A", ["192.0.2.1"]), ("AAAA", ["2001:db8::1"]), ("MX", [(5, "mx.example")])])
def test_a_domain_with_any_address_or_exchanger_exists(zone, dns, kind, values):
    zone.add("there.example", kind, *values)
    assert dns.asking().exists("there.example") is True


def test_a_domain_without_any_does_not_exist_and_nobody_knows_where_dns_fails(zone, dns):
    zone.txt("text.example", "only")
    zone.broken.add("broken.example")
    assert dns.asking().exists("text.example") is False
    assert dns.asking().exists("broken.example") is None
