"""Telephones with their dates: a new number ends the old one, and nothing that was ever true is forgotten."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from mailhub.errors import RefusedError
from mailhub.language import Text
from storage.records import OfficialPhone

Phones = tuple[OfficialPhone, ...]


def replaced_by(phones: Sequence[OfficialPhone], number: str, day: date) -> Phones:
    """From `day` on only this number serves; those that served until then last served the day before."""
    if any(phone.number == number and phone.serves(day) for phone in phones) and len(_serving(phones, day)) == 1:
        return tuple(phones)
    return (*ended(phones, day), OfficialPhone(number=number, valid_from=day))


def joined_by(phones: Sequence[OfficialPhone], number: str, day: date) -> Phones:
    """From `day` on this number serves too, behind those that serve already."""
    if any(phone.number == number and phone.serves(day) for phone in phones):
        return tuple(phones)
    return (*phones, OfficialPhone(number=number, valid_from=day))


def without(phones: Sequence[OfficialPhone], number: str, day: date) -> Phones:
    """From `day` on this number serves no more; raises RefusedError when it does not serve."""
    if not any(phone.number == number for phone in _serving(phones, day)):
        raise RefusedError(
            Text(vi=f"số {number} không còn dùng từ {day:%d/%m/%Y}", en=f"{number} does not serve on {day.isoformat()}")
        )
    ending = ended([phone for phone in phones if phone.number == number], day)
    return (*(phone for phone in phones if phone.number != number), *ending)


def exactly(phones: Sequence[OfficialPhone], numbers: Iterable[str], day: date) -> Phones:
    """From `day` on these numbers serve, in this order; a number that served already keeps its first day."""
    wanted = list(dict.fromkeys(numbers))
    serving = {phone.number: phone for phone in _serving(phones, day)}
    if list(serving) == wanted:
        return tuple(phones)
    gone = [phone for phone in phones if serving.get(phone.number) is not phone or phone.number not in wanted]
    return (*ended(gone, day), *(serving.get(number, OfficialPhone(number=number, valid_from=day)) for number in wanted))


def first_ones(numbers: Iterable[str]) -> Phones:
    """The numbers of somebody who is entered now: since when they serve is not known."""
    return tuple(OfficialPhone(number=number) for number in dict.fromkeys(numbers))


def ended(phones: Iterable[OfficialPhone], day: date) -> Phones:
    """None of them serves from `day` on. One that would have begun only then has never served and goes."""
    begun = (phone for phone in phones if phone.valid_from is None or phone.valid_from < day)
    return tuple(
        replace(phone, valid_until=day) if phone.valid_until is None or phone.valid_until > day else phone for phone in begun
    )


def _serving(phones: Iterable[OfficialPhone], day: date) -> list[OfficialPhone]:
    return [phone for phone in phones if phone.serves(day)]
