"""XML signatures that nobody here made: what xmlsec1 says of them against what we say, and no exception from any of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

import pytest
from lxml import etree

from parsers.signatures.check import check
from parsers.signatures.engine import certificates_of
from parsers.signatures.model import DocumentSignatures, Indication, Reason, SignatureReport, SubIndication
from parsers.signatures.trust import TrustSnapshot
from parsers.signatures.xml_certificates import octets_of
from tests.parsers.signatures.oracles import Difference, Integrity, listed
from tests.parsers.signatures.test_xml_signatures import EVERYTHING_BUT_SIGNATURES, GOOD, LETTER, PKI, PLAIN, SEAL
from tests.parsers.signatures.xmlsec import OPENING, xmlsec1, xmlsec1_on
from tests.pki.xml_documents import sign, tax_notice

__all__ = ["xmlsec1"]

pytestmark = pytest.mark.timeout(300)

TODAY = datetime(2026, 3, 2, tzinfo=UTC)
DIFFERENCES = Path(__file__).with_name("xmlsec1_differences.toml")
NOT_FOUND_OUT = {
    *(Reason.UNREADABLE, Reason.TRANSFORM, Reason.CONTENT_MISSING, Reason.ALGORITHM),
    *(Reason.AMBIGUOUS_REFERENCE, Reason.LIMIT),
}


@cache
def found_in(path: Path) -> DocumentSignatures:
    """The report without any anchor."""
    return check(path.read_bytes(), path.name, TrustSnapshot(), received_at=TODAY, now=TODAY)


@cache
def trusted_in(path: Path) -> DocumentSignatures:
    """The report with every certificate that the file brings as an anchor, as of an hour after its last claimed signing."""
    holders = list(etree.parse(path, OPENING).getroot().iter("{*}X509Certificate", "{*}EncapsulatedX509Certificate"))
    anchors = tuple(sorted({certificate.dump() for certificate in certificates_of(octets_of(holders))}))
    times = [report.claimed_signing_time for report in found_in(path).signatures if report.claimed_signing_time]
    received_at = max(times, default=TODAY) + timedelta(hours=1)
    trust = TrustSnapshot(signer_anchors=anchors, tsa_anchors=anchors)
    return check(path.read_bytes(), path.name, trust, received_at=received_at, now=received_at)


def documents(corpora: Path) -> list[Path]:
    return sorted((corpora / "signatures" / "xml" / "dss").glob("*.xml"))


def integrity(report: SignatureReport) -> bool | None:
    """Whether what was signed is unchanged and the value right; None where that was not found out."""
    if report.indication is Indication.TOTAL_FAILED:
        assert report.sub_indication in {
            SubIndication.HASH_FAILURE,
            SubIndication.SIG_CRYPTO_FAILURE,
            SubIndication.FORMAT_FAILURE,
        }
        return False
    return None if NOT_FOUND_OUT & {*report.reasons} else True


def test_every_document_has_a_verdict(corpora):
    for path in documents(corpora):
        found = found_in(path)
        assert found.indication is not Indication.TOTAL_PASSED, path.name
        assert len(found.signatures) == found.seen or found.unchecked, path.name


def test_no_signed_document_is_called_unsigned(corpora):
    unsigned = {path.name for path in documents(corpora) if found_in(path).indication is None}

    # Evidence records over other files, what a detached signature is over, and one without any signature.
    plain = {"dss1688_dss1688-detached-content.xml", "broken-dom.xml"}
    assert unsigned - plain == {name for name in unsigned if name.startswith("evidence-record_")}
    assert not any(b"SignatureValue" in (documents(corpora)[0].parent / name).read_bytes() for name in unsigned)


ALTERED = {
    *("dss-2506.xml", "dss-signed-altered-refRemoved.xml", "dss-signed-altered-signedPropsRemoved.xml"),
    *("dss1770_dss1770refUriRemoved.xml", "dss1811-multi-algo.xml", "xades-no-keyinfo-sign-cert.xml"),
    *("xades-tampered-manifest.xml", "xades-tampered-reference.xml", "Signature-X-RO_TRA-4.xml"),
}
"""Documents that fail: digests or values that are wrong."""

DECEIVING = {
    "xsw_XSW-enveloped-fake-signedProperties.xml": "the signed element was wrapped in another root",
    "dss3732_xades-enveloping-arcTst132-add-object.xml": "an object was added that nobody signed",
    "dss3732_xades-enveloping-arcTst132.xml": "an object that nobody signed",
    "xades-fake-counter-signature.xml": "a signature that is over something else, put where countersignatures stand",
    "xades-counter-signature-no-type-invalid.xml": "a countersignature that is not over the value",
    "xades-counter-signature-with-type-invalid.xml": "a countersignature that is not over the value",
    "xades-with-dtd-injection.xml": "an entity in front of the signed text",
    "malformed-xades.xml": "no document",
    "xades-unknown-digest-algo.xml": "a digest that does not exist",
}
"""Documents that must not pass, with what is wrong about them."""


def test_only_what_is_broken_fails(corpora):
    assert {path.name for path in documents(corpora) if found_in(path).indication is Indication.TOTAL_FAILED} == ALTERED


def test_nothing_altered_or_deceiving_passes_with_anchors_either(corpora):
    readable = [path for path in documents(corpora) if path.name in ALTERED | DECEIVING.keys() and found_in(path).signatures]

    assert len(readable) >= 15
    assert {path.name for path in readable if trusted_in(path).indication is Indication.TOTAL_PASSED} == set()


def test_with_the_certificates_of_the_file_many_good_documents_pass(corpora):
    readable = [path for path in documents(corpora) if found_in(path).signatures]
    passed = [path.name for path in readable if trusted_in(path).indication is Indication.TOTAL_PASSED]

    # The others miss files, use old algorithms, sign a part, or bring certificates that sign no documents.
    assert len(passed) >= 25, passed


def test_xmlsec1_agrees_on_integrity(corpora, xmlsec1):
    different: dict[str, Difference] = {}
    compared = 0
    for path in documents(corpora):
        found = found_in(path)
        if not found.signatures:
            continue
        for number, (report, theirs) in enumerate(zip(found.signatures, xmlsec1_on(path), strict=True), start=1):
            ours = integrity(report)
            compared += ours is not None and theirs is not None
            if ours is not theirs:
                different[f"{path.name} #{number}"] = Difference(Integrity.of(theirs), Integrity.of(ours))

    assert different == listed(DIFFERENCES)
    assert compared >= 70


OUR_OWN = {
    **{name: make for name, make in GOOD.items() if "UTF-16" not in name},
    "notice": lambda: tax_notice(PKI.person, PKI.organisation),
    "side by side": lambda: sign(
        sign(LETTER, replace(PLAIN, references=EVERYTHING_BUT_SIGNATURES)),
        replace(SEAL, references=EVERYTHING_BUT_SIGNATURES),
    ),
}


def test_xmlsec1_agrees_on_what_the_test_pki_signs(tmp_path, xmlsec1):
    path, broken = tmp_path / "good.xml", tmp_path / "broken.xml"
    for name, make in OUR_OWN.items():
        content = make()
        path.write_bytes(content)
        assert set(xmlsec1_on(path)) == {True}, name
        broken.write_bytes(
            content.replace(b">100<", b">900<").replace(b"JVBERi0xLjc", b"JVBERi0xLjg").replace(b"2.0.0", b"2.0.1")
        )
        report = check(broken.read_bytes(), "a.xml", PKI.trust, received_at=TODAY, now=TODAY).signatures[0]
        assert (xmlsec1_on(broken)[0], integrity(report)) == (False, False), name


def sample(corpora: Path) -> list[Path]:
    """Every fourth document with signatures that is not large."""
    return [path for path in documents(corpora) if path.stat().st_size < 100_000 and found_in(path).seen][::4]


@pytest.mark.parametrize("part", [0.2, 0.6, 0.98])
def test_truncated_documents_end_in_a_report_and_do_not_pass(corpora, part):
    for path in sample(corpora):
        content = path.read_bytes()
        found = check(content[: int(len(content) * part)], path.name, TrustSnapshot(), received_at=TODAY, now=TODAY)
        assert found.indication is not Indication.TOTAL_PASSED, path.name


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_documents_with_flipped_bits_end_in_a_report(corpora, seed):
    for number, path in enumerate(sample(corpora)):
        content = bytearray(path.read_bytes())
        random = Random(seed * 1000 + number)
        for _ in range(seed * 2 - 1):
            content[random.randrange(len(content))] ^= 1 << random.randrange(8)
        found = check(bytes(content), path.name, TrustSnapshot(), received_at=TODAY, now=TODAY)
        assert found.indication is not Indication.TOTAL_PASSED, path.name
