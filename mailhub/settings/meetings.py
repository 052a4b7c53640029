"""What an office decides about its meetings."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from mailhub.language import Text
from mailhub.settings.keys import Section


class MeetingsSettings(Section):
    """Meetings."""

    about = Text(vi="Họp: giấy mời, dời, hoãn, hủy.", en="Meetings: invitations, changes, cancellations.")

    window_seconds: Annotated[
        int,
        Field(ge=0, le=3600),
        Text(
            vi="Mọi thay đổi chờ bấy nhiêu giây rồi mới gửi; thay đổi kế tiếp trong lúc đó thế chỗ, không gửi hai lần.",
            en="A change waits this many seconds before it leaves; a further one meanwhile takes its place.",
        ),
    ] = 180
    notice_working_days: Annotated[
        int,
        Field(ge=0, le=30),
        Text(
            vi="Nhắc khi giấy mời gửi trước ít hơn số ngày làm việc này (Quyết định 45/2018/QĐ-TTg: 3 ngày).",
            en="Warn when an invitation goes out fewer working days ahead (Decision 45/2018/QĐ-TTg: 3 days).",
        ),
    ] = 3
    length_minutes: Annotated[
        int,
        Field(ge=5, le=24 * 60),
        Text(
            vi="Độ dài ghi trong lịch khi không nêu giờ kết thúc (phút).",
            en="Length that calendars show where no end is given (minutes).",
        ),
    ] = 120
    symbol: Annotated[
        str,
        Field(max_length=40),
        Text(
            vi="Ký hiệu sau số giấy mời, ví dụ GM-VP; để trống là GM-{mã đơn vị}.",
            en="Symbol behind an invitation's number, such as GM-VP; empty means GM-{unit code}.",
        ),
    ] = ""
    short_name: Annotated[
        str,
        Field(max_length=30),
        Text(
            vi="Tên ngắn của cơ quan trong tin nhắn, ví dụ VPUB TỈNH; để trống là mã đơn vị.",
            en="The office's short name in texts, such as VPUB TỈNH; empty means the unit's code.",
        ),
    ] = ""
    parent_name: Annotated[
        str,
        Text(vi="Cơ quan chủ quản ghi trên dự thảo giấy mời.", en="Parent body at the head of a drafted invitation."),
    ] = ""
    locality: Annotated[str, Text(vi="Địa danh ghi trên dự thảo giấy mời.", en="Place name on a drafted invitation.")] = ""
    signing_as: Annotated[
        str,
        Text(
            vi="Quyền hạn, chức vụ người ký trên dự thảo; các dòng cách nhau bằng dấu |, ví dụ TL. CHỦ TỊCH|CHÁNH VĂN PHÒNG.",
            en="Authority and position of the signer on a draft; lines are divided by |, such as TL. CHỦ TỊCH|CHÁNH VĂN PHÒNG.",
        ),
    ] = "THỦ TRƯỞNG CƠ QUAN"
    calendar_names: Annotated[
        Literal["recipient", "all"],
        Text(
            vi="Lịch đính kèm nêu ai: recipient = chỉ người nhận; all = mọi người được mời, cả địa chỉ thư của họ.",
            en="Whom the calendar part names: recipient only, or all who are invited with their mail addresses.",
        ),
    ] = "recipient"
    max_mail_mib: Annotated[
        int,
        Field(ge=1, le=100),
        Text(
            vi="Tổng dung lượng tài liệu gửi kèm một thư mời (MiB).",
            en="Most that the papers of one invitation may take together (MiB).",
        ),
    ] = 20

    @property
    def window(self) -> timedelta:
        """How long a change waits."""
        return timedelta(seconds=self.window_seconds)

    @property
    def length(self) -> timedelta:
        """How long a meeting without an end is taken to be."""
        return timedelta(minutes=self.length_minutes)

    @property
    def signing_lines(self) -> tuple[str, ...]:
        """The lines over the signature."""
        return tuple(line.strip() for line in self.signing_as.split("|") if line.strip())
