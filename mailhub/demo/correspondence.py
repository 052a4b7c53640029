"""The mails of the demo, each with the letters it carries; what goes wrong in a mail is made here and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from mailhub.demo.cast import (
    CONSTRUCTION,
    EDUCATION,
    FINANCE,
    HEALTH,
    HOME_AFFAIRS,
    INSPECTORATE,
    JUSTICE,
    MEETING_PLACE,
    OFFICE,
    OWN_OFFICE,
    Correspondent,
)
from mailhub.demo.dossier import Attached, Content, Desk, Table, date_in_words, reference
from mailhub.demo.signing import flip_byte, replace_page
from mailhub.meetings.signed import LetterFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail ready for SMTP."""

    sender: str
    message_id: str
    raw: bytes


_BUDGET = Content(
    number=226,
    unit="NS",
    subject="báo cáo quyết toán ngân sách địa phương 6 tháng đầu năm",
    body=(
        (
            "Thực hiện Công văn số 1043/UBND-KT của Ủy ban nhân dân tỉnh về việc tổng hợp quyết toán ngân sách địa phương "
            "6 tháng đầu năm, Sở Tài chính báo cáo như sau:"
        ),
        (
            "Tổng thu ngân sách nhà nước trên địa bàn đạt 6.482 tỷ đồng, bằng 54,7% dự toán được giao và tăng 8,2% so với cùng "
            "kỳ; tổng chi cân đối ngân sách địa phương là 4.915 tỷ đồng, bằng 46,1% dự toán. Số liệu chi tiết nêu tại các phụ "
            "lục kèm theo."
        ),
    ),
    enclosures=(
        "Phụ lục 1: Tổng hợp thu ngân sách nhà nước trên địa bàn",
        "Phụ lục 2: Tổng hợp chi ngân sách địa phương",
    ),
    closing=("Sở Tài chính kính trình Ủy ban nhân dân tỉnh xem xét, cho ý kiến chỉ đạo./.",),
)
_REVENUE = Table(
    label="Phụ lục 1",
    title="Tổng hợp thu ngân sách nhà nước trên địa bàn",
    columns=("TT", "Nội dung", "Dự toán năm", "6 tháng", "Tỷ lệ (%)"),
    rows=(
        ("1", "Thu nội địa", "9.850", "5.402", "54,8"),
        ("2", "Thu từ hoạt động xuất nhập khẩu", "2.000", "1.080", "54,0"),
        ("", "Tổng cộng (tỷ đồng)", "11.850", "6.482", "54,7"),
    ),
)
_SPENDING = Table(
    label="Phụ lục 2",
    title="Tổng hợp chi ngân sách địa phương",
    columns=("TT", "Nội dung", "Dự toán năm", "6 tháng", "Tỷ lệ (%)"),
    rows=(
        ("1", "Chi đầu tư phát triển", "3.914", "1.702", "43,5"),
        ("2", "Chi thường xuyên", "6.748", "3.213", "47,6"),
        ("", "Tổng cộng (tỷ đồng)", "10.662", "4.915", "46,1"),
    ),
)
_POSTS = Content(
    number=540,
    unit="TCBC",
    subject="giao số lượng người làm việc trong các đơn vị sự nghiệp công lập",
    body=(
        (
            "Căn cứ ý kiến của Ban Thường vụ Tỉnh ủy, Sở Nội vụ đề nghị Ủy ban nhân dân tỉnh giao 14.260 người làm việc hưởng "
            "lương từ ngân sách nhà nước trong các đơn vị sự nghiệp công lập của tỉnh."
        ),
        "Sở Nội vụ kính trình Ủy ban nhân dân tỉnh xem xét, quyết định./.",
    ),
)
_ROAD = Content(
    number=91,
    unit="QLXD",
    subject="điều chỉnh tổng mức đầu tư dự án nâng cấp đường tỉnh 785",
    body=(
        "Sau khi thẩm định hồ sơ của chủ đầu tư, Sở Xây dựng thống nhất tổng mức đầu tư sau điều chỉnh là 45,2 tỷ đồng.",
        "Sở Xây dựng kính trình Ủy ban nhân dân tỉnh xem xét, phê duyệt./.",
    ),
)
_SCHOOLS = Content(
    number=312,
    unit="KHTC",
    subject="bổ sung kinh phí sửa chữa trường, lớp học",
    body=(
        (
            "Sở Giáo dục và Đào tạo đề nghị Ủy ban nhân dân tỉnh bổ sung 12,6 tỷ đồng sửa chữa 38 phòng học xuống cấp trước "
            "năm học mới."
        ),
        "Kính trình Ủy ban nhân dân tỉnh xem xét, quyết định./.",
    ),
)
_INSPECTION = Content(
    number=12,
    unit="NV1",
    type="BÁO CÁO",
    abbreviation="BC",
    subject="Kết quả xác minh đơn số 07",
    marks=("MẬT",),
    body=("Thực hiện chỉ đạo của Chủ tịch Ủy ban nhân dân tỉnh, Thanh tra tỉnh báo cáo kết quả xác minh như sau./.",),
)
_REVIEW = Content(
    number=77,
    unit="XDKT",
    subject="thẩm định dự thảo Quyết định ban hành Quy chế phối hợp",
    body=("Sở Tư pháp gửi Ủy ban nhân dân tỉnh kết quả thẩm định dự thảo Quyết định ban hành Quy chế phối hợp.",),
    enclosures=(
        "Phụ lục 1: Bảng tổng hợp ý kiến góp ý",
        "Phụ lục 2: Danh mục văn bản liên quan",
        "Phụ lục 3: Bảng so sánh các điều khoản",
    ),
    closing=("Sở Tư pháp kính trình Ủy ban nhân dân tỉnh xem xét, quyết định./.",),
)
_OPINIONS = Table(
    label="Phụ lục 1",
    title="Bảng tổng hợp ý kiến góp ý",
    columns=("TT", "Cơ quan góp ý", "Số ý kiến", "Đã tiếp thu"),
    rows=(("1", "Sở Tài chính", "4", "3"), ("2", "Sở Nội vụ", "2", "2")),
)
_RELATED = Table(
    label="Phụ lục 2",
    title="Danh mục văn bản liên quan",
    columns=("TT", "Văn bản", "Năm"),
    rows=(("1", "Nghị định số 30/2020/NĐ-CP", "2020"), ("2", "Quyết định số 28/2018/QĐ-TTg", "2018")),
)
_RULES = Content(
    number=231,
    unit="HCSN",
    subject="hướng dẫn lập dự toán chi ngân sách năm sau",
    body=(
        "Sở Tài chính trình Ủy ban nhân dân tỉnh dự thảo hướng dẫn lập dự toán chi ngân sách năm sau của các sở, ban, ngành.",
        "Kính trình Ủy ban nhân dân tỉnh xem xét, quyết định./.",
    ),
)
_INVITATION = Content(
    number=12,
    unit="HCTC",
    type="GIẤY MỜI",
    abbreviation="GM",
    subject="Họp đánh giá kết quả gửi, nhận văn bản điện tử",
    body=("Văn phòng Ủy ban nhân dân tỉnh trân trọng kính mời Quý cơ quan dự họp.",),
    addressees=("Giám đốc các sở, ban, ngành tỉnh",),
    closing=("Trân trọng kính mời./.",),
)
_UNTIL_MEETING = timedelta(days=9)
_SATURDAY = 5
_HEALTH = (
    Content(
        number=319,
        unit="NVY",
        subject="phòng, chống bệnh sốt xuất huyết mùa mưa",
        body=("Sở Y tế báo cáo tình hình và đề nghị các xã, phường ra quân diệt lăng quăng vào chủ nhật hằng tuần./.",),
    ),
    Content(
        number=320,
        unit="KHTC",
        subject="mua sắm thuốc tập trung cấp địa phương",
        body=("Sở Y tế trình Ủy ban nhân dân tỉnh kế hoạch lựa chọn nhà thầu mua thuốc tập trung năm tới./.",),
    ),
    Content(
        number=321,
        unit="TCCB",
        subject="cử viên chức tham gia đoàn công tác biên giới",
        body=("Sở Y tế cử 06 viên chức tham gia đoàn khám bệnh lưu động tại các xã biên giới trong quý IV./.",),
    ),
)


