"""Deciding: gathers what is known about a letter, lets the policy decide, and carries out what may be done by machine.

Everything a decision read is stored beside it (design, promise 7), so `letter explain` can run it again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from mailhub import codec
from mailhub.answering import Answering
from mailhub.directory.standing import directory_view
from mailhub.documents import DECISION
from mailhub.errors import RefusedError
from mailhub.evidence import facts_of_letter
from mailhub.facts import decided
from mailhub.filing import Filing, FilingOrder
from mailhub.policy.case import Action, Known, KnownEntry
from mailhub.policy.record import DecisionRecord, judged
from mailhub.policy.settings import PolicySettings
from mailhub.policy.verdict import strength
from mailhub.secrecy import Secrecy
from mailhub.settling import settle
from storage import documents, events, letters, registry
from storage.database import Database, Transaction
from storage.errors import ConflictError
from storage.records import Actor, Entry, EventDraft, Letter, LetterState

log = logging.getLogger(__name__)

OPEN = (LetterState.WAITING, LetterState.PROPOSED, LetterState.HELD, LetterState.RETURN_DUE)

GONE = frozenset({LetterState.MERGED, LetterState.DISMISSED})
"""States of letters whose files are another letter's, or nobody's."""

BOTH = 2
"""Valid signatures of a letter that may keep another one with its number back."""

CONFLICT_TRIES = 3
"""A lost claim of a document key is decided again; each try sees the entry that won, so a second loss is rare."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """Decides letters that wait, and decides again when a filing lost its document key."""

    database: Database
    filing: Filing
    secrecy: Secrecy
    answering: Answering
    settings: Callable[[], PolicySettings]
    return_delay: timedelta
    recheck_after: timedelta

    def decide(self, actor: Actor, unit_id: int, letter_id: int) -> None:
        """Decide one waiting letter and act where the decision is automatic.

        A letter that another worker has decided meanwhile is left as it is; ConflictError where every try lost.
        """
        for tries_left in reversed(range(CONFLICT_TRIES)):
            try:
                self._decide_once(actor, unit_id, letter_id)
            except ConflictError:
                if not tries_left:
                    raise
            else:
                return

    def judge(self, tx: Transaction, letter: Letter) -> DecisionRecord:
        """Decide without acting or storing: the inputs as they are now, and what follows from them."""
        facts = facts_of_letter(tx, letter)
        view = directory_view(tx, letter.draft.unit_id, facts)
        known = known_of(tx, letter, strength(view.sender))
        return judged(facts, known, view, self.settings(), tx.now())

    def _decide_once(self, actor: Actor, unit_id: int, letter_id: int) -> None:
        with self.database.reading() as tx:
            letter = letters.get(tx, unit_id, letter_id)
            if letter.draft.state is not LetterState.WAITING:
                return
            record = self.judge(tx, letter)
        self._act(actor, letter, record)

    def _act(self, actor: Actor, letter: Letter, record: DecisionRecord) -> None:
        try:
            self._carry_out(actor, letter, record)
        except RefusedError as refusal:
            # The register is numbered elsewhere or waits for a clerk's word, or a secret letter's neighbour was answered.
            log.warning("decision left to a clerk", extra={"letter": letter.id, "error": str(refusal)})
            left = LetterState.HELD if record.decision.action is Action.SEAL else LetterState.PROPOSED
            self._store(actor, letter, record, left)

    def _carry_out(self, actor: Actor, letter: Letter, record: DecisionRecord) -> None:
        decision = record.decision
        match decision.action:
            case Action.FILE if decision.automatic:
                self.filing.file(actor, order_of(letter, record))
            case Action.SEAL:
                self.secrecy.seal(actor, letter.draft.unit_id, letter.id, reason="")
            case Action.REPEAT if decision.automatic:
                self.repeat(actor, letter, record)
            case Action.RETURN if decision.automatic:
                self._store(actor, letter, record, LetterState.RETURN_DUE, due_at=record.now + self.return_delay)
            case Action.WAIT:
                self._store(actor, letter, record, LetterState.WAITING, due_at=record.now + self.recheck_after)
            case Action.HOLD:
                self._store(actor, letter, record, LetterState.HELD)
            case Action.FILE | Action.RETURN | Action.REPEAT:
                self._store(actor, letter, record, LetterState.PROPOSED)
            case _:
                assert_never(decision.action)

    def _store(
        self, actor: Actor, letter: Letter, record: DecisionRecord, state: LetterState, due_at: datetime | None = None
    ) -> None:
        with self.database.transaction() as tx:
            after = store_decision(tx, actor, letter, record, state=state, due_at=due_at)
            if state is LetterState.HELD:
                self.answering.held(tx, letter=after, record=record)
            events.append(tx, [decided_event(actor, letter, record)])

    def repeat(self, actor: Actor, letter: Letter, record: DecisionRecord, reason: str = "") -> Entry:
        """Tell the first number of the same content again; ConflictError when letter or entry have moved on."""
        with self.database.transaction() as tx:
            entry = registry.entry_by_content(tx, letter.draft.unit_id, letter.draft.content_digest)
            if entry is None:
                raise ConflictError("the entry that this letter repeats has gone")
            store_decision(tx, actor, letter, record, state=LetterState.REPEAT)
            registry.link_letter(tx, entry.id, letter.id, "repeat")
            settle(tx, letter)
            self.answering.repeat(tx, entry=entry, letter=letter, record=record)
            events.append(tx, [decided_event(actor, letter, record, reason)])
        return entry


def store_decision(
    tx: Transaction,
    actor: Actor,
    letter: Letter,
    record: DecisionRecord,
    *,
    state: LetterState,
    due_at: datetime | None = None,
) -> Letter:
    """Keep the decision with its inputs and move the letter on; raises ConflictError when the letter moved meanwhile."""
    body = codec.encode(record)
    decision_id = documents.add(tx, DECISION.kind, DECISION.version, body, submission_id=letter.draft.submission_id)
    draft = decided(letter.draft, record.decision, state=state, decision_id=decision_id, due_at=due_at)
    return letters.update(tx, letter, draft, decided_by=actor.name)


def order_of(letter: Letter, record: DecisionRecord, *, register: str = "", reason: str = "") -> FilingOrder:
    """The filing order that follows from a decision; a clerk may name another register."""
    return FilingOrder(
        letter=letter,
        record=record,
        register=register or record.decision.register,
        reason=reason,
    )


def known_of(tx: Transaction, letter: Letter, sender_strength: int) -> Known:
    """What the unit's registers hold of this letter already: the same content, or its document key."""
    draft = letter.draft
    same_content = registry.entry_by_content(tx, draft.unit_id, draft.content_digest) if draft.content_digest else None
    same_key = registry.entry_by_key(tx, draft.unit_id, draft.document_key) if draft.document_key else None
    rivals = letters.with_key(tx, draft.unit_id, draft.document_key, exclude_id=letter.id) if draft.document_key else ()
    open_rivals = [rival.draft for rival in rivals if rival.draft.state in OPEN]
    siblings = letters.of_submission(tx, draft.submission_id) if draft.submission_id is not None else (letter,)
    return Known(
        same_content=known_entry(same_content),
        same_key=known_entry(same_key),
        waiting_same_key=len(open_rivals),
        waiting_same_key_signed=sum(rival.signatures_valid >= BOTH for rival in open_rivals),
        waiting_same_key_proved=sum(rival.sender_strength >= sender_strength for rival in open_rivals),
        sibling_letters=sum(sibling.draft.state not in GONE for sibling in siblings),
    )


def known_entry(entry: Entry | None) -> KnownEntry | None:
    """An entry as a decision sees it."""
    if entry is None:
        return None
    return KnownEntry(
        letter_id=entry.draft.letter_id,
        number=entry.number,
        year=entry.year,
        register=entry.register,
        arrival_date=entry.arrival_date.isoformat(),
        content_digest=entry.draft.content_digest,
        sender_agency_id=entry.draft.agency_id,
    )


def decided_event(actor: Actor, letter: Letter, record: DecisionRecord, reason: str = "") -> EventDraft:
    """The fact that a letter was decided, for the chain."""
    decision = record.decision
    return EventDraft(
        kind="letter-decided",
        subject=f"letter/{letter.id}",
        actor=actor,
        data={
            "action": decision.action.value,
            "automatic": decision.automatic,
            "reasons": [code.value for code in decision.reasons],
            "rule_set": decision.rule_set,
            "policy": decision.policy_version,
            "trust": decision.trust_version,
        },
        reason=reason,
    )
