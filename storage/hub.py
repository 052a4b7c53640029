"""What the hub keeps about itself: its id and its secrets."""

import sqlalchemy as sa

from storage.database import Transaction
from storage.tables import settings

_SECRET = "secret:"  # noqa: S105  (a prefix of names)


def hub_id(tx: Transaction) -> str:
    """Name this hub; made with the registry, the same on every host that shares it."""
    value: bytes = tx.connection.execute(sa.select(settings.c.value).where(settings.c.name == "hub-id")).scalar_one()
    return value.decode("ascii")


def keep_secret(tx: Transaction, name: str, value: bytes) -> bytes:
    """Store a secret unless there is one, and give the one that counts: two hubs that start at once agree on it."""
    tx.execute(tx.insert_new(settings).values(name=_SECRET + name, version=1, value=value))
    kept: bytes = tx.connection.execute(sa.select(settings.c.value).where(settings.c.name == _SECRET + name)).scalar_one()
    return kept


def raise_version(tx: Transaction, name: str) -> int:
    """Count a change of something that others watch, and give its new version."""
    tx.execute(tx.insert_new(settings).values(name=name, version=0, value=b""))
    mine = sa.update(settings).where(settings.c.name == name).values(version=settings.c.version + 1)
    raised: int = tx.connection.execute(mine.returning(settings.c.version)).scalar_one()
    return raised


def version(tx: Transaction, name: str) -> int:
    """Read how often something was changed; 0 for never."""
    found: int | None = tx.connection.execute(sa.select(settings.c.version).where(settings.c.name == name)).scalar()
    return found or 0
