"""A gateway that writes each text to a folder: for trying out, and for offices that have no gateway yet."""

import hashlib
import os
from pathlib import Path

from sms.errors import InvalidNumberError
from sms.gateway import SendOutcome, SendState, TextMessage
from sms.numbers import parse_number


class FolderGateway:
    """Writes one `.txt` file a text; the same reference writes the same file, so that a repeat is no second text."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: TextMessage) -> SendOutcome:
        """Write the text durably; a number that a real gateway would refuse is refused here too."""
        try:
            number = parse_number(message.to)
        except InvalidNumberError as error:
            return SendOutcome(state=SendState.PERMANENT, sid="", detail=str(error))
        sid = hashlib.sha256(f"{message.reference}\n{number}".encode()).hexdigest()[:32]
        try:
            self._write(self._folder / f"{sid}.txt", f"To: {number}\n\n{message.text}\n")
        except OSError as error:
            return SendOutcome(state=SendState.TEMPORARY, sid="", detail=f"{error.strerror}")
        return SendOutcome(state=SendState.ACCEPTED, sid=sid, detail="")

    def _write(self, path: Path, content: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
