"""Signatures in CMS messages: who signed what, and what is wrong with it."""

import base64
import codecs
import hashlib
import zlib
from datetime import timedelta

import pytest
from asn1crypto import algos, cms, core, pem, tsp
from cryptography.x509 import load_der_x509_certificate
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from parsers.signatures.beside import beside_of, by_name
from parsers.signatures.limits import RevocationPolicy, SignatureLimits
from parsers.signatures.model import Indication, MaterialKind, Origin, Reason, SubIndication
from parsers.signatures.trust import TrustSnapshot
from tests.pki.authority import DAY, NOW, Identity, Wish
from tests.pki.messages import (
    CmsSigning,
    archived,
    changed,
    holders,
    in_another_order,
    message,
    signer_info,
    timestamp_answer,
    token,
    wrapped,
)

PASSED, OPEN, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED
LETTER = b"Kinh gui Uy ban nhan dan tinh, so 12/BC-STC."


@pytest.fixture
def official(pki):
    return CmsSigning(identity=pki.person, tsa=pki.tsa)


def outcome(found):
    return found.indication, found.sub_indication


class TestEnvelope:
    def test_a_signed_letter_passes(self, verify, official, pki):
        trust = TrustSnapshot(
            signer_anchors=pki.trust.signer_anchors,
            tsa_anchors=pki.trust.tsa_anchors,
            intermediates=pki.trust.intermediates,
            crls=(pki.root.revocation_list(), pki.issuing.revocation_list()),
        )
        found = verify(message(LETTER, official), trust, limits=SignatureLimits(revocation=RevocationPolicy.REQUIRED))

        assert outcome(found) == (PASSED, None)
        report = found.signatures[0]
        assert (report.format, report.field, report.level) == ("CAdES", "1", "T")
        assert report.signer.common_name == "Nguyễn Văn Mẫu"
        assert (report.best_signature_time, report.claimed_signing_time) == (NOW, NOW)
        assert (report.digest_algorithm, report.signature_algorithm, report.key_bits) == ("sha256", "sha256_rsa", 2048)
        assert report.reasons == ()
        assert found.covers == (beside_of("", LETTER).sha256,)

    def test_the_verdict_names_what_it_rests_on(self, verify, official):
        found = verify(message(LETTER, official))

        material = {(item.kind, item.origin) for item in found.signatures[0].material}
        assert (MaterialKind.CERTIFICATE, Origin.STORE) in material
        assert (MaterialKind.CERTIFICATE, Origin.FILE) in material
        assert (MaterialKind.TIMESTAMP, Origin.FILE) in material
        brought = {item.sha256 for item in found.signatures[0].material if item.origin is Origin.FILE}
        assert {item.sha256 for item in found.material} == brought

    def test_material_beyond_the_cap_is_named_without_its_bytes(self, verify, official):
        found = verify(message(LETTER, official), limits=SignatureLimits(material_bytes=100))

        assert found.material == ()
        assert found.signatures[0].material

    @pytest.mark.parametrize(
        "armour",
        [
            lambda data: data,
            lambda data: pem.armor("PKCS7", data),
            lambda data: pem.armor("CMS", data),
            lambda data: pem.armor("PKCS7", data).replace(b"PKCS7", b"PKCS #7 SIGNED DATA"),
            lambda data: codecs.BOM_UTF8 + pem.armor("PKCS7", data),
            base64.encodebytes,
            lambda data: b"\r\n" + base64.b64encode(data),
            lambda data: data + bytes(2048),
            lambda data: data + b"\r\n",
        ],
        ids=[
            "DER",
            "PKCS7",
            "CMS",
            "an old label",
            "a mark in front",
            "base64 in lines",
            "base64 in one line",
            "zeros behind",
            "line end behind",
        ],
    )
    def test_the_armour_does_not_matter(self, verify, official, armour):
        assert verify(armour(message(LETTER, official))).indication is PASSED

    @pytest.mark.parametrize("armour", [lambda data: data, lambda data: pem.armor("CMS", data)], ids=["DER", "PEM"])
    def test_anything_behind_a_message_fails(self, verify, official, armour):
        found = verify(armour(message(LETTER, official)) + b"<html>Another letter</html>")

        assert outcome(found) == (FAILED, SubIndication.FORMAT_FAILURE)
        assert Reason.TRAILING_DATA in found.reasons

    def test_altered_content_fails(self, verify, official):
        found = verify(changed(message(LETTER, official), b"12/BC", b"13/BC"))

        assert outcome(found) == (FAILED, SubIndication.HASH_FAILURE)

    def test_altered_attributes_fail(self, verify, pki):
        signing = CmsSigning(identity=pki.person)
        found = verify(changed(message(LETTER, signing), b"260302080000Z", b"260301080000Z"))

        assert outcome(found) == (FAILED, SubIndication.SIG_CRYPTO_FAILURE)

    def test_a_digest_that_the_message_does_not_announce_leaves_it_open(self, verify, pki):
        content = message(LETTER, CmsSigning(identity=pki.person))
        announced = core.ObjectIdentifier("2.16.840.1.101.3.4.2.1").dump()
        other = core.ObjectIdentifier("2.16.840.1.101.3.4.2.2").dump()

        found = verify(content.replace(announced, other, 1))

        assert (found.indication, found.reasons[0]) == (OPEN, Reason.ALGORITHM)

    def test_an_edwards_signature_over_the_content_itself_is_open_and_not_altered(self, verify, pki):
        def edwards(info):
            info["signature_algorithm"] = {"algorithm": "ed25519"}

        found = verify(message(LETTER, CmsSigning(identity=pki.person, has_attributes=False, spoil=edwards)))

        assert (found.indication, found.reasons[0]) == (OPEN, Reason.ALGORITHM)

    def test_a_version_that_is_no_number_makes_no_message(self, verify, pki):
        content = message(LETTER, CmsSigning(identity=pki.person))
        position = content.index(b"\x02\x01")

        found = verify(content[:position] + b"\x03" + content[position + 1 :])

        assert (found.indication, found.reasons) == (OPEN, (Reason.UNREADABLE,))

    def test_a_signature_without_attributes_passes(self, verify, official, pki):
        bare = CmsSigning(identity=pki.person, has_attributes=False)
        found = verify(message(LETTER, bare))

        assert (found.indication, found.signatures[0].format) == (PASSED, "CMS")
        assert verify(changed(message(LETTER, bare), b"12/BC", b"13/BC")).indication is FAILED

    def test_a_signer_known_by_key_identifier_passes(self, verify, pki):
        assert verify(message(LETTER, CmsSigning(identity=pki.person, by_key_identifier=True))).indication is PASSED

    def test_a_bag_of_certificates_carries_no_signature(self, verify, pki):
        assert verify(wrapped(None, [], [pki.person, pki.organisation])).indication is None

    def test_a_content_whose_signers_were_taken_out_is_not_called_unsigned(self, verify, pki):
        found = verify(wrapped(LETTER, [], [pki.person]))

        assert (found.indication, found.seen) == (OPEN, 1)

    @pytest.mark.parametrize("kind", ["enveloped_data", "encrypted_data", "authenticated_enveloped_data"])
    def test_what_is_encrypted_is_not_called_unsigned(self, verify, kind):
        body = cms.ContentType(kind).dump() + b"\xa0\x03\x30\x01\x00"
        found = verify(b"\x30" + bytes([len(body)]) + body)

        assert (found.indication, found.reasons) == (OPEN, (Reason.ENCRYPTED,))

    def test_a_compressed_message_is_named_as_not_checked(self, verify, official):
        inner = {"content_type": "data", "content": core.ParsableOctetString(zlib.compress(message(LETTER, official)))}
        data = {"version": "v0", "compression_algorithm": {"algorithm": "zlib"}, "encap_content_info": inner}
        found = verify(cms.ContentInfo({"content_type": "compressed_data", "content": data}).dump())

        assert (found.indication, found.reasons) == (OPEN, (Reason.FORMAT_NOT_CHECKED,))

    @pytest.mark.parametrize(("layers", "expected"), [(4, PASSED), (5, OPEN), (20, OPEN)])
    def test_envelopes_inside_one_another_are_followed_up_to_a_cap(self, verify, pki, layers, expected):
        data = LETTER
        for _ in range(layers + 1):
            data = message(data, CmsSigning(identity=pki.person))
        found = verify(data)

        assert found.indication is expected
        assert (Reason.LIMIT in found.reasons) is (expected is OPEN)


