"""E-copies by the clerk's word: which letter belongs to paper, where number and date alone do not say it, and the undoing."""

from dataclasses import dataclass, replace

from mailhub.deciding import Deciding, decided_event, store_decision
from mailhub.deposit_codes import deposit_code
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.letter_views import letter_of
from mailhub.pairing import E_COPY, OPEN, UNANSWERED, Pairing, candidates_for, deposit_event, entry_for, moved, partner_of
from mailhub.policy.case import Action
from mailhub.policy.reasons import ReasonCode
from mailhub.settling import settle
from storage import deposits, events, letters, outbox, registry
from storage.database import Transaction
from storage.records import Actor, Deposit, DepositState, EventDraft, Letter, LetterState

REPEAT = "repeat"
"""The kind of the notice that tells a number again."""


@dataclass(frozen=True, slots=True)
class ECopies:
    """Attaches and detaches e-copies in the caller's transaction; the incoming registers must be locked by it."""

    pairing: Pairing
    deciding: Deciding

    def attach(self, tx: Transaction, actor: Actor, deposit: Deposit, letter_id: int | None, reason: str) -> None:
        """Make a letter the e-copy of paper; raises RefusedError where several could be meant or the letter cannot be one."""
        letter = letter_of(tx, deposit.draft.unit_id, letter_id if letter_id is not None else only_candidate(tx, deposit))
        if letter.draft.submission_id is None:
            raise RefusedError(
                Text(vi=f"h{letter.id} cũng là bản giấy, không ghép được", en=f"h{letter.id} is paper too and no e-copy")
            )
        entry = registry.entry_of_letter(tx, letter.id)
        if deposit.draft.state is DepositState.ACCEPTED:
            told = self._answer(tx, actor, deposit, letter, reason)
        elif deposit.draft.state not in OPEN:
            raise cannot_pair(deposit)
        elif entry is not None and letter.draft.state in {LetterState.FILED, LetterState.REPEAT}:
            told = [self.pairing.pair(tx, actor, deposit, entry, reason)[2]]
        elif letter.draft.state in UNANSWERED:
            told = [self._wait_for(tx, actor, deposit, letter, reason)]
        else:
            raise not_open(letter)
        events.append(tx, told)

    def detach(self, tx: Transaction, actor: Actor, deposit: Deposit, reason: str) -> None:
        """Take a pairing back; raises RefusedError where there is none."""
        if deposit.draft.state is DepositState.PAIRED:
            told = self._unpair(tx, actor, deposit, reason)
        elif deposit.partner_letter_id is None:
            raise RefusedError(
                Text(
                    vi=f"{deposit_code(deposit.id)} chưa ghép với bản điện tử nào",
                    en=f"{deposit_code(deposit.id)} is paired with nothing",
                )
            )
        elif deposit.draft.state is DepositState.ACCEPTED:
            told = self._hold_again(tx, actor, deposit, reason)
        else:
            after = deposits.update(tx, deposit, deposit.draft, partner_letter_id=None)
            data: dict[str, object] = {"letter": deposit.partner_letter_id}
            told = [deposit_event(actor, "paper-unpaired", deposit, after, data, reason)]
        events.append(tx, told)

    def _wait_for(self, tx: Transaction, actor: Actor, deposit: Deposit, letter: Letter, reason: str) -> EventDraft:
        """Let paper wait for a letter that is on the desk; what was announced stays announced until it is filed."""
        draft, data = deposit.draft, {"letter": letter.id}
        if draft.state is DepositState.ANNOUNCED:
            after = deposits.update(tx, deposit, draft, partner_letter_id=letter.id)
        else:
            until = self.pairing.waits_until(tx, draft.unit_id, tx.now())
            after = moved(tx, actor, deposit, DepositState.WAITING, due_at=until, partner_letter_id=letter.id)
        return deposit_event(actor, "paper-waits-for", deposit, after, {**data}, reason)

    def _answer(self, tx: Transaction, actor: Actor, deposit: Deposit, letter: Letter, reason: str) -> list[EventDraft]:
        """Tell the sender of an e-copy the number that its paper was filed under."""
        entry = entry_for(tx, deposit)
        if entry is None or letter.draft.state not in UNANSWERED - {LetterState.SEALED}:
            raise not_open(letter)
        record = self.deciding.judge(tx, letter)
        decision = replace(record.decision, action=Action.REPEAT, reasons=(ReasonCode.REPEAT,), automatic=False)
        answered = replace(record, decision=decision)
        store_decision(tx, actor, letter, answered, state=LetterState.REPEAT)
        registry.link_letter(tx, entry.id, letter.id, E_COPY)
        settle(tx, letter)
        self.deciding.answering.repeat(tx, entry=entry, letter=letter, record=answered)
        after = deposits.update(tx, deposit, deposit.draft, partner_letter_id=letter.id)
        data: dict[str, object] = {"letter": letter.id, "entry": entry.id, "number": entry.number}
        return [
            decided_event(actor, letter, answered, reason),
            deposit_event(actor, "paper-paired", deposit, after, data, reason),
        ]

    def _unpair(self, tx: Transaction, actor: Actor, deposit: Deposit, reason: str) -> list[EventDraft]:
        draft, entry = deposit.draft, entry_for(tx, deposit)
        data: dict[str, object] = {"letter": deposit.partner_letter_id, "entry": deposit.entry_id}
        if entry is not None:
            registry.set_paper(tx, entry.id, None)
            data["number"] = entry.number
            if draft.letter_id is not None:
                registry.unlink_letter(tx, entry.id, draft.letter_id)
        until = self.pairing.waits_until(tx, draft.unit_id, tx.now())
        # Without its key the paper is not matched again by itself with what the clerk has just said it is not.
        keyless = replace(deposit, draft=replace(draft, document_key=""))
        after = moved(tx, actor, keyless, DepositState.WAITING, due_at=until, entry_id=None, partner_letter_id=None)
        return [deposit_event(actor, "paper-unpaired", deposit, after, data, reason)]

    def _hold_again(self, tx: Transaction, actor: Actor, deposit: Deposit, reason: str) -> list[EventDraft]:
        entry, letter_id = entry_for(tx, deposit), deposit.partner_letter_id
        if entry is None or letter_id is None:
            raise cannot_pair(deposit)
        letter = letters.get(tx, deposit.draft.unit_id, letter_id)
        registry.unlink_letter(tx, entry.id, letter_id)
        outbox.cancel_for_letter(tx, letter_id, kinds=(REPEAT,))
        if letter.draft.state is LetterState.REPEAT:
            held = letters.update(tx, letter, replace(letter.draft, state=LetterState.HELD), decided_by=actor.name)
            settle(tx, held)
        after = deposits.update(tx, deposit, deposit.draft, partner_letter_id=None)
        data: dict[str, object] = {"letter": letter_id, "entry": entry.id}
        return [deposit_event(actor, "paper-unpaired", deposit, after, data, reason)]


