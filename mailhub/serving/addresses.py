"""Which addresses the doors take mail for."""

from mailhub.doors.addresses import UnitAddressBook
from mailhub.hub import Hub
from mailhub.notices import return_path
from storage import directory


def unit_addresses(hub: Hub) -> dict[str, int]:
    """Every address of the units, for the doors."""
    with hub.database.reading() as tx:
        return directory.recipients(tx)


def address_book(hub: Hub) -> UnitAddressBook:
    """The doors' address book; mail to postmaster and abuse goes to the first unit."""
    units = hub.directory.units()
    key, domain = hub.return_path_key, hub.settings.mail.domain
    return UnitAddressBook(
        unit_addresses(hub),
        return_path=lambda address: return_path.verify(address, key=key, domain=domain),
        role_unit=units[0].id if units else None,
    )
