"""What follows from new revocation data: letters that waited for them wake, and letters of a revoked certificate are ordered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailhub.policy.case import Action
from mailhub.revocation.lookups import revocations
from storage import cases, revocation
from storage.database import Transaction
from storage.records import RevocationDraft, WatchedCertificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of data: whether they were new, how many letters were woken and how many ordered to be checked again."""

    new: tuple[RevocationDraft, ...] = ()
    woken: int = 0
    ordered: int = 0


def take(tx: Transaction, drafts: Iterable[RevocationDraft]) -> Taken:
    """Store verified data and draw the consequences, in one transaction; data that are not newer change nothing."""
    new = tuple(draft for draft in drafts if revocation.add(tx, draft))
    if not new:
        return Taken()
    keys = sorted({draft.issuer_key for draft in new})
    serials = {(draft.issuer_key, draft.serial) for draft in new}
    certificates = [
        certificate
        for certificate in revocation.watched(tx, issuer_keys=keys)
        if (certificate.issuer_key, "") in serials or (certificate.issuer_key, certificate.serial) in serials
    ]
    # Letters first, then certificates: a worker that reads a letter again locks them in this order.
    woken = cases.wake(tx, revocation.waiting_for(tx, keys, Action.WAIT.value), Action.WAIT.value)
    ordered = note_revoked(tx, certificates, revocations(tx, certificates, revocation.current(tx, issuer_keys=keys)))
    return Taken(new=new, woken=woken, ordered=ordered)


def note_revoked(tx: Transaction, certificates: Sequence[WatchedCertificate], told: Mapping[str, datetime | None]) -> int:
    """Note what the data say of certificates now; letters of those that are newly named are ordered to be checked again."""
    changed = [certificate for certificate in certificates if told[certificate.sha256] != certificate.revoked_at]
    for certificate in changed:
        revocation.set_revoked(tx, certificate.sha256, told[certificate.sha256])
    named = [certificate.sha256 for certificate in changed if told[certificate.sha256] is not None]
    return cases.order(tx, revocation.letters_of(tx, named), tx.now()) if named else 0
