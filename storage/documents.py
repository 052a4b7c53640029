"""Opaque documents: readings, facts, decisions, contexts of notices. The application knows what they mean."""

import sqlalchemy as sa

from storage.database import Transaction
from storage.errors import NotFoundError
from storage.records import Document
from storage.tables import documents


def add(tx: Transaction, kind: str, version: int, body: bytes, *, submission_id: int | None = None) -> int:
    """Store a document and give its id. It is never changed; naming its submission lets sealing find it."""
    values = {"kind": kind, "version": version, "body": body, "destroyed": False, "submission_id": submission_id}
    return tx.insert(documents, values)


def get(tx: Transaction, document_id: int) -> Document:
    """Read a document; one that was destroyed is not found."""
    found = sa.select(documents).where(documents.c.id == document_id, documents.c.destroyed.is_(False))
    row = tx.connection.execute(found).one_or_none()
    if row is None:
        raise NotFoundError(f"no document {document_id}, or it was destroyed")
    return Document(id=row.id, kind=row.kind, version=row.version, body=row.body)


def destroy_of_submission(tx: Transaction, submission_id: int) -> None:
    """Remove for good the content of every document about a submission."""
    mine = documents.c.submission_id == submission_id
    tx.execute(sa.update(documents).where(mine).values(body=b"", destroyed=True))
