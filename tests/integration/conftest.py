"""Hubs that are served by processes of their own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest

from mailhub.clock import system_clock
from mailhub.demo.cast import CORRESPONDENTS, OFFICE
from mailhub.demo.dossier import Desk
from mailhub.demo.home import SETTINGS, fill, set_values
from mailhub.demo.pki import Pki
from mailhub.hub import Hub, create_home, open_hub, upgrade_hub
from storage.records import Unit
from tests.integration.crashing import Crashes, Ear
from tests.integration.posting import Post, quick_seals
from tests.integration.receiving import Receiver
from tests.integration.wire import Wire
from tests.servers.postgresql import Cluster
from tests.servers.starter import Starter, running_starter
from tests.servers.waiting import free_port

# The leases are those of every hub: what a dead process held is taken up again long before they end.
FEW = {"worker.threads": "1", "reader.children": "1", "notices.daily_cap": "10000"}


@pytest.fixture(scope="session")
def starter() -> Iterator[Starter]:
    with running_starter() as running:
        yield running


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def receiver(ear) -> Receiver:
    return Receiver(ear)


@pytest.fixture
def crashes(request, tmp_path, starter, receiver) -> Iterator[Crashes]:
    """A served hub on the database and with the relay that the test asks for."""
    database, relay = request.param
    with receiver.running() as smtp_relay, ExitStack() as stack:
        values = SETTINGS | FEW | {"smtp.port": str(port := free_port())} | (smtp_relay if relay == "smtp" else {})
        if database != "sqlite":
            cluster = request.getfixturevalue("postgresql_cluster")
            name = cluster.create()
            values["storage.database"] = f'"{cluster.url(name)}"'
        hub, unit, desk = make_hub(tmp_path / "hub", values)
        if database == "wire":
            wired = stack.enter_context(wire_to(cluster, request.getfixturevalue("ear")))
            set_values(hub.home, {"storage.database": f'"{wired.url(name)}"'})
        found = Crashes(starter=starter, hub=hub, unit=unit, port=port, post=Post(desk), log=tmp_path / "log")
        found.warm("sqlite" if database == "sqlite" else "postgresql")
        try:
            found.start()
            yield found
        finally:
            found.kill()
            hub.close()


@contextmanager
def wire_to(cluster: Cluster, listener: Ear) -> Iterator[Cluster]:
    """The cluster as it is reached through a wire on which somebody listens."""
    # A socket's path must be short.
    with TemporaryDirectory(prefix="mailhub-wire-") as folder:
        server = cluster.socket_folder / f".s.PGSQL.{cluster.port}"
        with Wire(Path(folder), cluster.port, server, listener).running():
            yield Cluster(socket_folder=Path(folder), port=cluster.port)


def make_hub(home: Path, values: dict[str, str]) -> tuple[Hub, Unit, Desk]:
    now = system_clock().astimezone(ZoneInfo(OFFICE.time_zone)).replace(microsecond=0)
    pki = Pki.make(now)
    desk = Desk(pki, {correspondent.code: quick_seals(pki, correspondent) for correspondent in CORRESPONDENTS}, now)
    create_home(home)
    set_values(home, values)
    upgrade_hub(home, {})
    hub = open_hub(home, {})
    return hub, fill(hub, desk.pki, desk.seals), desk
