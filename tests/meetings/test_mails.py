"""The mail about a meeting as the four mail programs want it (RFC 5546, RFC 6047), from an office's real templates."""

import io
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from zoneinfo import ZoneInfo

import pypdfium2
import pytest

from mailhub.language import Language
from mailhub.meetings.enclosures import enclosures
from mailhub.meetings.invitation import Office, draft_pdf, invitation_text
from mailhub.notices.compose import Letterhead, compose
from mailhub.notices.context import Original
from mailhub.notices.meeting_context import Enclosure, MeetingNotice, Slot
from mailhub.notices.templates import Templates
from storage.blobs import SegmentStore
from tests.meetings.building import CONTENT, CONTEXT, NOW, TWELFTH

LETTERHEAD = Letterhead(name="Văn phòng UBND tỉnh", address="vpub@tinh.example", loop_mark="hub-1")
OFFICE = Office(
    name="Văn phòng UBND tỉnh", zone=ZoneInfo("Asia/Ho_Chi_Minh"), locality="Tây Ninh", signing_as=("CHÁNH VĂN PHÒNG",)
)


def mail(context, blobs, languages=(Language.VI, Language.EN)):
    raw = compose(
        context,
        message_id="<meeting-invite.1@mailhub.example>",
        letterhead=LETTERHEAD,
        date=NOW,
        templates=Templates(),
        languages=languages,
        enclosed=enclosures(context, blobs),
    )
    return raw, message_from_bytes(raw, policy=default)


@pytest.fixture
def blobs(tmp_path):
    return SegmentStore(tmp_path / "blobs")


@pytest.fixture
def full(blobs):
    """An invitation with its draft and a paper."""
    ref = blobs.put_many([b"%PDF-1.7 bao cao"])[0]
    paper = Enclosure(name="Báo cáo 6 tháng.pdf", size=16, sha256="ab" * 32, blob=ref, edition=2)
    return replace(CONTEXT, draft=invitation_text(CONTENT, OFFICE), papers=(paper,), chair="Phó Chủ tịch UBND tỉnh")


def shape(part):
    if part.is_multipart():
        return (part.get_content_type(), [shape(child) for child in part.iter_parts()])
    return part.get_content_type()


def test_the_parts_stand_where_mail_programs_look_for_them(full, blobs):
    raw, message = mail(full, blobs)
    assert shape(message) == (
        "multipart/mixed",
        [
            ("multipart/alternative", ["text/plain", "text/html", "text/calendar"]),
            "application/ics",
            "application/pdf",
            "application/pdf",
        ],
    )
    alternative, attached, draft, paper = message.iter_parts()
    calendar = list(alternative.iter_parts())[2]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_param("charset").upper() == "UTF-8"
    assert calendar["Content-Disposition"] is None
    assert calendar.get_payload(decode=True) == attached.get_content()
    assert attached.get_filename() == "invite.ics"
    assert b"METHOD:REQUEST\r\n" in attached.get_content()
    assert draft.get_filename() == "Dự thảo giấy mời 226.pdf"
    assert paper.get_content() == b"%PDF-1.7 bao cao"
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


def test_sender_organizer_and_recipient_agree(full, blobs):
    _, message = mail(full, blobs)
    calendar = (
        next(part for part in message.walk() if part.get_content_type() == "text/calendar").get_content().replace("\n ", "")
    )
    assert message["From"].addresses[0].addr_spec == "vpub@tinh.example"
    assert "mailto:vpub@tinh.example" in calendar
    assert "mailto:ha@syt.example" in calendar
    assert message["To"].addresses[0].display_name == "Giám đốc Sở Y tế Trần Văn Hà"
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_invitation_says_everything_a_giay_moi_must_say(full, blobs):
    _, message = mail(full, blobs, (Language.VI,))
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == (
        "Kính gửi Giám đốc Sở Y tế Trần Văn Hà.\n"
        "Văn phòng UBND tỉnh trân trọng kính mời (giấy mời số 226/GM-VPUB) tới dự: Họp triển khai văn bản điện tử.\n"
        "\n"
        "Thời gian: 8 giờ 00, thứ Sáu, ngày 09 tháng 8 năm 2024\n"
        "Địa điểm: Phòng họp số 1\n"
        "Chủ trì: Phó Chủ tịch UBND tỉnh\n"
        "\n"
        "Tài liệu gửi kèm:\n"
        "- Dự thảo giấy mời số 226/GM-VPUB; bản ký số sẽ gửi sau\n"
        "- Báo cáo 6 tháng.pdf (bản 2 thay bản 1)\n"
        "\n"
        "Liên hệ: Nguyễn Thị Lan, 0901 234 567; cũng có thể trả lời ngay thư này.\n"
    )


def test_a_move_tells_the_old_and_the_new_time_and_continues_the_thread(blobs):
    moved = replace(
        CONTEXT,
        notice=MeetingNotice.MOVE,
        ordinal=2,
        slot=Slot(starts_at=TWELFTH, place="Hội trường B"),
        before=CONTEXT.slot,
        original=Original(message_id="<meeting-invite.0@mailhub.example>"),
        note="Xin thứ lỗi về sự thay đổi này.",
    )
    _, message = mail(moved, blobs)
    text = message.get_body(("plain",)).get_content()
    assert "Lịch đã báo: 8 giờ 00, thứ Sáu, ngày 09 tháng 8 năm 2024, tại Phòng họp số 1. Lịch mới:" in text
    assert "Thời gian: 14 giờ 00, thứ Hai, ngày 12 tháng 8 năm 2024" in text
    assert "Ghi chú: Xin thứ lỗi về sự thay đổi này." in text
    assert "Thư này (lần 2, 09:40 ngày 01/8/2024) thay thư trước." in text
    assert "Now:" in text
    assert message["In-Reply-To"] == "<meeting-invite.0@mailhub.example>"


@pytest.mark.parametrize("notice", MeetingNotice)
@pytest.mark.parametrize("language", Language)
def test_every_notice_has_its_words_in_every_language(notice, language, blobs):
    context = replace(CONTEXT, notice=notice, before=CONTEXT.slot, ordinal=2, note="n", agenda="a", requirements="r")
    _, message = mail(context, blobs, (language,))
    text = message.get_body(("plain",)).get_content()
    assert CONTEXT.title in message["Subject"]
    assert "226/GM-VPUB" in text
    assert "0901 234 567" in text
    assert "Phòng họp số 1" in text


def test_the_same_context_gives_the_same_bytes(full, blobs):
    assert mail(full, blobs)[0] == mail(full, blobs)[0]


def test_the_draft_is_pdf_a_in_the_office_s_form():
    pdf = draft_pdf(invitation_text(CONTENT, OFFICE))
    assert pdf == draft_pdf(invitation_text(CONTENT, OFFICE))
    assert b"pdfaid:part" in pdf
    words = pypdfium2.PdfDocument(io.BytesIO(pdf))[0].get_textpage().get_text_range()
    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 226/GM-VPUB",
        "Tây Ninh, ngày 01 tháng 8 năm 2024",
        "DỰ THẢO",
        "GIẤY MỜI",
        "Văn phòng UBND tỉnh trân trọng kính mời:",
        "Giám đốc Sở Y tế;",
        "Giám đốc Sở Tài chính.",
        "8 giờ 00, thứ Sáu, ngày 09 tháng 8 năm 2024",
        "Phòng họp số 1",
        "Nguyễn Thị Lan",
        "CHÁNH VĂN PHÒNG",
    ):
        assert said in words, said
