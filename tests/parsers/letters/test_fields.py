"""Single fields in the shapes that offices give them; a citation is never the letter's own number."""

from datetime import date

import pytest

from mailhub.profiles.vn.letter_rules import LETTER_RULES
from parsers.finding import Confidence, Source
from parsers.letter import LetterFields, TextField, issuer_names
from parsers.letters.fields import read_fields
from parsers.text.plain_text import plain_pages

STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
BODY = """
      Thực hiện Chỉ thị số 15/CT-TTg ngày 22 tháng 5 năm 2012 của Thủ tướng Chính phủ, đơn vị báo cáo như sau:
Số: 99/XX-YYY là ký hiệu của văn bản khác.
"""


def head(left: tuple[str, ...], right: tuple[str, ...] = (STATE, MOTTO, "", "Tây Ninh, ngày 16 tháng 01 năm 2024")) -> str:
    rows = max(len(left), len(right))
    pairs = zip([*left, *[""] * (rows - len(left))], [*right, *[""] * (rows - len(right))], strict=True)
    return "\n".join(f"{a:^44}{b:^40}".rstrip() for a, b in pairs) + "\n"


def read(text: str) -> LetterFields:
    return read_fields(plain_pages(text), LETTER_RULES)


def value(field: TextField | None) -> str | None:
    return field.value if field else None


def values(fields: tuple[TextField, ...]) -> list[str]:
    return [field.value for field in fields]


AGENCY = ("UBND TỈNH TÂY NINH", "SỞ TÀI CHÍNH", "Số: 226/STC-NS")


def test_each_field_tells_where_it_stood_and_how_sure_it_is() -> None:
    reference = read(head(AGENCY) + BODY).reference
    assert reference == TextField(
        value="226/STC-NS", source=Source.TEXT_LAYER, place="page 1/top left", confidence=Confidence.LIKELY
    )


@pytest.mark.parametrize("number", ["Số:        /STC-NS", "Số: ……/STC-NS", "", "Số:"])
def test_a_citation_never_stands_in_for_a_missing_number(number: str) -> None:
    fields = read(head(("UBND TỈNH TÂY NINH", "SỞ TÀI CHÍNH", number)) + BODY)
    assert fields.reference is None
    assert fields.number is None


def test_a_citation_that_wraps_in_the_subject_is_no_number_and_no_date() -> None:
    lines = ("UBND TỈNH TÂY NINH", "SỞ TÀI CHÍNH", "", "V/v thực hiện Chỉ thị", "số 15/CT-TTg", "ngày 22 tháng 5 năm 2012")
    fields = read(head(lines, (STATE, MOTTO)) + BODY)
    assert fields.reference is None
    assert fields.issued_on is None
    assert value(fields.subject) == "thực hiện Chỉ thị số 15/CT-TTg ngày 22 tháng 5 năm 2012"


def test_a_text_that_is_no_letter_gives_no_fields() -> None:
    text = "Biên lai thu tiền\nNgười nộp: Nguyễn Văn An\nSố tiền: 200.000 đồng theo Quyết định số 12/QĐ-UBND ngày 01/02/2024\n"
    assert read(text) == LetterFields()


@pytest.mark.parametrize(
    ("lines", "issuer", "parent"),
    [
        (("ỦY BAN NHÂN DÂN", "TỈNH TÂY NINH"), "ỦY BAN NHÂN DÂN TỈNH TÂY NINH", None),
        (("ỦY BAN NHÂN DÂN", "TỈNH TÂY NINH", "SỞ TÀI CHÍNH"), "SỞ TÀI CHÍNH", "ỦY BAN NHÂN DÂN TỈNH TÂY NINH"),
        (("SỞ LAO ĐỘNG - THƯƠNG BINH VÀ", "XÃ HỘI"), "SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", None),
        (("TỔNG CỤC THUẾ", "CỤC THUẾ", "TỈNH KHÁNH HÒA", "-------"), "CỤC THUẾ TỈNH KHÁNH HÒA", "TỔNG CỤC THUẾ"),
        (("VĂN PHÒNG", "ỦY BAN NHÂN DÂN TỈNH"), "VĂN PHÒNG ỦY BAN NHÂN DÂN TỈNH", None),
        (("TỈNH ỦY TÂY NINH", "VĂN PHÒNG", "*"), "VĂN PHÒNG", "TỈNH ỦY TÂY NINH"),
        (("Công ty TNHH Hòa Bình", "Địa chỉ: 12 Lê Lợi, Quận 1"), "Công ty TNHH Hòa Bình", None),
        (("DỰ THẢO", "BỘ NỘI VỤ"), "BỘ NỘI VỤ", None),
    ],
)
def test_the_agencys_box_is_parted_into_parent_and_issuer(lines: tuple[str, ...], issuer: str, parent: str | None) -> None:
    fields = read(head((*lines, "Số: 226/STC-NS")) + BODY)
    assert (value(fields.issuer), value(fields.parent_issuer)) == (issuer, parent)


