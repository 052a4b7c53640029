"""Whose certificate it is and when it was used: every row of the attack list that a certificate or a date can make."""

import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID

from parsers.signatures.limits import RevocationPolicy, SignatureLimits
from parsers.signatures.model import Indication, Reason, SubIndication
from parsers.signatures.trust import TrustSnapshot
from tests.pki.authority import DAY, NOW, SIGNING, Authority, Wish, make_pki
from tests.pki.documents import Signing, add_document_timestamp, letter, sign

PASSED, OPEN, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED
PERSON = Wish(common_name="Nguyễn Văn Mẫu")
RECEIVED = NOW + DAY
REQUIRED = SignatureLimits(revocation=RevocationPolicy.REQUIRED)

PKI = make_pki()
LONG = (NOW - 3650 * DAY, NOW + 3650 * DAY)
CA = {"usage": frozenset({"key_cert_sign", "crl_sign"}), "purposes": None, "authority": True, "years": LONG}


def signed_by(wish: Wish, authority: Authority = PKI.issuing, *, stamped_at=None, tsa=PKI.tsa, chain=()) -> bytes:
    """A one-page letter signed with a new certificate, with a timestamp where a time for it is given."""
    identity = authority.issue(wish)
    stamp = {"tsa": tsa, "stamped_at": stamped_at} if stamped_at else {}
    return sign(letter(), Signing(identity=identity, chain=chain, **stamp))


def outcome(found) -> tuple:
    return found.indication, found.sub_indication


def test_a_look_alike_authority_with_the_same_names_leads_nowhere(verify):
    root = Authority.self_signed(Wish(common_name="Root Mẫu", organisation="Ban Cơ yếu Mẫu", key=5, **CA))
    fake = root.sub_authority(Wish(common_name="CA Mẫu", organisation="Ban Cơ yếu Mẫu", key=6, **CA))
    found = verify(signed_by(PERSON, fake, chain=(fake.identity, root.identity)))

    assert found.indication is OPEN
    assert found.signatures[0].trust_path == ()


def test_a_self_signed_certificate_with_a_persons_name_leads_nowhere(verify):
    found = verify(sign(letter(), Signing(identity=Authority.self_signed(replace(PERSON, key=5)).identity)))

    assert outcome(found) in {
        (OPEN, SubIndication.NO_CERTIFICATE_CHAIN_FOUND),
        (OPEN, SubIndication.CHAIN_CONSTRAINTS_FAILURE),
    }


def test_an_unrelated_root_leads_nowhere(verify):
    stranger = Authority.self_signed(Wish(common_name="Other Root", organisation="Other", key=5, **CA))

    assert outcome(verify(signed_by(PERSON, stranger))) == (OPEN, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)


EXPIRED = replace(PERSON, years=(NOW - 700 * DAY, NOW - 100 * DAY))
FUTURE = replace(PERSON, years=(NOW + 100 * DAY, NOW + 700 * DAY))


def test_expired_before_it_was_received_proves_nothing_about_the_signing(verify):
    found = verify(signed_by(EXPIRED))

    assert outcome(found) == (OPEN, SubIndication.OUT_OF_BOUNDS_NO_POE)
    assert Reason.CERTIFICATE_EXPIRED in found.reasons


def test_expired_after_the_timestamp_passes(verify):
    assert verify(signed_by(EXPIRED, stamped_at=NOW - 200 * DAY)).indication is PASSED


@pytest.mark.parametrize("days", [99, 10, 1])
def test_expired_before_the_timestamp_fails(verify, days):
    assert outcome(verify(signed_by(EXPIRED, stamped_at=NOW - days * DAY))) == (FAILED, SubIndication.EXPIRED)


def test_expired_since_it_was_received_passes(verify):
    found = verify(signed_by(EXPIRED), received_at=NOW - 101 * DAY)

    assert found.indication is PASSED


def test_an_untrusted_timestamp_does_not_rescue_an_expired_certificate(verify):
    stranger = Authority.self_signed(Wish(common_name="Other Root", organisation="Other", key=5, **CA))
    tsa = stranger.issue(
        Wish(common_name="TSA", purposes=(ExtendedKeyUsageOID.TIME_STAMPING,), usage=frozenset({"digital_signature"}), years=LONG)
    )
    found = verify(signed_by(EXPIRED, stamped_at=NOW - 200 * DAY, tsa=tsa))

    assert outcome(found) == (OPEN, SubIndication.OUT_OF_BOUNDS_NO_POE)
    assert Reason.TIMESTAMP_UNTRUSTED in found.reasons


