"""The composition root: settings to services, by rooms. Nothing else constructs a service."""

from mailhub.hub.hub import Hub
from mailhub.hub.opening import create_home, open_hub, upgrade_hub

__all__ = ["Hub", "create_home", "open_hub", "upgrade_hub"]
