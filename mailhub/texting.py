"""Texts on their way out: intended with the fact, sent once, followed until the gateway says what became of them.

A gateway takes no key of ours, so a text whose outcome is unknown, by a time-out or by a crash, is never simply sent again:
the gateway's list is asked for it twice, and where there is no list the setting `sms.uncertain` decides (design, 5).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol, assert_never
from zoneinfo import ZoneInfo

from mailhub import codec
from mailhub.documents import SMS
from mailhub.errors import DamagedDocumentError
from mailhub.notices.sms import SmsContext
from sms.gateway import (
    Delivery,
    DeliveryState,
    Search,
    SearchState,
    SendOutcome,
    SendState,
    SmsFollowing,
    SmsGateway,
    TextMessage,
)
from storage import directory, documents, outbox, texts
from storage.database import Database, Transaction
from storage.errors import NotFoundError, StaleClaimError
from storage.records import Claim, Dispatch, DispatchDraft, DispatchState

log = logging.getLogger(__name__)

CHANNEL = "sms"

BETWEEN_SEARCHES = timedelta(seconds=60)
"""How long after losing sight of a text its gateway's list is asked for it, and how long until it is asked again."""

SEARCHES = 2

FIRST_LOOK = timedelta(seconds=5)
LONGEST_LOOK = timedelta(hours=1)
NO_WORD_AFTER = timedelta(days=3)
"""After so long without a word from the gateway nobody waits for one."""

OVER_LIMIT = "sms.daily_limit is reached"


class Patience(Protocol):
    """When to try again."""

    def wait(self, attempts: int, /) -> timedelta:
        """The wait after so many attempts."""
        ...


def intend_text(  # noqa: PLR0913  each names a part of the intention
    tx: Transaction,
    *,
    unit_id: int,
    kind: str,
    revision: int,
    number: str,
    text: str,
    due_at: datetime,
    expires_at: datetime,
    letter_id: int | None = None,
    meeting_id: int | None = None,
    official_id: int | None = None,
    deposit_id: int | None = None,
    priority: int = 0,
) -> int | None:
    """Intend a text to a number (E.164), word for word; None when exactly this was intended before."""
    return outbox.add(
        tx,
        DispatchDraft(
            unit_id=unit_id,
            letter_id=letter_id,
            submission_id=None,
            kind=kind,
            revision=revision,
            channel=CHANNEL,
            recipient=number,
            message_id="",
            context_id=documents.add(tx, SMS.kind, SMS.version, codec.encode(SmsContext(text=text))),
            due_at=due_at,
            expires_at=expires_at,
            priority=priority,
            meeting_id=meeting_id,
            official_id=official_id,
            deposit_id=deposit_id,
        ),
    )


def text_of(tx: Transaction, dispatch: Dispatch) -> str:
    """The words of a text; raises NotFoundError or DamagedDocumentError when they are gone."""
    return codec.decode(documents.get(tx, dispatch.draft.context_id).body, SmsContext).text


