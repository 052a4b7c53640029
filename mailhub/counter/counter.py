"""The counter: paper that is handed in goes through the same register, and goes back if its e-copy never comes.

A deposit of a document is a letter too (design, 2). Secret paper is only counted, an envelope addressed to a person is noted
unopened: neither has a letter, a subject or an arrival number.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from mailhub.counter.cancelling import Cancelling
from mailhub.counter.e_copies import ECopies
from mailhub.counter.handing_in import (
    DepositOrder,
    agency_for,
    deposit_draft,
    exception_of,
    kind_of,
    letter_draft,
    moment_of,
    refuse_second,
    require_complete,
    require_identity,
)
from mailhub.counter.returning import PaperReturning
from mailhub.deposit_codes import deposit_code
from mailhub.errors import RefusedError
from mailhub.filing import Filing, PaperOrder
from mailhub.language import Text
from mailhub.pairing import Candidate, Pairing, candidates_for, deposit_event, doubtful_letters, entry_for, moved, partner_of
from mailhub.registers import lock_incoming
from storage import deposits, directory, events, letters, outbox
from storage.database import Database, Transaction
from storage.errors import ConflictError, NotFoundError
from storage.records import (
    Actor,
    Deposit,
    DepositDraft,
    DepositKind,
    DepositState,
    Dispatch,
    Entry,
    EventDraft,
    Letter,
)

WAITED_FOR = frozenset({DepositState.WAITING, DepositState.OVERDUE, DepositState.RETURN_DUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositView:
    """A deposit with its number, the e-copy on the desk that its wait stands still for, and what might be its e-copy.

    `doubtful` are letters of the same agency on the desk whose number was not read, or whose mail names the paper's code.
    """

    deposit: Deposit
    entry: Entry | None
    partner: Letter | None
    candidates: tuple[Candidate, ...] = ()
    doubtful: tuple[Candidate, ...] = ()
    notices: tuple[Dispatch, ...] = ()

    @property
    def code(self) -> str:
        """What clerks call the deposit."""
        return deposit_code(self.deposit.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """The clerk's verbs on paper; every one is an event and is taken back by another."""

    database: Database
    filing: Filing
    pairing: Pairing
    e_copies: ECopies
    returning: PaperReturning
    cancelling: Cancelling

    # --- looking -----------------------------------------------------------------------------------------------------

    def list_(
        self, unit_id: int, *, states: Iterable[DepositState] | None = None, limit: int = 100, before_id: int | None = None
    ) -> tuple[DepositView, ...]:
        """Deposits, newest first."""
        with self.database.reading() as tx:
            found = deposits.list_(tx, unit_id, states=states, limit=limit, before_id=before_id)
            return tuple(view_of(tx, deposit, searching=False) for deposit in found)

    def search(self, unit_id: int, text: str, limit: int = 50) -> tuple[Deposit, ...]:
        """Deposits by number, sender or subject; accents do not matter."""
        with self.database.reading() as tx:
            return tuple(deposits.search(tx, unit_id, text, limit))

    def show(self, unit_id: int, deposit_id: int) -> DepositView:
        """One deposit; raises RefusedError when the unit has none with this number."""
        with self.database.reading() as tx:
            return view_of(tx, deposit_of(tx, unit_id, deposit_id))

    # --- handing in --------------------------------------------------------------------------------------------------

    def receive(self, actor: Actor, unit_id: int, order: DepositOrder) -> DepositView:
        """Take paper in: it gets the number of its e-copy, waits for it, or is filed under its exception at once.

        Raises RefusedError for an incomplete order, for paper that is in the house already (naming the first), and for an
        exception where the e-copy has come.
        """
        require_complete(order)
        try:
            with self.database.transaction() as tx:
                agency = agency_for(tx, unit_id, order)
                moment = moment_of(order, tx.now())
                draft = deposit_draft(unit_id, order, agency, moment, actor.name)
                if kind_of(order) is not DepositKind.DOCUMENT:
                    deposit = deposits.add(tx, draft)
                    events.append(tx, [received_event(actor, deposit)])
                else:
                    require_identity(order, exception_of(order, agency))
                    deposit = self._take_in(tx, actor, order, draft)
        except ConflictError as error:
            raise moved_on(order.reference) from error
        return self.show(unit_id, deposit.id)

    def _take_in(self, tx: Transaction, actor: Actor, order: DepositOrder, draft: DepositDraft) -> Deposit:
        # Whoever files the e-copy now is either waited for, or sees this deposit.
        lock_incoming(tx, draft.unit_id)
        refuse_second(tx, draft.unit_id, draft.document_key)
        letter_id = letters.add(tx, letter_draft(draft), [])
        deposit = deposits.add(tx, replace(draft, letter_id=letter_id))
        told = [received_event(actor, deposit)]
        entry = entry_for(tx, deposit)
        if entry is not None:
            _, deposit, event = self.pairing.pair(tx, actor, deposit, entry)
            told.append(event)
        elif draft.exception:
            deposit, filed = self._accept(tx, actor, order, deposit)
            told += filed
        else:
            until = self.pairing.waits_until(tx, draft.unit_id, draft.deposited_at)
            deposit = moved(tx, actor, deposit, DepositState.WAITING, due_at=until)
        events.append(tx, told)
        return deposit

    def _accept(self, tx: Transaction, actor: Actor, order: DepositOrder, deposit: Deposit) -> tuple[Deposit, list[EventDraft]]:
        """File paper under its exception: a clerk's act, under the next arrival number."""
        draft = deposit.draft
        refuse_beside_e_copy(tx, deposit)
        if draft.letter_id is None:
            raise ValueError(f"deposit {deposit.id} has no letter")
        paper = PaperOrder(
            letter=letters.get(tx, draft.unit_id, draft.letter_id),
            register=order.register or directory.unit(tx, draft.unit_id).register,
            exception=draft.exception,
            code=deposit_code(deposit.id),
            number=order.number,
        )
        entry, filed = self.filing.file_paper(tx, actor, paper)
        after = moved(tx, actor, deposit, DepositState.ACCEPTED, entry_id=entry.id)
        return after, [filed, deposit_event(actor, "paper-accepted", deposit, after, {"exception": draft.exception})]

    # --- pairing -----------------------------------------------------------------------------------------------------

    def pair(self, actor: Actor, unit_id: int, deposit_id: int, letter_id: int | None = None, *, reason: str = "") -> DepositView:
        """Say which letter is the e-copy; without one, the only candidate there is.

        A filed letter's number is the paper's at once. A letter on the desk keeps the paper waiting until it is filed. The
        e-copy of paper that was filed under an exception is answered with that first number.
        """
        try:
            with self.database.transaction() as tx:
                lock_incoming(tx, unit_id)
                self.e_copies.attach(tx, actor, deposit_of(tx, unit_id, deposit_id), letter_id, reason)
        except ConflictError as error:
            raise moved_on(deposit_code(deposit_id)) from error
        return self.show(unit_id, deposit_id)

    def unpair(self, actor: Actor, unit_id: int, deposit_id: int, *, reason: str) -> DepositView:
        """Undo a pairing: the paper waits anew and is matched by hand only; a letter that was attached is held again."""
        try:
            with self.database.transaction() as tx:
                lock_incoming(tx, unit_id)
                self.e_copies.detach(tx, actor, deposit_of(tx, unit_id, deposit_id), reason)
        except ConflictError as error:
            raise moved_on(deposit_code(deposit_id)) from error
        return self.show(unit_id, deposit_id)

    # --- going back --------------------------------------------------------------------------------------------------

    def return_(self, actor: Actor, unit_id: int, deposit_id: int, *, reason: str = "") -> DepositView:
        """Return paper for want of its e-copy, after the delay."""
        return self._act(unit_id, deposit_id, lambda found: self.returning.schedule(actor, found, reason=reason))

    def withdraw(self, actor: Actor, unit_id: int, deposit_id: int, *, reason: str) -> DepositView:
        """Take a return back: before it is announced without a trace outside, afterwards with an apology."""
        return self._act(unit_id, deposit_id, lambda found: self.returning.withdraw(actor, found, reason=reason))

    def hand_over(self, actor: Actor, unit_id: int, deposit_id: int, *, to: str, reason: str = "") -> DepositView:
        """Note who signed for the paper."""
        return self._act(unit_id, deposit_id, lambda found: self.returning.hand_over(actor, found, to=to, reason=reason))

    def take_back(self, actor: Actor, unit_id: int, deposit_id: int, *, reason: str) -> DepositView:
        """Undo a handing over."""
        return self._act(unit_id, deposit_id, lambda found: self.returning.take_back(actor, found, reason=reason))

    def act_on_due(self, actor: Actor) -> bool:
        """Act on paper whose wait, or whose return's delay, is over; False when there was none."""
        return self.returning.act_on_due(actor)

    # --- mistakes ----------------------------------------------------------------------------------------------------

    def cancel(self, actor: Actor, unit_id: int, deposit_id: int, *, reason: str) -> DepositView:
        """Cancel a deposit that was entered by mistake; the number of one that was filed keeps its place and is void."""
        return self._act(unit_id, deposit_id, lambda found: self.cancelling.cancel(actor, found, reason=reason))

    def seal(self, actor: Actor, unit_id: int, deposit_id: int, *, reason: str) -> DepositView:
        """Make secret paper of a document: its words are overwritten for good, it is only counted."""
        return self._act(unit_id, deposit_id, lambda found: self.cancelling.seal(actor, found, reason=reason))

    def _act(self, unit_id: int, deposit_id: int, act: Callable[[Deposit], Deposit]) -> DepositView:
        with self.database.reading() as tx:
            found = deposit_of(tx, unit_id, deposit_id)
        try:
            act(found)
        except ConflictError as error:
            raise moved_on(deposit_code(deposit_id)) from error
        return self.show(unit_id, deposit_id)


