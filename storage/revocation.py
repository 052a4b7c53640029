"""Revocation data, the same for all processes of the hub: current ones, and those that were, until nobody needs them.

Only verified data come here. What a document brings along is evidence about that document alone.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage import hub
from storage.columns import as_key
from storage.database import Transaction
from storage.records import FetchSource, LetterState, RevocationDraft, RevocationItem, RevocationKind, WatchedCertificate
from storage.rows import draft_of, values_of
from storage.tables import files as file_rows
from storage.tables import (
    letter_files,
    letters,
    revocation_data,
    revocation_sources,
    submission_material,
    trust_certificates,
    watched_certificates,
)

_VERSION = "revocation-data"
_SEEN_AGAIN = timedelta(hours=6)
_CURRENT = revocation_data.c.superseded_at.is_(None)
_WITHOUT_DER = [column for column in revocation_data.c if column.name != "der"]


# --- the data -----------------------------------------------------------------------------------------------------------


def add(tx: Transaction, draft: RevocationDraft) -> bool:
    """Store data in place of older ones about the same; False, and nothing is changed, where they are not newer."""
    rows = revocation_data.c
    same = (
        *(rows.kind == draft.kind, rows.issuer_key == draft.issuer_key),
        *(rows.serial == draft.serial, rows.scope == draft.scope, _CURRENT),
    )
    newest = tx.connection.execute(sa.select(sa.func.max(rows.this_update, type_=rows.this_update.type)).where(*same)).scalar()
    if newest is not None and newest >= draft.this_update:
        return False
    now = tx.now()
    tx.execute(sa.update(revocation_data).where(*same).values(superseded_at=now))
    values = values_of(draft) | {"size": len(draft.der), "superseded_at": None}
    added = tx.connection.execute(tx.insert_new(revocation_data).values(**values).returning(rows.id)).scalar()
    if added is None:
        # It was here before and was superseded by what has been swept since.
        tx.execute(sa.update(revocation_data).where(rows.sha256 == draft.sha256).values(superseded_at=None))
    hub.raise_version(tx, _VERSION)
    return True


def version(tx: Transaction) -> int:
    """Read the number of changes so far: what was read of the data is current while it stays the same."""
    return hub.version(tx, _VERSION)


def current(tx: Transaction, *, issuer_keys: Iterable[str] | None = None) -> list[RevocationItem]:
    """List what counts now, by issuer; of some issuers only where they are named."""
    rows = revocation_data.c
    found = sa.select(*_WITHOUT_DER).where(_CURRENT).order_by(rows.issuer, rows.kind, rows.serial, rows.scope, rows.id)
    if issuer_keys is not None:
        found = found.where(rows.issuer_key.in_(list(issuer_keys)))
    return [draft_of(RevocationItem, row) for row in tx.connection.execute(found).mappings()]


def current_bytes(tx: Transaction, kind: RevocationKind) -> tuple[bytes, ...]:
    """Read the DER bytes of everything of a kind that counts now, in a fixed order."""
    found = sa.select(revocation_data.c.der).where(_CURRENT, revocation_data.c.kind == kind).order_by(revocation_data.c.sha256)
    return tuple(tx.connection.execute(found).scalars())


def bytes_of(tx: Transaction, sha256: str) -> bytes | None:
    """Read the DER bytes of one piece, current or not; None where it is not here."""
    found: bytes | None = tx.connection.execute(
        sa.select(revocation_data.c.der).where(revocation_data.c.sha256 == sha256)
    ).scalar()
    return found


def sweep(tx: Transaction, before: datetime) -> int:
    """Forget what was superseded before a moment; tell how many pieces. What verdicts rest on is kept with the letters."""
    return tx.execute(sa.delete(revocation_data).where(revocation_data.c.superseded_at < before)).rowcount


# --- the certificates it is about ---------------------------------------------------------------------------------------


def watch(tx: Transaction, certificates: Iterable[WatchedCertificate]) -> None:
    """Watch certificates, or note now and then that they were seen again.

    Authorities stand behind nearly every mail: their rows are locked rarely, and always in the same order.
    """
    rows = watched_certificates.c
    wanted = {certificate.sha256: certificate for certificate in certificates}
    known = sa.select(rows.sha256, rows.seen_at).where(rows.sha256.in_(list(wanted)))
    seen = {row.sha256: row.seen_at for row in tx.connection.execute(known)}
    for sha256, certificate in sorted(wanted.items()):
        if sha256 not in seen:
            tx.execute(tx.insert_new(watched_certificates).values(**values_of(certificate)))
        elif certificate.seen_at - seen[sha256] >= _SEEN_AGAIN:
            tx.execute(sa.update(watched_certificates).where(rows.sha256 == sha256).values(seen_at=certificate.seen_at))


def watched(
    tx: Transaction, *, issuer_keys: Iterable[str] | None = None, seen_since: datetime | None = None
) -> list[WatchedCertificate]:
    """List the watched certificates, of some issuers only where they are named."""
    rows = watched_certificates.c
    found = sa.select(watched_certificates).order_by(rows.issuer, rows.subject, rows.sha256)
    if issuer_keys is not None:
        found = found.where(rows.issuer_key.in_(list(issuer_keys)))
    if seen_since is not None:
        found = found.where(rows.seen_at >= seen_since)
    return [draft_of(WatchedCertificate, row) for row in tx.connection.execute(found).mappings()]


def watched_one(tx: Transaction, sha256: str) -> WatchedCertificate | None:
    """Read one watched certificate."""
    found = (
        tx.connection.execute(sa.select(watched_certificates).where(watched_certificates.c.sha256 == sha256)).mappings().first()
    )
    return draft_of(WatchedCertificate, found) if found is not None else None


def authorities(tx: Transaction) -> list[bytes]:
    """Read the DER bytes of the watched certificates that may issue others."""
    found = sa.select(watched_certificates.c.der).where(watched_certificates.c.is_authority.is_(True))
    return list(tx.connection.execute(found.order_by(watched_certificates.c.sha256)).scalars())


def set_revoked(tx: Transaction, sha256: str, revoked_at: datetime | None) -> None:
    """Note what the data say of a watched certificate."""
    tx.execute(sa.update(watched_certificates).where(watched_certificates.c.sha256 == sha256).values(revoked_at=revoked_at))


def forget_unused(tx: Transaction) -> None:
    """Forget certificates that neither a mail nor the trust set has any more: those of a secret, for one."""
    in_mail = sa.select(submission_material.c.sha256).where(submission_material.c.sha256 == watched_certificates.c.sha256)
    trusted = sa.select(trust_certificates.c.sha256).where(
        trust_certificates.c.sha256 == watched_certificates.c.sha256, trust_certificates.c.removed_in.is_(None)
    )
    tx.execute(sa.delete(watched_certificates).where(~in_mail.exists(), ~trusted.exists()))


def letters_of(tx: Transaction, certificates: Iterable[str]) -> list[tuple[int, int]]:
    """List unit and id of the letters with files of mails whose signatures rest on these certificates."""
    mails = sa.select(submission_material.c.submission_id).where(submission_material.c.sha256.in_(list(certificates)))
    own = sa.select(letters.c.unit_id, letters.c.id).where(letters.c.submission_id.in_(mails))
    joined = (
        sa.select(letters.c.unit_id, letters.c.id)
        .join(letter_files, letter_files.c.letter_id == letters.c.id)
        .join(file_rows, file_rows.c.id == letter_files.c.file_id)
        .where(file_rows.c.submission_id.in_(mails))
    )
    return sorted({(row[0], row[1]) for row in tx.connection.execute(sa.union(own, joined))})


def mails_of(tx: Transaction, letter_id: int) -> list[int]:
    """List the mails that a letter's files came in, the letter's own first."""
    own = sa.select(letters.c.submission_id).where(letters.c.id == letter_id)
    joined = sa.select(file_rows.c.submission_id).join(letter_files, letter_files.c.file_id == file_rows.c.id)
    found = [
        *tx.connection.execute(own).scalars(),
        *tx.connection.execute(joined.where(letter_files.c.letter_id == letter_id)).scalars(),
    ]
    return list(dict.fromkeys(number for number in found if number is not None))


def waiting_for(tx: Transaction, issuer_keys: Iterable[str], action: str) -> list[int]:
    """List the letters that wait for their checks and bear certificates of these issuers."""
    # From the letters, which are few: an issuer stands behind mails without number.
    rows, uses = watched_certificates.c, submission_material.c
    of_issuer = sa.exists().where(rows.sha256 == uses.sha256, rows.issuer_key.in_(list(issuer_keys)))
    bears = sa.exists().where(uses.submission_id == letters.c.submission_id, of_issuer)
    waiting = (letters.c.due_at.is_not(None), letters.c.state == LetterState.WAITING, letters.c.action == action)
    found = sa.select(letters.c.id).where(*waiting, bears)
    return sorted(tx.connection.execute(found).scalars())


# --- where it is fetched ------------------------------------------------------------------------------------------------


def want(tx: Transaction, wanted: Iterable[tuple[RevocationKind, str, str]]) -> None:
    """Add addresses to fetch from, due at once; each is a kind, an address, and what it is about."""
    for kind, address, subject in wanted:
        values = {
            "kind": kind,
            "address": address,
            "address_key": as_key(address),
            "subject": subject,
            "due_at": tx.now(),
            "last_attempt_at": None,
            "last_success_at": None,
            "failures": 0,
            "last_error": "",
        }
        tx.execute(tx.insert_new(revocation_sources).values(**values))


def sources(tx: Transaction) -> list[FetchSource]:
    """List every address, with how it fares."""
    rows = revocation_sources.c
    found = tx.connection.execute(sa.select(revocation_sources).order_by(rows.address, rows.subject)).mappings()
    return [draft_of(FetchSource, row) for row in found]


def drop_sources(tx: Transaction, ids: Iterable[int]) -> None:
    """Forget addresses that nothing is fetched from any more."""
    tx.execute(sa.delete(revocation_sources).where(revocation_sources.c.id.in_(list(ids))))


def claim_source(tx: Transaction, source: FetchSource, until: datetime) -> bool:
    """Take an address for oneself until a moment; False where another process was first."""
    mine = (revocation_sources.c.id == source.id, revocation_sources.c.due_at == source.due_at)
    return tx.execute(sa.update(revocation_sources).where(*mine).values(due_at=until)).rowcount == 1


def keep_attempt(tx: Transaction, source: FetchSource, *, due_at: datetime, error: str = "") -> None:
    """Write how an attempt went; without an error it succeeded."""
    values: dict[str, object] = {"due_at": due_at, "last_attempt_at": tx.now(), "last_error": error}
    values |= {"failures": source.failures + 1} if error else {"failures": 0, "last_success_at": tx.now()}
    tx.execute(sa.update(revocation_sources).where(revocation_sources.c.id == source.id).values(**values))


def hurry(tx: Transaction, *, subjects: Iterable[str], not_tried_since: datetime) -> None:
    """Let addresses about these subjects be tried now, unless they were tried since a moment."""
    rows = revocation_sources.c
    rested = sa.or_(rows.last_attempt_at.is_(None), rows.last_attempt_at < not_tried_since)
    mine = (rows.subject.in_(list(subjects)), rows.due_at > tx.now(), rested)
    tx.execute(sa.update(revocation_sources).where(*mine).values(due_at=tx.now()))
