"""Submissions: one mail to one unit, however often and through however many doors it came."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from storage.database import Transaction
from storage.errors import NotFoundError
from storage.records import FileDraft, FileRecord, Submission, SubmissionDraft, SubmissionState
from storage.rows import draft_of, page, values_of
from storage.tables import files as file_rows
from storage.tables import letter_files, letters, submission_captures, submissions


def add(tx: Transaction, draft: SubmissionDraft) -> int:
    """Store a submission; ConflictError when another one of the unit has its identity (or its tracking code)."""
    with tx.claiming(f"unit {draft.unit_id} has a submission with identity {draft.identity!r} already"):
        new = tx.insert(submissions, values_of(draft))
    link_capture(tx, new, draft.capture_id)
    return new


def rewrite(tx: Transaction, submission_id: int, draft: SubmissionDraft) -> None:
    """Write anew what is known of a submission; its tracking code stays, for senders may have been told it."""
    _update(tx, submission_id, values_of(draft, without=frozenset({"tracking_code"})))


def link_capture(tx: Transaction, submission_id: int, capture_id: int) -> None:
    """Note that a capture brought this submission; saying it twice changes nothing."""
    tx.execute(tx.insert_new(submission_captures).values(submission_id=submission_id, capture_id=capture_id))


def find_by_identity(tx: Transaction, unit_id: int, identity: str) -> Submission | None:
    """Find the unit's submission with this content."""
    return _one(tx, submissions.c.unit_id == unit_id, submissions.c.identity == identity)


def by_code_beginning(tx: Transaction, unit_id: int, beginning: str, limit: int) -> list[Submission]:
    """Find the unit's submissions whose tracking code begins so, in the code's one form."""
    code = submissions.c.tracking_code
    # A range instead of LIKE, so that the code's own index serves; `~` sorts behind every character of a code.
    mine = (submissions.c.unit_id == unit_id, code >= beginning, code < f"{beginning}~")
    return _all(tx, sa.select(submissions).where(*mine).order_by(code).limit(limit))


def get(tx: Transaction, unit_id: int, submission_id: int) -> Submission:
    """Read a submission of the unit."""
    found = _one(tx, submissions.c.unit_id == unit_id, submissions.c.id == submission_id)
    if found is None:
        raise NotFoundError(f"unit {unit_id} has no submission {submission_id}")
    return found


def tracking_code(tx: Transaction, submission_id: int) -> str:
    """Read a submission's tracking code."""
    code: str = tx.connection.execute(
        sa.select(submissions.c.tracking_code).where(submissions.c.id == submission_id)
    ).scalar_one()
    return code


def sender_addresses(tx: Transaction, submission_ids: Sequence[int]) -> dict[int, str]:
    """Tell which address each of these submissions came from."""
    rows = tx.connection.execute(
        sa.select(submissions.c.id, submissions.c.sender_address).where(submissions.c.id.in_(list(submission_ids)))
    )
    return {row.id: row.sender_address for row in rows}


def list_(
    tx: Transaction,
    unit_id: int,
    *,
    states: Iterable[SubmissionState] | None = None,
    limit: int,
    before_id: int | None = None,
) -> list[Submission]:
    """List the unit's submissions, newest first."""
    statement = sa.select(submissions).where(submissions.c.unit_id == unit_id)
    if states is not None:
        statement = statement.where(submissions.c.state.in_(list(states)))
    return _all(tx, page(statement, submissions.c.id, before_id, limit))


def sharing_content(tx: Transaction, submission_id: int) -> list[Submission]:
    """List the submission and every one whose content is in its letters too, of whatever unit.

    They share a capture (one mail to several units), or a letter was joined of their files.
    """
    found: set[int] = set()
    more = {submission_id}
    while more - found:
        found |= more
        more = _neighbours(tx, found)
    return _all(tx, sa.select(submissions).where(submissions.c.id.in_(found)).order_by(submissions.c.id))


def letterless_counts(tx: Transaction, unit_id: int) -> dict[SubmissionState, int]:
    """Count the unit's submissions that no letter stands for, by state; a state without any is left out."""
    bare = ~sa.exists().where(letters.c.submission_id == submissions.c.id)
    statement = sa.select(submissions.c.state, sa.func.count().label("mails")).where(submissions.c.unit_id == unit_id, bare)
    return {row.state: row.mails for row in tx.connection.execute(statement.group_by(submissions.c.state))}


