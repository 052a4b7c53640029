"""Who is told what: from what each recipient was told last and how the meeting stands now. Pure, for every channel alike."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mailhub.meetings.content import Attendee, MeetingContent, slot_of
from mailhub.notices.meeting_context import MEETING_KINDS, MeetingNotice
from mailhub.relays import MAY_HAVE_ARRIVED
from storage.records import Dispatch, DispatchState, MeetingState

NOTICES: Mapping[str, MeetingNotice] = {kind: notice for notice, kind in MEETING_KINDS.items()}
"""What a dispatch of each kind tells."""

MAIL = "mail"
SMS = "sms"

GONE = frozenset({MeetingNotice.CANCEL, MeetingNotice.REMOVED})
"""Whoever was told one of these has nothing in the diary any more."""

LEFT = frozenset({DispatchState.SENDING, DispatchState.SENT, DispatchState.DELIVERED, DispatchState.UNCERTAIN})
"""States of a message that its recipient may have."""

Matter = Callable[[MeetingContent], tuple[object, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One mailbox or one telephone. An assistant's names whose copy it is in `copy_of`."""

    channel: str
    address: str
    attendees: tuple[Attendee, ...]
    copy_of: tuple[Attendee, ...] = ()

    @property
    def official_id(self) -> int:
        """The official whom the row of the outbox names."""
        return self.attendees[0].official_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a recipient was told last: the notice and the content of its revision; `times` counts every message tried so far."""

    notice: MeetingNotice
    content: MeetingContent
    times: int
    message_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one recipient is owed now; `ordinal` counts the messages to this recipient from 1 ("lần N").

    `before` is what the recipient knows, `follows` the Message-ID of the mail that said it.
    """

    recipient: Recipient
    notice: MeetingNotice
    ordinal: int
    before: MeetingContent | None = None
    follows: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What was told so far, by mailbox or telephone, and by official for one who has a new address now."""

    by_address: Mapping[tuple[str, str], Told] = field(default_factory=dict)
    by_official: Mapping[tuple[str, int], Told] = field(default_factory=dict)
    recipients: Mapping[tuple[str, str], Recipient] = field(default_factory=dict)

    def of(self, recipient: Recipient) -> Told | None:
        """What the recipient was told; an official with a new address was told at the old one."""
        found = self.by_address.get((recipient.channel, recipient.address))
        if found is None:
            told = [self.by_official.get((recipient.channel, attendee.official_id)) for attendee in recipient.attendees]
            found = next((item for item in told if item is not None), None)
        return found


def perhaps_read(dispatch: Dispatch) -> bool:
    """Whether a message may have reached its recipient.

    An attempt whose end is not known counts: a cancellation too many is passed over by the calendar, one too few sends
    somebody to an empty room. One that was refused, or put off, does not.
    """
    doubtful = dispatch.repeated > 0 or dispatch.last_error.startswith(MAY_HAVE_ARRIVED)
    return dispatch.state in LEFT or doubtful


def history_of(dispatches: Iterable[Dispatch], contents: Mapping[int, MeetingContent]) -> History:
    """What was told, from the meeting's rows of the outbox in their order and the content of each revision."""
    by_address: dict[tuple[str, str], Told] = {}
    by_official: dict[tuple[str, int], Told] = {}
    recipients: dict[tuple[str, str], Recipient] = {}
    tried: Counter[tuple[str, str]] = Counter()
    for dispatch in dispatches:
        draft, place = dispatch.draft, (dispatch.draft.channel, dispatch.draft.recipient)
        if draft.kind not in NOTICES:
            continue
        # One that never left may have been counted while nobody knew that, so its ordinal is not given again.
        tried[place] += dispatch.attempts > 0 or perhaps_read(dispatch)
        if not perhaps_read(dispatch):
            continue
        told = Told(notice=NOTICES[draft.kind], content=contents[draft.revision], times=tried[place], message_id=draft.message_id)
        by_address[place] = told
        if draft.official_id is not None:
            by_official[draft.channel, draft.official_id] = told
            recipients[place] = Recipient(
                channel=draft.channel, address=draft.recipient, attendees=(known_attendee(draft.official_id, contents),)
            )
    return History(by_address=by_address, by_official=by_official, recipients=recipients)


