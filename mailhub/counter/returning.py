"""Returning paper whose e-copy never came: proposed when the wait is over, announced after a delay, returned when signed for.

State and notices are written in one transaction, so a crash announces nothing twice and forgets nothing (design, promise 4).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailhub.counter.notices import PAPER_RETURN, Announcement, PaperNotices, agency_of
from mailhub.deposit_codes import deposit_code
from mailhub.directory.standing import known_agency
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.pairing import Pairing, candidates_for, deposit_event, doubtful_letters, entry_for, moved, partner_of
from mailhub.policy.agencies import AgencyKind, Mode
from mailhub.policy.settings import PolicySettings
from mailhub.registers import lock_incoming
from mailhub.returning import LEFT
from mailhub.working_days import WorkingDays
from storage import deposits, directory, events, outbox
from storage.database import Database, Transaction
from storage.errors import ConflictError
from storage.records import Actor, Deposit, DepositKind, DepositState, EventDraft

log = logging.getLogger(__name__)

DUE_BATCH = 20
NOT_NOW = timedelta(minutes=5)
"""How long paper rests that could not be acted on: what is due behind it must not wait for it."""

SPARED = frozenset({AgencyKind.SUPERIOR, AgencyKind.PARTY})
"""Bodies whose paper a machine never returns (design, promise 9)."""

PROPOSABLE = frozenset({DepositState.WAITING, DepositState.OVERDUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperReturning:
    """Returns paper, and takes returns back. `delay` is how long a return can be withdrawn before it is announced."""

    database: Database
    pairing: Pairing
    notices: PaperNotices
    settings: Callable[[], PolicySettings]
    working_days: Callable[[str], WorkingDays]
    delay: timedelta
    pick_up_days: int

    def schedule(self, actor: Actor, deposit: Deposit, *, reason: str = "") -> Deposit:
        """Return paper after the delay, by a clerk's act; raises RefusedError where its e-copy is here or it is not waiting."""
        require(deposit, PROPOSABLE, Text(vi="trả", en="returned"))
        with self.database.transaction() as tx:
            refuse_with_e_copy(tx, deposit)
            due = tx.now() + self.delay
            after = moved(tx, actor, deposit, DepositState.RETURN_DUE, due_at=due)
            data: dict[str, object] = {"due_at": due.isoformat(), "automatic": False}
            events.append(tx, [deposit_event(actor, "paper-return-decided", deposit, after, data, reason)])
        return after

    def withdraw(self, actor: Actor, deposit: Deposit, *, reason: str) -> Deposit:
        """Take a return back. What was announced already is followed by an apology; the paper is proposed to a clerk again."""
        require(deposit, frozenset({DepositState.RETURN_DUE, DepositState.ANNOUNCED}), Text(vi="rút lại", en="withdrawn"))
        with self.database.transaction() as tx:
            stopped = outbox.cancel_for_deposit(tx, deposit.id)
            told = any(sent.draft.kind == PAPER_RETURN and sent.state in LEFT for sent in outbox.of_deposit(tx, deposit.id))
            after = moved(tx, actor, deposit, DepositState.OVERDUE)
            if told:
                self.notices.apologise(tx, after)
            data: dict[str, object] = {"notices_stopped": stopped, "apology": told}
            events.append(tx, [deposit_event(actor, "paper-return-withdrawn", deposit, after, data, reason)])
        return after

    def hand_over(self, actor: Actor, deposit: Deposit, *, to: str, reason: str = "") -> Deposit:
        """Note who signed for the paper; only then is it returned. A return that waits its delay is announced with it."""
        allowed = {DepositState.RETURN_DUE, DepositState.ANNOUNCED}
        if deposit.draft.kind is not DepositKind.DOCUMENT:
            allowed = {DepositState.COUNTED}
        require(deposit, frozenset(allowed), Text(vi="giao lại", en="handed over"))
        with self.database.transaction() as tx:
            told: list[EventDraft] = []
            current = deposit
            if current.draft.state is DepositState.RETURN_DUE:
                current, event = self._announce(tx, actor, current)
                told.append(event)
            state = DepositState.COUNTED if current.draft.kind is not DepositKind.DOCUMENT else DepositState.RETURNED
            after = moved(tx, actor, current, state, due_at=current.draft.due_at, handed_to=to, handed_at=tx.now())
            events.append(tx, [*told, deposit_event(actor, "paper-handed-over", current, after, {"to": to}, reason)])
        return after

    def take_back(self, actor: Actor, deposit: Deposit, *, reason: str) -> Deposit:
        """Undo a handing over that was noted by mistake: the paper lies at the counter again."""
        handed = deposit.handed_at is not None
        allowed = frozenset({DepositState.RETURNED, DepositState.COUNTED} if handed else {DepositState.RETURNED})
        require(deposit, allowed, Text(vi="nhận lại", en="taken back"))
        counted = deposit.draft.state is DepositState.COUNTED
        with self.database.transaction() as tx:
            state = DepositState.COUNTED if counted else DepositState.ANNOUNCED
            after = moved(tx, actor, deposit, state, due_at=deposit.draft.due_at, handed_to="", handed_at=None)
            data: dict[str, object] = {"to": deposit.handed_to}
            events.append(tx, [deposit_event(actor, "paper-taken-back", deposit, after, data, reason)])
        return after

    def act_on_due(self, actor: Actor) -> bool:
        """Act on paper whose wait is over and on returns whose delay is; False when there was none."""
        with self.database.reading() as tx:
            due = deposits.due(tx, limit=DUE_BATCH)
        for unit_id, deposit_id in due:
            try:
                self._act_on(actor, unit_id, deposit_id)
            except ConflictError:
                # A clerk or another process has acted on the deposit, or filed its e-copy, since it was listed.
                log.info("deposit acted on elsewhere", extra={"deposit": deposit_id})
            except Exception:
                self._postpone(unit_id, deposit_id)
                raise
        return bool(due)

    def _act_on(self, actor: Actor, unit_id: int, deposit_id: int) -> None:
        with self.database.transaction() as tx:
            # A filing that is under way has committed, or waits: its entry is not overlooked.
            lock_incoming(tx, unit_id)
            deposit = deposits.get(tx, unit_id, deposit_id)
            due = deposit.draft.due_at
            if deposit.draft.state not in {DepositState.WAITING, DepositState.RETURN_DUE} or due is None or due > tx.now():
                return
            events.append(tx, [self._what_follows(tx, actor, deposit, due)])

    def _what_follows(self, tx: Transaction, actor: Actor, deposit: Deposit, due: datetime) -> EventDraft:
        entry = entry_for(tx, deposit)
        if entry is not None:
            return self.pairing.pair(tx, actor, deposit, entry)[2]
        if partner_of(tx, deposit) is not None:
            return self.pairing.wait_anew(tx, actor, deposit, "the e-copy is on the desk")
        if deposit.draft.state is DepositState.RETURN_DUE:
            return self._announce(tx, actor, deposit)[1]
        until = self.pairing.waits_until(tx, deposit.draft.unit_id, deposit.draft.deposited_at)
        if until > tx.now() and until > due:
            # Days off were announced after the paper came.
            after = moved(tx, actor, deposit, DepositState.WAITING, due_at=until)
            return deposit_event(actor, "paper-due-moved", deposit, after, {"until": until.isoformat()})
        return self._wait_over(tx, actor, deposit)

    def _wait_over(self, tx: Transaction, actor: Actor, deposit: Deposit) -> EventDraft:
        """Propose the return to a clerk; by machine it is decided only for an agency in mode `auto`, and never in doubt."""
        if not self._automatic(tx, deposit):
            after = moved(tx, actor, deposit, DepositState.OVERDUE)
            return deposit_event(actor, "paper-overdue", deposit, after, {})
        due = tx.now() + self.delay
        after = moved(tx, actor, deposit, DepositState.RETURN_DUE, due_at=due)
        return deposit_event(actor, "paper-return-decided", deposit, after, {"due_at": due.isoformat(), "automatic": True})

    def _automatic(self, tx: Transaction, deposit: Deposit) -> bool:
        agency = agency_of(tx, deposit)
        if agency is None or not agency.addresses or not self.settings().automatic_returns:
            return False
        known = known_agency(agency, "address")
        doubtful = candidates_for(tx, deposit) or doubtful_letters(tx, deposit)
        return known.mode is Mode.AUTO and known.kind not in SPARED and not deposit.draft.exception and not doubtful

    def _announce(self, tx: Transaction, actor: Actor, deposit: Deposit) -> tuple[Deposit, EventDraft]:
        unit = directory.unit(tx, deposit.draft.unit_id)
        days, now = self.working_days(unit.time_zone), tx.now()
        pick_up_before = days.add(now, self.pick_up_days)
        announcement = Announcement(waited_until=now, pick_up_before=pick_up_before.astimezone(days.zone).date())
        after = moved(tx, actor, deposit, DepositState.ANNOUNCED, due_at=pick_up_before)
        told = self.notices.announce(tx, after, announcement)
        data: dict[str, object] = {"messages": told, "pick_up_before": announcement.pick_up_before.isoformat()}
        return after, deposit_event(actor, "paper-return-announced", deposit, after, data)

    def _postpone(self, unit_id: int, deposit_id: int) -> None:
        with self.database.transaction() as tx:
            deposit, now = deposits.get(tx, unit_id, deposit_id), tx.now()
            if deposit.draft.due_at is not None and deposit.draft.due_at <= now:
                deposits.update(tx, deposit, replace(deposit.draft, due_at=now + NOT_NOW))


