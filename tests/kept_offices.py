"""Offices that are furnished once in a test run, and put where a test wants one: to furnish takes longer than most tests."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg import sql

from mailhub.hub import create_home
from tests.servers.recycled_databases import RecycledDatabases

Make = Callable[[Path, dict[str, str]], object]


@dataclass(frozen=True)
class KeptOffice:
    """A hub's folder, its registry (a SQLite file, or the orders that make a fresh one like it), and what was made in it."""

    home: Path
    registry: Path | sql.Composed
    made: object


@pytest.fixture(scope="session")
def bare_home(tmp_path_factory) -> Path:
    """A new hub's folder, to copy: its registry is made by every migration there is."""
    home: Path = tmp_path_factory.mktemp("bare") / "hub"
    create_home(home, {})
    return home


@pytest.fixture(scope="session")
def kept_offices() -> dict[tuple[str, bool], KeptOffice]:
    """Offices by name and whether they are in PostgreSQL."""
    return {}


@pytest.fixture
def furnish(request, tmp_path_factory, kept_offices) -> Callable[[str, Path, str, Make], object]:
    """Make an office in a folder over a fresh registry, or another one just like it; gives what was made in it.

    What makes one gets the folder and an environment that names the registry, and leaves nothing open.
    """

    def furnish(name: str, home: Path, url: str, make: Make) -> object:
        kind = (name, url.startswith("postgresql"))
        if kind in kept_offices:
            _put(kept_offices[kind], home, url, request)
            return kept_offices[kind].made
        made = make(home, {"MAILHUB_STORAGE__DATABASE": url})
        folder = tmp_path_factory.mktemp("kept")
        kept_offices[kind] = KeptOffice(shutil.copytree(home, folder / "hub"), _kept(folder, url, request), made)
        return made

    return furnish


def _kept(folder: Path, url: str, request: pytest.FixtureRequest) -> Path | sql.Composed:
    if url.startswith("postgresql"):
        registries: RecycledDatabases = request.getfixturevalue("postgresql_registries")
        return registries.orders(_name(url))
    file = _file(url)
    assert not file.with_name(file.name + "-wal").exists(), "whoever furnishes closes what it opened"
    return Path(shutil.copy(file, folder / "mailhub.db"))


def _put(office: KeptOffice, home: Path, url: str, request: pytest.FixtureRequest) -> None:
    shutil.copytree(office.home, home)
    if isinstance(office.registry, Path):
        shutil.copy(office.registry, _file(url))
    else:
        registries: RecycledDatabases = request.getfixturevalue("postgresql_registries")
        registries.bring(_name(url), office.registry)


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]
