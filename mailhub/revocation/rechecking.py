"""Letters of a certificate that was revoked later: their signatures are checked once more, by the same rules as the first time.

A revocation before the proved signing time, found only now, raises a case. A clerk decides what follows; nothing is returned
and no number touched by machine (design, promise 9).
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailhub import codec
from mailhub.checking.failures import ReaderFailedError
from mailhub.checking.jobs import MailJob
from mailhub.checking.orders import mail_order
from mailhub.checking.pool import ReaderPool
from mailhub.checking.reading import ReadFile, Reading
from mailhub.clock import Clock
from mailhub.errors import RefusedError
from mailhub.evidence import facts_of_letter
from mailhub.material import keep_references
from mailhub.policy.case import LetterFacts
from mailhub.policy.covering import signing_files
from mailhub.trust.store import TrustStore
from parsers.files.model import DEFAULT_LIMITS, ContainerLimits
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.model import SignatureReport
from storage import captures, cases, events, letters, revocation, submissions
from storage.blobs import BlobStore
from storage.database import Database, Transaction
from storage.errors import DamagedBlobError, NotFoundError
from storage.records import Actor, Capture, CaseDraft, EventDraft, Letter, LetterState, RecheckOrder

log = logging.getLogger(__name__)

DECIDED = frozenset({LetterState.PROPOSED, LetterState.HELD, LetterState.FILED, LetterState.RETURN_DUE, LetterState.REPEAT})
"""States in which a letter's signatures were believed or not; one that waits is checked again anyway."""

REVOKED = frozenset({"revoked", "revoked-ca"})
REST = timedelta(hours=1)
"""How long a letter rests whose reader failed."""

CASE_RAISED = "case-raised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecking:
    """Checks ordered letters again, one after the other; any number may run in any number of processes."""

    name: str
    database: Database
    blobs: BlobStore
    readers: ReaderPool
    trust: TrustStore
    clock: Clock
    lease: timedelta
    at_once: int
    signatures: SignatureLimits
    limits: ContainerLimits = DEFAULT_LIMITS

    @property
    def actor(self) -> Actor:
        """The hub itself."""
        return Actor(unit_id=None, name="mailhub", via=self.name)

    def run_once(self) -> bool:
        """Check what is ordered, so many letters at most; never asks for another round at once: new mail goes first."""
        with self.database.reading() as tx:
            due = cases.due(tx, self.at_once)
        for ordered in due:
            self._check(ordered)
        return False

    def _check(self, ordered: RecheckOrder) -> None:
        # The claim stands by itself: a letter that cannot be looked at must not come first for ever.
        with self.database.transaction() as tx:
            until = tx.now() + self.lease
            if not cases.claim(tx, ordered, until):
                return
        try:
            with self.database.reading() as tx:
                letter = letters.get(tx, ordered.unit_id, ordered.letter_id)
                decided = letter.draft.state in DECIDED
                facts, mails = (facts_of_letter(tx, letter), captures_of(tx, letter)) if decided else (None, ())
            readings = [self._read(capture) for capture in mails if not capture.sealed]
        except RefusedError as refusal:
            self._let_go(ordered, until, str(refusal))
        except (ReaderFailedError, DamagedBlobError, NotFoundError) as failure:
            self._put_off(ordered, until, type(failure).__name__)
        else:
            self._raise(letter, tuple(revoked_later(facts, readings)) if facts is not None else (), until)

    def _let_go(self, ordered: RecheckOrder, until: datetime, error: str) -> None:
        log.warning("letter cannot be checked again", extra={"letter": ordered.letter_id, "error": error})
        with self.database.transaction() as tx:
            cases.done(tx, ordered.letter_id, until)

    def _put_off(self, ordered: RecheckOrder, until: datetime, error: str) -> None:
        log.warning("letter not checked again", extra={"letter": ordered.letter_id, "error": error})
        with self.database.transaction() as tx:
            cases.put_off(tx, ordered.letter_id, until, tx.now() + REST)

    def _raise(self, letter: Letter, found: tuple[SignatureReport, ...], until: datetime) -> None:
        with self.database.transaction() as tx:
            if not cases.hold(tx, letter.id):
                return
            told = [event for report in found if (event := self._case(tx, letter, report)) is not None]
            cases.done(tx, letter.id, until)
            events.append(tx, told)
        for _ in told:
            log.warning("case raised", extra={"letter": letter.id})

    def _case(self, tx: Transaction, letter: Letter, report: SignatureReport) -> EventDraft | None:
        signer, revoked_at = report.signer, report.revoked_at
        if signer is None or revoked_at is None:
            return None
        draft = CaseDraft(
            unit_id=letter.draft.unit_id,
            letter_id=letter.id,
            certificate=signer.der_sha256,
            signer=signer.common_name or signer.subject,
            revoked_at=revoked_at,
            proved_at=report.best_signature_time,
            found_at=tx.now(),
        )
        number = cases.raise_(tx, draft)
        if number is None:
            return None
        if letter.draft.submission_id is not None:
            # What the case rests on is kept with the letter, as what its first verdict rested on.
            keep_references(tx, letter.draft.submission_id, report.material)
        data: dict[str, object] = {
            "case": number,
            "certificate": draft.certificate,
            "status": report.revocation_status,
            "revoked_at": revoked_at.isoformat(),
            "proved_at": draft.proved_at.isoformat(),
        }
        return EventDraft(kind=CASE_RAISED, subject=f"letter/{letter.id}", actor=self.actor, data=data)

    def _read(self, capture: Capture) -> Reading:
        job = MailJob(
            return_path=capture.draft.mail_from,
            received_at=capture.draft.received_at,
            now=self.clock(),
            trust=self.trust.snapshot(),
            signatures=self.signatures,
            limits=self.limits,
        )
        return codec.decode(self.readers.read(mail_order(job, self.blobs.get(capture.draft.blob))), Reading)


def captures_of(tx: Transaction, letter: Letter) -> tuple[Capture, ...]:
    """The mails that the letter's files came in, each by the capture that it was first read from."""
    mails = (submissions.get(tx, letter.draft.unit_id, number) for number in revocation.mails_of(tx, letter.id))
    return tuple(captures.get(tx, mail.capture_ids[0]) for mail in mails)


def revoked_later(facts: LetterFacts, readings: list[Reading]) -> Iterator[SignatureReport]:
    """The signatures that turn out to have been made after the revocation of their certificate, and that nobody knew of."""
    now = {file.sha256: file for reading in readings for file in reading.files}
    for before in (*facts.files, *signing_files(facts)):
        after = now.get(before.sha256)
        if after is not None:
            known = {key_of(report) for report in reports_of(before) if is_revoked(report)}
            yield from (report for report in reports_of(after) if is_revoked(report) and key_of(report) not in known)


def reports_of(file: ReadFile) -> tuple[SignatureReport, ...]:
    """The signatures of a file."""
    return file.signatures.signatures if file.signatures is not None else ()


def is_revoked(report: SignatureReport) -> bool:
    """Whether the certificate, or one above it, was revoked when the signature is proved to have existed."""
    when = report.revoked_at
    return report.revocation_status in REVOKED and when is not None and when <= report.best_signature_time


def key_of(report: SignatureReport) -> tuple[str, str]:
    """Which signature of a file it is."""
    return report.field, report.signer.der_sha256 if report.signer is not None else ""
