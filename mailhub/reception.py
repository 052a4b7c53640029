"""Reception: one reading becomes, per unit, one submission with its letters, in one transaction.

The submission is known by its content's identity, so that a second capture of the same mail is linked and ends there
(design, promise 3). Content under a secrecy mark is never stored: it is sealed before the first row is written.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from mailhub import codec
from mailhub.arrivals import (
    Arrival,
    blank_submission,
    incoming_of,
    keep_letters,
    submission_draft,
    submission_event,
    units_of,
)
from mailhub.checking.reading import Reading
from mailhub.directory.standing import directory_view, sender_of
from mailhub.documents import DECISION, FACTS, READING
from mailhub.evidence import facts_of_letter
from mailhub.facts import Round, decided, draft_of, facts_of, key_of, redacted, refreshed, with_signatures
from mailhub.material import keep_material, without_bytes
from mailhub.noting.notes import note
from mailhub.noting.tying import ReturnPathCheck, answered_by, state_on_arrival
from mailhub.policy.case import Action, Decision, Known, LetterFacts
from mailhub.policy.covering import is_mail_signature, signing_files
from mailhub.policy.decide import decide
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.record import judged
from mailhub.policy.settings import PolicySettings
from mailhub.policy.verdict import strength
from mailhub.proving import take_better_proof
from mailhub.revocation import watching
from mailhub.sealing import Sealing
from parsers.letter import LetterFields, ReadLetter, Urgency
from storage import captures, documents, events, letters, noted, submissions
from storage.database import Database, Transaction
from storage.errors import NotFoundError
from storage.records import (
    Actor,
    Capture,
    CaptureState,
    Claim,
    EventDraft,
    FileDraft,
    Letter,
    LetterDraft,
    LetterState,
    Submission,
    SubmissionState,
)
from storage.records.letters import SIGNATURE_ROLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """Turns readings into submissions and letters."""

    database: Database
    sealing: Sealing
    settings: Callable[[], PolicySettings]
    pending_for: timedelta
    return_path: ReturnPathCheck

    def receive(self, actor: Actor, claim: Claim, capture: Capture, raw: bytes, reading: Reading) -> tuple[tuple[int, int], ...]:
        """Store what was read of a claimed capture; returns (unit, letter) of every letter that waits for its decision.

        Raises StaleClaimError when the claim was lost, and ConflictError when another worker stored the same content first:
        nothing is stored then, and the capture may be claimed again.
        """
        secret = self._secret(capture, reading) or self._sealed_before(capture, reading)
        sealed_blob = self.sealing.encrypted(raw, capture) if secret else None
        with self.database.transaction() as tx:
            waiting: list[tuple[int, int]] = []
            # The chain's head is locked last, so the events of all units are written behind all their rows.
            told: list[EventDraft] = []
            for unit_id in units_of(tx, capture):
                known = known_submission(tx, capture, reading, unit_id)
                arrival = Arrival(actor=actor, capture=capture, reading=reading, unit_id=unit_id, known=known, told=told)
                waiting += self._receive_for(tx, arrival, sealed=sealed_blob is not None)
            if sealed_blob is not None:
                self.sealing.replace(tx, capture, sealed_blob, sealed=True)
                if all(is_purged(tx, known_submission(tx, capture, reading, unit_id)) for unit_id in units_of(tx, capture)):
                    self.sealing.destroy(tx, captures.get(tx, capture.id))
            captures.complete(tx, claim, CaptureState.READ)
            events.append(tx, told)
        if sealed_blob is not None:
            self.sealing.shred()
        return tuple(waiting)

    def receive_unreadable(self, actor: Actor, claim: Claim, capture: Capture, evidence: str) -> None:
        """Keep a mail that its reader could not survive: listed, counted and held unparsed, never lost (promise 5)."""
        identity = unread_identity(capture)
        with self.database.transaction() as tx:
            told: list[EventDraft] = []
            for unit_id in units_of(tx, capture):
                known = submissions.find_by_identity(tx, unit_id, identity)
                if known is not None:
                    submissions.link_capture(tx, known.id, capture.id)
                    continue
                draft = replace(blank_submission(capture, unit_id, identity), state=SubmissionState.UNREADABLE)
                submission_id = submissions.add(tx, draft)
                told.append(submission_event(actor, "submission-unreadable", submission_id, capture, evidence))
            captures.complete(tx, claim, CaptureState.UNREADABLE)
            events.append(tx, told)

    def refresh(self, letter: Letter, reading: Reading) -> None:
        """Give a waiting letter the facts of a new round of checks; its files stay the ones it has."""
        with self.database.transaction() as tx:
            before = facts_of_letter(tx, letter)
            facts = refreshed(before, without_bytes(reading))
            body = codec.encode(facts)
            facts_id = documents.add(tx, FACTS.kind, FACTS.version, body, submission_id=letter.draft.submission_id)
            proved = strength(sender_of(tx, letter.draft.unit_id, facts.mail))
            checked = with_signatures(replace(letter.draft, facts_id=facts_id, sender_strength=proved), facts)
            letters.update(tx, letter, checked, decided_by=letter.decided_by)
            if letter.draft.submission_id is not None:
                keep_material(tx, letter.draft.submission_id, reading)
                watching.note(tx, reading)

    def take_up(self, tx: Transaction, found: Submission, reading: Reading) -> list[int]:
        """Make work of a mail that was only noted: its letters, or its files as one letter, wait for their decision."""
        if letters.of_submission(tx, found.id):
            return []
        if not reading.letters and any(not file.inline for file in reading.files):
            reading = replace(reading, letters=(letterless(reading),))
        files = {file.path: file.id for file in submissions.files(tx, found.id)}
        facts = self._facts(captures.get(tx, found.capture_ids[0]), reading)
        unit_id = found.draft.unit_id
        rows = [waiting_letter(tx, unit_id, found.id, position, item) for position, item in enumerate(facts)]
        return [letters.add(tx, row, letter_roles(item, files)) for row, item in zip(rows, facts, strict=True)]

    def is_for_somebody(self, capture: Capture) -> bool:
        """Whether there is a unit that the capture can be stored for."""
        with self.database.reading() as tx:
            return bool(units_of(tx, capture))

    def _secret(self, capture: Capture, reading: Reading) -> bool:
        """Whether the policy seals any letter of the mail; nothing has been stored of it yet."""
        with self.database.reading() as tx:
            units = units_of(tx, capture)
            return any(
                self._judged(tx, unit_id, facts).action is Action.SEAL
                for unit_id in units
                for facts in self._facts(capture, reading)
            )

    def _sealed_before(self, capture: Capture, reading: Reading) -> bool:
        """Whether this is one more copy of what was sealed or purged, also where only a clerk could see the mark."""
        with self.database.reading() as tx:
            found = [known_submission(tx, capture, reading, unit_id) for unit_id in units_of(tx, capture)]
            copies = [known for known in found if known is not None and not is_read_again(known, capture)]
            return any(known.draft.state is SubmissionState.SEALED or is_purged(tx, known) for known in copies)

    def _judged(self, tx: Transaction, unit_id: int, facts: LetterFacts) -> Decision:
        return decide(facts, Known(), directory_view(tx, unit_id, facts), self.settings(), tx.now())

    def _facts(self, capture: Capture, reading: Reading) -> tuple[LetterFacts, ...]:
        received_at = capture.draft.received_at
        circumstances = Round(
            received_at=received_at,
            pending_until=received_at + self.pending_for,
            trust_configured=self.settings().trust_configured,
        )
        facts = (facts_of(reading, letter, circumstances) for letter in reading.letters)
        return tuple(replace(item, secrecy_cleared=capture.cleared) for item in facts)

    def _receive_for(self, tx: Transaction, arrival: Arrival, *, sealed: bool) -> list[tuple[int, int]]:
        known, capture = arrival.known, arrival.capture
        if known is not None and not is_read_again(known, capture):
            submissions.link_capture(tx, known.id, capture.id)
            put_stand_in_aside(tx, capture, known)
            # Of a copy that bears a mark nothing is stored, not even its subject.
            return [] if sealed else self._prove_better(tx, arrival, known)
        if sealed:
            self._store_sealed(tx, arrival)
            return []
        return self._store(tx, arrival)

    def _prove_better(self, tx: Transaction, arrival: Arrival, known: Submission) -> list[tuple[int, int]]:
        """Decide a known mail anew where this capture of it proves its sender better."""
        again = take_better_proof(tx, known, arrival.reading)
        if again is None:
            return []
        arrival.told.append(submission_event(arrival.actor, "submission-proved", known.id, arrival.capture, ""))
        return [(arrival.unit_id, letter_id) for letter_id in again]

    def _store(self, tx: Transaction, arrival: Arrival) -> list[tuple[int, int]]:
        unit_id, reading = arrival.unit_id, arrival.reading
        sender = sender_of(tx, unit_id, reading.mail)
        incoming = incoming_of(tx, arrival)
        answered = answered_by(tx, incoming, self.return_path)
        state = state_on_arrival(reading, answered)
        if state is SubmissionState.READ and sender is not None and not reading.letters:
            reading = replace(reading, letters=(letterless(reading),))
        draft = replace(submission_draft(arrival.capture, unit_id, reading, state), agency_id=sender.id if sender else None)
        submission_id = arrival.keep(tx, draft)
        keep_material(tx, submission_id, reading)
        reading = without_bytes(reading)
        body = codec.encode(reading)
        submissions.set_reading(
            tx, submission_id, documents.add(tx, READING.kind, READING.version, body, submission_id=submission_id)
        )
        files = store_files(tx, submission_id, reading)
        facts = self._facts(arrival.capture, reading) if state is SubmissionState.READ else ()
        rows = [waiting_letter(tx, unit_id, submission_id, position, item) for position, item in enumerate(facts)]
        roles = [letter_roles(item, files) for item in facts]
        waiting = keep_letters(tx, arrival, submission_id, rows, roles)
        arrival.told.append(submission_event(arrival.actor, "submission-read", submission_id, arrival.capture, state.value))
        if state is SubmissionState.NOTED or reading.mail.notice is not None:
            arrival.told.extend(note(tx, incoming, submission_id, answered))
        elif arrival.known is not None:
            noted.take_back(tx, submission_id)
        watching.note(tx, arrival.reading)
        return [(unit_id, letter_id) for letter_id in waiting]

    def _store_sealed(self, tx: Transaction, arrival: Arrival) -> None:
        unit_id, capture = arrival.unit_id, arrival.capture
        draft = replace(blank_submission(capture, unit_id, arrival.reading.identity), state=SubmissionState.SEALED)
        submission_id = arrival.keep(tx, draft)
        rows = [
            self._sealed_letter(tx, unit_id, submission_id, item) for item in enumerate(self._facts(capture, arrival.reading))
        ]
        keep_letters(tx, arrival, submission_id, rows, [[] for _ in rows])
        arrival.told.append(submission_event(arrival.actor, "submission-sealed", submission_id, capture, ""))

    def _sealed_letter(self, tx: Transaction, unit_id: int, submission_id: int, item: tuple[int, LetterFacts]) -> LetterDraft:
        position, facts = item
        blank = redacted(facts)
        record = judged(blank, Known(), directory_view(tx, unit_id, blank), self.settings(), tx.now())
        row = draft_of(blank, unit_id=unit_id, submission_id=submission_id, position=position, key="")
        facts_id = documents.add(tx, FACTS.kind, FACTS.version, codec.encode(blank), submission_id=submission_id)
        decision_id = documents.add(tx, DECISION.kind, DECISION.version, codec.encode(record), submission_id=submission_id)
        sealed = decided(replace(row, facts_id=facts_id), record.decision, state=LetterState.SEALED, decision_id=decision_id)
        # A copy of what a clerk has sealed bears no mark that the policy sees.
        return replace(sealed, action=Action.SEAL.value, reasons=(ReasonCode.SECRECY_MARK.value,))


def known_submission(tx: Transaction, capture: Capture, reading: Reading, unit_id: int) -> Submission | None:
    """The unit's submission with this content, or the one that stands for this mail while it could not be read."""
    known = submissions.find_by_identity(tx, unit_id, reading.identity)
    return known or submissions.find_by_identity(tx, unit_id, unread_identity(capture))


