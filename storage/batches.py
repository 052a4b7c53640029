"""Rows of a group in one INSERT whose text is made once: for mails whose senders wait for the answer.

Composing and binding a statement anew costs SQLAlchemy several times what SQLite needs to run it, and no other thread of the
process runs meanwhile. Here the statement is SQLAlchemy's too, but compiled only once for each number of rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa

from storage.database import Transaction

_MOST_ROWS: Final = 64
"""So many rows one statement takes: a database limits the values of a statement, and each number of rows is a text of its own."""


@dataclass(frozen=True, slots=True)
class _Statement:
    """An INSERT of some number of rows as the driver takes it; its values have names where the driver wants them by name.

    `fresh` are the values that follow those of each row, bound once; `in_order` puts them all into the order of the text.
    """

    text: str
    names: tuple[str, ...] | None
    binders: tuple[Callable[[Any], object], ...]
    fresh: tuple[object, ...]
    in_order: Callable[[Sequence[object]], Sequence[object]]

    def values(self, rows: Sequence[Sequence[object]]) -> tuple[object, ...] | dict[str, object]:
        """The values of the rows, as the driver wants them."""
        bound: list[object] = []
        for row in rows:
            bound += self.in_order([*(bind(value) for bind, value in zip(self.binders, row, strict=True)), *self.fresh])
        return tuple(bound) if self.names is None else dict(zip(self.names, bound, strict=True))


@dataclass(frozen=True, slots=True)
class Batch:
    """INSERTs into a table that pass over rows which are there already.

    `fresh` are values that every new row has, `returning` is what is told of each.
    """

    table: sa.Table
    columns: tuple[str, ...]
    returning: tuple[str, ...] = ()
    fresh: Mapping[str, object] = field(default_factory=dict)
    _statements: dict[tuple[str, int], _Statement] = field(default_factory=dict)

    def insert(self, tx: Transaction, rows: Sequence[Sequence[object]]) -> list[tuple[Any, ...]]:
        """Insert rows, whose values come in the order of `columns`; what is told of the new ones comes in no order."""
        told: list[tuple[Any, ...]] = []
        for start in range(0, len(rows), _MOST_ROWS):
            some = rows[start : start + _MOST_ROWS]
            statement = self._statement(tx, len(some))
            result = tx.connection.exec_driver_sql(statement.text, statement.values(some))
            if self.returning:
                told += [tuple(row) for row in result]
        return told

    def _statement(self, tx: Transaction, count: int) -> _Statement:
        dialect = tx.connection.dialect
        statement = self._statements.get((dialect.name, count))
        if statement is None:
            statement = self._statements[dialect.name, count] = self._compiled(tx, count)
        return statement

    def _compiled(self, tx: Transaction, count: int) -> _Statement:
        dialect = tx.connection.dialect
        names = (*self.columns, *self.fresh)
        insert = tx.insert_new(self.table).values([dict.fromkeys(names)] * count)
        told = [self.table.c[name] for name in self.returning]
        compiled = (insert.returning(*told) if told else insert).compile(dialect=dialect)
        assert isinstance(compiled, sa.sql.compiler.SQLCompiler)  # noqa: S101  an INSERT's
        # The text names the columns as the table does.
        columns = [column.name for column in self.table.c if column.name in names]
        binders = {name: self._binder(name, dialect) for name in names}
        return _Statement(
            text=str(compiled),
            names=None if compiled.positional else tuple(f"{name}_m{row}" for row in range(count) for name in columns),
            binders=tuple(binders[name] for name in self.columns),
            fresh=tuple(binders[name](value) for name, value in self.fresh.items()),
            in_order=itemgetter(*map(names.index, columns)),
        )

    def _binder(self, name: str, dialect: sa.Dialect) -> Callable[[Any], object]:
        return self.table.c[name].type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is


def _as_it_is(value: object) -> object:
    return value
