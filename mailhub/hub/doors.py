"""The doors: what they refused, and how they fare."""

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from mailhub.hub.ground import Ground

if TYPE_CHECKING:
    from mailhub.door_health import DoorHealth
    from mailhub.intake_status import IntakeStatus
    from mailhub.litter import Litter
    from mailhub.refusals import RefusalBook, Refusals


class DoorsRoom(Ground):
    """What is known about the doors."""

    @cached_property
    def refusal_book(self) -> "RefusalBook":
        """Where this process's doors note refusals."""
        from mailhub.refusals import RefusalBook

        return RefusalBook(self.database)

    @cached_property
    def refusals(self) -> "Refusals":
        """What was refused."""
        from mailhub.refusals import Refusals

        return Refusals(self.database, self.settings.intake.refusals_days)

    @cached_property
    def door_health(self) -> "DoorHealth":
        """Whom this process's doors tell how they fare."""
        from mailhub.door_health import DoorHealth

        return DoorHealth(self.database, self.clock)

    @property
    def door_names(self) -> tuple[tuple[str, str], ...]:
        """The doors that the settings open, each with its account."""
        from storage import mailboxes

        folder = (("folder", ""),) if self.settings.folder.path is not None else ()
        return (("smtp", ""), *folder, *((mailboxes.DOOR, account) for account in self.settings.imap))

    @cached_property
    def intake_status(self) -> "IntakeStatus":
        """How the doors fare."""
        from mailhub.intake_status import IntakeStatus, Watching

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
    def litter(self) -> "Litter":
        """Blobs that nothing names."""
        from mailhub.litter import Litter

        return Litter(self.database, self.blobs)
