"""Splitting and joining: a clerk says which files are one letter.

A dossier that came in several mails is joined to one letter; a mail in which several letters were taken for one is split.
The letters are decided anew. Joining is undone by `unjoin`, splitting by joining again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailhub import codec
from mailhub.checking.jobs import DEFAULT_SIGNATURE_LIMITS, MailJob
from mailhub.checking.orders import mail_order
from mailhub.checking.pool import ReaderFailedError, ReaderPool
from mailhub.checking.reading import ReadFile, Reading
from mailhub.clock import Clock
from mailhub.directory.standing import directory_view
from mailhub.documents import FACTS
from mailhub.errors import RefusedError
from mailhub.evidence import facts_of_letter
from mailhub.facts import Round, content_digest, draft_of, facts_of, key_of
from mailhub.language import Text
from mailhub.letter_views import letter_of
from mailhub.material import keep_material, without_bytes
from mailhub.policy.case import LetterFacts, SignatureScope
from mailhub.policy.covering import signing_files
from mailhub.policy.verdict import strength
from mailhub.profiles.vn.letter_rules import LETTER_RULES
from mailhub.sealing import Sealing
from mailhub.settling import settle
from mailhub.state_words import LETTER_STATES
from mailhub.trust.store import TrustStore
from parsers.files.model import DEFAULT_LIMITS, ContainerLimits
from parsers.letter import DeclaredEnclosure, LetterCode, ReadLetter
from parsers.letters.enclosure_files import Candidate, match_enclosures
from parsers.letters.enclosures import Announced
from parsers.signatures.limits import SignatureLimits
from storage import captures, documents, events, letters, submissions
from storage.database import Database, Transaction
from storage.records import Actor, Capture, Event, EventDraft, Letter, LetterDraft, LetterFile, LetterState
from storage.records.letters import SIGNATURE_ROLE

JOINED, UNJOINED, SPLIT = "letter-joined", "letter-unjoined", "letter-split"

REGROUPABLE = frozenset({LetterState.WAITING, LetterState.PROPOSED, LetterState.HELD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouping:
    """Makes other letters of the same files."""

    database: Database
    sealing: Sealing
    readers: ReaderPool
    trust: TrustStore
    clock: Clock
    signatures: SignatureLimits = DEFAULT_SIGNATURE_LIMITS
    limits: ContainerLimits = DEFAULT_LIMITS

    def split(
        self, actor: Actor, unit_id: int, letter_id: int, groups: Sequence[Sequence[int]], *, reason: str
    ) -> tuple[int, ...]:
        """Make one letter of each group of file ids, the first file being its main document; gives the letters' ids.

        Raises RefusedError unless the groups share out exactly the letter's files.
        """
        with self.database.reading() as tx:
            letter = letter_of(tx, unit_id, letter_id)
            require_regroupable(letter)
            held = letters.files(tx, letter_id)
            files = [item for item in held if item.role != SIGNATURE_ROLE]
            require_shared_out(letter_id, files, groups)
            before = facts_of_letter(tx, letter)
            capture = captures.get(tx, submissions.get(tx, unit_id, origin(letter)).capture_ids[0])
        paths = {item.file.id: item.file.path for item in files}
        reading = self._read(capture, tuple(tuple(paths[file_id] for file_id in group) for group in groups))
        circumstances = Round(
            received_at=before.received_at, pending_until=before.pending_until, trust_configured=before.trust_configured
        )
        stored = without_bytes(reading)
        read = (facts_of(stored, item, circumstances) for item in stored.letters)
        # A mark that a clerk has found a false alarm stays one, and the mail's sender was checked when it came.
        facts = [replace(item, secrecy_cleared=before.secrecy_cleared, mail=before.mail) for item in read]
        with self.database.transaction() as tx:
            last = max(item.draft.position for item in letters.of_submission(tx, origin(letter)))
            made = [waiting(tx, letter, item, last + offset) for offset, item in enumerate(facts)]
            first = replace(made[0], position=letter.draft.position)
            letters.update(tx, letter, first, decided_by=actor.name)
            parts = [roles(group) + signatures(held, item) for group, item in zip(groups, facts, strict=True)]
            letters.set_files(tx, letter_id, parts[0])
            added = tuple(letters.add(tx, row, part) for row, part in zip(made[1:], parts[1:], strict=True))
            keep_material(tx, origin(letter), reading)
            note(tx, actor, letter, SPLIT, {"into": [letter_id, *added]}, reason)
        return (letter_id, *added)

    def join(self, actor: Actor, unit_id: int, letter_ids: Sequence[int], *, reason: str) -> int:
        """Make one letter of several: the first keeps its main document, the files of the others become enclosures.

        Raises RefusedError for fewer than two letters, or one that is answered already.
        """
        if len(set(letter_ids)) < 2 or len(set(letter_ids)) != len(letter_ids):
            raise RefusedError(
                Text(vi="cần ít nhất hai văn bản khác nhau để ghép", en="joining takes at least two different letters")
            )
        with self.database.transaction() as tx:
            joined = [letter_of(tx, unit_id, letter_id) for letter_id in letter_ids]
            for letter in joined:
                require_regroupable(letter)
            main, others = joined[0], joined[1:]
            facts = joined_facts(facts_of_letter(tx, main), [(item, facts_of_letter(tx, item)) for item in others])
            files = [(item.file.id, item.role) for item in letters.files(tx, main.id)]
            for other in others:
                files += [(item.file.id, joined_role(item)) for item in letters.files(tx, other.id)]
                merged = replace(other.draft, state=LetterState.MERGED, due_at=None)
                settle(tx, letters.update(tx, other, merged, decided_by=actor.name))
            letters.update(tx, main, waiting(tx, main, facts, main.draft.position), decided_by=actor.name)
            letters.set_files(tx, main.id, files)
            data: dict[str, object] = {"with": [other.id for other in others], "facts_before": main.draft.facts_id}
            note(tx, actor, main, JOINED, data, reason)
        return main.id

    def unjoin(self, actor: Actor, unit_id: int, letter_id: int, *, reason: str) -> tuple[int, ...]:
        """Take the last joining back: every letter is again what it was; gives their ids.

        Raises RefusedError for a letter that nothing was joined to, or that is answered already.
        """
        with self.database.transaction() as tx:
            main = letter_of(tx, unit_id, letter_id)
            require_regroupable(main)
            joined = last_joining(tx, letter_id)
            others = [letter_of(tx, unit_id, other) for other in joined.others]
            merged = [other for other in others if other.draft.state is LetterState.MERGED]
            if not merged:
                raise nothing_joined(letter_id)
            given = {item.file.id for other in merged for item in letters.files(tx, other.id)}
            kept = [(item.file.id, item.role) for item in letters.files(tx, letter_id) if item.file.id not in given]
            facts = codec.decode(documents.get(tx, joined.facts_before).body, LetterFacts)
            letters.update(tx, main, waiting(tx, main, facts, main.draft.position), decided_by=actor.name)
            letters.set_files(tx, letter_id, kept)
            for other in merged:
                again = replace(other.draft, state=LetterState.WAITING, due_at=tx.now())
                settle(tx, letters.update(tx, other, again, decided_by=actor.name))
            note(tx, actor, main, UNJOINED, {"from": [other.id for other in merged]}, reason)
        return (letter_id, *(other.id for other in merged))

    def _read(self, capture: Capture, groups: tuple[tuple[str, ...], ...]) -> Reading:
        job = MailJob(
            return_path=capture.draft.mail_from,
            received_at=capture.draft.received_at,
            now=self.clock(),
            trust=self.trust.snapshot(),
            signatures=self.signatures,
            groups=groups,
            limits=self.limits,
        )
        raw = self.sealing.blobs.get(capture.draft.blob)
        try:
            return codec.decode(self.readers.read(mail_order(job, raw)), Reading)
        except ReaderFailedError as error:
            raise RefusedError(
                Text(vi=f"không đọc lại được thư: {error}", en=f"the mail cannot be read again: {error}")
            ) from error


@dataclass(frozen=True, slots=True)
class Joining:
    """What the event of a joining remembers."""

    others: tuple[int, ...]
    facts_before: int


def last_joining(tx: Transaction, letter_id: int) -> Joining:
    """The latest joining to a letter that still holds, from its events; raises RefusedError where there is none."""
    standing: list[Event] = []
    for event in events.list_(tx, subject=f"letter/{letter_id}", limit=1000):
        if event.kind == JOINED:
            standing.append(event)
        elif event.kind == UNJOINED:
            standing.pop()
        elif event.kind == SPLIT:
            # The files of a joined letter that was split are in other letters now.
            standing.clear()
    if not standing:
        raise nothing_joined(letter_id)
    data = json.loads(standing[-1].body)["data"]
    return Joining(others=tuple(data["with"]), facts_before=data["facts_before"])


def nothing_joined(letter_id: int) -> RefusedError:
    """There is no joining to take back."""
    return RefusedError(Text(vi=f"h{letter_id} không có văn bản nào được ghép vào", en=f"nothing was joined to h{letter_id}"))


def origin(letter: Letter) -> int:
    """The submission that a letter came in."""
    if letter.draft.submission_id is None:
        raise RefusedError(
            Text(vi=f"h{letter.id} là bản giấy, không có tệp để tách", en=f"h{letter.id} came on paper and has no files to split")
        )
    return letter.draft.submission_id


def require_regroupable(letter: Letter) -> None:
    """Refuse a letter that is answered already, or about to be."""
    if letter.draft.state not in REGROUPABLE:
        state = LETTER_STATES[letter.draft.state]
        raise RefusedError(
            Text(
                vi=f"h{letter.id} đang ở trạng thái “{state.vi}”; chỉ tách, ghép được văn bản đang chờ quyết",
                en=f"h{letter.id} is {state.en}; only a letter that waits for a decision can be split or joined",
            )
        )


def require_shared_out(letter_id: int, files: Sequence[LetterFile], groups: Sequence[Sequence[int]]) -> None:
    """Every file of the letter in exactly one group, no group empty, and all from the same mail."""
    wanted = sorted(item.file.id for item in files)
    given = sorted(file_id for group in groups for file_id in group)
    if len(groups) < 2 or not all(groups) or given != wanted:
        names = ", ".join(str(file_id) for file_id in wanted)
        raise RefusedError(
            Text(
                vi=f"h{letter_id} gồm các tệp {names}: chia hết chúng vào ít nhất hai nhóm, mỗi tệp một lần",
                en=f"h{letter_id} has the files {names}: share them all out to at least two groups, each file once",
            )
        )
    if len({item.file.submission_id for item in files}) > 1:
        raise RefusedError(
            Text(
                vi=f"h{letter_id} được ghép từ nhiều thư; hãy gỡ ghép trước",
                en=f"h{letter_id} was joined from several mails; take the joining back first",
            )
        )


def roles(group: Sequence[int]) -> list[tuple[int, str]]:
    """The first file is the main document, the others are enclosures."""
    return [(file_id, "enclosure" if position else "main") for position, file_id in enumerate(group)]


def signatures(held: Sequence[LetterFile], facts: LetterFacts) -> list[tuple[int, str]]:
    """Those of a split letter's files that sign the files of one of its parts; they are shared out with what they sign."""
    ids = {item.file.path: item.file.id for item in held}
    return [(ids[file.path], SIGNATURE_ROLE) for file in signing_files(facts) if file.path in ids]


