"""The worker: claims captures and reads them, then decides what waits and carries out returns that are due.

One bad mail never stops the next (design, promise 5): what kills its reader is blamed alone, read once more alone, and then
held unparsed. Only the outermost loop catches broadly; a capture whose handling failed stays claimed until its lease ends.
Who loses the race for a mail's identity links its capture to the winner's submission at once.
"""

import logging
import threading
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from mailhub import codec
from mailhub.authentication.arrival import SenderChecks
from mailhub.checking.jobs import DEFAULT_SIGNATURE_LIMITS, MailJob
from mailhub.checking.orders import mail_order
from mailhub.checking.pool import ReaderFailedError, ReaderPool, ReadersUnavailableError
from mailhub.checking.reading import Reading
from mailhub.clock import Clock
from mailhub.courtesy import Courtesy
from mailhub.deciding import Deciding
from mailhub.policy.case import Action
from mailhub.reception import Reception, first_capture
from mailhub.returning import Returning
from mailhub.sealing import Sealing
from mailhub.trust.store import TrustStore
from parsers.files.model import DEFAULT_LIMITS, ContainerLimits
from parsers.signatures.limits import SignatureLimits
from storage import captures, letters
from storage.blobs import BlobStore
from storage.database import Database
from storage.errors import ConflictError, DamagedBlobError, NotFoundError, StaleClaimError, StorageUnavailableError
from storage.records import Actor, Capture, Claim, Letter, LetterState

log = logging.getLogger(__name__)

ATTEMPTS_BEFORE_GIVING_UP = 5
"""A capture claimed this often without an outcome kills more than its reader; it is not read again by machine."""

NOT_NOW = timedelta(minutes=1)
"""How long a mail rests that nobody can read or take in at the moment; that is no attempt of its own."""

IDENTITY_TRIES = 3
"""A worker that lost the race for a mail's identity finds the winner's submission at its next try; a second loss is rare."""