class Correspondence:
    """Writes the mails one by one, so that making a letter and sending the one before can overlap."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._budget = (
            desk.letter(FINANCE, _BUDGET),
            desk.annex(FINANCE, _BUDGET, _REVENUE),
            desk.annex(FINANCE, _BUDGET, _SPENDING),
        )

    @property
    def now(self) -> datetime:
        """The local time at which the mails leave."""
        return self._desk.now

    @property
    def issued_on(self) -> date:
        """The day that the letters bear."""
        return self._desk.day

    @property
    def meeting_at(self) -> datetime:
        """Eight o'clock on a weekday of the week after next."""
        day = (self._desk.now + _UNTIL_MEETING).date()
        while day.weekday() >= _SATURDAY:
            day += timedelta(days=1)
        return datetime.combine(day, time(8), self._desk.now.tzinfo)

    def invitation(self, *, sealed: bool) -> LetterFile:
        """The office's giấy mời, signed by its head and, if `sealed`, by the office."""
        when = (f"Thời gian: 8 giờ 00, {date_in_words(self.meeting_at)}.", f"Địa điểm: {MEETING_PLACE}.")
        letter = self._desk.letter(OWN_OFFICE, replace(_INVITATION, body=(*_INVITATION.body, *when)), sealed=sealed)
        return LetterFile(name=letter.name, content=letter.content)

    def after_its_paper(self) -> Mail:
        """A complete letter whose paper has been handed in already."""
        return self._letter_mail(FINANCE, _RULES, (self._desk.letter(FINANCE, _RULES),))

    def correct(self) -> Mail:
        """A letter with both signatures and both of its annexes."""
        return self._letter_mail(FINANCE, _BUDGET, self._budget)

    def again(self) -> Mail:
        """The same files in a new mail."""
        return self._letter_mail(FINANCE, _BUDGET, self._budget, greeting="Văn thư Sở xin gửi lại, đề phòng thư trước thất lạc.")

    def flipped(self) -> Mail:
        """One bit changed after signing, in the file's properties, where nobody sees it."""
        letter = self._desk.letter(HOME_AFFAIRS, _POSTS)
        broken = replace(letter, content=flip_byte(letter.content, b"<xmp:CreateDate>"))
        return self._letter_mail(HOME_AFFAIRS, _POSTS, (broken,))

    def page_replaced(self) -> Mail:
        """Ten times the money on the page that shows, while every signed byte is still in the file."""
        letter = self._desk.letter(CONSTRUCTION, _ROAD)
        other = replace(_ROAD, body=(_ROAD.body[0].replace("45,2", "452"), *_ROAD.body[1:]))
        shown = self._desk.compose(CONSTRUCTION, other).pdf
        changed = replace(letter, content=replace_page(letter.content, 0, shown))
        return self._letter_mail(CONSTRUCTION, _ROAD, (changed,))

    def paper_only(self) -> Mail:
        """A letter that came by post, announced without its electronic copy."""
        text = (
            "Kính gửi Văn thư Văn phòng UBND tỉnh,\n\n"
            f"Sở Y tế đã gửi bản giấy Công văn số 318/SYT-NVY {self._desk.today} về việc triển khai tiêm chủng mở rộng qua "
            "đường bưu chính. Đề nghị Văn thư kiểm tra và tiếp nhận.\n\nTrân trọng./."
        )
        return _mail(self._desk, HEALTH.address, "Thông báo gửi văn bản giấy số 318/SYT-NVY", text, ())

    def one_signature(self) -> Mail:
        """Signed by the director, never sealed by the agency."""
        return self._letter_mail(EDUCATION, _SCHOOLS, (self._desk.letter(EDUCATION, _SCHOOLS, sealed=False),))

    def secret(self) -> Mail:
        """A report under a mark of secrecy, which has no business in the mail."""
        return self._letter_mail(INSPECTORATE, _INSPECTION, (self._desk.letter(INSPECTORATE, _INSPECTION),))

    def enclosure_missing(self) -> Mail:
        """Three annexes announced, two attached."""
        files = (
            self._desk.letter(JUSTICE, _REVIEW),
            self._desk.annex(JUSTICE, _REVIEW, _OPINIONS),
            self._desk.annex(JUSTICE, _REVIEW, _RELATED),
        )
        return self._letter_mail(JUSTICE, _REVIEW, files)

    def three_letters(self) -> Mail:
        """Three numbered letters in one mail."""
        files = tuple(self._desk.letter(HEALTH, content) for content in _HEALTH)
        references = ", ".join(reference(HEALTH, content) for content in _HEALTH)
        text = f"Kính gửi Văn thư Văn phòng UBND tỉnh,\n\nSở Y tế gửi 03 văn bản số {references}.\n\nTrân trọng./."
        return _mail(self._desk, HEALTH.address, f"Sở Y tế gửi 03 văn bản số {references}", text, files)

    def broken(self) -> Mail:
        """A mail that was cut off on the way: no closing boundary, a PDF without its end."""
        content = replace(_ROAD, number=92, subject="công bố giá vật liệu xây dựng")
        whole = self._letter_mail(CONSTRUCTION, content, (self._desk.letter(CONSTRUCTION, content),))
        return replace(whole, raw=whole.raw[: len(whole.raw) // 12])

    def junk(self) -> Mail:
        """An advertisement that the mail server before the hub has marked."""
        text = "Duy nhất hôm nay: giảm 50% cho 100 khách hàng đầu tiên! Bấm vào liên kết để nhận ưu đãi."
        return _mail(self._desk, "khuyenmai@uudai.example", "[QC] GIẢM GIÁ 50% HÔM NAY", text, (), ("X-Spam-Flag", "YES"))

    def _letter_mail(self, by: Correspondent, content: Content, files: Sequence[Attached], greeting: str = "") -> Mail:
        number = reference(by, content)
        text = (
            f"Kính gửi Văn thư Văn phòng UBND tỉnh,\n\n{by.name} gửi văn bản số {number} {self._desk.today}: "
            f"{content.subject}.\n{greeting}\nTrân trọng./.\n\nVăn thư {by.name}"
        )
        return _mail(self._desk, by.address, f"{by.name} gửi văn bản số {number}", text, files)


def _mail(
    desk: Desk, sender: str, subject: str, text: str, files: Sequence[Attached], header: tuple[str, str] | None = None
) -> Mail:
    message = EmailMessage(policy=SMTP)
    message_id = make_msgid(domain=sender.partition("@")[2])
    message["From"] = sender
    message["To"] = OFFICE.address
    message["Subject"] = subject
    message["Date"] = format_datetime(desk.now)
    message["Message-ID"] = message_id
    if header is not None:
        message[header[0]] = header[1]
    message.set_content(text, cte="base64")
    for file in files:
        message.add_attachment(file.content, maintype="application", subtype="pdf", filename=file.name)
    return Mail(sender=sender, message_id=message_id, raw=message.as_bytes())
