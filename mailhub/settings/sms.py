"""How texts leave: the gateway, what a text may cost, and what is done when nobody knows whether one was sent."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from mailhub.language import Text
from mailhub.settings.keys import ExpectationError, Expected, HomePath, Mark, Port, Positive, Section


def _gateway_url(url: str) -> str:
    """An empty URL is Twilio's own; a path may follow the host, nothing else."""
    if not url or (url.startswith(("https://", "http://")) and "@" not in url and "?" not in url and "#" not in url):
        return url
    raise ExpectationError(
        Text(
            vi="cần một URL bắt đầu bằng https:// (http:// chỉ để thử), hoặc để trống",
            en="expected a URL that begins with https:// (http:// for trying out only), or nothing",
        )
    )


def _ascii(most: int) -> tuple[object, Expected]:
    """The limits of a C-octet string, and how they are said; beyond them SMPP has no room."""
    return Field(pattern=rf"^[ -~]{{0,{most}}}$"), Expected(
        Text(
            vi=f"tối đa {most} ký tự không dấu trong dấu ngoặc kép",
            en=f"at most {most} characters of ASCII in quotation marks",
        )
    )


Octet = Annotated[int, Field(ge=0, le=255)]
Countries = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...],
    Field(strict=False, min_length=1),
    Expected(Text(vi='một danh sách mã nước, ví dụ ["VN"]', en='a list of country codes such as ["VN"]')),
]


class SmsSettings(Section):
    """SMS."""

    about = Text(vi="Tin nhắn SMS.", en="SMS.")

    gateway: Annotated[
        Literal["none", "folder", "twilio", "smpp"],
        Mark.LIVE,
        Text(
            vi="none = không nhắn tin; folder = ghi vào thư mục để thử; twilio, smpp = gửi thật.",
            en="none sends no text; folder writes them to a folder for trying out; twilio and smpp send.",
        ),
    ] = "none"
    folder: Annotated[HomePath, Text(vi="Thư mục của gateway = folder.", en="The folder of gateway = folder.")] = Path("sms")
    sender: Annotated[
        str,
        *_ascii(20),
        Text(
            vi="Tên định danh (brandname) hoặc số gửi đi; nhà mạng phải đăng ký trước tên này.",
            en="Sender name or number that texts come from; carriers want names registered first.",
        ),
    ] = ""
    timeout_seconds: Annotated[
        Positive, Text(vi="Chờ cổng tin nhắn trả lời tối đa (giây).", en="Wait this long for the gateway's answer (seconds).")
    ] = 10
    diacritics: Annotated[
        bool,
        Text(
            vi="Nhắn tin có dấu: một tin chỉ còn 70 ký tự thay vì 160.",
            en="Send texts with diacritics: a text then holds 70 characters instead of 160.",
        ),
    ] = False
    max_segments: Annotated[
        int,
        Field(ge=1, le=10),
        Text(vi="Số phần tối đa của một tin nhắn.", en="Most segments that one text may take."),
    ] = 3
    ask_above: Annotated[
        int,
        Field(ge=0),
        Text(
            vi="Gửi cho nhiều người hơn số này thì văn thư phải gõ lại số người.",
            en="Above this many recipients a clerk has to type their number.",
        ),
    ] = 20
    daily_limit: Annotated[
        int,
        Field(ge=1),
        Text(
            vi="Số tin nhắn tối đa của một đơn vị trong một ngày; quá số này tin được giữ lại chờ văn thư (outbox retry).",
            en="Most texts of a unit in a day; what is beyond is held for a clerk (outbox retry).",
        ),
    ] = 500
    countries: Annotated[
        Countries, Text(vi="Các nước được nhắn tin tới (ISO 3166).", en="Countries that texts may go to (ISO 3166).")
    ] = ("VN",)
    uncertain: Annotated[
        Literal["clerk", "resend"],
        Text(
            vi="Không rõ tin đã đi hay chưa và cổng không có danh sách để hỏi: clerk = chờ văn thư, resend = gửi lại.",
            en="Nobody knows whether a text was sent and the gateway has no list to ask: wait for a clerk, or resend.",
        ),
    ] = "clerk"
    twilio_account: Annotated[str, Text(vi="Account SID của Twilio.", en="Twilio's Account SID.")] = ""
    twilio_token: Annotated[
        str,
        Field(repr=False),
        Mark.SECRET,
        Text(vi="Auth Token của Twilio; nên đặt bằng biến môi trường.", en="Twilio's Auth Token; better set by the environment."),
    ] = ""
    twilio_service: Annotated[
        str,
        Text(
            vi="Messaging Service SID; có thì dùng thay cho sender.",
            en="Messaging Service SID; where given, used instead of sender.",
        ),
    ] = ""
    twilio_base_url: Annotated[
        str,
        AfterValidator(_gateway_url),
        Text(vi="Địa chỉ API; để trống là của Twilio.", en="Address of the API; empty means Twilio's own."),
    ] = ""
    smpp_host: Annotated[str, Text(vi="Máy chủ SMPP của nhà mạng.", en="The carrier's SMPP server.")] = ""
    smpp_port: Annotated[Port, Text(vi="Cổng của máy chủ SMPP.", en="Its port.")] = 2775
    smpp_tls: Annotated[bool, Text(vi="Mã hóa đường truyền SMPP (TLS).", en="Encrypt the SMPP link (TLS).")] = False
    smpp_system_id: Annotated[
        str,
        *_ascii(15),
        Text(vi="Tên đăng nhập SMPP (system_id).", en="SMPP user name (system_id)."),
    ] = ""
    smpp_password: Annotated[
        str,
        *_ascii(8),
        Field(repr=False),
        Mark.SECRET,
        Text(vi="Mật khẩu SMPP; nên đặt bằng biến môi trường.", en="SMPP password; better set by the environment."),
    ] = ""
    smpp_source_ton: Annotated[
        Octet,
        Text(vi="Kiểu số (TON) của sender: 5 = tên, 1 = số quốc tế.", en="Type of number of sender: 5 name, 1 international."),
    ] = 5
    smpp_source_npi: Annotated[Octet, Text(vi="Kế hoạch đánh số (NPI) của sender.", en="Numbering plan of sender.")] = 0
    smpp_long_texts: Annotated[
        Literal["segments", "payload"],
        Text(
            vi="Tin dài: segments = gửi từng phần; payload = gửi trọn trong message_payload nếu nhà mạng nhận.",
            en="Long texts: in segments, or whole in message_payload where the carrier takes it.",
        ),
    ] = "segments"
