"""Stand-ins for SMS providers, for every part of the suite."""

from collections.abc import Iterator

import pytest

from tests.servers.twilio import ScriptedTwilio


@pytest.fixture
def scripted_twilio() -> Iterator[ScriptedTwilio]:
    """A Twilio on loopback that answers what a test has written into its scripts."""
    with ScriptedTwilio() as server:
        yield server
