"""What a meeting says at one revision, and the rules by which one revision follows another. Nothing here sends anything."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.notices.context import Contact
from storage.records import MeetingState


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """An official who is invited: the position that one invites, and who holds it."""

    official_id: int
    code: str
    name: str
    position: str
    organisation: str = ""

    @property
    def label(self) -> str:
        """The position with its organisation, or the name where no position is known."""
        if not self.position:
            return self.name
        known = not self.organisation or self.organisation.casefold() in self.position.casefold()
        return self.position if known else f"{self.position} {self.organisation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A file that goes with the invitation. `edition` rises when a file of the same name replaces it; size in bytes."""

    name: str
    size: int
    sha256: str
    blob: str
    edition: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The giấy mời: the signed PDF that the clerk gave, or a draft that is set from the content (`paper` is None then).

    `current` is False once time or place have changed since it was signed: it is still the document that is referred to,
    but it is sent no more.
    """

    reference: str
    number: int | None
    issued_on: date
    paper: Paper | None = None
    current: bool = True

    @property
    def signed(self) -> bool:
        """Whether it is the signed document."""
        return self.paper is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingContent:
    """The whole of a meeting. Times are aware; a postponed or cancelled meeting keeps the time at which it does not take place.

    `stamp` is the calendar's DTSTAMP: it rises with every revision, by a second at least. `note` is for those who are invited.
    """

    state: MeetingState
    title: str
    starts_at: datetime
    place: str
    contact: Contact
    attendees: tuple[Attendee, ...]
    stamp: datetime
    ends_at: datetime | None = None
    agenda: str = ""
    chair: str = ""
    chair_id: int | None = None
    requirements: str = ""
    papers: tuple[Paper, ...] = ()
    invitation: Invitation | None = None
    note: str = ""

    @property
    def invited(self) -> frozenset[int]:
        """The officials who are invited."""
        return frozenset(attendee.official_id for attendee in self.attendees)

    @property
    def people(self) -> frozenset[int]:
        """Everybody whose time it takes: the invited officials and the chair."""
        return self.invited | ({self.chair_id} if self.chair_id is not None else frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a clerk changes; None keeps what was."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str | None = None
    title: str | None = None
    agenda: str | None = None
    chair: str | None = None
    chair_id: int | None = None
    requirements: str | None = None
    add: tuple[Attendee, ...] = ()
    remove: frozenset[int] = frozenset()
    papers: tuple[Paper, ...] = ()
    invitation: Invitation | None = None
    note: str = ""


def require_slot(starts_at: datetime, ends_at: datetime | None, now: datetime) -> None:
    """Refuse a time that is over, and an end that is not after the beginning."""
    if starts_at <= now:
        raise RefusedError(
            Text(
                vi=f"giờ họp {starts_at:%H:%M %d/%m/%Y} đã qua; nêu thời điểm sắp tới bằng --start",
                en=f"the meeting would begin at {starts_at:%Y-%m-%d %H:%M}, which is over; give a time to come with --start",
            )
        )
    if ends_at is not None and ends_at <= starts_at:
        raise RefusedError(
            Text(
                vi=f"giờ kết thúc {ends_at:%H:%M %d/%m/%Y} phải sau giờ bắt đầu {starts_at:%H:%M %d/%m/%Y}",
                en=f"the end {ends_at:%Y-%m-%d %H:%M} must be after the beginning {starts_at:%Y-%m-%d %H:%M}",
            )
        )


def require_alive(content: MeetingContent) -> None:
    """Refuse to change a meeting that was cancelled."""
    if content.state is MeetingState.CANCELLED:
        raise RefusedError(
            Text(
                vi="cuộc họp đã hủy; triệu tập cuộc họp mới bằng `mailhub meeting convene`",
                en="the meeting is cancelled; convene a new one with `mailhub meeting convene`",
            )
        )


def require_ahead(content: MeetingContent, now: datetime) -> None:
    """Refuse to call off a meeting whose time is over."""
    over = content.ends_at or content.starts_at
    if content.state is MeetingState.PLANNED and over <= now:
        raise RefusedError(
            Text(vi="giờ họp đã qua, không còn gì để hoãn hay hủy", en="the meeting's time is over; there is nothing to call off")
        )


def moved(content: MeetingContent, move: Move, now: datetime) -> MeetingContent:
    """The meeting at its new time or place, or with other people; a postponed one takes place again.

    Without a new end the meeting keeps its length. Raises RefusedError where nothing would change.
    """
    require_alive(content)
    starts_at = move.starts_at or content.starts_at
    ends_at = move.ends_at or shifted_end(content, starts_at)
    if content.state is MeetingState.POSTPONED and move.starts_at is None:
        raise RefusedError(
            Text(vi="cuộc họp đang hoãn: cần giờ mới, --start", en="the meeting is postponed: it needs a new time, --start")
        )
    if content.state is MeetingState.POSTPONED or (starts_at, ends_at) != (content.starts_at, content.ends_at):
        require_slot(starts_at, ends_at, now)
    after = replace(
        content,
        state=MeetingState.PLANNED,
        starts_at=starts_at,
        ends_at=ends_at,
        place=kept(move.place, content.place),
        title=kept(move.title, content.title),
        agenda=kept(move.agenda, content.agenda),
        chair=kept(move.chair, content.chair),
        chair_id=content.chair_id if move.chair is None else move.chair_id,
        requirements=kept(move.requirements, content.requirements),
        attendees=changed_attendees(content.attendees, move),
        papers=merged(content.papers, move.papers),
        note=move.note,
    )
    after = replace(after, invitation=move.invitation or following_invitation(content, after))
    if replace(after, note=content.note) == content:
        raise RefusedError(
            Text(
                vi="không có gì thay đổi: nêu --start, --place, --add, --remove hoặc mục khác cần đổi",
                en="nothing would change: give --start, --place, --add, --remove or what else is new",
            )
        )
    return after


def kept(new: str | None, old: str) -> str:
    """The new value where one is given."""
    return old if new is None else new


def shifted_end(content: MeetingContent, starts_at: datetime) -> datetime | None:
    """The end of a meeting that keeps its length."""
    return None if content.ends_at is None else starts_at + (content.ends_at - content.starts_at)


def changed_attendees(attendees: Sequence[Attendee], move: Move) -> tuple[Attendee, ...]:
    """Who is invited now; raises RefusedError for one to remove who is not invited, or when nobody would be left."""
    present = {attendee.official_id for attendee in attendees}
    strangers = move.remove - present
    if strangers:
        raise RefusedError(
            Text(vi="người nêu ở --remove không có trong thành phần mời", en="whom --remove names is not among the invited")
        )
    added = [attendee for attendee in move.add if attendee.official_id not in present]
    after = (*(attendee for attendee in attendees if attendee.official_id not in move.remove), *added)
    if not after:
        raise RefusedError(
            Text(vi="cuộc họp phải còn ít nhất một người được mời", en="a meeting needs at least one who is invited")
        )
    return after


def following_invitation(before: MeetingContent, after: MeetingContent) -> Invitation | None:
    """The giấy mời after a change: a signed one that names another time or place is sent no more."""
    invitation = before.invitation
    if invitation is None or not invitation.signed or slot_of(before) == slot_of(after):
        return invitation
    return replace(invitation, current=False)


def slot_of(content: MeetingContent) -> tuple[datetime, str]:
    """When and where: what a person must know to be there."""
    return content.starts_at, content.place


def postponed(content: MeetingContent, now: datetime, note: str) -> MeetingContent:
    """Hoãn: it does not take place at its time, and there is no new time yet."""
    require_alive(content)
    require_ahead(content, now)
    if content.state is MeetingState.POSTPONED:
        raise RefusedError(
            Text(
                vi="cuộc họp đang hoãn rồi; có giờ mới thì dùng `mailhub meeting move`",
                en="the meeting is postponed already; once there is a new time use `mailhub meeting move`",
            )
        )
    return replace(content, state=MeetingState.POSTPONED, note=note)


def cancelled(content: MeetingContent, now: datetime, note: str) -> MeetingContent:
    """Hủy: it does not take place at all."""
    require_alive(content)
    require_ahead(content, now)
    return replace(content, state=MeetingState.CANCELLED, note=note)


def with_papers(content: MeetingContent, papers: Sequence[Paper], invitation: Invitation | None = None) -> MeetingContent:
    """The meeting with new papers, or with the signed giấy mời in place of its draft.

    Raises RefusedError where every file is there already, byte for byte.
    """
    require_alive(content)
    after = merged(content.papers, papers)
    if after == content.papers and invitation in {None, content.invitation}:
        raise RefusedError(
            Text(
                vi="các tệp này đã có trong cuộc họp, không khác gì",
                en="these files are with the meeting already, byte for byte",
            )
        )
    return replace(content, papers=after, invitation=invitation or content.invitation, note="")


def merged(old: Sequence[Paper], new: Sequence[Paper]) -> tuple[Paper, ...]:
    """The papers together: a file of a known name replaces that one as its next edition, others are added."""
    after = list(old)
    for paper in new:
        place = next((index for index, known in enumerate(after) if known.name.casefold() == paper.name.casefold()), None)
        if place is None:
            after.append(paper)
        elif after[place].sha256 != paper.sha256:
            after[place] = replace(paper, edition=after[place].edition + 1)
    return tuple(after)
