"""Promises 1 to 6 hold when the hub dies at any flush, any answer, any renaming that one mail causes.

Judged from outside: the 250s that the client was given, the relay's folder, the register and the log by the command line.
"""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailhub.cli.app import mailhub
from mailhub.clock import system_clock
from mailhub.demo.cast import CORRESPONDENTS, OFFICE
from mailhub.demo.dossier import Desk
from mailhub.demo.home import SETTINGS, fill, set_values
from mailhub.demo.pki import Pki
from mailhub.hub import Hub, create_home, open_hub, upgrade_hub
from storage.records import DispatchState, Unit
from tests.integration.crashing import Crashes, Point, Post, Receiver, Starter, around_commits, quick_seals, running_starter
from tests.servers.postgresql import Cluster, running_cluster
from tests.servers.serving import told
from tests.servers.waiting import free_port

pytestmark = pytest.mark.timeout(900)

# The leases are those of every hub: what a dead process held is taken up again long before they end.
FEW = {"worker.threads": "1", "reader.children": "1", "notices.daily_cap": "10000"}


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
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def crashes(request, tmp_path, starter, receiver) -> Iterator[Crashes]:
    """A served hub on the database and with the relay that the test asks for."""
    database, relay = request.param
    with receiver.running() as smtp_relay:
        values = SETTINGS | FEW | {"smtp.port": str(port := free_port())} | (smtp_relay if relay == "smtp" else {})
        if database == "postgresql":
            cluster = request.getfixturevalue("cluster")
            values["storage.database"] = f'"{cluster.url(cluster.create())}"'
        hub, unit, desk = make_hub(tmp_path / "hub", values)
        found = Crashes(starter=starter, hub=hub, unit=unit, port=port, post=Post(desk), log=tmp_path / "log")
        found.start()
        try:
            yield found
        finally:
            found.kill()
            hub.close()


def make_hub(home: Path, values: dict[str, str]) -> tuple[Hub, Unit, Desk]:
    now = system_clock().astimezone(ZoneInfo(OFFICE.time_zone)).replace(microsecond=0)
    pki = Pki.make(now)
    desk = Desk(pki, {correspondent.code: quick_seals(pki, correspondent) for correspondent in CORRESPONDENTS}, now)
    create_home(home)
    set_values(home, values)
    upgrade_hub(home, {})
    hub = open_hub(home, {})
    return hub, fill(hub, desk.pki, desk.seals), desk


def on(*worlds: tuple[str, str]):
    return pytest.mark.parametrize("crashes", worlds, ids="-".join, indirect=True)


def judge(crashes: Crashes, sent: Sequence[bytes]) -> None:
    """What outsiders see after the last crash, when the hub has stopped in order."""
    home = crashes.hub.home
    entries = told(home, "register", "list", "--limit", "10000")
    assert Counter(entry["reference"] for entry in entries) == Counter(letter.reference for letter in crashes.acknowledged)
    first = OFFICE.first_number
    assert sorted(entry["number"] for entry in entries) == list(range(first, first + len(entries)))

    receipts = {content: message_from_bytes(content) for content in sent}
    answered = Counter(receipt["In-Reply-To"] for receipt in receipts.values())
    assert answered == Counter(letter.message_id for letter in crashes.acknowledged), "one receipt each, however often sent"
    dispatches = crashes.hub.outbox.list_(crashes.unit.id, limit=10_000)
    assert {dispatch.state for dispatch in dispatches} == {DispatchState.SENT}
    assert all(dispatch.repeated <= 1 for dispatch in dispatches)
    again = sum(dispatch.repeated for dispatch in dispatches)
    assert len(receipts) <= len(sent) <= len(receipts) + again, "the same bytes again, and only where the hub says so"
    assert mailhub.run(["--home", str(home), "audit", "verify"], {}) == 0


def judge_folder(crashes: Crashes) -> None:
    crashes.stop()
    written = list((crashes.hub.home / "outbox").iterdir())
    assert {file.suffix for file in written} == {".eml"}, "nothing half written is left"
    judge(crashes, [file.read_bytes() for file in written])


def judge_receiver(crashes: Crashes, receiver: Receiver) -> None:
    crashes.stop()
    judge(crashes, receiver.took)


@on(("sqlite", "folder"), ("postgresql", "folder"))
def test_a_crash_at_any_flush_or_renaming_loses_nothing_and_numbers_nothing_twice(crashes):
    points = [call.point for call in crashes.calls(["fdatasync", "fsync", "rename"])]
    died = die_at(crashes, points)
    assert set(died) == {"fdatasync", "fsync", "rename"}
    assert died.total() >= 5
    judge_folder(crashes)


@on(("sqlite", "smtp"))
def test_a_crash_at_any_word_to_client_or_relay_loses_nothing_and_numbers_nothing_twice(crashes, receiver):
    points = [call.point for call in crashes.calls(["sendto", "fdatasync"])]
    dispatcher = max(point.thread for point in points if point.call == "sendto")
    died = die_at(crashes, [point for point in points if point.call == "sendto" or point.thread == dispatcher])
    assert died["sendto"] > 10
    assert died["fdatasync"] >= 3
    judge_receiver(crashes, receiver)
    # The last flush comes after the relay's 250: what it took goes out again, and is counted.
    assert len(receiver.took) > len(crashes.acknowledged)


@on(("postgresql", "smtp"))
def test_a_crash_at_any_answer_or_commit_loses_nothing_and_numbers_nothing_twice(crashes, receiver):
    *points, last = around_commits(crashes.calls(["sendto"]))
    assert die_at(crashes, [point for point in points if point.thread != last.thread])["sendto"] > 10
    judge_receiver(crashes, receiver)


@on(("postgresql", "smtp"))
def test_a_crash_at_any_word_to_relay_or_database_sends_nothing_unsaid_twice(crashes, receiver):
    dispatcher = around_commits(crashes.calls(["sendto"]))[-1].thread
    assert die_while_sending(crashes, dispatcher) > 8
    judge_receiver(crashes, receiver)
    assert len(receiver.took) > len(crashes.acknowledged)


def die_at(crashes: Crashes, points: Sequence[Point]) -> Counter[str]:
    """Kill at every point, each time with a new mail; gives how often the hub did die at calls of which name.

    Some points never come again: a new segment is begun now and then, and the housekeeper flushes by the clock.
    """
    return Counter(point.call for point in points if crashes.at(point))


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
