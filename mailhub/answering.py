"""Answering: which notice a sender is owed, intended in the transaction of the fact that it tells (design, promises 4 and 10)."""

from dataclasses import dataclass
from datetime import timedelta

from mailhub.policy.case import LetterFacts
from mailhub.policy.record import DecisionRecord
from mailhub.settings import Settings
from storage import documents, outbox
from storage.database import Transaction
from storage.records import DispatchDraft, Entry, Letter


@dataclass(frozen=True, slots=True)
class Answering:
    """Intends notices."""

    settings: Settings

    def receipt(self, tx: Transaction, *, entry: Entry, facts: LetterFacts, letter: Letter, unit: object) -> None:
        self._intend(tx, letter, facts, "receipt")

    def repeat(self, tx: Transaction, *, entry: Entry, facts: LetterFacts, letter: Letter) -> None:
        self._intend(tx, letter, facts, "repeat")

    def returned(self, tx: Transaction, *, letter: Letter, record: DecisionRecord) -> None:
        self._intend(tx, letter, record.facts, "return")

    def apology(self, tx: Transaction, *, letter: Letter, record: DecisionRecord) -> None:
        self._intend(tx, letter, record.facts, "apology")

    def _intend(self, tx: Transaction, letter: Letter, facts: LetterFacts, kind: str) -> None:
        now = tx.now()
        outbox.add(
            tx,
            DispatchDraft(
                unit_id=letter.draft.unit_id,
                letter_id=letter.id,
                submission_id=letter.draft.submission_id,
                kind=kind,
                revision=1,
                channel="mail",
                recipient=facts.mail.from_[0].address,
                message_id=f"<{kind}-{letter.id}@x>",
                context_id=documents.add(tx, "notice", 1, b"{}"),
                due_at=now,
                expires_at=now + timedelta(days=3),
            ),
        )
