import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest

from mailhub.demo.letters import AnnexText, LetterText, compose_annex, compose_letter

CREATED = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
LETTER = LetterText(
    parent="UBND TỈNH TÂY NINH",
    authority="SỞ TÀI CHÍNH",
    issuer="Sở Tài chính",
    reference="226/STC-NS",
    subject="báo cáo quyết toán ngân sách địa phương",
    place_and_date="Tây Ninh, ngày 02 tháng 01 năm 2026",
    body=("Sở Tài chính báo cáo như sau:",),
    signing_as=("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
    signer="Nguyễn Thị Thu Hà",
    copies=("Như trên;", "Lưu: VT, NS."),
    addressees=("Ủy ban nhân dân tỉnh",),
)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document).replace("\r\n", "\n")
    finally:
        document.close()


@pytest.mark.parametrize(
    "component",
    [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: 226/STC-NS",
        "Tây Ninh, ngày 02 tháng 01 năm 2026",
        "V/v báo cáo quyết toán",
        "Kính gửi: Ủy ban nhân dân tỉnh",
        "Nơi nhận:\n- Như trên;",
        "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC",
        "Nguyễn Thị Thu Hà",
    ],
)
def test_every_component_of_the_layout_is_in_the_text_layer(component):
    text = text_of(compose_letter(LETTER, CREATED).pdf)
    assert unicodedata.is_normalized("NFC", text)
    assert component in text


def test_a_named_type_has_its_title_instead_of_the_subject_line():
    text = text_of(compose_letter(replace(LETTER, type="TỜ TRÌNH", subject="Về việc mua sắm"), CREATED).pdf)
    assert "TỜ TRÌNH\nVề việc mua sắm" in text
    assert "V/v" not in text


def test_several_addressees_stand_in_a_list_that_ends_with_a_full_stop():
    text = text_of(compose_letter(replace(LETTER, addressees=("Ủy ban nhân dân tỉnh", "Sở Nội vụ")), CREATED).pdf)
    assert "- Ủy ban nhân dân tỉnh;" in text
    assert "- Sở Nội vụ." in text


def test_a_mark_is_printed_under_the_number():
    assert "HỎA TỐC" in text_of(compose_letter(replace(LETTER, marks=("HỎA TỐC",)), CREATED).pdf)


def test_page_numbers_begin_on_the_second_page():
    long = replace(LETTER, body=("Nội dung báo cáo. " * 40,) * 12)
    composed = compose_letter(long, CREATED)
    document = pypdfium2.PdfDocument(composed.pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    assert not pages[0].startswith("1")
    assert pages[1].startswith("2")
    assert composed.page == len(pages) - 1


def test_the_signature_boxes_lie_on_the_page_between_title_and_name():
    composed = compose_letter(LETTER, CREATED)
    for placement in (composed.hand("Nguyễn Thị Thu Hà"), composed.seal("SỞ TÀI CHÍNH")):
        left, bottom, right, top = placement.box
        assert 297 < left < right < 595
        assert 0 < bottom < top < 842
        assert placement.picture.startswith(b"%PDF")


def test_the_same_letter_at_the_same_time_is_the_same_file():
    assert compose_letter(LETTER, CREATED).pdf == compose_letter(LETTER, CREATED).pdf


def test_an_annex_names_its_letter_and_shows_its_table():
    annex = AnnexText(
        label="Phụ lục 1",
        title="TỔNG HỢP THU",
        belongs_to="(Kèm theo Công văn số 226/STC-NS)",
        issuer="Sở Tài chính",
        columns=("TT", "Nội dung"),
        rows=(("1", "Thu nội địa"),),
    )
    text = text_of(compose_annex(annex, CREATED))
    assert "Phụ lục 1\nTỔNG HỢP THU\n(Kèm theo Công văn số 226/STC-NS)" in text
    assert "Thu nội địa" in text
