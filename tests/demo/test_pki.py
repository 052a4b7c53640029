from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store

from mailhub.demo.pki import Holder, Identity, Pki

MOMENT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki.make(MOMENT)


@pytest.fixture(scope="module")
def leader(pki) -> Identity:
    return pki.person(
        Holder(
            name="Nguyễn Thị Thu Hà",
            organisation="UBND tỉnh Tây Ninh",
            units=("Sở Tài chính",),
            email="hantt@stc.tayninh.example",
        )
    )


@pytest.fixture(scope="module")
def agency(pki) -> Identity:
    return pki.organisation(Holder(name="Sở Tài chính", organisation="UBND tỉnh Tây Ninh", email="vanthu@stc.tayninh.example"))


def test_a_leaf_is_issued_by_the_issuing_authority_and_that_by_the_root(pki, leader):
    leader.certificate.verify_directly_issued_by(pki.issuing.certificate)
    pki.issuing.certificate.verify_directly_issued_by(pki.root.certificate)
    pki.tsa.certificate.verify_directly_issued_by(pki.root.certificate)


def test_an_independent_verifier_builds_the_path(pki, agency):
    verifier = PolicyBuilder().store(Store([pki.root.certificate])).time(MOMENT).build_client_verifier()
    chain = verifier.verify(agency.certificate, [pki.issuing.certificate]).chain
    assert [found.subject for found in chain] == [
        agency.certificate.subject,
        pki.issuing.certificate.subject,
        pki.root.certificate.subject,
    ]


def test_a_person_signs_with_an_elliptic_curve_and_an_agency_with_rsa(leader, agency):
    assert isinstance(leader.key, ec.EllipticCurvePrivateKey)
    assert isinstance(agency.key, rsa.RSAPrivateKey)
    assert agency.key.key_size == 2048


def test_a_leaf_looks_like_a_government_certificate(leader):
    names = [attribute.value for attribute in leader.certificate.subject]
    assert names == ["VN", "UBND tỉnh Tây Ninh", "Sở Tài chính", "Nguyễn Thị Thu Hà"]
    extensions = leader.certificate.extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.content_commitment
    purposes = list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    assert purposes == [
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ExtendedKeyUsageOID.SMARTCARD_LOGON,
    ]
    mail = extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.RFC822Name)
    assert mail == ["hantt@stc.tayninh.example"]


def test_a_leaf_points_to_revocation_data(leader):
    extensions = leader.certificate.extensions
    point = extensions.get_extension_for_class(x509.CRLDistributionPoints).value[0]
    assert point.full_name[0].value.endswith("/cpcag2.crl")
    access = extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert AuthorityInformationAccessOID.OCSP in {description.access_method for description in access}


def test_the_timestamping_certificate_has_its_one_critical_purpose(pki):
    purpose = pki.tsa.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert purpose.critical
    assert list(purpose.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def test_revocation_lists_are_signed_fresh_and_empty(pki):
    lists = [x509.load_der_x509_crl(der) for der in pki.revocation_lists()]
    for found, authority in zip(lists, (pki.root, pki.issuing), strict=True):
        assert found.is_signature_valid(authority.key.public_key())
    assert all(len(found) == 0 and found.next_update_utc > MOMENT + timedelta(days=6) for found in lists)


def test_the_digest_is_that_of_the_certificate(leader):
    assert leader.sha256 == leader.certificate.fingerprint(hashes.SHA256()).hex()


def test_every_name_says_that_the_authority_is_a_specimen(pki):
    for authority in (pki.root, pki.issuing, pki.tsa):
        organisation = authority.certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value
        assert "MẪU" in organisation