@dataclass(kw_only=True)
class Texting:
    """Sends texts; any number may run in any number of processes. `daily_limit` counts texts per unit and day."""

    name: str
    database: Database
    gateway: SmsGateway
    patience: Patience
    lease: timedelta
    daily_limit: int
    _quiet_until: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)

    def run_once(self) -> bool:
        """Send one text that is due; False when there was none, or the gateway wants to be left alone."""
        with self.database.reading() as tx:
            if tx.now() < self._quiet_until or not outbox.any_due(tx, (CHANNEL,)):
                return False
        with self.database.transaction() as tx:
            # One at a time: a lease covers one attempt.
            claimed = outbox.claim(tx, owner=self.name, lease=self.lease, limit=1, channels=(CHANNEL,))
        for claim, dispatch in claimed:
            try:
                self._send(claim, dispatch)
            except StaleClaimError as lost:
                log.warning("text left to another", extra={"dispatch": dispatch.id, "error": str(lost)})
        return bool(claimed)

    def _send(self, claim: Claim, dispatch: Dispatch) -> None:
        if dispatch.state is DispatchState.SENDING:
            self._record(claim, dispatch, SendOutcome(state=SendState.UNCERTAIN, detail="the sending process ended"))
            return
        with self.database.reading() as tx:
            now, over = tx.now(), self._over_limit(tx, dispatch)
        if now >= dispatch.draft.expires_at:
            self._end(dispatch, "text expired", lambda tx: outbox.expired(tx, claim))
        elif over:
            self._hold(claim, dispatch)
        else:
            self._attempt(claim, dispatch)

    def _attempt(self, claim: Claim, dispatch: Dispatch) -> None:
        try:
            message = message_of(self.database, dispatch)
        except (NotFoundError, DamagedDocumentError) as error:
            why = str(error)
            self._end(dispatch, "text cannot be read", lambda tx: outbox.failed(tx, claim, why))
            return
        self._record(claim, dispatch, self.gateway.send(message))

    def _record(self, claim: Claim, dispatch: Dispatch, outcome: SendOutcome) -> None:
        followed = isinstance(self.gateway, SmsFollowing)
        with self.database.transaction() as tx:
            now = tx.now()
            match outcome.state:
                case SendState.ACCEPTED:
                    look = now + FIRST_LOOK if followed and outcome.sid else None
                    outbox.sent(tx, claim, now, sid=outcome.sid, gateway=self.gateway.name, follow_at=look)
                case SendState.TEMPORARY:
                    outbox.retry(tx, claim, now + self.patience.wait(claim.attempts), outcome.detail)
                case SendState.THROTTLED:
                    self._quiet_until = now + (outcome.wait or self.patience.wait(claim.attempts))
                    outbox.retry(tx, claim, self._quiet_until, outcome.detail)
                case SendState.PERMANENT:
                    outbox.failed(tx, claim, outcome.detail)
                case SendState.UNCERTAIN:
                    look = now + BETWEEN_SEARCHES if followed else None
                    outbox.uncertain(tx, claim, outcome.detail, gateway=self.gateway.name, follow_at=look)
                case _:
                    assert_never(outcome.state)
        log.info("text attempted", extra={"dispatch": dispatch.id, "outcome": outcome.state.value})

    def _over_limit(self, tx: Transaction, dispatch: Dispatch) -> bool:
        # What was begun is finished, and what a clerk has let go after the limit had held it is the clerk's to answer for.
        if dispatch.attempts or dispatch.last_error == OVER_LIMIT:
            return False
        unit_id = dispatch.draft.unit_id
        zone = ZoneInfo(directory.unit(tx, unit_id).time_zone)
        midnight = tx.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return texts.count_sent(tx, unit_id, midnight.astimezone(UTC)) >= self.daily_limit

    def _hold(self, claim: Claim, dispatch: Dispatch) -> None:
        with self.database.transaction() as tx:
            outbox.retry(tx, claim, tx.now(), OVER_LIMIT)
            outbox.hold_by_clerk(tx, dispatch.draft.unit_id, dispatch.id)
        log.error("text held: daily limit", extra={"dispatch": dispatch.id, "limit": self.daily_limit})

    def _end(self, dispatch: Dispatch, what: str, write: Callable[[Transaction], None]) -> None:
        with self.database.transaction() as tx:
            write(tx)
        log.warning(what, extra={"dispatch": dispatch.id})


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """Asks the gateway what became of texts. `resend` tells what to do with an uncertain one where there is no list."""

    name: str
    database: Database
    gateway: SmsFollowing
    lease: timedelta
    resend: bool

    def run_once(self) -> bool:
        """Look one text up; False when there was none to look up."""
        with self.database.reading() as tx:
            if not texts.any_to_follow(tx, (CHANNEL,)):
                return False
        with self.database.transaction() as tx:
            claimed = outbox.claim_following(tx, owner=self.name, lease=self.lease, limit=1, channels=(CHANNEL,))
        for claim, dispatch in claimed:
            try:
                self._look(claim, dispatch)
            except StaleClaimError as lost:
                log.warning("text left to another", extra={"dispatch": dispatch.id, "error": str(lost)})
        return bool(claimed)

    def _look(self, claim: Claim, dispatch: Dispatch) -> None:
        if dispatch.gateway != self.gateway.name:
            # Only the gateway that took it could tell.
            self._settle(claim)
        elif dispatch.state is DispatchState.SENT:
            self._follow(claim, dispatch, self.gateway.status(dispatch.sid))
        else:
            self._search(claim, dispatch)

    def _follow(self, claim: Claim, dispatch: Dispatch, delivery: Delivery) -> None:
        with self.database.transaction() as tx:
            now = tx.now()
            match delivery.state:
                case DeliveryState.DELIVERED:
                    outbox.delivered(tx, claim, now)
                case DeliveryState.UNDELIVERED:
                    outbox.undelivered(tx, claim, delivery.detail)
                case _ if dispatch.sent_at is not None and now - dispatch.sent_at > NO_WORD_AFTER:
                    outbox.settled(tx, claim)
                case _:
                    # The pause doubles with each answer.
                    pause = min(LONGEST_LOOK, FIRST_LOOK * (1 << min(dispatch.followed + 1, 16)))
                    outbox.follow_again(tx, claim, now + pause, answered=delivery.state is not DeliveryState.UNKNOWN)
        log.info("text followed", extra={"dispatch": dispatch.id, "delivery": delivery.state.value})

    def _search(self, claim: Claim, dispatch: Dispatch) -> None:
        try:
            message = message_of(self.database, dispatch)
        except (NotFoundError, DamagedDocumentError) as error:
            self._settle(claim, str(error))
            return
        found = self.gateway.find(message, dispatch.draft.due_at)
        with self.database.transaction() as tx:
            self._decide(tx, claim, dispatch, found)
        log.info("uncertain text looked up", extra={"dispatch": dispatch.id, "search": found.state.value})

    def _decide(self, tx: Transaction, claim: Claim, dispatch: Dispatch, found: Search) -> None:
        now = tx.now()
        # The same words may have gone to the same number before, under a name that is on record.
        new = [sid for sid in found.sids if sid not in texts.recorded_sids(tx, dispatch.draft.recipient)]
        if new:
            outbox.found_sent(tx, claim, new[0], now, now + FIRST_LOOK)
        elif found.state is SearchState.NO_LIST and not self.resend:
            outbox.settled(tx, claim)
        elif found.state is SearchState.FAILED and now - dispatch.draft.expires_at > NO_WORD_AFTER:
            outbox.settled(tx, claim, found.detail)
        elif found.state is SearchState.FAILED or (found.state is SearchState.ASKED and dispatch.followed + 1 < SEARCHES):
            outbox.follow_again(tx, claim, now + BETWEEN_SEARCHES, answered=found.state is SearchState.ASKED)
        else:
            if found.state is SearchState.NO_LIST:
                outbox.mark_repeated(tx, claim)
            outbox.found_missing(tx, claim, now)

    def _settle(self, claim: Claim, why: str | None = None) -> None:
        with self.database.transaction() as tx:
            outbox.settled(tx, claim, why)


def message_of(database: Database, dispatch: Dispatch) -> TextMessage:
    """The text as the gateway gets it; its reference stays the same at every attempt.

    Raises NotFoundError or DamagedDocumentError when its words are gone.
    """
    with database.reading() as tx:
        return TextMessage(
            to=dispatch.draft.recipient,
            text=text_of(tx, dispatch),
            reference=f"dispatch-{dispatch.id}",
            valid_for=dispatch.draft.expires_at - tx.now(),
        )
