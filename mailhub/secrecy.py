"""Secrecy as clerks handle it: sealing what the machine missed, unsealing a false alarm, purging what is confirmed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailhub import codec
from mailhub.documents import FACTS
from mailhub.errors import RefusedError
from mailhub.evidence import facts_of_letter
from mailhub.facts import draft_of, redacted
from mailhub.language import Text
from mailhub.letter_views import letter_of
from mailhub.policy.case import Action, LetterFacts
from mailhub.policy.reasons import ReasonCode
from mailhub.sealing import Sealing
from storage import (
    captures,
    cases,
    documents,
    events,
    letters,
    noted,
    outbox,
    revocation,
    shredding,
    submissions,
    validation_material,
)
from storage.database import Database, Transaction
from storage.folding import fold
from storage.records import (
    Actor,
    Capture,
    CaptureState,
    EventDraft,
    Letter,
    LetterDraft,
    LetterState,
    Submission,
    SubmissionState,
)

UNSEALED, ASKED = "submission-unsealed", "submission-purge-asked"
MOST_EVENTS = 10_000

SEALABLE = frozenset(
    {
        LetterState.WAITING,
        LetterState.PROPOSED,
        LetterState.HELD,
        LetterState.RETURN_DUE,
        LetterState.MERGED,
        LetterState.DISMISSED,
    }
)


@dataclass(frozen=True, slots=True)
class Secrecy:
    """A secrecy mark concerns the whole mail: every letter and every capture of it, in every unit it came to."""

    database: Database
    sealing: Sealing
    two_clerks_to_purge: bool = False

    def seal(self, actor: Actor, unit_id: int, letter_id: int, *, reason: str) -> None:
        """Encrypt the mail and take its content out of every list; raises RefusedError once a letter of it is answered."""
        with self.database.transaction() as tx:
            mails = [mail for mail in self._mails(tx, unit_id, letter_id) if mail.draft.state is not SubmissionState.SEALED]
            for capture in captures_of(tx, mails):
                if not capture.sealed:
                    blob = self.sealing.encrypted(self.sealing.blobs.get(capture.draft.blob), capture)
                    self.sealing.replace(tx, capture, blob, sealed=True)
            for mail in mails:
                self._blank(tx, actor, mail)
            self._note(tx, actor, mails, "submission-sealed", reason)
        self.sealing.shred()
        self.database.scrub()

    def _blank(self, tx: Transaction, actor: Actor, mail: Submission) -> None:
        """Take a mail's content out of its letters, documents and notices, and out of what it was noted as."""
        found = letters.of_submission(tx, mail.id)
        for letter in found:
            require_sealable(letter)
            outbox.cancel_for_letter(tx, letter.id)
            for dispatch in outbox.of_letter(tx, letter.id):
                if dispatch.blob is not None:
                    shredding.order(tx, dispatch.blob)
        blanks = [(letter, redacted(facts_of_letter(tx, letter))) for letter in found]
        documents.destroy_of_submission(tx, mail.id)
        validation_material.forget(tx, mail.id)
        revocation.forget_unused(tx)
        for letter, facts in blanks:
            cases.forget(tx, letter.id)
            facts_id = documents.add(tx, FACTS.kind, FACTS.version, codec.encode(facts), submission_id=mail.id)
            letters.update(tx, letter, sealed_row(letter, facts, facts_id), decided_by=actor.name)
        submissions.blank(tx, mail.id)
        noted.blank(tx, mail.id)

    def unseal(self, actor: Actor, unit_id: int, letter_id: int, *, reason: str) -> None:
        """A false alarm: the mail is read again as if it had just come, and its mark no longer counts."""
        with self.database.transaction() as tx:
            mails = self._sealed_mails(tx, unit_id, letter_id)
            for capture in {mail.capture_ids[0]: captures_of(tx, [mail])[0] for mail in mails}.values():
                if capture.sealed:
                    blob = self.sealing.blobs.put_many([self.sealing.opened(capture)])[0]
                    self.sealing.replace(tx, capture, blob, sealed=False)
                captures.reopen(tx, capture.id, cleared=True)
            self._note(tx, actor, mails, UNSEALED, reason)
        self.sealing.shred()

    def purge(self, actor: Actor, unit_id: int, letter_id: int, *, reason: str) -> bool:
        """The secret is confirmed: its bytes are overwritten. What stays is digest, size, time and reason.

        Where the office wants two clerks, the first one's word is kept, and nothing is destroyed: False.
        """
        with self.database.transaction() as tx:
            mails = self._sealed_mails(tx, unit_id, letter_id)
            if self.two_clerks_to_purge and not asked_before(tx, mails, actor):
                self._note(tx, actor, mails, ASKED, reason)
                return False
            for capture in captures_of(tx, mails):
                self.sealing.destroy(tx, capture)
            for mail in mails:
                documents.destroy_of_submission(tx, mail.id)
                validation_material.forget(tx, mail.id)
                for letter in letters.of_submission(tx, mail.id):
                    letters.update(tx, letter, replace(letter.draft, state=LetterState.PURGED), decided_by=actor.name)
                submissions.set_state(tx, mail.id, SubmissionState.SETTLED)
            self._note(tx, actor, mails, "submission-purged", reason)
        self.sealing.shred()
        self.database.scrub()
        return True

    def _sealed_mails(self, tx: Transaction, unit_id: int, letter_id: int) -> list[Submission]:
        """The sealed mails that a sealed letter's content is in; raises RefusedError while one of them is read again."""
        require_sealed(letter_of(tx, unit_id, letter_id))
        mails = [mail for mail in self._mails(tx, unit_id, letter_id) if mail.draft.state is SubmissionState.SEALED]
        if any(capture.state is CaptureState.RECEIVED for capture in captures_of(tx, mails)):
            raise RefusedError(
                Text(
                    vi=f"thư của h{letter_id} vừa được mở niêm phong và đang được đọc lại; chờ một lát rồi xem lại",
                    en=f"the mail of h{letter_id} was unsealed and is being read again; look again in a moment",
                )
            )
        return mails

    def _mails(self, tx: Transaction, unit_id: int, letter_id: int) -> list[Submission]:
        """Every submission that holds the letter's content: other units' of the same mail, and those it was joined of."""
        letter = letter_of(tx, unit_id, letter_id)
        if letter.draft.submission_id is None:
            raise RefusedError(
                Text(
                    vi=f"h{letter_id} là bản giấy; ghi đè những gì đã nhập bằng `mailhub paper seal h{letter_id}`",
                    en=f"h{letter_id} came on paper; overwrite what was entered of it with `mailhub paper seal h{letter_id}`",
                )
            )
        return submissions.sharing_content(tx, letter.draft.submission_id)

    def _note(self, tx: Transaction, actor: Actor, mails: Sequence[Submission], kind: str, reason: str) -> None:
        drafts = []
        for mail in mails:
            digests = [capture.draft.sha256 for capture in captures_of(tx, [mail])]
            data: dict[str, object] = {"captures": list(mail.capture_ids), "sha256": digests}
            drafts.append(EventDraft(kind=kind, subject=f"submission/{mail.id}", actor=actor, data=data, reason=reason))
        events.append(tx, drafts)


