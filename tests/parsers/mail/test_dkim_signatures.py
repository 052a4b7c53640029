"""DKIM signatures: made by dkimpy, checked by us; what changes a mail, what a signer may not do, and what proves nothing."""

import re
from datetime import UTC, datetime, timedelta

import dkim
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.clock import system_clock
from parsers.mail.authentication import Lookup, Result, TxtAnswer
from parsers.mail.canonical import SignedField, relaxed_body, simple_body
from parsers.mail.dkim_signatures import (
    MOST_SIGNATURES,
    Signature,
    check_signature,
    key_names,
    read_signature,
    signatures_of,
)
from tests.authentication.signing import LETTER, Signer, ed25519_signed, found, opened

NOW = system_clock()
OURS = Signer()
WAYS = [(header, body) for header in (b"simple", b"relaxed") for body in (b"simple", b"relaxed")]


def checked(raw, keys=None, now=NOW, domain="so-noi-vu.hanoi.gov.vn"):
    mail = opened(raw)
    return [check_signature(mail, item, keys or OURS.answers, now) for item in signatures_of(mail, domain)]


def result_of(raw, keys=None, now=NOW):
    [found_result] = checked(raw, keys, now)
    return found_result


@pytest.mark.parametrize("way", WAYS)
def test_a_signature_of_dkimpy_holds(way):
    result = result_of(OURS.sign(LETTER, canonicalize=way))
    assert (result.result, result.domain, result.selector) == (Result.PASS, OURS.domain, OURS.selector)
    assert (result.algorithm, result.key_bits) == ("rsa-sha256", 2048)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("about", "change", "result"),
    [
        ("the body", (b"Xin gui", b"Xin bo"), Result.FAIL),
        ("content behind it", (b"\r\n\r\n\r\n", b"\r\n\r\nthem\r\n"), Result.FAIL),
        ("the subject", (b"12/SNV", b"13/SNV"), Result.FAIL),
        ("the author", (b"<vanthu@so", b"<giamdoc@so"), Result.FAIL),
        ("the signer", (b"d=so-noi-vu.hanoi.gov.vn", b"d=hanoi.gov.vn"), Result.PERMERROR),
    ],
)
def test_what_was_changed_after_signing_holds_no_more(way, about, change, result):
    signed = OURS.sign(LETTER, canonicalize=way)
    changed = signed.replace(*change)
    assert changed != signed, about
    keys = OURS.answers | found("s1._domainkey.hanoi.gov.vn")
    assert result_of(changed, keys).result is result


def test_blanks_and_empty_lines_may_change_on_the_way_in_relaxed_form_only():
    relaxed, simple = (OURS.sign(LETTER, canonicalize=(way, way)) for way in (b"relaxed", b"simple"))
    for change in ((b"gui  van", b"gui van"), (b"theo.   \r\n", b"theo.\r\n"), (b"Subject: Cong", b"Subject:  Cong")):
        assert result_of(relaxed.replace(*change)).result is Result.PASS
        assert result_of(simple.replace(*change)).result is Result.FAIL
    assert result_of(simple + b"\r\n\r\n").result is Result.PASS


def test_a_mail_that_was_kept_with_line_feeds_alone_is_checked_as_it_was_sent():
    signed = OURS.sign(LETTER, canonicalize=(b"simple", b"simple"))
    assert result_of(signed.replace(b"\r\n", b"\n")).result is Result.PASS


def test_content_that_was_appended_behind_a_length_is_not_passed():
    signed = OURS.sign(LETTER, length=True)
    assert result_of(signed).result is Result.PASS
    appended = signed + b"Chuyen tien vao tai khoan khac.\r\n"
    assert dkim.verify(appended, dnsfunc=lambda _name, **_: OURS.record.encode())
    assert result_of(appended).result is Result.POLICY
    assert "unsigned" in result_of(appended).reason


def test_a_length_beyond_the_body_is_an_error():
    assert result_of(OURS.sign_with(LETTER, "l=99999")).result is Result.PERMERROR


