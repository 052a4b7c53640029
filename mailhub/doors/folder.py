"""The folder door: `.eml` files dropped into a folder are taken like mail.

`new` holds what waits, `taken` what has been stored, `refused` what is too large. A file that is copied straight into
`new` may be half there, so it must have rested for a moment; who can, writes elsewhere and renames.
"""

import hashlib
import logging
import os
import stat
from pathlib import Path
from typing import Final, Protocol

from mailhub.clock import Clock
from mailhub.doors.addresses import AddressBook
from mailhub.doors.urgency import priority_of
from mailhub.intake import Accepted, IncomingMail
from mailhub.refusals import RefusalNoter, Refused, RefusedBecause
from storage.records import Recipient

logger = logging.getLogger(__name__)

REST_SECONDS: Final = 2.0
NAME_OCTETS: Final = 200
"""What is kept of a file's name in `taken`: file systems allow 255 octets, and a digest is added."""

LARGEST: Final = 50 * 1024 * 1024


class MailAccepter(Protocol):
    """The part of intake that this door needs."""

    def accept(self, mail: IncomingMail, /) -> Accepted:
        """Block until the mail is durable."""
        ...


class FolderDoor:
    """Takes what lies in `folder/new` for one unit's address; the caller decides when to look.

    `refusals`, where somebody keeps note of them, hears of files that are too large.
    """

    refusals: RefusalNoter | None = None

    def __init__(
        self, folder: Path, recipient: str, book: AddressBook, intake: MailAccepter, clock: Clock, *, largest: int = LARGEST
    ) -> None:
        self._recipient = recipient
        self._book = book
        self._intake = intake
        self._clock = clock
        self._largest = largest
        self._stuck: set[str] = set()
        self._new, self._taken, self._refused = (folder / name for name in ("new", "taken", "refused"))
        for path in (self._new, self._taken, self._refused):
            path.mkdir(parents=True, exist_ok=True)

    def run_once(self) -> bool:
        """Take everything that waits; False when there was nothing. A file that cannot be read holds up no other."""
        waiting = [path for path in sorted(self._new.glob("*.eml")) if not path.name.startswith(".") and self._rests(path)]
        if not waiting:
            return False
        recipient = self._book.resolve(self._recipient)
        if recipient is None:
            logger.warning("folder door has no unit", extra={"waiting": len(waiting)})
            return False
        return sum(self._take(path, recipient) for path in waiting) > 0

    def _rests(self, path: Path) -> bool:
        try:
            status = path.lstat()
        except FileNotFoundError:
            return False
        # A time in the future is that of a wrong clock, not of a writer at work.
        age = self._clock().timestamp() - status.st_mtime
        return stat.S_ISREG(status.st_mode) and abs(age) >= REST_SECONDS

    def _take(self, path: Path, recipient: Recipient) -> bool:
        try:
            raw = _read(path, self._largest)
        except OSError:
            logger.warning("file cannot be read", exc_info=True)
            return False
        if raw is None:
            return self._refuse(path)
        digest = hashlib.sha256(raw).hexdigest()
        mail = self._mail(path.name, digest, raw, recipient)
        if mail.door_key not in self._stuck:
            accepted = self._intake.accept(mail)
            logger.info("mail taken", extra={"capture": accepted.capture_id, "repeated": accepted.repeated, "octets": len(raw)})
        # Only now: a crash before this line brings the file again, under the same key.
        return self._put_aside(path, self._taken / f"{_shortened(path.stem)}.{digest[:12]}.eml", mail.door_key)

    def _refuse(self, path: Path) -> bool:
        first_time = path.name not in self._stuck
        if first_time:
            logger.warning("file refused: too large", extra={"limit": self._largest})
        moved = self._put_aside(path, self._refused / path.name, path.name)
        if first_time:
            self._note(path.name)
        return moved

    def _put_aside(self, path: Path, target: Path, key: str) -> bool:
        """Move a file that is dealt with; what cannot be moved is remembered, lest its bytes be stored at every look."""
        try:
            path.rename(target)
        except OSError as error:
            if key not in self._stuck:
                extra = {"to": target.parent.name, "error": error.strerror}
                logger.warning("file cannot be put aside", extra=extra)
            self._stuck.add(key)
            return False
        self._stuck.discard(key)
        return True

    def _note(self, name: str) -> None:
        if self.refusals is not None:
            because, at = RefusedBecause.TOO_LARGE, self._clock()
            reply = f"{self._refused.name}/{name}: more than {self._largest} octets"
            refused = Refused(door="folder", peer="", reason=because, reply=reply, at=at, recipients=(self._recipient,))
            self.refusals.note(refused)

    def _mail(self, name: str, digest: str, raw: bytes, recipient: Recipient) -> IncomingMail:
        return IncomingMail(
            raw=raw,
            door="folder",
            door_key=f"{name}:{digest}",
            peer="",
            helo="",
            tls="",
            auth="",
            mail_from="",
            recipients=(recipient,),
            received_at=self._clock(),
            priority=priority_of(raw),
        )


def _read(path: Path, largest: int) -> bytes | None:
    """The octets of a regular file, never of what a link points to; None where there are too many."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        raw = file.read(largest + 1)
    return raw if len(raw) <= largest else None


def _shortened(stem: str) -> str:
    """A name that leaves room for a digest, cut between two characters."""
    octets = os.fsencode(stem)
    return stem if len(octets) <= NAME_OCTETS else octets[:NAME_OCTETS].decode("utf-8", "ignore")
