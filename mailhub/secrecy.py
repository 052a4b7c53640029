"""Secrecy as clerks handle it: sealing what the machine missed, unsealing a false alarm, purging what is confirmed."""

from dataclasses import dataclass, replace

from mailhub import codec
from mailhub.documents import FACTS
from mailhub.errors import RefusedError
from mailhub.evidence import facts_of_letter, letter_of
from mailhub.facts import draft_of, redacted
from mailhub.language import Text
from mailhub.policy.reasons import ReasonCode
from mailhub.sealing import Sealing
from mailhub.settling import settle
from storage import captures, documents, events, letters, outbox, shredding, submissions
from storage.database import Database, Transaction
from storage.records import Actor, Capture, EventDraft, Letter, LetterState, Submission

SEALABLE = frozenset({LetterState.WAITING, LetterState.PROPOSED, LetterState.HELD, LetterState.RETURN_DUE})


@dataclass(frozen=True, slots=True)
class Secrecy:
    """A secrecy mark concerns the whole mail: every letter and every capture of its submission."""

    database: Database
    sealing: Sealing

    def seal(self, actor: Actor, unit_id: int, letter_id: int, *, reason: str) -> None:
        """Encrypt the mail and take its content out of every list; raises RefusedError once a letter of it is answered."""
        with self.database.reading() as tx:
            _, mail = self._mail(tx, unit_id, letter_id)
            clear = [capture for capture in captures_of(tx, mail) if not capture.sealed]
        sealed = [(capture, self.sealing.encrypted(self.sealing.blobs.get(capture.draft.blob), capture)) for capture in clear]
        with self.database.transaction() as tx:
            for capture, blob in sealed:
                self.sealing.replace(tx, capture, blob, sealed=True)
            for letter in letters.of_submission(tx, mail.id):
                self._blank(tx, actor, letter)
            documents_kept = [(letter, redacted_facts(tx, letter)) for letter in letters.of_submission(tx, mail.id)]
            documents.destroy_of_submission(tx, mail.id)
            for letter, facts in documents_kept:
                facts_id = documents.add(tx, FACTS.kind, FACTS.version, facts)
                letters.update(tx, letter, replace(letter.draft, facts_id=facts_id), decided_by=actor.name)
            submissions.blank(tx, mail.id)
            self._note(tx, actor, mail, "submission-sealed", reason)
        self.sealing.shred()

    def _blank(self, tx: Transaction, actor: Actor, letter: Letter) -> None:
        state = letter.draft.state.value
        if letter.draft.state not in SEALABLE:
            raise RefusedError(
                Text(
                    vi=f"h{letter.id} đã {state}; không niêm phong được nữa, báo người phụ trách bí mật nhà nước",
                    en=f"h{letter.id} is {state} and can no longer be sealed; tell the officer in charge of state secrets",
                )
            )
        for dispatch in outbox.of_letter(tx, letter.id):
            if dispatch.blob is not None:
                shredding.order(tx, dispatch.blob)
        row = letter.draft
        blank = draft_of(
            redacted(facts_of_letter(tx, letter)),
            unit_id=row.unit_id,
            submission_id=row.submission_id,
            position=row.position,
            key="",
        )
        sealed = replace(
            blank,
            state=LetterState.SEALED,
            facts_id=row.facts_id,
            due_at=None,
            action="seal",
            reasons=(ReasonCode.SECRECY_MARK.value,),
        )
        letters.update(tx, letter, sealed, decided_by=actor.name)

    def unseal(self, actor: Actor, unit_id: int, letter_id: int, *, reason: str) -> None:
        """A false alarm: the mail is read again as if it had just come, and its mark no longer counts."""
        with self.database.reading() as tx:
            letter, mail = self._mail(tx, unit_id, letter_id)
            require_sealed(letter)
            capture = captures_of(tx, mail)[0]
        blob = self.sealing.blobs.put_many([self.sealing.opened(capture)])[0]
        with self.database.transaction() as tx:
            self.sealing.replace(tx, capture, blob, sealed=False)
            captures.reopen(tx, capture.id, cleared=True)
            self._note(tx, actor, mail, "submission-unsealed", reason)
        self.sealing.shred()

    def purge(self, actor: Actor, unit_id: int, letter_id: int, *, reason: str) -> None:
        """The secret is confirmed: its bytes are overwritten. What stays is digest, size, time and reason."""
        with self.database.transaction() as tx:
            letter, mail = self._mail(tx, unit_id, letter_id)
            require_sealed(letter)
            for capture in captures_of(tx, mail):
                self.sealing.destroy(tx, capture)
            documents.destroy_of_submission(tx, mail.id)
            for other in letters.of_submission(tx, mail.id):
                letters.update(tx, other, replace(other.draft, state=LetterState.PURGED), decided_by=actor.name)
            self._note(tx, actor, mail, "submission-purged", reason)
            settle(tx, letter)
        self.sealing.shred()

    def _mail(self, tx: Transaction, unit_id: int, letter_id: int) -> tuple[Letter, Submission]:
        letter = letter_of(tx, unit_id, letter_id)
        if letter.draft.submission_id is None:
            raise RefusedError(
                Text(
                    vi=f"h{letter_id} là bản giấy, hệ thống không giữ nội dung nào để niêm phong",
                    en=f"h{letter_id} came on paper; the hub holds no content of it that could be sealed",
                )
            )
        return letter, submissions.get(tx, unit_id, letter.draft.submission_id)

    def _note(self, tx: Transaction, actor: Actor, mail: Submission, kind: str, reason: str) -> None:
        digests = [capture.draft.sha256 for capture in captures_of(tx, mail)]
        data: dict[str, object] = {"captures": list(mail.capture_ids), "sha256": digests}
        events.append(tx, [EventDraft(kind=kind, subject=f"submission/{mail.id}", actor=actor, data=data, reason=reason)])


def captures_of(tx: Transaction, mail: Submission) -> tuple[Capture, ...]:
    """Every capture of a submission, first one first."""
    return tuple(captures.get(tx, capture_id) for capture_id in mail.capture_ids)


def redacted_facts(tx: Transaction, letter: Letter) -> bytes:
    """A letter's facts without its content, encoded."""
    return codec.encode(redacted(facts_of_letter(tx, letter)))


def require_sealed(letter: Letter) -> None:
    """Refuse an act that only a sealed letter allows."""
    if letter.draft.state is not LetterState.SEALED:
        state = letter.draft.state.value
        raise RefusedError(
            Text(
                vi=f"h{letter.id} đang ở trạng thái {state}, không bị niêm phong",
                en=f"h{letter.id} is {state}; it is not sealed",
            )
        )
