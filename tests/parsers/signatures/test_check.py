"""Good signatures pass, with everything a person wants to know; what cannot be checked is never called unsigned."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pyhanko.sign.fields import SigSeedSubFilter

from parsers.signatures.limits import RevocationPolicy, SignatureLimits
from parsers.signatures.model import Coverage, Indication, Modification, Reason, SignerKind, SubIndication
from parsers.signatures.trust import TrustSnapshot
from tests.pki.authority import DAY, NOW
from tests.pki.documents import (
    Signing,
    add_document_timestamp,
    add_empty_field,
    encrypted,
    letter,
    sign,
    update,
)

PASSED, OPEN, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED


def test_two_signatures_pass_and_say_whose_they_are(verify, two_signatures, pki):
    found = verify(two_signatures)

    assert (found.indication, found.sub_indication, found.seen, found.unchecked) == (PASSED, None, 2, ())
    leader, seal = found.signatures
    assert (leader.indication, seal.indication) == (PASSED, PASSED)
    assert (leader.signer_kind, seal.signer_kind) == (SignerKind.PERSON, SignerKind.ORGANISATION)
    assert leader.signer.common_name == "Nguyễn Văn Mẫu"
    assert leader.signer.emails == ("nguoiky@mau.example",)
    assert [link.common_name for link in leader.trust_path] == ["Root Mẫu", "CA Mẫu", "Nguyễn Văn Mẫu"]
    assert (leader.coverage, leader.modification) == (Coverage.ENTIRE_REVISION, Modification.SIGNATURES)
    assert (seal.coverage, seal.modification) == (Coverage.ENTIRE_FILE, Modification.NONE)
    assert (leader.digest_algorithm, leader.key_bits, leader.level) == ("sha256", 2048, "T")
    assert leader.timestamp.trusted
    assert (leader.best_signature_time, leader.timestamp.authority) == (NOW, "TSA Mẫu")
    assert found.trust_version == pki.trust.version


@pytest.mark.parametrize("subfilter", [SigSeedSubFilter.PADES, SigSeedSubFilter.ADOBE_PKCS7_DETACHED])
def test_both_current_formats_pass(verify, pki, subfilter):
    found = verify(sign(letter(), Signing(identity=pki.person, subfilter=subfilter, box=None)))

    assert found.indication is PASSED
    assert Reason.NO_TIMESTAMP in found.signatures[0].reasons
    assert found.signatures[0].level == "B"


def test_a_letter_without_signature_is_unsigned(verify):
    found = verify(letter())

    assert (found.indication, found.seen, found.unchecked, found.reasons) == (None, 0, (), ())


def test_an_empty_signature_field_is_no_signature(verify):
    assert verify(add_empty_field(letter(), "Later")).indication is None


def test_an_empty_field_added_after_signing_keeps_the_signature(verify, one_signature):
    assert verify(add_empty_field(one_signature, "Later")).indication is PASSED


def test_an_empty_field_that_draws_a_frame_after_signing_is_a_change_of_the_form(verify, one_signature):
    found = verify(add_empty_field(one_signature, "Later", drawn=True))

    assert (found.indication, found.signatures[0].changed_fields) == (OPEN, ("Later",))
    assert Reason.FORM_CHANGE in found.reasons


def test_without_anchors_integrity_is_still_reported(verify, two_signatures):
    found = verify(two_signatures, trust=TrustSnapshot())

    assert (found.indication, found.sub_indication) == (OPEN, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
    assert Reason.EMPTY_TRUST in found.reasons
    assert found.signatures[0].coverage is Coverage.ENTIRE_REVISION
    assert found.signatures[0].signer.common_name == "Nguyễn Văn Mẫu"


def test_a_leaf_alone_needs_its_intermediate_in_the_store(verify, one_signature, pki):
    found = verify(one_signature, trust=replace(pki.trust, intermediates=()))

    assert (found.indication, found.sub_indication) == (OPEN, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)


def test_an_intermediate_inside_the_signature_completes_the_path(verify, pki):
    signed = sign(letter(), Signing(identity=pki.person, chain=(pki.issuing.identity,)))

    assert verify(signed, trust=replace(pki.trust, intermediates=())).indication is PASSED


def test_a_document_timestamp_proves_the_time_of_what_it_covers(verify, pki):
    signed = sign(letter(), Signing(identity=pki.person))
    found = verify(add_document_timestamp(signed, pki.tsa, NOW + timedelta(hours=2)))

    signature, stamp = found.signatures
    assert found.indication is PASSED
    assert signature.best_signature_time == NOW + timedelta(hours=2)
    assert Reason.NO_TIMESTAMP not in signature.reasons
    assert (stamp.format, stamp.signer_kind) == ("DocTimeStamp", SignerKind.UNKNOWN)


def test_a_timestamp_alone_is_nobodys_signature(verify, pki):
    found = verify(add_document_timestamp(letter(), pki.tsa, NOW))

    assert found.signatures[0].indication is PASSED
    assert (found.indication, found.reasons) == (OPEN, (Reason.TIMESTAMP_ONLY,))


def test_an_unknown_timestamping_authority_proves_nothing(verify, one_signature, pki):
    found = verify(one_signature, trust=replace(pki.trust, tsa_anchors=()))

    assert found.indication is PASSED
    assert Reason.TIMESTAMP_UNTRUSTED in found.signatures[0].reasons
    assert not found.signatures[0].timestamp.trusted
    assert found.signatures[0].best_signature_time == NOW + DAY


def test_an_anchor_for_timestamps_is_none_for_signers(verify, one_signature, pki):
    found = verify(one_signature, trust=replace(pki.trust, signer_anchors=()))

    assert found.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_reception_ahead_of_the_clock_proves_nothing(pki):
    from parsers.signatures.check import check

    signed = sign(letter(), Signing(identity=pki.person))
    found = check(signed, "a.pdf", pki.trust, received_at=NOW + 9 * DAY, now=NOW + DAY)

    assert found.signatures[0].best_signature_time == NOW + DAY


@pytest.mark.parametrize(
    ("claimed", "stamped", "shifted"),
    [
        (NOW + timedelta(hours=7), True, True),
        (NOW, True, False),
        (NOW + DAY + timedelta(hours=5), False, True),
        (NOW + timedelta(hours=7), False, False),
    ],
    ids=["local time against a timestamp", "right time", "in the future of its reception", "in its past"],
)
def test_local_time_marked_as_utc_is_flagged(verify, pki, claimed, stamped, shifted):
    signing = Signing(identity=pki.person, at=claimed, tsa=pki.tsa if stamped else None, stamped_at=NOW)
    report = verify(sign(letter(), signing)).signatures[0]

    assert report.indication is PASSED
    assert (Reason.SIGNING_TIME_SHIFTED in report.reasons) is shifted
    assert report.claimed_signing_time == claimed


def test_a_missing_revocation_list_warns_by_default_and_waits_where_required(verify, one_signature, pki):
    lists = replace(pki.trust, crls=(pki.issuing.revocation_list(), pki.root.revocation_list()))
    required = SignatureLimits(revocation=RevocationPolicy.REQUIRED)

    assert verify(one_signature).reasons == (Reason.NO_REVOCATION_DATA,)
    waiting = verify(one_signature, limits=required)
    assert (waiting.indication, waiting.sub_indication) == (OPEN, SubIndication.TRY_LATER)
    settled = verify(one_signature, trust=lists, limits=required)
    assert (settled.indication, settled.reasons) == (PASSED, ())
    assert (settled.signatures[0].revocation_status, settled.signatures[0].revocation_source) == ("good", "crl")


def test_an_encrypted_letter_is_not_called_unsigned(verify):
    found = verify(encrypted(letter(), "secret"))

    assert (found.indication, found.reasons) == (OPEN, (Reason.ENCRYPTED,))


def test_a_letter_that_opens_without_a_password_is_checked(verify, pki):
    signed = sign(encrypted(letter(), ""), Signing(identity=pki.person))

    assert verify(signed).indication is PASSED


def test_an_old_subfilter_is_reported_as_not_checked(verify, one_signature):
    old = one_signature.replace(b"/ETSI.CAdES.detached", b"/adbe.pkcs7.sha1    ")
    found = verify(old)

    assert (found.indication, found.sub_indication) == (OPEN, SubIndication.FORMAT_FAILURE)
    assert Reason.SUBFILTER in found.reasons
    assert found.seen == 1


def test_a_signature_outside_the_form_is_seen(verify, one_signature):
    def drop_form(writer):
        del writer.root["/AcroForm"]
        writer.update_root()

    found = verify(update(one_signature, drop_form))

    assert (found.indication, found.reasons) == (OPEN, (Reason.NOT_IN_FORM,))


def test_signatures_beyond_the_cap_are_counted(verify, two_signatures):
    found = verify(two_signatures, limits=SignatureLimits(signatures=1))

    assert (found.indication, found.reasons, found.seen) == (OPEN, (Reason.LIMIT,), 2)
    assert len(found.signatures) == 1


def test_a_file_beyond_the_size_limit_is_not_called_unsigned(verify, one_signature):
    found = verify(one_signature, limits=SignatureLimits(file_bytes=1000))

    assert (found.indication, found.reasons) == (OPEN, (Reason.LIMIT,))


def test_more_pages_than_may_be_compared_leave_it_open(verify, two_signatures):
    found = verify(two_signatures, limits=SignatureLimits(pages=1))

    assert (found.indication, found.signatures[0].indication) == (OPEN, OPEN)
    assert Reason.LIMIT in found.signatures[0].reasons
    assert found.signatures[1].indication is PASSED


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1") + "_xmlsignatures".encode("utf-16-le"), "OLE", Reason.FORMAT_NOT_CHECKED),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "encrypted", Reason.ENCRYPTED),
        (b"PK\x03\x04 META-INF/documentsignatures.xml", "ZIP", Reason.UNREADABLE),
        (b"PK\x03\x04 [Content_Types].xml", "ZIP", Reason.UNREADABLE),
    ],
    ids=["Office 97", "encrypted package", "damaged signed package", "damaged document"],
)
def test_what_is_not_checked_is_named_and_never_called_unsigned(verify, content, name, reason):
    found = verify(content)

    assert (found.indication, found.reasons) == (OPEN, (reason,))
    assert (found.format, found.unchecked) == (name, (name,))


def test_the_worst_signature_decides(verify, one_signature, pki):
    stranger = Signing(identity=pki.root.identity, field="Other")
    signed = sign(one_signature, stranger)
    found = verify(signed)

    assert found.signatures[0].indication is PASSED
    assert found.indication is OPEN
    assert found.sub_indication is found.signatures[1].sub_indication


def test_a_stamp_whose_signature_cannot_be_checked_leaves_the_earlier_signature_open(verify, two_signatures):
    # The second signature's SubFilter stands behind what the first one covers.
    head, tail = two_signatures[: two_signatures.index(b"%%EOF")], two_signatures[two_signatures.index(b"%%EOF") :]
    position = tail.rindex(b"/ETSI.CAdES.detached")
    found = verify(head + tail[:position] + b"/adbe.pkcs7.sha1    " + tail[position + 20 :])

    assert [report.indication for report in found.signatures] == [OPEN, OPEN]
    assert Reason.UNEXPLAINED_UPDATE in found.signatures[0].reasons


def test_a_fine_signature_after_a_broken_one_does_not_hide_it(verify, one_signature, seal):
    broken = one_signature.replace(b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1 ")
    found = verify(sign(broken, seal))

    assert [report.indication for report in found.signatures] == [OPEN, PASSED]
    assert found.indication is OPEN
    assert FAILED not in {report.indication for report in found.signatures}
