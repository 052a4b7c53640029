"""How senders are checked: by our own questions to DNS, or by the results of a border server."""

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, Field

from mailhub.language import Text
from mailhub.settings.keys import DOMAIN_PATTERN, ExpectationError, Expected, Networks, Positive, Section

DNS_PORT = 53
HIGHEST_PORT = 65_535


def _resolver(value: str) -> str:
    """An IP address with an optional port; nothing switches the checks off."""
    if value and resolver_of(value) is None:
        raise ExpectationError(
            Text(
                vi="cần địa chỉ IP của máy chủ DNS, có thể kèm cổng: 127.0.0.1, 127.0.0.1:5353, [::1]:53; hoặc để trống",
                en="expected a DNS server's IP address, perhaps with a port: 127.0.0.1, 127.0.0.1:5353, [::1]:53; or nothing",
            )
        )
    return value


def resolver_of(value: str) -> tuple[str, int] | None:
    """Address and port of a resolver; None where the text is none."""
    host, port = value, str(DNS_PORT)
    if value.startswith("["):
        host, bracket, rest = value[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            return None
        port = rest[1:] or port
    elif value.count(":") == 1:
        host, _, port = value.partition(":")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return None
    if not (port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= HIGHEST_PORT):
        return None
    return host, int(port)


Domain = Annotated[
    str,
    Field(pattern=DOMAIN_PATTERN, max_length=253),
    Expected(Text(vi="một tên miền", en="a domain name")),
]
Domains = Annotated[
    tuple[Domain, ...],
    Field(strict=False),
    Expected(Text(vi='một danh sách tên miền, ví dụ ["example.org"]', en='a list of domain names such as ["example.org"]')),
]


class SendersSettings(Section):
    """How it is checked who sent a mail."""

    about = Text(
        vi="Kiểm tra người gửi (SPF, DKIM, DMARC). Cả resolver và border đều trống: không kiểm tra, địa chỉ gửi có thể bị giả.",
        en="Checking senders (SPF, DKIM, DMARC). With both resolver and border empty nothing is checked: From may be forged.",
    )

    resolver: Annotated[
        str,
        AfterValidator(_resolver),
        Text(
            vi="Máy chủ DNS để tự kiểm tra, ví dụ 127.0.0.1 hoặc 127.0.0.1:5353; để trống là không tự kiểm tra.",
            en="DNS server for our own checks, such as 127.0.0.1 or 127.0.0.1:5353; empty means no checks of our own.",
        ),
    ] = ""
    resolver_seconds: Annotated[
        int,
        Field(ge=1, le=60),
        Text(
            vi="Hỏi DNS cho một thư tối đa bao lâu (giây); quá hạn thì thư vẫn được nhận, kiểm tra lại sau.",
            en="How long DNS may be asked about one mail (seconds); after that the mail is still taken and checked again later.",
        ),
    ] = 10
    cache_minutes: Annotated[
        Positive,
        Text(
            vi="Nhớ câu trả lời của DNS tối đa bao lâu (phút), dù nó ghi dài hơn.",
            en="How long an answer of DNS is remembered at most (minutes), even where it says longer.",
        ),
    ] = 60
    absent_minutes: Annotated[
        Positive,
        Text(
            vi="Nhớ bao lâu rằng một tên không có (phút).", en="How long it is remembered that a name does not exist (minutes)."
        ),
    ] = 5
    border: Annotated[
        str,
        Field(pattern=f"{DOMAIN_PATTERN}|^$", max_length=253),
        Expected(Text(vi="một tên hoặc để trống", en="a name or nothing")),
        Text(
            vi="Tên (authserv-id) mà máy chủ thư biên của ta ghi trong Authentication-Results; để trống là không tin ai.",
            en="Name (authserv-id) that our border mail server writes into Authentication-Results; empty means none is believed.",
        ),
    ] = ""
    border_networks: Annotated[
        Networks,
        Text(
            vi="Máy chủ thư biên nối vào từ các địa chỉ này; chỉ thư từ đây mới được tin kết quả và dấu thư rác ghi sẵn.",
            en="The border server connects from these; results and marks as junk are believed of mail from here only.",
        ),
    ] = ("127.0.0.1", "::1")
    border_hosts: Annotated[
        Domains,
        Text(
            vi="Các tên khác mà hệ thống biên ghi sau «by» trong Received, ví dụ máy lọc thư.",
            en="Other names that the border's machines write behind “by” in Received, such as a filter's.",
        ),
    ] = ()
    arc_sealers: Annotated[
        Domains,
        Text(
            vi="Tin kết quả ARC của các nơi chuyển tiếp này (tên miền d= trong ARC-Seal).",
            en="Forwarders whose ARC results are believed (the domain d= of their ARC-Seal).",
        ),
    ] = ()
    accept_unproved: Annotated[
        bool,
        Text(
            vi="true: địa chỉ đã đăng ký được coi là đúng dù tên miền không công bố gì để kiểm tra; false: để văn thư xem.",
            en="true takes a registered address as genuine although its domain proves nothing; false holds it for a clerk.",
        ),
    ] = False

    @property
    def checked(self) -> bool:
        """Whether senders are checked at all."""
        return bool(self.resolver or self.border)