def put_stand_in_aside(tx: Transaction, capture: Capture, known: Submission) -> None:
    """Dismiss what stood for a mail that could not be read, once the mail turns out to be one that is known."""
    stand_in = submissions.find_by_identity(tx, known.draft.unit_id, unread_identity(capture))
    if stand_in is not None and stand_in.draft.state is SubmissionState.UNREADABLE:
        submissions.set_state(tx, stand_in.id, SubmissionState.DISMISSED)


def is_read_again(known: Submission, capture: Capture) -> bool:
    """Whether this capture is to be understood anew: it was unreadable or sealed, and a clerk asked for it."""
    asked_for = known.draft.state is SubmissionState.UNREADABLE or (
        known.draft.state is SubmissionState.SEALED and capture.cleared
    )
    return asked_for and capture.id in known.capture_ids


def is_purged(tx: Transaction, known: Submission | None) -> bool:
    """Whether the unit has this content no more because a clerk confirmed that it is secret."""
    found = letters.of_submission(tx, known.id) if known is not None else []
    return any(letter.draft.state is LetterState.PURGED for letter in found)


def unread_identity(capture: Capture) -> str:
    """The identity of a mail whose content nobody could read: its raw bytes."""
    return f"raw:{capture.draft.sha256}"


def store_files(tx: Transaction, submission_id: int, reading: Reading) -> dict[str, int]:
    """Store the mail's files; gives their ids by path."""
    drafts = [
        FileDraft(
            path=file.path, name=file.name, kind=file.kind.value, media_type=file.media_type, size=file.size, sha256=file.sha256
        )
        for file in reading.files
    ]
    ids = submissions.add_files(tx, submission_id, drafts)
    return dict(zip((file.path for file in reading.files), ids, strict=True))


