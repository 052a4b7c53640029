"""The one way to the registry: transactions for writers, snapshots for readers, and the schema's version."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from storage import engines, schema
from storage.errors import ConflictError, SchemaVersionError, StorageError, StorageUnavailableError
from storage.queueing import writers_turn

Clock = Callable[[], datetime]


_CONTENT = "documents, submissions, letters, files, captures, capture_recipients, validation_material, submission_material"
"""Tables that hold what was read in a mail, or who signed it."""


class Transaction:
    """An open transaction. Only storage's own modules use its connection."""

    def __init__(self, connection: sa.Connection, clock: Clock | None) -> None:
        self.connection = connection
        self._clock = clock

    @property
    def is_postgresql(self) -> bool:
        """Whether the statements of PostgreSQL are understood; else those of SQLite are."""
        return self.connection.dialect.name == "postgresql"

    def now(self) -> datetime:
        """Read the time at this very moment: the given clock's, else the database's, else the machine's (SQLite)."""
        if self._clock is not None:
            return self._clock().astimezone(UTC)
        if self.is_postgresql:
            # clock_timestamp() moves on while the transaction waits for a lock; now() stands still.
            moment: datetime = self.connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
            return moment.astimezone(UTC)
        return datetime.now(UTC)  # noqa: TID251  (SQLite has no clock of its own)

    def execute(
        self, statement: sa.Executable, rows: Sequence[Mapping[str, object]] | None = None
    ) -> sa.CursorResult[tuple[object, ...]]:
        """Run a statement of storage."""
        return self.connection.execute(statement, rows) if rows is not None else self.connection.execute(statement)

    def insert(self, table: sa.Table, values: Mapping[str, object]) -> int:
        """Insert a row and give its id. Values beside the statement keep it the same one, which is compiled once."""
        new: int = self.connection.execute(sa.insert(table).returning(table.c.id), values).scalar_one()
        return new

    def insert_new(self, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
        """Begin an INSERT that passes over rows which are there already."""
        return self.insert_into(table).on_conflict_do_nothing()

    def insert_into(self, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
        """Begin an INSERT that can say what is to become of a row which is there already."""
        return postgresql.insert(table) if self.is_postgresql else sqlite.insert(table)

    @contextmanager
    def claiming(self, conflict: str) -> Iterator[None]:
        """Undo the block and raise ConflictError when it breaks a unique constraint; the transaction goes on."""
        try:
            with self.connection.begin_nested():
                yield
        except sa.exc.IntegrityError as error:
            raise ConflictError(conflict) from error


class Database:
    """A registry in SQLite (`sqlite:///path`) or PostgreSQL (`postgresql+psycopg://...`)."""

    def __init__(self, writing: sa.Engine, reading: sa.Engine, lock_file: Path | None, clock: Clock | None) -> None:
        self._writing = writing
        self._reading = reading
        self._lock_file = lock_file
        self._clock = clock

    @classmethod
    def open(cls, url: str, *, lock_file: Path | None, clock: Clock | None = None) -> "Database":
        """Open lazily: nothing is connected before the first transaction.

        On SQLite every writing process must name the same lock file; without one it stands beside the database.
        """
        parsed = sa.make_url(url)
        if parsed.get_backend_name() == "postgresql":
            engine = engines.postgresql_engine(parsed)
            return cls(engine, engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True), None, clock)
        if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
            raise ValueError(f"a registry is in a SQLite file or in PostgreSQL, not in {parsed.render_as_string()!r}")
        lock = lock_file or Path(f"{parsed.database}.lock")
        return cls(engines.sqlite_engine(parsed, writes=True), engines.sqlite_engine(parsed, writes=False), lock, clock)

    def close(self) -> None:
        """Close every idle connection."""
        self._writing.dispose()
        self._reading.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Write: all of the block or nothing of it. On SQLite writers queue; on PostgreSQL it is READ COMMITTED."""
        with self._turn(), _connected(self._writing) as connection:
            yield Transaction(connection, self._clock)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Read one snapshot; waits for nobody and can write nothing."""
        with _connected(self._reading) as connection:
            yield Transaction(connection, self._clock)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._lock_file is None:
            yield
            return
        with writers_turn(self._lock_file):
            yield

    def schema_version(self) -> str | None:
        """Name the revision of the database's schema; None before the first upgrade."""
        with self.reading() as tx:
            return schema.current_revision(tx.connection)

    def upgrade(self) -> None:
        """Bring the schema to this program's revision, a fresh database too. Two hubs may try at once."""
        with self.transaction() as tx:
            schema.upgrade(tx.connection)

    def scrub(self) -> None:
        """Drop what old row versions still hold after a purge, as far as the database can.

        SQLite empties its write-ahead log (freed pages are zeroed already); a reader at work postpones that to the next call.
        PostgreSQL gives dead rows free; its own log and its base backups are the operator's to rotate.
        """
        with self._turn(), self._writing.connect() as connection:
            if connection.dialect.name == "postgresql":
                alone = connection.execution_options(isolation_level="AUTOCOMMIT")
                alone.exec_driver_sql(f"VACUUM {_CONTENT}")
            else:
                alone = connection.execution_options(**{engines.OUTSIDE: True})
                alone.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def require_current_schema(self) -> None:
        """Refuse a database of another revision before anything else touches it."""
        found, wanted = self.schema_version(), schema.HEAD
        if found != wanted:
            state = f"has schema {found}" if found else "has no tables yet"
            raise SchemaVersionError(f"The registry {state}, this program needs schema {wanted}: run `mailhub upgrade` first.")


@contextmanager
def _connected(engine: sa.Engine) -> Iterator[sa.Connection]:
    try:
        with engine.begin() as connection:
            yield connection
    except sa.exc.TimeoutError as error:
        raise StorageUnavailableError("every connection to the database is in use") from error
    except sa.exc.IntegrityError as error:
        raise ConflictError(f"the database refused a row: {error.orig}") from error
    except sa.exc.SQLAlchemyError as error:
        # The driver's exceptions stop here; what is left is a mistake of this program.
        raise StorageError(f"the database refused a statement: {error}") from error
