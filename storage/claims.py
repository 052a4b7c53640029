"""Leases on rows: one taker at a time, and a taker who lost the lease can complete nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from storage.database import Transaction
from storage.errors import StaleClaimError
from storage.records import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who wants how many rows for how long."""

    owner: str
    length: timedelta
    limit: int


def take(tx: Transaction, table: sa.Table, candidates: sa.Select[int], lease: Lease, values: Mapping[str, object]) -> list[Claim]:
    """Claim rows of the candidates (ids) in their order; rows that another taker holds at this moment are passed over."""
    ids = tx.connection.execute(candidates.limit(lease.limit).with_for_update(skip_locked=True)).scalars().all()
    return take_locked(tx, table, ids, lease, values)


def take_locked(tx: Transaction, table: sa.Table, ids: Sequence[int], lease: Lease, values: Mapping[str, object]) -> list[Claim]:
    """Claim rows that this transaction has locked; attempt and token rise in the statement that takes them.

    `values` win over what a claim writes by itself, where a row is claimed for something else than an attempt.
    """
    if not ids:
        return []
    until = tx.now() + lease.length
    written: dict[str, object] = {"attempts": table.c.attempts + 1, "ready_at": until, **values}
    taken = tx.connection.execute(
        sa.update(table)
        .where(table.c.id.in_(ids))
        .values(token=table.c.token + 1, owner=lease.owner, **written)
        .returning(table.c.id, table.c.token, table.c.attempts)
    )
    claims = {row.id: Claim(id=row.id, token=row.token, attempts=row.attempts, lease_until=until) for row in taken}
    return [claims[id_] for id_ in ids]


def complete(tx: Transaction, table: sa.Table, claim: Claim, values: Mapping[str, object]) -> None:
    """Write the outcome under the claim's token, or raise StaleClaimError. The token rises, so a claim completes once."""
    done = tx.execute(
        sa.update(table)
        .where(table.c.id == claim.id, table.c.token == claim.token)
        .values(token=table.c.token + 1, owner="", **values)
    )
    if done.rowcount != 1:
        raise StaleClaimError(f"the claim on {table.name} {claim.id} (token {claim.token}) was lost")


def amend(tx: Transaction, table: sa.Table, claim: Claim, values: Mapping[str, object]) -> None:
    """Write something while the claim goes on, or raise StaleClaimError."""
    done = tx.execute(sa.update(table).where(table.c.id == claim.id, table.c.token == claim.token).values(**values))
    if done.rowcount != 1:
        raise StaleClaimError(f"the claim on {table.name} {claim.id} (token {claim.token}) was lost")


def release_dead(
    tx: Transaction, table: sa.Table, open_: sa.ColumnElement[bool] | sa.TextClause, holder: str, *, ready: str = "ready_at"
) -> int:
    """Let the open rows of a holder who is dead be taken again at once; tell how many.

    Owners are named `part@holder`. State and attempts stay as they are: they tell the next taker what may have happened.
    `ready` names the column that says from when on a row may be taken.
    """
    mine = table.c.owner.endswith(f"@{holder}", autoescape=True)
    freed = tx.execute(
        sa.update(table).where(open_, mine).values({"token": table.c.token + 1, "owner": "", ready: tx.now()}),
    )
    return freed.rowcount
