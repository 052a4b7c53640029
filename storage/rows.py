"""Between rows and records: a draft's fields are the columns of the same name."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import sqlalchemy as sa

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

DraftT = TypeVar("DraftT", bound="DataclassInstance")
ItemT = TypeVar("ItemT")
MOST_VALUES = 1000


def values_of(draft: "DataclassInstance", *, without: frozenset[str] = frozenset()) -> dict[str, object]:
    """Give the draft's fields as column values."""
    return {field.name: getattr(draft, field.name) for field in fields(draft) if field.name not in without}


def draft_of(kind: type[DraftT], row: sa.RowMapping, **given: object) -> DraftT:
    """Build the draft from the columns of its fields; `given` stands for what is not a column."""
    taken = {field.name: row[field.name] for field in fields(kind) if field.name not in given}
    return kind(**taken, **given)


def page(
    statement: sa.Select[tuple[object, ...]], id_: sa.Column[int], before_id: int | None, limit: int
) -> sa.Select[tuple[object, ...]]:
    """Newest first, older than `before_id`: a page that stays cheap however deep it is."""
    if before_id is not None:
        statement = statement.where(id_ < before_id)
    return statement.order_by(id_.desc()).limit(limit)


def portions(values: Iterable[ItemT]) -> Iterator[list[ItemT]]:
    """Cut values into lists that one statement takes: SQLite binds 32,766, PostgreSQL 65,535."""
    rest = iter(values)
    while portion := list(islice(rest, MOST_VALUES)):
        yield portion
