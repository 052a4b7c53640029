"""Settings of one hub: `mailhub.toml` in its home, read into frozen values.

Every key is documented where it is declared (`office.py`, `machine.py`); the commented default file and the reference
page are made from there. The environment may set secrets only, so that a home can be understood from its file. Refused
alternative: pydantic-settings, which costs every command a quarter of a second of imports for two lines of overriding.
"""

from mailhub.settings.bucket import BucketSettings
from mailhub.settings.counter import CalendarSettings, CounterSettings
from mailhub.settings.describing import reference, write_default
from mailhub.settings.imap import ImapSettings
from mailhub.settings.intake import IntakeSettings
from mailhub.settings.loading import SettingsError, load
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
from mailhub.settings.sections import Settings
from mailhub.settings.senders import SendersSettings
from mailhub.settings.signatures import SignatureSettings
from mailhub.settings.signing import SigningSettings
from mailhub.settings.sms import SmsSettings
from mailhub.settings.smtp import SmtpSettings

__all__ = [
    "BucketSettings",
    "CalendarSettings",
    "ContactSettings",
    "CounterSettings",
    "FolderSettings",
    "ImapSettings",
    "IntakeSettings",
    "MailSettings",
    "MeetingsSettings",
    "NoticesSettings",
    "OutboxSettings",
    "PolicySettings",
    "ReaderSettings",
    "ReturnsSettings",
    "RevocationSettings",
    "SendersSettings",
    "Settings",
    "SettingsError",
    "SignatureSettings",
    "SigningSettings",
    "SmsSettings",
    "SmtpSettings",
    "StorageSettings",
    "TrustSettings",
    "WorkerSettings",
    "load",
    "reference",
    "write_default",
]
