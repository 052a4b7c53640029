"""Conversations with the SMTP door, one pitfall a file."""

from pathlib import Path

import pytest

from mailhub.doors.smtp import DoorMeans
from tests.doors.dialog import Dialog, has_tls, settings_of
from tests.doors.fakes import FakeIntake, FakeLogins, FakeRefusals, open_door

DIALOGS = sorted((Path(__file__).parent.parent / "dialogs").glob("*.smtp"))


def test_there_are_dialogs():
    assert len(DIALOGS) >= 20


@pytest.mark.parametrize("path", DIALOGS, ids=lambda path: path.stem)
def test_dialog(path, tls_context, caplog):
    intake, refusals = FakeIntake(), FakeRefusals()
    means = DoorMeans(tls=tls_context if has_tls(path) else None, logins=FakeLogins(), refusals=refusals)
    settings = {"implicit_tls_port": 0, "login_delay_seconds": 0, **settings_of(path)}
    door = open_door(intake, means=means, **settings)
    dialog = Dialog(door, intake, refusals)
    try:
        dialog.run(path)
    finally:
        dialog.close()
        door.stop(5)
    assert [record for record in caplog.records if record.name == "asyncio" or record.exc_info] == []
