"""What a served hub does about revocation by itself."""

import logging
from pathlib import Path

import pytest

from mailhub.presence import Presence
from mailhub.serving.loops import Loops
from mailhub.serving.revocation import RevocationWatch, start_revocation
from storage import revocation
from storage.records import LetterState
from tests.revocation.conftest import CLERK, Office
from tests.revocation.test_store import write
from tests.servers.waiting import until


def started(office: Office, folder: Path) -> list[str]:
    loops = Loops()
    loops.stopping.set()
    start_revocation(office.hub, Presence.begin(folder), loops)
    loops.stop(10)
    return [thread.name for thread in loops.threads]


def with_settings(office: Office, **changes: object) -> None:
    settings = office.hub.settings
    changed = settings.revocation.model_copy(update=changes)
    object.__setattr__(office.hub, "settings", settings.model_copy(update={"revocation": changed}))


def test_a_hub_fetches_only_where_hosts_are_listed(office: Office, tmp_path: Path):
    assert started(office, tmp_path / "a") == ["revocation", "fetching", "rechecking"]
    with_settings(office, hosts=(), recheck=False)
    assert started(office, tmp_path / "b") == ["revocation"]


def test_a_served_hub_settles_a_waiting_letter_by_itself(office: Office, tmp_path: Path):
    waiting = office.bring()
    loops = Loops()
    start_revocation(office.hub, Presence.begin(tmp_path / "serving"), loops)
    try:
        until(lambda: not office.hub.revocation_standing.lacking(), "the lists to be there")
    finally:
        assert loops.stop(30)
    assert office.letter(waiting.id).draft.due_at == office.clock()
    office.work()
    assert office.letter(waiting.id).draft.state is not LetterState.WAITING


def test_what_has_run_out_is_said_in_the_log_once_an_hour(office: Office, caplog: pytest.LogCaptureFixture):
    office.bring()
    watch = RevocationWatch(office.hub)
    with caplog.at_level(logging.WARNING, "mailhub.serving.revocation"):
        watch.look()
        watch.look()
        said = len(caplog.records)
        office.move(hours=1)
        watch.look()
    assert said == 2
    assert len(caplog.records) == 4


def test_every_certificate_is_looked_up_once_a_day(office: Office, tmp_path: Path):
    """A registry that was restored, or data that came by another way, are noticed too."""
    office.bring("revoked")
    office.hub.revocation.import_(CLERK, write(tmp_path, office.laboratory, "issuing"))
    with office.hub.database.transaction() as tx:
        (found,) = [item for item in revocation.watched(tx) if "Lê Văn" in item.subject]
        revocation.set_revoked(tx, found.sha256, None)
    RevocationWatch(office.hub).look()
    with office.hub.database.reading() as tx:
        assert revocation.watched_one(tx, found.sha256).revoked_at is not None
