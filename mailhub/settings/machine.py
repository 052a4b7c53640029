"""How the hub runs on its machine: doors, outbox, storage, readers and workers."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from mailhub.language import Text
from mailhub.settings.keys import (
    HomePath,
    Mark,
    OptionalPath,
    Port,
    Positive,
    Section,
    database_url,
)
from parsers.files.model import ContainerLimits


class FolderSettings(Section):
    """The folder door: `.eml` files dropped into a folder."""

    about = Text(
        vi="Cửa thư mục: thả tệp .eml vào là nhận.", en="The folder door: .eml files dropped into a folder are taken in."
    )

    path: Annotated[
        OptionalPath,
        Text(vi="Thư mục để thả tệp .eml; để trống là tắt.", en="Folder for .eml files; empty switches the door off."),
    ] = None
    recipient: Annotated[
        str,
        Text(
            vi="Địa chỉ của đơn vị nhận các thư ấy.",
            en="The unit's address that these mails are taken in for.",
        ),
    ] = ""


class OutboxSettings(Section):
    """How mail leaves."""

    about = Text(vi="Đường thư đi.", en="How mail leaves.")

    relay: Annotated[
        Literal["folder", "smtp"],
        Mark.LIVE,
        Text(
            vi="folder = ghi tệp .eml vào thư mục; smtp = giao cho máy chủ thư.",
            en="folder writes .eml files; smtp hands over to a mail server.",
        ),
    ] = "folder"
    folder: Annotated[HomePath, Text(vi="Thư mục của relay = folder.", en="The folder of relay = folder.")] = Path("outbox")
    host: Annotated[str, Text(vi="Máy chủ thư của relay = smtp.", en="The mail server of relay = smtp.")] = ""
    port: Annotated[Port, Text(vi="Cổng của máy chủ thư.", en="Its port.")] = 587
    starttls: Annotated[
        Literal["required", "if-offered", "never"],
        Text(vi="Mã hóa đường truyền tới máy chủ thư.", en="Whether the way to the mail server is encrypted."),
    ] = "required"
    ca_file: Annotated[
        OptionalPath,
        Text(
            vi="Chứng thư gốc (PEM) của máy chủ thư; để trống là theo máy này.",
            en="Root certificates (PEM) for the mail server; empty means those of this machine.",
        ),
    ] = None
    user: Annotated[str, Text(vi="Tên đăng nhập; để trống là không đăng nhập.", en="User name; empty means no login.")] = ""
    password: Annotated[
        str,
        Field(repr=False),
        Mark.SECRET,
        Text(vi="Mật khẩu; nên đặt bằng biến môi trường.", en="Password; better set by the environment."),
    ] = ""
    timeout_seconds: Annotated[
        Positive, Text(vi="Thời gian tối đa cho một lần gửi (giây).", en="Time that one attempt may take (seconds).")
    ] = 60
    lease_seconds: Annotated[
        Positive,
        Text(
            vi="Sau thời gian này, lượt gửi của một tiến trình đã chết được nhận lại (giây).",
            en="After this time a dispatch of a dead process is taken over (seconds).",
        ),
    ] = 180
    first_retry_seconds: Annotated[
        Positive,
        Text(
            vi="Gửi lại lần đầu sau (giây); mỗi lần sau gấp đôi.",
            en="First retry after (seconds); each further pause is twice as long.",
        ),
    ] = 60
    longest_retry_minutes: Annotated[
        Positive, Text(vi="Khoảng nghỉ dài nhất giữa hai lần gửi (phút).", en="Longest pause between two attempts (minutes).")
    ] = 120
    give_up_days: Annotated[
        int,
        Field(ge=1, le=30),
        Text(
            vi="Thôi gửi sau (ngày); lượt gửi hiện trong mailhub outbox list.",
            en="Give up after (days); the dispatch shows in mailhub outbox list.",
        ),
    ] = 5

    @property
    def lease(self) -> timedelta:
        """How long a claim on a dispatch holds."""
        return timedelta(seconds=self.lease_seconds)


class StorageSettings(Section):
    """Where the registry and the raw mails are kept."""

    about = Text(vi="Nơi giữ sổ và thư gốc.", en="Where the registry and the raw mails are kept.")

    database: Annotated[
        str,
        Field(repr=False),
        AfterValidator(database_url),
        Mark.SECRET,
        Text(
            vi="URL cơ sở dữ liệu; để trống là tệp SQLite mailhub.db trong thư mục này. PostgreSQL: postgresql+psycopg://…",
            en="Database URL; empty means the SQLite file mailhub.db in this folder. PostgreSQL: postgresql+psycopg://…",
        ),
    ] = ""
    blobs: Annotated[HomePath, Text(vi="Thư mục giữ thư gốc.", en="Folder of the raw mails.")] = Path("blobs")


class ReaderSettings(Section):
    """The child processes that read mail, and what one mail may cost."""

    about = Text(
        vi="Tiến trình con đọc thư, và mức tối đa mà một thư được dùng.",
        en="The child processes that read mail, and what one mail may cost.",
    )

    children: Annotated[Annotated[int, Field(ge=1, le=64)], Text(vi="Số tiến trình đọc.", en="Number of reading processes.")] = 2
    memory_mib: Annotated[
        Annotated[int, Field(ge=256)], Text(vi="Bộ nhớ tối đa cho một thư (MiB).", en="Memory that one mail may take (MiB).")
    ] = 1024
    seconds: Annotated[Positive, Text(vi="Thời gian tối đa cho một thư (giây).", en="Time that one mail may take (seconds).")] = (
        60
    )
    archive_depth: Annotated[
        int,
        Field(ge=1, le=20),
        Text(
            vi="Tệp nén và thư lồng nhau được mở tối đa từng ấy lớp.",
            en="How many archives and mails in one another are opened.",
        ),
    ] = 5
    archive_files: Annotated[
        int,
        Field(ge=10, le=20_000),
        Text(vi="Số tệp tối đa giải ra từ một thư.", en="Most files unpacked from one mail."),
    ] = 2000
    archive_mib: Annotated[
        int,
        Field(ge=1),
        Text(
            vi="Dung lượng tối đa giải ra từ một thư (MiB); không bao giờ quá một phần tư memory_mib.",
            en="Most that is unpacked from one mail (MiB); never more than a quarter of memory_mib.",
        ),
    ] = 200
    archive_file_mib: Annotated[
        int,
        Field(ge=1),
        Text(vi="Dung lượng tối đa của một tệp giải ra (MiB).", en="Largest file that is unpacked (MiB)."),
    ] = 100
    archive_ratio: Annotated[
        int,
        Field(ge=10),
        Text(
            vi="Tệp nén giải ra lớn gấp hơn từng ấy lần thì không mở (tính từ 1 MiB).",
            en="An archive that unpacks to more than this many times its size is left (from 1 MiB on).",
        ),
    ] = 200

    @property
    def limits(self) -> ContainerLimits:
        """What one mail may unpack to."""
        return ContainerLimits(
            depth=self.archive_depth,
            files=self.archive_files,
            total_bytes=min(self.archive_mib, self.memory_mib // 4) << 20,
            file_bytes=self.archive_file_mib << 20,
            ratio=self.archive_ratio,
        )


class WorkerSettings(Section):
    """The workers that take captured mail through the checks to a decision."""

    about = Text(
        vi="Luồng xử lý đưa thư đã nhận qua các bước kiểm tra đến đề xuất.",
        en="The workers that take captured mail through the checks to a decision.",
    )

    threads: Annotated[Annotated[int, Field(ge=1, le=64)], Text(vi="Số luồng xử lý.", en="Number of worker threads.")] = 2
    lease_seconds: Annotated[
        Positive,
        Text(
            vi="Sau thời gian này, việc của một luồng đã chết được luồng khác nhận lại (giây).",
            en="After this time the work of a dead worker is taken over by another (seconds).",
        ),
    ] = 300

    @property
    def lease(self) -> timedelta:
        """How long a claim holds."""
        return timedelta(seconds=self.lease_seconds)
