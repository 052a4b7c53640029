"""Which blobs are named anywhere in the registry: by a capture, a dispatch, a meeting, an order, or inside a document."""

import re
from collections.abc import Collection
from typing import Final

import sqlalchemy as sa

from storage.database import Transaction
from storage.tables import captures, dispatches, documents, meeting_revisions, shred_orders

_AT_ONCE: Final = 1000
_REF: Final = re.compile(rb"b1\.[0-9a-f]{32}\.[0-9a-f]{64}\.[0-9]{1,19}|[0-9a-f]{32}\.[0-9]{1,19}\.[0-9]{1,19}")


def blobs(tx: Transaction, *, without_kinds: Collection[str] = ()) -> set[str]:
    """Collect every reference there is. Documents are searched as text, those of `without_kinds` are known to name none."""
    named: set[str] = set()
    for column in (captures.c.blob, dispatches.c.blob, meeting_revisions.c.letter_blob, shred_orders.c.blob):
        found: sa.Select[str] = sa.select(column).where(column.is_not(None))
        named.update(tx.connection.execute(found.execution_options(yield_per=_AT_ONCE)).scalars())
    bodies: sa.Select[bytes] = sa.select(documents.c.body).where(documents.c.kind.not_in(list(without_kinds)))
    for body in tx.connection.execute(bodies.execution_options(yield_per=_AT_ONCE)).scalars():
        named.update(match[0].decode("ascii") for match in _REF.finditer(body))
    return named
