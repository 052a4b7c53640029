"""A certificate judged by itself, for signatures whose cryptography is not the engine's."""

import asyncio
from dataclasses import replace

import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.x509.oid import ExtendedKeyUsageOID

from parsers.signatures.anchors import may_issue
from parsers.signatures.certificates import usable_for_signing
from parsers.signatures.chain import Judgement, judge_certificate
from parsers.signatures.cms_message import elements
from parsers.signatures.engine import Evidence, prepare
from parsers.signatures.model import SubIndication
from parsers.signatures.path_rules import has_repeated_extension
from parsers.signatures.revocation import RevocationStatus
from parsers.signatures.strays import leading, without_strays
from parsers.signatures.trust import TrustSnapshot
from tests.pki.authority import DAY, NOW, Authority, Identity, Wish, certify, name_of, rsa_key
from tests.pki.messages import CmsSigning, signer_info, wrapped


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


AUTHORITY = {"usage": frozenset({"key_cert_sign"}), "purposes": None, "authority": True}


@pytest.mark.parametrize(
    ("wish", "vouches"),
    [
        (AUTHORITY, True),
        ({}, False),
        (AUTHORITY | {"usage": frozenset({"crl_sign"})}, False),
        ({"usage": frozenset({"key_cert_sign"}), "purposes": None}, False),
    ],
    ids=["authority", "person", "without the usage", "usage alone"],
)
def test_an_anchor_that_is_no_authority_vouches_for_itself_alone(wish, vouches):
    anchor = Authority.self_signed(
        Wish(common_name="Trần Thị Gốc", key=6) if not wish else Wish(common_name="Gốc", key=6, **wish)
    )
    other = anchor.issue(Wish(common_name="UBND tỉnh Mẫu", key=7))
    trust = TrustSnapshot(signer_anchors=(anchor.identity.der,))

    assert may_issue(anchor.identity.asn1) is vouches
    assert (judged(trust, other).problem is None) is vouches
    assert judged(trust, anchor.identity).problem is None or wish


def test_an_anchor_limits_the_paths_below_it():
    root = Authority.self_signed(Wish(common_name="Gốc hẹp", key=6, path_length=0, **AUTHORITY))
    below = root.sub_authority(Wish(common_name="CA dưới", key=7, **AUTHORITY))
    trust = TrustSnapshot(signer_anchors=(root.identity.der,), intermediates=(below.identity.der,))

    assert judged(trust, root.issue(Wish(common_name="Trần Văn Mẫu"))).problem is None
    assert judged(trust, below.issue(Wish(common_name="Trần Văn Mẫu"))).problem is not None


@pytest.mark.parametrize(
    ("domain", "problem"), [("mau.example", None), ("khac.example", SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE)]
)
def test_an_anchor_limits_the_names_below_it(domain, problem):
    wish = Wish(common_name="Gốc của một miền", key=6, **AUTHORITY)
    root = Authority.self_signed(wish)
    key = root.identity.key
    builder = x509.CertificateBuilder().subject_name(name_of(wish)).issuer_name(name_of(wish)).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(wish.years[0]).not_valid_after(wish.years[1])
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    bounds = x509.NameConstraints(permitted_subtrees=[x509.RFC822Name(domain)], excluded_subtrees=None)
    anchor = Identity(certificate=builder.add_extension(bounds, critical=True).sign(key, hashes.SHA256()), key=key)

    found = judged(TrustSnapshot(signer_anchors=(anchor.der,)), root.issue(Wish(common_name="Trần Văn Mẫu")))

    assert found.problem is problem


def test_an_authority_with_a_small_curve_vouches_for_nobody(pki):
    key = ec.generate_private_key(ec.SECP192R1())
    wish = Wish(common_name="CA cong nho", **AUTHORITY)
    builder = x509.CertificateBuilder().issuer_name(pki.root.identity.certificate.subject).subject_name(name_of(wish))
    builder = builder.public_key(key.public_key()).serial_number(7)
    builder = builder.not_valid_before(wish.years[0]).not_valid_after(wish.years[1])
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    small = Authority(identity=Identity(certificate=builder.sign(pki.root.identity.key, hashes.SHA256()), key=key))
    trust = replace(pki.trust, intermediates=(small.identity.der,))

    assert judged(trust, small.issue(Wish(common_name="Trần Văn Mẫu"))).problem is SubIndication.CRYPTO_CONSTRAINTS_FAILURE


