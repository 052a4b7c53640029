"""The folder relay: writes every mail as an `.eml` file, whole or not at all."""

import hashlib
import os
import re
from pathlib import Path
from typing import Final

from mailhub.relays.relay import Outcome, OutcomeKind

MESSAGE_ID: Final = re.compile(rb"^Message-ID:\s*<([^<>\r\n]+)>", re.IGNORECASE | re.MULTILINE)
NAME_CHARACTERS: Final = 120


class FolderRelay:
    """Writes into one folder, named by Message-ID: the same mail again is the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, mail_from: str, recipient: str, data: bytes) -> Outcome:
        """Write the file; a disk that does not take it is temporary."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._path(data)
            _write_whole(path, data)
        except OSError as error:
            return Outcome(kind=OutcomeKind.TEMPORARY, reply=f"the folder cannot be written: {error.strerror}")
        return Outcome(kind=OutcomeKind.SENT, reply=f"written to {path.name}")

    def close(self) -> None:
        """Nothing is kept between attempts."""

    def _path(self, data: bytes) -> Path:
        """The file of this mail; another mail that claims the same Message-ID gets a file of its own."""
        digest = hashlib.sha256(data).hexdigest()
        name = _name(data) or digest
        path = self._folder / f"{name}.eml"
        if path.exists() and path.read_bytes() != data:
            path = self._folder / f"{name}.{digest[:12]}.eml"
        return path


def _name(data: bytes) -> str:
    """The Message-ID as a file name; empty where there is none."""
    head = data.partition(b"\r\n\r\n")[0]
    match = MESSAGE_ID.search(head)
    if match is None:
        return ""
    return re.sub(r"[^A-Za-z0-9@._+-]", "_", match.group(1).decode("ascii", "replace")).lstrip(".")[:NAME_CHARACTERS]


def _write_whole(path: Path, data: bytes) -> None:
    """Under a hidden name first: who watches the folder never sees half a mail, nor does who looks after a crash."""
    hidden = path.with_name(f".{path.name}.part")
    with hidden.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    hidden.rename(path)
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
