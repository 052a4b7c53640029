"""Meetings: changes prepared, carried out, and who was reached."""

from functools import cached_property
from typing import TYPE_CHECKING

from mailhub.hub.directory import DirectoryRoom

if TYPE_CHECKING:
    from mailhub.meetings.convening import Convening
    from mailhub.meetings.reaching import Reaching
    from mailhub.meetings.secretary import Secretary
    from mailhub.meetings.signed import SignedLetters


class MeetingsRoom(DirectoryRoom):
    """Meetings the unit calls."""

    @cached_property
    def secretary(self) -> "Secretary":
        """Changes of meetings, prepared."""
        from mailhub.meetings.secretary import Secretary

        return Secretary(self.database, self.officials, self.signed_letters, self.settings)

    @cached_property
    def signed_letters(self) -> "SignedLetters":
        """Checks what a clerk gives as signed."""
        from mailhub.meetings.signed import SignedLetters

        return SignedLetters(self.database, self.readers, self.trust, self.clock, self.signature_limits)

    @cached_property
    def convening(self) -> "Convening":
        """Changes of meetings, carried out."""
        from mailhub.meetings.convening import Convening
        from mailhub.meetings.notifying import Notifying
        from mailhub.meetings.planning import Planning

        planning = Planning(self.settings, self.working_days)
        return Convening(self.database, self.blobs, planning, Notifying(self.settings))

    @cached_property
    def reaching(self) -> "Reaching":
        """Meetings looked up, and who was reached."""
        from mailhub.meetings.notifying import Notifying
        from mailhub.meetings.reaching import Reaching

        return Reaching(self.database, self.blobs, self.officials, Notifying(self.settings))
