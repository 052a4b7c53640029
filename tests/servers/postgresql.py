"""A throw-away PostgreSQL cluster: real, private, gone at the end."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.servers.memory import memory_folder
from tests.servers.waiting import PATIENCE_SECONDS, free_port, until

SUPERUSER = "mailhub"

HURRIED = {
    # The server itself is never killed here, so nothing needs to survive that; its own flushes would only cost time.
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": 0,
    # Nothing lives long enough to be worth cleaning, analysing or compiling a plan for.
    "autovacuum": "off",
    "jit": "off",
}


@dataclass(frozen=True)
class Cluster:
    """A running cluster, reached by its socket folder or by a loopback port; nobody is asked for a password."""

    socket_folder: Path
    port: int
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.socket_folder}&port={self.port}"

    def tcp_url(self, database: str) -> str:
        return f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def create(self, *, template: str = "template0", name: str | None = None, locale: str | None = None) -> str:
        name = name or f"test_{next(self._numbers)}"
        order = "" if locale is None else f" LOCALE_PROVIDER icu ICU_LOCALE '{locale}'"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{order}')
        return name

    def drop(self, name: str) -> None:
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def run(self, statement: str) -> None:
        with self.connect() as connection:
            connection.execute(statement)

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(host=str(self.socket_folder), port=self.port, user=SUPERUSER, dbname=database, autocommit=True)


@contextmanager
def running_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """Make a cluster with initdb, start it, and remove every trace of it afterwards; `durable` is how offices run theirs."""
    programs = _programs()
    # Not pytest's own folder: the server's user may not enter it, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="mailhub-pg-", dir=None if durable else memory_folder()))
    try:
        user = _server_user()
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        _initialise(programs, folder, _as(user))
        with _server(programs, folder, _as(user), durable=durable) as cluster:
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = str(installed[-1]) if installed else shutil.which("initdb")
    if found is None:
        pytest.fail("PostgreSQL is not installed here: `make test` installs it, or says why it cannot")
    return Path(found).parent


def _server_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _as(user: pwd.struct_passwd | None) -> list[str]:
    if user is None:
        return []
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _initialise(programs: Path, folder: Path, prefix: list[str]) -> None:
    command = [str(programs / "initdb"), "-D", str(folder / "data"), "-U", SUPERUSER, "-A", "trust", "--no-sync"]
    command += ["--encoding=UTF8", "--locale=C"]
    done = subprocess.run([*prefix, *command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@contextmanager
def _server(programs: Path, folder: Path, prefix: list[str], *, durable: bool) -> Iterator[Cluster]:
    port = free_port()
    settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "max_connections": 120}
    settings |= {} if durable else HURRIED
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    # The server ends with the tests, also when they are killed.
    prefix = [*(prefix or ["setpriv"]), "--pdeathsig=INT"]
    command = [*prefix, str(programs / "postgres"), "-D", str(folder / "data"), *options]
    log = folder / "log"
    with log.open("w") as out, subprocess.Popen(command, cwd=folder, stdout=out, stderr=out) as server:
        try:
            cluster = Cluster(socket_folder=folder, port=port)
            _wait(cluster, server, log)
            yield cluster
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(PATIENCE_SECONDS)


def _wait(cluster: Cluster, server: subprocess.Popen[bytes], log: Path) -> None:
    def answers() -> bool:
        assert server.poll() is None, log.read_text()
        try:
            cluster.run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    until(answers, "PostgreSQL to answer", said=log.read_text)