def letter_roles(facts: LetterFacts, files: dict[str, int]) -> list[tuple[int, str]]:
    """The files of a letter with their part in it; what signs them is named beside them."""
    own = [(files[file.path], "main" if file.path == facts.letter.main else "enclosure") for file in facts.files]
    return own + [(files[file.path], SIGNATURE_ROLE) for file in signing_files(facts)]


def waiting_letter(tx: Transaction, unit_id: int, submission_id: int, position: int, facts: LetterFacts) -> LetterDraft:
    """The row of a letter that waits for its decision, its facts stored."""
    view = directory_view(tx, unit_id, facts)
    key = key_of(facts, view.issuer.id if view.issuer else None)
    agency = view.issuer or view.sender
    row = draft_of(facts, unit_id=unit_id, submission_id=submission_id, position=position, key=key)
    facts_id = documents.add(tx, FACTS.kind, FACTS.version, codec.encode(facts), submission_id=submission_id)
    proved = strength(view.sender)
    return replace(row, facts_id=facts_id, agency_id=agency.id if agency else None, sender_strength=proved)


def first_capture(tx: Transaction, letter: Letter) -> Capture:
    """The capture whose bytes a letter's mail is read from."""
    if letter.draft.submission_id is None:
        raise NotFoundError(f"letter {letter.id} came on paper")
    mail = submissions.get(tx, letter.draft.unit_id, letter.draft.submission_id)
    return captures.get(tx, mail.capture_ids[0])


def letterless(reading: Reading) -> ReadLetter:
    """A known agency's mail in which no letter was recognised is work for a clerk, with the files it has.

    A signature of the mail itself is none of them.
    """
    attached = tuple(file.path for file in reading.files if not file.inline and not is_mail_signature(file))
    return ReadLetter(
        main=attached[0] if attached else None,
        enclosures=attached[1:],
        fields=LetterFields(),
        declared_enclosures=(),
        urgency=Urgency.NORMAL,
        secrecy=(),
        findings=(),
    )
