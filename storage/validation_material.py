"""Validation material: every piece is kept once, as long as signatures of a mail rest on it.

The trust set and the revocation data of the hub change; what a verdict rested on is copied here with it, so that it can be
checked again years later.
"""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from storage.database import Transaction
from storage.records.evidence import MaterialUse, ValidationMaterial
from storage.rows import portions
from storage.tables import revocation_data, submission_material, trust_certificates, validation_material


def keep(tx: Transaction, submission_id: int, uses: Sequence[MaterialUse], brought: Iterable[ValidationMaterial]) -> list[str]:
    """Let a mail rest on these pieces, beside those that it rests on already; gives the digests of what is not to be had.

    The bytes are those brought along, else those of the hub's trust set and revocation data.
    """
    wanted = {use.sha256: use.kind for use in uses}
    known = _known(tx, wanted)
    new = {piece.sha256: piece for piece in brought if piece.sha256 in wanted}
    absent = sorted(wanted.keys() - known - new.keys())
    new |= {sha256: ValidationMaterial(sha256=sha256, kind=wanted[sha256], der=der) for sha256, der in _of_hub(tx, absent)}
    for sha256, piece in sorted(new.items()):
        if sha256 not in known:
            values = {"sha256": sha256, "kind": piece.kind, "size": len(piece.der), "der": piece.der}
            tx.execute(tx.insert_new(validation_material).values(**values))
    for sha256 in sorted(known | new.keys()):
        tx.execute(tx.insert_new(submission_material).values(submission_id=submission_id, sha256=sha256))
    return sorted(wanted.keys() - known - new.keys())


def read(tx: Transaction, digests: Iterable[str]) -> list[ValidationMaterial]:
    """Read those of the pieces that are kept, by kind and digest."""
    rows = validation_material.c
    found = [
        ValidationMaterial(sha256=row.sha256, kind=row.kind, der=row.der)
        for portion in portions(digests)
        for row in tx.connection.execute(sa.select(rows.sha256, rows.kind, rows.der).where(rows.sha256.in_(portion)))
    ]
    return sorted(found, key=lambda piece: (piece.kind, piece.sha256))


def of_submission(tx: Transaction, submission_id: int) -> list[str]:
    """List the digests of what a mail rests on."""
    found = sa.select(submission_material.c.sha256).where(submission_material.c.submission_id == submission_id)
    return list(tx.connection.execute(found.order_by(submission_material.c.sha256)).scalars())


def forget(tx: Transaction, submission_id: int) -> None:
    """Let a mail rest on nothing: it is secret. What no other mail rests on is deleted."""
    mine = of_submission(tx, submission_id)
    tx.execute(sa.delete(submission_material).where(submission_material.c.submission_id == submission_id))
    needed = sa.select(submission_material.c.sha256).where(submission_material.c.sha256 == validation_material.c.sha256).exists()
    for portion in portions(mine):
        tx.execute(sa.delete(validation_material).where(validation_material.c.sha256.in_(portion), ~needed))


def _known(tx: Transaction, digests: Iterable[str]) -> set[str]:
    """Those of the pieces that are kept; nobody can delete them before this transaction has ended."""
    kept: set[str] = set()
    for portion in portions(digests):
        found = sa.select(validation_material.c.sha256).where(validation_material.c.sha256.in_(portion))
        kept.update(tx.connection.execute(found.with_for_update(key_share=True, read=True)).scalars())
    return kept


def _of_hub(tx: Transaction, digests: Sequence[str]) -> list[tuple[str, bytes]]:
    """Digest and bytes of what the hub itself keeps: certificates of the trust set, revocation data."""
    found: dict[str, bytes] = {}
    for portion in portions(digests):
        for table in (trust_certificates, revocation_data):
            rows = sa.select(table.c.sha256, table.c.der).where(table.c.sha256.in_(portion))
            found |= {row.sha256: row.der for row in tx.connection.execute(rows)}
    return sorted(found.items())
