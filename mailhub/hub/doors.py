"""The doors: what they refused, and how they fare."""

from functools import cached_property

from mailhub.door_health import DoorHealth
from mailhub.hub.ground import Ground
from mailhub.refusals import RefusalBook, Refusals


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
