"""Looking meetings up, telling who was reached, and noting who was called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailhub.directory.officials import Officials
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.meetings.content import MeetingContent
from mailhub.meetings.enclosures import file_of
from mailhub.meetings.invitation import draft_pdf, invitation_text
from mailhub.meetings.notifying import Notifying, enclosure
from mailhub.meetings.planning import people_of
from mailhub.meetings.reach import GOT_IT, NO_ANSWER, PHONE, Reach, reach_of
from mailhub.meetings.standing import Standing, found_meeting, standing_of
from mailhub.notices.enclosing import EnclosedFile
from storage import events, meetings, noted
from storage.blobs import BlobStore
from storage.database import Database
from storage.records import Actor, EventDraft, Meeting, MeetingState, ReachNote, ReachNoteDraft, Unit

MOST_FOUND = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that somebody made: to whom, by whom, with what result."""

    official: str
    by: str
    answered: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reaching:
    """The clerk's view of meetings."""

    database: Database
    blobs: BlobStore
    officials: Officials
    notifying: Notifying

    def list_(
        self,
        unit_id: int,
        *,
        from_: datetime | None = None,
        to: datetime | None = None,
        states: Sequence[MeetingState] = (),
        limit: int = 100,
    ) -> tuple[Standing, ...]:
        """Meetings, the newest first; with a time, those that begin in the half-open interval."""
        with self.database.reading() as tx:
            found = meetings.list_(tx, unit_id, from_=from_, to=to, states=states or None, limit=limit)
            return tuple(standing_of(tx, unit_id, meeting.id) for meeting in found)

    def find(self, unit_id: int, text: str) -> Meeting:
        """The meeting that is meant: `m12`, a number of its invitation, or words of its title."""
        with self.database.reading() as tx:
            if text[:1] in {"m", "M"} and text[1:].isdecimal():
                return standing_of(tx, unit_id, int(text[1:])).meeting
            return found_meeting(meetings.search(tx, unit_id, text, MOST_FOUND), text)

    def show(self, unit_id: int, meeting_id: int) -> Standing:
        """One meeting with all its revisions."""
        with self.database.reading() as tx:
            return standing_of(tx, unit_id, meeting_id)

    def reach(self, unit: Unit, meeting_id: int) -> tuple[Reach, ...]:
        """Who was reached with what holds now."""
        with self.database.reading() as tx:
            standing = standing_of(tx, unit.id, meeting_id)
            everybody = {
                attendee.official_id: attendee for content in standing.contents.values() for attendee in content.attendees
            }
            people = people_of(tx, unit, everybody.values(), tx.now())
            back = noted.of_dispatches(tx, [dispatch.id for dispatch in standing.dispatches])
            return reach_of(standing, people, meetings.notes(tx, meeting_id), back)

    def note_call(self, actor: Actor, unit: Unit, meeting_id: int, call: Call) -> ReachNote:
        """Note a call; a later note takes the place of an earlier one, which stays to be read."""
        (official,) = self.officials.resolve(unit.id, (call.official,)).required()[:1] or (None,)
        with self.database.transaction() as tx:
            standing = standing_of(tx, unit.id, meeting_id)
            invited = {attendee.official_id for content in standing.contents.values() for attendee in content.attendees}
            if official is None or official.id not in invited:
                raise RefusedError(
                    Text(
                        vi=f"{call.official!r} không được mời dự m{meeting_id}; xem `mailhub meeting reach m{meeting_id}`",
                        en=f"{call.official!r} is not invited to m{meeting_id}; see `mailhub meeting reach m{meeting_id}`",
                    )
                )
            note = meetings.add_note(
                tx,
                ReachNoteDraft(
                    meeting_id=meeting_id,
                    revision=standing.meeting.revision,
                    official_id=official.id,
                    channel=PHONE,
                    outcome=GOT_IT if call.answered else NO_ANSWER,
                    at=tx.now(),
                    by=call.by,
                    note=call.note,
                ),
            )
            data: dict[str, object] = {"official": official.id, "revision": note.revision, "outcome": note.outcome, "by": call.by}
            subject = f"meeting/{meeting_id}"
            events.append(tx, [EventDraft(kind="meeting-call-noted", subject=subject, actor=actor, data=data, reason=call.note)])
        return note

    def files(self, unit: Unit, content: MeetingContent) -> tuple[EnclosedFile, ...]:
        """The giấy mời, signed or as a draft, and the papers."""
        invitation = content.invitation
        if invitation is not None and invitation.paper is not None:
            first = file_of(enclosure(invitation.paper), self.blobs)
        else:
            text = invitation_text(content, self.notifying.office(unit))
            first = EnclosedFile(name=text.file, media_type="application/pdf", content=draft_pdf(text))
        return (first, *(file_of(enclosure(paper), self.blobs) for paper in content.papers))
