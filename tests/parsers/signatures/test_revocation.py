"""What clears a certificate and what does not: data that are wrong, foreign, partial, stale or not yet true clear nobody."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.validation.dss import DocumentSecurityStore

from parsers.signatures.limits import RevocationPolicy, SignatureLimits
from parsers.signatures.model import Indication, MaterialKind, Origin, SubIndication
from tests.parsers.signatures.conftest import RECEIVED
from tests.pki.authority import DAY, NOW, Authority, Wish, make_pki
from tests.pki.documents import Signing, letter, sign
from tests.pki.weak import sha1_list

PKI = make_pki()
REQUIRED = SignatureLimits(revocation=RevocationPolicy.REQUIRED)
STAMPED = sign(letter(), Signing(identity=PKI.person, tsa=PKI.tsa))
ROOT_LIST = PKI.root.revocation_list()
NAMES = {"common_name": "CA Mẫu", "organisation": "Ban Cơ yếu Mẫu"}
CA = {"usage": frozenset({"key_cert_sign", "crl_sign"}), "purposes": None, "authority": True}
FORGER = Authority.self_signed(Wish(**NAMES, key=6, **CA))


def a_list(*extensions: tuple[x509.ExtensionType, bool], at=NOW, until=NOW + 7 * DAY, signer: Authority = PKI.issuing) -> bytes:
    """The issuing authority's list, that names nobody."""
    name = PKI.issuing.identity.certificate.subject
    builder = x509.CertificateRevocationListBuilder().issuer_name(name).last_update(at).next_update(until)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signer.identity.key, hashes.SHA256()).public_bytes(Encoding.DER)


def without_next_update(der: bytes) -> bytes:
    """The list as an authority signs it that does not say when the next one comes."""
    body = asn1_crl.CertificateList.load(der)["tbs_cert_list"]
    del body["next_update"]
    signature = PKI.issuing.identity.key.sign(body.dump(force=True), *padding())
    algorithm = body["signature"]
    return asn1_crl.CertificateList({"tbs_cert_list": body, "signature_algorithm": algorithm, "signature": signature}).dump()


def padding():
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    return PKCS1v15(), hashes.SHA256()


def point(**given: object) -> tuple[x509.IssuingDistributionPoint, bool]:
    names = ("only_contains_user_certs", "only_contains_ca_certs", "indirect_crl", "only_contains_attribute_certs")
    values: dict[str, object] = {
        "full_name": None,
        "relative_name": None,
        "only_some_reasons": None,
        **dict.fromkeys(names, False),
    }
    return x509.IssuingDistributionPoint(**values | given), True


UNKNOWN = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)

CLEARS_NOBODY = {
    "of the future": a_list(at=RECEIVED + 2 * DAY, until=RECEIVED + 9 * DAY),
    "of changes only": a_list((x509.DeltaCRLIndicator(1), True), (x509.CRLNumber(2), False)),
    "of changes only, not said to be critical": a_list((x509.DeltaCRLIndicator(1), False), (x509.CRLNumber(2), False)),
    "of other issuers": a_list(point(indirect_crl=True)),
    "of authorities only": a_list(point(only_contains_ca_certs=True)),
    "of attribute certificates only": a_list(point(only_contains_attribute_certs=True)),
    "of one reason only": a_list(point(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise}))),
    "of another point": a_list(point(full_name=[x509.UniformResourceIdentifier("http://ca.example/other.crl")])),
    "with what nobody knows": a_list(UNKNOWN),
    "stale": a_list(at=NOW - 20 * DAY, until=NOW - 10 * DAY),
    "of a forger": a_list(signer=FORGER),
    "of the authority above": a_list(signer=PKI.root),
    "of another authority": ROOT_LIST,
    "with a digest that can be forged": sha1_list(PKI.issuing),
}


def judged(verify, *lists: bytes, answers: tuple[bytes, ...] = (), content: bytes = STAMPED, limits: SignatureLimits = REQUIRED):
    trust = replace(PKI.trust, crls=(ROOT_LIST, *lists), ocsp_responses=answers)
    return verify(content, trust=trust, limits=limits)


def waits(found) -> bool:
    return (found.indication, found.sub_indication) == (Indication.INDETERMINATE, SubIndication.TRY_LATER)


@pytest.mark.parametrize("name", CLEARS_NOBODY)
def test_a_list_that_is_not_the_issuers_word_of_now_clears_nobody(verify, name: str):
    assert waits(judged(verify, CLEARS_NOBODY[name]))
    assert judged(verify, CLEARS_NOBODY[name], a_list()).indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize("name", ["of the future", "of changes only", "of a forger", "with what nobody knows"])
def test_what_a_document_brings_along_clears_no_better(verify, name: str):
    assert waits(judged(verify, content=bringing(STAMPED, lists=[CLEARS_NOBODY[name]])))


def bringing(content: bytes, *, lists: list[bytes] = (), answers: list[bytes] = ()) -> bytes:
    """The document with revocation data of its own in its security store (ISO 32000-2, 12.8.4.3)."""
    writer = IncrementalPdfFileWriter(BytesIO(content))
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        sig_contents=None,
        crls=[asn1_crl.CertificateList.load(der) for der in lists],
        ocsps=[asn1_ocsp.OCSPResponse.load(der) for der in answers],
    )
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def test_a_genuine_list_in_the_document_is_evidence_of_that_document(verify):
    found = judged(verify, content=bringing(STAMPED, lists=[a_list()]))

    assert found.indication is Indication.TOTAL_PASSED
    assert {item.origin for item in found.signatures[0].material if item.kind is MaterialKind.CRL} == {Origin.FILE, Origin.STORE}


