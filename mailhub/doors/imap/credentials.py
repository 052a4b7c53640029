"""What an account logs in with: a password or an OAuth access token, from the settings, a file or a command.

It is read anew for every login: a token that has run out is replaced by whoever writes the file, or by the command.
"""

import os
import subprocess
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from mailhub.doors.imap.faults import ImapFault
from mailhub.language import Text

COMMAND_SECONDS: Final = 30.0
LONGEST: Final = 64 * 1024


class Kind(StrEnum):
    """What the secret is; a token is shown by XOAUTH2."""

    PASSWORD = "password"  # noqa: S105  a word, no password
    TOKEN = "token"  # noqa: S105  a word, no token


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Where the secret comes from: the first of `command`, `file` and `value` that is given."""

    kind: Kind = Kind.PASSWORD
    value: str = field(default="", repr=False)
    file: Path | None = None
    command: tuple[str, ...] = ()

    def secret(self) -> str:
        """The secret as it is now; raises ImapFault when it cannot be had. What a command says is never shown or logged."""
        if self.command:
            return _first_line(self._said(), self.command[0])
        if self.file is not None:
            return _first_line(_content(self.file), str(self.file))
        return self.value

    def _said(self) -> bytes:
        program = self.command[0]
        try:
            done = subprocess.run(
                self.command, stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            seconds = round(COMMAND_SECONDS)
            raise ImapFault(
                Text(
                    vi=f"lệnh {program} không xong trong {seconds} giây; thử chạy tay lệnh này",
                    en=f"the command {program} did not end within {seconds} s; try it by hand",
                )
            ) from error
        except OSError as error:
            raise ImapFault(
                Text(
                    vi=f"không chạy được lệnh {program} ({error.strerror}); kiểm tra đường dẫn và quyền",
                    en=f"the command {program} cannot be run ({error.strerror}); check its path and rights",
                )
            ) from error
        if done.returncode:
            raise ImapFault(
                Text(
                    vi=f"lệnh {program} kết thúc với mã {done.returncode}; thử chạy tay lệnh này",
                    en=f"the command {program} ended with {done.returncode}; try it by hand",
                )
            )
        return done.stdout


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LONGEST)
    except OSError as error:
        raise ImapFault(
            Text(
                vi=f"không đọc được {file} ({error.strerror}); kiểm tra đường dẫn và quyền",
                en=f"{file} cannot be read ({error.strerror}); check its path and rights",
            )
        ) from error


def _first_line(said: bytes, source: str) -> str:
    line = os.fsdecode(said[:LONGEST]).strip().partition("\n")[0].strip()
    if not line or not line.isprintable():
        raise ImapFault(
            Text(
                vi=f"{source} không cho mật khẩu hay mã truy cập nào ở dòng đầu",
                en=f"{source} gives no password or token in its first line",
            )
        )
    return line
