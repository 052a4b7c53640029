"""All sections of `mailhub.toml` as one value."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from mailhub.settings.bucket import BucketSettings
from mailhub.settings.counter import CalendarSettings, CounterSettings
from mailhub.settings.imap import ImapSettings
from mailhub.settings.intake import IntakeSettings
from mailhub.settings.machine import (
    FolderSettings,
    OutboxSettings,
    ReaderSettings,
    StorageSettings,
    WorkerSettings,
)
from mailhub.settings.meetings import MeetingsSettings
from mailhub.settings.office import (
    ContactSettings,
    MailSettings,
    NoticesSettings,
    PolicySettings,
    ReturnsSettings,
    TrustSettings,
)
from mailhub.settings.revocation import RevocationSettings
from mailhub.settings.senders import SendersSettings
from mailhub.settings.signatures import SignatureSettings
from mailhub.settings.signing import SigningSettings
from mailhub.settings.sms import SmsSettings
from mailhub.settings.smtp import SmtpSettings


class Settings(BaseModel):
    """All settings of one hub; `home` is the folder they were read from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path
    mail: MailSettings
    contact: ContactSettings
    returns: ReturnsSettings
    policy: PolicySettings
    trust: TrustSettings
    revocation: RevocationSettings
    signatures: SignatureSettings
    counter: CounterSettings
    calendar: CalendarSettings
    notices: NoticesSettings
    smtp: SmtpSettings
    folder: FolderSettings
    imap: Mapping[str, ImapSettings]
    senders: SendersSettings
    intake: IntakeSettings
    outbox: OutboxSettings
    signing: SigningSettings
    sms: SmsSettings
    meetings: MeetingsSettings
    storage: StorageSettings
    bucket: BucketSettings
    reader: ReaderSettings
    worker: WorkerSettings

    @property
    def smtp_name(self) -> str:
        """The name in the SMTP greeting."""
        return self.smtp.hostname or self.mail.domain

    def not_ready_to_return(self) -> tuple[str, ...]:
        """The keys that must be filled in before a machine may return anything; empty when it may."""
        needed = {
            "returns.legal_basis": self.returns.legal_basis,
            "contact.name": self.contact.name,
            "contact.phone": self.contact.phone,
        }
        return tuple(key for key, value in needed.items() if not value.strip())
