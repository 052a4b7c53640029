"""The one table from errors to what a command says and the code it exits with."""

import errno
import os
import re
from typing import assert_never

import click

from mailhub.errors import MailhubError, TryLaterError
from mailhub.language import Language, Text
from storage.errors import (
    ConflictError,
    DamagedBlobError,
    NotFoundError,
    SchemaVersionError,
    StorageError,
    StorageUnavailableError,
)

REFUSED = 1
USAGE = 2
TRY_LATER = 75
INTERRUPTED = 130

SYSTEM_WORDS = {
    errno.ENOENT: Text(vi="không có tệp hay thư mục này", en="there is no such file or folder"),
    errno.EACCES: Text(vi="không có quyền đọc hay ghi", en="you may not read or write it"),
    errno.EEXIST: Text(vi="đã có", en="is there already"),
    errno.EPERM: Text(vi="hệ thống không cho phép", en="the system does not allow it"),
    errno.EROFS: Text(vi="ổ đĩa chỉ cho đọc", en="the disk is read-only"),
    errno.ENAMETOOLONG: Text(vi="tên quá dài", en="the name is too long"),
    errno.EISDIR: Text(vi="là thư mục, cần một tệp", en="is a folder; expected a file"),
    errno.ENOTDIR: Text(vi="là tệp, cần một thư mục", en="is a file; expected a folder"),
    errno.ENOSPC: Text(vi="đĩa đã đầy", en="the disk is full"),
    errno.EADDRINUSE: Text(vi="cổng mạng đang được chương trình khác dùng", en="another program uses this network port"),
}

Failure = click.ClickException | click.Abort | MailhubError | StorageError | OSError
LIBRARY_WORDS = (
    (re.compile(r"Missing command\."), Text(vi="thiếu lệnh", en="missing command")),
    (
        re.compile(r"Got unexpected extra arguments? \((?P<told>.*)\)", re.DOTALL),
        Text(vi="thừa: {}", en="too much: {}"),
    ),
    (
        re.compile(r"Option '(?P<told>[^']*)' does not take a value\."),
        Text(vi="{} không nhận giá trị", en="{} takes no value"),
    ),
    (
        re.compile(r"Option '(?P<told>[^']*)' requires (?:an|\d+) arguments?\."),
        Text(vi="{} cần một giá trị", en="{} needs a value"),
    ),
)

EXPECTED = (click.ClickException, click.Abort, MailhubError, StorageError, OSError)


def exit_code(error: Failure) -> int:
    """0 is done, 1 refused, 2 usage, 75 try later (EX_TEMPFAIL of sysexits.h)."""
    match error:
        case click.UsageError():
            return USAGE
        case click.Abort():
            return INTERRUPTED
        case TryLaterError() | StorageUnavailableError():
            return TRY_LATER
        case click.ClickException() | MailhubError() | StorageError() | OSError():
            return REFUSED
        case _:
            assert_never(error)


def sentence(error: Failure, language: Language) -> str:
    """Why it did not work and what to do."""
    match error:
        case click.Abort():
            return Text(vi="Đã dừng.", en="Stopped.").in_(language)
        case click.UsageError():
            return usage_sentence(error, language)
        case click.ClickException():
            return error.format_message()
        case MailhubError():
            return error.in_(language)
        case StorageError():
            return storage_sentence(error).in_(language)
        case OSError():
            return system_sentence(error).in_(language)
        case _:
            assert_never(error)


def system_sentence(error: OSError) -> Text:
    """What the operating system says, with the file it is about."""
    name = f"{os.fsencode(error.filename).decode('utf-8', 'replace')}: " if error.filename else ""
    said = error.strerror or str(error)
    word = SYSTEM_WORDS.get(error.errno or 0, Text(vi=said, en=said))
    return Text(vi=f"{name}{word.vi}", en=f"{name}{word.en}")


def storage_sentence(error: StorageError) -> Text:
    """Errors of the registry, which speaks English only."""
    match error:
        case NotFoundError():
            return Text(vi=f"không tìm thấy: {error}", en=f"not found: {error}")
        case ConflictError():
            return Text(
                vi=f"bản ghi vừa đổi hoặc đã có: {error}; hãy xem lại rồi làm lại",
                en=f"{error}; look again, then repeat the command",
            )
        case SchemaVersionError():
            return Text(vi=f"cơ sở dữ liệu khác phiên bản ({error}); chạy: mailhub upgrade", en=f"{error}; run: mailhub upgrade")
        case StorageUnavailableError():
            return Text(
                vi=f"kho dữ liệu chưa trả lời ({error}); hãy thử lại sau",
                en=f"the storage did not answer ({error}); try again later",
            )
        case DamagedBlobError():
            return Text(vi=f"thư gốc bị hỏng trên đĩa: {error}", en=f"a raw mail is damaged on disk: {error}")
        case _:
            return Text(vi=str(error), en=str(error))


def usage_sentence(error: click.UsageError, language: Language) -> str:
    """The library speaks English; these are its usage errors in both languages."""
    hint = _parameter(error)
    match error:
        case click.MissingParameter():
            text = Text(vi=f"thiếu {hint}", en=f"missing {hint}")
        case click.NoSuchOption():
            text = Text(vi=f"không có tùy chọn {error.option_name}", en=f"there is no option {error.option_name}")
        case click.exceptions.NoSuchCommand():
            text = Text(vi=f"không có lệnh {error.command_name}", en=f"there is no command {error.command_name}")
        case click.BadParameter():
            text = Text(vi=f"{hint}: {error.message}", en=f"{hint}: {error.message}")
        case _:
            text = said_by_library(error.message)
    near = ", ".join(getattr(error, "possibilities", None) or ())
    if near:
        text = Text(vi=f"{text.vi}; có phải là {near}?", en=f"{text.en}; did you mean {near}?")
    help_ = Text(vi="xem", en="see")
    path = error.ctx.command_path if error.ctx else "mailhub"
    return f"{text.in_(language)} ({help_.in_(language)}: {path} --help)"


def said_by_library(message: str) -> Text:
    """A usage error that has no kind of its own in the library, known by its words."""
    for words, text in LIBRARY_WORDS:
        if found := words.fullmatch(message):
            told = found.groupdict().get("told", "")
            return Text(vi=text.vi.format(told), en=text.en.format(told))
    return Text(vi=message, en=message)


def _parameter(error: click.UsageError) -> str:
    parameter = getattr(error, "param", None)
    if not isinstance(parameter, click.Parameter):
        return str(getattr(error, "param_hint", None) or "")
    return (
        parameter.make_metavar(error.ctx or click.Context(click.Command("mailhub")))
        if isinstance(parameter, click.Argument)
        else parameter.opts[0]
    )
