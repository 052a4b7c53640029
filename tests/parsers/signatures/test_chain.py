"""A certificate judged by itself, for signatures whose cryptography is not the engine's."""

import asyncio

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from parsers.signatures.certificates import usable_for_signing
from parsers.signatures.chain import Judgement, judge_certificate
from parsers.signatures.engine import Evidence, prepare
from parsers.signatures.model import SubIndication
from parsers.signatures.revocation import RevocationStatus
from parsers.signatures.trust import TrustSnapshot
from tests.pki.authority import DAY, NOW, Identity, Wish


def judged(trust: TrustSnapshot, signer: Identity, *others: Identity, moment=NOW) -> Judgement:
    prepared = prepare(trust)
    evidence = Evidence(trust=prepared, certificates=(), crls=prepared.crls, ocsps=prepared.ocsps)
    return asyncio.run(judge_certificate(signer.asn1, [one.asn1 for one in others], evidence, moment))


def with_lists(pki, **revoked) -> TrustSnapshot:
    return TrustSnapshot(
        signer_anchors=pki.trust.signer_anchors,
        intermediates=pki.trust.intermediates,
        crls=(pki.root.revocation_list(), pki.issuing.revocation_list(**revoked)),
    )


def test_a_good_certificate_leads_to_its_anchor(pki):
    found = judged(with_lists(pki), pki.person)

    assert (found.problem, found.revocation.status) == (None, RevocationStatus.GOOD)
    assert [one.dump() for one in found.path.iter_certs(include_root=True)] == [
        pki.root.identity.der,
        pki.issuing.identity.der,
        pki.person.der,
    ]
    # Whether the signature itself holds is for those to say who computed it.
    assert (found.intact, found.valid) == (None, None)


def test_an_intermediate_that_came_with_the_signature_completes_the_path(pki):
    trust = TrustSnapshot(signer_anchors=pki.trust.signer_anchors)

    assert judged(trust, pki.person).problem is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    assert judged(trust, pki.person, pki.issuing.identity).problem is None


def test_a_revoked_certificate_says_when(pki):
    found = judged(with_lists(pki, revoked={pki.person: NOW - DAY}), pki.person, moment=NOW)

    assert (found.revocation.status, found.revocation.revoked_at) == (RevocationStatus.REVOKED, NOW - DAY)


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"bits": 1024}, SubIndication.CRYPTO_CONSTRAINTS_FAILURE),
        ({"usage": frozenset({"key_encipherment"})}, SubIndication.CHAIN_CONSTRAINTS_FAILURE),
        ({"years": (NOW - 400 * DAY, NOW - 30 * DAY)}, SubIndication.OUT_OF_BOUNDS_NO_POE),
    ],
    ids=["short key", "wrong usage", "expired"],
)
def test_what_is_wrong_with_a_certificate_is_named(pki, wish, expected):
    assert judged(pki.trust, pki.issuing.issue(Wish(common_name="Trần Văn Mẫu", **wish))).problem is expected


def test_a_certificate_for_machines_has_a_path_and_no_use(pki):
    server = pki.issuing.issue(Wish(common_name="may-chu.mau.example", purposes=(ExtendedKeyUsageOID.SERVER_AUTH,)))

    assert judged(pki.trust, server).problem is None
    assert not usable_for_signing(server.asn1)


def test_an_anchor_for_timestamps_is_none_for_signers(pki):
    trust = TrustSnapshot(tsa_anchors=pki.trust.tsa_anchors, intermediates=pki.trust.intermediates)

    assert judged(trust, pki.person).problem is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
