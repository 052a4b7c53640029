"""What a change would send to whom, and what a clerk should know before it does; the same for looking and for doing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.meetings.changes import MAIL, SMS, History, Message, history_of, messages
from mailhub.meetings.content import Attendee, MeetingContent, slot_of
from mailhub.meetings.recipients import People, reachable
from mailhub.meetings.standing import Standing, content_of
from mailhub.meetings.wording import Occasion, Voice, text_of
from mailhub.notices.meeting_context import MeetingNotice
from mailhub.settings import Settings
from mailhub.working_days import WorkingDays
from sms.text import SmsText
from storage import meetings, people
from storage.database import Transaction
from storage.errors import NotFoundError
from storage.records import MeetingState, Official, Unit

MOST_OVERLAPS = 200
LONGEST_MEETING = timedelta(days=2)
AT_ONCE = 10
"""A change leaves without its window when the meeting begins within so many windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What goes out with one revision: mails, texts with their words, whom nothing reaches, and what to think about."""

    content: MeetingContent
    revision: int
    sequence: int
    made_at: datetime
    release_at: datetime
    mails: tuple[Message, ...]
    texts: tuple[tuple[Message, SmsText], ...]
    without_mail: tuple[Attendee, ...]
    without_phone: tuple[Attendee, ...]
    warnings: tuple[Text, ...] = ()

    @property
    def segments(self) -> int:
        """What the texts cost together, in segments."""
        return sum(text.segments for _, text in self.texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One revision to plan: the content it has, its numbers, and why it may be short of notice."""

    unit: Unit
    before: Standing | None
    content: MeetingContent
    revision: int
    sequence: int
    made_at: datetime
    urgent_reason: str = ""