def view_of(tx: Transaction, deposit: Deposit, *, searching: bool = True) -> DepositView:
    """A deposit as clerks look at it; `searching` the whole desk for doubtful letters is for one deposit at a time."""
    waited_for = deposit.draft.state in WAITED_FOR
    closed = deposit.draft.state in {DepositState.PAIRED, DepositState.ACCEPTED}
    return DepositView(
        deposit=deposit,
        entry=entry_for(tx, deposit) if closed else None,
        partner=partner_of(tx, deposit) if waited_for or deposit.draft.state is DepositState.ACCEPTED else None,
        candidates=candidates_for(tx, deposit) if waited_for else (),
        doubtful=doubtful_letters(tx, deposit) if waited_for and searching else (),
        notices=tuple(outbox.of_deposit(tx, deposit.id)),
    )


def deposit_of(tx: Transaction, unit_id: int, deposit_id: int) -> Deposit:
    """A deposit of the unit, or the sentence that there is none."""
    try:
        return deposits.get(tx, unit_id, deposit_id)
    except NotFoundError as error:
        code = deposit_code(deposit_id)
        raise RefusedError(
            Text(
                vi=f"không có bản giấy {code}; xem `mailhub paper list`",
                en=f"there is no paper {code}; see `mailhub paper list`",
            )
        ) from error


