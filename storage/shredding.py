"""Shred orders: blobs whose bytes are to be destroyed, kept until that is done.

The order is part of the transaction that stops using the blob, so a crash between the two destroys nothing too early and
forgets nothing.
"""

import sqlalchemy as sa

from storage.database import Transaction
from storage.tables import shred_orders


def order(tx: Transaction, blob: str) -> None:
    """Order a blob destroyed; ordering it twice is one order."""
    tx.execute(tx.insert_new(shred_orders).values(blob=blob))


def pending(tx: Transaction) -> list[str]:
    """List the blobs that are still to be destroyed."""
    return list(tx.connection.execute(sa.select(shred_orders.c.blob).order_by(shred_orders.c.blob)).scalars())


def done(tx: Transaction, blob: str) -> None:
    """Cross an order off."""
    tx.execute(sa.delete(shred_orders).where(shred_orders.c.blob == blob))
