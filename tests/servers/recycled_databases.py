"""Databases of PostgreSQL that are emptied and used again: to copy one takes a fifth of a second, to empty one milliseconds."""

from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from tests.servers.postgresql import Cluster
from tests.servers.waiting import until

MOST_USES = 100
"""Emptied tables keep dead rows, and with them all pages; a fresh copy now and then costs less than to vacuum."""

_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

_STATE = """
SELECT (SELECT (count(*), max(xmin::text::bigint)) FROM pg_class)::text,
       (SELECT (count(*), max(xmin::text::bigint)) FROM pg_attribute)::text,
       (SELECT (count(*), max(xmin::text::bigint)) FROM pg_constraint)::text,
       (SELECT (count(*), max(xmin::text::bigint)) FROM pg_trigger)::text,
       (SELECT (count(*), max(xmin::text::bigint)) FROM pg_statistic)::text,
       (SELECT count(*) FROM pg_db_role_setting),
       (SELECT max(reltuples) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace)
"""
"""What changes when somebody alters the schema, gathers statistics, vacuums or configures the database."""

_NAMES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = %s ORDER BY relname"


@dataclass
class RecycledDatabases:
    """Fresh copies of one template, most of them used before. What a test altered more than rows in is thrown away.

    A session stays in each of them, since a new one would read the catalogue anew.
    """

    cluster: Cluster
    template: str
    _free: list[str] = field(default_factory=list)
    _uses: dict[str, int] = field(default_factory=dict)
    _sessions: dict[str, psycopg.Connection] = field(default_factory=dict)
    _emptying: sql.Composed | None = None
    _state: tuple[object, ...] = ()

    def take(self) -> str:
        """A database as the template is."""
        name = self._free.pop() if self._free else self.cluster.create(template=self.template)
        self._uses[name] = self._uses.get(name, 0) + 1
        return name

    def give_back(self, name: str) -> None:
        """Take a database back, empty it and keep it, or drop it."""
        if self._uses[name] < MOST_USES and self._empty(name):
            self._free.append(name)
        else:
            self._session(name).close()
            del self._sessions[name]
            self.cluster.drop(name)

    def close(self) -> None:
        """Leave all databases; the cluster ends with them in it."""
        for session in self._sessions.values():
            session.close()

    def orders(self, name: str) -> sql.Composed:
        """What makes any database of these be as this one is now."""
        session = self._session(name)
        tables = [table for (table,) in session.execute(_NAMES, ["r"]).fetchall()]
        sequences = [sequence for (sequence,) in session.execute(_NAMES, ["S"]).fetchall()]
        orders = [sql.SQL("SET session_replication_role = replica")]  # No foreign key asks which table comes first.
        orders += [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in tables]
        orders += [order for table in tables for order in _inserting(session, table)]
        orders += [_restarting(session, sequence) for sequence in sequences]
        return sql.SQL("; ").join(orders)

    def bring(self, name: str, orders: sql.Composed) -> None:
        """Make a database be as another one was when it gave these orders."""
        self._session(name).execute(orders)

    def _session(self, name: str) -> psycopg.Connection:
        if name not in self._sessions:
            self._sessions[name] = self.cluster.connect(name)
        return self._sessions[name]

    def _empty(self, name: str) -> bool:
        if self._emptying is None:
            self._learn()
        session = self._session(name)
        until(lambda: not session.execute(_OTHERS).fetchall(), "the other sessions to end")
        if session.execute(_STATE).fetchone() != self._state:
            return False
        session.execute(self._emptying)
        return True

    def _learn(self) -> None:
        """Read in a copy of the template how to make one like it again."""
        name = self.cluster.create(template=self.template)
        session = self._session(name)
        self._state = session.execute(_STATE).fetchone() or ()
        self._emptying = self.orders(name)
        self._uses[name] = 0
        self._free.append(name)


def _inserting(connection: psycopg.Connection, table: str) -> list[sql.Composable]:
    """The orders that put the rows of a table back."""
    named = sql.Identifier(table)
    rows = connection.execute(sql.SQL("SELECT kept::text FROM {} AS kept").format(named)).fetchall()
    return [sql.SQL("INSERT INTO {0} SELECT ({1}::{0}).*").format(named, sql.Literal(row)) for (row,) in rows]


def _restarting(connection: psycopg.Connection, sequence: str) -> sql.Composable:
    """The order that lets a sequence go on from where the template's stands."""
    last, called = connection.execute(
        sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(sequence))
    ).fetchall()[0]
    return sql.SQL("SELECT setval({}, {}, {})").format(sql.Literal(f'"{sequence}"'), sql.Literal(last), sql.Literal(called))