def test_a_certificate_that_says_one_thing_twice_leads_nowhere(pki):
    leaf = asn1_x509.Certificate.load(pki.person.der)
    body = leaf["tbs_certificate"]
    body["extensions"] = [*body["extensions"], body["extensions"][0]]
    signature = pki.issuing.identity.key.sign(body.dump(force=True), PKCS1v15(), hashes.SHA256())
    twice = asn1_x509.Certificate(
        {"tbs_certificate": body, "signature_algorithm": leaf["signature_algorithm"], "signature_value": signature}
    )
    found = asyncio.run(
        judge_certificate(
            asn1_x509.Certificate.load(twice.dump()),
            (),
            Evidence(trust=prepare(pki.trust), certificates=(), crls=(), ocsps=()),
            NOW,
        )
    )

    assert not has_repeated_extension(pki.person.asn1)
    assert found.problem is SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE


def test_certificates_that_name_one_another_in_circles_lead_nowhere_at_once(pki):
    wishes = [Wish(common_name=f"Vòng {number}", key=6 + number, **AUTHORITY) for number in range(2)]
    ends = [Authority.self_signed(wish) for wish in wishes]
    circle = [issuer.issue(wish) for _ in range(20) for issuer, wish in zip(ends, reversed(wishes), strict=True)]
    signer = ends[0].issue(Wish(common_name="UBND tỉnh Mẫu"))

    # Every order of forty certificates is more than anybody would wait for.
    assert judged(pki.trust, signer, *circle).problem is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    own = TrustSnapshot(signer_anchors=pki.trust.signer_anchors)
    found = judged(own, pki.person, *circle, pki.issuing.identity)
    assert (found.problem, found.path.pkix_len) == (None, 2)


def test_of_many_certificates_those_are_kept_that_a_known_authority_has_signed(pki):
    forged = Authority(
        identity=certify(
            Wish(common_name="Root Mẫu", organisation="Ban Cơ yếu Mẫu", key=6, **AUTHORITY),
            pki.root.identity.certificate.subject,
            rsa_key(6),
        )
    )
    strays = [forged.issue(Wish(common_name=f"Lạc {number}", key=7, **AUTHORITY)) for number in range(8)]
    below = pki.issuing.sub_authority(Wish(common_name="CA dưới", key=8, **AUTHORITY)).identity
    lowest = Authority(identity=below).issue(Wish(common_name="Trần Văn Mẫu", key=9))
    brought = tuple(one.asn1 for one in (lowest, *strays, below, pki.issuing.identity))
    trust = prepare(TrustSnapshot(signer_anchors=pki.trust.signer_anchors))

    assert [one.dump() for one in leading(brought, trust)] == [lowest.der, below.der, pki.issuing.identity.der]
    assert leading(brought[:3], trust) == brought[:3]
    signed = wrapped(b"x", [signer_info(b"x", CmsSigning(identity=strays[0]))], [*strays, below, pki.issuing.identity])
    message = cms.ContentInfo.load(signed)["content"]
    kept = without_strays(message, trust)
    assert {one.chosen.dump() for one in kept["certificates"]} == {strays[0].der, below.der, pki.issuing.identity.der}
    before, after = elements(message.contents), elements(kept.contents)
    assert [one for one in before if one not in after] == [before[3]], "nothing but the certificates may be spelt anew"


def test_a_message_with_many_certificates_is_spelt_once(pki):
    """The second time the engine writes all of some messages anew, lists of revocations too: seconds for one of 21 kB."""
    spelt = []

    class Watched(cms.SignedData):
        @property
        def contents(self):
            spelt.append(self)
            return super().contents

        @contents.setter
        def contents(self, value):
            self._contents = value

    certificates = [pki.issuing.issue(Wish(common_name=f"Nhiều {number}", key=7)) for number in range(7)]
    message = wrapped(b"x", [signer_info(b"x", CmsSigning(identity=certificates[0]))], certificates)
    signed = Watched.load(cms.ContentInfo.load(message)["content"].untag().dump())
    without_strays(signed, prepare(TrustSnapshot()))
    assert len(spelt) == 1
