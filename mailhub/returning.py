"""Returning: a return waits before it leaves and can be withdrawn; a wrong one is reopened with an apology (promise 9)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from mailhub.answering import Answering
from mailhub.deciding import decided_event, store_decision
from mailhub.errors import RefusedError
from mailhub.evidence import decision_of_letter
from mailhub.language import Text
from mailhub.notices.addressing import Unanswered
from mailhub.pairing import Pairing
from mailhub.policy.case import Action
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.record import DecisionRecord
from mailhub.settling import settle
from mailhub.state_words import LETTER_STATES
from storage import events, letters, outbox
from storage.database import Database, Transaction
from storage.records import Actor, DispatchState, EventDraft, Letter, LetterState

RETURN = "return"
"""The kind of a return's notice."""

LEFT = frozenset({DispatchState.SENDING, DispatchState.SENT, DispatchState.DELIVERED, DispatchState.UNCERTAIN})
"""States of a notice that its addressee may have read."""

RETURNABLE = frozenset({LetterState.PROPOSED, LetterState.HELD})


@dataclass(frozen=True, slots=True)
class Returning:
    """Sends letters back with a reason and a remedy."""

    database: Database
    answering: Answering
    pairing: Pairing
    delay: timedelta

    def schedule(
        self, actor: Actor, letter: Letter, record: DecisionRecord, reasons: tuple[ReasonCode, ...], note: str
    ) -> Letter:
        """Return a letter after the delay, by a clerk's act.

        Raises RefusedError for a letter that is answered already, or whose sender would not be told.
        """
        if letter.draft.state not in RETURNABLE:
            state = LETTER_STATES[letter.draft.state]
            raise RefusedError(
                Text(
                    vi=f"h{letter.id} đang ở trạng thái “{state.vi}”; chỉ trả được văn bản đang chờ quyết",
                    en=f"h{letter.id} is {state.en}; only a letter that waits for a decision can be returned",
                )
            )
        decision = replace(record.decision, action=Action.RETURN, reasons=reasons, automatic=False)
        chosen = replace(record, decision=decision, note=note)
        with self.database.transaction() as tx:
            unanswered = self.answering.refusal(tx, letter=letter, facts=record.facts)
            if unanswered is not None:
                raise nobody_told(letter, unanswered)
            after = store_decision(tx, actor, letter, chosen, state=LetterState.RETURN_DUE, due_at=tx.now() + self.delay)
            events.append(tx, [decided_event(actor, letter, chosen, reason=note)])
        return after

    def withdraw(self, actor: Actor, unit_id: int, letter_id: int, reason: str) -> Letter:
        """Take a return back before it has left; the letter is held again."""
        with self.database.transaction() as tx:
            letter = letters.get(tx, unit_id, letter_id)
            if letter.draft.state is not LetterState.RETURN_DUE:
                raise RefusedError(
                    Text(
                        vi=f"h{letter_id} không có thư trả đang chờ gửi; nếu đã trả, dùng `mailhub letter reopen h{letter_id}`",
                        en=f"h{letter_id} has no return that waits; one that has left: `mailhub letter reopen h{letter_id}`",
                    )
                )
            return move(tx, actor, letter, LetterState.HELD, kind="return-withdrawn", reason=reason)

    def reopen(self, actor: Actor, unit_id: int, letter_id: int, reason: str) -> Letter:
        """Hold a returned letter again; its sender gets an apology where the notice has begun to leave."""
        with self.database.transaction() as tx:
            letter = letters.get(tx, unit_id, letter_id)
            if letter.draft.state is not LetterState.RETURNED:
                state = LETTER_STATES[letter.draft.state]
                raise RefusedError(
                    Text(
                        vi=f"h{letter_id} đang ở trạng thái “{state.vi}”, chưa trả nên không cần mở lại",
                        en=f"h{letter_id} is {state.en}; it was not returned, so there is nothing to reopen",
                    )
                )
            outbox.cancel_for_letter(tx, letter.id, kinds=(RETURN,))
            if any(sent.draft.kind == RETURN and sent.state in LEFT for sent in outbox.of_letter(tx, letter.id)):
                self.answering.apology(tx, letter=letter, record=decision_of_letter(tx, letter))
            return move(tx, actor, letter, LetterState.HELD, kind="letter-reopened", reason=reason)

    def perform(self, actor: Actor, unit_id: int, letter_id: int) -> None:
        """Send a return whose delay is over: the letter is returned and its notice intended in one transaction."""
        with self.database.transaction() as tx:
            letter = letters.get(tx, unit_id, letter_id)
            due = letter.draft.due_at
            if letter.draft.state is not LetterState.RETURN_DUE or due is None or due > tx.now():
                return
            record = decision_of_letter(tx, letter)
            unanswered = self.answering.refusal(tx, letter=letter, facts=record.facts)
            if unanswered is not None:
                move(tx, actor, letter, LetterState.HELD, kind="return-stopped", reason=unanswered.value)
                return
            self.answering.returned(tx, letter=letter, record=record)
            # The paper of a letter that goes back waits for a better one.
            waiting = self.pairing.begin_again(tx, actor, letter)
            move(tx, actor, letter, LetterState.RETURNED, kind="letter-returned", reason="", also=waiting)


def nobody_told(letter: Letter, unanswered: Unanswered) -> RefusedError:
    """A return of which nobody hears would be a letter lost."""
    why = unanswered.value
    return RefusedError(
        Text(
            vi=f"không báo được cho bên gửi h{letter.id} ({why}) nên không trả: đăng ký cơ quan gửi, hoặc bỏ qua nếu là rác",
            en=f"the sender of h{letter.id} cannot be told ({why}), so it is not returned: register the agency, or dismiss junk",
        )
    )


def move(  # noqa: PLR0913  (an event has a kind and a reason, and company)
    tx: Transaction,
    actor: Actor,
    letter: Letter,
    state: LetterState,
    *,
    kind: str,
    reason: str,
    also: Sequence[EventDraft] = (),
) -> Letter:
    """Put a letter into another state with its event; its due time ends.

    A return that leaves stays the decision of whoever decided it; everything else is decided by the actor.
    """
    decider = letter.decided_by if state is LetterState.RETURNED else actor.name
    after = letters.update(tx, letter, replace(letter.draft, state=state, due_at=None), decided_by=decider)
    settle(tx, after)
    data: dict[str, object] = {"before": letter.draft.state.value, "after": state.value, "reasons": list(letter.draft.reasons)}
    event = EventDraft(kind=kind, subject=f"letter/{letter.id}", actor=actor, data=data, reason=reason)
    events.append(tx, [event, *also])
    return after
