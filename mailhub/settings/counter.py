"""What an office decides about paper: its working days and hours, how long the e-copy is waited for."""

from datetime import date, time
from typing import Annotated

from pydantic import Field

from mailhub.language import Text
from mailhub.settings.keys import Expected, Section

ClockTime = Annotated[
    str,
    Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$"),
    Expected(Text(vi='giờ trong ngày, ví dụ "07:30"', en='a time of day such as "07:30"')),
]
Days = Annotated[
    tuple[Annotated[date, Field()], ...],
    Field(strict=False),
    Expected(Text(vi="một danh sách ngày, ví dụ [2027-04-29]", en="a list of days such as [2027-04-29]")),
]
Years = Annotated[
    tuple[Annotated[int, Field(ge=2000, le=2200)], ...],
    Field(strict=False),
    Expected(Text(vi="một danh sách năm, ví dụ [2027]", en="a list of years such as [2027]")),
]


class CalendarSettings(Section):
    """The office's working days: public holidays of Viet Nam are known, its own days stand here."""

    about = Text(
        vi="Ngày làm việc. Ngày lễ của Việt Nam đã có sẵn; ở đây ghi ngày nghỉ và ngày làm bù của riêng cơ quan.",
        en="Working days. Public holidays of Viet Nam are known; here stand the office's own days off and swap days.",
    )

    opens: Annotated[ClockTime, Text(vi="Giờ mở cửa.", en="When the office opens.")] = "07:30"
    closes: Annotated[ClockTime, Text(vi="Giờ đóng cửa.", en="When the office closes.")] = "17:00"
    days_off: Annotated[Days, Text(vi="Ngày nghỉ thêm, ngày hoán đổi.", en="More days off, swapped ones among them.")] = ()
    working_days: Annotated[
        Days, Text(vi="Ngày làm bù, thường là thứ bảy.", en="Days that are worked instead, mostly Saturdays.")
    ] = ()
    confirmed_years: Annotated[
        Years,
        Text(
            vi="Năm đã đối chiếu lịch nghỉ với thông báo; chưa có thì từ 01/12 máy nhắc lịch của năm sau.",
            en="Years whose days off were compared with the announcement; else the next year is asked for from 1 December.",
        ),
    ] = ()

    @property
    def hours(self) -> tuple[time, time]:
        """When the office opens and closes."""
        return time.fromisoformat(self.opens), time.fromisoformat(self.closes)


class CounterSettings(Section):
    """Paper that is handed in."""

    about = Text(vi="Bản giấy nộp tại quầy văn thư.", en="Paper that is handed in at the counter.")

    wait_working_days: Annotated[
        int,
        Field(ge=0, le=30),
        Text(
            vi="Chờ bản điện tử bấy nhiêu ngày làm việc rồi mới đề nghị trả; 0 là không chờ.",
            en="Wait this many working days for the e-copy before a return is proposed; 0 means no wait.",
        ),
    ] = 1
    pick_up_working_days: Annotated[
        int,
        Field(ge=1, le=60),
        Text(
            vi="Mời nhận lại bản giấy trong bấy nhiêu ngày làm việc kể từ khi báo trả.",
            en="Paper that is returned may be fetched within this many working days after the notice.",
        ),
    ] = 6
