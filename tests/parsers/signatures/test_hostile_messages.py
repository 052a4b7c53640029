"""CMS messages made to hurt: every one ends in a report, soon, and none that was changed passes."""

import base64

import pytest
from asn1crypto import cms
from hypothesis import given
from hypothesis import strategies as st

from parsers.signatures.check import check
from parsers.signatures.model import DocumentSignatures, Indication, Reason
from tests.pki.authority import DAY, NOW, make_pki
from tests.pki.messages import CmsSigning, holders, message, signer_info, token, wrapped

PKI = make_pki()
LETTER = b"Kinh gui Uy ban nhan dan tinh."
SIGNED = message(LETTER, CmsSigning(identity=PKI.person, tsa=PKI.tsa, counters=(CmsSigning(identity=PKI.organisation),)))
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")


def report_on(content: bytes) -> DocumentSignatures:
    return check(content, "letter.p7m", PKI.trust, received_at=NOW + DAY, now=NOW + DAY)


WHOLE = report_on(SIGNED)


def test_the_message_itself_passes():
    assert WHOLE.indication is Indication.TOTAL_PASSED


@given(cut=st.integers(min_value=0, max_value=len(SIGNED) - 1))
def test_no_truncated_message_passes(cut):
    assert report_on(SIGNED[:cut]).indication is not Indication.TOTAL_PASSED


@given(position=st.integers(min_value=0, max_value=len(SIGNED) - 1), bit=st.integers(min_value=0, max_value=7))
def test_what_passes_with_a_changed_bit_is_still_the_same_letter_of_the_same_signer(position, bit):
    changed = bytearray(SIGNED)
    changed[position] ^= 1 << bit
    found, whole = report_on(bytes(changed)), WHOLE
    if found.indication is Indication.TOTAL_PASSED:
        assert found.covers == whole.covers
        assert found.signatures[0].signer == whole.signatures[0].signer
        assert found.signatures[0].claimed_signing_time == whole.signatures[0].claimed_signing_time


@given(st.binary(max_size=200), st.sampled_from([b"0\x80", b"0\x82\x01\x00", b"\x30\x20", b"\x43\x82\x00\x40"]))
def test_any_bytes_behind_the_mark_of_a_message_end_in_a_report(tail, head):
    found = report_on(head + SIGNED_DATA + tail)

    assert found.indication is Indication.INDETERMINATE


@pytest.mark.parametrize(
    "content",
    [
        b"\x30\x80" + SIGNED_DATA + b"\xa0\x80" * 100_000,
        b"\x30\x80" + SIGNED_DATA + b"\xa0\x80\x30\x80" + b"\x31\x80" * 50_000,
        b"\x30\x84\xff\xff\xff\xff" + SIGNED_DATA,
        b"-----BEGIN PKCS7-----\n" + b"A" * 1_000_000,
        base64.b64encode(SIGNED[:60]) + b" " * 2_000_000 + b"!",
        b"Content-Type: multipart/signed" + b"\n x" * 300_000,
        (b"Content-Type: multipart/signed;\n x=" + b"y" * 200 + b"\n") * 5_000,
    ],
    ids=["deep", "deep sets", "endless", "unclosed armour", "blanks behind base64", "folded header", "many headers"],
)
def test_a_message_made_to_exhaust_its_reader_ends_in_a_report(content):
    assert report_on(content).indication is not Indication.TOTAL_PASSED


def test_thousands_of_signers_are_counted_not_judged():
    info = signer_info(LETTER, CmsSigning(identity=PKI.person))
    found = report_on(wrapped(LETTER, [info] * 2_000, [PKI.person]))

    assert (found.seen, len(found.signatures), found.indication) == (2_000, 32, Indication.INDETERMINATE)
    assert Reason.LIMIT in found.reasons


def test_hundreds_of_certificates_and_timestamps_are_capped():
    stamps = [token(PKI.tsa, b"another", NOW)] * 300

    def hang(info: cms.SignerInfo) -> None:
        info["unsigned_attrs"] = [{"type": "signature_time_stamp_token", "values": stamps}]

    signing = CmsSigning(identity=PKI.person, spoil=hang)
    found = report_on(message(LETTER, signing, certificates=[*holders([signing]), *[PKI.organisation] * 300]))

    assert (found.indication, found.seen) == (Indication.INDETERMINATE, 1)


def test_one_signer_that_cannot_be_read_hides_no_other():
    def spoil(info: cms.SignerInfo) -> None:
        info["signature_algorithm"] = {"algorithm": "1.2.3.4"}

    good, bad = CmsSigning(identity=PKI.person), CmsSigning(identity=PKI.organisation, spoil=spoil)
    found = report_on(message(LETTER, good, bad))

    by_name = {report.signer.common_name: report.indication for report in found.signatures if report.signer}
    assert by_name["Nguyễn Văn Mẫu"] is Indication.TOTAL_PASSED
    assert found.indication is Indication.INDETERMINATE


@pytest.mark.parametrize("content", [LETTER, b"Altered."])
def test_attributes_that_cannot_be_read_hide_no_alteration(content):
    def spoil(info: cms.SignerInfo) -> None:
        info["unsigned_attrs"] = cms.CMSAttributes(contents=b"\x30\x05\x06\x03\x2a")

    info = signer_info(LETTER, CmsSigning(identity=PKI.person, spoil=spoil))
    found = report_on(wrapped(content, [info], [PKI.person]))

    assert found.indication is (Indication.INDETERMINATE if content == LETTER else Indication.TOTAL_FAILED)
