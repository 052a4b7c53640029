"""Who was reached by which channel with what holds now, and who must be called. An assistant's copy reaches nobody else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from mailhub.meetings.changes import MAIL, NOTICES, SMS, known_attendee
from mailhub.meetings.content import Attendee, MeetingContent, slot_of
from mailhub.meetings.recipients import People
from mailhub.meetings.standing import Standing
from mailhub.noting.words import COUNTER
from parsers.mail.answers import AutomaticKind, Participation
from storage.records import Dispatch, DispatchState, MeetingState, NotedMail, Official, ReachNote

PHONE = "phone"

GOT_IT = "reached"
NO_ANSWER = "no-answer"

ANSWERS = frozenset({*(item.value for item in Participation if item is not Participation.NEEDS_ACTION), COUNTER})
"""What calendars answer. Who has answered knows of the meeting, whatever the answer is."""

KNOWS = frozenset({GOT_IT, *ANSWERS})

ABSENCE = AutomaticKind.ABSENCE.value

WAITING = frozenset({DispatchState.DUE, DispatchState.SENDING, DispatchState.HELD})
LOST = frozenset({DispatchState.FAILED, DispatchState.EXPIRED})
GONE_OUT = frozenset({DispatchState.SENT, DispatchState.DELIVERED})


NOTHING_BACK: Mapping[int, Sequence[NotedMail]] = MappingProxyType({})


class Reached(StrEnum):
    """Whether an official knows how the meeting stands.

    SENT: it went out, and nobody has said that it arrived. UNCONCERNED: was never told of a meeting that does not take place.
    """

    REACHED = "reached"
    SENT = "sent"
    PENDING = "pending"
    CALL = "call"
    UNCONCERNED = "unconcerned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The last message over one way: a mailbox or a telephone; `came_back` are the kinds of mail that answered it."""

    channel: str
    address: str
    state: DispatchState
    revision: int
    at: datetime | None
    error: str
    came_back: tuple[str, ...] = ()

    @property
    def lost(self) -> bool:
        """Whether it is known not to have arrived."""
        return self.state in LOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """An assistant who got a copy, with the number to call."""

    attendee: Attendee
    phones: tuple[str, ...]
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One official: what was sent and noted, and the numbers to call."""

    attendee: Attendee
    reached: Reached
    invited: bool
    ways: tuple[Way, ...]
    note: ReachNote | None
    assistants: tuple[Assistant, ...]
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """The last message over each way, and what came back to it."""

    dispatches: Mapping[tuple[str, str], Dispatch]
    came_back: Mapping[int, Sequence[NotedMail]]


def reach_of(
    standing: Standing,
    people: People,
    notes: Sequence[ReachNote],
    came_back: Mapping[int, Sequence[NotedMail]] = NOTHING_BACK,
) -> tuple[Reach, ...]:
    """Every official who is invited, then those who were and are to know that they are no more."""
    latest = Latest(dispatches=latest_ways(standing.dispatches), came_back=came_back)
    helpers = {helper.id for them in people.assistants.values() for helper in them}
    told = dict.fromkeys(item.draft.official_id for item in latest.dispatches.values() if item.draft.official_id is not None)
    told |= dict.fromkeys(note.official_id for note in notes if note.outcome in KNOWS)
    removed = [official_id for official_id in told if official_id not in standing.content.invited and official_id not in helpers]
    former = [known_attendee(official_id, standing.contents) for official_id in removed]
    return tuple(
        one_reach(attendee, standing, people, latest, notes)
        # An assistant of nobody who is still invited was never an official to be reached.
        for attendee in (*standing.content.attendees, *(item for item in former if item.code))
    )


def latest_ways(dispatches: Iterable[Dispatch]) -> dict[tuple[str, str], Dispatch]:
    """The last message to each mailbox and telephone that was not swallowed by a later change."""
    found: dict[tuple[str, str], Dispatch] = {}
    for dispatch in dispatches:
        if dispatch.draft.kind in NOTICES and dispatch.state is not DispatchState.CANCELLED:
            found[dispatch.draft.channel, dispatch.draft.recipient] = dispatch
    return found


def one_reach(
    attendee: Attendee,
    standing: Standing,
    people: People,
    latest: Latest,
    notes: Sequence[ReachNote],
) -> Reach:
    """How one official stands."""
    official = people.officials.get(attendee.official_id)
    ways = ways_of(attendee.official_id, places_of(official, people), latest)
    mine = [item for item in notes if item.official_id == attendee.official_id]
    note = valid_note(attendee, standing, mine)
    # Who was only ever told by telephone has heard of the meeting too.
    heard = bool(ways) or any(item.outcome in KNOWS for item in mine)
    return Reach(
        attendee=attendee,
        reached=reached(ways, note, concerned=heard or standing.content.state is MeetingState.PLANNED),
        invited=attendee.official_id in standing.content.invited,
        ways=ways,
        note=note,
        assistants=tuple(
            Assistant(
                attendee=Attendee(official_id=helper.id, code=helper.code, name=helper.name, position=helper.position),
                phones=helper.phones_on(people.day),
                ways=ways_of(helper.id, places_of(helper, people), latest),
            )
            for helper in people.assistants.get(attendee.official_id, ())
        ),
        phones=official.phones_on(people.day) if official else (),
    )


def places_of(official: Official | None, people: People) -> frozenset[tuple[str, str]]:
    """The mailboxes and telephones that are an official's now; others may share them."""
    if official is None:
        return frozenset()
    mails = {(MAIL, address.casefold()) for address in official.addresses}
    return frozenset(mails | {(SMS, phone) for phone in official.phones_on(people.day)})


def ways_of(official_id: int, places: frozenset[tuple[str, str]], latest: Latest) -> tuple[Way, ...]:
    """The last message over each way to one official."""
    return tuple(
        Way(
            channel=dispatch.draft.channel,
            address=dispatch.draft.recipient,
            state=dispatch.state,
            revision=dispatch.draft.revision,
            at=dispatch.delivered_at or dispatch.sent_at,
            error=dispatch.last_error,
            came_back=tuple(dict.fromkeys(item.outcome or item.kind for item in latest.came_back.get(dispatch.id, ()))),
        )
        for place, dispatch in latest.dispatches.items()
        if place in places or dispatch.draft.official_id == official_id
    )


def valid_note(attendee: Attendee, standing: Standing, mine: Sequence[ReachNote]) -> ReachNote | None:
    """The latest note about the official that was made of what still holds."""
    now = core(attendee, standing.content)
    return next((note for note in reversed(mine) if core(attendee, standing.contents[note.revision]) == now), None)


def core(attendee: Attendee, content: MeetingContent) -> tuple[object, ...]:
    """What an official must know: whether to come, when and where."""
    return (content.state, attendee.official_id in content.invited, *slot_of(content))


def reached(ways: Sequence[Way], note: ReachNote | None, *, concerned: bool) -> Reached:
    """How far an official is known to know. Whose mail bounced, or is away, is called, unless a text arrived."""
    states = {way.state for way in ways}
    texted = any(way.channel == SMS and way.state is DispatchState.DELIVERED for way in ways)
    if (note is not None and note.outcome in KNOWS) or texted:
        return Reached.REACHED
    if not concerned:
        return Reached.UNCONCERNED
    if states & WAITING:
        return Reached.PENDING
    away = any(ABSENCE in way.came_back for way in ways)
    if states & LOST or away or not states & GONE_OUT:
        return Reached.CALL
    return Reached.SENT
