"""Where revocation data come from, how long they count, and how often filed letters are looked at again."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from mailhub.language import Text
from mailhub.settings.keys import DOMAIN_PATTERN, ExpectationError, Expected, Networks, Positive, Section

HOST = re.compile(DOMAIN_PATTERN.removesuffix("$") + r"(:[0-9]{1,5})?$")


def named_hosts(values: tuple[str, ...]) -> tuple[str, ...]:
    """Each a name, with a port where it is not 80."""
    for value in values:
        if not HOST.match(value):
            raise ExpectationError(
                Text(
                    vi=f"{value!r} không phải tên máy chủ; cần ví dụ ca.gov.vn hoặc ca.gov.vn:8080",
                    en=f"{value!r} is no host; expected such as ca.gov.vn or ca.gov.vn:8080",
                )
            )
    return values


class RevocationSettings(Section):
    """Where lists of revoked certificates are fetched, and how long they count."""

    about = Text(
        vi="Dữ liệu thu hồi chứng thư: tải từ đâu, còn giá trị bao lâu. Cũng nạp được bằng `mailhub trust revocation import`.",
        en="Revocation data: where they are fetched and how long they count. They can be imported as well, by "
        "`mailhub trust revocation import`.",
    )

    hosts: Annotated[
        tuple[str, ...],
        Field(strict=False),
        AfterValidator(named_hosts),
        Expected(Text(vi='một danh sách máy chủ, ví dụ ["ca.gov.vn"]', en='a list of hosts such as ["ca.gov.vn"]')),
        Text(
            vi="Chỉ tải danh sách thu hồi (CRL) và hỏi OCSP ở các máy chủ này; để trống thì không tải gì.",
            en="Lists are fetched from, and responders (OCSP) asked at, these hosts only; empty fetches nothing.",
        ),
    ] = ()
    interval_minutes: Annotated[
        int,
        Field(ge=5, le=7 * 24 * 60),
        Text(
            vi="Tải lại sau từng ấy phút, sớm hơn khi dữ liệu sắp hết hạn.",
            en="Fetch again after this many minutes, earlier where data run out before.",
        ),
    ] = 360
    timeout_seconds: Annotated[
        int,
        Field(ge=1, le=3600),
        Text(
            vi="Một lần tải kéo dài tối đa bao nhiêu giây; có máy chủ mất hơn hai phút.",
            en="How many seconds one exchange may last; some servers take more than two minutes.",
        ),
    ] = 180
    size_limit_mib: Annotated[
        int,
        Field(ge=1, le=512),
        Text(vi="Một danh sách thu hồi dài tối đa bao nhiêu MiB.", en="How large one list may be (MiB)."),
    ] = 64
    private_networks: Annotated[
        Networks,
        Text(
            vi="Mạng không công khai mà máy chủ ở trên được phép nằm trong đó; chỉ cho mạng nội bộ và phòng thử nghiệm.",
            en="Networks that are not public in which the hosts above may lie; for internal networks and laboratories only.",
        ),
    ] = ()
    freshness_days: Annotated[
        int,
        Field(ge=1, le=366),
        Text(
            vi="Dữ liệu thu hồi còn giá trị đến hạn ghi trong đó, và ít nhất từng ấy ngày kể từ ngày phát hành.",
            en="Data count until the date they bear, and for at least this many days after they were issued.",
        ),
    ] = 7
    keep_days: Annotated[
        Positive,
        Text(
            vi="Giữ dữ liệu đã có bản mới hơn trong bao nhiêu ngày.",
            en="For how many days data are kept that newer ones have replaced.",
        ),
    ] = 30
    recheck: Annotated[
        bool,
        Text(
            vi="Kiểm tra lại văn bản đã vào sổ khi chứng thư ký bị thu hồi về sau; thu hồi trước lúc ký thì báo văn thư.",
            en="Check filed letters again when a certificate that signed them is revoked later; a revocation before the signing "
            "becomes a case for a clerk.",
        ),
    ] = True
    rechecks_at_once: Annotated[
        int,
        Field(ge=1, le=1000),
        Text(
            vi="Mỗi lượt kiểm tra lại nhiều nhất bấy nhiêu văn bản, rồi nhường cho thư mới.",
            en="Check at most so many letters again in one go, then give way to new mail.",
        ),
    ] = 20

    @property
    def freshness(self) -> timedelta:
        """For how long data count at least."""
        return timedelta(days=self.freshness_days)
