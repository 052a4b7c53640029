"""Transactions, snapshots, the writers' queue and the schema's version, on both databases."""

import fcntl
import threading
import traceback
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from storage import hub
from storage.database import Database
from storage.errors import ConflictError, SchemaVersionError, StorageError, StorageUnavailableError
from storage.queueing import writers_turn
from storage.schema import HEAD
from storage.tables import metadata, settings
from tests.servers.waiting import until
from tests.storage.builders import in_threads


def test_the_revision_that_the_program_asks_for_is_the_newest_one():
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_fresh_database_is_refused_until_it_is_upgraded(empty_database_url):
    database = Database.open(empty_database_url, lock_file=None)
    assert database.schema_version() is None
    with pytest.raises(SchemaVersionError, match="run `mailhub upgrade`"):
        database.require_current_schema()
    database.upgrade()
    database.upgrade()
    database.require_current_schema()
    assert database.schema_version() == "0001"
    database.close()


def test_another_schema_version_is_refused(database):
    with database.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(SchemaVersionError, match=r"has schema 0000.*needs schema 0001.*run `mailhub upgrade`"):
        database.require_current_schema()


def test_two_hubs_can_upgrade_at_once(empty_database_url):
    databases = [Database.open(empty_database_url, lock_file=None) for _ in range(4)]
    failures = in_threads(databases, lambda database: database.upgrade())
    assert failures == []
    databases[0].require_current_schema()
    for database in databases:
        database.close()


# SQLAlchemy says that it cannot take apart an index over an expression on SQLite; its text is compared instead.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection:sqlalchemy.exc.SAWarning")
def test_migrations_build_the_schema_that_the_tables_describe(empty_database_url):
    database = Database.open(empty_database_url, lock_file=None)
    with database.transaction() as tx:
        metadata.create_all(tx.connection)
        described = _schema_of(tx.connection)
        metadata.drop_all(tx.connection)
    database.upgrade()
    with database.reading() as tx:
        assert _schema_of(tx.connection) == described
    database.close()


def test_a_failed_block_leaves_nothing(database):
    with pytest.raises(RuntimeError), database.transaction() as tx:
        hub.raise_version(tx, "key")
        raise RuntimeError
    with database.reading() as tx:
        assert hub.version(tx, "key") == 0


def test_a_reader_sees_one_snapshot_and_waits_for_no_writer(database):
    with database.reading() as before:
        assert hub.version(before, "key") == 0
        with database.transaction() as tx:
            hub.raise_version(tx, "key")
            with database.reading() as beside:
                assert hub.version(beside, "key") == 0
        assert hub.version(before, "key") == 0
    with database.reading() as after:
        assert hub.version(after, "key") == 1


def test_a_reader_cannot_write(database):
    with pytest.raises(StorageError), database.reading() as tx:
        hub.raise_version(tx, "key")
    with database.transaction() as tx:
        hub.raise_version(tx, "key")


def test_a_conflict_undoes_its_block_and_the_transaction_goes_on(database):
    with database.transaction() as tx:
        hub.raise_version(tx, "kept")
        with pytest.raises(ConflictError, match="twice"), tx.claiming("said twice"):
            hub.raise_version(tx, "undone")
            tx.execute(sa.insert(settings).values(name="hub-id", version=1, value=b"other"))
        assert hub.version(tx, "undone") == 0
    with database.reading() as tx:
        assert hub.version(tx, "kept") == 1


def test_no_error_of_the_driver_comes_out(database):
    with pytest.raises(ConflictError), database.transaction() as tx:
        tx.execute(sa.insert(settings).values(name="hub-id", version=1, value=b"other"))
    with pytest.raises(StorageError), database.transaction() as tx:
        tx.connection.exec_driver_sql("SELECT no_such_column FROM settings")


def test_time_is_aware_utc_and_moves_on_inside_a_transaction(database):
    with database.transaction() as tx:
        first, second = tx.now(), tx.now()
    assert first.tzinfo is UTC
    assert first < second
    assert abs(second - datetime.now(UTC)) < timedelta(minutes=1)  # noqa: TID251


def test_a_given_clock_is_the_only_clock(open_database):
    moment = datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=7)))
    database = open_database(clock=lambda: moment)
    with database.transaction() as tx:
        assert tx.now() == moment
        assert tx.now().tzinfo is UTC


