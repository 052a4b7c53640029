"""The clerk's verbs on meetings: from what was ordered to a change that can be looked at and carried out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailhub.directory.officials import Officials
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.meetings.content import (
    Attendee,
    MeetingContent,
    Move,
    cancelled,
    moved,
    postponed,
    require_slot,
    with_papers,
)
from mailhub.meetings.convening import Given, Proposal
from mailhub.meetings.orders import Convocation, Moving, PaperChange
from mailhub.meetings.recipients import attendee_of
from mailhub.meetings.signed import LetterFile, SignedLetter, SignedLetters
from mailhub.meetings.standing import Standing, standing_of
from mailhub.notices.context import Contact
from mailhub.settings import Settings
from storage.database import Database
from storage.records import MeetingChange, MeetingState, Unit


@dataclass(frozen=True, slots=True)
class Secretary:
    """Prepares changes: resolves people, checks the signed letter, looks through the papers. Stores nothing."""

    database: Database
    officials: Officials
    letters: SignedLetters
    settings: Settings

    def convene(self, unit: Unit, order: Convocation) -> Proposal:
        """A new meeting; raises RefusedError for people who are not clear, a letter that is not signed, a time that is over."""
        attendees = self._attendees(unit, order.invite)
        if not attendees:
            raise RefusedError(Text(vi="chưa mời ai: nêu --invite", en="nobody is invited: give --invite"))
        letter = self._letter(unit, order.letter)
        title = order.title or (letter.subject if letter else "")
        if not title.strip():
            raise RefusedError(Text(vi="cuộc họp cần tên: nêu --title", en="a meeting needs a title: give --title"))
        self._look_through(order.papers)
        contact = self._contact(order.contact)
        chair_id = self._chair(unit, order.chair)

        def build(_: Standing | None, given: Given) -> MeetingContent:
            require_slot(order.starts_at, order.ends_at, given.now)
            return MeetingContent(
                state=MeetingState.PLANNED,
                title=title.strip(),
                starts_at=order.starts_at,
                ends_at=order.ends_at,
                place=order.place,
                contact=contact,
                attendees=attendees,
                stamp=given.now,
                agenda=order.agenda,
                chair=order.chair,
                chair_id=chair_id,
                requirements=order.requirements,
                papers=given.papers,
                invitation=given.invitation,
            )

        return Proposal(
            unit=unit,
            change=MeetingChange.CONVENE,
            build=build,
            papers=order.papers,
            letter=letter,
            drafted=letter is None,
            register=order.register,
            number=order.number,
            title=title,
            reason=order.urgent_reason,
            urgent_reason=order.urgent_reason,
        )

    def move(self, unit: Unit, meeting_id: int, order: Moving) -> Proposal:
        """Dời: another time or place, other people, other words. A postponed meeting takes place again."""
        letter = self._letter(unit, order.letter)
        self._look_through(order.papers)
        move = Move(
            starts_at=order.starts_at,
            ends_at=order.ends_at,
            place=order.place,
            title=order.title,
            agenda=order.agenda,
            chair=order.chair,
            chair_id=self._chair(unit, order.chair) if order.chair else None,
            requirements=order.requirements,
            add=self._attendees(unit, order.add),
            remove=frozenset(attendee.official_id for attendee in self._attendees(unit, order.remove)),
            note=order.note,
        )

        def build(before: Standing | None, given: Given) -> MeetingContent:
            return moved(existing(before).content, replace(move, papers=given.papers, invitation=given.invitation), given.now)

        return Proposal(
            unit=unit,
            change=MeetingChange.MOVE,
            build=build,
            meeting_id=meeting_id,
            papers=order.papers,
            letter=letter,
            title=order.title or self._title(unit, meeting_id),
            reason=order.reason,
            urgent_reason=order.urgent_reason,
        )

    def postpone(self, unit: Unit, meeting_id: int, *, reason: str, note: str = "") -> Proposal:
        """Hoãn: not at its time, and no new time yet."""

        def build(before: Standing | None, given: Given) -> MeetingContent:
            return postponed(existing(before).content, given.now, note)

        return Proposal(unit=unit, change=MeetingChange.POSTPONE, build=build, meeting_id=meeting_id, reason=reason)

    def cancel(self, unit: Unit, meeting_id: int, *, reason: str, note: str = "") -> Proposal:
        """Hủy: not at all."""

        def build(before: Standing | None, given: Given) -> MeetingContent:
            return cancelled(existing(before).content, given.now, note)

        return Proposal(unit=unit, change=MeetingChange.CANCEL, build=build, meeting_id=meeting_id, reason=reason)

    def papers(self, unit: Unit, meeting_id: int, order: PaperChange) -> Proposal:
        """New papers, or the signed letter in place of its draft."""
        if not order.papers and order.letter is None:
            raise RefusedError(
                Text(vi="chưa nêu tệp nào: --paper TỆP hoặc --letter TỆP", en="no file is given: --paper FILE or --letter FILE")
            )
        letter = self._letter(unit, order.letter)
        self._look_through(order.papers)

        def build(before: Standing | None, given: Given) -> MeetingContent:
            return with_papers(existing(before).content, given.papers, given.invitation)

        return Proposal(
            unit=unit,
            change=MeetingChange.PAPERS,
            build=build,
            meeting_id=meeting_id,
            papers=order.papers,
            letter=letter,
            title=self._title(unit, meeting_id),
            reason=order.reason,
        )

    def undo(self, unit: Unit, meeting_id: int, *, reason: str) -> Proposal:
        """Take the last change back while nothing of it has left: the meeting stands as before, and nobody hears of it."""
        standing = self._standing(unit, meeting_id)

        def build(before: Standing | None, given: Given) -> MeetingContent:
            found = existing(before)
            require_waiting(found, given.now)
            if found.meeting.revision == 1:
                return replace(found.content, state=MeetingState.CANCELLED)
            return found.contents[found.meeting.revision - 1]

        change = undone_change(standing)
        return Proposal(
            unit=unit, change=change, build=build, meeting_id=meeting_id, reason=reason, event="meeting-change-undone"
        )

    def _standing(self, unit: Unit, meeting_id: int) -> Standing:
        with self.database.reading() as tx:
            return standing_of(tx, unit.id, meeting_id)

    def _title(self, unit: Unit, meeting_id: int) -> str:
        return self._standing(unit, meeting_id).content.title

    def _attendees(self, unit: Unit, texts: Sequence[str]) -> tuple[Attendee, ...]:
        if not texts:
            return ()
        return tuple(attendee_of(official) for official in self.officials.resolve(unit.id, texts).required())

    def _chair(self, unit: Unit, text: str) -> int | None:
        """The official who chairs, where the directory knows who that is; a chair from elsewhere is only named."""
        found = self.officials.resolve(unit.id, (text,)).officials if text else ()
        return found[0].id if len(found) == 1 else None

    def _contact(self, given: Contact | None) -> Contact:
        """Whom one calls; an invitation must name somebody (Decision 45/2018/QĐ-TTg)."""
        own = self.settings.contact
        contact = given or Contact(name=own.name, phone=own.phone)
        if not contact.name.strip() or not contact.phone.strip():
            raise RefusedError(
                Text(
                    vi='giấy mời phải có đầu mối liên hệ: nêu --contact "Tên, số điện thoại" hoặc điền mục [contact]',
                    en='an invitation names whom to call: give --contact "Name, telephone" or fill in [contact]',
                )
            )
        return contact

    def _letter(self, unit: Unit, file: LetterFile | None) -> SignedLetter | None:
        return None if file is None else self.letters.read(unit.id, file)

    def _look_through(self, papers: Sequence[LetterFile]) -> None:
        for paper in papers:
            self.letters.require_no_mark(paper)


def existing(before: Standing | None) -> Standing:
    """The meeting that is changed."""
    if before is None:
        raise ValueError("there is no meeting to change")
    return before


def require_waiting(standing: Standing, now: datetime) -> None:
    """Refuse to take back what has begun to leave."""
    if standing.last.draft.release_at <= now:
        raise RefusedError(
            Text(
                vi="thay đổi này đã bắt đầu gửi đi, không rút được nữa: dùng `mailhub meeting move` hoặc `cancel`",
                en="this change has begun to leave and cannot be taken back: use `mailhub meeting move` or `cancel`",
            )
        )


def undone_change(standing: Standing) -> MeetingChange:
    """What taking the last change back amounts to."""
    if standing.meeting.revision == 1:
        return MeetingChange.CANCEL
    before = standing.contents[standing.meeting.revision - 1]
    changes = {
        MeetingState.PLANNED: MeetingChange.MOVE,
        MeetingState.POSTPONED: MeetingChange.POSTPONE,
        MeetingState.CANCELLED: MeetingChange.CANCEL,
    }
    return changes[before.state]