def set_state(tx: Transaction, submission_id: int, state: SubmissionState) -> None:
    """Move a submission to another state."""
    _update(tx, submission_id, {"state": state})


def set_reading(tx: Transaction, submission_id: int, document_id: int | None) -> None:
    """Point to the document that holds what was read in the mail."""
    _update(tx, submission_id, {"reading_id": document_id})


def blank(tx: Transaction, submission_id: int) -> None:
    """Seal: take subject, names, addresses, Message-ID and the files' names out of the rows.

    What stays is the digest, the size and the time; the raw bytes are the blob store's to overwrite.
    """
    _update(
        tx,
        submission_id,
        {
            "state": SubmissionState.SEALED,
            "subject": "",
            "sender_name": "",
            "sender_address": "",
            "message_id": "",
            "reading_id": None,
        },
    )
    of_submission = file_rows.c.submission_id == submission_id
    tx.execute(sa.update(file_rows).where(of_submission).values(name="", path=""))


def add_files(tx: Transaction, submission_id: int, drafts: Sequence[FileDraft]) -> list[int]:
    """Store the submission's files and give their ids in the same order."""
    return [tx.insert(file_rows, {"submission_id": submission_id, **values_of(draft)}) for draft in drafts]


def remove_files(tx: Transaction, submission_id: int) -> None:
    """Forget the submission's files, as before it is read anew; letters that hold one of them let it go."""
    mine = sa.select(file_rows.c.id).where(file_rows.c.submission_id == submission_id)
    tx.execute(sa.delete(letter_files).where(letter_files.c.file_id.in_(mine)))
    tx.execute(sa.delete(file_rows).where(file_rows.c.submission_id == submission_id))


def files(tx: Transaction, submission_id: int) -> tuple[FileRecord, ...]:
    """List the submission's files in the order they were added."""
    of_submission = sa.select(file_rows).where(file_rows.c.submission_id == submission_id).order_by(file_rows.c.id)
    return tuple(draft_of(FileRecord, row) for row in tx.connection.execute(of_submission).mappings())


def _neighbours(tx: Transaction, found: set[int]) -> set[int]:
    other = submission_captures.alias()
    by_capture = (
        sa.select(other.c.submission_id)
        .join(submission_captures, submission_captures.c.capture_id == other.c.capture_id)
        .where(submission_captures.c.submission_id.in_(found))
    )
    held = letter_files.join(letters, letters.c.id == letter_files.c.letter_id)
    held = held.join(file_rows, file_rows.c.id == letter_files.c.file_id)
    in_letters = sa.select(file_rows.c.submission_id).select_from(held).where(letters.c.submission_id.in_(found))
    of_files = sa.select(letters.c.submission_id).select_from(held).where(file_rows.c.submission_id.in_(found))
    statements = (by_capture, in_letters, of_files)
    return {id_ for statement in statements for id_ in tx.connection.execute(statement).scalars() if id_ is not None}


def _update(tx: Transaction, submission_id: int, values: dict[str, object]) -> None:
    changed = tx.execute(sa.update(submissions).where(submissions.c.id == submission_id).values(**values))
    if changed.rowcount != 1:
        raise NotFoundError(f"no submission {submission_id}")


def _one(tx: Transaction, *conditions: sa.ColumnElement[bool]) -> Submission | None:
    found = _all(tx, sa.select(submissions).where(*conditions))
    return found[0] if found else None


def _all(tx: Transaction, statement: sa.Select[tuple[object, ...]]) -> list[Submission]:
    rows = tx.connection.execute(statement).mappings().all()
    captures = _captures_of(tx, [row["id"] for row in rows])
    return [
        Submission(id=row["id"], draft=draft_of(SubmissionDraft, row), capture_ids=tuple(captures.get(row["id"], ())))
        for row in rows
    ]


def _captures_of(tx: Transaction, submission_ids: list[int]) -> dict[int, list[int]]:
    links = sa.select(submission_captures).where(submission_captures.c.submission_id.in_(submission_ids))
    captures: dict[int, list[int]] = {}
    for row in tx.connection.execute(links.order_by(submission_captures.c.capture_id)):
        captures.setdefault(row.submission_id, []).append(row.capture_id)
    return captures
