"""The doors: what they refused, and how they fare."""

from datetime import timedelta
from functools import cached_property

from mailhub.door_health import DoorHealth
from mailhub.hub.ground import Ground
from mailhub.intake_status import IntakeStatus, Watching
from mailhub.litter import Litter
from mailhub.refusals import RefusalBook, Refusals
from storage import mailboxes


class DoorsRoom(Ground):
    """What is known about the doors."""

    @cached_property
    def refusal_book(self) -> RefusalBook:
        """Where this process's doors note refusals."""
        return RefusalBook(self.database)

    @cached_property
    def refusals(self) -> Refusals:
        """What was refused."""
        return Refusals(self.database, self.settings.intake.refusals_days)

    @cached_property
    def door_health(self) -> DoorHealth:
        """Whom this process's doors tell how they fare."""
        return DoorHealth(self.database, self.clock)

    @property
    def door_names(self) -> tuple[tuple[str, str], ...]:
        """The doors that the settings open, each with its account."""
        folder = (("folder", ""),) if self.settings.folder.path is not None else ()
        return (("smtp", ""), *folder, *((mailboxes.DOOR, account) for account in self.settings.imap))

    @cached_property
    def intake_status(self) -> IntakeStatus:
        """How the doors fare."""
        intake = self.settings.intake
        watching = Watching(
            doors=self.door_names,
            silence_alarm=intake.silence_alarm,
            silence_floor=timedelta(minutes=intake.silence_minutes),
            unreachable=timedelta(minutes=intake.unreachable_minutes),
            readers=self.settings.reader.children,
        )
        return IntakeStatus(self.database, self.working_days, watching)

    @cached_property
    def litter(self) -> Litter:
        """Blobs that nothing names."""
        return Litter(self.database, self.blobs)
