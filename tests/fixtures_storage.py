"""Registries for every test: fresh, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from storage.database import Database
from tests.servers.postgresql import Cluster, running_cluster
from tests.servers.recycled_databases import RecycledDatabases

TEMPLATE = "template_mailhub"


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of this test run, with a database that is upgraded already to copy from."""
    with running_cluster() as cluster:
        _upgrade(cluster.url(cluster.create(name=TEMPLATE)))
        yield cluster


@pytest.fixture(scope="session")
def postgresql_registries(postgresql_cluster: Cluster) -> Iterator[RecycledDatabases]:
    """Fresh registries in PostgreSQL, most of them used before."""
    registries = RecycledDatabases(postgresql_cluster, TEMPLATE)
    yield registries
    registries.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite registry without rows, to copy from."""
    path = tmp_path_factory.mktemp("template") / "mailhub.db"
    _upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh registry whose schema is current, once on each database."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "mailhub.db")
        yield f"sqlite:///{tmp_path / 'mailhub.db'}"
        return
    yield request.getfixturevalue("postgresql_url")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that holds nothing yet, once on each database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'mailhub.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgresql_cluster")
    name = cluster.create()
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture
def postgresql_url(postgresql_registries: RecycledDatabases) -> Iterator[str]:
    """The URL of a fresh registry in PostgreSQL, for what only many writers can show."""
    name = postgresql_registries.take()
    yield postgresql_registries.cluster.url(name)
    postgresql_registries.give_back(name)


@pytest.fixture
def open_database(database_url: str) -> Iterator[Callable[..., Database]]:
    """Open the fresh registry, with a clock where the test gives one; closed at the end."""
    opened: list[Database] = []

    def open_(clock: Callable[[], datetime] | None = None) -> Database:
        opened.append(Database.open(database_url, lock_file=None, clock=clock))
        return opened[-1]

    yield open_
    for database in opened:
        database.close()


@pytest.fixture
def database(open_database: Callable[..., Database]) -> Database:
    """A fresh registry, once on each database."""
    return open_database()


def _upgrade(url: str) -> None:
    database = Database.open(url, lock_file=None)
    try:
        database.upgrade()
    finally:
        database.close()