def known_attendee(official_id: int, contents: Mapping[int, MeetingContent]) -> Attendee:
    """An official as the latest revision that invited them knew them; an assistant was never invited."""
    for number in sorted(contents, reverse=True):
        for attendee in contents[number].attendees:
            if attendee.official_id == official_id:
                return attendee
    return Attendee(official_id=official_id, code="", name="", position="")


def messages(recipients: Sequence[Recipient], history: History, content: MeetingContent) -> tuple[Message, ...]:
    """What everybody is owed: those who are invited now, and those who were told and are invited no more."""
    present = {(recipient.channel, recipient.address) for recipient in recipients}
    concerned = {(recipient.channel, attendee.official_id) for recipient in recipients for attendee in recipient.attendees}
    removed = [
        recipient
        for place, recipient in history.recipients.items()
        if place not in present and (recipient.channel, recipient.official_id) not in concerned
    ]
    found = [message(recipient, history, content, invited=True) for recipient in recipients]
    found += [message(recipient, history, content, invited=False) for recipient in removed]
    return tuple(item for item in found if item is not None)


def message(recipient: Recipient, history: History, content: MeetingContent, *, invited: bool) -> Message | None:
    """What one recipient is owed; None where there is nothing new to say."""
    told = history.of(recipient)
    notice = owed(told, content, invited=invited, matter=MATTERS[recipient.channel])
    if notice is None:
        return None
    if told is None:
        return Message(recipient=recipient, notice=notice, ordinal=1)
    return Message(recipient=recipient, notice=notice, ordinal=told.times + 1, before=told.content, follows=told.message_id)


def owed(told: Told | None, content: MeetingContent, *, invited: bool, matter: Matter) -> MeetingNotice | None:
    """What is owed to one who was told this last. Whoever was never invited is told of no cancellation."""
    if told is None or told.notice in GONE:
        return MeetingNotice.INVITE if invited and content.state is MeetingState.PLANNED else None
    if content.state is MeetingState.CANCELLED:
        return MeetingNotice.CANCEL
    if not invited:
        return MeetingNotice.REMOVED
    if content.state is MeetingState.POSTPONED:
        return None if told.notice is MeetingNotice.POSTPONE else MeetingNotice.POSTPONE
    if told.notice is MeetingNotice.POSTPONE or slot_of(told.content) != slot_of(content):
        return MeetingNotice.MOVE
    return None if matter(told.content) == matter(content) else MeetingNotice.UPDATE


def mail_matter(content: MeetingContent) -> tuple[object, ...]:
    """What a mail says. Who else is invited is no reason to write to everybody again."""
    invitation = content.invitation
    letter = (invitation.reference, invitation.current, invitation.paper) if invitation else None
    words = (content.title, content.agenda, content.chair, content.requirements, content.contact)
    return (content.ends_at, words, content.papers, letter)


def sms_matter(content: MeetingContent) -> tuple[object, ...]:
    """What a text says."""
    return (content.title, content.contact, content.invitation.number if content.invitation else None)


MATTERS: Mapping[str, Matter] = {MAIL: mail_matter, SMS: sms_matter}


def raises_sequence(before: MeetingContent, after: MeetingContent) -> bool:
    """Whether the calendar's SEQUENCE rises: for time, place, state, and who is invited; RFC 5546, 2.1.4 wants it for the time.

    Other papers or words keep it and raise DTSTAMP alone.
    """
    was = (before.state, slot_of(before), before.ends_at, before.invited)
    return was != (after.state, slot_of(after), after.ends_at, after.invited)