@dataclass(frozen=True, slots=True)
class Planning:
    """Works out a change against the directory, the outbox and the other meetings."""

    settings: Settings
    working_days: Callable[[str], WorkingDays]

    def voice(self, unit: Unit) -> Voice:
        """How the unit speaks in texts."""
        sms = self.settings.sms
        return Voice(
            name=self.settings.meetings.short_name or unit.code,
            zone=ZoneInfo(unit.time_zone),
            diacritics=sms.diacritics,
            max_segments=sms.max_segments,
        )

    def plan(self, tx: Transaction, change: Change) -> Plan:
        """What the change sends. What is due and has not left counts as not said: the change takes its place."""
        content, unit = change.content, change.unit
        known = people_of(tx, unit, content.attendees, change.made_at)
        found = reachable(content.attendees, known)
        history = history_of(change.before.dispatches, change.before.contents) if change.before else History()
        texting = self.settings.sms.gateway != "none"
        recipients = tuple(item for item in found.recipients if texting or item.channel == MAIL)
        owed = tuple(item for item in messages(recipients, history, content) if texting or item.recipient.channel == MAIL)
        occasion = Occasion(content=content, made_at=change.made_at, voice=self.voice(unit))
        return Plan(
            content=content,
            revision=change.revision,
            sequence=change.sequence,
            made_at=change.made_at,
            release_at=self.release(change),
            mails=tuple(item for item in owed if item.recipient.channel == MAIL),
            texts=tuple((item, text_of(item, occasion)) for item in owed if item.recipient.channel == SMS),
            without_mail=found.without_mail,
            without_phone=found.without_phone,
            warnings=tuple(self._warnings(tx, change, owed, texting=texting)),
        )

    def release(self, change: Change) -> datetime:
        """When it leaves: after the window, or at once where waiting would come near the meeting itself."""
        window = self.settings.meetings.window
        starts = [change.content.starts_at]
        if change.before is not None and change.before.content.state is MeetingState.PLANNED:
            starts.append(change.before.content.starts_at)
        soon = any(change.made_at < start < change.made_at + AT_ONCE * window for start in starts)
        return change.made_at if soon else change.made_at + window

    def _warnings(self, tx: Transaction, change: Change, owed: tuple[Message, ...], *, texting: bool) -> Iterable[Text]:
        if not texting:
            yield Text(
                vi="chưa cấu hình cổng tin nhắn (sms.gateway): chỉ gửi thư điện tử",
                en="no SMS gateway is set (sms.gateway): mail only",
            )
        if change.content.state is not MeetingState.PLANNED:
            return
        yield from self._short_notice(change, owed)
        yield from self._overlaps(tx, change)
        invitation = change.content.invitation
        if invitation is not None and not invitation.current:
            yield Text(
                vi="giấy mời đã ký ghi giờ, nơi họp cũ nên không gửi kèm nữa; có bản mới thì dùng `meeting papers --letter`",
                en="the signed invitation names the old time or place and is sent no more; send a new one with `papers --letter`",
            )

    def _short_notice(self, change: Change, owed: tuple[Message, ...]) -> Iterable[Text]:
        new = any(item.notice in {MeetingNotice.INVITE, MeetingNotice.MOVE} for item in owed)
        ahead = self.working_days(change.unit.time_zone).between(change.made_at, change.content.starts_at)
        wanted = self.settings.meetings.notice_working_days
        if new and ahead < wanted and not change.urgent_reason:
            yield Text(
                vi=f"báo trước {ahead} ngày làm việc, quy định là {wanted}; họp đột xuất thì nêu --urgent-reason",
                en=f"{ahead} working days of notice, {wanted} are due; for an urgent meeting give --urgent-reason",
            )

    def _overlaps(self, tx: Transaction, change: Change) -> Iterable[Text]:
        if change.before is not None and slot_of(change.before.content) == slot_of(change.content):
            return
        begin, end = change.content.starts_at, self.end(change.content)
        own = change.before.meeting.id if change.before else 0
        near = meetings.list_(
            tx, change.unit.id, from_=begin - LONGEST_MEETING, to=end, states=(MeetingState.PLANNED,), limit=MOST_OVERLAPS
        )
        for other in near:
            if other.id == own:
                continue
            content = content_of(tx, meetings.revisions(tx, other.id)[-1])
            if self.end(content) <= begin:
                continue
            shared = sorted(who(content, official_id) for official_id in content.people & change.content.people)
            if content.chair and content.chair.casefold() == change.content.chair.casefold():
                shared.insert(0, content.chair)
            if shared:
                names = "; ".join(dict.fromkeys(shared))
                at = f"{content.starts_at.astimezone(ZoneInfo(change.unit.time_zone)):%H:%M %d/%m/%Y}"
                yield Text(
                    vi=f"trùng giờ với m{other.id} ({content.title}, {at}): {names}",
                    en=f"at the same time as m{other.id} ({content.title}, {at}): {names}",
                )

    def end(self, content: MeetingContent) -> datetime:
        """The end, announced or supposed."""
        return content.ends_at or content.starts_at + self.settings.meetings.length

    def require_count(self, plan: Plan, confirmed: int | None) -> None:
        """Refuse more texts than the office sends unasked, unless the clerk has given their number."""
        count, most = len(plan.texts), self.settings.sms.ask_above
        if count > most and confirmed != count:
            raise RefusedError(
                Text(
                    vi=f"sẽ nhắn tin cho {count} số ({plan.segments} phần), quá {most}: xác nhận bằng --confirm {count}",
                    en=f"{count} numbers would get a text ({plan.segments} segments), more than {most}: give --confirm {count}",
                )
            )


def who(content: MeetingContent, official_id: int) -> str:
    """How a shared official is called."""
    if official_id == content.chair_id:
        return content.chair
    return next(item.label for item in content.attendees if item.official_id == official_id)


def people_of(tx: Transaction, unit: Unit, attendees: Iterable[Attendee], now: datetime) -> People:
    """The officials and their assistants as the directory holds them now."""
    day = now.astimezone(ZoneInfo(unit.time_zone)).date()
    officials: dict[int, Official] = {}
    assistants: dict[int, tuple[Official, ...]] = {}
    for attendee in attendees:
        official = people.official(tx, unit.id, attendee.official_id)
        officials[official.id] = official
        found = (assistant(tx, unit.id, code) for code in official.assistant_codes)
        assistants[official.id] = tuple(item for item in found if item is not None and item.closed_on is None)
    return People(officials=officials, assistants=assistants, day=day)


def assistant(tx: Transaction, unit_id: int, code: str) -> Official | None:
    """An assistant by code; one who has left the directory is nobody."""
    try:
        return people.official(tx, unit_id, code)
    except NotFoundError:
        return None