def test_a_genuine_list_in_the_document_convicts_as_well(verify):
    revoking = PKI.issuing.revocation_list({PKI.person: NOW - DAY})

    assert judged(verify, a_list(), content=bringing(STAMPED, lists=[revoking])).sub_indication is SubIndication.REVOKED


def test_a_list_of_many_broken_ones_still_speaks(verify):
    broken = [a_list()[:-1] + b"\x00", b"\x30\x00", a_list(UNKNOWN)[:200]]

    assert judged(verify, *broken, a_list()).indication is Indication.TOTAL_PASSED


def test_an_answer_about_another_certificate_clears_nobody(verify):
    assert waits(judged(verify, answers=(PKI.issuing.answer(PKI.organisation),)))


def test_an_answer_of_another_authority_about_the_same_number_clears_nobody(verify):
    assert waits(judged(verify, answers=(FORGER.answer(PKI.person),)))
    assert waits(judged(verify, answers=(PKI.root.answer(PKI.person),)))


def test_an_authority_that_does_not_know_the_certificate_clears_nobody(verify):
    assert waits(judged(verify, answers=(PKI.issuing.answer(PKI.person, is_known=False),)))


@pytest.mark.parametrize(
    "extension",
    [(x509.DeltaCRLIndicator(1), True), UNKNOWN, point(only_contains_ca_certs=True)],
    ids=["of changes", "with what nobody knows", "of authorities"],
)
def test_what_a_list_names_is_revoked_though_its_silence_clears_nobody(verify, extension):
    def named(authority: Authority, since):
        return authority.revocation_list({PKI.person: since}, extensions=(extension,))

    found = judged(verify, a_list(), named(PKI.issuing, NOW - DAY))

    assert (found.indication, found.sub_indication) == (Indication.TOTAL_FAILED, SubIndication.REVOKED)
    assert found.signatures[0].revoked_at == NOW - DAY
    # Named after the signing, by a forger, or as given back, it is not.
    given_back = PKI.issuing.revocation_list(
        {PKI.person: NOW - DAY}, extensions=(extension,), reason=x509.ReasonFlags.remove_from_crl
    )
    for harmless in (named(PKI.issuing, RECEIVED + DAY), named(FORGER, NOW - DAY), given_back):
        assert judged(verify, a_list(), harmless).indication is Indication.TOTAL_PASSED


def test_a_certificate_on_hold_waits_until_it_is_given_back(verify):
    def on_hold(since, at):
        return PKI.issuing.revocation_list({PKI.person: since}, at=at, reason=x509.ReasonFlags.certificate_hold)

    before, later = on_hold(NOW - 3 * DAY, NOW - 2 * DAY), a_list(at=NOW - DAY)

    assert waits(judged(verify, before))
    assert waits(judged(verify, before, limits=SignatureLimits()))
    assert judged(verify, before, later).indication is Indication.TOTAL_PASSED
    # Nobody can tell whether it had been given back already when that list came after the signing.
    assert waits(judged(verify, before, a_list(at=NOW + DAY)))
    assert (
        judged(verify, before, PKI.issuing.revocation_list({PKI.person: NOW - 3 * DAY})).sub_indication is SubIndication.REVOKED
    )


def test_an_answer_of_the_future_clears_nobody(verify):
    assert waits(judged(verify, answers=(PKI.issuing.answer(PKI.person, at=RECEIVED + 2 * DAY),)))


def test_data_count_until_their_date_and_while_they_are_fresh(verify):
    old = without_next_update(a_list(at=NOW - 6 * DAY))
    older = without_next_update(a_list(at=NOW - 8 * DAY))
    week = a_list(at=NOW - 6 * DAY, until=NOW - 5 * DAY)

    assert judged(verify, old).indication is Indication.TOTAL_PASSED
    assert waits(judged(verify, older))
    assert judged(verify, week).indication is Indication.TOTAL_PASSED
    assert waits(judged(verify, week, limits=replace(REQUIRED, revocation_freshness=timedelta(days=1))))
    assert judged(verify, older, limits=replace(REQUIRED, revocation_freshness=timedelta(days=9))).indication is (
        Indication.TOTAL_PASSED
    )


def test_a_clock_that_is_a_little_ahead_is_no_future(verify):
    soon = a_list(at=RECEIVED + DAY + timedelta(minutes=4), until=RECEIVED + 9 * DAY)

    assert judged(verify, soon).indication is Indication.TOTAL_PASSED


def test_a_revoked_authority_decides_whatever_its_own_list_says(verify):
    trust = replace(PKI.trust, crls=(PKI.root.revocation_list({PKI.issuing.identity: NOW - DAY}), a_list()))
    found = verify(STAMPED, trust=trust, limits=REQUIRED)

    assert (found.indication, found.sub_indication) == (Indication.INDETERMINATE, SubIndication.REVOKED_NO_POE)
    assert found.signatures[0].revocation_status == "revoked-ca"


def test_the_newest_of_what_clears_is_what_the_verdict_rests_on(verify):
    older, newer = a_list(at=NOW - 2 * DAY), a_list(at=NOW - DAY)
    report = judged(verify, older, newer).signatures[0]
    used = {item.sha256 for item in report.material if item.kind is MaterialKind.CRL}

    assert hashlib.sha256(newer).hexdigest() in used
    assert hashlib.sha256(older).hexdigest() not in used
    assert report.revocation_updated_at == NOW - DAY


def test_what_convicted_is_named(verify):
    revoking = PKI.issuing.revocation_list({PKI.person: NOW - DAY})
    report = judged(verify, revoking).signatures[0]

    assert (report.revoked_at, report.revocation_updated_at) == (NOW - DAY, NOW)
    assert hashlib.sha256(revoking).hexdigest() in {item.sha256 for item in report.material}
