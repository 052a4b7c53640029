"""Which files of a mail are letters and which belong to which."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.profiles.vn.letter_rules import LETTER_RULES
from parsers.files.containers import ContainedFile, FileKind
from parsers.finding import Confidence, Source
from parsers.letter import LetterCode, ReadLetter, Urgency
from parsers.letters.grouping import DocumentText, document_text, read_groups, read_letters
from parsers.text.plain_text import plain_pages

HEAD = """       {parent:^34} CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
       {issuer:^34}    Độc lập - Tự do - Hạnh phúc
       {number:^34}   Tây Ninh, ngày 16 tháng 01 năm 2024
"""
END = """
Nơi nhận:                                       GIÁM ĐỐC
- Như trên;
- Lưu: VT.
                                            Nguyễn Văn An
"""


def letter(
    path: str,
    reference: str,
    *,
    issuer: str = "SỞ TÀI CHÍNH",
    to: str = "Ủy ban nhân dân tỉnh.",
    body: str = "",
    name: str = "",
    title: str = "",
    signed: bool = True,
    kind: FileKind = FileKind.PDF,
) -> DocumentText:
    text = HEAD.format(parent="UBND TỈNH TÂY NINH", issuer=issuer, number=f"Số: {reference}")
    text += f"\n{title:^80}\n" if title else "       V/v báo cáo công tác\n"
    text += (f"\n            Kính gửi: {to}\n" if to else "") + f"\n      {body}\n" + END
    return document(path, name or f"{path}.pdf", text, signed=signed, kind=kind)


def document(path: str, name: str, text: str, *, signed: bool = False, kind: FileKind = FileKind.PDF) -> DocumentText:
    pages = plain_pages(text) if text else ()
    return DocumentText(path=path, name=name, kind=kind, signed=signed, pages=pages, page_count=1)


def read(documents: Sequence[DocumentText], subject: str = "", body: str = "") -> tuple[ReadLetter, ...]:
    return read_letters(documents, subject=subject, body=body, rules=LETTER_RULES)


def parts(letters: Sequence[ReadLetter]) -> list[tuple[str | None, tuple[str, ...]]]:
    return [(found.main, found.enclosures) for found in letters]


def codes(found: ReadLetter) -> set[str]:
    return {finding.code for finding in found.findings}


def test_one_letter_takes_all_other_files_as_enclosures() -> None:
    files = [
        document("2", "PL1.xlsx", "Biểu 1", kind=FileKind.SHEET),
        letter("3", "226/STC-NS"),
        document("4", "du thao.docx", "DỰ THẢO", kind=FileKind.WORD),
    ]
    assert parts(read(files)) == [("3", ("2", "4"))]


def test_three_numbered_letters_in_one_mail_are_three() -> None:
    files = [letter("2", "226/STC-NS"), letter("3", "227/STC-QLG"), letter("4", "228/STC-TCDN")]
    found = read(files)
    assert parts(found) == [("2", ()), ("3", ()), ("4", ())]
    assert not any(codes(one) for one in found)


def test_the_word_copy_of_a_signed_letter_is_its_enclosure() -> None:
    files = [letter("2", "226/STC-NS", kind=FileKind.WORD, signed=False), letter("3", "226/STC-NS")]
    assert parts(read(files)) == [("3", ("2",))]


def test_legal_papers_that_a_submission_cites_are_its_enclosures() -> None:
    submission = letter(
        "2", "88/TTr-STC", title="TỜ TRÌNH", body="Căn cứ Quyết định số 12/QĐ-TTg ngày 05/01/2024, Sở kính trình."
    )
    decision = letter("3", "12/QĐ-TTg", issuer="THỦ TƯỚNG CHÍNH PHỦ", to="", title="QUYẾT ĐỊNH")
    assert parts(read([submission, decision])) == [("2", ("3",))]


def test_an_announced_report_of_the_same_agency_is_an_enclosure() -> None:
    submission = letter(
        "2",
        "88/TTr-STC",
        title="TỜ TRÌNH",
        body="Hồ sơ kèm theo gồm:\n      1. Báo cáo số 89/BC-STC ngày 15/01/2024;\n      2. Dự thảo Quyết định.",
    )
    found = read(
        [submission, letter("3", "89/BC-STC", title="BÁO CÁO"), document("4", "Du thao QD.docx", "DỰ THẢO", kind=FileKind.WORD)]
    )
    assert parts(found) == [("2", ("3", "4"))]
    assert [one.file for one in found[0].declared_enclosures] == ["3", "4"]


def test_letters_that_the_mail_names_stand_for_themselves() -> None:
    first = letter("2", "226/STC-NS")
    second = letter("3", "227/STC-NS", body="Tiếp theo Công văn số 226/STC-NS ngày 16/01/2024, Sở bổ sung.")
    assert len(read([first, second], subject="Gửi công văn 226/STC-NS và 227/STC-NS")) == 2


def test_an_enclosure_goes_to_the_letter_it_cites() -> None:
    annex = document("4", "bang.docx", "PHỤ LỤC\n(Kèm theo Công văn số 226/STC-NS ngày 16/01/2024)", kind=FileKind.WORD)
    assert parts(read([letter("2", "226/STC-NS"), letter("3", "227/STC-QLG"), annex])) == [("2", ("4",)), ("3", ())]


def test_an_enclosure_nobody_claims_makes_the_grouping_doubtful() -> None:
    found = read([letter("2", "226/STC-NS"), letter("3", "227/STC-QLG"), document("4", "so lieu.xlsx", "", kind=FileKind.SHEET)])
    assert parts(found) == [("2", ()), ("3", ("4",))]
    assert LetterCode.GROUPING_DOUBTFUL in codes(found[1])


def test_a_scan_beside_its_word_file_is_the_letter_with_doubtful_number() -> None:
    scan = document("2", "cong van.pdf", "")
    found = read([scan, letter("3", "226/STC-NS", kind=FileKind.WORD, signed=False)])
    assert parts(found) == [("2", ("3",))]
    reference = found[0].fields.reference
    assert reference is not None
    assert (reference.value, reference.confidence) == ("226/STC-NS", Confidence.DOUBTFUL)


def test_a_scan_takes_its_number_from_the_subject_as_a_hint() -> None:
    reference = read([document("2", "scan.pdf", "")], subject="226/STC-NS V/v báo cáo")[0].fields.reference
    assert reference is not None
    assert (reference.value, reference.source, reference.confidence) == ("226/STC-NS", Source.HEADER, Confidence.DOUBTFUL)


def test_an_answer_lends_no_number() -> None:
    assert read([document("2", "scan.pdf", "")], subject="Trả lời công văn 226/STC-NS")[0].fields.reference is None


def test_a_subject_with_another_number_is_told() -> None:
    assert LetterCode.FIELDS_DISAGREE in codes(read([letter("2", "226/STC-NS")], subject="262/STC-NS V/v báo cáo")[0])
    assert LetterCode.FIELDS_DISAGREE not in codes(read([letter("2", "226/STC-NS")], subject="CV 226/STC-NS báo cáo")[0])


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("226/STC-NS V/v báo cáo", "Kính gửi Văn phòng, bản giấy đã gửi theo đường bưu điện."),
        ("Báo cáo quý I", "Đơn vị gửi kèm bản giấy, kính đề nghị tiếp nhận."),
        ("226/STC-NS V/v báo cáo", "Kính gửi Văn phòng."),
    ],
)
def test_paper_without_a_document_is_an_announced_letter(subject: str, body: str) -> None:
    found = read([], subject, body)
    assert [one.main for one in found] == [None]
    assert LetterCode.PAPER_ANNOUNCED in codes(found[0])


def test_an_announced_letter_bears_the_one_number_that_is_named() -> None:
    (found,) = read([], "Thông báo gửi văn bản giấy số 318/SYT-NVY", "Bản giấy gửi qua bưu điện.")
    assert found.fields.reference is not None
    assert (found.fields.reference.value, found.fields.reference.confidence) == ("318/SYT-NVY", Confidence.DOUBTFUL)
    assert read([], "Gửi văn bản giấy", "Bản giấy công văn 1/SYT-A và 2/SYT-B gửi sau.")[0].fields.reference is None


def test_a_number_in_the_subject_alone_announces_paper_doubtfully() -> None:
    assert [finding.confidence for finding in read([], "226/STC-NS V/v báo cáo", "")[0].findings] == [Confidence.DOUBTFUL]


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Re: Số đến 4818: 226/STC-NS", "Dạ em nhận được, cảm ơn chị"),
        ("Cảm ơn", "Cảm ơn anh."),
        ("Hỏi thăm", "Chị ơi cho em hỏi số đến của đơn vị em."),
        (
            "RE: 226/STC-NS",
            "Ok anh.\n\nVào ngày 16/01/2024, Văn phòng <vp@example.vn> đã viết:\n> bản giấy đã gửi theo đường bưu điện",
        ),
        ("Re: Đề nghị gửi bản điện tử: 226/STC-NS", "Dạ bản giấy em đã gửi qua bưu điện hôm qua ạ."),
        ("", ""),
    ],
)
def test_a_human_note_is_no_letter(subject: str, body: str) -> None:
    assert read([], subject, body) == ()


def test_a_file_store_instead_of_files_is_named() -> None:
    found = read([], "Gửi hồ sơ", "Hồ sơ tải tại https://drive.google.com/file/d/1x/view ạ")
    assert [one.main for one in found] == [None]
    assert [(finding.code, finding.evidence) for finding in found[0].findings] == [(LetterCode.EXTERNAL_LINK, "drive.google.com")]


def test_a_file_store_beside_the_letter_is_named_too() -> None:
    assert LetterCode.EXTERNAL_LINK in codes(read([letter("2", "1/STC-NS")], "", "Phụ lục: https://1drv.ms/u/s!a")[0])
    assert LetterCode.EXTERNAL_LINK not in codes(
        read([letter("2", "1/STC-NS")], "", "Web: https://stc.example.vn/drive.google.com")[0]
    )


def test_missing_enclosures_are_named() -> None:
    body = "Gửi kèm Công văn này:\n  1. Biểu tổng hợp thu ngân sách;\n  2. Danh sách đơn vị nợ;\n  3. Thuyết minh số liệu."
    found = read(
        [
            letter("2", "226/STC-NS", body=body),
            document("3", "Bieu tong hop thu.xlsx", "", kind=FileKind.SHEET),
            document("4", "thuyet-minh so lieu.pdf", ""),
        ]
    )
    assert [(one.title, one.file) for one in found[0].declared_enclosures] == [
        ("Biểu tổng hợp thu ngân sách", "3"),
        ("Danh sách đơn vị nợ", None),
        ("Thuyết minh số liệu", "4"),
    ]
    missing = [finding.evidence for finding in found[0].findings if finding.code == LetterCode.ENCLOSURE_MISSING]
    assert missing == ["Danh sách đơn vị nợ"]


def test_a_secrecy_mark_on_an_enclosure_counts_for_the_letter() -> None:
    annex = document("3", "PL.pdf", HEAD.format(parent="SỞ TÀI CHÍNH", issuer="PHÒNG NGÂN SÁCH", number="MẬT"))
    assert [mark.evidence for mark in read([letter("2", "226/STC-NS"), annex])[0].secrecy] == ["secret"]


def test_a_secrecy_mark_without_any_letter_is_not_lost() -> None:
    found = read([document("2", "bang.xlsx", "", kind=FileKind.SHEET)], subject="[MẬT] số liệu")
    assert [(one.main, one.enclosures, len(one.secrecy)) for one in found] == [(None, ("2",), 1)]


def test_urgency_comes_from_stamp_subject_or_type() -> None:
    assert read([letter("2", "226/STC-NS")], "HỎA TỐC: 226/STC-NS")[0].urgency is Urgency.FLASH
    assert read([letter("2", "3/CĐ-STC", title="CÔNG ĐIỆN")])[0].urgency is Urgency.FLASH
    assert read([letter("2", "226/STC-NS", body="Chuyển bằng thư hỏa tốc.")])[0].urgency is Urgency.NORMAL


def test_inline_pictures_and_calendars_are_no_files_of_a_letter() -> None:
    logo = DocumentText(path="3", name="logo.png", kind=FileKind.IMAGE, inline=True)
    invitation = DocumentText(path="4", name="invite.ics", kind=FileKind.CALENDAR)
    assert parts(read([letter("2", "226/STC-NS"), logo, invitation])) == [("2", ())]


def test_a_citizens_photos_make_a_letter() -> None:
    photos = [document("2", "IMG_1.jpg", "", kind=FileKind.IMAGE), document("3", "IMG_2.jpg", "", kind=FileKind.IMAGE)]
    assert parts(read(photos, "Đơn khiếu nại")) == [("2", ("3",))]


def test_a_clerks_grouping_is_kept() -> None:
    scan, annex, other = document("2", "a.pdf", ""), document("3", "b.pdf", ""), letter("4", "226/STC-NS")
    found = read_groups([[scan, annex], [other]], subject="", body="", rules=LETTER_RULES)
    assert parts(found) == [("2", ("3",)), ("4", ())]


def test_unreadable_files_are_findings_of_their_letter() -> None:
    file = ContainedFile(
        path="2",
        name="a.pdf",
        kind=FileKind.PDF,
        media_type="",
        declared_type="",
        content=b"%PDF-1.7 broken",
        sha256="",
        inline=False,
    )
    found = read([document_text(file)])
    assert [finding.code for finding in found[0].findings] == [LetterCode.UNREADABLE_DOCUMENT]


WORDS = [
    "Số: ",
    "226/STC-NS",
    "Kính gửi:",
    "- ",
    ";",
    ".",
    "\n",
    "    ",
    "MẬT",
    "Kèm theo:",
    "1. ",
    "Phụ lục ",
    "(",
    ")",
    "02 ",
    "Nơi nhận:",
    "KT. ",
    "CHỦ TỊCH",
    "V/v ",
    "ngày 1 tháng 2 năm 2024",
    "SỞ ",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "BÁO CÁO",
    "\f",
    "SAO Y",
    "https://",
    "drive.google.com",
]
texts = st.text() | st.lists(st.sampled_from(WORDS), max_size=60).map("".join)


@given(st.lists(st.tuples(texts, st.text(), st.sampled_from(FileKind), st.booleans()), max_size=4), texts, texts)
def test_any_mail_is_grouped_without_error(files: list[tuple[str, str, FileKind, bool]], subject: str, body: str) -> None:
    documents = [
        DocumentText(path=str(index), name=name, kind=kind, signed=signed, pages=plain_pages(text), page_count=1)
        for index, (text, name, kind, signed) in enumerate(files)
    ]
    letters = read(documents, subject, body)
    used = [path for found in letters for path in ((found.main,) if found.main else ()) + found.enclosures]
    assert len(used) == len(set(used))
