"""A further capture of a known mail that proves its sender better than what came before (design, promise 3).

Whoever sends a forged copy ahead of a letter, or a forwarder that breaks its signature, must not keep the genuine one from
being decided: what was stored takes over the better proof, and is decided anew where no clerk has decided it.
"""

from dataclasses import replace

from mailhub import codec
from mailhub.checking.reading import MailFacts, Reading
from mailhub.directory.standing import sender_of
from mailhub.documents import FACTS, READING
from mailhub.evidence import facts_of_letter
from mailhub.policy.verdict import STRENGTHS, strength
from storage import documents, letters, submissions
from storage.database import Transaction
from storage.records import Letter, LetterState, Submission, SubmissionState

OPEN = frozenset({LetterState.WAITING, LetterState.PROPOSED, LetterState.HELD})
MACHINE = frozenset({"", "mailhub"})
KEPT = frozenset({SubmissionState.READ, SubmissionState.SETTLED, SubmissionState.DISMISSED})


def rank(tx: Transaction, unit_id: int, mail: MailFacts) -> tuple[int, int]:
    """How well a mail's sender is proved: as an agency of the directory first, then as the owner of its domain."""
    return strength(sender_of(tx, unit_id, mail)), STRENGTHS[mail.authentication.proof]


def take_better_proof(tx: Transaction, known: Submission, reading: Reading) -> tuple[int, ...] | None:
    """Give a submission the sender's proof of a further capture; None where that one proves no more.

    Returns the letters that wait for their decision again; one that was dismissed as junk comes back.
    """
    before = _stored_reading(tx, known)
    unit_id = known.draft.unit_id
    if before is None or rank(tx, unit_id, reading.mail) <= rank(tx, unit_id, before.mail):
        return None
    body = codec.encode(replace(before, mail=reading.mail, pending=reading.pending))
    submissions.set_reading(tx, known.id, documents.add(tx, READING.kind, READING.version, body, submission_id=known.id))
    dismissed = known.draft.state is SubmissionState.DISMISSED
    again = OPEN | {LetterState.DISMISSED} if dismissed else OPEN
    found = [letter for letter in letters.of_submission(tx, known.id) if letter.draft.state in again]
    if dismissed:
        submissions.set_state(tx, known.id, SubmissionState.READ)
    return tuple(letter.id for letter in found if _proved_better(tx, letter, reading, anew=dismissed))


def _stored_reading(tx: Transaction, known: Submission) -> Reading | None:
    if known.draft.state not in KEPT or known.draft.reading_id is None:
        return None
    return codec.decode(documents.get(tx, known.draft.reading_id).body, Reading)


def _proved_better(tx: Transaction, letter: Letter, reading: Reading, *, anew: bool) -> bool:
    """Store the letter's facts with the better proof; says whether it waits to be decided now."""
    facts = replace(facts_of_letter(tx, letter), mail=reading.mail, pending=reading.pending)
    facts_id = documents.add(tx, FACTS.kind, FACTS.version, codec.encode(facts), submission_id=letter.draft.submission_id)
    proved = strength(sender_of(tx, letter.draft.unit_id, reading.mail))
    draft = replace(letter.draft, facts_id=facts_id, sender_strength=proved)
    decided_anew = anew or letter.decided_by in MACHINE
    if decided_anew:
        draft = replace(draft, state=LetterState.WAITING, due_at=tx.now())
    letters.update(tx, letter, draft, decided_by=letter.decided_by)
    return decided_anew