class TestForm:
    @pytest.mark.parametrize(
        "options",
        [
            {"claimed_type": "tst_info"},
            {"without": ("content_type",)},
            {"without": ("message_digest",)},
            {"attributes": (("content_type", "data"),)},
            {"attributes": (("message_digest", bytes(32)),)},
        ],
        ids=["another content type", "no content type", "no digest", "two content types", "two digests"],
    )
    def test_a_signer_of_a_wrong_form_fails(self, verify, pki, options):
        found = verify(message(LETTER, CmsSigning(identity=pki.person, **options)))

        assert outcome(found) == (FAILED, SubIndication.FORMAT_FAILURE)

    def test_content_of_another_type_asks_for_signed_attributes(self, verify, pki):
        bare = CmsSigning(identity=pki.person, has_attributes=False)
        found = verify(message(LETTER, bare, content_type="1.2.840.113549.1.9.16.1.99"))

        assert outcome(found) == (FAILED, SubIndication.FORMAT_FAILURE)

    def test_a_certificate_that_the_signature_does_not_name_is_not_its_signers(self, verify, pki):
        found = verify(message(LETTER, CmsSigning(identity=pki.person, named=pki.organisation)))

        assert outcome(found) == (OPEN, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)

    def test_both_attributes_that_name_a_certificate_have_to_name_it(self, verify, pki):
        for named, expected in (
            (pki.person, (PASSED, None)),
            (pki.organisation, (OPEN, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)),
        ):
            first = tsp.SigningCertificate({"certs": [{"cert_hash": hashlib.sha1(named.der, usedforsecurity=False).digest()}]})
            signing = CmsSigning(identity=pki.person, attributes=(("signing_certificate", first),))
            assert outcome(verify(message(LETTER, signing))) == expected

    def test_the_order_in_which_attributes_are_sent_does_not_matter(self, verify, pki):
        info = in_another_order(signer_info(LETTER, CmsSigning(identity=pki.person)))

        assert outcome(verify(wrapped(LETTER, [info], [pki.person]))) == (PASSED, None)
        altered = changed(wrapped(LETTER, [info], [pki.person]), b"260302080000Z", b"260301080000Z")
        assert outcome(verify(altered)) == (FAILED, SubIndication.SIG_CRYPTO_FAILURE)

    @pytest.mark.parametrize("parameters", [{"trailer_field": 2}, None])
    def test_parameters_that_nobody_has_specified_are_open(self, verify, pki, parameters):
        def swap(info):
            info["signature_algorithm"] = {"algorithm": "rsassa_pss"} | (
                {} if parameters is None else {"parameters": algos.RSASSAPSSParams(parameters)}
            )

        odd = CmsSigning(identity=pki.person, spoil=swap)
        assert outcome(verify(message(LETTER, odd))) == (OPEN, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)
        altered = changed(message(LETTER, odd), b"12/BC", b"13/BC")
        assert outcome(verify(altered)) == (FAILED, SubIndication.HASH_FAILURE)

    def test_of_two_certificates_with_one_number_the_named_one_counts(self, verify, pki):
        twin = pki.issuing.issue(Wish(common_name="Kẻ Mạo Danh", key=9))
        copied = twin.asn1
        copied["tbs_certificate"]["serial_number"] = pki.person.asn1.serial_number
        forged = Identity(certificate=load_der_x509_certificate(copied.dump(force=True)), key=twin.key)
        for order in ([pki.person, forged], [forged, pki.person]):
            found = verify(message(LETTER, CmsSigning(identity=pki.person), certificates=order))
            assert found.indication is PASSED
            assert found.signatures[0].signer.common_name == "Nguyễn Văn Mẫu"

    def test_a_signer_who_only_puts_another_name_on_the_signature_fails(self, verify, pki):
        def swap(info):
            other = pki.organisation.asn1
            info["sid"] = cms.SignerIdentifier(
                "issuer_and_serial_number",
                cms.IssuerAndSerialNumber({"issuer": other.issuer, "serial_number": other.serial_number}),
            )

        swapped = CmsSigning(identity=pki.person, names_certificate=False, spoil=swap)
        found = verify(message(LETTER, swapped, certificates=[pki.organisation, pki.person]))

        assert outcome(found) == (FAILED, SubIndication.SIG_CRYPTO_FAILURE)

    def test_a_message_without_the_signers_certificate_is_open(self, verify, pki):
        found = verify(message(LETTER, CmsSigning(identity=pki.person), certificates=[pki.organisation]))

        assert outcome(found) == (OPEN, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)

    def test_two_digests_in_one_signature_are_open(self, verify, pki):
        mixed = CmsSigning(identity=pki.person, digest="sha256", value_digest="sha512")
        assert outcome(verify(message(LETTER, mixed))) == (OPEN, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)
        altered = changed(message(LETTER, mixed), b"12/BC", b"13/BC")
        assert outcome(verify(altered)) == (FAILED, SubIndication.HASH_FAILURE)

    def test_a_digest_that_collides_is_open(self, verify, pki):
        found = verify(message(LETTER, CmsSigning(identity=pki.person, digest="sha1")))

        assert outcome(found) == (OPEN, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)

    def test_a_key_with_a_negative_modulus_is_open(self, verify, pki):
        certificate = pki.person.der
        modulus = pki.person.key.public_key().public_numbers().n.to_bytes(256, "big")
        positive = b"\x02\x82\x01\x01\x00" + modulus
        assert certificate.count(positive) == 1
        data = message(LETTER, CmsSigning(identity=pki.person, names_certificate=False))
        shorter = core.Sequence.load(certificate).dump().replace(positive, b"\x02\x82\x01\x01\xff" + modulus)
        found = verify(data.replace(certificate, shorter))

        assert found.indication is OPEN

    def test_the_attributes_of_a_signature_are_no_document_that_was_signed(self, verify, pki):
        taken = cms.ContentInfo.load(message(b"letter", CmsSigning(identity=pki.person)))["content"]["signer_infos"][0]
        fields = ("version", "sid", "digest_algorithm", "signature_algorithm", "signature")
        bare = cms.SignerInfo.load(cms.SignerInfo({name: taken[name] for name in fields}).dump())
        found = verify(wrapped(taken["signed_attrs"].untag().dump(), [bare], [pki.person]))

        assert outcome(found) == (FAILED, SubIndication.FORMAT_FAILURE)