def refuse_beside_e_copy(tx: Transaction, deposit: Deposit) -> None:
    """Refuse to file paper under an exception where its e-copy is on the desk, or a document of this number is filed."""
    partner, others = partner_of(tx, deposit), candidates_for(tx, deposit)
    if partner is not None:
        raise RefusedError(
            Text(
                vi=f"bản điện tử h{partner.id} đang trên bàn: nhận giấy không nêu --exception, vào sổ h{partner.id} là ghép",
                en=f"its e-copy h{partner.id} is on the desk: receive it without --exception and file h{partner.id}",
            )
        )
    entry = next((candidate.entry for candidate in others if candidate.entry is not None), None)
    if entry is not None:
        day = f"{entry.draft.issued_on:%d/%m/%Y}" if entry.draft.issued_on else "–"
        raise RefusedError(
            Text(
                vi=f"{entry.draft.reference} ngày {day} đã vào sổ, số đến {entry.number}: xem lại --date",
                en=f"{entry.draft.reference} of {day} is filed as number {entry.number}: look at --date again",
            )
        )


def received_event(actor: Actor, deposit: Deposit) -> EventDraft:
    """That paper was handed in; of secret paper nothing but the fact."""
    draft = deposit.draft
    data: dict[str, object] = {
        "kind": draft.kind.value,
        "agency": draft.agency_id,
        "deposited_at": draft.deposited_at.isoformat(),
        "exception": draft.exception,
        "pages": draft.pages,
    }
    if draft.kind is DepositKind.DOCUMENT:
        data["letter"] = draft.letter_id
    return EventDraft(kind="paper-received", subject=f"deposit/{deposit.id}", actor=actor, data=data)


def moved_on(name: str) -> RefusedError:
    """Somebody else acted on the paper, or filed the document, between looking and acting."""
    return RefusedError(
        Text(
            vi=f"{name} vừa được người khác xử lý; xem lại bằng `mailhub paper list`",
            en=f"{name} has just been acted on by somebody else; look again with `mailhub paper list`",
        )
    )
