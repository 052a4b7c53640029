"""The composition root: settings to services, by rooms. Nothing else constructs a service.

A service's module is imported by the method that makes the service: importing all of them takes longer than what most
commands do.
"""

from mailhub.hub.hub import Hub
from mailhub.hub.opening import create_home, open_hub, upgrade_hub

__all__ = ["Hub", "create_home", "open_hub", "upgrade_hub"]
