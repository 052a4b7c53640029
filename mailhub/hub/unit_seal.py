"""The unit's seal."""

from functools import cached_property
from typing import TYPE_CHECKING

from mailhub.hub.meetings import MeetingsRoom

if TYPE_CHECKING:
    from mailhub.unit_seal.sealing import UnitSeal


class SealRoom(MeetingsRoom):
    """Where the unit's seal is put on documents."""

    @cached_property
    def unit_seal(self) -> "UnitSeal":
        """The seal, with everything that is checked before it is used."""
        from mailhub.unit_seal.looks import SealLooks
        from mailhub.unit_seal.sealing import UnitSeal

        signing = self.settings.signing
        return UnitSeal(
            database=self.database,
            letters=self.signed_letters,
            clock=self.clock,
            looks=SealLooks(picture=signing.seal_picture, width_mm=signing.seal_width_mm, captioned=signing.seal_caption),
            key=self.seal_key,
            system=self.system_key,
            timestamping=self.patient_timestamping,
        )
