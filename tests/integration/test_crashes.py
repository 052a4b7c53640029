"""Promises 1 to 6 hold when the hub dies at any flush, any answer, any renaming that one mail causes.

Judged from outside: the 250s that the client was given, the relay's folder, the register and the log by the command line.
"""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from email import message_from_bytes
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from mailhub.cli.app import mailhub
from mailhub.clock import system_clock
from mailhub.demo.cast import CORRESPONDENTS, OFFICE
from mailhub.demo.dossier import Desk
from mailhub.demo.home import SETTINGS, fill, set_values
from mailhub.demo.pki import Pki
from mailhub.hub import create_home, open_hub, upgrade_hub
from storage.records import DispatchState
from tests.integration.crashing import Crashes, Point, Post, Starter, around_commits, quick_seals, running_starter
from tests.servers.postgresql import Cluster, running_cluster
from tests.servers.serving import told
from tests.servers.waiting import free_port

pytestmark = pytest.mark.timeout(900)

# A dead process holds its claims for one lease, so short leases make short tests; readers get the time that is left.
QUICK = {
    "worker.threads": "1",
    "worker.lease_seconds": "4",
    "reader.children": "1",
    "reader.seconds": "2",
    "outbox.timeout_seconds": "1",
    "outbox.lease_seconds": "2",
    "notices.daily_cap": "10000",
}


@pytest.fixture(scope="module")
def starter() -> Iterator[Starter]:
    if shutil.which("strace") is None:
        pytest.fail("strace is not installed; make test installs it, or: apt-get install strace")
    with running_starter() as running:
        yield running


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as running:
        yield running


@pytest.fixture
def crashes(request, tmp_path, starter) -> Iterator[Crashes]:
    """A served hub on the database that the test asks for."""
    now = system_clock().astimezone(ZoneInfo(OFFICE.time_zone)).replace(microsecond=0)
    desk = quick_desk(now)
    home, port = tmp_path / "hub", free_port()
    create_home(home)
    database = {"storage.database": f'"{url}"'} if (url := database_url(request)) else {}
    set_values(home, SETTINGS | QUICK | database | {"smtp.port": str(port)})
    upgrade_hub(home, {})
    hub = open_hub(home, {})
    unit = fill(hub, desk.pki, desk.seals)
    found = Crashes(starter=starter, hub=hub, unit=unit, port=port, post=Post(desk), log=tmp_path / "log")
    found.start()
    try:
        yield found
    finally:
        found.kill()
        hub.close()


def database_url(request) -> str:
    if request.param == "sqlite":
        return ""
    cluster = request.getfixturevalue("cluster")
    return cluster.url(cluster.create())


def quick_desk(now: datetime) -> Desk:
    pki = Pki.make(now)
    return Desk(pki, {correspondent.code: quick_seals(pki, correspondent) for correspondent in CORRESPONDENTS}, now)


def on(*databases: str):
    return pytest.mark.parametrize("crashes", databases, indirect=True)


def judge(crashes: Crashes) -> None:
    """What outsiders see after the last crash, when the hub has stopped in order."""
    home = crashes.hub.home
    crashes.stop()
    entries = told(home, "register", "list", "--limit", "10000")
    assert Counter(entry["reference"] for entry in entries) == Counter(letter.reference for letter in crashes.acknowledged)
    first = OFFICE.first_number
    assert sorted(entry["number"] for entry in entries) == list(range(first, first + len(entries)))

    receipts = [message_from_bytes(file.read_bytes()) for file in (home / "outbox").glob("*.eml")]
    assert Counter(receipt["In-Reply-To"] for receipt in receipts) == Counter(
        letter.message_id for letter in crashes.acknowledged
    )
    assert not [file for file in (home / "outbox").iterdir() if file.suffix != ".eml"]
    dispatches = crashes.hub.outbox.list_(crashes.unit.id, limit=10_000)
    assert {dispatch.state for dispatch in dispatches} == {DispatchState.SENT}
    assert all(dispatch.repeated <= 1 for dispatch in dispatches)
    assert mailhub.run(["--home", str(home), "audit", "verify"], {}) == 0


@on("sqlite", "postgresql")
def test_a_crash_at_any_flush_or_renaming_loses_nothing_and_numbers_nothing_twice(crashes):
    points = [call.point for call in crashes.calls(["fdatasync", "fsync", "rename"])]
    assert die_at(crashes, points) >= {"fdatasync", "fsync", "rename"}
    judge(crashes)


@on("sqlite")
def test_a_crash_at_any_answer_loses_nothing_and_numbers_nothing_twice(crashes):
    points = [call.point for call in crashes.calls(["sendto"])]
    assert die_at(crashes, points) == {"sendto"}
    judge(crashes)


@on("postgresql")
def test_a_crash_at_any_answer_or_commit_loses_nothing_and_numbers_nothing_twice(crashes):
    calls = crashes.calls(["sendto"])
    *others, dispatcher = around_commits(calls)
    points = [point for point in others if point.thread != dispatcher.thread]
    assert die_at(crashes, points) == {"sendto"}
    assert die_while_sending(crashes, dispatcher.thread) > 8
    judge(crashes)


def die_at(crashes: Crashes, points: Sequence[Point]) -> set[str]:
    """Kill at every point, each time with a new mail; gives the names of the calls at which the hub did die.

    A few points never come: the mail that was counted began a segment that later ones go on with.
    """
    reached = [point for point in points if crashes.at(point)]
    assert len(reached) > len(points) * 2 // 3, set(points) - set(reached)
    return {point.call for point in reached}


def die_while_sending(crashes: Crashes, thread: int) -> int:
    """Kill the dispatcher at whatever it says to the database from the moment a receipt is due; gives how often it died."""
    died, survived = 0, 0
    for number in count(1):
        crashed = crashes.at(Point(call="sendto", thread=thread, number=number, late=True))
        died, survived = died + crashed, 0 if crashed else survived + 1
        # One mail may have left before the killer was there; the second that lives had no such call any more.
        if survived == 2:
            return died
    raise AssertionError
