"""Why a notice is not composed. Trying again helps only after settings or templates were mended."""

from mailhub.errors import RefusedError
from mailhub.language import Text


class NoticeError(RefusedError):
    """Base: this notice cannot be composed as things are."""


class MissingFieldError(NoticeError):
    """The notice would have a hole in it."""

    def __init__(self, field: str, template: str) -> None:
        super().__init__(
            Text(
                vi=f"thông báo chưa gửi được: mẫu {template} cần {field} nhưng còn trống",
                en=f"the notice was not composed: template {template} needs {field}, which is empty",
            )
        )
        self.field = field
        self.template = template


class UnsafeHeaderError(NoticeError):
    """A value for a header field holds what would start another field or another line."""

    def __init__(self, field: str, value: str) -> None:
        super().__init__(
            Text(
                vi=f"thông báo chưa gửi được: trường {field} có ký tự không cho phép: {value!r}",
                en=f"the notice was not composed: header field {field} holds characters that are not allowed: {value!r}",
            )
        )
        self.field = field


class TemplateError(NoticeError):
    """A template is missing or is no template."""

    def __init__(self, template: str, detail: str) -> None:
        super().__init__(
            Text(
                vi=f"mẫu thông báo {template} có lỗi: {detail}",
                en=f"notice template {template} is faulty: {detail}",
            )
        )
        self.template = template
