"""The SMTP door: where it listens, whom it believes, and what one client, one network and all together may take."""

from typing import Annotated

from pydantic import AfterValidator, Field

from mailhub.language import Text
from mailhub.settings.keys import (
    DOMAIN_PATTERN,
    Expected,
    Mark,
    Networks,
    OptionalPath,
    Port,
    Positive,
    Section,
    ip_address,
)


class SmtpSettings(Section):
    """The SMTP door: where mail comes in."""

    about = Text(vi="Cửa SMTP: nơi thư đến.", en="The SMTP door: where mail comes in.")

    listen: Annotated[
        str,
        AfterValidator(ip_address),
        Text(
            vi="Địa chỉ IP lắng nghe. 127.0.0.1: chỉ nhận từ máy này.",
            en="IP address to listen on. 127.0.0.1: only this machine may deliver.",
        ),
    ] = "127.0.0.1"
    port: Annotated[Port, Mark.LIVE, Text(vi="Cổng TCP.", en="TCP port.")] = 8025
    implicit_tls_port: Annotated[
        int,
        Field(ge=0, le=65_535),
        Text(
            vi="Cổng dùng TLS ngay từ đầu (thường là 465), cần tls_certificate; 0 là không mở.",
            en="Port that begins with TLS (commonly 465); needs tls_certificate. 0 opens none.",
        ),
    ] = 0
    processes: Annotated[
        int,
        Field(ge=1, le=16),
        Text(
            vi="Số tiến trình cùng nhận thư ở các cổng này; mỗi tiến trình giữ phần bằng nhau của các giới hạn dưới đây.",
            en="Processes that take mail at these ports; each keeps to an equal share of the limits below.",
        ),
    ] = 1
    hostname: Annotated[
        str,
        Field(pattern=f"{DOMAIN_PATTERN}|^$", max_length=253),
        Expected(Text(vi="một tên miền hoặc để trống", en="a domain name or nothing")),
        Text(vi="Tên xưng trong lời chào; để trống là mail.domain.", en="Name in the greeting; empty means mail.domain."),
    ] = ""
    tls_certificate: Annotated[
        OptionalPath,
        Text(
            vi="Chứng thư TLS (PEM) cho STARTTLS và đăng nhập; để trống là không có TLS.",
            en="TLS certificate (PEM) for STARTTLS and logins; empty means no TLS.",
        ),
    ] = None
    tls_key: Annotated[
        OptionalPath, Text(vi="Khóa riêng (PEM) của chứng thư đó.", en="Private key (PEM) of that certificate.")
    ] = None
    proxy_networks: Annotated[
        Networks,
        Text(
            vi="Proxy (HAProxy, nginx) ở các mạng này phải mở đầu bằng PROXY v1/v2; địa chỉ thật của khách lấy từ đó.",
            en="A proxy (HAProxy, nginx) in these networks must begin with PROXY v1/v2, which tells the client's address.",
        ),
    ] = ()
    exempt_networks: Annotated[
        Networks,
        Text(
            vi="Các mạng không bị giới hạn số phiên và số lần đăng nhập sai theo mạng, ví dụ máy chủ thư biên.",
            en="Networks that limits per network do not hold, such as that of a border mail server.",
        ),
    ] = ("127.0.0.0/8", "::1")
    size_limit_mib: Annotated[
        int,
        Field(ge=1, le=1024),
        Text(vi="Thư lớn nhất được nhận (MiB).", en="Largest mail that is taken (MiB)."),
    ] = 50
    in_flight_mib: Annotated[
        Positive,
        Text(
            vi="Tổng dung lượng các thư đang nhận dở (MiB, ít nhất bằng một thư lớn nhất), một mạng tối đa một nửa; "
            "quá mức thì trả lời 452, gửi lại sau.",
            en="What all mails on their way in may take together (MiB, at least one of the largest), one network half of it; "
            "beyond it: 452, try again.",
        ),
    ] = 1024
    free_disk_mib: Annotated[
        int,
        Field(ge=0),
        Text(
            vi="Đĩa còn trống ít hơn thế này thì không nhận thêm thư (452); 0 là không kiểm tra.",
            en="With less free disk than this no more mail is taken (452); 0 switches that off.",
        ),
    ] = 512
    max_sessions: Annotated[Positive, Text(vi="Số phiên đồng thời tối đa.", en="Most sessions at the same time.")] = 200
    max_sessions_per_network: Annotated[
        Positive,
        Text(
            vi="Số phiên đồng thời tối đa từ một mạng (IPv4 /24, IPv6 /56).",
            en="Most sessions at the same time from one network (IPv4 /24, IPv6 /56).",
        ),
    ] = 50
    max_recipients: Annotated[
        int,
        Field(ge=100, le=10_000),
        Text(
            vi="Số người nhận tối đa của một thư (RFC 5321 đòi ít nhất 100).",
            en="Most recipients of one mail (RFC 5321 asks for at least 100).",
        ),
    ] = 100
    max_errors: Annotated[
        Positive,
        Text(
            vi="Phiên có nhiều lệnh bị từ chối (5xx) hơn thế này, kể từ thư trước, thì bị ngắt.",
            en="A session with more refused commands (5xx) than this since its last mail is ended.",
        ),
    ] = 20
    max_idle_commands: Annotated[
        Positive,
        Text(
            vi="Phiên có nhiều lệnh không đưa thư (NOOP, RSET, EHLO…) hơn thế này, kể từ thư trước, thì bị ngắt.",
            en="A session with more commands that bring no mail (NOOP, RSET, EHLO…) than this since its last mail is ended.",
        ),
    ] = 100
    timeout_seconds: Annotated[
        Positive,
        Text(vi="Phiên im lặng lâu hơn thế này bị ngắt (giây).", en="A session that is silent for longer is ended (seconds)."),
    ] = 300
    session_minutes: Annotated[
        Positive,
        Text(
            vi="Một phiên dài nhất bấy nhiêu phút; thư đang nhận dở vẫn được nhận nốt.",
            en="Longest life of a session (minutes); a mail that is being taken then is still taken.",
        ),
    ] = 240
    least_bytes_per_second: Annotated[
        int,
        Field(ge=0),
        Text(
            vi="Thư phải đến nhanh ít nhất bấy nhiêu byte mỗi giây, tính theo từng quãng data_window_seconds.",
            en="A mail must come at least this fast (bytes a second), over every stretch of data_window_seconds.",
        ),
    ] = 4096
    data_window_seconds: Annotated[
        Positive, Text(vi="Quãng thời gian để tính tốc độ ấy (giây).", en="The stretch that this is measured over (seconds).")
    ] = 180
    login_failures: Annotated[
        Positive,
        Text(
            vi="Một mạng đăng nhập sai bấy nhiêu lần trong login_window_minutes thì phải chờ hết quãng ấy.",
            en="After this many wrong logins within login_window_minutes a network waits until those are over.",
        ),
    ] = 10
    login_window_minutes: Annotated[
        Positive,
        Text(vi="Quãng thời gian đếm các lần sai ấy (phút).", en="The stretch that wrong logins are counted over (minutes)."),
    ] = 15

    @property
    def size_limit(self) -> int:
        """Largest mail in bytes."""
        return self.size_limit_mib << 20
