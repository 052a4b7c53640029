"""From the officials who are invited to mailboxes and telephones, and who of them cannot be written to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mailhub.meetings.changes import MAIL, SMS, Recipient
from mailhub.meetings.content import Attendee
from storage.records import Official


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """Everybody who can be written to now, and the invited officials without mail or without a phone."""

    recipients: tuple[Recipient, ...]
    without_mail: tuple[Attendee, ...]
    without_phone: tuple[Attendee, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The invited officials as the directory holds them now, and the assistants of each, by official."""

    officials: Mapping[int, Official]
    assistants: Mapping[int, tuple[Official, ...]]
    day: date


def attendee_of(official: Official) -> Attendee:
    """An official as a meeting keeps them."""
    return Attendee(
        official_id=official.id,
        code=official.code,
        name=official.name,
        position=official.position,
        organisation=official.organisation,
    )


def reachable(attendees: Sequence[Attendee], people: People) -> Reachable:
    """Every mailbox and telephone once: who shares one is told once.

    An assistant's telephone gets a copy, unless an invited official answers it too.
    """
    mails, phones = addresses_of(attendees, people), phones_of(attendees, people)
    own = [*gathered(MAIL, mails), *gathered(SMS, phones)]
    taken = {recipient.address for recipient in own if recipient.channel == SMS}
    return Reachable(
        recipients=(*own, *copies(attendees, people, taken)),
        without_mail=tuple(attendee for attendee in attendees if not any(known is attendee for _, known in mails)),
        without_phone=tuple(attendee for attendee in attendees if not any(known is attendee for _, known in phones)),
    )


def addresses_of(attendees: Sequence[Attendee], people: People) -> list[tuple[str, Attendee]]:
    """Every mailbox of every official."""
    return [
        (address.casefold(), attendee)
        for attendee in attendees
        if attendee.official_id in people.officials
        for address in people.officials[attendee.official_id].addresses
    ]


def phones_of(attendees: Sequence[Attendee], people: People) -> list[tuple[str, Attendee]]:
    """Every telephone that serves today."""
    return [
        (phone, attendee)
        for attendee in attendees
        if attendee.official_id in people.officials
        for phone in people.officials[attendee.official_id].phones_on(people.day)
    ]


def gathered(channel: str, places: Iterable[tuple[str, Attendee]]) -> list[Recipient]:
    """One recipient for each place, with everybody who is reached there."""
    by_place: dict[str, list[Attendee]] = {}
    for place, attendee in places:
        by_place.setdefault(place, []).append(attendee)
    return [Recipient(channel=channel, address=place, attendees=tuple(them)) for place, them in by_place.items()]


def copies(attendees: Sequence[Attendee], people: People, taken: set[str]) -> list[Recipient]:
    """The assistants' telephones, each with the officials whose copy it gets."""
    found: dict[str, tuple[Official, list[Attendee]]] = {}
    for attendee in attendees:
        for assistant in people.assistants.get(attendee.official_id, ()):
            for phone in assistant.phones_on(people.day):
                if phone not in taken:
                    found.setdefault(phone, (assistant, []))[1].append(attendee)
    return [
        Recipient(channel=SMS, address=phone, attendees=(attendee_of(assistant),), copy_of=tuple(dict.fromkeys(principals)))
        for phone, (assistant, principals) in found.items()
    ]
