"""Letters: what is decided and numbered. A letter's version fences two decisions at once."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from storage.columns import begins_with
from storage.database import Transaction
from storage.errors import ConflictError, NotFoundError
from storage.folding import fold
from storage.records import FileRecord, Letter, LetterDraft, LetterFile, LetterState
from storage.records.letters import SIGNATURE_ROLE
from storage.rows import draft_of, page, values_of
from storage.tables import files as file_rows
from storage.tables import letter_files, letters


def add(tx: Transaction, draft: LetterDraft, files: Sequence[tuple[int, str]]) -> int:
    """Store a letter with its files (id and role, in order) and give its id."""
    values = _values(draft) | {"version": 1, "decided_by": ""}
    new = tx.insert(letters, values)
    _add_files(tx, new, files)
    return new


def get(tx: Transaction, unit_id: int, letter_id: int) -> Letter:
    """Read a letter of the unit."""
    found = _all(tx, sa.select(letters).where(letters.c.unit_id == unit_id, letters.c.id == letter_id))
    if not found:
        raise NotFoundError(f"unit {unit_id} has no letter {letter_id}")
    return found[0]


def update(tx: Transaction, letter: Letter, draft: LetterDraft, *, decided_by: str) -> Letter:
    """Write the letter anew; ConflictError when it was changed since it was read."""
    values = _values(draft) | {"version": letter.version + 1, "decided_by": decided_by, "decided_at": tx.now()}
    row = (
        tx.connection.execute(
            sa.update(letters)
            .where(letters.c.id == letter.id, letters.c.version == letter.version)
            .values(**values)
            .returning(*letters.c)
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise ConflictError(f"letter {letter.id} was changed by somebody else meanwhile")
    return _letter(row)


def set_files(tx: Transaction, letter_id: int, files: Sequence[tuple[int, str]]) -> None:
    """Give the letter these files (id and role, in order) instead of those it has."""
    tx.execute(sa.delete(letter_files).where(letter_files.c.letter_id == letter_id))
    _add_files(tx, letter_id, files)


def files(tx: Transaction, letter_id: int) -> tuple[LetterFile, ...]:
    """List the letter's files in their order."""
    statement = (
        sa.select(file_rows, letter_files.c.role)
        .join(letter_files, letter_files.c.file_id == file_rows.c.id)
        .where(letter_files.c.letter_id == letter_id)
        .order_by(letter_files.c.position)
    )
    rows = tx.connection.execute(statement).mappings()
    return tuple(LetterFile(file=draft_of(FileRecord, row), role=row["role"]) for row in rows)


def file_counts(tx: Transaction, letter_ids: Sequence[int]) -> dict[int, int]:
    """Count the files of these letters but those that only sign others; a letter without files is left out."""
    statement = sa.select(letter_files.c.letter_id, sa.func.count().label("files")).group_by(letter_files.c.letter_id)
    mine = letter_files.c.letter_id.in_(list(letter_ids)), letter_files.c.role != SIGNATURE_ROLE
    rows = tx.connection.execute(statement.where(*mine))
    return {row.letter_id: row.files for row in rows}


def of_submission(tx: Transaction, submission_id: int) -> list[Letter]:
    """List the letters of a submission in their order."""
    statement = sa.select(letters).where(letters.c.submission_id == submission_id)
    return _all(tx, statement.order_by(letters.c.position, letters.c.id))


def list_(
    tx: Transaction,
    unit_id: int,
    *,
    states: Iterable[LetterState] | None = None,
    limit: int,
    before_id: int | None = None,
) -> list[Letter]:
    """List the unit's letters, newest first."""
    statement = sa.select(letters).where(letters.c.unit_id == unit_id)
    if states is not None:
        statement = statement.where(letters.c.state.in_(list(states)))
    return _all(tx, page(statement, letters.c.id, before_id, limit))


def with_ids(tx: Transaction, ids: Sequence[int]) -> list[Letter]:
    """Read the letters with these ids, newest first."""
    return _all(tx, sa.select(letters).where(letters.c.id.in_(ids)).order_by(letters.c.id.desc()))


def due(tx: Transaction, *, states: Iterable[LetterState], limit: int) -> list[tuple[int, int]]:
    """List unit and id of letters whose time has come: urgent first, then the longest overdue."""
    statement = (
        sa.select(letters.c.unit_id, letters.c.id)
        .where(letters.c.due_at <= tx.now(), letters.c.due_at.is_not(None), letters.c.state.in_(list(states)))
        .order_by(letters.c.priority.desc(), letters.c.due_at, letters.c.id)
        .limit(limit)
    )
    return [(row.unit_id, row.id) for row in tx.connection.execute(statement)]


def counts(tx: Transaction, unit_id: int) -> dict[LetterState, int]:
    """Count the unit's letters by state; a state without letters is left out."""
    statement = sa.select(letters.c.state, sa.func.count().label("letters")).where(letters.c.unit_id == unit_id)
    return {row.state: row.letters for row in tx.connection.execute(statement.group_by(letters.c.state))}


def with_key(tx: Transaction, unit_id: int, document_key: str, exclude_id: int | None = None) -> list[Letter]:
    """List the unit's other letters with this document key; an empty key matches nothing.

    A letter that no mail brought is left out: a paper deposit is no rival of its own e-copy.
    """
    if not document_key:
        return []
    statement = sa.select(letters).where(letters.c.unit_id == unit_id, letters.c.document_key == document_key)
    statement = statement.where(letters.c.submission_id.is_not(None))
    if exclude_id is not None:
        statement = statement.where(letters.c.id != exclude_id)
    return _all(tx, statement.order_by(letters.c.id))


def find_by_reference(
    tx: Transaction, unit_id: int, folded_prefix: str, states: Iterable[LetterState], limit: int
) -> list[Letter]:
    """Find the unit's letters in these states whose folded reference begins so, newest first; nothing begins with nothing."""
    if not folded_prefix:
        return []
    named = (letters.c.unit_id == unit_id, begins_with(letters.c.reference_key, folded_prefix))
    statement = sa.select(letters).where(*named, letters.c.state.in_(list(states)))
    return _all(tx, statement.order_by(letters.c.id.desc()).limit(limit))


def _values(draft: LetterDraft) -> dict[str, object]:
    return values_of(draft) | {"reference_key": fold(draft.reference)}


def _add_files(tx: Transaction, letter_id: int, files: Sequence[tuple[int, str]]) -> None:
    rows = [
        {"letter_id": letter_id, "position": position, "file_id": file_id, "role": role}
        for position, (file_id, role) in enumerate(files)
    ]
    if rows:
        tx.execute(sa.insert(letter_files), rows)


def _all(tx: Transaction, statement: sa.Select[tuple[object, ...]]) -> list[Letter]:
    return [_letter(row) for row in tx.connection.execute(statement).mappings()]


def _letter(row: sa.RowMapping) -> Letter:
    return Letter(
        id=row["id"],
        version=row["version"],
        draft=draft_of(LetterDraft, row),
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
    )
