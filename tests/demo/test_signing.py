from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel, SuspiciousModification
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import EmbeddedPdfSignature

from mailhub.demo.letters import LetterText, compose_letter
from mailhub.demo.pki import Holder, Pki
from mailhub.demo.signing import Signing, flip_byte, replace_page, sign

MOMENT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TEXT = LetterText(
    parent="UBND TỈNH TÂY NINH",
    authority="SỞ TÀI CHÍNH",
    issuer="Sở Tài chính",
    reference="226/STC-NS",
    subject="báo cáo",
    place_and_date="Tây Ninh, ngày 22 tháng 11 năm 2026",
    body=("Nội dung.",),
    signing_as=("GIÁM ĐỐC",),
    signer="Nguyễn Thị Thu Hà",
    copies=("Như trên;",),
)


@pytest.fixture(scope="module")
def pki():
    return Pki.make(MOMENT)


@pytest.fixture(scope="module")
def signed(pki) -> bytes:
    composed = compose_letter(TEXT, MOMENT)
    leader = pki.person(Holder(name="Nguyễn Thị Thu Hà", organisation="UBND tỉnh", email="hantt@stc.tayninh.example"))
    agency = pki.organisation(Holder(name="Sở Tài chính", organisation="UBND tỉnh", email="vanthu@stc.tayninh.example"))
    signings = [
        Signing(identity=leader, field="NguoiKy", moment=MOMENT, placement=composed.hand("Nguyễn Thị Thu Hà")),
        Signing(identity=agency, field="CoQuan", moment=MOMENT + timedelta(minutes=9), placement=composed.seal("SỞ TÀI CHÍNH")),
    ]
    return sign(composed.pdf, pki, signings)


def signatures_of(pdf: bytes) -> list[EmbeddedPdfSignature]:
    found = list(PdfFileReader(BytesIO(pdf)).embedded_signatures)
    for signature in found:
        signature.compute_integrity_info()
    return found


def intact(signature: EmbeddedPdfSignature) -> bool:
    attributes = {attribute["type"].native: attribute["values"][0].native for attribute in signature.signer_info["signed_attrs"]}
    return attributes["message_digest"] == signature.compute_digest()


def test_a_letter_carries_the_leaders_signature_and_then_the_agencys(signed):
    names = [signature.signer_cert.subject.native["common_name"] for signature in signatures_of(signed)]
    assert names == ["Nguyễn Thị Thu Hà", "Sở Tài chính"]
    assert [signature.field_name for signature in signatures_of(signed)] == ["NguoiKy", "CoQuan"]


def test_signatures_are_pades_and_embed_only_the_leaf(signed):
    for signature in signatures_of(signed):
        assert signature.sig_object["/SubFilter"] == SigSeedSubFilter.PADES.value
        assert not signature.other_embedded_certs


def test_the_chain_is_embedded_when_asked_for(pki):
    leader = pki.person(Holder(name="A", organisation="B", email="a@b.example"))
    pdf = sign(compose_letter(TEXT, MOMENT).pdf, pki, [Signing(identity=leader, field="A", moment=MOMENT)], with_chain=True)
    (signature,) = signatures_of(pdf)
    assert [found.subject.native["common_name"] for found in signature.other_embedded_certs] == [
        "CA phục vụ các cơ quan Nhà nước G2"
    ]


def test_time_and_timestamp_are_those_that_were_asked_for(signed):
    first, second = signatures_of(signed)
    assert first.self_reported_timestamp == MOMENT
    assert second.self_reported_timestamp == MOMENT + timedelta(minutes=9)
    (unsigned,) = second.signer_info["unsigned_attrs"]
    assert unsigned["type"].native == "signature_time_stamp_token"
    token = unsigned["values"][0]["content"]["encap_content_info"]["content"].parsed
    assert token["gen_time"].native == MOMENT + timedelta(minutes=9)


def test_the_second_signature_changes_nothing_that_the_first_one_covers(signed):
    first, second = signatures_of(signed)
    assert intact(first)
    assert intact(second)
    assert first.diff_result.modification_level <= ModificationLevel.FORM_FILLING


def test_a_flipped_byte_breaks_every_digest_and_leaves_the_rest(signed):
    broken = flip_byte(signed, b"<xmp:CreateDate>")
    assert len(broken) == len(signed)
    assert sum(a != b for a, b in zip(broken, signed, strict=True)) == 1
    assert [intact(signature) for signature in signatures_of(broken)] == [False, False]


def test_a_replaced_page_keeps_the_signed_bytes(pki, signed):
    changed = replace_page(signed, 0, compose_letter(TEXT, MOMENT).pdf)
    assert changed.startswith(signed)
    assert all(intact(signature) for signature in signatures_of(changed))
    assert all(isinstance(signature.diff_result, SuspiciousModification) for signature in signatures_of(changed))