def test_an_issuer_is_known_by_its_own_name_and_with_its_parents() -> None:
    office = read(head(("TỈNH ỦY TÂY NINH", "VĂN PHÒNG", "Số: 45-CV/VPTU")) + BODY)
    assert issuer_names(office) == ("VĂN PHÒNG", "VĂN PHÒNG TỈNH ỦY TÂY NINH")
    assert issuer_names(read(head(("BỘ NỘI VỤ", "Số: 12/BNV-VP")) + BODY)) == ("BỘ NỘI VỤ",)
    assert issuer_names(LetterFields()) == ()


def test_number_and_date_on_one_line_are_parted() -> None:
    fields = read(
        f"SỞ TÀI CHÍNH          {STATE}\n                      {MOTTO}\nSố : 2917 /STC-VP Phan Rang, ngày 05 tháng11 năm 2010\n"
        + BODY
    )
    assert (value(fields.reference), fields.issued_on and fields.issued_on.value) == ("2917/STC-VP", date(2010, 11, 5))


@pytest.mark.parametrize(
    ("number", "title", "document_type", "confidence"),
    [
        ("Số: 12/BC-STC", "BÁO CÁO", "Báo cáo", Confidence.LIKELY),
        ("Số: 12/BC-STC", "B Á O   C Á O", "Báo cáo", Confidence.LIKELY),
        ("Số: 12/TB-STC", "THÔNG BÁO KẾT LUẬN", "Thông báo", Confidence.LIKELY),
        ("Số: 12-QĐ/TU", "QUY ĐỊNH", "Quy định", Confidence.LIKELY),
        ("Số: 12/KH-STC", "BÁO CÁO", "Báo cáo", Confidence.DOUBTFUL),
        ("Số: 12/STC-NS", "", "Công văn", Confidence.LIKELY),
        ("Số: 12/GM-STC", "", "Giấy mời", Confidence.LIKELY),
    ],
)
def test_the_type_comes_from_the_title_and_the_symbol(
    number: str, title: str, document_type: str, confidence: Confidence
) -> None:
    found = read(head(("SỞ TÀI CHÍNH", number)) + f"\n{title:^84}\n" + BODY).document_type
    assert found is not None
    assert (found.value, found.confidence) == (document_type, confidence)


@pytest.mark.parametrize(
    ("below", "subject"),
    [
        (("V/v báo cáo", "quý I năm 2024"), "báo cáo quý I năm 2024"),
        (("(V/v báo cáo quý I)",), "báo cáo quý I"),
        (("V/v: báo cáo quý I.",), "báo cáo quý I"),
        (("Về việc báo cáo quý I",), "báo cáo quý I"),
        (("Về báo cáo quý I",), "Về báo cáo quý I"),
    ],
)
def test_the_subject_of_an_untyped_letter_loses_its_label(below: tuple[str, ...], subject: str) -> None:
    assert value(read(head((*AGENCY, *below)) + BODY).subject) == subject