def asked_before(tx: Transaction, mails: Sequence[Submission], actor: Actor) -> bool:
    """Whether another clerk has asked, since each of these mails was sealed, that it be purged."""
    return all(asked_by(tx, mail) - {fold(actor.name)} for mail in mails)


def asked_by(tx: Transaction, mail: Submission) -> set[str]:
    """Who has asked since the mail was sealed; names are compared as search does."""
    names: set[str] = set()
    for event in events.list_(tx, subject=f"submission/{mail.id}", limit=MOST_EVENTS):
        if event.kind == UNSEALED:
            names.clear()
        elif event.kind == ASKED:
            names.add(fold(json.loads(event.body)["actor"]["name"]))
    return names


def captures_of(tx: Transaction, mails: Sequence[Submission]) -> tuple[Capture, ...]:
    """Every capture of these submissions once, first one first."""
    ids = sorted({capture_id for mail in mails for capture_id in mail.capture_ids})
    return tuple(captures.get(tx, capture_id) for capture_id in ids)


def sealed_row(letter: Letter, facts: LetterFacts, facts_id: int) -> LetterDraft:
    """The row of a letter that a clerk sealed: its place, its times, and nothing that was read in it."""
    row = letter.draft
    blank = draft_of(facts, unit_id=row.unit_id, submission_id=row.submission_id, position=row.position, key="")
    return replace(
        blank,
        state=LetterState.SEALED,
        facts_id=facts_id,
        due_at=None,
        action=Action.SEAL.value,
        reasons=(ReasonCode.SECRECY_MARK.value,),
    )


def require_sealable(letter: Letter) -> None:
    """Refuse to seal what was answered: its content has left the hub in notices and in the register."""
    state = letter.draft.state.value
    if letter.draft.state not in SEALABLE:
        raise RefusedError(
            Text(
                vi=f"h{letter.id} đã {state}; không niêm phong được nữa, báo người phụ trách bí mật nhà nước",
                en=f"h{letter.id} is {state} and can no longer be sealed; tell the officer in charge of state secrets",
            )
        )


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
