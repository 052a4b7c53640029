"""Slips of the counter: what stands on them, on one sheet, whatever a sender is called."""

from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailhub.counter.printing import Slip, SlipKind, print_slip, qr_code
from mailhub.notices.typesetting import UNPRINTABLE

CREATED = datetime(2024, 8, 7, 2, 20, tzinfo=UTC)
WAITING = Slip(
    code="G7-0312",
    kind="document",
    state="waiting",
    unit_name="Văn phòng UBND tỉnh",
    address="vanthu@vpub.tinh.example",
    contact="Văn thư: Nguyễn Thị Lan, 0220 3 000 111",
    sender="Sở Nội vụ",
    reference="540/SNV-TC",
    issued_on="06/8/2024",
    document_type="Tờ trình",
    subject="về việc kiện toàn tổ chức bộ máy",
    pages="12",
    deposited_at="09:20 ngày 07/8/2024",
    received_by="Nguyễn Thị Lan",
    deadline="09:20 ngày 08/8/2024",
    number="",
    exception="",
    legal_basis="Quy chế văn thư 12/QĐ-VP",
    note="",
)
RETURNED = replace(
    WAITING,
    state="announced",
    reason="Văn phòng chưa nhận được bản điện tử kèm theo.",
    pick_up_before="16/8/2024",
    clerk="Nguyễn Thị Lan",
)


def pages(pdf):
    document = pypdfium2.PdfDocument(pdf)
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def test_a_receiving_slip_says_until_when_the_e_copy_is_waited_for():
    [text] = pages(print_slip(SlipKind.RECEIVING, WAITING, CREATED))
    assert "PHIẾU NHẬN BẢN GIẤY" in text
    for words in ("Sở Nội vụ", "540/SNV-TC", "09:20 ngày 07/8/2024", "đến 09:20 ngày 08/8/2024", "G7-0312", "12/QĐ-VP"):
        assert text.count(words) >= 2, words  # a copy for each side
    assert "Liên 1" in text
    assert "Liên 2" in text


def test_a_return_slip_gives_reason_basis_remedy_and_two_places_to_sign():
    [text] = pages(print_slip(SlipKind.RETURN, RETURNED, CREATED))
    for words in ("PHIẾU TRẢ BẢN GIẤY", "Lý do:", "Căn cứ:", "Mời nhận lại trước 16/8/2024", "Người nhận lại", "Văn thư giao"):
        assert words in text
    assert "từ chối" not in text


def test_accepted_paper_is_told_its_number_and_waits_for_nothing():
    accepted = replace(WAITING, state="accepted", number="4818, sổ UBND, ngày 07/8/2024", exception="mật", deadline="")
    [text] = pages(print_slip(SlipKind.RECEIVING, accepted, CREATED))
    assert "số đến 4818, sổ UBND, ngày 07/8/2024" in text
    assert "chờ bản điện tử" not in text


@pytest.mark.parametrize("kind", ["envelope", "secret"])
def test_an_unopened_envelope_and_secret_paper_show_nothing_of_the_content(kind):
    blank = replace(WAITING, kind=kind, state="counted", reference="", issued_on="", document_type="", subject="", pages="")
    [text] = pages(print_slip(SlipKind.RECEIVING, blank, CREATED))
    assert "Trích yếu" not in text
    assert "Sở Nội vụ" in text


def test_a_slip_is_archivable_and_the_same_every_time():
    first = print_slip(SlipKind.RETURN, RETURNED, CREATED)
    assert first == print_slip(SlipKind.RETURN, RETURNED, CREATED)
    assert b"pdfaid:part>2<" in first


def test_the_qr_code_is_a_drawing_of_the_code():
    assert qr_code("G7-0312").startswith("<svg")


def test_every_sign_that_is_let_through_can_be_printed():
    signs = "".join(sign for sign in map(chr, range(0x20, 0x2100)) if not UNPRINTABLE.match(sign))
    for start in range(0, len(signs), 100):
        print_slip(SlipKind.RETURN, replace(RETURNED, subject=signs[start : start + 100]), CREATED)


@settings(max_examples=15)
@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=400))
def test_whatever_is_written_on_it_a_slip_stays_one_sheet(sender, subject, note):
    slip = replace(RETURNED, sender=sender, subject=subject, note=note, legal_basis=note)
    assert len(pages(print_slip(SlipKind.RETURN, slip, CREATED))) == 1
