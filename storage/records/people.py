"""Records of people: a unit's own clerks, and the officials that it writes to with their phones and groups."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class ClerkDraft:
    """A clerk of a unit before it has an id. `role` is a word of the application, `phone` is E.164 or empty."""

    code: str
    name: str
    role: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clerk:
    """A clerk as the unit knows it; from `closed_on` on no more."""

    id: int
    unit_id: int
    code: str
    name: str
    role: str
    phone: str
    closed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialPhone:
    """A phone number in E.164 form; it serves from `valid_from` on and before `valid_until`, where these are known."""

    number: str
    valid_from: date | None = None
    valid_until: date | None = None

    def serves(self, day: date) -> bool:
        """Tell whether the number serves on this day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day < self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialDraft:
    """An official before it has an id: the position that is invited and the person who holds it.

    `organisation` is free text; `agency_id` names the agency of the directory where it is one. An assistant is an official
    too, named here by code.
    """

    code: str
    name: str
    position: str
    organisation: str
    agency_id: int | None
    addresses: tuple[str, ...]
    phones: tuple[OfficialPhone, ...]
    assistant_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """An official as one unit's directory holds it; from `closed_on` on it is invited no more."""

    id: int
    unit_id: int
    code: str
    name: str
    position: str
    organisation: str
    agency_id: int | None
    addresses: tuple[str, ...]
    phones: tuple[OfficialPhone, ...]
    assistant_codes: tuple[str, ...]
    closed_on: date | None

    def phones_on(self, day: date) -> tuple[str, ...]:
        """Give the numbers that serve on this day, the first one first."""
        return tuple(dict.fromkeys(phone.number for phone in self.phones if phone.serves(day)))


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialGroup:
    """Officials that are invited together, in the order of protocol that the clerk gave."""

    id: int
    unit_id: int
    code: str
    name: str
    member_ids: tuple[int, ...]
