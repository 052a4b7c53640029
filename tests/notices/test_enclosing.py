"""Files with Vietnamese names in a mail, and header fields that read back, as strangers' programs see them."""

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import compat32, default
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.notices.enclosing import EnclosedFile, attached, plain_name
from mailhub.notices.headers import POLICY, put_mailbox, put_words
from parsers.mail.message import parse_message

NAMES = (
    "Báo cáo.pdf",
    "Giấy mời số 226 họp về triển khai văn bản điện tử toàn tỉnh năm 2024 (bản ký số, bản 2 thay bản 1).pdf",
    'Tệp "lạ"; tên\\khó.pdf',
    "bao-cao.pdf",
    "Đề án.docx",
)
WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=120)


def mail_with(name):
    message = EmailMessage(policy=POLICY)
    message.set_content("text")
    message.make_mixed("line")
    message.attach(attached(EnclosedFile(name=name, media_type="application/pdf", content=b"x" * 100)))
    return message.as_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_every_reader_gets_the_name(name):
    raw = mail_with(name)
    part = next(message_from_bytes(raw, policy=default).iter_attachments())
    assert part.get_filename() == name
    assert part.get_content() == b"x" * 100
    legacy = message_from_bytes(raw, policy=compat32).get_payload()[1]
    assert str(make_header(decode_header(legacy.get_param("name")))) == name
    # Our own reader takes what stands before a backslash for folders.
    own = [part.filename for part in parse_message(raw).root.children if part.filename]
    assert own == [name.rpartition("\\")[2]]


@pytest.mark.parametrize("name", NAMES)
def test_old_readers_get_a_name_without_marks(name):
    raw = mail_with(name).decode("ascii")
    plain = re.search(r' filename="([^"]*)"', raw)[1]
    assert plain.isascii()
    assert not set(plain) & set('\\/:*?<>|%"')
    assert plain.endswith(name.rpartition(".")[2])


def test_no_line_is_longer_than_a_line_may_be_and_no_letter_is_cut_in_two():
    raw = mail_with("Đ" * 90 + ".pdf")
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))
    pieces = re.findall(rb"filename\*\d+\*=(?:utf-8'')?([^;\r]*)", raw)
    assert len(pieces) > 1
    assert "".join(unquote(piece.decode()) for piece in pieces) == "Đ" * 90 + ".pdf"


@given(WORDS)
def test_a_plain_name_is_safe_whatever_it_was(words):
    assert re.fullmatch(r"[ -~]*", plain_name(words))
    assert len(plain_name(f"{words}.pdf")) <= 61


def field(put, value, readable):
    message = EmailMessage(policy=POLICY)
    put(message, "Subject" if isinstance(value, str) else "To", value)
    raw = message.as_bytes()
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))
    return message_from_bytes(raw, policy=compat32)


@pytest.mark.parametrize(
    "words",
    [
        "Mời họp: Họp triển khai văn bản điện tử – 08:00 ngày 09/8/2024",
        "Đã tiếp nhận 226/STC-NS – số đến 4818 ngày 09/8/2024",
        "plain",
        "Chuyển lịch họp: rà soát kết quả thực hiện nhiệm vụ phát triển kinh tế - xã hội 6 tháng đầu năm",
    ],
)
def test_a_subject_keeps_its_blanks_where_it_is_folded(words):
    assert str(make_header(decode_header(field(put_words, words, words)["Subject"]))) == words


@given(WORDS.map(lambda words: " ".join(words.split())).filter(bool))
def test_any_subject_reads_back(words):
    read = str(make_header(decode_header(field(put_words, words, words)["Subject"])))
    assert " ".join(read.split()) == " ".join(words.split())


@pytest.mark.parametrize(
    "name",
    [
        "Phó Giám đốc Sở Nông nghiệp và Môi trường Trần Văn Hà",
        "Giám đốc Sở Y tế Trần Văn Hà; Giám đốc Sở Tài chính Phạm Quốc Bình; Chánh Văn phòng Lê Thị Mai",
        "Lan",
        "Nguyễn, Thị Lan",
    ],
)
def test_a_long_name_keeps_its_blanks(name):
    header = field(put_mailbox, Address(display_name=name, addr_spec="ha@syt.example"), name)["To"]
    read = str(make_header(decode_header(header)))
    assert read.replace('"', "") == f"{name} <ha@syt.example>"
