"""Submissions as clerks see them: what came in, its files, reading it again, dismissing it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailhub import codec
from mailhub.checking.jobs import ExtractJob
from mailhub.checking.pool import ReaderFailedError, ReaderPool, ReadJob
from mailhub.checking.reading import Reading
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.noting.taking_back import take_back
from mailhub.reception import Reception, unread_identity
from mailhub.sealing import Sealing
from mailhub.state_words import SUBMISSION_STATES
from mailhub.submission_views import SubmissionViews
from parsers.files.model import DEFAULT_LIMITS, ContainerLimits
from storage import captures, documents, events, letters, noted, submissions
from storage.database import Transaction
from storage.errors import NotFoundError
from storage.records import Actor, Capture, EventDraft, FileRecord, Letter, LetterState, NotedMail, Submission, SubmissionState

DISMISSED = "submission-dismissed"
"""The event of a dismissal; its data tell how it is taken back."""

MOST_EVENTS = 10_000

GONE = frozenset({LetterState.MERGED, LetterState.DISMISSED})

WITHOUT_LETTER = frozenset({SubmissionState.READ, SubmissionState.NOTED})
"""States in which a mail may hold no letter because an older program saw none, or did not understand an answer."""

DISMISSABLE = frozenset({SubmissionState.READ, SubmissionState.NOTED, SubmissionState.UNREADABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionView:
    """A submission with what belongs to it; a sealed one shows no reading and no files.

    `noted` says what an answer to our mail was noted as, and which dispatch it answers.
    """

    submission: Submission
    captures: tuple[Capture, ...]
    files: tuple[FileRecord, ...]
    letters: tuple[Letter, ...]
    reading: Reading | None
    noted: NotedMail | None = None


@dataclass(frozen=True, slots=True)
class Submissions(SubmissionViews):
    """The clerk's side of what came in."""

    sealing: Sealing
    readers: ReaderPool
    reception: Reception
    limits: ContainerLimits = DEFAULT_LIMITS

    def show(self, unit_id: int, submission_id: int) -> SubmissionView:
        """One submission whole; raises RefusedError when the unit has none with this id."""
        with self.database.reading() as tx:
            found = require(tx, unit_id, submission_id)
            sealed = found.draft.state is SubmissionState.SEALED
            return SubmissionView(
                submission=found,
                captures=tuple(captures.get(tx, capture_id) for capture_id in found.capture_ids),
                files=() if sealed else submissions.files(tx, submission_id),
                letters=tuple(letters.of_submission(tx, submission_id)),
                reading=None if sealed or found.draft.reading_id is None else reading_of(tx, found.draft.reading_id),
                noted=noted.of_submission(tx, submission_id),
            )

    def raw(self, actor: Actor, unit_id: int, submission_id: int) -> bytes:
        """The mail as it came in; looking at it is an event."""
        view = self.show(unit_id, submission_id)
        content = self._clear_bytes(view)
        self._note(actor, submission_id, "submission-opened", {"what": "raw"})
        return content

    def file_bytes(self, actor: Actor, unit_id: int, submission_id: int, file_id: int) -> bytes:
        """The bytes of one file, taken out of the mail by a reader child; an event each."""
        view = self.show(unit_id, submission_id)
        chosen = [file for file in view.files if file.id == file_id]
        if not chosen:
            raise RefusedError(
                Text(
                    vi=f"thư {submission_id} không có tệp {file_id}; xem `mailhub submission files {submission_id}`",
                    en=f"submission {submission_id} has no file {file_id}; see `mailhub submission files {submission_id}`",
                )
            )
        job = codec.encode(ExtractJob(path=chosen[0].path, limits=self.limits))
        try:
            content = self.readers.read(ReadJob(function="extract_job", header=job, body=self._clear_bytes(view)))
        except ReaderFailedError as error:
            raise RefusedError(
                Text(vi=f"không lấy được tệp {file_id}: {error}", en=f"file {file_id} cannot be taken out: {error}")
            ) from error
        self._note(actor, submission_id, "file-opened", {"file": file_id, "sha256": chosen[0].sha256})
        return content

    def retry(self, actor: Actor, unit_id: int, submission_id: int, *, reason: str = "") -> None:
        """Let an unreadable submission be read once more, as after an upgrade; one without a letter too.

        A mail that holds letters is not read anew: clerks and senders rely on what was read of it. Until a worker has read it,
        the mail counts as unreadable.
        """
        with self.database.transaction() as tx:
            found = require(tx, unit_id, submission_id)
            require_readable_again(found, letters.of_submission(tx, submission_id))
            capture = captures.get(tx, found.capture_ids[0])
            captures.reopen(tx, capture.id, cleared=False)
            # Another engine may see another identity; the mail is found again by its bytes.
            unread = replace(found.draft, state=SubmissionState.UNREADABLE, identity=unread_identity(capture))
            submissions.rewrite(tx, submission_id, unread)
            data: dict[str, object] = {"state": found.draft.state.value}
            events.append(tx, [event("submission-retried", submission_id, actor, data, reason)])

    def dismiss(self, actor: Actor, unit_id: int, submission_ids: tuple[int, ...], *, reason: str) -> None:
        """Put junk aside without an answer; the mails stay."""
        with self.database.transaction() as tx:
            for submission_id in submission_ids:
                found = require(tx, unit_id, submission_id)
                if found.draft.state not in DISMISSABLE:
                    state = SUBMISSION_STATES[found.draft.state]
                    raise RefusedError(
                        Text(
                            vi=f"thư {submission_id} đang ở trạng thái “{state.vi}”, không bỏ qua được",
                            en=f"submission {submission_id} is {state.en} and cannot be dismissed",
                        )
                    )
                gone = self._dismiss_letters(tx, actor, submission_id)
                submissions.set_state(tx, submission_id, SubmissionState.DISMISSED)
                data: dict[str, object] = {"state": found.draft.state.value, "letters": gone}
                events.append(tx, [event(DISMISSED, submission_id, actor, data, reason)])

    def _dismiss_letters(self, tx: Transaction, actor: Actor, submission_id: int) -> list[int]:
        found = letters.of_submission(tx, submission_id)
        require_no_answer(found)
        # Letters that were split or joined away before are no part of this act, and not of taking it back.
        standing = [letter for letter in found if letter.draft.state not in GONE]
        for letter in standing:
            dismissed = replace(letter.draft, state=LetterState.DISMISSED, due_at=None)
            letters.update(tx, letter, dismissed, decided_by=actor.name)
        return [letter.id for letter in standing]

    def restore(self, actor: Actor, unit_id: int, submission_ids: tuple[int, ...], *, reason: str) -> None:
        """Take back that a mail was put aside or only noted, by a clerk or the machine: it is work, its letters are decided."""
        with self.database.transaction() as tx:
            told: list[EventDraft] = []
            for submission_id in submission_ids:
                found = require(tx, unit_id, submission_id)
                if found.draft.state is SubmissionState.NOTED:
                    told += self._take_up(tx, actor, found, reason)
                else:
                    told.append(self._restore_dismissed(tx, actor, found, reason))
            events.append(tx, told)

    def _restore_dismissed(self, tx: Transaction, actor: Actor, found: Submission, reason: str) -> EventDraft:
        require_dismissed(found)
        state, gone = before_dismissal(tx, found)
        for letter in letters.of_submission(tx, found.id):
            if letter.id in gone and letter.draft.state is LetterState.DISMISSED:
                again = replace(letter.draft, state=LetterState.WAITING, due_at=tx.now())
                letters.update(tx, letter, again, decided_by=actor.name)
        submissions.set_state(tx, found.id, state)
        return event("submission-restored", found.id, actor, {"letters": gone}, reason)

    def _take_up(self, tx: Transaction, actor: Actor, found: Submission, reason: str) -> list[EventDraft]:
        if found.draft.reading_id is None:
            raise RefusedError(
                Text(
                    vi=f"nội dung đã đọc của thư {found.id} không còn được lưu",
                    en=f"what was read of submission {found.id} is no longer kept",
                )
            )
        told = take_back(tx, actor, found.id, reason)
        taken = self.reception.take_up(tx, found, reading_of(tx, found.draft.reading_id))
        submissions.set_state(tx, found.id, SubmissionState.READ)
        return [*told, event("submission-restored", found.id, actor, {"letters": taken}, reason)]

    def _clear_bytes(self, view: SubmissionView) -> bytes:
        capture = view.captures[0]
        if capture.sealed:
            raise RefusedError(
                Text(
                    vi="nội dung đang niêm phong vì dấu hiệu mật; nếu nhầm, dùng `mailhub letter unseal`",
                    en="the content is sealed because of a secrecy mark; if that is a false alarm, use `mailhub letter unseal`",
                )
            )
        return self.sealing.blobs.get(capture.draft.blob)

    def _note(self, actor: Actor, submission_id: int, kind: str, data: dict[str, object]) -> None:
        with self.database.transaction() as tx:
            events.append(tx, [event(kind, submission_id, actor, data, "")])


