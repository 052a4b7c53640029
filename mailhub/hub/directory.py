"""The directory: units, agencies, officials, groups and clerks."""

from functools import cached_property
from typing import TYPE_CHECKING

from mailhub.hub.way_out import WayOutRoom

if TYPE_CHECKING:
    from mailhub.directory.agencies import Correspondents
    from mailhub.directory.appointing import Appointing
    from mailhub.directory.clerks import Clerks
    from mailhub.directory.directory import Directory
    from mailhub.directory.groups import Groups
    from mailhub.directory.logins import Logins
    from mailhub.directory.officials import Officials
    from mailhub.directory.served import ServedUnits
    from mailhub.directory.units import Units


class DirectoryRoom(WayOutRoom):
    """Whom the hub knows."""

    @cached_property
    def directory(self) -> "Directory":
        """Units and agencies."""
        from mailhub.directory.directory import Directory

        return Directory(self.database)

    @cached_property
    def served_units(self) -> "ServedUnits":
        """Units to look at."""
        from mailhub.directory.served import ServedUnits

        return ServedUnits(self.database)

    @cached_property
    def units(self) -> "Units":
        """Changes of units."""
        from mailhub.directory.units import Units

        return Units(self.database)

    @cached_property
    def correspondents(self) -> "Correspondents":
        """Changes of agencies."""
        from mailhub.directory.agencies import Correspondents

        return Correspondents(self.database)

    @cached_property
    def logins(self) -> "Logins":
        """Logins of agencies that submit directly."""
        from mailhub.directory.logins import Logins

        return Logins(self.database)

    @cached_property
    def officials(self) -> "Officials":
        """Whom the unit invites, and who is meant by a name or position."""
        from mailhub.directory.officials import Officials

        return Officials(self.database)

    @cached_property
    def clerks(self) -> "Clerks":
        """Who acts."""
        from mailhub.directory.clerks import Clerks

        return Clerks(self.database)

    @cached_property
    def groups(self) -> "Groups":
        """Officials invited together."""
        from mailhub.directory.groups import Groups

        return Groups(self.database)

    @cached_property
    def appointing(self) -> "Appointing":
        """Who holds which position, by which phones."""
        from mailhub.directory.appointing import Appointing
        from mailhub.directory.confirming import Confirming

        settings = self.settings
        confirming = Confirming(
            sends=settings.sms.gateway != "none",
            rules=self.text_rules,
            language=settings.notices.languages[0],
            phone=settings.contact.phone,
        )
        return Appointing(self.database, confirming)
