"""ARC chains (RFC 8617): whole ones, broken ones, and whose word counts."""

import dkim
import pytest

from mailhub.clock import system_clock
from parsers.mail.arc_seals import MOST_HOPS, chain_key_names, check_chain
from parsers.mail.authentication import Result
from tests.authentication.signing import LETTER, Signer, found, opened

NOW = system_clock()
LIST, FORWARDER, STRANGER = (Signer(domain=name, selector="arc") for name in ("lists.example", "fwd.example", "x.example"))
FROM = "so-noi-vu.hanoi.gov.vn"
SAW = f"mx.lists.example; dkim=pass header.d={FROM}; dmarc=pass (p=REJECT) header.from={FROM}"
KEYS = LIST.answers | FORWARDER.answers | STRANGER.answers

ONE = LIST.seal(LETTER, 1, SAW)
TWO = FORWARDER.seal(ONE, 2, "mx.fwd.example; arc=pass; dmarc=fail header.from=so-noi-vu.hanoi.gov.vn")


def checked(raw, believed=("lists.example", "fwd.example"), keys=KEYS):
    return check_chain(opened(raw), keys, NOW, believed=believed, from_domain=FROM)


def test_a_mail_without_arc_has_none():
    assert checked(LETTER).result is Result.NONE
    assert chain_key_names(opened(LETTER)) == ()


@pytest.mark.parametrize(("raw", "hops", "sealer"), [(ONE, 1, "lists.example"), (TWO, 2, "fwd.example")])
def test_a_whole_chain_passes_and_names_its_newest_sealer(raw, hops, sealer):
    result = checked(raw)
    assert (result.result, result.hops, result.sealer, result.believed, result.vouched) == (Result.PASS, hops, sealer, True, True)


def test_dkimpy_sees_the_same_chains():
    keys = {f"{name}.".encode(): answer.records[0].encode() for name, answer in KEYS.items()}
    for raw in (ONE, TWO, TWO.replace(b"12/SNV", b"13/SNV")):
        validity, _, _ = dkim.arc_verify(raw, dnsfunc=lambda name, **_: keys[name])
        assert validity.decode() == checked(raw).result.value


def test_the_keys_of_all_seals_and_of_the_newest_signature_are_asked_for():
    assert set(chain_key_names(opened(TWO))) == {"arc._domainkey.lists.example", "arc._domainkey.fwd.example"}


@pytest.mark.parametrize(
    ("about", "believed", "vouched"),
    [
        ("nobody is believed", (), False),
        ("only the one behind a stranger's seal", ("lists.example",), False),
        ("only the newest, who saw it fail", ("fwd.example",), False),
        ("both", ("lists.example", "fwd.example"), True),
    ],
)
def test_only_sealers_that_are_believed_without_a_gap_vouch(about, believed, vouched):
    result = checked(TWO, believed)
    assert (result.result, result.vouched) == (Result.PASS, vouched), about


def test_a_sealer_vouches_for_the_very_domain_in_from():
    other = LIST.seal(LETTER, 1, "mx.lists.example; dmarc=pass header.from=hanoi.gov.vn")
    assert not checked(other).vouched


@pytest.mark.parametrize(
    ("about", "raw"),
    [
        ("the subject changed", TWO.replace(b"12/SNV", b"13/SNV")),
        ("the body changed", TWO.replace(b"Xin gui", b"Xin bo")),
        ("the results changed", TWO.replace(b"dmarc=fail", b"dmarc=pass")),
        ("results of an older hop changed", TWO.replace(b"dkim=pass", b"dkim=fail")),
        ("a set is gone", TWO.replace(b"ARC-Seal: i=1", b"X-Seal: i=1")),
        ("a field stands twice", b"ARC-Seal: i=2; cv=pass; a=rsa-sha256; d=a.example; s=b; b=AAAA\r\n" + TWO),
        ("a number is left out", FORWARDER.seal(ONE, 3, "x; none")),
        ("a hop without a number", b"ARC-Seal: cv=none\r\n" + ONE),
        ("an instance of many digits", b"ARC-Seal: i=99999999999999999999; cv=pass\r\n" + ONE),
        ("the chain was broken before", FORWARDER.seal(ONE, 2, "x; none", validity="fail")),
        ("the first hop says that it was not the first", LIST.seal(LETTER, 1, SAW, validity="pass")),
        ("a second From", b"From: a@b.example\r\n" + ONE),
    ],
)
def test_a_chain_fails_when(about, raw):
    result = checked(raw)
    assert (result.result, result.vouched, bool(result.reason)) == (Result.FAIL, False, True), about


def test_a_chain_whose_keys_nobody_gave_is_not_settled():
    assert checked(ONE, keys={}).result is Result.TEMPERROR
    assert checked(ONE, keys=found(LIST.name)).result is Result.FAIL


def test_a_chain_of_very_many_hops_is_not_followed():
    raw = LETTER
    for number in range(1, MOST_HOPS + 2):
        raw = LIST.seal(raw, number, "x; none")
    assert checked(raw).result is Result.FAIL
    assert chain_key_names(opened(raw)) == ()