def test_a_second_field_in_front_of_the_signed_one_is_not_passed():
    signed = OURS.sign_with(LETTER, names="from:subject")
    assert result_of(signed).result is Result.PASS
    for field in (b"From: Chu tich <chutich@hanoi.gov.vn>\r\n", b"Subject: khac\r\n", b"Content-Type: text/html\r\n"):
        assert result_of(field + signed).result is Result.POLICY


@pytest.mark.parametrize(
    ("tags", "names", "result", "reason"),
    [
        (("x=1000000000",), "from", Result.FAIL, "expired"),
        (("t=32503680000",), "from", Result.FAIL, "future"),
        (("t=1700000001", "x=1700000000"), "from", Result.FAIL, "expired"),
        ((), "to:subject", Result.PERMERROR, "From is not signed"),
        (("i=@other.example",), "from", Result.PERMERROR, "i="),
        (("i=@vp.so-noi-vu.hanoi.gov.vn",), "from", Result.PASS, ""),
        (("q=http",), "from", Result.PERMERROR, "q="),
        (("t=abc",), "from", Result.PERMERROR, "number"),
        (("bh=AAAA",), "from", Result.FAIL, "body"),
        (("bh=!",), "from", Result.PERMERROR, "base64"),
        (("d=other.example",), "from", Result.PERMERROR, "twice"),
        (("v=2",), "from", Result.PERMERROR, "twice"),
    ],
)
def test_tags_say_what_counts(tags, names, result, reason):
    given_result = result_of(OURS.sign_with(LETTER, *tags, names=names))
    assert given_result.result is result
    assert reason in given_result.reason


def test_an_expiry_is_that_of_the_mail_s_arrival():
    soon = int((NOW + timedelta(days=1)).timestamp())
    signed = OURS.sign_with(LETTER, f"x={soon}")
    assert result_of(signed, now=NOW).result is Result.PASS
    assert result_of(signed, now=NOW + timedelta(days=3)).result is Result.FAIL


@pytest.mark.parametrize(
    ("about", "keys", "result"),
    [
        ("no key", found(OURS.name), Result.PERMERROR),
        ("no answer", {OURS.name: TxtAnswer(name=OURS.name, lookup=Lookup.UNAVAILABLE)}, Result.TEMPERROR),
        ("nobody asked", {"x": TxtAnswer(name="x", lookup=Lookup.ABSENT)}, Result.TEMPERROR),
        ("another key", found(OURS.name, Signer(domain="x.example").record), Result.FAIL),
        ("a key beside another text", found(OURS.name, "site-verification=1", OURS.record), Result.PASS),
        ("revoked", found(OURS.name, "v=DKIM1; p="), Result.PERMERROR),
        ("no base64", found(OURS.name, "v=DKIM1; p=!!"), Result.PERMERROR),
        ("no key in it", found(OURS.name, "v=DKIM1; p=AAAA"), Result.PERMERROR),
        ("another version", found(OURS.name, OURS.record.replace("DKIM1", "DKIM2")), Result.PERMERROR),
        ("another kind", found(OURS.name, OURS.record.replace("k=rsa", "k=ed25519")), Result.PERMERROR),
        ("an unknown kind", found(OURS.name, OURS.record.replace("k=rsa", "k=dsa")), Result.PERMERROR),
        ("not for mail", found(OURS.name, OURS.record + "; s=other"), Result.PERMERROR),
        ("for SHA-1 only", found(OURS.name, OURS.record + "; h=sha1"), Result.PERMERROR),
        ("for everything", found(OURS.name, OURS.record + "; s=*; h=sha1:sha256; t=s"), Result.PASS),
        ("folded", found(OURS.name, re.sub("(.{70})", r"\1 ", OURS.record)), Result.PASS),
    ],
)
def test_the_key_s_record_decides(about, keys, result):
    assert result_of(OURS.sign_with(LETTER), keys).result is result, about


def test_a_key_that_is_for_the_very_domain_signs_for_no_subdomain():
    signed = OURS.sign_with(LETTER, "i=@vp.so-noi-vu.hanoi.gov.vn")
    assert result_of(signed, found(OURS.name, OURS.record + "; t=y:s")).result is Result.PERMERROR


