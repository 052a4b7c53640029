"""Any Vietnamese name, in any form in which a mail program writes it, comes back the same in NFC."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from parsers.mail.filenames import MAX_NAME_BYTES, extension, safe_name
from parsers.mail.message import MessageCode, parse_message
from tests.parsers.mail.name_forms import ATTACHMENT, FORMS, SPELLED, escapes
from tests.parsers.mails import HEAD, codes

NAMES = (
    "Công văn số 123-UBND về việc mời họp thành phố.pdf",
    "Quyết định (bản ký số), phụ lục 1 & 2.pdf",
    "ĐỀ ÁN.docx",
    "Tờ trình 45%25 + 10%.xlsx",
    "plain.pdf",
    "ữ.p7m",
)
PHRASE = (
    "công văn số về việc mời họp triển khai kế hoạch phát triển kinh tế xã hội quyết định ban hành quy chế làm việc "
    "báo cáo tổng kết công tác giấy mời dự hội nghị trực tuyến đề nghị thẩm định dự án đầu tư xây dựng tờ trình"
)
LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
ALPHABET = LETTERS + LETTERS.upper() + "0123456789-_.(),&+%#' "
ANY_NAME = st.builds(
    "".join,
    st.tuples(st.text(ALPHABET, min_size=1, max_size=60), st.sampled_from([".pdf", ".docx", ".p7m", ""])),
)
SPELLED_NAME = st.builds(
    "{} {}.pdf".format, st.lists(st.sampled_from(PHRASE.split()), min_size=9, max_size=14).map(" ".join), st.integers(0, 9999)
)


def read(field: bytes):
    is_type = field.startswith(b"Content-Type")
    part = (b"" if is_type else b"Content-Type: application/octet-stream\r\n") + field
    return parse_message(HEAD + part + b"\r\nx")


def name_of(field: bytes) -> str | None:
    return read(field).root.filename


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_a_name_comes_back_from_every_form(form, name):
    assert name_of(FORMS[form](name)) == name


@pytest.mark.parametrize("form", SPELLED)
def test_a_name_comes_back_from_forms_that_its_spelling_tells(form):
    assert name_of(SPELLED[form](NAMES[0])) == NAMES[0]


@given(st.sampled_from(sorted(FORMS)), ANY_NAME)
def test_any_name_comes_back_from_any_form(form, name):
    assume(safe_name(name).name == name)
    assert name_of(FORMS[form](name)) == name


@given(st.sampled_from(sorted(SPELLED)), SPELLED_NAME)
def test_any_words_of_the_language_come_back_from_old_charsets(form, name):
    assert name_of(SPELLED[form](name)) == name


@given(st.sampled_from(sorted(FORMS)), st.integers(min_value=100, max_value=400))
def test_a_name_too_long_is_cut_between_characters_and_keeps_its_extension(form, length):
    found = name_of(FORMS[form]("ố" * length + ".pdf"))
    assert len(found.encode()) <= MAX_NAME_BYTES
    assert set(found.removesuffix(".pdf")) == {"ố"}
    assert extension(found) == ".pdf"


@pytest.mark.parametrize("charset", ["iso-2022-jp", "shift_jis", "euc-jp", "utf-8", "gb18030", "utf-16le"])
def test_names_of_other_languages_come_back_from_their_charsets(charset):
    name = "公文書.pdf"
    escaped = "".join(f"%{byte:02x}" for byte in name.encode(charset))
    assert name_of(ATTACHMENT + f"; filename*={charset}''{escaped}\r\n".encode()) == name


@pytest.mark.parametrize(
    ("parameters", "name", "is_ambiguous"),
    [
        (b"filename=b.exe; filename*=UTF-8''a.pdf", "a.pdf", True),
        (b"filename*=UTF-8''a.pdf; filename*=UTF-8''b.exe", "a.pdf", True),
        (b"filename*=UTF-8''a.pdf; filename*0*=UTF-8''b; filename*1*=.exe", "a.pdf", True),
        (b"filename=\"b.pdf\"; filename*=UTF-8''a.pdf", "a.pdf", False),
        (b"filename=\"\"; filename*=UTF-8''", None, False),
        (b"filename=\"%20\"; filename*=UTF-8''%20", "%20", False),
        (b'filename="&#47;etc&#x2f;passwd"', "&#47;etc&#x2f;passwd", False),
        (b'filename="R&amp;D &#7889;.pdf"', "R&amp;D ố.pdf", False),
        (b'filename="x%u202efdp.exe"', "xfdp.exe", False),
        (b"filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", "passwd", False),
        (b"filename*=UTF-8''C%3A%5Ca.pdf", "a.pdf", False),
        (b"filename*=utf-8''a%00.pdf", "a.pdf", False),
        (b"filename*=utf-8''%ZZ%4", "%ZZ%4", False),
    ],
)
def test_names_that_contradict_or_deceive(parameters, name, is_ambiguous):
    message = read(ATTACHMENT + b"; " + parameters + b"\r\n")
    assert message.root.filename == name
    assert (MessageCode.FILENAME_AMBIGUOUS in codes(message.findings)) is is_ambiguous


def test_an_empty_name_gives_way_to_the_one_in_content_type():
    field = ATTACHMENT + b"; filename=\"\"\r\nContent-Type: application/pdf; name*=utf-8''" + escapes(NAMES[0]) + b"\r\n"
    assert parse_message(HEAD + field + b"\r\nx").root.filename == NAMES[0]


@pytest.mark.parametrize("stand_in", ["C?ng v?n.pdf", "C\ufffdng v\ufffdn.pdf"])
def test_a_name_that_lost_its_letters_gives_way_to_a_whole_one(stand_in):
    field = ATTACHMENT + f'; filename="{stand_in}"\r\nContent-Type: application/pdf; name="Công văn.pdf"\r\n'.encode()
    assert parse_message(HEAD + field + b"\r\nx").root.filename == "Công văn.pdf"
    other = field.replace("Công văn.pdf".encode(), b"a.exe")
    assert parse_message(HEAD + other + b"\r\nx").root.filename != "a.exe"


def test_every_form_gives_composed_letters():
    for form in FORMS.values():
        name = name_of(form(unicodedata.normalize("NFD", "Sở.pdf")))
        assert name == unicodedata.normalize("NFC", name)
