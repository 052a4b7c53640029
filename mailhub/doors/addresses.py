"""Which envelope addresses are ours. In memory only: RCPT must not depend on a database that may be away."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from mailhub.doors.smtp_paths import BadAddressError, split_address
from storage.records import Recipient

ROLES: Final = frozenset({"postmaster", "abuse"})
"""RFC 5321 4.5.1 and RFC 2142: known at every domain of ours, and without a domain, in any case."""


class AddressBook(Protocol):
    """What a door asks about one recipient."""

    def resolve(self, address: str) -> Recipient | None:
        """The recipient as a capture stores it, or None where the address is not ours."""
        ...


ReturnPathCheck = Callable[[str], int | None]
"""Gives the dispatch to which a signed return path belongs; None where it is none of ours or its signature is wrong."""


def no_return_paths(_address: str) -> int | None:
    """Know no return path at all."""
    return None


@dataclass(frozen=True, slots=True)
class _Pages:
    """One edition of the book; replaced whole, so that a reader never sees half of it."""

    units: Mapping[tuple[str, str], int]
    domains: frozenset[str]


class UnitAddressBook:
    """The units' addresses, the role addresses and our own return paths. Safe to replace from another thread.

    `role_unit` is the unit that gets mail to postmaster and abuse.
    """

    def __init__(
        self, units: Mapping[str, int], *, return_path: ReturnPathCheck = no_return_paths, role_unit: int | None = None
    ) -> None:
        self._return_path = return_path
        self._role_unit = role_unit
        self._pages = _pages(units)

    def replace(self, units: Mapping[str, int]) -> None:
        """Take a new edition: address to unit id."""
        self._pages = _pages(units)

    def resolve(self, address: str) -> Recipient | None:
        """See `AddressBook.resolve`."""
        try:
            local, domain = _key(address)
        except BadAddressError:
            return None
        pages = self._pages
        unit_id = pages.units.get((local, domain))
        if unit_id is None:
            unit_id = pages.units.get((local.partition("+")[0], domain))
        if unit_id is not None:
            return Recipient(address=address, unit_id=unit_id)
        dispatch_id = self._return_path(address)
        if dispatch_id is not None:
            return Recipient(address=address, unit_id=None, dispatch_id=dispatch_id)
        if local in ROLES and (not domain or domain in pages.domains):
            return Recipient(address=address, unit_id=self._role_unit)
        return None


def canonical_domain(domain: str) -> str:
    """Lower case A-labels, without the root's dot: the U-label and the A-label of a domain are the same unit."""
    try:
        # The codec composes decomposed letters (RFC 3491); it leaves the case of plain ASCII alone.
        return domain.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise BadAddressError(f"no domain name: {domain!r}") from error


def _key(address: str) -> tuple[str, str]:
    local, domain = split_address(address)
    return unicodedata.normalize("NFC", local).casefold(), canonical_domain(domain) if domain else ""


def _pages(units: Mapping[str, int]) -> _Pages:
    keyed = {_key(address): unit_id for address, unit_id in units.items()}
    return _Pages(units=keyed, domains=frozenset(domain for _, domain in keyed))