class TestCertificate:
    @pytest.mark.parametrize(
        ("wish", "expected"),
        [
            ({"years": (NOW - 400 * DAY, NOW - 30 * DAY)}, (FAILED, SubIndication.EXPIRED)),
            ({"years": (NOW + 9 * DAY, NOW + 30 * DAY)}, (FAILED, SubIndication.NOT_YET_VALID)),
            ({"usage": frozenset({"key_encipherment"})}, (OPEN, SubIndication.CHAIN_CONSTRAINTS_FAILURE)),
        ],
        ids=["expired", "not yet valid", "wrong usage"],
    )
    def test_a_wrong_certificate_does_not_pass(self, verify, pki, wish, expected):
        signer = pki.issuing.issue(Wish(common_name="Trần Văn Mẫu", **wish))
        found = verify(message(LETTER, CmsSigning(identity=signer, tsa=pki.tsa)))

        assert outcome(found) == expected

    def test_a_certificate_revoked_before_the_signature_fails(self, verify, pki):
        crls = (pki.root.revocation_list(), pki.issuing.revocation_list({pki.person: NOW - DAY}))
        trust = TrustSnapshot(
            signer_anchors=pki.trust.signer_anchors,
            tsa_anchors=pki.trust.tsa_anchors,
            intermediates=pki.trust.intermediates,
            crls=crls,
        )
        stamped = CmsSigning(identity=pki.person, tsa=pki.tsa)
        assert outcome(verify(message(LETTER, stamped), trust)) == (FAILED, SubIndication.REVOKED)
        found = verify(message(LETTER, CmsSigning(identity=pki.person)), trust)
        assert outcome(found) == (OPEN, SubIndication.REVOKED_NO_POE)
        assert found.signatures[0].revoked_at == NOW - DAY

    def test_a_stranger_is_open(self, verify, pki):
        found = verify(message(LETTER, CmsSigning(identity=pki.person)), TrustSnapshot())

        assert outcome(found) == (OPEN, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
        assert Reason.EMPTY_TRUST in found.reasons

    def test_a_timestamp_of_another_signature_proves_nothing(self, verify, pki):
        def graft(info):
            info["unsigned_attrs"] = [{"type": "signature_time_stamp_token", "values": [token(pki.tsa, b"another", NOW)]}]

        found = verify(message(LETTER, CmsSigning(identity=pki.person, spoil=graft)))

        assert outcome(found) == (OPEN, SubIndication.GENERIC)
        assert Reason.TIMESTAMP_UNTRUSTED in found.reasons
        assert found.signatures[0].best_signature_time == NOW + DAY


class TestSeveralSigners:
    def test_each_is_judged_by_itself(self, verify, official, pki):
        found = verify(message(LETTER, official, CmsSigning(identity=pki.organisation)))

        assert [report.indication for report in found.signatures] == [PASSED, PASSED]
        names = {report.signer.common_name for report in found.signatures}
        assert names == {"Nguyễn Văn Mẫu", "Sở Tài chính tỉnh Mẫu"}

    def test_a_broken_one_among_two_is_named_and_decides(self, verify, official, pki):
        good, other = signer_info(LETTER, official), signer_info(b"another", CmsSigning(identity=pki.organisation))
        found = verify(wrapped(LETTER, [good, other], [pki.person, pki.organisation]))

        by_name = {report.signer.common_name: report.indication for report in found.signatures}
        assert by_name == {"Nguyễn Văn Mẫu": PASSED, "Sở Tài chính tỉnh Mẫu": FAILED}
        assert outcome(found) == (FAILED, SubIndication.HASH_FAILURE)

    def test_those_beyond_the_cap_are_counted_and_leave_it_open(self, verify, pki):
        signing = CmsSigning(identity=pki.person)
        infos = [signer_info(LETTER, signing)] * 6
        found = verify(wrapped(LETTER, infos, [pki.person]), limits=SignatureLimits(signers=4))

        assert (found.seen, len(found.signatures), found.indication) == (6, 4, OPEN)
        assert Reason.LIMIT in found.reasons


class TestCountersignature:
    def test_a_countersignature_is_an_entry_of_its_own(self, verify, pki):
        counter = CmsSigning(identity=pki.organisation, tsa=pki.tsa)
        found = verify(message(LETTER, CmsSigning(identity=pki.person, counters=(counter,))))

        assert found.indication is PASSED
        first, second = found.signatures
        assert (first.countersigns, second.countersigns) == ("", first.field)
        assert (second.format, second.indication) == ("CMS-counter", PASSED)
        assert second.signer.common_name == "Sở Tài chính tỉnh Mẫu"

    def test_one_on_another_signature_is_wrong_and_leaves_the_file_open(self, verify, pki):
        def graft(info):
            other = signer_info(b"another signature value", CmsSigning(identity=pki.organisation), is_counter=True)
            info["unsigned_attrs"] = [{"type": "counter_signature", "values": [other]}]

        signing = CmsSigning(identity=pki.person, spoil=graft)
        found = verify(message(LETTER, signing, certificates=[*holders([signing]), pki.organisation]))

        assert [report.indication for report in found.signatures] == [PASSED, FAILED]
        assert (found.indication, found.reasons) == (OPEN, (Reason.COUNTERSIGNATURE,))

    @pytest.mark.parametrize("has_attributes", [True, False])
    def test_a_wrong_value_fails(self, verify, pki, has_attributes):
        def spoil(info):
            info["signature"] = bytes(256)

        counter = CmsSigning(identity=pki.organisation, spoil=spoil, has_attributes=has_attributes)
        found = verify(message(LETTER, CmsSigning(identity=pki.person, counters=(counter,))))

        assert found.signatures[1].indication is FAILED
        assert found.indication is OPEN

    def test_one_that_does_not_name_its_certificate_does_not_pass(self, verify, pki):
        counter = CmsSigning(identity=pki.organisation, named=pki.person)
        found = verify(message(LETTER, CmsSigning(identity=pki.person, counters=(counter,))))

        assert found.signatures[1].sub_indication is SubIndication.NO_SIGNING_CERTIFICATE_FOUND

    def test_countersignatures_on_one_another_are_followed_up_to_a_cap(self, verify, pki):
        signing = CmsSigning(identity=pki.organisation)
        for _ in range(7):
            signing = CmsSigning(identity=pki.person, counters=(signing,))
        found = verify(message(LETTER, signing))

        assert len(found.signatures) == 6
        assert found.signatures[-1].field == "1" + "/counter1" * 5
        assert (found.indication, Reason.LIMIT in found.reasons) == (OPEN, True)


class TestDetached:
    def test_the_file_is_found_by_its_digest_whatever_it_is_called(self, verify, official):
        beside = (beside_of("a.pdf", b"another"), beside_of("b.pdf", LETTER))
        found = verify(message(None, official, over=LETTER), beside=beside)

        assert found.indication is PASSED
        assert found.covers == (beside[1].sha256,)

    def test_without_attributes_the_name_finds_it(self, verify, pki):
        bare = CmsSigning(identity=pki.person, has_attributes=False)
        beside = (beside_of("other.txt", b"another"), beside_of("letter.docx", LETTER))

        assert verify(message(None, bare, over=LETTER), beside=beside).indication is PASSED

    def test_a_file_of_that_name_which_is_not_the_signed_one_fails(self, verify, official):
        found = verify(message(None, official, over=LETTER), beside=(beside_of("letter", b"altered"),))

        assert outcome(found) == (FAILED, SubIndication.HASH_FAILURE)

    @pytest.mark.parametrize("has_attributes", [True, False])
    @pytest.mark.parametrize(
        ("kept", "expected"),
        [
            (b"Kinh gui\nso 12\n", (PASSED, None)),
            (b"Kinh gui\r\nso 12\n", (PASSED, None)),
            (b"%PDF-1.4\nso 12\n", (OPEN, SubIndication.GENERIC)),
            (b"\x00\nso 12\n", (OPEN, SubIndication.GENERIC)),
        ],
    )
    def test_a_text_may_be_signed_with_the_line_ends_of_a_mail(self, verify, pki, kept, expected, has_attributes):
        signing = CmsSigning(identity=pki.person, has_attributes=has_attributes)
        signed = message(None, signing, over=kept.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

        found = verify(signed, beside=(beside_of("letter", kept),))
        altered = verify(signed, beside=(beside_of("letter", kept.replace(b"12", b"13")),))

        assert (outcome(found), found.covers) == (expected, (beside_of("", kept).sha256,))
        assert altered.indication is FAILED

    @pytest.mark.parametrize("beside", [(), (beside_of("annex.pdf", b"another"),)], ids=["nothing", "another file"])
    def test_without_its_file_nothing_is_known(self, verify, official, beside):
        found = verify(message(None, official, over=LETTER), beside=beside)

        assert outcome(found) == (OPEN, SubIndication.SIGNED_DATA_NOT_FOUND)
        assert found.signatures[0].signer.common_name == "Nguyễn Văn Mẫu"
        assert found.signatures[0].timestamp.trusted

    @given(name=st.text(max_size=12), others=st.lists(st.tuples(st.text(max_size=12), st.binary(max_size=3)), max_size=5))
    def test_a_name_leads_to_one_file_or_to_none(self, name, others):
        files = [beside_of(one, content) for one, content in others]
        found = by_name(files, name)

        assert found is None or found in files

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("letter.pdf.p7s", "letter.pdf"),
            ("LETTER.PDF.P7S", "letter.pdf"),
            ("folder/letter.p7s", "letter.pdf"),
            ("annex.p7s", None),
            ("other.p7s", None),
            ("letter.pdf", None),
        ],
    )
    def test_names_pair_as_people_give_them(self, name, expected):
        files = [beside_of("letter.pdf", b"1"), beside_of("annex.pdf", b"2"), beside_of("annex.docx", b"3")]
        found = by_name(files, name)

        assert (found and found.name) == expected


