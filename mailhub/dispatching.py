"""The dispatcher: claims what is due, renders it once, sends it with no transaction open, records what became of it.

Message-ID and content are fixed before the first attempt; if a crash falls between the relay's answer and our record, the
identical bytes go again and the dispatch counts it (design, promise 4).
"""

import logging
import random
from dataclasses import dataclass
from datetime import timedelta

from mailhub.answering import MAIL
from mailhub.errors import DamagedDocumentError
from mailhub.notices.errors import NoticeError
from mailhub.relays import MAY_HAVE_ARRIVED, Outcome, OutcomeKind, Relay
from mailhub.rendering import Rendering
from storage import outbox
from storage.blobs import BlobStore
from storage.database import Database
from storage.errors import DamagedBlobError, NotFoundError, StaleClaimError
from storage.records import Claim, Dispatch, DispatchState

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """When to try again: the wait doubles from `first` to `longest`, shortened by chance so that many do not come at once."""

    first: timedelta
    longest: timedelta

    def wait(self, attempts: int) -> timedelta:
        """The wait after so many attempts."""
        doubled: timedelta = min(self.longest, self.first * (1 << min(attempts - 1, 30)))
        share: float = random.uniform(0.5, 1.0)  # noqa: S311  spreading load needs no secrecy
        return doubled * share


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatcher:
    """Sends mail; any number may run in any number of processes."""

    name: str
    database: Database
    blobs: BlobStore
    relay: Relay
    rendering: Rendering
    patience: Patience
    lease: timedelta

    def run_once(self) -> bool:
        """Send what is due; False when there was nothing."""
        with self.database.reading() as tx:
            if not outbox.any_due(tx, (MAIL,)):
                return False
        with self.database.transaction() as tx:
            # One at a time: a lease covers one attempt, and what cannot be sent keeps nothing else from leaving.
            claimed = outbox.claim(tx, owner=self.name, lease=self.lease, limit=1, channels=(MAIL,))
        for claim, dispatch in claimed:
            try:
                self._send(claim, dispatch)
            except StaleClaimError as lost:
                log.warning("dispatch left to another", extra={"dispatch": dispatch.id, "error": str(lost)})
        return bool(claimed)

    def _send(self, claim: Claim, dispatch: Dispatch) -> None:
        with self.database.reading() as tx:
            now = tx.now()
        if now >= dispatch.draft.expires_at:
            self._expire(claim, dispatch)
            return
        try:
            content = self._rendered(claim, dispatch)
        except (NoticeError, NotFoundError, DamagedBlobError, DamagedDocumentError) as error:
            self._fail(claim, dispatch, str(error))
            return
        outcome = self.relay.send(self.rendering.return_path(dispatch), dispatch.draft.recipient, content)
        self._record(claim, dispatch, outcome)

    def _rendered(self, claim: Claim, dispatch: Dispatch) -> bytes:
        """The bytes to send: made and stored before the first attempt, read back at every later one."""
        if dispatch.blob is not None:
            if dispatch.state is DispatchState.SENDING:
                with self.database.transaction() as tx:
                    outbox.mark_repeated(tx, claim)
            return self.blobs.get(dispatch.blob)
        rendered = self.rendering.render(dispatch)
        blob = self.blobs.put_many([rendered.content])[0]
        with self.database.transaction() as tx:
            outbox.set_rendered(tx, claim, blob, signature=rendered.signature)
        return rendered.content

    def _record(self, claim: Claim, dispatch: Dispatch, outcome: Outcome) -> None:
        with self.database.transaction() as tx:
            match outcome.kind:
                case OutcomeKind.SENT:
                    outbox.sent(tx, claim, tx.now())
                case OutcomeKind.PERMANENT:
                    outbox.failed(tx, claim, error_of(dispatch, outcome))
                case OutcomeKind.TEMPORARY | OutcomeKind.UNCERTAIN:
                    # The same bytes with the same Message-ID: a receiver that has them already can tell.
                    later = tx.now() + self.patience.wait(claim.attempts)
                    outbox.retry(tx, claim, later, error_of(dispatch, outcome))
        log.info("dispatch attempted", extra={"dispatch": dispatch.id, "outcome": outcome.kind.value})

    def _expire(self, claim: Claim, dispatch: Dispatch) -> None:
        with self.database.transaction() as tx:
            outbox.expired(tx, claim)
        log.warning("dispatch expired", extra={"dispatch": dispatch.id})

    def _fail(self, claim: Claim, dispatch: Dispatch, why: str) -> None:
        with self.database.transaction() as tx:
            outbox.failed(tx, claim, why)
        log.error("dispatch cannot be rendered", extra={"dispatch": dispatch.id, "error": why})


def error_of(dispatch: Dispatch, outcome: Outcome) -> str:
    """What is kept of an attempt; that one may have arrived is never forgotten."""
    doubtful = outcome.kind is OutcomeKind.UNCERTAIN or dispatch.last_error.startswith(MAY_HAVE_ARRIVED)
    return f"{MAY_HAVE_ARRIVED}{outcome.reply}" if doubtful else outcome.reply
