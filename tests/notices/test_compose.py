"""The mails as a stranger's mail program sees them."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.audit import parse_anchors
from mailhub.codec import decode, encode
from mailhub.language import Language, Text
from mailhub.notices.compose import Letterhead
from mailhub.notices.context import Addressee, Contact, LetterName, Original
from mailhub.notices.errors import MissingFieldError, UnsafeHeaderError
from mailhub.notices.kinds import CONTEXTS, kind_of
from mailhub.notices.templates import Templates
from mailhub.notices.wording import reason_line
from mailhub.policy.reasons import ReasonCode
from storage.records import ChainHead
from tests.notices.contexts import (
    ABOUT,
    ALL,
    APOLOGY,
    CHAIN,
    HELD,
    LETTERHEAD,
    MESSAGE_ID,
    PAPER_RETURN,
    RECEIPT,
    RETURN,
    composed,
)

TEMPLATES = Templates()


def read(raw):
    return message_from_bytes(raw, policy=default)


def plain(context, **changes):
    return read(composed(context, TEMPLATES, **changes)).get_body(("plain",)).get_content().replace("\r\n", "\n")


def page(context):
    return read(composed(context, TEMPLATES)).get_body(("html",)).get_content()


def about(context, **changes):
    return replace(context, about=replace(context.about, **changes))


GOLDEN_RECEIPT = """\
Kính gửi Văn thư Sở Tài chính.
Văn phòng UBND tỉnh đã tiếp nhận văn bản số 226/STC-NS ngày 08/8/2024 về quyết toán ngân sách 6 tháng: số đến 4818, sổ UBND, \
ngày 09/8/2024 (hệ thống nhận 07:10, vào sổ 07:48).
Mã tra cứu K7M4-Q2XD-90TS. Đã nhận đủ 3/3 tệp. Chữ ký số của người có thẩm quyền và của cơ quan hợp lệ; hồ sơ đầy đủ.
Thư này xác nhận việc tiếp nhận, không thay cho ý kiến giải quyết.
Nếu gửi nhầm hoặc cần bổ sung, xin trả lời ngay thư này hoặc gọi Văn thư: Nguyễn Thị Lan, 0123 456 789.