def require(tx: Transaction, unit_id: int, submission_id: int) -> Submission:
    """A submission of the unit, or the sentence that there is none."""
    try:
        return submissions.get(tx, unit_id, submission_id)
    except NotFoundError as error:
        raise RefusedError(
            Text(
                vi=f"không có thư {submission_id}; xem `mailhub submission list`",
                en=f"there is no submission {submission_id}; see `mailhub submission list`",
            )
        ) from error


def require_readable_again(found: Submission, held: Sequence[Letter]) -> None:
    """Only what could not be read, or what no letter was found in, is read anew."""
    if found.draft.state is SubmissionState.UNREADABLE or (found.draft.state in WITHOUT_LETTER and not held):
        return
    state, number = SUBMISSION_STATES[found.draft.state], found.id
    if held and found.draft.state is SubmissionState.READ:
        names = ", ".join(f"h{letter.id}" for letter in held)
        raise RefusedError(
            Text(
                vi=f"thư {number} có văn bản {names}, nên không đọc lại; sửa bằng `mailhub letter split`, `join` hoặc `file`",
                en=f"submission {number} holds {names}, so it is not read again; use `mailhub letter split`, `join` or `file`",
            )
        )
    raise RefusedError(
        Text(
            vi=f"thư {number} đang ở trạng thái “{state.vi}”; chỉ đọc lại thư không đọc được hoặc không có văn bản",
            en=f"submission {number} is {state.en}; only an unreadable one, or one without a letter, is read again",
        )
    )