def test_no_database_means_try_again_later(tmp_path):
    nobody = Database.open("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2", lock_file=None)
    with pytest.raises(StorageUnavailableError), nobody.reading():
        pass
    folder = Database.open(f"sqlite:///{tmp_path}", lock_file=tmp_path / "lock")
    with pytest.raises(StorageUnavailableError), folder.transaction():
        pass


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://user:secret@host/db"])
def test_a_registry_is_a_file_or_postgresql(url):
    with pytest.raises(ValueError, match="SQLite file or in PostgreSQL") as refused:
        Database.open(url, lock_file=None)
    assert "secret" not in str(refused.value)


def test_sqlite_is_durable_and_checks_references(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path / 'a.db'}", lock_file=None)
    for opened in (database.transaction, database.reading):
        with opened() as tx:
            pragma = {name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in _PRAGMAS}
        assert pragma == _PRAGMAS
    database.close()


@pytest.mark.parametrize(("given", "kept"), [("off", "on"), ("local", "on"), ("on", "on"), ("remote_apply", "remote_apply")])
def test_postgresql_is_durable_whatever_the_server_would_do_by_itself(postgresql_cluster, given, kept):
    name = postgresql_cluster.create()
    postgresql_cluster.run(f'ALTER DATABASE "{name}" SET synchronous_commit = {given}')
    database = Database.open(postgresql_cluster.url(name), lock_file=None)
    for opened in (database.transaction, database.transaction, database.reading):
        with opened() as tx:
            assert tx.connection.exec_driver_sql("SHOW synchronous_commit").scalar() == kept
    database.close()
    postgresql_cluster.drop(name)


_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_writers_take_turns_and_none_is_lost(database):
    def add_ten(_: int) -> None:
        for _ in range(10):
            with database.transaction() as tx:
                hub.raise_version(tx, "count")

    assert in_threads(range(8), add_ten) == []
    with database.reading() as tx:
        assert hub.version(tx, "count") == 80


def test_who_waits_for_the_lock_comes_before_who_has_just_had_it(tmp_path):
    lock, turns, entered = tmp_path / "lock", [], threading.Event()

    def wait_in_line() -> None:
        entered.set()
        with writers_turn(lock):
            turns.append("waiter")

    waiter = threading.Thread(target=wait_in_line)
    with writers_turn(lock):
        waiter.start()
        entered.wait(10)
        until(lambda: _is_locked(tmp_path / "lock.door"), "the waiter to stand at the door")
        turns.append("first")
    with writers_turn(lock):
        turns.append("first again")
    waiter.join(10)
    assert turns == ["first", "waiter", "first again"]


def _is_locked(path: Path) -> bool:
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _schema_of(connection):
    """Columns, keys and references of every table that is described, and how each index was made."""
    inspector = sa.inspect(connection)
    tables = {name: _table_of(inspector, name) for name in metadata.tables}
    if connection.dialect.name == "postgresql":
        indexes = connection.exec_driver_sql("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    else:
        indexes = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    ours = {name: text for name, text in indexes if "entry_search" not in name and "alembic" not in name}
    return tables, ours


def _table_of(inspector, name):
    return {
        "columns": {column["name"]: (str(column["type"]), column["nullable"]) for column in inspector.get_columns(name)},
        "key": inspector.get_pk_constraint(name),
        "references": sorted(str(reference) for reference in inspector.get_foreign_keys(name)),
        "unique": sorted(str(constraint) for constraint in inspector.get_unique_constraints(name)),
    }


def test_a_postgresql_server_that_is_cut_off_is_noticed_within_a_minute(postgresql_url):
    database = Database.open(postgresql_url, lock_file=None)
    with database.reading() as tx:
        told = tx.connection.connection.driver_connection.info.get_parameters()
    database.close()
    assert int(told["tcp_user_timeout"]) <= 30_000
    assert int(told["keepalives_idle"]) + int(told["keepalives_interval"]) * int(told["keepalives_count"]) <= 60


def test_what_the_database_refuses_is_told_without_the_values_that_it_was_given(database):
    value = bytes(range(97, 110))
    with pytest.raises(ConflictError) as refused, database.transaction() as tx:
        for _ in range(2):
            tx.execute(sa.insert(settings).values(name="n", version=1, value=value))
    assert value.decode() not in "".join(traceback.format_exception(refused.value))
