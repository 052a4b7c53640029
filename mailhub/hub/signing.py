"""Own signatures: the system certificate for what leaves, the unit's seal for clerks."""

from functools import cached_property
from typing import TYPE_CHECKING

from mailhub.hub.ground import Ground

if TYPE_CHECKING:
    from mailhub.signing.keys import SigningKey
    from mailhub.signing.system import SystemSignature
    from mailhub.signing.timestamps import Timestamping


class SigningRoom(Ground):
    """Keys and timestamps. The signing engine is loaded only where a key is configured."""

    @cached_property
    def system_key(self) -> "SigningKey | None":
        """The system certificate; None for an office without one."""
        if not self.settings.signing.system_configured:
            return None
        from mailhub.signing.opening import system_key

        return system_key(self.settings.signing)

    @cached_property
    def seal_key(self) -> "SigningKey | None":
        """The unit's seal; None where it is not on this machine."""
        if not self.settings.signing.seal_configured:
            return None
        from mailhub.signing.opening import seal_key

        return seal_key(self.settings.signing)

    @cached_property
    def timestamping(self) -> "Timestamping | None":
        """The timestamping authority, as what leaves by itself asks it."""
        return self._timestamping(self.settings.signing.tsa_seconds)

    @cached_property
    def patient_timestamping(self) -> "Timestamping | None":
        """The same authority for a clerk who waits."""
        return self._timestamping(self.settings.signing.tsa_clerk_seconds)

    @cached_property
    def system_signature(self) -> "SystemSignature | None":
        """What signs receipts and slips; None for an office without a system certificate."""
        if self.system_key is None:
            return None
        from mailhub.signing.system import SystemSignature

        return SystemSignature(key=self.system_key, timestamping=self.timestamping)

    def _timestamping(self, seconds: int) -> "Timestamping | None":
        if not self.settings.signing.tsa_url:
            return None
        from mailhub.signing.opening import timestamping

        return timestamping(self.settings.signing, self.trust.snapshot, self.clock, seconds=seconds)