def require_dismissed(found: Submission) -> None:
    """Only what was dismissed or noted is restored."""
    if found.draft.state is not SubmissionState.DISMISSED:
        state = SUBMISSION_STATES[found.draft.state]
        raise RefusedError(
            Text(
                vi=f"thư {found.id} đang ở trạng thái “{state.vi}”, chưa bị bỏ qua nên không cần khôi phục",
                en=f"submission {found.id} is {state.en}; it was not dismissed, so there is nothing to restore",
            )
        )


def before_dismissal(tx: Transaction, found: Submission) -> tuple[SubmissionState, list[int]]:
    """The state that the last dismissal by a clerk ended, and the letters that went with it; by machine no letter goes."""
    acts = events.list_(tx, subject=f"submission/{found.id}", limit=MOST_EVENTS)
    told = [json.loads(act.body)["data"] for act in acts if act.kind == DISMISSED]
    if not told:
        return SubmissionState.UNREADABLE if found.draft.reading_id is None else SubmissionState.READ, []
    return SubmissionState(told[-1]["state"]), told[-1]["letters"]


def require_no_answer(found: list[Letter]) -> None:
    """Junk has no letter that was answered."""
    answers = {LetterState.FILED, LetterState.RETURNED, LetterState.REPEAT}
    answered = [letter.id for letter in found if letter.draft.state in answers]
    if answered:
        names = ", ".join(f"h{letter_id}" for letter_id in answered)
        raise RefusedError(
            Text(vi=f"{names} đã được trả lời, không phải thư rác", en=f"{names} has been answered, so this is no junk")
        )


def reading_of(tx: Transaction, document_id: int) -> Reading:
    """The stored reading."""
    return codec.decode(documents.get(tx, document_id).body, Reading)


def event(kind: str, submission_id: int, actor: Actor, data: dict[str, object], reason: str) -> EventDraft:
    """A clerk's act on a submission."""
    return EventDraft(kind=kind, subject=f"submission/{submission_id}", actor=actor, data=data, reason=reason)
