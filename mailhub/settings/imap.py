"""Mailboxes of other servers that the hub takes mail out of: one `[imap.NAME]` for each account."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from mailhub.language import Text
from mailhub.settings.keys import DOMAIN_PATTERN, ExpectationError, Expected, Mark, OptionalPath, Port, Positive, Section

Command = Annotated[
    tuple[str, ...],
    Field(strict=False),
    Expected(
        Text(
            vi='một danh sách: chương trình và các tham số, ví dụ ["/usr/local/bin/token", "vanthu"]',
            en='a list: a program and its arguments, such as ["/usr/local/bin/token", "vanthu"]',
        )
    ),
]
Names = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...],
    Field(strict=False, min_length=1),
    Expected(Text(vi='một danh sách tên thư mục, ví dụ ["INBOX"]', en='a list of folder names such as ["INBOX"]')),
]
Name = Annotated[str, Field(min_length=1), Expected(Text(vi="một tên thư mục", en="the name of a folder"))]


def _day(value: str) -> str:
    try:
        if value:
            date.fromisoformat(value)
    except ValueError as error:
        raise ExpectationError(
            Text(vi='cần một ngày, ví dụ "2026-01-31", hoặc để trống', en='expected a day such as "2026-01-31", or nothing')
        ) from error
    return value


class ImapSettings(Section):
    """One IMAP account."""

    about = Text(
        vi="Cửa IMAP: lấy thư từ hộp thư ở máy chủ khác. Mỗi hộp thư một mục [imap.TÊN], tên gồm a-z, 0-9 và _.",
        en="The IMAP door: takes mail out of mailboxes on other servers. One [imap.NAME] for each, of a-z, 0-9 and _.",
    )

    host: Annotated[str, Text(vi="Máy chủ IMAP.", en="The IMAP server.")] = ""
    port: Annotated[
        Port, Text(vi="Cổng: 993 cho implicit, 143 cho starttls.", en="Port: 993 for implicit, 143 for starttls.")
    ] = 993
    tls: Annotated[
        Literal["implicit", "starttls", "none"],
        Text(
            vi="Mã hóa đường truyền; none chỉ dùng trong cùng một máy.",
            en="How the way to the server is encrypted; none is for the same machine only.",
        ),
    ] = "implicit"
    ca_file: Annotated[
        OptionalPath,
        Text(
            vi="Chứng thư gốc (PEM) của máy chủ; để trống là theo máy này.",
            en="Root certificates (PEM) for the server; empty means those of this machine.",
        ),
    ] = None
    user: Annotated[str, Text(vi="Tên đăng nhập.", en="User name.")] = ""
    password: Annotated[
        str,
        Field(repr=False),
        Mark.SECRET,
        Text(
            vi="Mật khẩu; nên đặt bằng biến môi trường, ví dụ MAILHUB_IMAP__VANTHU__PASSWORD.",
            en="Password; better set by the environment, for example MAILHUB_IMAP__VANTHU__PASSWORD.",
        ),
    ] = ""
    password_file: Annotated[
        OptionalPath, Text(vi="Hoặc tệp có mật khẩu ở dòng đầu.", en="Or a file with the password in its first line.")
    ] = None
    password_command: Annotated[Command, Text(vi="Hoặc lệnh in ra mật khẩu.", en="Or a command that prints the password.")] = ()
    token_file: Annotated[
        OptionalPath,
        Text(
            vi="Hoặc tệp có mã truy cập OAuth (XOAUTH2), được chương trình khác làm mới.",
            en="Or a file with an OAuth access token (XOAUTH2) that another program keeps fresh.",
        ),
    ] = None
    token_command: Annotated[
        Command,
        Text(
            vi="Hoặc lệnh in ra mã truy cập OAuth còn hạn; chạy lại ở mỗi lần đăng nhập.",
            en="Or a command that prints a valid OAuth access token; run anew for every login.",
        ),
    ] = ()
    recipient: Annotated[
        str,
        Text(vi="Địa chỉ của đơn vị nhận thư trong hộp này.", en="The address of the unit that gets this mailbox's mail."),
    ] = ""
    recipient_header: Annotated[
        Literal["", "Delivered-To", "X-Original-To"],
        Text(
            vi="Trường do chính máy chủ này ghi khi phát thư, cho biết đơn vị nào nhận; để trống là luôn theo recipient.",
            en="The field by which this very server tells at delivery which unit gets the mail; empty: recipient always does.",
        ),
    ] = ""
    folders: Annotated[Names, Text(vi="Các thư mục để lấy thư.", en="The folders that mail is taken out of.")] = ("INBOX",)
    authserv_id: Annotated[
        str,
        Field(pattern=f"{DOMAIN_PATTERN}|^$", max_length=253),
        Expected(Text(vi="một tên hoặc để trống", en="a name or nothing")),
        Text(
            vi="Tin Authentication-Results dưới tên này; chỉ điền khi nhà cung cấp xóa các bản giả. Để trống là không tin.",
            en="Authentication-Results under this name are believed; only where the provider strips forged ones. Empty: none.",
        ),
    ] = ""
    mode: Annotated[
        Literal["move", "flag"],
        Text(
            vi="move = chuyển thư đã nhận sang thư mục taken; flag = để nguyên cho người khác đọc và gắn từ khóa $MailhubTaken.",
            en="move puts mail that was taken into the folder taken; flag leaves it to people who read it, with $MailhubTaken.",
        ),
    ] = "move"
    taken: Annotated[Name, Text(vi="Thư mục của thư đã nhận.", en="The folder of mail that was taken.")] = "Đã tiếp nhận"
    rejected: Annotated[
        Name,
        Text(
            vi="Thư mục của thư không nhận được: quá lớn, hoặc máy chủ không đưa ra được.",
            en="The folder of mail that was not taken: too large, or the server cannot give it.",
        ),
    ] = "Không tiếp nhận"
    since: Annotated[
        str,
        AfterValidator(_day),
        Text(
            vi='Không lấy thư đến hộp này trước ngày này, ví dụ "2026-01-31"; để trống là lấy hết.',
            en='Leave mail alone that came before this day, such as "2026-01-31"; empty takes all.',
        ),
    ] = ""
    idle: Annotated[
        bool,
        Text(
            vi="Chờ máy chủ báo thư mới (IDLE) nếu máy chủ có.",
            en="Let the server tell of new mail (IDLE), where it can.",
        ),
    ] = True
    poll_seconds: Annotated[
        int,
        Field(ge=5, le=1500),
        Text(vi="Khoảng cách giữa hai lần xem hộp thư (giây).", en="Time between two looks into the mailbox (seconds)."),
    ] = 60
    timeout_seconds: Annotated[
        Positive, Text(vi="Chờ máy chủ trả lời tối đa (giây).", en="Wait this long for the server's answer (seconds).")
    ] = 60
    size_limit_mib: Annotated[
        int,
        Field(ge=1, le=1024),
        Text(vi="Thư lớn nhất được nhận (MiB).", en="Largest mail that is taken (MiB)."),
    ] = 50

    @property
    def size_limit(self) -> int:
        """Largest mail in bytes."""
        return self.size_limit_mib << 20

    @property
    def secrets(self) -> tuple[str, ...]:
        """The keys that say what is logged in with; one is right."""
        sources: dict[str, str | Path | tuple[str, ...] | None] = {
            "password": self.password,
            "password_file": self.password_file,
            "password_command": self.password_command,
            "token_file": self.token_file,
            "token_command": self.token_command,
        }
        return tuple(name for name, value in sources.items() if value)
