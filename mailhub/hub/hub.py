"""One hub: all its rooms. A service is made in the room it belongs to; nothing else constructs a service."""

from mailhub.hub.counter import CounterRoom
from mailhub.hub.unit_seal import SealRoom


class Hub(CounterRoom, SealRoom):
    """Every service of one hub, made when first asked for; close it when done."""

    def close(self) -> None:
        """End the readers and let go of blobs and database."""
        if "readers" in self.__dict__:
            self.readers.close()
        gateway = self.__dict__.get("sms_gateway")
        if gateway is not None:
            gateway.close()
        if "blobs" in self.__dict__:
            self.blobs.close()
        self.database.close()
