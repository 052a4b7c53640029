"""Authentication-Results: read whatever the server writes, and believed only where our own server wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail.authentication import Result
from parsers.mail.canonical import SignedField
from parsers.mail.results_header import claimed_elsewhere, read_results, received_by, trusted_results

BORDER = "mx.tinh.gov.vn"


def field(name, value):
    return SignedField(name.encode(), f" {value}\r\n".encode())


def results(identity=BORDER, word="pass"):
    return field("Authentication-Results", f"{identity}; dmarc={word} header.from=stc.gov.vn")


def received(by):
    return field("Received", f"from a.example (a.example [192.0.2.1])\r\n\tby {by} (Postfix) with ESMTP id 1; Fri, 9 Aug 2024")


def test_a_field_of_opendkim_and_opendmarc_is_read():
    read = read_results(
        b" mx.tinh.gov.vn 1;\r\n\tdkim=pass (2048-bit key; unprotected) header.d=stc.gov.vn header.i=@stc.gov.vn"
        b' header.a=rsa-sha256 header.s=s1 header.b="abc=";\r\n\tspf=softfail reason="not (so)" smtp.mailfrom=a@b.example;\r\n'
        b"\tdmarc=fail (p=quarantine dis=none) header.from=stc.gov.vn; x-odd=strange"
    )
    assert read.authserv_id == BORDER
    dkim, spf, dmarc, odd = read.results
    assert (dkim.method, dkim.result, dkim.domain("header.d"), dkim.value("header.s")) == (
        "dkim",
        Result.PASS,
        "stc.gov.vn",
        "s1",
    )
    assert (spf.result, spf.reason, spf.domain("smtp.mailfrom")) == (Result.SOFTFAIL, "not (so)", "b.example")
    assert (dmarc.result, dmarc.policy(), odd.result) == (Result.FAIL, "quarantine", None)


@pytest.mark.parametrize(
    ("value", "identity", "methods"),
    [
        ("mx.example; none", "mx.example", []),
        ("mx.example", "mx.example", []),
        ('"MX.Example"; spf=PASS smtp.mailfrom=b.example', "mx.example", ["spf"]),
        ("(a (nested) comment) mx.example (x) 1 (y); (z) spf (w) = (v) pass", "mx.example", ["spf"]),
        ("mx.example; dkim/1=hardfail; auth=pass smtp.auth=x", "mx.example", ["dkim", "auth"]),
        ("mx.example; ;; =pass; spf; spf=", "mx.example", []),
        ('mx.example; spf=pass reason="never closed; dkim=pass', "mx.example", ["spf"]),
        ("mx.example; spf=pass (never closed; dkim=pass", "mx.example", ["spf"]),
    ],
)
def test_a_field_is_read_as_far_as_it_can_be(value, identity, methods):
    read = read_results(value.encode())
    assert (read.authserv_id, [item.method for item in read.results]) == (identity, methods)


@pytest.mark.parametrize("value", ["", ";", "; spf=pass", "(only a comment)", "=;", '""; spf=pass'])
def test_a_field_that_names_no_server_is_none(value):
    assert read_results(value.encode()) is None


@pytest.mark.parametrize(
    ("about", "fields", "believed"),
    [
        ("on top", [results(), received("mx.tinh.gov.vn"), received("a.example")], "pass"),
        ("below its own hop", [received("mx.tinh.gov.vn"), results(), received("a.example")], "pass"),
        ("below a filter of the border", [received("filter.tinh.gov.vn"), results()], "pass"),
        ("in any case", [results("MX.Tinh.gov.VN")], "pass"),
        ("the topmost of two", [results(word="fail"), results()], "fail"),
        ("another server's first", [results("other.example"), results()], "pass"),
        ("behind a foreign hop", [received("mx.tinh.gov.vn"), received("a.example"), results()], None),
        ("behind a hop that names no host", [field("Received", "from a.example; now"), results()], None),
        ("behind a host whose name only begins so", [received("mx.tinh.gov.vn.evil.example"), results()], None),
        ("of a server whose name only begins so", [results("mx.tinh.gov.vn.evil.example")], None),
        ("nowhere", [received("mx.tinh.gov.vn")], None),
    ],
)
def test_results_count_where_the_border_server_wrote_them(about, fields, believed):
    read = trusted_results(fields, BORDER, own_hosts=("filter.tinh.gov.vn",), any_hop=False)
    assert (read.results[0].result.value if read else None) == believed, about


def test_in_a_provider_s_mailbox_hops_do_not_matter():
    fields = [received("2002:a05::1"), results("mx.google.com"), received("mx.google.com")]
    assert trusted_results(fields, "mx.google.com", own_hosts=(), any_hop=False) is None
    assert trusted_results(fields, "mx.google.com", own_hosts=(), any_hop=True) is not None


@pytest.mark.parametrize(
    ("fields", "outside", "forged"),
    [
        ([received("mx.tinh.gov.vn"), results(), received("a.example"), results()], False, (BORDER,)),
        ([received("mx.tinh.gov.vn"), results(), received("a.example"), results("b.example")], False, ()),
        ([results()], False, ()),
        ([results()], True, (BORDER,)),
    ],
)
def test_a_forged_copy_under_our_name_is_found(fields, outside, forged):
    assert claimed_elsewhere(fields, (BORDER,), (), from_outside=outside) == forged


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("from a by MX.Example. with SMTP", "mx.example"),
        ("from by.example by\r\n mx.example; now", "mx.example"),
        ("by mx.example", "mx.example"),
        ("from standby mx.example", ""),
        ("", ""),
    ],
)
def test_who_took_a_mail_stands_behind_by(value, host):
    assert received_by(field("Received", value)) == host


NOISE = st.text(alphabet='mx.e;=()"\\ \t\r\nspfdkarc/1@-pas', max_size=150)


@given(NOISE | st.binary(max_size=200).map(lambda octets: octets.decode("latin_1")))
def test_any_value_is_read_or_none(text):
    read = read_results(text.encode("utf_8", "replace"))
    assert read is None or read.authserv_id


@given(NOISE)
def test_nothing_in_front_of_our_name_makes_a_stranger_s_results_ours(text):
    fields = [SignedField(b"Authentication-Results", f" evil.example; {text}\r\n".encode("utf_8", "replace"))]
    assert trusted_results(fields, BORDER, own_hosts=(), any_hop=True) is None


def test_a_field_of_brackets_and_quotes_is_read_in_no_time():
    for noise in (b"(" * 60_000, b'"' * 60_001, b'"\\' * 30_000, b";=" * 30_000, b"a=" * 30_000):
        assert read_results(b"mx.example;" + noise).authserv_id == "mx.example"
