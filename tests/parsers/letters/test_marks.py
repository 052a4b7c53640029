"""Marks count only in their places; the same words elsewhere mean other things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.profiles.vn.letter_rules import LETTER_RULES
from parsers.finding import Confidence
from parsers.letter import Urgency
from parsers.letters.marks import body_secrecy, document_secrecy, document_urgency, name_secrecy, subject_secrecy, subject_urgency
from parsers.text.plain_text import plain_pages

HEAD = """      ỦY BAN NHÂN DÂN                  CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
      TỈNH TÂY NINH                       Độc lập - Tự do - Hạnh phúc
      Số: 226/UBND-TH                  Tây Ninh, ngày 16 tháng 01 năm 2024
{stamp}
              Kính gửi: Sở Tài chính.
"""
FALSE_ALARMS = (
    "Mật độ dân số của thành phố đạt 4.500 người/km2.",
    "MẬT ĐỘ XÂY DỰNG TỐI ĐA",
    "Đề nghị đại biểu có mặt trước 7 giờ 30 phút.",
    "CÓ MẶT: 45 ĐẠI BIỂU",
    "Bảo mật thông tin cá nhân theo quy định.",
    "BẢO MẬT",
    "Danh mục tài liệu giải mật năm 2023.",
    "GIẢI MẬT",
    "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh",
    "MẶT TRẬN TỔ QUỐC",
    "Thông báo mất giấy tờ tùy thân.",
    "MẤT GIẤY TỜ",
    "Mật khẩu hộp thư công vụ phải đổi ba tháng một lần.",
    "MẬT KHẨU",
    "Nuôi ong lấy mật ở các xã vùng cao",
    "MẬT ONG RỪNG",
    "Hội nghị gặp mặt đầu xuân",
    "Kế hoạch thu hồi mặt bằng dự án",
    "MẶT BẰNG",
    "Bề mặt đường bị hư hỏng nặng",
    "Các mặt hàng thiết yếu",
    "Bí mật nhà nước được bảo vệ theo luật.",
    "Tiền mặt tồn quỹ",
    "Tài liệu mật của đơn vị được quản lý riêng.",
    "Văn bản có độ mật phải gửi bằng đường khác, mức MẬT, TỐI MẬT và TUYỆT MẬT.",
    "Quan hệ mật thiết với nhân dân",
    "Phẫu thuật sỏi mật tại Bệnh viện tỉnh",
    "Mặt khác, các đơn vị chưa báo cáo.",
    "Tình trạng mất an toàn giao thông",
    "Khảo sát mắt học đường",
    "Độ mật: Thường",
    "Vắng mặt có lý do: 02 đồng chí",
)


def lettered(stamp: str) -> str:
    return HEAD.format(stamp=stamp)


@pytest.mark.parametrize("text", FALSE_ALARMS)
def test_thirty_ordinary_texts_seal_nothing(text: str) -> None:
    assert len(FALSE_ALARMS) >= 30
    pages = plain_pages(lettered(f"      {text}") + f"\n      {text}\n")
    assert not document_secrecy(pages, LETTER_RULES, "2")
    assert not subject_secrecy(text, LETTER_RULES)
    assert not body_secrecy(f"Kính gửi anh chị,\n{text}\n", LETTER_RULES)
    assert not name_secrecy(f"{text}.pdf", "2", LETTER_RULES)


@pytest.mark.parametrize(
    ("stamp", "level"),
    [
        ("      MẬT", "secret"),
        ("   TỐI MẬT", "highly-secret"),
        ("  [ TUYỆT MẬT ]", "top-secret"),
        ("  M Ậ T", "secret"),
        ("  Độ mật: Tối mật", "highly-secret"),
    ],
)
def test_a_mark_on_a_line_of_its_own_in_the_head_is_found(stamp: str, level: str) -> None:
    found = document_secrecy(plain_pages(lettered(stamp)), LETTER_RULES, "2")
    assert [(mark.evidence, mark.confidence, mark.place) for mark in found] == [(level, Confidence.LIKELY, "2/page 1")]


def test_a_mark_beside_the_date_is_found() -> None:
    text = lettered("").replace("Số: 226/UBND-TH                  Tây", "Số: 226/UBND-TH     MẬT          Tây")
    assert document_secrecy(plain_pages(text), LETTER_RULES, "2")


def test_columns_of_a_table_mark_nothing() -> None:
    table = plain_pages(lettered("      MẬT          TỐI MẬT          TUYỆT MẬT"))
    assert not document_secrecy(table, LETTER_RULES, "2")


def test_a_mark_in_the_body_is_no_mark() -> None:
    body = lettered("") + "\n" * 30 + "      MẬT\n" + "\n" * 30 + "      Nơi nhận:\n"
    assert not document_secrecy(plain_pages(body), LETTER_RULES, "2")


def test_a_mark_that_lost_its_accents_is_doubtful() -> None:
    found = document_secrecy(plain_pages(lettered("      MAT")), LETTER_RULES, "2")
    assert [mark.confidence for mark in found] == [Confidence.DOUBTFUL]


@pytest.mark.parametrize(
    "subject",
    [
        "[MẬT] Báo cáo quý I",
        "(Tối mật) Kế hoạch",
        "MẬT: 12/BC-CAT",
        "TUYỆT MẬT - phương án",
        "Fwd: MẬT - báo cáo",
        "Văn bản MẬT: số 12",
    ],
)
def test_a_mark_that_opens_the_subject_is_found(subject: str) -> None:
    assert subject_secrecy(subject, LETTER_RULES)


@pytest.mark.parametrize("name", ["MAT_bao cao.pdf", "[MẬT] bao cao.pdf", "TOI_MAT_ke hoach.pdf", "MẬT_12.pdf"])
def test_a_file_name_is_doubtful_evidence(name: str) -> None:
    assert [mark.confidence for mark in name_secrecy(name, "2", LETTER_RULES)] == [Confidence.DOUBTFUL]


@pytest.mark.parametrize(
    "name",
    [
        "MAT BANG_tang 1.pdf",
        "mat_do_dan_so.xlsx",
        "Mat tran To quoc.pdf",
        "MAT_BANG.pdf",
        "mat khau.docx",
        "phieu mat giay to.pdf",
    ],
)
def test_ordinary_file_names_mean_nothing(name: str) -> None:
    assert not name_secrecy(name, "2", LETTER_RULES)


@pytest.mark.parametrize(
    ("stamp", "level"),
    [
        ("      HỎA TỐC", Urgency.FLASH),
        ("      HOẢ TỐC", Urgency.FLASH),
        ("      HỎA TỐC HẸN GIỜ: 17 giờ ngày 18/01/2024", Urgency.FLASH),
        ("      THƯỢNG KHẨN", Urgency.VERY_URGENT),
        ("      K H Ẩ N", Urgency.URGENT),
        ("      Thư hỏa tốc và khẩn trương triển khai", Urgency.NORMAL),
        ("      khẩn", Urgency.NORMAL),
    ],
)
def test_urgency_is_read_from_the_stamp(stamp: str, level: Urgency) -> None:
    assert document_urgency(plain_pages(lettered(stamp)), LETTER_RULES) is level


@pytest.mark.parametrize(
    ("subject", "level"),
    [
        ("[HỎA TỐC] 12/CĐ-UBND", Urgency.FLASH),
        ("HỎA TỐC: báo cáo bão", Urgency.FLASH),
        ("Hỏa tốc - công điện số 3", Urgency.FLASH),
        ("HỎA TỐC 12/CĐ-UBND", Urgency.FLASH),
        ("Khẩn: báo cáo", Urgency.URGENT),
        ("(Thượng khẩn) 45/UBND", Urgency.VERY_URGENT),
        ("Khẩn trương triển khai phòng chống dịch", Urgency.NORMAL),
        ("V/v chuyển thư hỏa tốc", Urgency.NORMAL),
        ("", Urgency.NORMAL),
    ],
)
def test_urgency_is_read_from_the_subject(subject: str, level: Urgency) -> None:
    assert subject_urgency(subject, LETTER_RULES) is level


@given(st.text(), st.text())
def test_marks_of_any_text_raise_nothing(text: str, name: str) -> None:
    document_secrecy(plain_pages(text), LETTER_RULES, "1")
    document_urgency(plain_pages(text), LETTER_RULES)
    subject_secrecy(text, LETTER_RULES)
    body_secrecy(text, LETTER_RULES)
    name_secrecy(name, "1", LETTER_RULES)
    subject_urgency(text, LETTER_RULES)
