"""Tying: which dispatch a mail answers, and whether it is a note or work for the desk."""

from collections.abc import Callable
from dataclasses import dataclass

from mailhub.checking.reading import MailFacts, Reading
from mailhub.noting.words import TiedBy
from parsers.files.model import FileKind
from parsers.mail.answers import Method
from storage import outbox
from storage.database import Transaction
from storage.errors import NotFoundError
from storage.records import Actor, Capture, Dispatch, SubmissionState

DOCUMENTS = frozenset(
    {FileKind.PDF, FileKind.WORD, FileKind.SHEET, FileKind.SLIDES, FileKind.XML, FileKind.EDXML, FileKind.ARCHIVE}
)
LARGEST_LOGO = 64 << 10
"""Bytes of a picture that is taken for part of somebody's signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The dispatch that a mail answers; `via_path` where it came to return paths of ours and to nothing else."""

    dispatch: Dispatch | None = None
    tied_by: TiedBy | None = None
    via_path: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A mail on its way into one unit, as far as noting needs it."""

    actor: Actor
    capture: Capture
    mail: MailFacts
    unit_id: int
    dispatch_ids: tuple[int, ...]
    via_path: bool


ReturnPathCheck = Callable[[str], int | None]
"""Gives the dispatch whose signed return path an address is; None for any other address."""


def answered_by(tx: Transaction, incoming: Incoming, return_path: ReturnPathCheck) -> Answered:
    """Which dispatch of the unit a mail answers.

    A door that knows no envelope hands over a report with our return path in its To; the signature counts there as well.
    """
    notice, mail = incoming.mail.notice, incoming.mail
    addressed = notice.addressed if notice is not None else ()
    signed = tuple(dispatch_id for dispatch_id in map(return_path, addressed) if dispatch_id is not None)
    for dispatch_id in (*incoming.dispatch_ids, *signed):
        try:
            found = outbox.get(tx, incoming.unit_id, dispatch_id)
        except NotFoundError:
            continue
        via_path = incoming.via_path or dispatch_id not in incoming.dispatch_ids
        return Answered(dispatch=found, tied_by=TiedBy.RETURN_PATH, via_path=via_path)
    about = (*(notice.about if notice is not None else ()), *mail.in_reply_to, *reversed(mail.references))
    known = {item.draft.message_id: item for item in outbox.find_by_message_ids(tx, incoming.unit_id, list(about))}
    found_id = next((message_id for message_id in about if message_id in known), None)
    if found_id is not None:
        return Answered(dispatch=known[found_id], tied_by=TiedBy.MESSAGE_ID, via_path=incoming.via_path)
    return Answered(via_path=incoming.via_path)


def is_personal(reading: Reading) -> bool:
    """A person's mail, not one that a program sent (RFC 3834, 5) and not a delivery report (null return path)."""
    return not reading.mail.automatic and bool(reading.mail.return_path)


def is_answer(reading: Reading, answered: Answered) -> bool:
    """Whether the mail, which holds no letter, answers something and asks for nothing."""
    notice = reading.mail.notice
    if notice is not None:
        # Another time for a meeting is asked of a person.
        return notice.reply is None or notice.reply.method is not Method.COUNTER
    if carries_documents(reading):
        # A scan may be a letter that no machine can read.
        return False
    return answered.dispatch is not None or not is_personal(reading)


def carries_documents(reading: Reading) -> bool:
    """Whether something is attached that might be a letter; a small picture is somebody's signature or logo."""
    attached = (file for file in reading.files if not file.inline)
    return any(file.kind in DOCUMENTS or (file.kind is FileKind.IMAGE and file.size > LARGEST_LOGO) for file in attached)


def state_on_arrival(reading: Reading, answered: Answered) -> SubmissionState:
    """Whether the mail is work for the desk, a note, or junk."""
    if answered.via_path:
        return SubmissionState.NOTED
    if reading.letters:
        return SubmissionState.READ
    if reading.mail.junk and answered.dispatch is None:
        return SubmissionState.DISMISSED
    return SubmissionState.NOTED if is_answer(reading, answered) else SubmissionState.READ