def test_a_timestamp_older_than_its_authoritys_certificate_proves_nothing(verify):
    usage = {"purposes": (ExtendedKeyUsageOID.TIME_STAMPING,), "usage": frozenset({"digital_signature"})}
    new_tsa = PKI.root.issue(Wish(common_name="TSA mới", years=(NOW - DAY, NOW + 100 * DAY), key=3, **usage))
    found = verify(signed_by(EXPIRED, stamped_at=NOW - 200 * DAY, tsa=new_tsa))

    assert outcome(found) == (OPEN, SubIndication.OUT_OF_BOUNDS_NO_POE)
    assert Reason.TIMESTAMP_UNTRUSTED in found.reasons


@pytest.mark.parametrize("stamped_at", [None, NOW], ids=["received", "stamped"])
def test_used_before_it_began_fails(verify, stamped_at):
    found = verify(signed_by(FUTURE, stamped_at=stamped_at))

    assert outcome(found) == (FAILED, SubIndication.NOT_YET_VALID)
    assert Reason.CERTIFICATE_NOT_YET_VALID in found.reasons


def test_dates_of_a_certificate_without_a_path_are_only_claims(verify):
    stranger = Authority.self_signed(Wish(common_name="Other Root", organisation="Other", key=5, **CA))
    found = verify(signed_by(EXPIRED, stranger, stamped_at=NOW - DAY))

    assert outcome(found) == (OPEN, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)


def test_a_timestamp_outlives_its_authority_when_a_newer_one_covers_it(verify):
    # Two years ago: signer and first TSA were valid. The second TSA stamped the file while the first one still was.
    then = NOW - 600 * DAY
    usage = {"purposes": (ExtendedKeyUsageOID.TIME_STAMPING,), "usage": frozenset({"digital_signature"})}
    old_tsa = PKI.root.issue(Wish(common_name="TSA cũ", years=(then - DAY, then + 100 * DAY), key=3, **usage))
    signed = signed_by(replace(PERSON, years=(then - DAY, then + 30 * DAY)), stamped_at=then, tsa=old_tsa)

    assert outcome(verify(signed)) == (OPEN, SubIndication.OUT_OF_BOUNDS_NO_POE)
    kept = verify(add_document_timestamp(signed, PKI.tsa, then + 50 * DAY))
    assert kept.indication is PASSED
    assert kept.signatures[0].best_signature_time == then
    late = verify(add_document_timestamp(signed, PKI.tsa, then + 200 * DAY))
    assert late.signatures[0].indication is not PASSED


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"usage": frozenset({"key_encipherment"})}, Reason.KEY_USAGE),
        ({"purposes": (ExtendedKeyUsageOID.SERVER_AUTH,)}, Reason.KEY_USAGE),
        ({"purposes": (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CODE_SIGNING)}, Reason.KEY_USAGE),
        ({"purposes": (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)}, Reason.KEY_USAGE),
    ],
    ids=["encipherment only", "web server", "web server and code", "web server and client"],
)
def test_a_certificate_for_something_else_signs_no_letters(verify, change, reason):
    found = verify(signed_by(replace(PERSON, **change)))

    assert outcome(found) == (OPEN, SubIndication.CHAIN_CONSTRAINTS_FAILURE)
    assert reason in found.reasons


@pytest.mark.parametrize(
    "change",
    [
        {"purposes": None},
        {"usage": frozenset({"digital_signature"})},
        {"usage": frozenset({"content_commitment"})},
        {"usage": None, "purposes": None},
        {"purposes": (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION)},
    ],
    ids=["no purposes", "digital signature only", "commitment only", "nothing at all", "mail and web"],
)
def test_no_purpose_for_documents_is_asked_for(verify, change):
    assert verify(signed_by(replace(PERSON, **change))).indication is PASSED


