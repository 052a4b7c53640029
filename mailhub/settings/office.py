"""What an office decides: its name and contact, what it accepts, how it returns and what it writes."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from mailhub.language import Language, Text
from mailhub.policy.settings import RECOGNISED_TYPES
from mailhub.settings.keys import DomainName, HomePath, Mark, Positive, Section
from parsers.files.model import FileKind


class MailSettings(Section):
    """How this hub is called in the mails it sends."""

    about = Text(vi="Tên của hệ thống trong các thư gửi đi.", en="How this hub is called in the mails it sends.")

    domain: Annotated[
        DomainName,
        Mark.LIVE,
        Text(
            vi="Tên miền của địa chỉ nhận phản hồi (return path) và của Message-ID.",
            en="Domain of the return paths and of the Message-IDs.",
        ),
    ] = "mailhub.localhost"


class ContactSettings(Section):
    """The clerk whom agencies may call; named in every notice."""

    about = Text(
        vi="Văn thư mà cơ quan gửi có thể gọi; ghi trong mọi thông báo.",
        en="The clerk whom agencies may call; named in every notice.",
    )

    name: Annotated[str, Mark.LIVE, Text(vi="Tên.", en="Name.")] = ""
    phone: Annotated[str, Mark.LIVE, Text(vi="Điện thoại.", en="Telephone.")] = ""


class ReturnsSettings(Section):
    """How letters are returned."""

    about = Text(vi="Việc trả lại văn bản.", en="How letters are returned.")

    delay_seconds: Annotated[
        int,
        Field(ge=0, le=24 * 60 * 60),
        Text(
            vi="Thông báo trả chờ bấy nhiêu giây rồi mới đi; trong lúc đó có thể rút.",
            en="A return waits this many seconds before it leaves and can be withdrawn meanwhile.",
        ),
    ] = 600
    legal_basis: Annotated[
        str,
        Mark.LIVE,
        Text(
            vi="Căn cứ ghi trong thông báo: quy chế của chính cơ quan. Còn trống thì máy không tự trả văn bản nào.",
            en="Legal basis named in a return: the office's own regulation. While it is empty nothing is returned by machine.",
        ),
    ] = ""


class PolicySettings(Section):
    """What the office accepts."""

    about = Text(vi="Điều kiện tiếp nhận của cơ quan.", en="What the office accepts.")

    one_signature: Annotated[
        Literal["file", "hold", "return"],
        Text(
            vi="Thiếu một trong hai chữ ký số (người ký, cơ quan): file = vào sổ, hold = để văn thư quyết, return = trả.",
            en="One of the two signatures (person, organisation) is missing: file, hold for a clerk, or return.",
        ),
    ] = "hold"
    unsigned: Annotated[
        Literal["file", "hold", "return"],
        Text(
            vi="Không có chữ ký số nào: file = vào sổ, hold = để văn thư quyết, return = trả.",
            en="No digital signature at all: file, hold for a clerk, or return.",
        ),
    ] = "return"
    changed_before_seal: Annotated[
        Literal["file", "hold"],
        Text(
            vi="Trang 1 được thêm (số, ngày) sau chữ ký cá nhân rồi cơ quan ký số lên toàn tệp: file = vào sổ khi mọi điều "
            "khác đều đúng, hold = để văn thư quyết.",
            en="Page 1 was added to (number, date) after the person's signature, then the organisation sealed the whole file: "
            "file where all else is right, or hold for a clerk.",
        ),
    ] = "hold"
    macros: Annotated[
        Literal["file", "hold", "return"],
        Text(
            vi="Tài liệu Office có macro: file = vào sổ (văn thư bấm duyệt), hold = để văn thư quyết, return = trả.",
            en="Office documents with macros: file (never by itself), hold for a clerk, or return.",
        ),
    ] = "hold"
    allowed_types: Annotated[
        tuple[Annotated[FileKind, Field(strict=False)], ...],
        Field(strict=False, min_length=1),
        Text(vi="Loại tệp được nhận, xét theo nội dung.", en="Kinds of files that are accepted, judged by content."),
    ] = RECOGNISED_TYPES
    pending_minutes: Annotated[
        Positive,
        Text(
            vi="Chờ tối đa bao lâu cho các kiểm tra chưa xong, ví dụ tình trạng thu hồi (phút).",
            en="How long unfinished checks, such as revocation, may keep a letter waiting (minutes).",
        ),
    ] = 240
    pending_retry_minutes: Annotated[
        Positive,
        Text(vi="Trong lúc chờ, kiểm tra lại sau từng ấy phút.", en="While waiting, check again after this many minutes."),
    ] = 15
    two_clerks_to_purge: Annotated[
        bool,
        Text(
            vi="Tiêu hủy nội dung mật cần hai văn thư: người thứ hai gõ lại cùng lệnh thì mới hủy.",
            en="Destroying secret content takes two clerks: only when a second one types the same command is it done.",
        ),
    ] = False


class TrustSettings(Section):
    """How far certificates are believed."""

    about = Text(vi="Mức tin cậy chứng thư số.", en="How far certificates are believed.")

    revocation: Annotated[
        Literal["if-available", "required"],
        Text(
            vi="Tình trạng thu hồi: if-available = xét khi có dữ liệu; required = thiếu dữ liệu thì để văn thư quyết.",
            en="Revocation status: if-available uses what data there is; required holds a letter when there is none.",
        ),
    ] = "if-available"
    expiry_warning_days: Annotated[
        Positive,
        Text(
            vi="Báo trước bấy nhiêu ngày khi một chứng thư trong danh sách tin cậy sắp hết hạn.",
            en="Warn this many days before a certificate of the trust set ends.",
        ),
    ] = 90


class NoticesSettings(Section):
    """Receipts, returns and other mails to agencies."""

    about = Text(vi="Báo nhận, thông báo trả và các thư khác gửi cơ quan.", en="Receipts, returns and other mails to agencies.")

    languages: Annotated[
        tuple[Annotated[Language, Field(strict=False)], ...],
        Field(strict=False, min_length=1),
        Text(vi="Các thứ tiếng trong một thông báo, theo thứ tự.", en="Languages of one notice, in their order."),
    ] = (Language.VI, Language.EN)
    daily_cap: Annotated[
        Positive,
        Text(
            vi="Số thông báo tối đa cho một địa chỉ trong một ngày; quá số đó gộp thành một bản tổng hợp.",
            en="Most notices to one address in a day; what comes beyond is gathered into one digest.",
        ),
    ] = 50
    domain_daily_cap: Annotated[
        Positive,
        Text(
            vi="Số thông báo tối đa cho cả một tên miền trong một ngày; quá số đó gộp thành bản tổng hợp cho từng địa chỉ.",
            en="Most notices to one domain in a day; what comes beyond is gathered into a digest for each address.",
        ),
    ] = 500
    held: Annotated[
        bool,
        Text(
            vi="Báo cho bên gửi khi văn bản được giữ chờ văn thư xem (không báo cho cấp trên và cơ quan Đảng).",
            en="Tell the sender when a letter is held for a clerk (never superior or Party bodies).",
        ),
    ] = False
    digest_minutes: Annotated[
        int,
        Field(ge=1, le=24 * 60),
        Text(
            vi="Bản tổng hợp gom các thông báo vượt mức trong bấy nhiêu phút.",
            en="A digest gathers what is beyond the cap for this many minutes.",
        ),
    ] = 60
    templates: Annotated[
        HomePath,
        Text(
            vi="Thư mục mẫu thông báo của cơ quan, thay cho mẫu có sẵn.",
            en="Folder of the office's own templates, used instead of the built-in ones.",
        ),
    ] = Path("templates")

    @property
    def digest_after(self) -> timedelta:
        """How long a digest gathers."""
        return timedelta(minutes=self.digest_minutes)
