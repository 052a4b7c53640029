"""Only what an authority that leads to an anchor has signed, whole and for now, comes into the store."""

from base64 import encodebytes
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from mailhub.revocation.authorities import authorities_of, key_of
from mailhub.revocation.verifying import Find, UnusableDataError, verified
from parsers.signatures.trust import TrustSnapshot
from storage.records import RevocationDraft, RevocationKind, RevocationSource
from tests.pki.authority import NOW, Authority, Identity, Wish, make_pki
from tests.pki.weak import sha1_list

DAY = timedelta(days=1)
PKI = make_pki()
AUTHORITIES = authorities_of(PKI.trust)


def read(content: bytes, trust: TrustSnapshot | None = None) -> tuple[RevocationDraft, ...]:
    find = Find(content=content, source=RevocationSource.FILE, place="x", at=NOW)
    return verified(find, AUTHORITIES if trust is None else authorities_of(trust))


def refusal(content: bytes, trust: TrustSnapshot | None = None) -> str:
    with pytest.raises(UnusableDataError) as caught:
        read(content, trust)
    return str(caught.value)


@dataclass
class ListWish:
    """A list as it should not be."""

    extensions: list[tuple[x509.ExtensionType, bool]] = field(default_factory=list)
    digest: hashes.HashAlgorithm | None = field(default_factory=hashes.SHA256)
    issuer: Authority = PKI.issuing
    signer: Authority = PKI.issuing
    at: datetime = NOW

    @property
    def der(self) -> bytes:
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.issuer.identity.certificate.subject)
            .last_update(self.at)
            .next_update(self.at + DAY)
        )
        for extension, critical in self.extensions:
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(self.signer.identity.key, self.digest).public_bytes(Encoding.DER)


def point(**given: object) -> x509.IssuingDistributionPoint:
    values = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**values | given)


def test_a_list_is_known_by_its_issuers_key_and_its_dates():
    content = PKI.issuing.revocation_list()
    (draft,) = read(content)

    assert (draft.kind, draft.der, draft.scope, draft.number) == (RevocationKind.CRL, content, "", "1")
    assert draft.issuer_key == key_of(PKI.issuing.identity.certificate)
    assert (draft.this_update, draft.next_update) == (NOW, NOW + 7 * DAY)


def test_a_list_may_come_in_pem_and_several_in_one_file():
    lists = [authority.revocation_list() for authority in (PKI.root, PKI.issuing)]
    armour = b"text before\n" + b"".join(
        b"-----BEGIN X509 CRL-----\r\n" + encodebytes(der).replace(b"\n", b"\r\n") + b"-----END X509 CRL-----\r\n"
        for der in lists
    )
    assert [draft.der for draft in read(armour)] == lists


def test_damaged_armour_is_refused():
    assert "damaged" in refusal(b"-----BEGIN X509 CRL-----\n!!!\n-----END X509 CRL-----")


def test_a_list_that_another_key_signed_under_the_authoritys_name_is_refused():
    assert "signature of the revocation list is wrong" in refusal(ListWish(signer=PKI.root).der)


def test_a_list_of_a_stranger_is_refused():
    stranger = Authority.self_signed(Wish(common_name="Lạ", authority=True, usage=frozenset({"crl_sign"}), key=1))
    assert "no trusted authority has the name" in refusal(stranger.revocation_list())


def test_a_self_made_authority_of_the_same_name_is_nobody():
    """A certificate brought by somebody leads to no anchor because it bears a trusted name."""
    ca = {"usage": frozenset({"key_cert_sign", "crl_sign"}), "purposes": None, "authority": True}
    root = Authority.self_signed(Wish(common_name="Root Mẫu", organisation="Ban Cơ yếu Mẫu", key=4, **ca))
    forged = root.sub_authority(Wish(common_name="CA Mẫu", organisation="Ban Cơ yếu Mẫu", key=0, **ca))
    known = [root.identity.der, forged.identity.der]
    with pytest.raises(UnusableDataError):
        verified(
            Find(content=forged.revocation_list(), source=RevocationSource.FILE, place="x", at=NOW),
            authorities_of(PKI.trust, known),
        )


