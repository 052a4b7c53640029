"""The keys that this hub signs with, and the authority that timestamps."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from mailhub.language import Text
from mailhub.settings.keys import ExpectationError, Expected, Mark, OptionalPath, Positive, Section


def http_address(value: str) -> str:
    """An address of a timestamping authority: http or https."""
    parts = urlsplit(value)
    if not value or (parts.scheme in {"http", "https"} and parts.hostname):
        return value
    raise ExpectationError(
        Text(vi="cần địa chỉ http:// hoặc https://, hoặc để trống", en="expected an http:// or https:// address, or nothing")
    )


Secret = Annotated[str, Field(repr=False), Mark.SECRET]
WebAddress = Annotated[
    str,
    AfterValidator(http_address),
    Expected(Text(vi="một địa chỉ http(s), hoặc để trống", en="an http(s) address or nothing")),
]


class SigningSettings(Section):
    """Own signatures: on what leaves, and the unit's seal."""

    about = Text(
        vi="Chữ ký số của chính cơ quan: chứng thư hệ thống cho báo nhận và phiếu, con dấu số chỉ theo lệnh của văn thư.",
        en="Own signatures: a system certificate for receipts and slips, the unit's seal only by a clerk's act.",
    )

    system_file: Annotated[
        OptionalPath,
        Text(
            vi="Chứng thư hệ thống: tệp PKCS#12 (.p12, .pfx); để trống cả tệp và module là không ký.",
            en="The system certificate as a PKCS#12 file (.p12, .pfx); without it and without a module nothing is signed.",
        ),
    ] = None
    system_password: Annotated[Secret, Text(vi="Mật khẩu của tệp ấy.", en="Password of that file.")] = ""
    system_module: Annotated[
        OptionalPath,
        Text(
            vi="Hoặc khóa nằm trong token: thư viện PKCS#11 (.so) của nhà cung cấp.",
            en="Or a key inside a token: the vendor's PKCS#11 library (.so).",
        ),
    ] = None
    system_token: Annotated[str, Text(vi="Nhãn của token.", en="Label of the token.")] = ""
    system_label: Annotated[
        str,
        Text(
            vi="Nhãn của khóa và chứng thư trong token; để trống khi chỉ có một khóa.",
            en="Label of key and certificate in the token; empty where there is only one key.",
        ),
    ] = ""
    system_pin: Annotated[Secret, Text(vi="Mã PIN của token.", en="The token's PIN.")] = ""
    seal_file: Annotated[
        OptionalPath,
        Text(
            vi="Con dấu số của cơ quan: tệp PKCS#12; phải khác chứng thư hệ thống.",
            en="The unit's seal as a PKCS#12 file; never the same key as the system certificate.",
        ),
    ] = None
    seal_password: Annotated[Secret, Text(vi="Mật khẩu của tệp ấy.", en="Password of that file.")] = ""
    seal_module: Annotated[
        OptionalPath,
        Text(vi="Hoặc con dấu số trong token: thư viện PKCS#11 (.so).", en="Or a seal inside a token: PKCS#11 library."),
    ] = None
    seal_token: Annotated[str, Text(vi="Nhãn của token.", en="Label of the token.")] = ""
    seal_label: Annotated[
        str, Text(vi="Nhãn của khóa và chứng thư trong token.", en="Label of key and certificate in the token.")
    ] = ""
    seal_pin: Annotated[Secret, Text(vi="Mã PIN của token.", en="The token's PIN.")] = ""
    seal_picture: Annotated[
        OptionalPath,
        Text(
            vi="Hình con dấu: .png, màu đỏ, nền trong suốt.", en="Picture of the seal: .png, red, with a transparent background."
        ),
    ] = None
    seal_width_mm: Annotated[
        Annotated[int, Field(ge=15, le=60)], Text(vi="Bề rộng thực của con dấu (mm).", en="Real width of the seal (mm).")
    ] = 36
    seal_caption: Annotated[
        bool,
        Text(
            vi="Ghi tên cơ quan và thời gian ký cạnh hình con dấu.",
            en="Whether the unit's name and the time stand beside the seal.",
        ),
    ] = True
    tsa_url: Annotated[
        WebAddress,
        Text(
            vi="Máy chủ cấp dấu thời gian (RFC 3161); để trống là ký không kèm dấu thời gian (mức B-B).",
            en="Timestamping authority (RFC 3161); empty signs without timestamps (level B-B).",
        ),
    ] = ""
    tsa_user: Annotated[str, Text(vi="Tên đăng nhập, nếu cần.", en="User name, where one is needed.")] = ""
    tsa_password: Annotated[Secret, Text(vi="Mật khẩu, nếu cần.", en="Password, where one is needed.")] = ""
    tsa_seconds: Annotated[
        int,
        Field(ge=1, le=300),
        Text(
            vi="Báo nhận và phiếu chờ dấu thời gian tối đa bấy nhiêu giây, rồi ký mức B-B.",
            en="Receipts and slips wait this long for a timestamp (seconds), then they are signed at level B-B.",
        ),
    ] = 10
    tsa_clerk_seconds: Annotated[
        int,
        Field(ge=1, le=600),
        Text(
            vi="Khi văn thư đóng dấu: chờ tối đa bấy nhiêu giây.",
            en="How long a clerk who seals waits for the timestamp (seconds).",
        ),
    ] = 150
    expiry_warning_days: Annotated[
        Positive,
        Text(
            vi="Báo trước bấy nhiêu ngày khi chứng thư sắp hết hạn.",
            en="Days before its end from which a certificate is warned of.",
        ),
    ] = 30

    @property
    def system_configured(self) -> bool:
        """Whether there is a system certificate."""
        return self.system_file is not None or self.system_module is not None

    @property
    def seal_configured(self) -> bool:
        """Whether the unit's seal is here."""
        return self.seal_file is not None or self.seal_module is not None

    @property
    def tsa_url_has_login(self) -> bool:
        """Whether a login stands in the address, where it would be shown."""
        return "@" in urlsplit(self.tsa_url).netloc

    @property
    def one_key_for_both(self) -> bool:
        """Whether both purposes name the same key."""
        system = (self.system_file, self.system_module, self.system_token, self.system_label)
        seal = (self.seal_file, self.seal_module, self.seal_token, self.seal_label)
        return self.system_configured and normal(system) == normal(seal)


def normal(place: tuple[Path | None, Path | None, str, str]) -> tuple[Path | None, Path | None, str, str]:
    """Where a key is, whatever way its path was written."""
    file, module, token, label = place
    return (file.resolve() if file else None, module.resolve() if module else None, token, label)
