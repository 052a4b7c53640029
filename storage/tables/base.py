"""What the tables have in common: names of constraints, and the columns that every table is made of."""

import sqlalchemy as sa

from storage.columns import Id, Key, Text

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def row_id() -> sa.Column[int]:
    """The row's own id."""
    return sa.Column("id", Id, primary_key=True, autoincrement=True)


def ref(name: str, target: str, *, nullable: bool = False, index: bool = False) -> sa.Column[int]:
    """The id of a row in another table."""
    return sa.Column(name, Id, sa.ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def text(name: str) -> sa.Column[str]:
    """Free text."""
    return sa.Column(name, Text, nullable=False)


def key(name: str) -> sa.Column[str]:
    """Text that is looked up."""
    return sa.Column(name, Key, nullable=False)


def whole(name: str) -> sa.Column[int]:
    """A whole number."""
    return sa.Column(name, sa.BigInteger, nullable=False)
