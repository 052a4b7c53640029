"""A gateway that writes each text to a folder: for trying out, and for offices that have no gateway yet."""

import hashlib
import os
from datetime import datetime
from pathlib import Path

from sms.errors import InvalidNumberError
from sms.gateway import Delivery, DeliveryState, Search, SearchState, SendOutcome, SendState, TextMessage
from sms.numbers import parse_number


class FolderGateway:
    """Writes one `.txt` file a text; the same reference writes the same file, so that a repeat is no second text."""

    name = "folder"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: TextMessage) -> SendOutcome:
        """Write the text durably; a number that a real gateway would refuse is refused here too."""
        try:
            number = parse_number(message.to)
        except InvalidNumberError as error:
            return SendOutcome(state=SendState.PERMANENT, detail=str(error))
        sid = _sid(message.reference, number)
        try:
            self._write(self._path(sid), f"To: {number}\n\n{message.text}\n")
        except OSError as error:
            return SendOutcome(state=SendState.TEMPORARY, detail=f"{error.strerror}")
        return SendOutcome(state=SendState.ACCEPTED, sid=sid)

    def status(self, sid: str) -> Delivery:
        """Delivered, once it is written: nobody waits behind a folder."""
        return Delivery(state=DeliveryState.DELIVERED if self._path(sid).exists() else DeliveryState.UNKNOWN)

    def find(self, message: TextMessage, since: datetime) -> Search:
        """The file of this very message; its name tells, whenever it was written."""
        sid = _sid(message.reference, message.to)
        return Search(state=SearchState.ASKED, sids=(sid,) if self._path(sid).exists() else ())

    def close(self) -> None:
        """Nothing is held open between two texts."""

    def _path(self, sid: str) -> Path:
        return self._folder / f"{sid}.txt"

    def _write(self, path: Path, content: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)


def _sid(reference: str, number: str) -> str:
    return hashlib.sha256(f"{reference}\n{number}".encode()).hexdigest()[:32]
