"""What a letter announces as enclosed, and what only sounds like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.profiles.vn.letter_rules import LETTER_RULES
from parsers.letters.enclosure_files import Candidate, match_enclosures
from parsers.letters.enclosures import Announced, announced_enclosures
from parsers.text.plain_text import plain_pages


def titles(text: str) -> list[str]:
    return [one.title for one in announced_enclosures(plain_pages(text), LETTER_RULES)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sở báo cáo như trên (có 03 phụ lục kèm theo).", ["phụ lục 1", "phụ lục 2", "phụ lục 3"]),
        ("(Có 02 phụ lục kèm theo)", ["phụ lục 1", "phụ lục 2"]),
        ("(Kèm theo dự thảo Quyết định)", ["dự thảo Quyết định"]),
        ("Chi tiết tại bảng số liệu (Phụ lục I, II và III kèm theo).", ["Phụ lục I", "Phụ lục II", "Phụ lục III"]),
        ("(danh sách kèm theo)", ["danh sách"]),
        ("(Gửi kèm Báo cáo số 12/BC-STC ngày 05/01/2024)", ["Báo cáo số 12/BC-STC ngày 05/01/2024"]),
        ("Gửi kèm theo Công văn này 02 biểu mẫu báo cáo.", ["biểu mẫu 1", "biểu mẫu 2"]),
        ("Kèm theo Tờ trình này là dự thảo Quyết định.", ["dự thảo Quyết định"]),
        ("Đính kèm: Danh sách cán bộ; Kế hoạch chi tiết.", ["Danh sách cán bộ", "Kế hoạch chi tiết"]),
        (
            "Hồ sơ kèm theo gồm:\n1. Tờ trình;\n2. Dự thảo Nghị quyết;\n3. Báo cáo thẩm định.\nKính trình./.",
            ["Tờ trình", "Dự thảo Nghị quyết", "Báo cáo thẩm định"],
        ),
        ("Tài liệu gửi kèm:\n- Phụ lục 1\n- Phụ lục 2\n\nTrân trọng.", ["Phụ lục 1", "Phụ lục 2"]),
        ("Gửi kèm: 1. Danh sách; 2. Kế hoạch.", ["Danh sách", "Kế hoạch"]),
        ("Số liệu nêu tại Phụ lục (phụ lục 1 kèm theo) và (phụ lục 1 kèm theo).", ["phụ lục 1"]),
        ("Gửi kèm hai dự thảo.", ["dự thảo 1", "dự thảo 2"]),
    ],
)
def test_announcements_are_read(text: str, expected: list[str]) -> None:
    assert titles(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Quy chế ban hành kèm theo Quyết định số 28/2018/QĐ-TTg ngày 12 tháng 7 năm 2018.",
        "Tất cả văn bản ngoài bộ hồ sơ giấy đều phải gửi kèm bản điện tử của toàn bộ hồ sơ.",
        "Nếu hồ sơ không đính kèm bản điện tử là không đảm bảo thủ tục.",
        "Thư mời họp (và các tài liệu điện tử phục vụ cuộc họp kèm theo) được gửi bằng thư điện tử.",
        "đưa vào sử dụng kèm quy định và hướng dẫn sử dụng.",
        "Báo cáo gửi về Sở trước ngày 15/12, kèm theo file mềm qua hộp thư.",
        "Đi kèm với đó là yêu cầu về nhân lực.",
        "Nơi nhận:\n- Như trên (kèm hồ sơ);\n- Lưu: VT.",
        "Căn cứ Thông tư (ban hành kèm theo Quyết định số 12).",
    ],
)
def test_what_announces_nothing(text: str) -> None:
    assert titles(text) == []


def test_the_annexes_behind_the_signature_announce_nothing() -> None:
    annex = "PHỤ LỤC\n(Kèm theo Công văn số 12/STC ngày 1/1/2024)\n(có danh sách kèm theo)"
    assert titles(f"Kính báo cáo.\nNơi nhận:\n- Lưu: VT.\n\f{annex}") == []


def answer(title: str, *names: str, titled: bool = True) -> str | None:
    candidates = [Candidate(path=name, name=name, heading="", references=()) for name in names]
    announced = [Announced(title=title, place="page 1", titled=titled)]
    return match_enclosures(announced, candidates, ("main", ()), LETTER_RULES)[0].file


@pytest.mark.parametrize(
    "name", ["PL2.xlsx", "Phu luc 02.pdf", "phuluc2.pdf", "PL-II.docx", "Phụ lục số 2 - thu.xlsx", "226_PL02_signed.pdf"]
)
def test_an_annex_is_found_by_its_number(name: str) -> None:
    assert answer("phụ lục 2", "PL1.xlsx", name, "Phu luc 3.pdf") == name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Dự thảo Quyết định phê duyệt Đề án", "Du thao QD phe duyet.docx"),
        ("Báo cáo thẩm định số 15/BC-STC ngày 02/8/2024", "15-BC-STC.pdf"),
        ("Bản tổng hợp ý kiến góp ý của các ngành", "Tong hop y kien gop y.pdf"),
        ("Thuyết minh Đề án", "2_Thuyet minh de an (sua).docx"),
        ("Tờ trình của Ủy ban nhân dân huyện", "TTr UBND huyen.pdf"),
    ],
)
def test_a_titled_enclosure_is_found_by_its_words(title: str, name: str) -> None:
    assert answer(title, "ban ve.dwg", name) == name


def test_a_file_with_another_subject_answers_nothing() -> None:
    announced = [Announced(title=title, place="page 1") for title in ("Danh sách hộ nghèo", "Dự toán kinh phí")]
    files = [Candidate(path="3", name="Du toan kinh phi.xlsx", heading="", references=())]
    assert [one.file for one in match_enclosures(announced, files, ("2", ()), LETTER_RULES)] == [None, "3"]


def test_files_that_say_nothing_answer_in_order() -> None:
    announced = [Announced(title=f"phụ lục {number}", place="page 1", titled=False) for number in (1, 2, 3)]
    files = [Candidate(path=path, name=f"scan000{path}.pdf", heading="", references=()) for path in ("3", "4")]
    assert [one.file for one in match_enclosures(announced, files, ("2", ()), LETTER_RULES)] == ["3", "4", None]


def test_an_annex_in_the_letters_own_file_answers() -> None:
    announced = [Announced(title="Phụ lục I", place="page 1"), Announced(title="Phụ lục II", place="page 1")]
    found = match_enclosures(announced, (), ("2", ("PHỤ LỤC I (Kèm theo Công văn)", "PHỤ LỤC II")), LETTER_RULES)
    assert [one.file for one in found] == ["2", "2"]


@given(st.text(), st.lists(st.text(), max_size=4))
def test_any_text_and_any_names_raise_nothing(text: str, names: list[str]) -> None:
    announced = announced_enclosures(plain_pages(text), LETTER_RULES)
    candidates = [Candidate(path=str(i), name=name, heading=name, references=()) for i, name in enumerate(names)]
    assert len(match_enclosures(announced, candidates, ("m", ()), LETTER_RULES)) == len(announced)
