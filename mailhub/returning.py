"""Returning: a return waits before it leaves and can be withdrawn; a wrong one is reopened with an apology (promise 9)."""

from dataclasses import dataclass, replace
from datetime import timedelta

from mailhub.answering import Answering
from mailhub.deciding import decided_event, store_decision
from mailhub.errors import RefusedError
from mailhub.evidence import decision_of_letter
from mailhub.language import Text
from mailhub.policy.case import Action
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.record import DecisionRecord
from mailhub.settling import settle
from storage import events, letters
from storage.database import Database, Transaction
from storage.records import Actor, EventDraft, Letter, LetterState

RETURNABLE = frozenset({LetterState.PROPOSED, LetterState.HELD})


@dataclass(frozen=True, slots=True)
class Returning:
    """Sends letters back with a reason and a remedy."""

    database: Database
    answering: Answering
    delay: timedelta

    def schedule(
        self, actor: Actor, letter: Letter, record: DecisionRecord, reasons: tuple[ReasonCode, ...], note: str
    ) -> Letter:
        """Return a letter after the delay, by a clerk's act. Raises RefusedError for a letter that is answered already."""
        if letter.draft.state not in RETURNABLE:
            raise RefusedError(
                Text(
                    vi=f"h{letter.id} đang ở trạng thái {letter.draft.state.value}; chỉ trả được văn bản đang chờ quyết",
                    en=f"h{letter.id} is {letter.draft.state.value}; only a letter that waits for a decision can be returned",
                )
            )
        decision = replace(record.decision, action=Action.RETURN, reasons=reasons, automatic=False)
        chosen = replace(record, decision=decision, note=note)
        with self.database.transaction() as tx:
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
                        en=f"h{letter_id} has no return waiting to leave; one that has left: `letter reopen h{letter_id}`",
                    )
                )
            return move(tx, actor, letter, LetterState.HELD, kind="return-withdrawn", reason=reason)

    def reopen(self, actor: Actor, unit_id: int, letter_id: int, reason: str) -> Letter:
        """Hold a returned letter again and apologise to its sender."""
        with self.database.transaction() as tx:
            letter = letters.get(tx, unit_id, letter_id)
            if letter.draft.state is not LetterState.RETURNED:
                raise RefusedError(
                    Text(
                        vi=f"h{letter_id} đang ở trạng thái {letter.draft.state.value}, chưa trả nên không cần mở lại",
                        en=f"h{letter_id} is {letter.draft.state.value}; it was not returned, so there is nothing to reopen",
                    )
                )
            self.answering.apology(tx, letter=letter, record=decision_of_letter(tx, letter))
            return move(tx, actor, letter, LetterState.HELD, kind="letter-reopened", reason=reason)

    def perform(self, actor: Actor, unit_id: int, letter_id: int) -> None:
        """Send a return whose delay is over: the letter is returned and its notice intended in one transaction."""
        with self.database.transaction() as tx:
            letter = letters.get(tx, unit_id, letter_id)
            due = letter.draft.due_at
            if letter.draft.state is not LetterState.RETURN_DUE or due is None or due > tx.now():
                return
            self.answering.returned(tx, letter=letter, record=decision_of_letter(tx, letter))
            move(tx, actor, letter, LetterState.RETURNED, kind="letter-returned", reason="")


def move(tx: Transaction, actor: Actor, letter: Letter, state: LetterState, *, kind: str, reason: str) -> Letter:
    """Put a letter into another state with its event; its due time ends."""
    after = letters.update(tx, letter, replace(letter.draft, state=state, due_at=None), decided_by=actor.name)
    settle(tx, after)
    data: dict[str, object] = {"before": letter.draft.state.value, "after": state.value, "reasons": list(letter.draft.reasons)}
    events.append(tx, [EventDraft(kind=kind, subject=f"letter/{letter.id}", actor=actor, data=data, reason=reason)])
    return after
