"""The commented default file and the reference page, both made from the declarations of the sections."""

from collections.abc import Iterator
from pathlib import Path

from pydantic.fields import FieldInfo

from mailhub.errors import RefusedError
from mailhub.language import Language, Text
from mailhub.settings.expecting import expectation, toml
from mailhub.settings.keys import Mark
from mailhub.settings.loading import FAMILIES, FILE_NAME, SECTIONS

_HEAD = Text(
    vi=(
        "Cài đặt của mailhub. Tệp này dùng được ngay. Dòng #khóa = … cho biết giá trị mặc định; bỏ # để đổi.\n"
        "Khóa mật có thể đặt bằng biến môi trường, ví dụ MAILHUB_OUTBOX__PASSWORD."
    ),
    en=(
        "Settings of mailhub. This file works as it is. A line #key = … shows a default; remove the # to change it.\n"
        "Secrets may be set by the environment instead, for example MAILHUB_OUTBOX__PASSWORD."
    ),
)


def description(field: FieldInfo) -> Text:
    """What a key is for."""
    return next(item for item in field.metadata if isinstance(item, Text))


def default_file(language: Language) -> str:
    """The text of a new hub's `mailhub.toml`: every key with its default, those to fill in first uncommented."""
    return "\n".join(_file_lines(language)) + "\n"


def write_default(home: Path, language: Language = Language.VI) -> Path:
    """Write the commented settings file of a new hub; an existing file is never overwritten."""
    path = home / FILE_NAME
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(default_file(language))
    except FileExistsError as error:
        text = Text(vi=f"{path} đã có; không ghi đè.", en=f"{path} exists already and is not overwritten.")
        raise RefusedError(text) from error
    # The file may come to hold a password.
    path.chmod(0o600)
    return path


_EXAMPLE = "vanthu"


def _file_lines(language: Language) -> Iterator[str]:
    yield from (f"# {line}" for line in _HEAD.in_(language).splitlines())
    for name, kind in SECTIONS.items():
        yield ""
        yield f"# {kind.about.in_(language)}"
        yield f"[{name}]"
        for key, field in kind.model_fields.items():
            yield f"# {description(field).in_(language)}"
            yield f"{'' if Mark.LIVE in field.metadata else '#'}{key} = {toml(field.default)}"
    for name, kind in FAMILIES.items():
        yield ""
        yield f"# {kind.about.in_(language)}"
        yield f"# [{name}.{_EXAMPLE}]"
        for key, field in kind.model_fields.items():
            yield f"# # {description(field).in_(language)}"
            yield f"# {key} = {toml(field.default)}"


_TITLE = Text(vi="# Cài đặt", en="# Settings")
_INTRODUCTION = Text(
    vi=(
        f"Trang này được sinh ra từ mã nguồn. Cài đặt nằm trong `{FILE_NAME}` ở thư mục của hệ thống; `mailhub init` ghi sẵn\n"
        "một tệp có chú thích. Khóa không có trong trang này không được nhận, và mọi chỗ sai được báo cùng một lúc. Đường dẫn\n"
        "tương đối tính từ thư mục của hệ thống. Khóa mật (🔒) có thể đặt bằng biến môi trường `MAILHUB_MỤC__KHÓA`, ví dụ\n"
        "`MAILHUB_OUTBOX__PASSWORD`."
    ),
    en=(
        f"This page is generated from the source. Settings stand in `{FILE_NAME}` in the hub's home; `mailhub init` writes a\n"
        "commented file. Keys that are not on this page are refused, and all mistakes are listed at once. Relative paths are\n"
        "meant from the hub's home. A secret key (🔒) may be set by the environment as `MAILHUB_SECTION__KEY`, for example\n"
        "`MAILHUB_OUTBOX__PASSWORD`."
    ),
)
_NAME = Text(vi="TÊN", en="NAME")
_COLUMNS = Text(vi="| khóa | mặc định | nhận | nghĩa |", en="| key | default | takes | meaning |")


def reference(language: Language) -> str:
    """The reference page of all settings, in Markdown."""
    lines = [_TITLE.in_(language), "", _INTRODUCTION.in_(language), ""]
    named = {f"{family}.{_NAME.in_(language)}": kind for family, kind in FAMILIES.items()}
    for name, kind in {**SECTIONS, **named}.items():
        lines += [f"## `[{name}]`", "", kind.about.in_(language), "", _COLUMNS.in_(language), "|---|---|---|---|"]
        lines += [_row(key, field, language) for key, field in kind.model_fields.items()]
        lines.append("")
    return "\n".join(lines)


def _row(key: str, field: FieldInfo, language: Language) -> str:
    lock = " 🔒" if Mark.SECRET in field.metadata else ""
    cells = (f"`{key}`{lock}", f"`{toml(field.default)}`", expectation(field).in_(language), description(field).in_(language))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
