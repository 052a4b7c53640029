"""Text comes with its places from PDF, Word, Excel and typed files, whatever the order of drawing."""

import zipfile
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from mailhub.profiles.vn.letter_rules import LETTER_RULES
from parsers.errors import ParseError
from parsers.files.containers import ContainedFile, FileKind
from parsers.finding import Source
from parsers.folding import clean, fold, plain
from parsers.letter import LetterCode
from parsers.letters.fields import read_fields
from parsers.text.document_text import document_text
from parsers.text.office_text import docx_pages, xlsx_pages
from parsers.text.pdf_text import TextLimits, pdf_text
from parsers.text.plain_text import plain_pages
from tests.letters.drawing import fonts


def file(content: bytes, kind: FileKind = FileKind.PDF) -> ContainedFile:
    return ContainedFile(path="2", name="a", kind=kind, media_type="", declared_type="", content=content, sha256="", inline=False)


def drawn(*pieces: tuple[float, float, str], rotation: int = 0, pages: int = 1) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), invariant=True)
    for _ in range(pages):
        canvas.setPageRotation(rotation)
        canvas.setFont(fonts()[0], 12)
        for x, y, text in pieces:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def lines(content: bytes) -> list[str]:
    return [line.text for page in pdf_text(content).pages for line in page.lines]


def package(**members: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return buffer.getvalue()


def test_the_left_column_is_read_before_the_right_one_whatever_was_drawn_first() -> None:
    content = drawn((350, 780, "phải trên"), (60, 760, "trái dưới"), (350, 760, "phải dưới"), (60, 780, "trái trên"))
    assert lines(content) == ["trái trên", "trái dưới", "phải trên", "phải dưới"]


def test_a_paragraph_below_two_columns_is_read_after_both() -> None:
    body = "Một dòng chạy ngang qua cả hai cột của trang giấy này từ trái sang phải, rất dài."
    content = drawn((60, 700, body), (350, 780, "phải"), (60, 780, "trái"), (350, 760, "phải hai"))
    assert lines(content) == ["trái", "phải", "phải hai", body]


def test_decomposed_letters_and_eth_come_out_composed() -> None:
    assert lines(drawn((60, 700, "u\u031b\u0323 \u00d0o\u0302ng"))) == ["ự Đông"]


def test_a_page_shown_turned_is_read_as_shown() -> None:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(842, 595), invariant=True)
    canvas.setPageRotation(90)
    canvas.setFont(fonts()[0], 12)
    canvas.translate(100, 500)
    canvas.rotate(90)
    canvas.drawString(0, 0, "đọc được")
    canvas.drawString(0, -20, "dòng hai")
    canvas.save()
    assert lines(buffer.getvalue()) == ["đọc được", "dòng hai"]


def test_slanted_watermarks_are_left_out() -> None:
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=True)
    canvas.setFont(fonts()[0], 40)
    canvas.translate(200, 400)
    canvas.rotate(45)
    canvas.drawString(0, 0, "BẢN NHÁP")
    canvas.save()
    assert lines(buffer.getvalue()) == []


def test_letters_outside_the_page_are_left_out() -> None:
    assert lines(drawn((60, 700, "trong"), (60, 2000, "ngoài"), (-400, 700, "ngoài"))) == ["trong"]


def unseen(canvas: Canvas, x: float, y: float, words: str) -> None:
    text = canvas.beginText(x, y)
    text.setFont(fonts()[0], 12)
    text.setTextRenderMode(3)
    text.textOut(words)
    canvas.drawText(text)


def test_unseen_letters_on_a_page_with_seen_ones_are_left_out() -> None:
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=True)
    canvas.setFont(fonts()[0], 12)
    canvas.drawString(60, 700, "Số: 226/STC-NS, nhìn thấy được")
    unseen(canvas, 60, 760, "Số: 1/GIẢ")
    canvas.save()
    assert lines(buffer.getvalue()) == ["Số: 226/STC-NS, nhìn thấy được"]


def test_the_text_layer_of_a_recognised_scan_is_read_as_such() -> None:
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=True)
    unseen(canvas, 60, 780, "SỞ TÀI CHÍNH")
    unseen(canvas, 300, 780, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    unseen(canvas, 60, 760, "Số: 226/STC-NS")
    canvas.save()
    reference = read_fields(pdf_text(buffer.getvalue()).pages, LETTER_RULES).reference
    assert reference is not None
    assert (reference.value, reference.source) == ("226/STC-NS", Source.OCR)


def test_letters_printed_twice_are_read_once() -> None:
    assert lines(drawn((60, 700, "SAO Y"), (60.4, 700, "SAO Y"))) == ["SAO Y"]


def test_pages_beyond_the_limit_are_counted_only() -> None:
    text = pdf_text(drawn((60, 700, "a"), pages=5), TextLimits(pages=2))
    assert (len(text.pages), text.page_count, text.truncated) == (2, 5, True)


def test_letters_beyond_the_limit_are_left_out() -> None:
    text = pdf_text(drawn((60, 700, "a" * 50), pages=3), TextLimits(letters=60))
    assert text.truncated
    assert sum(len(line.text) for page in text.pages for line in page.lines) <= 100


def test_a_scan_is_a_finding() -> None:
    found = document_text(file(drawn()))
    assert [finding.code for finding in found.findings] == [LetterCode.NO_TEXT_LAYER]
    assert not found.has_text


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.4 nothing", FileKind.PDF),
        (b"\xd0\xcf\x11\xe0 an old Word file", FileKind.WORD),
        (b"PK\x03\x04 broken", FileKind.WORD),
        (package(word__document_xml="<a><b></a>"), FileKind.WORD),
        (package(other_xml="<a/>"), FileKind.SHEET),
    ],
)
def test_what_cannot_be_read_is_a_finding(content: bytes, kind: FileKind) -> None:
    assert [finding.code for finding in document_text(file(content, kind)).findings] == [LetterCode.UNREADABLE_DOCUMENT]