def joined_role(item: LetterFile) -> str:
    """The part of a file in the letter that its own was joined to."""
    return SIGNATURE_ROLE if item.role == SIGNATURE_ROLE else "enclosure"


def waiting(tx: Transaction, letter: Letter, facts: LetterFacts, position: int) -> LetterDraft:
    """The row of a regrouped letter, its facts stored, waiting to be decided now."""
    row = letter.draft
    view = directory_view(tx, row.unit_id, facts)
    key = key_of(facts, view.issuer.id if view.issuer else None)
    agency = view.issuer or view.sender
    facts_id = documents.add(tx, FACTS.kind, FACTS.version, codec.encode(facts), submission_id=row.submission_id)
    draft = draft_of(facts, unit_id=row.unit_id, submission_id=origin(letter), position=position, key=key)
    proved = strength(view.sender)
    return replace(draft, facts_id=facts_id, agency_id=agency.id if agency else None, due_at=tx.now(), sender_strength=proved)


def joined_facts(main: LetterFacts, others: Sequence[tuple[Letter, LetterFacts]]) -> LetterFacts:
    """The facts of one letter made of several; paths of another mail are told apart by its submission's number."""
    added = tuple(
        replace(file, path=f"s{letter.draft.submission_id}/{file.path}") for letter, facts in others for file in facts.files
    )
    files = main.files + added
    signing = main.signature_files + tuple(
        replace(item, file=replace(item.file, path=f"s{letter.draft.submission_id}/{item.file.path}"))
        for letter, facts in others
        for item in facts.signature_files
        if item.scope is not SignatureScope.MAIL
    )
    letter = main.letter
    declared = matched_again(letter, files)
    open_titles = {item.title for item in declared if item.file is None}
    answered = [
        item for item in letter.findings if item.code == LetterCode.ENCLOSURE_MISSING and item.evidence not in open_titles
    ]
    joined = replace(
        letter,
        enclosures=tuple(file.path for file in files if file.path != letter.main),
        declared_enclosures=declared,
        findings=tuple(item for item in letter.findings if item not in answered),
    )
    return replace(main, letter=joined, files=files, signature_files=signing, content_digest=content_digest(files, signing))


def matched_again(letter: ReadLetter, files: Sequence[ReadFile]) -> tuple[DeclaredEnclosure, ...]:
    """The announced enclosures with the files that answer them; those that were answered keep their answer."""
    answered = {item.file for item in letter.declared_enclosures if item.file is not None}
    free = [file for file in files if file.path != letter.main and file.path not in answered]
    candidates = [Candidate(path=file.path, name=file.name, heading="", references=()) for file in free]
    open_ones = [Announced(title=item.title, place=item.place) for item in letter.declared_enclosures if item.file is None]
    found = iter(match_enclosures(open_ones, candidates, (letter.main or "", ()), LETTER_RULES))
    return tuple(item if item.file is not None else next(found) for item in letter.declared_enclosures)


def note(tx: Transaction, actor: Actor, letter: Letter, kind: str, data: dict[str, object], reason: str) -> None:
    """The clerk's act, for the chain."""
    events.append(tx, [EventDraft(kind=kind, subject=f"letter/{letter.id}", actor=actor, data=data, reason=reason)])
