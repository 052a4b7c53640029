"""The way out: outbox, dispatchers, relay, texts and digests."""

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from mailhub.hub.signing import SigningRoom

if TYPE_CHECKING:
    from mailhub.digesting import Digesting
    from mailhub.dispatching import Dispatcher
    from mailhub.notices.sms import TextRules
    from mailhub.outbox import Outbox
    from mailhub.relays import Relay
    from mailhub.rendering import Rendering
    from mailhub.texting import Following, Texting
    from sms.gateway import SmsFollowing


class WayOutRoom(SigningRoom):
    """What leaves the hub."""

    @cached_property
    def outbox(self) -> "Outbox":
        """What leaves."""
        from mailhub.outbox import Outbox

        return Outbox(self.database, self.blobs)

    def relay(self) -> "Relay":
        """The way out that the settings name; the caller closes it."""
        from mailhub.relays.folder import FolderRelay
        from mailhub.relays.smtp import SmtpRelay, SmtpRelaySettings, StartTls

        out = self.settings.outbox
        if out.relay == "folder":
            return FolderRelay(out.folder)
        return SmtpRelay(
            SmtpRelaySettings(
                host=out.host,
                port=out.port,
                hello=self.settings.smtp_name,
                starttls=StartTls(out.starttls),
                ca_file=out.ca_file,
                user=out.user,
                password=out.password,
                seconds=float(out.timeout_seconds),
            )
        )

    @cached_property
    def rendering(self) -> "Rendering":
        """Dispatches to the bytes that leave."""
        from mailhub.notices.context import Contact
        from mailhub.notices.templates import Templates
        from mailhub.rendering import Rendering

        return Rendering(
            database=self.database,
            blobs=self.blobs,
            templates=Templates(self.settings.notices.templates),
            languages=self.settings.notices.languages,
            contact=Contact(name=self.settings.contact.name, phone=self.settings.contact.phone),
            domain=self.settings.mail.domain,
            key=self.return_path_key,
            system=self.system_signature,
        )

    def dispatcher(self, name: str) -> "Dispatcher":
        """A dispatcher over the hub's services."""
        from mailhub.dispatching import Dispatcher

        return Dispatcher(
            name=name,
            database=self.database,
            blobs=self.blobs,
            relay=self.relay(),
            rendering=self.rendering,
            patience=self.patience,
            lease=self.settings.outbox.lease,
        )

    @cached_property
    def text_rules(self) -> "TextRules":
        """Which texts may leave, and to whom."""
        from mailhub.notices.sms import TextRules

        sms = self.settings.sms
        return TextRules(
            diacritics=sms.diacritics, max_segments=sms.max_segments, ask_above=sms.ask_above, countries=sms.countries
        )

    @cached_property
    def sms_gateway(self) -> "SmsFollowing | None":
        """The way out for texts; None for an office that sends none."""
        from mailhub.gateways import new_gateway

        return new_gateway(self.settings.sms)

    def texting(self, name: str, gateway: "SmsFollowing") -> "Texting":
        """A dispatcher of texts."""
        from mailhub.texting import Texting

        return Texting(
            name=name,
            database=self.database,
            gateway=gateway,
            patience=self.patience,
            lease=self.settings.outbox.lease,
            daily_limit=self.settings.sms.daily_limit,
        )

    def following(self, name: str, gateway: "SmsFollowing") -> "Following":
        """What asks after texts."""
        from mailhub.texting import Following

        lease, resend = self.settings.outbox.lease, self.settings.sms.uncertain == "resend"
        return Following(name=name, database=self.database, gateway=gateway, lease=lease, resend=resend)

    def digesting(self, name: str) -> "Digesting":
        """Digests over the hub's outbox."""
        from mailhub.digesting import Digesting

        out = self.settings.outbox
        life = timedelta(days=out.give_up_days)
        return Digesting(name=name, database=self.database, domain=self.settings.mail.domain, lease=out.lease, life=life)
