"""The agencies of the demonstration with keys and certificates, made once: a key of two thousand bits takes its time."""

from zoneinfo import ZoneInfo

import pytest

from mailhub.clock import system_clock
from mailhub.demo.cast import CORRESPONDENTS, OFFICE, OWN_OFFICE
from mailhub.demo.dossier import Desk
from mailhub.demo.pki import Pki


@pytest.fixture(scope="session")
def agencies() -> Desk:
    """The agencies with their certificates, and the office's own."""
    now = system_clock().astimezone(ZoneInfo(OFFICE.time_zone)).replace(microsecond=0)
    return Desk.furnish(Pki.make(now), (*CORRESPONDENTS, OWN_OFFICE), now)
