"""The doors of a served hub: SMTP, and the mailboxes and the folder that the settings name."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Self

from mailhub.doors.addresses import UnitAddressBook
from mailhub.doors.folder import FolderDoor
from mailhub.doors.listening import Listening
from mailhub.doors.smtp import SmtpDoor
from mailhub.doors.waits import DoorWaits
from mailhub.hub import Hub
from mailhub.intake import Intake
from mailhub.serving.addresses import address_book, unit_addresses
from mailhub.serving.imap_doors import imap_doors
from mailhub.serving.loops import Loops
from mailhub.serving.smtp_door import smtp_door
from storage.queueing import writers_turn

TURN_FILE = "intake.lock"


@dataclass(frozen=True, slots=True)
class Doors:
    """Where mail comes in, and what stores it."""

    hub: Hub
    intake: Intake
    book: UnitAddressBook
    smtp: SmtpDoor

    @classmethod
    def of(cls, hub: Hub, waits: DoorWaits, listening: Listening | None = None) -> Self:
        """The doors that the settings name, not yet open; `listening` is what another process has bound already."""
        intake = Intake(hub.blobs, hub.database, hub.door_health, waits, turn_of(hub))
        book = address_book(hub)
        return cls(hub, intake, book, smtp_door(hub, book, intake, listening))

    def open(self) -> None:
        """Listen; raises OSError when the port is taken."""
        self.smtp.start()
        self.hub.door_health.opened("smtp")

    def start(self, loops: Loops, owner: str) -> None:
        """Start the doors that look for mail themselves, and what keeps all doors up to date; `owner` names us in leases."""
        loops.run_now_and_then("addresses", self.renew)
        for name, door in imap_doors(self.hub, self.book, self.intake, owner, loops.stopping).items():
            self.hub.door_health.opened("imap", name)
            loops.run_now_and_then(f"imap-{name}", door.run_once)
        folder = self.hub.settings.folder
        if folder.path is not None:
            self.hub.door_health.opened("folder")
            folder_door = FolderDoor(folder.path, folder.recipient, self.book, self.intake, self.hub.clock)
            folder_door.refusals = self.hub.refusal_book
            loops.run_eagerly("folder", lambda: self._look_into(folder_door))

    def _look_into(self, folder: FolderDoor) -> bool:
        try:
            busy = folder.run_once()
        except OSError as error:
            self.hub.door_health.failed("folder", "", str(error))
            raise
        self.hub.door_health.succeeded("folder")
        return busy

    def renew(self) -> bool:
        """Learn which addresses the units have now; never asks for another round at once."""
        self.book.replace(unit_addresses(self.hub))
        return False

    def close(self, drain_seconds: float) -> None:
        """Take nothing more; mails being taken come to their end."""
        self.smtp.stop(drain_seconds)


def turn_of(hub: Hub) -> Callable[[], AbstractContextManager[None]]:
    """The turns of this machine's processes at the store. A server far away and a bucket serve several at once."""
    storage = hub.settings.storage
    if hub.settings.smtp.processes == 1 or hub.settings.bucket.url or not storage.database.startswith("sqlite"):
        return nullcontext
    return partial(writers_turn, hub.home / TURN_FILE)
