"""A bucket for the raw mails, where several hosts serve one hub."""

from typing import Annotated

from pydantic import Field

from mailhub.language import Text
from mailhub.settings.keys import Expected, Mark, Positive, Section


class BucketSettings(Section):
    """Raw mails in an S3-compatible bucket instead of the folder `storage.blobs`."""

    about = Text(
        vi=(
            "Giữ thư gốc trong một bucket S3 thay cho thư mục storage.blobs, khi nhiều máy cùng phục vụ. "
            "Thư đã có trong thư mục vẫn được đọc ở đó. Phải tắt versioning của bucket."
        ),
        en=(
            "Raw mails in an S3 bucket instead of the folder storage.blobs, for several hosts. "
            "Mails that are in the folder already are still read there. The bucket must not keep versions."
        ),
    )

    url: Annotated[
        str,
        Field(pattern=r"^$|^s3://[A-Za-z0-9][A-Za-z0-9.-]*(/.*)?$|^file:///.+$"),
        Expected(Text(vi="s3://tên/thư-mục, file:///thư-mục hoặc để trống", en="s3://name/prefix, file:///folder or nothing")),
        Text(
            vi="Bucket, ví dụ s3://mailhub/vpub; để trống là không dùng.",
            en="The bucket, such as s3://mailhub/office; empty means none.",
        ),
    ] = ""
    endpoint: Annotated[
        str,
        Field(pattern=r"^$|^https?://[^/\s]+/?$"),
        Expected(Text(vi="một URL http hoặc https", en="an http or https URL")),
        Text(
            vi="Máy chủ S3, ví dụ https://s3.vpub.vn; để trống là AWS.",
            en="The S3 server, such as https://s3.example.org; empty means AWS.",
        ),
    ] = ""
    region: Annotated[str, Text(vi="Vùng.", en="Region.")] = "us-east-1"
    key_id: Annotated[
        str,
        Field(repr=False),
        Mark.SECRET,
        Text(
            vi="Mã khóa truy cập; để trống là lấy của máy này (biến AWS_…).",
            en="Access key id; empty means that of this machine (AWS_... variables).",
        ),
    ] = ""
    secret: Annotated[
        str,
        Field(repr=False),
        Mark.SECRET,
        Text(vi="Khóa bí mật; nên đặt bằng biến môi trường.", en="Secret access key; better set by the environment."),
    ] = ""
    timeout_seconds: Annotated[
        Positive, Text(vi="Thời gian tối đa cho một yêu cầu (giây).", en="Time that one request may take (seconds).")
    ] = 30