def test_entities_in_a_package_are_refused() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "xxxx">]><a>&x;</a>'
    with pytest.raises(ParseError, match="document type"):
        docx_pages(package(word__document_xml=bomb), TextLimits())


def test_a_package_that_unpacks_too_far_is_refused() -> None:
    with pytest.raises(ParseError, match="unpacks to more"):
        docx_pages(package(word__document_xml="<a>" + " " * 5000 + "</a>"), TextLimits(unpacked_bytes=1000))


def test_cells_of_a_word_table_stand_side_by_side_and_fallbacks_are_not_read_twice() -> None:
    cell = "<tc><p><r><t>{}</t></r></p></tc>"
    table = f"<tbl><tr>{cell.format('trái')}{cell.format('phải')}</tr></tbl>"
    box = "<p><r><AlternateContent><Choice><t>một</t></Choice><Fallback><t>hai</t></Fallback></AlternateContent></r></p>"
    (page,) = docx_pages(package(word__document_xml=f"<document><body>{table}{box}</body></document>"), TextLimits())
    assert [(line.text, line.left < 300) for line in page.lines] == [("trái", True), ("phải", False), ("một", True)]
    assert page.lines[0].baseline == page.lines[1].baseline


def test_rows_of_a_sheet_are_read_with_their_shared_strings() -> None:
    strings = "<sst><si><t>BIỂU SỐ</t></si><si><r><t>thu </t></r><r><t>chi</t></r></si></sst>"
    rows = '<row><c t="s"><v>0</v></c><c><v>12</v></c></row><row><c t="s"><v>1</v></c></row>'
    sheet = f"<worksheet><sheetData>{rows}</sheetData></worksheet>"
    content = package(xl__sharedStrings_xml=strings, xl__worksheets__sheet1_xml=sheet)
    (page,) = xlsx_pages(content, TextLimits())
    assert [line.text for line in page.lines] == ["BIỂU SỐ", "12", "thu chi"]


def test_typed_columns_are_told_apart_by_their_gap() -> None:
    (page,) = plain_pages("trái trên          phải trên\nmột câu thường\n")
    assert [(line.text, round(line.left)) for line in page.lines] == [("trái trên", 0), ("phải trên", 114), ("một câu thường", 0)]


def test_folding_keeps_places_and_joins_spellings() -> None:
    text = "Đường Ỷ Lan – QUẬN ự"
    assert len(plain(text)) == len(text)
    assert fold("ĐƯỜNG  Y") == fold("Ðường y") == "duong y"
    assert clean("a\u200bb\u00a0c") == "ab c"


@given(st.text())
def test_plain_letters_stand_for_one_letter_each(text: str) -> None:
    assert len(plain(text)) == len(text)


@given(
    st.binary() | st.binary().map(lambda tail: b"%PDF-1.7\n" + tail) | st.binary().map(lambda tail: b"PK\x03\x04" + tail),
    st.sampled_from(FileKind),
)
def test_any_bytes_of_any_kind_are_read_without_error(content: bytes, kind: FileKind) -> None:
    document_text(file(content, kind))


@given(st.integers(0, 3000), st.binary(min_size=1, max_size=6))
def test_a_damaged_pdf_raises_nothing_but_parse_error(position: int, damage: bytes) -> None:
    content = SOUND[:position] + damage + SOUND[position + len(damage) :]
    with suppress(ParseError):
        read_fields(pdf_text(content).pages, LETTER_RULES)


@given(st.text(alphabet="<>/=\"' abtrcp&;#1", max_size=80))
def test_any_markup_in_a_package_raises_nothing_but_parse_error(markup: str) -> None:
    content = package(word__document_xml=f"<w><p><r><t>{markup}</t></r></p></w>", xl__worksheets__sheet1_xml=markup)
    for reader in (docx_pages, xlsx_pages):
        with suppress(ParseError):
            reader(content, TextLimits())


@given(
    st.text()
    | st.lists(st.sampled_from(["Số: 1/A-B", "Kính gửi: ", "V/v ", "\n", "\t\t\t", "SỞ Y TẾ", "KT. ", "x;"]), max_size=40).map(
        "".join
    )
)
def test_fields_of_any_text_are_read_without_error(text: str) -> None:
    read_fields(plain_pages(text), LETTER_RULES)


SOUND = drawn((60, 780, "SỞ TÀI CHÍNH"), (60, 760, "Số: 226/STC-NS"), (300, 780, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"))
