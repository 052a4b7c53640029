"""What a clerk does with a letter. Every act takes a reason where it changes a record, and another act undoes it."""

from dataclasses import dataclass, replace

from mailhub.deciding import Deciding, decided_event, order_of, store_decision
from mailhub.errors import RefusedError
from mailhub.evidence import decision_of_letter, on_paper
from mailhub.filing import FILEABLE, Filing
from mailhub.language import Text
from mailhub.letter_views import LetterViews, letter_of
from mailhub.policy.case import Action, Decision
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.record import DecisionRecord
from mailhub.returning import Returning
from mailhub.state_words import LETTER_STATES
from storage import cases, events, letters, registry
from storage.errors import ConflictError
from storage.records import Actor, Case, Entry, Event, EventDraft, Letter, LetterState

HOLDABLE = frozenset({LetterState.WAITING, LetterState.PROPOSED, LetterState.HELD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A decision with its inputs, and what the same rules say when they are run on them again."""

    letter: Letter
    record: DecisionRecord
    again: Decision
    history: tuple[Event, ...]
    cases: tuple[Case, ...] = ()

    @property
    def reproduced(self) -> bool:
        """Whether the machine's part of the stored decision came out the same; a clerk's act stands beside it."""
        return self.same or self.letter.decided_by != "mailhub"

    @property
    def same(self) -> bool:
        """Whether today's rules come to what was decided, whatever the number of the rule set was then."""
        stored = self.record.decision
        return replace(self.again, rule_set=stored.rule_set) == stored


@dataclass(frozen=True, slots=True)
class Letters(LetterViews):
    """The clerk's verbs; who acts on letters looks at them, too."""

    deciding: Deciding
    filing: Filing
    returning: Returning

    def explain(self, unit_id: int, letter_id: int) -> Explanation:
        """The latest decision, its inputs, and the same decision run again."""
        with self.database.reading() as tx:
            letter = letter_of(tx, unit_id, letter_id)
            record = decision_of_letter(tx, letter)
            history = tuple(events.list_(tx, subject=f"letter/{letter_id}", limit=1000))
            found = tuple(cases.of_letters(tx, [letter_id]))
        return Explanation(letter=letter, record=record, again=record.again(), history=history, cases=found)

    def file(
        self, actor: Actor, unit_id: int, letter_id: int, *, register: str = "", number: int | None = None, reason: str = ""
    ) -> Entry:
        """Give the letter the next number of the register, whatever was proposed.

        `number` is given only where another system numbers the register. A letter whose very content has a number keeps
        that one: filing it tells the first number again.
        """
        letter = self._mailed(unit_id, letter_id)
        return self.file_seen(actor, letter, register=register, number=number, reason=reason)

    def file_seen(
        self, actor: Actor, letter: Letter, *, register: str = "", number: int | None = None, reason: str = ""
    ) -> Entry:
        """File the letter as it was seen: one that has moved on since is refused."""
        require(letter, FILEABLE, Text(vi="vào sổ", en="filed"))
        unit_id, key = letter.draft.unit_id, letter.draft.document_key
        with self.database.reading() as tx:
            record = self.deciding.judge(tx, letter)
            known = registry.entry_by_key(tx, unit_id, key) if key else None
        repeats = record.decision.action is Action.REPEAT
        if known is not None and not repeats:
            raise number_taken(letter, known)
        try:
            if repeats:
                return self.deciding.repeat(actor, letter, record, reason)
            return self.filing.file(actor, replace(order_of(letter, record, register=register, reason=reason), number=number))
        except ConflictError as error:
            raise moved_on(letter.id) from error

    def return_(self, actor: Actor, unit_id: int, letter_id: int, *, reasons: tuple[ReasonCode, ...], note: str = "") -> Letter:
        """Send the letter back after the return delay; without reasons, those that were proposed."""
        return self.return_seen(actor, self._mailed(unit_id, letter_id), reasons=reasons, note=note)

    def return_seen(self, actor: Actor, letter: Letter, *, reasons: tuple[ReasonCode, ...], note: str = "") -> Letter:
        """Return the letter as it was seen: one that has moved on since is refused."""
        with self.database.reading() as tx:
            record = self.deciding.judge(tx, letter)
        proposed = record.decision.reasons if record.decision.action is Action.RETURN else ()
        if not (reasons or proposed):
            raise RefusedError(
                Text(
                    vi=f"cần nêu lý do trả h{letter.id}: --reason MÃ (xem docs/reasons.md)",
                    en=f"returning h{letter.id} needs a reason: --reason CODE (see docs/reasons.md)",
                )
            )
        try:
            return self.returning.schedule(actor, letter, record, reasons or proposed, note)
        except ConflictError as error:
            raise moved_on(letter.id) from error

    def hold(self, actor: Actor, unit_id: int, letter_id: int, *, reason: str) -> Letter:
        """Keep the letter on the desk; nothing automatic happens to it any more."""
        return self.hold_seen(actor, self._mailed(unit_id, letter_id), reason=reason)

    def hold_seen(self, actor: Actor, letter: Letter, *, reason: str) -> Letter:
        """Hold the letter as it was seen: one that has moved on since is refused."""
        require(letter, HOLDABLE, Text(vi="giữ lại", en="held"))
        try:
            with self.database.transaction() as tx:
                record = self.deciding.judge(tx, letter)
                decision = replace(record.decision, action=Action.HOLD, reasons=(ReasonCode.HELD_BY_CLERK,), automatic=False)
                held = replace(record, decision=decision)
                after = store_decision(tx, actor, letter, held, state=LetterState.HELD)
                events.append(tx, [decided_event(actor, letter, held, reason=reason)])
        except ConflictError as error:
            raise moved_on(letter.id) from error
        return after

    def release(self, actor: Actor, letter: Letter, *, reason: str) -> Letter:
        """Let the machine decide anew a letter that a clerk has held; it is decided as if it had just been read."""
        require(letter, frozenset({LetterState.HELD}), Text(vi="thôi giữ", en="released"))
        try:
            with self.database.transaction() as tx:
                waiting = replace(letter.draft, state=LetterState.WAITING, due_at=tx.now())
                after = letters.update(tx, letter, waiting, decided_by=actor.name)
                data: dict[str, object] = {"before": letter.draft.state.value, "after": LetterState.WAITING.value}
                event = EventDraft(kind="letter-released", subject=f"letter/{letter.id}", actor=actor, data=data, reason=reason)
                events.append(tx, [event])
        except ConflictError as error:
            raise moved_on(letter.id) from error
        return after

    def withdraw(self, actor: Actor, unit_id: int, letter_id: int, *, reason: str) -> Letter:
        """Take a return back before it leaves."""
        self._mailed(unit_id, letter_id)
        return self.returning.withdraw(actor, unit_id, letter_id, reason)

    def reopen(self, actor: Actor, unit_id: int, letter_id: int, *, reason: str) -> Letter:
        """Hold a returned letter again; its sender gets an apology."""
        self._mailed(unit_id, letter_id)
        return self.returning.reopen(actor, unit_id, letter_id, reason)

    def _mailed(self, unit_id: int, letter_id: int) -> Letter:
        """A letter that came by mail; raises RefusedError for paper, which has verbs of its own."""
        view = self.show(unit_id, letter_id)
        if view.deposit is not None:
            raise on_paper(view.letter)
        return view.letter


def require(letter: Letter, allowed: frozenset[LetterState], done: Text) -> None:
    """Refuse an act that the letter's state does not allow."""
    if letter.draft.state in allowed:
        return
    now, only = LETTER_STATES[letter.draft.state], [LETTER_STATES[state] for state in sorted(allowed)]
    raise RefusedError(
        Text(
            vi=f"h{letter.id} đang ở trạng thái “{now.vi}”, không thể {done.vi} (chỉ khi: {', '.join(one.vi for one in only)})",
            en=f"h{letter.id} is {now.en} and cannot be {done.en} (only when: {', '.join(one.en for one in only)})",
        )
    )


def moved_on(letter_id: int) -> RefusedError:
    """Somebody else acted on the letter between looking and acting."""
    return RefusedError(
        Text(
            vi=f"h{letter_id} vừa được người khác xử lý; xem lại bằng `mailhub letter show h{letter_id}`",
            en=f"h{letter_id} has just been acted on by somebody else; look again with `mailhub letter show h{letter_id}`",
        )
    )


def number_taken(letter: Letter, entry: Entry) -> RefusedError:
    """The same number and symbol of the same issuer is in the register already."""
    place = f"{entry.register} {entry.number}/{entry.year}"
    return RefusedError(
        Text(
            vi=f"h{letter.id}: {letter.draft.reference} đã vào sổ {place}; một văn bản chỉ có một số",
            en=f"h{letter.id}: {letter.draft.reference} is filed as {place} already; a document has one number",
        )
    )