DUE_BATCH = 10
"""Letters that are due are acted on between two mails, a few at a time: neither waits for the end of the other's queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Reads and decides; any number may run in any number of processes."""

    name: str
    database: Database
    blobs: BlobStore
    pool: ReaderPool
    trust: TrustStore
    reception: Reception
    deciding: Deciding
    returning: Returning
    sealing: Sealing
    clock: Clock
    lease: timedelta
    senders: SenderChecks
    signatures: SignatureLimits = DEFAULT_SIGNATURE_LIMITS
    limits: ContainerLimits = DEFAULT_LIMITS
    courtesy: Courtesy | None = None
    alone: threading.Lock = field(default_factory=threading.Lock)

    @property
    def actor(self) -> Actor:
        """The hub itself, through this worker."""
        return Actor(unit_id=None, name="mailhub", via=self.name)

    def run_once(self) -> bool:
        """Do one piece of work; False when there was none, or when the doors go first."""
        if self.courtesy is not None and self.courtesy.gives_way():
            return False
        read = self._read_next()
        return self._act_on_due() or read

    def _read_next(self) -> bool:
        with self.database.reading() as tx:
            if not captures.any_ready(tx):
                return False
        with self.database.transaction() as tx:
            claims = captures.claim(tx, owner=self.name, lease=self.lease, limit=1)
            claimed = [(claim, captures.get(tx, claim.id)) for claim in claims]
        for claim, capture in claimed:
            try:
                self._handle(claim, capture)
            except (StaleClaimError, ConflictError) as lost:
                log.warning("capture left to another worker", extra={"capture": capture.id, "error": str(lost)})
            except (ReadersUnavailableError, StorageUnavailableError) as failure:
                # A reader that cannot be started and a bucket that does not answer are no mail's fault.
                log.error("mail waits", extra={"capture": capture.id, "error": str(failure)})  # noqa: TRY400
                self._give_back(claim)
                return False
        return bool(claimed)

    def _give_back(self, claim: Claim) -> None:
        """Let a capture rest; one that was stored before something failed is read already, and nobody's claim any more."""
        with suppress(StaleClaimError), self.database.transaction() as tx:
            captures.release(tx, claim, retry_at=tx.now() + NOT_NOW, counted=False)

    def _handle(self, claim: Claim, capture: Capture) -> None:
        if not self.reception.is_for_somebody(capture):
            log.error("mail waits, the hub has no unit yet", extra={"capture": capture.id})
            self._give_back(claim)
            return
        if claim.attempts > ATTEMPTS_BEFORE_GIVING_UP:
            self.reception.receive_unreadable(self.actor, claim, capture, f"given up after {claim.attempts - 1} attempts")
            return
        try:
            raw = self.sealing.opened(capture) if capture.sealed else self.blobs.get(capture.draft.blob)
            reading = self._read(capture, raw, alone=claim.attempts > 1)
        except (ReaderFailedError, DamagedBlobError, NotFoundError) as failure:
            self._blame(claim, capture, failure)
            return
        waiting = self._receive(claim, capture, raw, reading)
        log.info("capture read", extra={"capture": capture.id, "letters": len(waiting)})
        for unit_id, letter_id in waiting:
            self.deciding.decide(self.actor, unit_id, letter_id)

    def _receive(self, claim: Claim, capture: Capture, raw: bytes, reading: Reading) -> tuple[tuple[int, int], ...]:
        """Store what was read; what another worker stores of the same mail meanwhile is linked, not waited for."""
        for _ in range(IDENTITY_TRIES - 1):
            try:
                return self.reception.receive(self.actor, claim, capture, raw, reading)
            except ConflictError:
                log.info("another capture of the mail was stored first", extra={"capture": capture.id})
        return self.reception.receive(self.actor, claim, capture, raw, reading)

    def _read(self, capture: Capture, raw: bytes, *, alone: bool) -> Reading:
        job = MailJob(
            return_path=capture.draft.mail_from,
            received_at=capture.draft.received_at,
            now=self.clock(),
            trust=self.trust.snapshot(),
            signatures=self.signatures,
            limits=self.limits,
            sender=self.senders.evidence(capture.draft, raw),
        )
        with self.alone if alone else nullcontext():
            return codec.decode(self.pool.read(mail_order(job, raw)), Reading)

    def _blame(self, claim: Claim, capture: Capture, failure: Exception) -> None:
        log.warning("reader failed", extra={"capture": capture.id, "attempt": claim.attempts, "error": told(failure)})
        if claim.attempts > 1:
            self.reception.receive_unreadable(self.actor, claim, capture, told(failure))
            return
        with self.database.transaction() as tx:
            captures.release(tx, claim, retry_at=tx.now())

    def _act_on_due(self) -> bool:
        with self.database.reading() as tx:
            due = letters.due(tx, states=(LetterState.WAITING, LetterState.RETURN_DUE), limit=DUE_BATCH)
        for unit_id, letter_id in due:
            try:
                self._act_on(unit_id, letter_id)
            except ConflictError:
                # Another worker or a clerk has acted on the letter since it was listed.
                log.info("letter decided elsewhere", extra={"letter": letter_id})
                self._postpone(unit_id, letter_id)
            except Exception:
                self._postpone(unit_id, letter_id)
                raise
        return bool(due)

    def _postpone(self, unit_id: int, letter_id: int) -> None:
        """Let a letter that could not be acted on come again later: those behind it are due as well."""
        with self.database.transaction() as tx:
            letter, now = letters.get(tx, unit_id, letter_id), tx.now()
            if letter.draft.due_at is not None and letter.draft.due_at <= now:
                later = replace(letter.draft, due_at=now + self.lease)
                letters.update(tx, letter, later, decided_by=letter.decided_by)

    def _act_on(self, unit_id: int, letter_id: int) -> None:
        with self.database.reading() as tx:
            letter = letters.get(tx, unit_id, letter_id)
        if letter.draft.state is LetterState.RETURN_DUE:
            self.returning.perform(self.actor, unit_id, letter_id)
            return
        if letter.draft.action == Action.WAIT.value:
            self._check_again(letter)
        self.deciding.decide(self.actor, unit_id, letter_id)

    def _check_again(self, letter: Letter) -> None:
        """Another round of the checks that were pending; a reader that fails now leaves the facts as they are."""
        with self.database.transaction() as tx:
            # Moving the due time is the claim: a worker that comes second finds another version.
            claimed = replace(letter.draft, due_at=tx.now() + self.lease)
            letter = letters.update(tx, letter, claimed, decided_by=letter.decided_by)
            capture = first_capture(tx, letter)
        try:
            reading = self._read(capture, self.blobs.get(capture.draft.blob), alone=False)
        except (ReaderFailedError, DamagedBlobError, NotFoundError) as failure:
            log.warning("letter not checked again", extra={"letter": letter.id, "error": told(failure)})
            return
        self.reception.refresh(letter, reading)


def told(failure: Exception) -> str:
    """A failure in words that say nothing of the mail: a reader's last words may quote it, and it may be secret."""
    if isinstance(failure, ReaderFailedError):
        return f"{type(failure).__name__}, exit status {failure.evidence.exit_status}"
    return type(failure).__name__