def test_a_persons_certificate_signs_no_lists():
    person = Authority(identity=PKI.person)
    with pytest.raises(UnusableDataError):
        verified(
            Find(content=ListWish(issuer=person, signer=person).der, source=RevocationSource.FILE, place="x", at=NOW),
            authorities_of(PKI.trust, [PKI.person.der]),
        )


def test_an_authority_that_may_not_sign_lists_signs_none():
    ca = {"usage": frozenset({"key_cert_sign"}), "purposes": None, "authority": True}
    other = PKI.root.sub_authority(Wish(common_name="Không ký", key=4, **ca))
    trust = TrustSnapshot(signer_anchors=PKI.trust.signer_anchors, intermediates=(other.identity.der,))
    assert "no trusted authority" in refusal(other.revocation_list(), trust)


def test_a_list_from_the_future_is_refused_but_for_a_clock_that_is_a_little_ahead():
    assert "future" in refusal(ListWish(at=NOW + timedelta(minutes=6)).der)
    assert read(ListWish(at=NOW + timedelta(minutes=4)).der)


def test_a_list_of_changes_only_is_refused():
    assert "delta" in refusal(ListWish(extensions=[(x509.DeltaCRLIndicator(1), True)]).der)
    assert "delta" in refusal(ListWish(extensions=[(x509.DeltaCRLIndicator(1), False)]).der)


@pytest.mark.parametrize(
    "narrow",
    [
        {"indirect_crl": True},
        {"only_contains_attribute_certs": True},
        {"only_some_reasons": frozenset({x509.ReasonFlags.key_compromise})},
    ],
)
def test_a_list_that_speaks_of_others_or_of_some_reasons_only_is_refused(narrow: dict[str, object]):
    assert "other authorities" in refusal(ListWish(extensions=[(point(**narrow), True)]).der)


def test_a_part_of_a_list_stands_beside_the_whole():
    name = [x509.UniformResourceIdentifier("http://ca.example/1.crl")]
    (part,) = read(ListWish(extensions=[(point(full_name=name), True)]).der)
    (users,) = read(ListWish(extensions=[(point(only_contains_user_certs=True), True)]).der)
    assert len({part.scope, users.scope, ""}) == 3


def test_what_nobody_knows_and_is_critical_is_refused():
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    assert "unknown critical extension 1.2.3.4" in refusal(ListWish(extensions=[(unknown, True)]).der)
    assert read(ListWish(extensions=[(unknown, False)]).der)


def test_a_digest_that_can_be_forged_is_refused():
    assert "can be forged" in refusal(sha1_list(PKI.issuing))


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()])
def test_authorities_of_other_kinds_of_keys_are_understood(key):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CA")])
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, digest)
    )
    trust = TrustSnapshot(signer_anchors=(certificate.public_bytes(Encoding.DER),))
    listed = x509.CertificateRevocationListBuilder().issuer_name(name).last_update(NOW).next_update(NOW + DAY)
    assert read(listed.sign(key, digest).public_bytes(Encoding.DER), trust)
    # The authority answers about itself, because that is the one certificate it has.
    answer = answer_builder(Identity(certificate=certificate, key=key), certificate, about=certificate).sign(key, digest)
    assert read(answer.public_bytes(Encoding.DER), trust)


# --- answers ---------------------------------------------------------------------------------------------------------


def answer_builder(signer: Identity, issuer: x509.Certificate, **given: object) -> ocsp.OCSPResponseBuilder:
    status = given.get("status", ocsp.OCSPCertStatus.GOOD)
    return (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=given.get("about", PKI.person.certificate),
            issuer=issuer,
            algorithm=hashes.SHA256(),
            cert_status=status,
            this_update=given.get("at", NOW),
            next_update=NOW + DAY,
            revocation_time=None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
    )