@pytest.mark.parametrize(
    ("lines", "subject"),
    [
        (("Về việc ban hành Quy chế", "làm việc của Sở"), "Về việc ban hành Quy chế làm việc của Sở"),
        (("(V/v ban hành Quy chế)",), "ban hành Quy chế"),
        (("VỀ VIỆC BAN HÀNH QUY CHẾ", "GIÁM ĐỐC SỞ TÀI CHÍNH"), "VỀ VIỆC BAN HÀNH QUY CHẾ"),
        (("VỀ VIỆC BAN HÀNH QUY CHẾ CỦA", "SỞ TÀI CHÍNH"), "VỀ VIỆC BAN HÀNH QUY CHẾ CỦA SỞ TÀI CHÍNH"),
        (("VỀ VIỆC BAN HÀNH QUY CHẾ", "SỞ TÀI CHÍNH"), "VỀ VIỆC BAN HÀNH QUY CHẾ"),
    ],
)
def test_the_subject_under_a_title_ends_before_the_authority(lines: tuple[str, ...], subject: str) -> None:
    title = "\n".join(f"{line:^84}" for line in ("QUYẾT ĐỊNH", *lines))
    assert (
        value(read(head(("SỞ TÀI CHÍNH", "Số: 12/QĐ-STC")) + f"\n{title}\n\n      Căn cứ Luật Ngân sách nhà nước;\n").subject)
        == subject
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Kính gửi: Ủy ban nhân dân tỉnh.", ["Ủy ban nhân dân tỉnh"]),
        ("KÍNH GỬI: UBND tỉnh; Sở Tài chính", ["UBND tỉnh", "Sở Tài chính"]),
        ("Kính gởi : UBND TP. Hồ Chí Minh", ["UBND TP. Hồ Chí Minh"]),
        (
            "Kính gửi:\n              - Các Sở, ban, ngành;\n              - UBND các huyện.",
            ["Các Sở, ban, ngành", "UBND các huyện"],
        ),
        ("Kính gửi:   - Sở Y tế;\n            - Sở Nội vụ và\n            các đơn vị.", ["Sở Y tế", "Sở Nội vụ và các đơn vị"]),
        ("Kính gửi:   Sở Y tế\n            Sở Nội vụ", ["Sở Y tế", "Sở Nội vụ"]),
        ("Kính gửi Sở Tài chính", ["Sở Tài chính"]),
        ("Sở Tài chính trân trọng kính mời: Đại diện lãnh đạo Sở Y tế", ["Đại diện lãnh đạo Sở Y tế"]),
    ],
)
def test_addressees_are_read_from_a_line_or_a_list(text: str, names: list[str]) -> None:
    assert values(read(head(AGENCY) + f"\n{text}\n\n" + BODY).addressees) == names


def test_a_request_in_the_body_addresses_nobody() -> None:
    assert read(head(AGENCY) + "\n      Kính trình Ủy ban nhân dân tỉnh xem xét, phê duyệt./.\n").addressees == ()


@pytest.mark.parametrize(
    ("block", "position", "name"),
    [
        (("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "", "(Đã ký)", "", "Hứa Ngọc Thuận"), "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC", "Hứa Ngọc Thuận"),
        (
            ("TUQ. CHỦ TỊCH", "GIÁM ĐỐC SỞ TÀI CHÍNH", "", "", "NGUYỄN VĂN AN"),
            "TUQ. CHỦ TỊCH GIÁM ĐỐC SỞ TÀI CHÍNH",
            "NGUYỄN VĂN AN",
        ),
        (("GIÁM ĐỐC", "", "Ký bởi: Sở Tài chính", "", "PGS.TS. Đoàn Thị Hoa"), "GIÁM ĐỐC", "Đoàn Thị Hoa"),
        (("Q. CỤC TRƯỞNG", "", "", "Thiếu tá Lê Hội"), "Q. CỤC TRƯỞNG", "Lê Hội"),
        (("Giám đốc", "", "", "Trần Báo"), "Giám đốc", "Trần Báo"),
        (("CHỦ TỊCH", "", "", ""), "CHỦ TỊCH", None),
    ],
)
def test_the_signer_stands_below_the_position(block: tuple[str, ...], position: str, name: str | None) -> None:
    copies = ("Nơi nhận:", "- Như trên;", "- Lưu: VT.")
    rows = [
        f"{a:<40}{b:^40}" for a, b in zip((*copies, *[""] * (len(block) - 3)), (*block, *[""] * (3 - len(block))), strict=False)
    ]
    fields = read(head(AGENCY) + BODY + "\n" + "\n".join(rows))
    assert (value(fields.signer_position), value(fields.signer)) == (position, name)
    assert values(fields.copies_to) == ["Như trên", "Lưu: VT"]


def test_two_signers_side_by_side_sign_for_neither_alone() -> None:
    rows = f"{'':8}{'GIÁM ĐỐC':^34}{'CỤC TRƯỞNG':^40}\n\n\n{'':8}{'Lê Văn An':^34}{'Võ Thị Bình':^40}\n"
    assert read(head(AGENCY) + BODY + rows).signer is None


@pytest.mark.parametrize("line", ["SAO Y", "SAO Y BẢN CHÍNH", "TRÍCH SAO", "SAO LỤC"])
def test_the_form_of_a_copy_is_read_from_its_own_line(line: str) -> None:
    assert value(read(head(AGENCY) + BODY + f"\n      {line}\n").copy_form) == line


def test_copies_in_running_text_are_no_form() -> None:
    assert read(head(AGENCY) + BODY + "\n      giảm sao y, sao lục tài liệu giấy\n").copy_form is None