def only_candidate(tx: Transaction, deposit: Deposit) -> int:
    """The one letter that can be meant; raises RefusedError with all of them where there are several, or none."""
    partner = partner_of(tx, deposit)
    found = [partner.id] if partner is not None else [candidate.letter_id for candidate in candidates_for(tx, deposit)]
    if len(found) == 1:
        return found[0]
    code, listed = deposit_code(deposit.id), ", ".join(f"h{letter_id}" for letter_id in found)
    if not found:
        raise RefusedError(
            Text(
                vi=f"không thấy bản điện tử nào cùng số với {code}; nêu văn bản: `mailhub paper pair {code} h128`",
                en=f"no e-copy has the number of {code}; name the letter: `mailhub paper pair {code} h128`",
            )
        )
    raise RefusedError(Text(vi=f"{code} có thể là {listed}; hãy chọn một", en=f"{code} may be {listed}; choose one"))


def cannot_pair(deposit: Deposit) -> RefusedError:
    """The paper is closed."""
    code, state = deposit_code(deposit.id), deposit.draft.state.value
    return RefusedError(
        Text(
            vi=f"{code} đang ở trạng thái {state} nên không ghép được; ghép nhầm thì bỏ ghép: `mailhub paper unpair {code}`",
            en=f"{code} is {state} and cannot be paired; a wrong pairing is undone with `mailhub paper unpair {code}`",
        )
    )


def not_open(letter: Letter) -> RefusedError:
    """The letter has had another answer."""
    state = letter.draft.state.value
    return RefusedError(
        Text(
            vi=f"h{letter.id} đang ở trạng thái {state} nên không là bản điện tử của bản giấy này",
            en=f"h{letter.id} is {state} and cannot be the e-copy of this paper",
        )
    )
