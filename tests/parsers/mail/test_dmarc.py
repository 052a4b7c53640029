"""DMARC: records, organisational domains, and the three cases that the known libraries get wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail.authentication import Lookup, Result, TxtAnswer
from parsers.mail.dmarc import (
    DmarcRecord,
    Policy,
    aligned,
    discover,
    dmarc_result,
    is_host_name,
    organisational_domain,
    parse_record,
    record_names,
)

N, Q, R = Policy.NONE, Policy.QUARANTINE, Policy.REJECT


def answers(**records):
    """DNS: `_dmarc` records by domain, dots written as `__`; None where it did not answer."""
    told = {}
    for key, value in records.items():
        name = "_dmarc." + key.replace("__", ".").replace("_0", "-")
        lookup = Lookup.UNAVAILABLE if value is None else Lookup.FOUND if value else Lookup.ABSENT
        told[name] = TxtAnswer(name=name, lookup=lookup, records=tuple(value or ()))
    return told


def found(domain, records, *, exists=None):
    given_answers = {name: TxtAnswer(name=name, lookup=Lookup.ABSENT) for name in record_names(domain)} | records
    return discover(domain, given_answers.values(), exists=exists)


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("v=DMARC1; p=none", DmarcRecord(p=N)),
        ("v=DMARC1;p=reject;sp=quarantine;np=none", DmarcRecord(p=R, sp=Q, np=N)),
        ("v=DMARC1; p=REJECT; adkim=s; aspf=S; pct=20", DmarcRecord(p=R, strict_dkim=True, strict_spf=True, percent=20)),
        ("v = DMARC1 ; p = quarantine ;", DmarcRecord(p=Q)),
        ("v=DMARC1; p=reject; pct=900; adkim=x; unknown=1; ;;nonsense", DmarcRecord(p=R)),
        ("v=DMARC1; p=reject; p=none", DmarcRecord(p=R)),
        ("v=DMARC1; rua=mailto:a@b.example", DmarcRecord(p=N, sp=N, np=N)),
        ("v=DMARC1; p=all; rua=mailto:a@b.example", DmarcRecord(p=N, sp=N, np=N)),
        ("v=DMARC1; p=reject; sp=all; rua=mailto:a@b.example", DmarcRecord(p=N, sp=N, np=N)),
        ("v=DMARC1; p=all", None),
        ("v=DMARC1", None),
        ("v=DMARC1; rua=nobody", None),
        ("p=reject; v=DMARC1", None),
        ("v=dmarc1; p=reject", None),
        ("v=DMARC2; p=reject", None),
        ("v=DMARC10; p=reject", None),
        (" v=DMARC1; p=reject", None),
        ("v=DMARC1; p=reject;" + "x" * 5000, None),
        ("", None),
    ],
)
def test_a_record_is_read_as_the_rfc_says(text, record):
    assert parse_record(text) == record


@pytest.mark.parametrize(
    ("domain", "organisation"),
    [
        ("so-noi-vu.hanoi.gov.vn", "hanoi.gov.vn"),
        ("hanoi.gov.vn", "hanoi.gov.vn"),
        ("gov.vn", "gov.vn"),
        ("vp.abc.hanoi.vn", "abc.hanoi.vn"),
        ("vp.abc.angiang.vn", "abc.angiang.vn"),
        ("a.b.id.vn", "b.id.vn"),
        ("a.b.com.vn", "b.com.vn"),
        ("mail.example.com", "example.com"),
        ("a.b.nosuchtld", "b.nosuchtld"),
    ],
)
def test_the_organisational_domain_is_that_of_a_list_of_today(domain, organisation):
    assert organisational_domain(domain) == organisation


@pytest.mark.parametrize(
    ("domain", "from_domain", "relaxed", "strict"),
    [
        ("stc.gov.vn", "stc.gov.vn", True, True),
        ("mail.stc.gov.vn", "stc.gov.vn", True, False),
        ("stc.gov.vn", "vp.stc.gov.vn", True, False),
        ("a.hanoi.vn", "b.hanoi.vn", False, False),
        ("hanoi.vn", "b.hanoi.vn", False, False),
        ("gov.vn", "stc.gov.vn", False, False),
        ("gov.vn", "gov.vn", True, True),
        ("evilstc.gov.vn", "stc.gov.vn", False, False),
        ("", "stc.gov.vn", False, False),
        ("", "", False, False),
    ],
)
def test_alignment(domain, from_domain, relaxed, strict):
    assert aligned(domain, from_domain, strict=False) is relaxed
    assert aligned(domain, from_domain, strict=True) is strict


@pytest.mark.parametrize(
    ("about", "domain", "records", "exists", "policy", "at"),
    [
        ("its own", "stc.gov.vn", answers(stc__gov__vn=["v=DMARC1; p=reject"]), None, R, "stc.gov.vn"),
        (
            "a hyphenated domain's own, where authheaders finds none",
            "so-noi-vu.hanoi.gov.vn",
            answers(so_0noi_0vu__hanoi__gov__vn=["v=DMARC1; p=reject"]),
            None,
            R,
            "so-noi-vu.hanoi.gov.vn",
        ),
        (
            "the organisation's for itself, where authheaders says quarantine",
            "hanoi.gov.vn",
            answers(hanoi__gov__vn=["v=DMARC1; p=reject; sp=quarantine"]),
            None,
            R,
            "hanoi.gov.vn",
        ),
        (
            "the organisation's for those below it",
            "vp.hanoi.gov.vn",
            answers(hanoi__gov__vn=["v=DMARC1; p=reject; sp=quarantine"]),
            None,
            Q,
            "hanoi.gov.vn",
        ),
        (
            "without sp the same as for itself",
            "vp.hanoi.gov.vn",
            answers(hanoi__gov__vn=["v=DMARC1; p=reject"]),
            None,
            R,
            "hanoi.gov.vn",
        ),
        (
            "np for a domain that is not there",
            "khongco.hanoi.gov.vn",
            answers(hanoi__gov__vn=["v=DMARC1; p=none; sp=none; np=reject"]),
            False,
            R,
            "hanoi.gov.vn",
        ),
        (
            "np is not for a domain that is there",
            "vp.hanoi.gov.vn",
            answers(hanoi__gov__vn=["v=DMARC1; p=none; np=reject"]),
            True,
            N,
            "hanoi.gov.vn",
        ),
        (
            "np is not for the organisation itself",
            "hanoi.gov.vn",
            answers(hanoi__gov__vn=["v=DMARC1; p=none; np=reject"]),
            False,
            N,
            "hanoi.gov.vn",
        ),
        (
            "a stranger's under a province's suffix, where an old list asks hanoi.vn",
            "vp.abc.hanoi.vn",
            answers(hanoi__vn=["v=DMARC1; p=none"], abc__hanoi__vn=["v=DMARC1; p=reject"]),
            None,
            R,
            "abc.hanoi.vn",
        ),
        (
            "other records beside it",
            "stc.gov.vn",
            answers(stc__gov__vn=["v=spf1 -all", "v=DMARC1; p=quarantine"]),
            None,
            Q,
            "stc.gov.vn",
        ),
    ],
)
def test_the_policy_of_a_domain(about, domain, records, exists, policy, at):
    given_discovery = found(domain, records, exists=exists)
    assert (given_discovery.policy, given_discovery.domain, given_discovery.unavailable) == (policy, at, False), about


@pytest.mark.parametrize(
    ("about", "records"),
    [
        ("none at all", {}),
        ("two", answers(vp__hanoi__gov__vn=["v=DMARC1; p=reject", "v=DMARC1; p=none"])),
        (
            "two of its own and one of the organisation",
            answers(vp__hanoi__gov__vn=["v=DMARC1; p=reject", "v=DMARC1; p=none"], hanoi__gov__vn=["v=DMARC1; p=reject"]),
        ),
        ("one that asks for nothing", answers(vp__hanoi__gov__vn=["v=DMARC1"])),
        ("only other records", answers(vp__hanoi__gov__vn=["google-site-verification=1"])),
    ],
)
def test_a_domain_without_a_usable_record_has_no_policy(about, records):
    given_discovery = found("vp.hanoi.gov.vn", records)
    assert (given_discovery.record, given_discovery.unavailable, bool(given_discovery.reason)) == (None, False, True), about
    assert dmarc_result("vp.hanoi.gov.vn", given_discovery, "dkim x").result is Result.NONE


@pytest.mark.parametrize("records", [answers(vp__hanoi__gov__vn=None), answers(hanoi__gov__vn=None)])
def test_a_record_that_dns_did_not_tell_leaves_it_open(records):
    given_discovery = found("vp.hanoi.gov.vn", records)
    assert given_discovery.unavailable
    assert dmarc_result("vp.hanoi.gov.vn", given_discovery, "").result is Result.TEMPERROR


def test_nobody_is_asked_above_the_organisation():
    assert record_names("a.b.hanoi.gov.vn") == ("_dmarc.a.b.hanoi.gov.vn", "_dmarc.hanoi.gov.vn")
    assert record_names("hanoi.gov.vn") == ("_dmarc.hanoi.gov.vn",)


RECORDS = st.text(alphabet="vDMARC1=;:npsrjectquaione \tdkfwx0", max_size=60).map("v=DMARC1;".__add__)


@given(RECORDS | st.text(max_size=300))
def test_any_text_is_a_record_or_none(text):
    record = parse_record(text)
    assert record is None or 0 <= record.percent <= 100


@given(st.text(max_size=80) | st.from_regex(r"[a-z-]{1,8}(\.[a-z0-9-]{1,8}){1,4}", fullmatch=True))
def test_any_domain_that_can_be_asked_for_has_an_organisation_of_its_own(domain):
    if is_host_name(domain):
        organisation = organisational_domain(domain)
        assert domain == organisation or domain.endswith(f".{organisation}")
        assert aligned(domain, organisation, strict=False)
