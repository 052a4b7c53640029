"""Rows of a group in one INSERT whose text is made once: for mails whose senders wait for the answer.

Composing and binding a statement anew costs SQLAlchemy several times what SQLite needs to run it, and no other thread of the
process runs meanwhile. Here the statement is SQLAlchemy's too, but compiled only once for each number of rows.
"""

from collections.abc import Callable, Sequence
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

    `in_order` puts a row's values into the order of the text, which is that of the table.
    """

    text: str
    names: tuple[str, ...] | None
    in_order: Callable[[Sequence[object]], Sequence[object]]
    binders: tuple[Callable[[Any], object] | None, ...]

    def values(self, rows: Sequence[Sequence[object]]) -> tuple[object, ...] | dict[str, object]:
        """The values of the rows, as the driver wants them."""
        bound = tuple(
            value if bind is None else bind(value)
            for row in rows
            for bind, value in zip(self.binders, self.in_order(row), strict=True)
        )
        return bound if self.names is None else dict(zip(self.names, bound, strict=True))


@dataclass(frozen=True, slots=True)
class Batch:
    """INSERTs into a table that pass over rows which are there already. `returning` is what is told of each new row."""

    table: sa.Table
    columns: tuple[str, ...]
    returning: tuple[str, ...] = ()
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
        insert = tx.insert_new(self.table).values([dict.fromkeys(self.columns)] * count)
        told = [self.table.c[name] for name in self.returning]
        compiled = (insert.returning(*told) if told else insert).compile(dialect=dialect)
        assert isinstance(compiled, sa.sql.compiler.SQLCompiler)  # noqa: S101  an INSERT's
        columns = [column for column in self.table.c if column.name in self.columns]
        return _Statement(
            text=str(compiled),
            names=None if compiled.positional else tuple(f"{column.name}_m{row}" for row in range(count) for column in columns),
            in_order=itemgetter(*(self.columns.index(column.name) for column in columns)),
            binders=tuple(column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns),
        )
