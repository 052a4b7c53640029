"""How a connection of each database is made: what is durable, who waits for whom, and whose errors come out."""

import sqlite3
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from storage.errors import StorageFullError, StorageUnavailableError

# An execution option of SQLite connections: run outside a transaction, as a checkpoint must.
OUTSIDE: Final = "mailhub_outside_transaction"

_SQLITE_PRAGMAS: Final = (
    "PRAGMA busy_timeout = 30000",
    "PRAGMA journal_mode = WAL",
    # In WAL mode NORMAL may lose the last commits with the power; a 250 rests on them.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # A purge must not leave the old bytes in free pages.
    "PRAGMA secure_delete = ON",
)

# SQLSTATE 53100 is PostgreSQL's disk_full.
_DISK_FULL: Final = frozenset({sqlite3.SQLITE_FULL, "53100"})

# Whoever waits for the replicas too has asked for more than this.
_DURABLE: Final = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') <> 'remote_apply'"
)


# A server that is cut off says nothing: the system would wait for a quarter of an hour, and every door with it.
_NOTICED: Final = {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}


def sqlite_engine(url: sa.URL, *, writes: bool) -> sa.Engine:
    """Give an engine whose transactions begin as writers, or as readers that cannot write."""
    engine = sa.create_engine(url, pool_size=8, max_overflow=24, hide_parameters=True)
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        assert isinstance(connection, sqlite3.Connection)  # noqa: S101  (narrows the driver's type)
        # The driver would begin transactions by itself, and only before some statements.
        connection.isolation_level = None
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(pragma)
        if not writes:
            connection.execute("PRAGMA query_only = ON")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        if not connection.get_execution_options().get(OUTSIDE, False):
            connection.exec_driver_sql(begin)

    sa.event.listen(engine, "handle_error", _translate, retval=True)
    return engine


def postgresql_engine(url: sa.URL) -> sa.Engine:
    """Give an engine for READ COMMITTED transactions that never wait for ever."""
    engine = sa.create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_size=8,
        max_overflow=24,
        pool_pre_ping=True,
        # Errors go into logs, and what a statement carries may be a secret mail's.
        hide_parameters=True,
        connect_args={"application_name": "mailhub", "connect_timeout": 10, **_NOTICED},
    )

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        # A process that hangs inside a transaction must not stop every other one.
        cursor.execute("SET lock_timeout = '30s'")
        cursor.execute("SET idle_in_transaction_session_timeout = '60s'")
        # A 250 rests on the commit, also where the server's default would answer before it is on the disk.
        cursor.execute(_DURABLE)
        cursor.close()
        connection.commit()

    sa.event.listen(engine, "handle_error", _translate, retval=True)
    return engine


def _translate(context: sa.ExceptionContext) -> BaseException | None:
    """Turn what trying again may help into the error that says so; the services know no driver."""
    error = context.sqlalchemy_exception
    permanent = sa.exc.IntegrityError | sa.exc.ProgrammingError | sa.exc.DataError | sa.exc.NotSupportedError
    if not isinstance(error, sa.exc.DatabaseError | sa.exc.InterfaceError) or isinstance(error, permanent):
        return None
    cause = context.original_exception
    code = getattr(cause, "sqlite_errorcode", None) or getattr(cause, "sqlstate", None)
    kind = StorageFullError if code in _DISK_FULL else StorageUnavailableError
    return kind(f"the database did not answer: {cause}")