Tệp đã nhận:
"""

GOLDEN_RETURN = """\
Kính gửi Văn thư Sở Tài chính.
Văn phòng UBND tỉnh đã nhận văn bản số 226/STC-NS ngày 08/8/2024 về quyết toán ngân sách 6 tháng lúc 07:10 ngày 09/8/2024 và \
chưa cấp số đến (căn cứ: Quy chế văn thư ban hành kèm Quyết định 12/QĐ-UBND).
Lý do: Chữ ký số không khớp với nội dung tệp nhận được nên văn bản chưa đủ điều kiện tiếp nhận.
Đề nghị Quý cơ quan kiểm tra tệp gốc và gửi lại đúng tệp đã ký số. Nơi nhận: vanthu@vpub.tinh.example, ghi mã K7M4-Q2XD-90TS ở \
tiêu đề.
Liên hệ Văn thư: Nguyễn Thị Lan, 0123 456 789; Quý cơ quan cũng có thể trả lời ngay thư này.
"""

GOLDEN_REPEAT = """\
Kính gửi Văn thư Sở Tài chính.
Văn phòng UBND tỉnh đã tiếp nhận văn bản số 226/STC-NS ngày 08/8/2024 về quyết toán ngân sách 6 tháng từ trước: số đến 4818, sổ \
UBND, ngày 09/8/2024.
Thư nhận lúc 07:10 có nội dung giống hệt bản đã tiếp nhận nên số đến giữ nguyên; Quý cơ quan không cần gửi lại.
Mã tra cứu K7M4-Q2XD-90TS.
Nếu đây là bản thay thế, xin trả lời ngay thư này hoặc gọi Văn thư: Nguyễn Thị Lan, 0123 456 789.
"""


@pytest.mark.parametrize(
    ("kind", "subject", "golden"),
    [
        ("receipt", "Đã tiếp nhận 226/STC-NS – số đến 4818 ngày 09/8/2024", GOLDEN_RECEIPT),
        ("return", "Đề nghị hoàn thiện và gửi lại – 226/STC-NS", GOLDEN_RETURN),
        ("repeat", "Đã tiếp nhận từ trước 226/STC-NS – số đến 4818 ngày 09/8/2024", GOLDEN_REPEAT),
    ],
)
def test_the_words_of_a_notice(kind, subject, golden):
    mail = read(composed(ALL[kind], TEMPLATES))
    assert mail["Subject"] == subject
    assert plain(ALL[kind]).startswith(golden)


def test_a_missing_e_copy_has_its_own_subject():
    asked = replace(RETURN, reasons=(reason_line(ReasonCode.NO_E_COPY),))
    assert read(composed(asked, TEMPLATES))["Subject"] == "Đề nghị gửi bản điện tử – 226/STC-NS"


def test_a_return_of_paper_asks_for_the_e_copy_and_says_where_the_paper_is():
    mail = read(composed(PAPER_RETURN, TEMPLATES))
    assert mail["Subject"] == "Đề nghị gửi bản điện tử – 226/STC-NS (bản giấy nhận 07/8/2024)"
    assert mail["Auto-Submitted"] == "auto-generated"
    lines = plain(PAPER_RETURN).split("\n")
    assert "bản giấy số 226/STC-NS ngày 08/8/2024 lúc 09:20 ngày 07/8/2024 nhưng đến 09:20 ngày 08/8/2024" in lines[1]
    assert "(căn cứ: Quy chế văn thư ban hành kèm Quyết định 12/QĐ-UBND)" in lines[1]
    assert "ghi mã K7M4-Q2XD-90TS ở tiêu đề; khi nhận đủ, Văn phòng tiếp nhận ngay, không cần nộp lại bản giấy" in lines[2]
    assert "mời nhận lại trước ngày 16/8/2024" in lines[3]


def test_a_receipt_tells_that_the_paper_has_the_same_number():
    paired = replace(RECEIPT, paper_at=datetime(2024, 8, 9, 0, 20, tzinfo=UTC))
    assert "Bản giấy nhận 07:20 được ghép vào số đến này." in plain(paired)
    assert "The paper handed in at 2024-08-09 07:20 belongs to this number." in plain(paired)


@pytest.mark.parametrize("kind", ALL)
def test_every_notice_says_all_of_it_in_both_languages_and_both_forms(kind):
    text, html = plain(ALL[kind]), page(ALL[kind])
    vietnamese, english = text.split("-" * 20)
    for part in (vietnamese, english, html):
        for said in ("Nguyễn Thị Lan", "0123 456 789", "226/STC-NS", "K7M4-Q2XD-90TS"):
            assert said in part
    assert vietnamese.startswith("Kính gửi Văn thư Sở Tài chính.")
    assert english.strip().startswith("To the registry of Sở Tài chính.")


@pytest.mark.parametrize("kind", ALL)
def test_contact_and_what_is_asked_for_stand_in_the_first_five_lines(kind):
    for part in plain(ALL[kind]).split("-" * 20):
        first = "\n".join(part.strip().split("\n")[:5])
        assert "Nguyễn Thị Lan, 0123 456 789" in first
        assert ("Đề nghị" in first or "Please" in first) == (kind in {"return", "held", "paper-return"})


def test_several_reasons_and_what_is_missing_still_fit_the_first_five_lines():
    codes = (ReasonCode.ONE_SIGNATURE_MISSING, ReasonCode.ORGANISATION_SIGNATURE_MISSING, ReasonCode.ENCLOSURES_MISSING)
    full = replace(RETURN, reasons=tuple(reason_line(code) for code in codes), missing=("Phụ lục 2", "Dự thảo"), note="gọi lại")
    lines = plain(full).split("\n")
    assert "Còn thiếu: Phụ lục 2; Dự thảo." in lines[2]
    assert "bổ sung chữ ký số của cơ quan" in lines[3]
    assert "0123 456 789" in lines[4]
    assert "Ghi chú của Văn thư: gọi lại" in lines


@pytest.mark.parametrize("kind", ["receipt", "repeat", "return"])
def test_digests_and_the_chain_s_head_stand_at_the_end(kind):
    lines = plain(ALL[kind]).split("-" * 20)[0].strip().split("\n")
    assert lines[-1] == f"Mốc nhật ký hệ thống: {CHAIN.number}/{CHAIN.hash}"
    assert all("SHA-256" not in line for line in lines[:6])
    assert "1" * 64 in lines[7]


@pytest.mark.parametrize("kind", ALL)
def test_the_audit_finds_its_anchor_in_the_raw_mail(kind):
    assert set(parse_anchors(composed(ALL[kind], TEMPLATES).decode("ascii").replace("\r\n", "\n"))) == {CHAIN}


@pytest.mark.parametrize("kind", ALL)
def test_the_same_context_gives_the_same_bytes_also_after_storing(kind):
    stored = decode(encode(ALL[kind]), CONTEXTS[kind])
    assert kind_of(stored) == kind
    assert composed(stored) == composed(ALL[kind])


@pytest.mark.parametrize("kind", ALL)
def test_the_mail_is_seven_bit_with_short_lines(kind):
    raw = composed(ALL[kind], TEMPLATES)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_the_headers_say_that_a_program_answered_and_what():
    mail = read(composed(RECEIPT, TEMPLATES))
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["X-Mailhub-Loop"] == "hub-1"
    assert mail["From"].addresses[0].addr_spec == LETTERHEAD.address
    assert mail["From"].addresses[0].display_name == LETTERHEAD.name
    assert mail["To"].addresses[0].addr_spec == "vanthu@stc.tinh.example"
    assert mail["Message-ID"] == MESSAGE_ID
    assert mail["In-Reply-To"] == "<1@stc.tinh.example>"
    assert mail["References"] == "<0@stc.tinh.example> <1@stc.tinh.example>"
    assert mail["Date"].datetime.isoformat() == "2024-08-09T07:49:00+07:00"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail.defects == []


def test_a_digest_answers_no_single_mail():
    mail = read(composed(ALL["digest"], TEMPLATES))
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["In-Reply-To"] is None


def test_long_threads_are_kept_short_and_whole():
    ids = tuple(f"<{'x' * 90}.{number}@mail.example>" for number in range(40))
    mail = read(composed(about(RECEIPT, original=Original(message_id=ids[-1], references=ids)), TEMPLATES))
    assert mail["References"].split() == list(ids[-20:])
    assert mail["In-Reply-To"] == ids[-1]


@pytest.mark.parametrize("forged", ["<a@b>\r\nBcc: x@y.example", "no id", "<" + "a" * 900 + "@b>", "<a b@c>", ""])
def test_a_strange_message_id_of_the_sender_is_left_out(forged):
    mail = read(composed(about(RECEIPT, original=Original(message_id=forged, references=(forged,))), TEMPLATES))
    assert mail["In-Reply-To"] is None
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    ("context", "changes", "field"),
    [
        (about(RECEIPT, addressee=Addressee(address="a@b.example\r\nBcc: x@y.example", name="x")), {}, "To"),
        (about(RECEIPT, addressee=Addressee(address="a@b.example, x@y.example", name="x")), {}, "To"),
        (about(RECEIPT, addressee=Addressee(address="<a@b.example>", name="x")), {}, "To"),
        (RECEIPT, {"letterhead": Letterhead(name="x", address="a@b\nX: y", loop_mark="hub-1")}, "From"),
        (RECEIPT, {"letterhead": replace(LETTERHEAD, loop_mark="a\r\nb")}, "X-Mailhub-Loop"),
        (RECEIPT, {"message_id": "<a@b>\r\nBcc: <x@y>"}, "Message-ID"),
    ],
)
def test_what_would_begin_another_header_field_is_refused(context, changes, field):
    with pytest.raises(UnsafeHeaderError) as refused:
        composed(context, TEMPLATES, **changes)
    assert refused.value.field == field


def test_line_ends_in_what_a_sender_wrote_become_blanks():
    trick = LetterName(reference="1/X\r\nBcc: victim@x.example", subject="a\n\n\nLiên hệ: kẻ gian, 0999\u202e\u2028b")
    mail = read(composed(replace(RECEIPT, letter=trick), TEMPLATES))
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("Đã tiếp nhận 1/X Bcc: victim@x.example – số đến 4818")
    lines = mail.get_body(("plain",)).get_content().split("\n")
    assert "a Liên hệ: kẻ gian, 0999 b" in lines[1]


@cache
def fields_of_a_receipt():
    return tuple(read(composed(RECEIPT, TEMPLATES)).keys())


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_of_a_sender_breaks_the_mail(reference, subject):
    trick = LetterName(reference=reference, subject=subject)
    named = about(RECEIPT, addressee=Addressee(address="a@b.example", name=f"x{reference}"))
    raw = composed(replace(named, letter=trick), TEMPLATES)
    assert tuple(read(raw).keys()) == fields_of_a_receipt()
    assert raw.isascii()


def test_markup_in_what_a_sender_wrote_is_shown_and_does_nothing():
    trick = replace(RECEIPT, letter=LetterName(reference="<script>alert(1)</script>", subject='"><img src=x>&'))
    html = page(trick)
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<img" not in html


def test_template_language_in_what_a_sender_wrote_stays_text():
    assert "{{ 7*7 }}" in plain(replace(RECEIPT, letter=LetterName(reference="{{ 7*7 }}")))


def test_a_person_is_not_spoken_to_as_an_agency():
    text = plain(about(RETURN, addressee=Addressee(address="dan@x.example", name="Trần Văn B", agency=False)))
    assert text.startswith("Kính gửi Trần Văn B.")
    assert "Quý cơ quan" not in text
    assert "Đề nghị Quý vị" in text


def test_a_letter_of_which_nothing_is_known_can_still_be_returned():
    bare = about(replace(RETURN, letter=LetterName(), legal_basis="", files=()), original=Original())
    assert read(composed(bare, TEMPLATES))["Subject"] == "Đề nghị hoàn thiện và gửi lại – K7M4-Q2XD-90TS"
    assert "đã nhận văn bản lúc 07:10" in plain(bare)


def test_a_mail_received_the_day_before_shows_its_date():
    earlier = about(RECEIPT, received_at=ABOUT.received_at.replace(day=8))
    assert "(hệ thống nhận 07:10 ngày 08/8/2024, vào sổ 07:48)" in plain(earlier)


def test_one_language_alone_can_be_chosen():
    text = plain(RECEIPT, languages=(Language.EN,))
    assert "Kính gửi" not in text
    assert read(composed(RECEIPT, TEMPLATES, languages=(Language.EN,)))["Subject"].startswith("Received 226/STC-NS")


@pytest.mark.parametrize(
    ("context", "field"),
    [
        (about(RECEIPT, contact=Contact(name="", phone="1")), "about.contact.name"),
        (about(RECEIPT, contact=Contact(name="Lan", phone="  ")), "about.contact.phone"),
        (about(APOLOGY, tracking_code=""), "about.tracking_code"),
        (about(RETURN, unit_address=""), "about.unit_address"),
        (about(RETURN, chain=ChainHead(number=0, hash="")), "about.chain.hash"),
        (replace(RETURN, reasons=()), "reasons"),
        (replace(RECEIPT, statement=Text(vi="Đủ.", en="")), "statement"),
        (replace(HELD, reasons=(replace(HELD.reasons[0], remedy=Text(vi="Đề nghị", en="")),)), "reasons.1.remedy"),
        (replace(ALL["digest"], lines=()), "lines"),
    ],
)
def test_a_notice_with_a_hole_is_not_composed(context, field):
    with pytest.raises(MissingFieldError) as missing:
        composed(context, TEMPLATES)
    assert missing.value.field == field
    assert missing.value.template == f"{kind_of(context)}.vi.j2"
    assert field in str(missing.value)