def test_who_is_trusted_by_itself_may_sign_itself_unless_its_key_is_an_authoritys(verify):
    for usage, expected in ((None, PASSED), (SIGNING | CA["usage"], OPEN), (CA["usage"], OPEN)):
        own = Authority.self_signed(Wish(common_name="Tự ký", **CA | {"usage": usage}))
        signed = sign(letter(), Signing(identity=own.identity))
        assert verify(signed, trust=TrustSnapshot(signer_anchors=(own.identity.der,))).indication is expected
        namesake = Authority.self_signed(Wish(common_name="Tự ký", key=5, **CA | {"usage": usage}))
        assert verify(signed, trust=TrustSnapshot(signer_anchors=(namesake.identity.der,))).indication is OPEN


def test_an_issuer_that_is_no_authority_leads_nowhere(verify):
    person = Authority(identity=PKI.issuing.issue(replace(PERSON, key=5)))

    assert verify(signed_by(PERSON, person, chain=(person.identity,))).indication is OPEN


def test_a_path_longer_than_allowed_leads_nowhere(verify):
    short = PKI.root.sub_authority(Wish(common_name="CA ngắn", organisation="Ban", key=5, path_length=0, **CA))
    below = short.sub_authority(Wish(common_name="CA dưới", organisation="Ban", key=6, **CA))

    assert verify(signed_by(PERSON, below, chain=(short.identity, below.identity))).indication is OPEN


def test_a_short_key_is_not_accepted(verify):
    found = verify(signed_by(replace(PERSON, key=7, bits=1024)))

    assert outcome(found) == (OPEN, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)


def test_a_weak_digest_is_not_accepted(verify):
    found = verify(sign(letter(), Signing(identity=PKI.person, digest="sha1")))

    assert outcome(found) == (OPEN, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)
    assert found.signatures[0].digest_algorithm == "sha1"


def test_a_longer_key_and_digest_are_accepted(verify):
    identity = PKI.issuing.issue(replace(PERSON, key=8, bits=3072, digest=hashes.SHA512()))

    assert verify(sign(letter(), Signing(identity=identity, digest="sha512"))).indication is PASSED


def test_a_timestamping_authority_without_the_purpose_is_not_trusted(verify):
    plain = PKI.root.issue(Wish(common_name="TSA giả", key=3, years=LONG))
    found = verify(signed_by(PERSON, stamped_at=NOW, tsa=plain))

    assert found.indication is PASSED
    assert Reason.TIMESTAMP_UNTRUSTED in found.reasons