def responder(*, purposes=(ExtendedKeyUsageOID.OCSP_SIGNING,), nocheck: bool = True, years=None) -> Identity:
    wish = Wish(common_name="Trả lời", purposes=purposes, key=3, **({"years": years} if years else {}))
    made = PKI.issuing.issue(wish)
    issued = made.certificate
    if not nocheck:
        return made
    builder = (
        x509.CertificateBuilder()
        .subject_name(issued.subject)
        .issuer_name(issued.issuer)
        .public_key(issued.public_key())
        .serial_number(issued.serial_number)
        .not_valid_before(issued.not_valid_before_utc)
        .not_valid_after(issued.not_valid_after_utc)
    )
    for extension in issued.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return Identity(certificate=builder.sign(PKI.issuing.identity.key, hashes.SHA256()), key=made.key)


def answered_by(signer: Identity, **given: object) -> bytes:
    builder = answer_builder(signer, PKI.issuing.identity.certificate, **given).certificates([signer.certificate])
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_an_answer_of_the_authority_itself_is_taken():
    (draft,) = read(PKI.issuing.answer(PKI.person))
    assert (draft.kind, draft.serial) == (RevocationKind.OCSP, f"{PKI.person.certificate.serial_number:x}")
    assert draft.issuer_key == key_of(PKI.issuing.identity.certificate)


def test_an_answer_of_a_certified_responder_is_taken():
    assert read(answered_by(responder()))


@pytest.mark.parametrize(
    "signer",
    [
        responder(purposes=(ExtendedKeyUsageOID.CLIENT_AUTH,)),
        responder(nocheck=False),
        responder(years=(NOW - 9 * DAY, NOW - DAY)),
        PKI.person,
        PKI.tsa,
    ],
    ids=["another purpose", "may itself be revoked", "run out", "a person", "of another authority"],
)
def test_an_answer_of_anybody_else_is_refused(signer: Identity):
    assert "signed neither by the authority nor" in refusal(answered_by(signer))


def test_an_answer_about_another_authority_is_refused():
    stranger = Authority.self_signed(Wish(common_name="Lạ", authority=True, key=1))
    assert "not trusted" in refusal(stranger.answer(PKI.person))


def test_an_answer_that_knows_nothing_is_refused():
    assert "does not know" in refusal(answered_by(responder(), status=ocsp.OCSPCertStatus.UNKNOWN))


def test_an_answer_from_the_future_is_refused():
    assert "future" in refusal(answered_by(responder(), at=NOW + DAY))


def test_a_responder_that_refuses_is_no_answer():
    refused = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    assert "gives no answer (try_later)" in refusal(refused.public_bytes(Encoding.DER))


# --- anything --------------------------------------------------------------------------------------------------------

GENUINE = (PKI.issuing.revocation_list({PKI.person: NOW}), PKI.issuing.answer(PKI.person), answered_by(responder()))


@given(st.binary(max_size=200))
def test_other_bytes_are_refused(content: bytes):
    refusal(content)


@settings(max_examples=200)
@given(st.sampled_from(GENUINE), st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_octet_is_refused_or_changes_nothing_that_is_said(content: bytes, place: int, change: int):
    """What is outside of the signed part, such as certificates that came along, may change."""
    place %= len(content)
    changed = content[:place] + bytes([content[place] ^ change]) + content[place + 1 :]
    (genuine,) = read(content)
    try:
        (draft,) = read(changed)
    except UnusableDataError:
        return
    assert (draft.issuer_key, draft.serial, draft.this_update) == (genuine.issuer_key, genuine.serial, genuine.this_update)


@given(st.sampled_from(GENUINE), st.integers(0, 10_000))
def test_a_truncated_file_is_refused(content: bytes, length: int):
    refusal(content[: length % len(content)])