class TestTimestamps:
    def test_a_timestamp_that_stands_alone_is_nobodys_signature(self, verify, pki):
        for data in (token(pki.tsa, LETTER, NOW).dump(), timestamp_answer(pki.tsa, LETTER, NOW)):
            found = verify(data, beside=(beside_of("letter.docx", LETTER),))

            assert (found.signatures[0].format, found.signatures[0].indication) == ("DocTimeStamp", PASSED)
            assert outcome(found) == (OPEN, SubIndication.SIG_CONSTRAINTS_FAILURE)
            assert found.reasons == (Reason.TIMESTAMP_ONLY,)
            assert found.covers == (beside_of("", LETTER).sha256,)

    def test_one_over_a_file_that_is_not_here_is_open(self, verify, pki):
        found = verify(token(pki.tsa, LETTER, NOW).dump(), beside=(beside_of("x", b"another"),))

        assert found.signatures[0].sub_indication is SubIndication.SIGNED_DATA_NOT_FOUND

    def test_a_content_timestamp_is_checked_over_the_content(self, verify, pki):
        good = CmsSigning(identity=pki.person, attributes=(("content_time_stamp", token(pki.tsa, LETTER, NOW)),))
        wrong = CmsSigning(identity=pki.person, attributes=(("content_time_stamp", token(pki.tsa, b"x", NOW)),))

        assert [report.indication for report in verify(message(LETTER, good)).signatures] == [PASSED, PASSED]
        found = verify(message(LETTER, wrong))
        assert [report.indication for report in found.signatures] == [PASSED, FAILED]
        assert (found.indication, found.reasons) == (OPEN, (Reason.TIMESTAMP_UNTRUSTED,))

    def test_an_expired_signer_is_saved_by_an_earlier_timestamp_only(self, verify, pki):
        signer = pki.issuing.issue(Wish(common_name="Trần Văn Mẫu", years=(NOW - 400 * DAY, NOW + 9 * DAY)))
        late = NOW + 30 * DAY
        stamped = message(LETTER, CmsSigning(identity=signer, tsa=pki.tsa))
        assert verify(stamped, received_at=late).indication is PASSED
        bare = message(LETTER, CmsSigning(identity=signer))
        assert outcome(verify(bare, received_at=late)) == (OPEN, SubIndication.OUT_OF_BOUNDS_NO_POE)

    def test_a_timestamp_by_a_digest_that_collides_proves_nothing(self, verify, pki):
        signer = pki.issuing.issue(Wish(common_name="Trần Văn Mẫu", years=(NOW - 400 * DAY, NOW + 9 * DAY)))
        info = signer_info(LETTER, CmsSigning(identity=signer))
        weak = token(pki.tsa, info["signature"].native, NOW, "sha1")
        info["unsigned_attrs"] = [{"type": "signature_time_stamp_token", "values": [weak]}]

        assert verify(wrapped(LETTER, [info], [signer])).indication is PASSED
        found = verify(wrapped(LETTER, [info], [signer]), received_at=NOW + 30 * DAY)
        assert outcome(found) == (OPEN, SubIndication.OUT_OF_BOUNDS_NO_POE)

    def test_an_archive_timestamp_keeps_a_signature_whose_authority_has_ended(self, verify, pki):
        years = (NOW - 400 * DAY, NOW + 9 * DAY)
        stamping = (ExtendedKeyUsageOID.TIME_STAMPING,)
        ending = Wish(common_name="TSA", years=years, usage=frozenset({"digital_signature"}), purposes=stamping, key=5)
        signer = pki.issuing.issue(Wish(common_name="Trần Văn Mẫu", years=years))
        stamped = message(LETTER, CmsSigning(identity=signer, tsa=pki.root.issue(ending)))
        late = NOW + 30 * DAY
        assert verify(stamped, received_at=late).indication is OPEN
        found = verify(archived(stamped, pki.tsa, NOW + 3 * DAY), received_at=late)

        assert [(report.format, report.indication) for report in found.signatures] == [
            ("CAdES", PASSED),
            ("DocTimeStamp", PASSED),
        ]
        assert found.signatures[0].best_signature_time == NOW

    def test_an_archive_timestamp_over_another_content_proves_nothing(self, verify, pki):
        data = message(LETTER, CmsSigning(identity=pki.person))
        found = verify(archived(data, pki.tsa, NOW, over=b"another"))

        assert [report.indication for report in found.signatures] == [PASSED, FAILED]
        assert (found.indication, found.reasons) == (OPEN, (Reason.TIMESTAMP_UNTRUSTED,))
        assert found.signatures[0].best_signature_time == NOW + DAY

    @pytest.mark.parametrize("kind", ["1.2.840.113549.1.9.16.2.48", "1.2.840.113549.1.9.16.2.49"])
    def test_what_is_not_computed_is_recognised_and_weighs_nothing(self, verify, pki, kind):
        def hang(info):
            info["unsigned_attrs"] = [{"type": kind, "values": [token(pki.tsa, b"x", NOW)]}]

        found = verify(message(LETTER, CmsSigning(identity=pki.person, spoil=hang)))

        assert found.indication is PASSED
        assert [report.reasons for report in found.signatures[1:]] == [(Reason.FORMAT_NOT_CHECKED,)]

    def test_local_time_marked_as_utc_is_flagged(self, verify, pki):
        shifted = CmsSigning(identity=pki.person, at=NOW + timedelta(hours=7), tsa=pki.tsa, stamped_at=NOW)
        found = verify(message(LETTER, shifted))

        assert (found.indication, found.reasons) == (PASSED, (Reason.NO_REVOCATION_DATA, Reason.SIGNING_TIME_SHIFTED))


def test_a_timestamp_is_kept_byte_for_byte(verify, official):
    data = message(LETTER, official)
    found = verify(data)
    (kept,) = (item.der for item in found.material if item.kind is MaterialKind.TIMESTAMP)

    assert kept in data
    assert verify(kept, beside=(beside_of("x", signature_value(data)),)).signatures[0].indication is PASSED


def signature_value(data: bytes) -> bytes:
    """What the signature's timestamp is over."""
    return cms.ContentInfo.load(data)["content"]["signer_infos"][0]["signature"].native