WEAK = (
    "v=DKIM1; k=rsa; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALqbHeRLCyOdykC5SDLqI49ArYGYG1mq"
    "aH9/GnWjGavZM02fos4lc2w6tCchcUBNtJvGqKwhC5JEnx3RYoSX2ucCAwEAAQ=="
)


def test_a_weak_key_proves_nothing_and_an_outsized_one_is_not_used():
    assert result_of(OURS.sign_with(LETTER), found(OURS.name, WEAK)).result in {Result.POLICY, Result.PERMERROR}
    assert result_of(Signer(bits=1024).sign(LETTER), Signer(bits=1024).answers).result is Result.PASS


def test_sha1_proves_nothing():
    signed = OURS.sign(LETTER).replace(b"a=rsa-sha256", b"a=rsa-sha1")
    assert (result_of(signed).result, result_of(signed).reason) == (Result.PERMERROR, "SHA-1 proves nothing")


def test_an_ed25519_signature_holds_until_it_is_changed():
    signed, record = ed25519_signed(LETTER, OURS.domain, "ed")
    keys = found(f"ed._domainkey.{OURS.domain}", record)
    assert (result_of(signed, keys).result, result_of(signed, keys).algorithm) == (Result.PASS, "ed25519-sha256")
    assert result_of(signed.replace(b"12/SNV", b"13/SNV"), keys).result is Result.FAIL


RFC_8463 = b"""DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
"""


def test_the_example_of_rfc_8463_holds():
    key = found("brisbane._domainkey.football.example.com", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
    assert result_of(RFC_8463, key, datetime(2018, 6, 10, 14, tzinfo=UTC)).result is Result.PASS


def test_of_very_many_signatures_those_of_the_author_s_domain_are_looked_at_first():
    signed = OURS.sign(LETTER)
    for number in range(30):
        signed = b"DKIM-Signature: v=1; a=rsa-sha256; d=d%d.example; s=x; h=from; bh=AAAA; b=AAAA\r\n" % number + signed
    looked_at = signatures_of(opened(signed), OURS.domain)
    assert len(looked_at) == MOST_SIGNATURES
    assert OURS.name in key_names(looked_at)


def test_a_body_of_blanks_is_canonical_in_no_time():
    # dkimpy takes hours for this one.
    body = b" " * 3_000_000 + b"x\r\n" + b"\r\n" * 1_000_000 + b"\t \t" * 500_000
    assert relaxed_body(body) == b" x\r\n"
    assert simple_body(b"x\r\n" * 3 + b"\r\n" * 1_000_000) == b"x\r\n" * 3


LINES = st.lists(st.text(alphabet=" \tab\rđ", max_size=8), max_size=8)


@given(LINES)
def test_canonical_bodies_are_those_of_dkimpy(lines):
    body = "\r\n".join(lines).replace("\r\r\n", "\r\n").encode() + b"\r\n"
    relaxed, simple = dkim.canonicalization.Relaxed, dkim.canonicalization.Simple
    assert relaxed_body(body) == relaxed.canonicalize_body(body)
    assert simple_body(body) == simple.canonicalize_body(body)


TAGS = st.text(alphabet="vabhdsctxilq=;: \r\n\t1AZ/+.@", max_size=120)


@given(TAGS | st.binary(max_size=200).map(lambda octets: octets.decode("latin_1")))
def test_any_field_is_a_signature_or_an_error_with_a_reason(text):
    read = read_signature(SignedField(b"DKIM-Signature", text.encode("utf_8", "replace") + b"\r\n"))
    if isinstance(read, Signature):
        assert "from" in read.headers
    else:
        assert read.result.result is Result.PERMERROR
        assert read.result.reason


@given(st.binary(max_size=300), st.text(max_size=200))
def test_no_mail_and_no_key_record_stops_the_check(noise, record):
    signed = OURS.sign_with(LETTER)
    changed = noise.join((signed[: len(noise)], signed[len(noise) :]))
    for result in checked(changed, found(OURS.name, record)):
        assert result.result is not Result.PASS
