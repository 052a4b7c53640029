"""What all checks together prove, from the bytes of a mail and the answers of DNS."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.clock import system_clock
from parsers.mail.authentication import (
    Lookup,
    Method,
    Proof,
    Result,
    SenderEvidence,
    SenderQuestions,
    SpfResult,
    TxtAnswer,
)
from parsers.mail.sender_authentication import MOST_KEYS, authenticate, sender_questions
from tests.authentication.signing import LETTER, Signer

NOW = system_clock()
DOMAIN, PARENT = "so-noi-vu.hanoi.gov.vn", "hanoi.gov.vn"
OURS, ABOVE, STRANGER = Signer(), Signer(domain=PARENT), Signer(domain="evil.example")
REJECT, RELAXED, STRICT = "v=DMARC1; p=reject", "v=DMARC1; p=reject", "v=DMARC1; p=reject; adkim=s; aspf=s"
BORDER = "mx.tinh.gov.vn"


def dns(*, policy=(), above=(), keys=(OURS, ABOVE, STRANGER), **changes):
    """Evidence of our own checks: records of the From domain and of the organisation; None where DNS was silent."""
    told = [(f"_dmarc.{DOMAIN}", policy), (f"_dmarc.{PARENT}", above), *((key.name, (key.record,)) for key in keys)]
    return SenderEvidence(method=Method.DNS, answers=tuple(answer(name, records) for name, records in told), **changes)


def answer(name, records):
    lookup = Lookup.UNAVAILABLE if records is None else Lookup.FOUND if records else Lookup.ABSENT
    return TxtAnswer(name=name, lookup=lookup, records=tuple(records or ()))


def spf(result, domain):
    return SpfResult(result=result, domain=domain, identity="mailfrom")


def proof(raw, evidence):
    return authenticate(raw, evidence, NOW)[0].proof


SIGNED, SIGNED_ABOVE, SIGNED_BY_STRANGER = OURS.sign(LETTER), ABOVE.sign(LETTER), STRANGER.sign(LETTER)


@pytest.mark.parametrize(
    ("about", "raw", "evidence", "result", "expected"),
    [
        ("signed by itself", SIGNED, dns(policy=[REJECT]), Result.PASS, Proof.PROVED),
        ("signed by its organisation", SIGNED_ABOVE, dns(above=[RELAXED]), Result.PASS, Proof.PROVED),
        ("the same where the very domain is asked for", SIGNED_ABOVE, dns(above=[STRICT]), Result.FAIL, Proof.FAILED),
        ("signed by a stranger", SIGNED_BY_STRANGER, dns(policy=[REJECT]), Result.FAIL, Proof.FAILED),
        ("not signed", LETTER, dns(policy=[REJECT]), Result.FAIL, Proof.FAILED),
        ("not signed, quarantine", LETTER, dns(policy=["v=DMARC1; p=quarantine"]), Result.FAIL, Proof.FAILED),
        ("not signed, policy none", LETTER, dns(policy=["v=DMARC1; p=none"]), Result.FAIL, Proof.UNPROVED),
        ("not signed, tried out", LETTER, dns(policy=["v=DMARC1; p=reject; pct=0"]), Result.FAIL, Proof.UNPROVED),
        ("not signed, no policy", LETTER, dns(), Result.NONE, Proof.UNPROVED),
        ("signed, no policy", SIGNED, dns(), Result.NONE, Proof.PROVED),
        ("signed by its organisation, no policy", SIGNED_ABOVE, dns(), Result.NONE, Proof.PROVED),
        ("spf of itself", LETTER, dns(policy=[REJECT], spf=spf(Result.PASS, DOMAIN)), Result.PASS, Proof.PROVED),
        ("spf of a stranger", LETTER, dns(policy=[REJECT], spf=spf(Result.PASS, "evil.example")), Result.FAIL, Proof.FAILED),
        ("spf of its organisation", LETTER, dns(policy=[REJECT], spf=spf(Result.PASS, PARENT)), Result.PASS, Proof.PROVED),
        ("spf softfail of itself", LETTER, dns(policy=[REJECT], spf=spf(Result.SOFTFAIL, DOMAIN)), Result.FAIL, Proof.FAILED),
        ("dns silent about everything", SIGNED, dns(policy=None, above=None, keys=()), Result.TEMPERROR, Proof.PENDING),
        ("dns silent about the policy, signed by itself", SIGNED, dns(policy=None), Result.TEMPERROR, Proof.PROVED),
        ("dns silent about the policy, signed above", SIGNED_ABOVE, dns(policy=None), Result.TEMPERROR, Proof.PENDING),
        ("dns silent about the key", SIGNED, dns(policy=[REJECT], keys=()), Result.FAIL, Proof.PENDING),
        ("dns silent about spf", LETTER, dns(policy=[REJECT], spf=spf(Result.TEMPERROR, DOMAIN)), Result.FAIL, Proof.PENDING),
        ("dns silent about a stranger's key", SIGNED_BY_STRANGER, dns(policy=[REJECT], keys=()), Result.FAIL, Proof.FAILED),
        (
            "dns silent about a stranger's spf",
            LETTER,
            dns(policy=[REJECT], spf=spf(Result.TEMPERROR, "evil.example")),
            Result.FAIL,
            Proof.FAILED,
        ),
        ("two From fields", b"From: a@b.example\r\n" + SIGNED, dns(policy=[REJECT]), Result.NONE, Proof.UNPROVED),
        ("two authors", SIGNED.replace(b"vn>\r\nTo", b"vn>, <a@b.example>\r\nTo"), dns(), Result.NONE, Proof.UNPROVED),
        ("no From", LETTER.replace(b"From:", b"X-From:"), dns(), Result.NONE, Proof.UNPROVED),
        (
            "From without a domain",
            LETTER.replace(b"@so-noi-vu.hanoi.gov.vn>", b"@[192.0.2.1]>"),
            dns(),
            Result.NONE,
            Proof.UNPROVED,
        ),
    ],
)
def test_what_is_proved(about, raw, evidence, result, expected):
    found, _ = authenticate(raw, evidence, NOW)
    assert (found.dmarc.result, found.proof, found.method) == (result, expected, Method.DNS), about


@pytest.mark.parametrize(("exists", "expected"), [(False, Proof.FAILED), (True, Proof.UNPROVED), (None, Proof.UNPROVED)])
def test_a_domain_that_is_not_there_at_all_falls_under_np(exists, expected):
    assert proof(LETTER, dns(above=["v=DMARC1; p=none; np=reject"], from_domain_exists=exists)) is expected


def test_a_believed_forwarder_vouches_where_nothing_else_is_left():
    sealer = Signer(domain="lists.example", selector="arc")
    raw = sealer.seal(LETTER, 1, f"mx; dmarc=pass header.from={DOMAIN}")
    evidence = dns(policy=[REJECT], keys=(sealer,), arc_sealers=("lists.example",))
    found, _ = authenticate(raw, evidence, NOW)
    assert (found.proof, found.arc.result, found.dmarc.result, found.reason) == (
        Proof.PROVED,
        Result.PASS,
        Result.FAIL,
        "arc lists.example",
    )
    assert proof(raw, replace(evidence, arc_sealers=("other.example",))) is Proof.FAILED
    assert authenticate(raw, replace(evidence, arc_sealers=()), NOW)[0].arc.result is Result.NONE


@pytest.mark.parametrize(("believed", "expected"), [("lists.example", Proof.PENDING), ("other.example", Proof.FAILED)])
def test_only_the_key_of_a_believed_sealer_is_waited_for(believed, expected):
    raw = Signer(domain="lists.example", selector="arc").seal(LETTER, 1, "mx; none")
    assert proof(raw, dns(policy=[REJECT], keys=(), arc_sealers=(believed,))) is expected


def by_border(results, **changes):
    raw = f"Authentication-Results: {BORDER}; {results}\r\n".encode() + LETTER
    evidence = replace(SenderEvidence(method=Method.BORDER, border_id=BORDER, known_ids=(BORDER,)), **changes)
    return authenticate(raw, evidence, NOW)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        (f"dmarc=pass header.from={DOMAIN}", Proof.PROVED),
        (f"dmarc=pass (p=none) header.from={DOMAIN.upper()}", Proof.PROVED),
        (f"dmarc=pass header.from={PARENT}", Proof.UNPROVED),
        ("dmarc=pass header.from=evil.example", Proof.UNPROVED),
        (f"dmarc=fail (p=reject dis=none) header.from={DOMAIN}", Proof.FAILED),
        (f"dmarc=fail header.from={DOMAIN}", Proof.FAILED),
        (f"dmarc=fail (p=none) header.from={DOMAIN}", Proof.UNPROVED),
        (f"dmarc=fail header.from={DOMAIN}; dkim=pass header.d={DOMAIN}", Proof.FAILED),
        (f"dkim=pass header.d={DOMAIN}", Proof.PROVED),
        (f"dkim=pass header.i=@{PARENT}", Proof.PROVED),
        ("dkim=pass header.d=evil.example", Proof.UNPROVED),
        (f"dkim=fail header.d={DOMAIN}", Proof.UNPROVED),
        (f"spf=pass smtp.mailfrom=a@{DOMAIN}", Proof.PROVED),
        (f"spf=pass smtp.mailfrom={DOMAIN}", Proof.PROVED),
        (f"spf=pass smtp.mailfrom=evil.example smtp.helo={DOMAIN}", Proof.UNPROVED),
        (f"spf=pass smtp.helo={DOMAIN}", Proof.PROVED),
        (f"dmarc=temperror header.from={DOMAIN}", Proof.UNPROVED),
        ("none", Proof.UNPROVED),
    ],
)
def test_the_border_server_s_word(results, expected):
    found, findings = by_border(results)
    assert (found.proof, found.method, found.authserv_id, findings) == (expected, Method.BORDER, BORDER, ())


def test_results_of_nobody_we_know_are_not_read_at_all():
    found, findings = by_border(f"dmarc=pass header.from={DOMAIN}", border_id="")
    assert (found.proof, found.method, [finding.code for finding in findings]) == (
        Proof.UNPROVED,
        Method.BORDER,
        ["forged-authentication-results"],
    )


def test_where_nothing_is_configured_nothing_is_checked():
    found, _ = authenticate(SIGNED, SenderEvidence(login="stc"), NOW)
    assert (found.method, found.proof, found.dkim, found.login) == (Method.OFF, Proof.UNCHECKED, (), "stc")


def test_the_questions_of_a_mail_are_few_and_of_its_header_alone():
    asked = sender_questions(SIGNED, dns())
    assert asked == SenderQuestions(from_domain=DOMAIN, key_names=(OURS.name,))
    many = LETTER
    for number in range(60):
        many = f"DKIM-Signature: v=1; a=rsa-sha256; d=d{number}.example; s=x; h=from; bh=AAAA; b=AAAA\r\n".encode() + many
    assert len(sender_questions(many, dns()).key_names) <= MOST_KEYS
    assert sender_questions(b"From: a@b.example\r\n" + SIGNED, dns()) == SenderQuestions()
    border = replace(dns(), border_id=BORDER)
    assert sender_questions(f"Authentication-Results: {BORDER}; none\r\n".encode() + SIGNED, border) == SenderQuestions()


@pytest.mark.parametrize(
    ("headers", "codes"),
    [
        ("Reply-To: a@elsewhere.example\r\n", ["reply-to-elsewhere"]),
        (f"Reply-To: b@vp.{DOMAIN}\r\n", []),
        ("Reply-To: nobody\r\n", []),
    ],
)
def test_an_answer_that_is_to_go_elsewhere_is_noted(headers, codes):
    _, findings = authenticate(headers.encode() + LETTER, SenderEvidence(), NOW)
    assert [finding.code for finding in findings] == codes


def test_a_domain_of_two_scripts_is_noted_as_it_is_shown():
    raw = LETTER.replace(b"@so-noi-vu.hanoi.gov.vn>", b"@xn--tc-doc.tinh.gov.vn>")
    _, findings = authenticate(raw, SenderEvidence(), NOW)
    assert [finding.code for finding in findings] == ["mixed-script-domain"]
    assert "ѕtc.tinh.gov.vn" in findings[0].evidence


@given(st.binary(max_size=400), st.sampled_from([dns(policy=[REJECT]), by_border, SenderEvidence()]))
def test_any_mail_is_judged(noise, evidence):
    given_evidence = evidence if isinstance(evidence, SenderEvidence) else SenderEvidence(method=Method.BORDER, border_id=BORDER)
    for raw in (noise, noise + SIGNED, SIGNED[: len(noise)] + noise + SIGNED[len(noise) :]):
        found, _ = authenticate(raw, given_evidence, NOW)
        assert found.proof in set(Proof)
        sender_questions(raw, given_evidence)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("dmarc=pass header.from={d}; dmarc=fail header.from={d}", Proof.FAILED),
        ("dmarc=pass header.from=evil.example; dmarc=fail (p=none) header.from={d}", Proof.UNPROVED),
        ("dmarc=fail (p=NONE sp=REJECT dis=NONE) header.from={d}", Proof.FAILED),
        ("dmarc=fail (p=REJECT sp=NONE dis=NONE) header.from={d}", Proof.UNPROVED),
        ("spf=pass smtp.mailfrom=a@{d} smtp.mailfrom=b@evil.example", Proof.UNPROVED),
        ('spf=pass (of "a) smtp.mailfrom=x@{d} ("@evil.example) smtp.mailfrom=evil.example', Proof.UNPROVED),
        ("spf=pass smtp.mailfrom=a@evil.example smtp.mailfrom=b@evil.example smtp.helo={d}", Proof.UNPROVED),
        ("spf=pass smtp.mailfrom=unknown smtp.helo={d}", Proof.UNPROVED),
        ("spf=pass smtp.mailfrom=<> smtp.helo={d}", Proof.PROVED),
        ("dkim=pass header.d=evil.example header.d={d}", Proof.UNPROVED),
        ("dkim=pass header.d={d} header.d={d}", Proof.PROVED),
    ],
)
def test_what_a_border_server_s_results_let_a_sender_s_words_add_proves_nothing(told, expected):
    results = f"Authentication-Results: {BORDER}; {told.format(d=DOMAIN)}\r\n".encode()
    evidence = SenderEvidence(method=Method.BORDER, border_id=BORDER, known_ids=(BORDER,))
    assert proof(results + LETTER, evidence) is expected