def refuse_with_e_copy(tx: Transaction, deposit: Deposit) -> None:
    """Refuse to return paper whose e-copy is in the register or on the desk."""
    entry, partner = entry_for(tx, deposit), partner_of(tx, deposit)
    if entry is not None:
        raise RefusedError(
            Text(
                vi=f"bản điện tử đã vào sổ, số đến {entry.number}: ghép bằng `mailhub paper pair`",
                en=f"the e-copy is filed as number {entry.number}: pair it with `mailhub paper pair`",
            )
        )
    if partner is not None:
        raise RefusedError(
            Text(
                vi=f"bản điện tử h{partner.id} đang trên bàn: quyết h{partner.id} trước, bản giấy theo sau",
                en=f"the e-copy h{partner.id} is on the desk: decide h{partner.id} first, the paper follows",
            )
        )


def require(deposit: Deposit, allowed: frozenset[DepositState], done: Text) -> None:
    """Refuse an act that the deposit's state does not allow."""
    if deposit.draft.state in allowed:
        return
    states = ", ".join(sorted(state.value for state in allowed))
    code, state = deposit_code(deposit.id), deposit.draft.state.value
    raise RefusedError(
        Text(
            vi=f"{code} đang ở trạng thái {state}, không thể {done.vi} (chỉ khi: {states})",
            en=f"{code} is {state} and cannot be {done.en} (only when: {states})",
        )
    )
