"""Column types that make SQLite and PostgreSQL keep the same values, also where the text comes out of hostile mail."""

import hashlib
import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

_TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
_KEY_LIMIT = 400
_COUNT_LIMIT = 2**31 - 1

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def clean(text: str) -> str:
    """PostgreSQL takes neither NUL nor lone surrogates; mail holds both."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "�").encode("utf-8", "replace").decode("utf-8")


def shorten(text: str) -> str:
    """Cut a long key down to a prefix and a digest: equal keys stay equal, and no index page overflows."""
    if len(text) <= _KEY_LIMIT:
        return text
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return text[: _KEY_LIMIT - 65] + "~" + digest


def as_key(text: str) -> str:
    """Give a key as the database keeps it."""
    return shorten(clean(text))


class Text(sa.TypeDecorator[str]):
    """Free text."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Make the text storable."""
        return None if value is None else clean(value)


class Key(sa.TypeDecorator[str]):
    """Text that is looked up by an index; beyond 400 characters it is kept as prefix and digest."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Make the key storable and short."""
        return None if value is None else as_key(value)


class Prefixed(Key):
    """A key that is also looked up by its beginning, so it sorts by its code points on every database."""

    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[str]:
        """Choose PostgreSQL's plain order; SQLite has it from the start."""
        return postgresql.TEXT(collation="C") if dialect.name == "postgresql" else dialect.type_descriptor(sa.Text())


def begins_with(column: sa.Column[str], prefix: str) -> sa.ColumnElement[bool]:
    """Match a `Prefixed` column by its beginning, as an index can; no character sorts behind the last code point."""
    return sa.and_(column >= prefix, column < prefix + "\U0010ffff")


def holds_words(column: sa.Column[str], words: list[str]) -> sa.ColumnElement[bool]:
    """Match a folded text that holds every one of these words as it is typed, wildcards too."""
    return sa.and_(sa.true(), *(column.contains(word, autoescape=True) for word in words))


class Count(sa.TypeDecorator[int]):
    """A count read from mail; the largest storable number stands for anything larger."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: sa.Dialect) -> int | None:
        """Keep the number inside 32 bits."""
        return None if value is None else max(-_COUNT_LIMIT, min(value, _COUNT_LIMIT))


class Texts(sa.TypeDecorator[tuple[str, ...]]):
    """A tuple of texts, stored as a JSON list."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: sa.Dialect) -> str | None:
        """Write the list."""
        return None if value is None else json.dumps([clean(text) for text in value], ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> tuple[str, ...] | None:
        """Read the list."""
        return None if value is None else tuple(json.loads(value))


class Choice(sa.TypeDecorator[ChoiceT]):
    """A member of a StrEnum, stored by its value."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, choices: type[ChoiceT]) -> None:
        super().__init__()
        self.choices = choices

    def process_bind_param(self, value: ChoiceT | None, dialect: sa.Dialect) -> str | None:
        """Write the value."""
        return None if value is None else self.choices(value).value

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> ChoiceT | None:
        """Read the value."""
        return None if value is None else self.choices(value)


def read_time(text: str) -> datetime:
    """Read a moment as SQLite keeps it; ValueError for any other text."""
    return datetime.strptime(text, _TIME_FORMAT).replace(tzinfo=UTC)


class Time(sa.TypeDecorator[datetime]):
    """A moment in UTC: timestamptz on PostgreSQL; text of fixed width on SQLite, which sorts as time does."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[datetime] | sa.types.TypeEngine[str]:
        """Choose the database's own type where it has one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | str | None:
        """Refuse naive times; the same instant is the same value."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone was given: {value!r}")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.strftime(_TIME_FORMAT).rjust(27, "0")

    def process_result_value(self, value: datetime | str | None, dialect: sa.Dialect) -> datetime | None:
        """Give an aware UTC datetime."""
        if value is None:
            return None
        return read_time(value) if isinstance(value, str) else value.astimezone(UTC)
