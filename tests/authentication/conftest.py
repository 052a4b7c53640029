"""A name server, and mails that are signed as agencies sign them."""

import pytest

from mailhub.authentication.resolver import Dns, ResolverSettings
from tests.servers.dns import name_server


@pytest.fixture(scope="session")
def dns_server():
    with name_server() as zone:
        yield zone


@pytest.fixture
def zone(dns_server):
    """An empty zone; what is waiting for a silent name is let go."""
    dns_server.clear()
    dns_server.over.clear()
    yield dns_server
    dns_server.over.set()


@pytest.fixture
def dns(zone, monkeypatch):
    """A resolver with so much time that a server on a busy machine is in time."""
    monkeypatch.setattr("mailhub.authentication.resolver.QUESTION_SECONDS", 20.0)
    return Dns(ResolverSettings(address=zone.address, port=zone.port, seconds=40.0))