class TestRevocation:
    """Revoked before the proven time convicts, revoked after it does not, and silence clears only where it means something."""

    person = PKI.issuing.issue(replace(PERSON, key=0))
    stamped = sign(letter(), Signing(identity=person, tsa=PKI.tsa, stamped_at=NOW))
    plain = sign(letter(), Signing(identity=person))

    def check(self, verify, content, *, crls=(), ocsps=(), **options):
        trust = replace(PKI.trust, crls=tuple(crls), ocsp_responses=tuple(ocsps))
        return verify(content, trust=trust, **options)

    def revoking(self, moment, **options):
        return PKI.issuing.revocation_list({self.person: moment}, **options)

    def test_stamped_then_revoked_passes(self, verify):
        found = self.check(verify, self.stamped, crls=[self.revoking(NOW + timedelta(hours=1), at=NOW + 2 * DAY)])

        assert found.indication is PASSED

    def test_revoked_then_stamped_fails(self, verify):
        found = self.check(verify, self.stamped, crls=[self.revoking(NOW - DAY)])

        assert outcome(found) == (FAILED, SubIndication.REVOKED)

    def test_revoked_before_reception_stays_open_without_a_timestamp(self, verify):
        found = self.check(verify, self.plain, crls=[self.revoking(NOW)])

        assert outcome(found) == (OPEN, SubIndication.REVOKED_NO_POE)

    def test_revoked_after_reception_passes_without_a_timestamp(self, verify):
        found = self.check(verify, self.plain, crls=[self.revoking(RECEIVED + DAY, at=RECEIVED + 2 * DAY)])

        assert found.indication is PASSED

    def test_an_outdated_list_still_convicts(self, verify):
        old = self.revoking(NOW - 30 * DAY, at=NOW - 29 * DAY, until=NOW - 22 * DAY)

        assert outcome(self.check(verify, self.stamped, crls=[old])) == (FAILED, SubIndication.REVOKED)

    def test_an_outdated_list_does_not_clear(self, verify):
        old = PKI.issuing.revocation_list(at=NOW - 29 * DAY, until=NOW - 22 * DAY)
        fresh = PKI.root.revocation_list()
        found = self.check(verify, self.stamped, crls=[old, fresh], limits=REQUIRED)

        assert outcome(found) == (OPEN, SubIndication.TRY_LATER)

    def test_the_newer_of_two_lists_convicts(self, verify):
        both = [PKI.issuing.revocation_list(at=NOW - 2 * DAY), self.revoking(NOW - DAY)]

        for order in (both, both[::-1]):
            assert self.check(verify, self.stamped, crls=order).sub_indication is SubIndication.REVOKED

    def test_a_list_from_after_the_certificates_end_does_not_clear(self, verify):
        signed = signed_by(EXPIRED, stamped_at=NOW - 200 * DAY)
        lists = [PKI.issuing.revocation_list(), PKI.root.revocation_list()]

        assert self.check(verify, signed, crls=lists, limits=REQUIRED).sub_indication is SubIndication.TRY_LATER

    def test_a_list_signed_by_somebody_else_says_nothing(self, verify):
        names = Wish(common_name="CA Mẫu", organisation="Ban Cơ yếu Mẫu", key=6, **CA)
        forged = Authority.self_signed(names).revocation_list({self.person: NOW - DAY})

        assert self.check(verify, self.stamped, crls=[forged]).indication is PASSED
        empty = Authority.self_signed(names).revocation_list()
        waiting = self.check(verify, self.stamped, crls=[empty, PKI.root.revocation_list()], limits=REQUIRED)
        assert waiting.sub_indication is SubIndication.TRY_LATER

    def test_a_revoked_authority_leaves_it_open(self, verify):
        crl = PKI.root.revocation_list({PKI.issuing.identity: NOW - DAY})

        assert outcome(self.check(verify, self.stamped, crls=[crl])) == (OPEN, SubIndication.REVOKED_NO_POE)

    def test_a_revoked_timestamping_authority_proves_nothing(self, verify):
        found = self.check(verify, self.stamped, crls=[PKI.root.revocation_list({PKI.tsa: NOW - DAY})])

        assert Reason.TIMESTAMP_UNTRUSTED in found.reasons

    def test_an_answer_clears_and_convicts_like_a_list(self, verify):
        root = PKI.root.revocation_list()
        cleared = self.check(verify, self.stamped, crls=[root], ocsps=[PKI.issuing.answer(self.person)], limits=REQUIRED)
        revoked = self.check(verify, self.stamped, ocsps=[PKI.issuing.answer(self.person, revoked_at=NOW - DAY)])
        later = PKI.issuing.answer(self.person, revoked_at=NOW + DAY, at=NOW + 2 * DAY)
        after = self.check(verify, self.stamped, crls=[root], ocsps=[later], limits=REQUIRED)

        assert cleared.indication is PASSED
        assert cleared.signatures[0].revocation_source == "crl, ocsp"
        assert outcome(revoked) == (FAILED, SubIndication.REVOKED)
        assert after.indication is PASSED

    @pytest.mark.parametrize("damage", [b"", b"\x30\x03\x02\x01\x01", bytes(100)], ids=["empty", "number", "zeros"])
    def test_damaged_data_in_the_store_change_nothing(self, verify, damage):
        trust = replace(PKI.trust, crls=(damage,), ocsp_responses=(damage,), intermediates=(*PKI.trust.intermediates, damage))

        assert verify(self.stamped, trust=replace(trust, signer_anchors=(*trust.signer_anchors, damage))).indication is PASSED


def test_addresses_in_a_certificate_are_never_asked(verify):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        where = f"http://127.0.0.1:{server.getsockname()[1]}/issuer.crt"
        content = signed_by(replace(PERSON, pointer=where), stamped_at=NOW)
        for trust in (PKI.trust, replace(PKI.trust, intermediates=())):
            for revocation in RevocationPolicy:
                verify(content, trust=trust, limits=SignatureLimits(revocation=revocation))

        with pytest.raises(BlockingIOError):
            server.accept()
