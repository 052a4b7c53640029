"""A meeting as it is stored, read whole: its revisions with their contents, and what was intended so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailhub import codec
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.meetings.content import MeetingContent
from storage import documents, meetings, outbox
from storage.database import Transaction
from storage.errors import NotFoundError
from storage.records import Dispatch, Meeting, Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A meeting with everything that was said of it; `contents` are by number of revision."""

    meeting: Meeting
    revisions: tuple[Revision, ...]
    contents: Mapping[int, MeetingContent]
    dispatches: tuple[Dispatch, ...]

    @property
    def content(self) -> MeetingContent:
        """How the meeting stands."""
        return self.contents[self.meeting.revision]

    @property
    def last(self) -> Revision:
        """The latest revision."""
        return self.revisions[-1]


def standing_of(tx: Transaction, unit_id: int, meeting_id: int) -> Standing:
    """Read a meeting of the unit; raises RefusedError where there is none."""
    try:
        meeting = meetings.get(tx, unit_id, meeting_id)
    except NotFoundError as error:
        raise unknown(f"m{meeting_id}") from error
    revisions = tuple(meetings.revisions(tx, meeting_id))
    return Standing(
        meeting=meeting,
        revisions=revisions,
        contents={revision.number: content_of(tx, revision) for revision in revisions},
        dispatches=tuple(outbox.of_meeting(tx, meeting_id)),
    )


def content_of(tx: Transaction, revision: Revision) -> MeetingContent:
    """The whole content of one revision."""
    return codec.decode(documents.get(tx, revision.draft.document_id).body, MeetingContent)


def unknown(text: str) -> RefusedError:
    """No such meeting."""
    return RefusedError(
        Text(
            vi=f"không tìm thấy cuộc họp {text!r}; dùng m12, số giấy mời hoặc chữ trong tên họp; xem `mailhub meeting list`",
            en=f"no meeting is known by {text!r}; use m12, an invitation's number or words of the title; "
            "see `mailhub meeting list`",
        )
    )


def found_meeting(found: Sequence[Meeting], text: str) -> Meeting:
    """The only meeting of several candidates; raises RefusedError where none or more than one is meant."""
    if not found:
        raise unknown(text)
    if len(found) > 1:
        listed = ", ".join(f"m{meeting.id} ({meeting.draft.title})" for meeting in found[:8])
        raise RefusedError(Text(vi=f"{text!r} có thể là {listed}; hãy chọn một", en=f"{text!r} may be {listed}; choose one"))
    return found[0]
