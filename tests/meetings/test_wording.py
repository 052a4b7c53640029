"""The words of an SMS: the office's form, one segment where it can be had, never at the cost of time, place or number."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.errors import RefusedError
from mailhub.meetings.changes import SMS, Message, Recipient
from mailhub.meetings.wording import Occasion, Voice, text_of
from mailhub.notices.meeting_context import MeetingNotice
from sms.alphabet import Alphabet
from sms.text import without_marks
from tests.meetings.building import CONTENT, FINANCE, HEALTH, NOW, TWELFTH

VOICE = Voice(name="VPUB TỈNH", zone=ZoneInfo("Asia/Ho_Chi_Minh"))
TO = Recipient(channel=SMS, address="+84912345671", attendees=(HEALTH,))
MEETING = replace(CONTENT, title="Họp về văn bản điện tử")


def said(notice, content=MEETING, *, ordinal=2, voice=VOICE, before=None, to=TO):
    message = Message(recipient=to, notice=notice, ordinal=ordinal, before=before)
    return text_of(message, Occasion(content=content, made_at=NOW, voice=voice))


def test_a_postponement_has_the_form_of_the_desk():
    text = said(MeetingNotice.POSTPONE)
    assert text.text == (
        "VPUB TINH: HOAN HOP GM 226 (van ban dien tu) 8h00 T6 09/8. CHUA co lich moi, se bao sau. "
        "Tin nay (lan 2, 09h40) thay tin truoc. LH Lan 0901234567"
    )
    assert (text.units, text.segments, text.alphabet) == (145, 1, Alphabet.GSM7)


def test_moving_and_cancelling_are_told_apart_without_marks():
    assert said(MeetingNotice.MOVE, replace(MEETING, starts_at=TWELFTH)).text.startswith(
        "VPUB TINH: CHUYEN LICH HOP GM 226 (van ban dien tu) sang 14h00 T2 12/8 tai Phong hop so 1. "
    )
    assert said(MeetingNotice.CANCEL).text.startswith("VPUB TINH: KHONG HOP NUA (HUY) GM 226 (van ban dien tu) 8h00 T6 09/8. ")


def test_what_is_called_off_is_the_time_that_this_recipient_knows():
    assert " 14h00 T2 12/8. " in said(MeetingNotice.CANCEL, before=replace(MEETING, starts_at=TWELFTH)).text


def test_the_first_text_replaces_none():
    text = said(MeetingNotice.INVITE, ordinal=1).text
    assert text.endswith("Tin lan 1, 09h40. LH Lan 0901234567")
    assert "thay tin truoc" not in text


def test_with_diacritics_where_the_office_wants_them():
    text = said(MeetingNotice.POSTPONE, voice=replace(VOICE, diacritics=True))
    assert text.text.startswith("VPUB TỈNH: HOÃN HỌP GM 226 (văn bản điện tử) 8h00 T6 09/8. CHƯA có lịch mới")
    assert (text.alphabet, text.segments) == (Alphabet.UCS2, 3)


def test_another_year_is_written_out():
    text = said(MeetingNotice.INVITE, replace(MEETING, starts_at=datetime(2025, 1, 6, 1, tzinfo=UTC)), ordinal=1).text
    assert " 8h00 T2 06/01/2025 tai " in text


def test_a_long_title_is_cut_between_words_to_save_a_segment():
    long = replace(MEETING, title="Họp rà soát kết quả thực hiện chuyển đổi số và lộ trình ngừng nhận văn bản giấy toàn tỉnh")
    text = said(MeetingNotice.POSTPONE, long)
    assert text.segments == 1
    assert "GM 226 (ra soat ket qua thuc hien...) 8h00 T6 09/8." in text.text


def test_a_title_is_left_whole_where_cutting_it_saves_nothing():
    place = "Hội trường tầng 3, Trung tâm Hội nghị tỉnh, số 15 đường Nguyễn Tất Thành, phường Tân Ninh, tỉnh Tây Ninh"
    text = said(MeetingNotice.MOVE, replace(MEETING, place=place))
    assert text.segments == 2
    assert "(van ban dien tu)" in text.text
    assert without_marks(place) in text.text


def test_without_a_number_some_title_stays():
    nameless = replace(MEETING, invitation=None, title="Hội ý thường trực về công tác cán bộ của các cơ quan trong tỉnh năm nay")
    assert "(Hoi y thuong truc" in said(MeetingNotice.POSTPONE, nameless).text


def test_an_assistant_s_text_says_that_it_is_a_copy_and_of_whom():
    helper = replace(TO, copy_of=(HEALTH, FINANCE))
    text = said(MeetingNotice.POSTPONE, to=helper, voice=replace(VOICE, max_segments=2)).text
    assert text.startswith("BAN SAO cho tro ly")
    one = said(MeetingNotice.INVITE, ordinal=1, to=replace(TO, copy_of=(HEALTH,))).text
    assert one.startswith("BAN SAO cho tro ly Giam doc So Y te: VPUB TINH: MOI HOP GM 226 (van ban dien tu)")


def test_a_place_that_fits_nowhere_is_refused():
    with pytest.raises(RefusedError, match="shorten --place"):
        said(MeetingNotice.INVITE, replace(MEETING, place="rất dài " * 80))


@given(
    st.sampled_from([MeetingNotice.INVITE, MeetingNotice.MOVE, MeetingNotice.UPDATE]),
    st.text(st.sampled_from("Họpvăn bảnđiệntửƯỄ “”–()"), min_size=1, max_size=200).filter(str.strip),
    st.text(st.sampled_from("Phònghọp12,tầngĐ"), min_size=1, max_size=80).filter(str.strip),
    st.booleans(),
)
def test_time_place_and_number_are_always_whole(notice, title, place, diacritics):
    content = replace(MEETING, title=title, place=place)
    text = said(notice, content, voice=replace(VOICE, diacritics=diacritics, max_segments=5))
    wanted = " ".join((place if diacritics else without_marks(place)).split())
    assert f"8h00 T6 09/8 {'tại' if diacritics else 'tai'} {wanted}." in text.text
    assert "GM 226 " in text.text
    assert "0901234567" in text.text
    assert diacritics or text.alphabet is Alphabet.GSM7
